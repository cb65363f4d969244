/* SPDX-License-Identifier: MIT
 *
 * replay LOG [CLASS PPM WITHIN_PPM LATENCY_S WITHIN_S [KIND RMS_MS]]
 *
 * Plays a log of observations (module/observations, tandem-sim --record) to a clock, in
 * virtual time: what it believes in the end, and how far what came in the second half of
 * the log was from what it believed until then. Exits 0 when that is as expected: the class
 * and the latency in the end, the drift of a free one, and the rms of KIND about its mean.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock/clock.h"
#include "log.h"

#define STEP_NS (10 * TANDEM_NS_PER_MS)
#define LATENCY_S 0.125
#define COMMON_S 0.400
#define MOST 100000 /* twice what a log of full size has */

struct replay {
	struct tandem_observation *seen; /* all of the log */
	size_t n;
	struct tandem_clock clock;
	int64_t now_ns;
	double lag_s;
	/* seen less believed, in the second half */
	struct {
		double sum_s, squares_s2;
		size_t n;
	} off[TANDEM_N_OBSERVED];
};

static bool read_all(struct replay *r, const char *name)
{
	struct sim_log log = { .file = fopen(name, "r"), .name = name };
	int res = -1;

	if (log.file == NULL) {
		perror(name);
		return false;
	}
	while (r->n < MOST && (res = tandem_sim_log_next(&log, &r->seen[r->n])) > 0)
		r->n++;
	fclose(log.file);
	if (log.lost > 0)
		printf("%s: %llu are missing\n", name, (unsigned long long)log.lost);
	if (res == 0 && r->n == 0)
		fprintf(stderr, "%s: no observation in it\n", name);
	return res == 0 && r->n > 0;
}

/* The path does what it is told, so the lag follows. */
static void steer_until(struct replay *r, int64_t until_ns)
{
	const double dt_s = (double)STEP_NS / (double)TANDEM_NS_PER_S;

	for (; r->now_ns < until_ns; r->now_ns += STEP_NS) {
		const struct tandem_place p = { r->now_ns, dt_s, r->lag_s, COMMON_S, false,
			false };
		const struct tandem_steering st = tandem_clock_steer(&r->clock, &p);

		r->lag_s -= st.jump_s + st.content_v * dt_s;
	}
}

static void compare(struct replay *r, const struct tandem_observation *o)
{
	const double off_s = o->value_s - tandem_clock_state(&r->clock).latency_s;

	r->off[o->kind].sum_s += off_s;
	r->off[o->kind].squares_s2 += off_s * off_s;
	r->off[o->kind].n++;
}

/* A hand is at work before there is any time: 0. */
static void play(struct replay *r)
{
	const int64_t end_ns = r->seen[r->n - 1].host_ns;
	int64_t half_ns = 0;

	tandem_clock_init(&r->clock, LATENCY_S);
	r->lag_s = COMMON_S - LATENCY_S;
	for (size_t i = 0; i < r->n; i++) {
		const struct tandem_observation *const o = &r->seen[i];

		if (r->now_ns == 0 && o->host_ns > 0) {
			r->now_ns = o->host_ns;
			half_ns = o->host_ns + (end_ns - o->host_ns) / 2;
		}
		if (r->now_ns > 0)
			steer_until(r, o->host_ns);
		if (half_ns > 0 && o->host_ns >= half_ns && o->kind < TANDEM_OBSERVED_QUEUE)
			compare(r, o);
		tandem_clock_observe(&r->clock, o, o->host_ns);
	}
	steer_until(r, r->now_ns + TANDEM_NS_PER_S);
}

static double mean_ms(const struct replay *r, int kind)
{
	return 1e3 * r->off[kind].sum_s / (double)r->off[kind].n;
}

static double rms_ms(const struct replay *r, int kind)
{
	const double square = 1e6 * r->off[kind].squares_s2 / (double)r->off[kind].n;

	return sqrt(fmax(0.0, square - mean_ms(r, kind) * mean_ms(r, kind)));
}

static void say(const struct replay *r, const struct tandem_clock_state *st)
{
	printf("%zu seen: %s, drift %.2f ppm, latency %.6f s, late %.6f s +- %.6f\n", r->n,
			tandem_clock_class_name(st->class), st->drift_ppm, st->latency_s,
			st->lateness_s, st->sigma_s);
	for (int k = 0; k < TANDEM_N_OBSERVED; k++) {
		if (r->off[k].n > 0) {
			printf("%s less believed: %+.4f ms, rms %.4f about it, of %zu\n",
					tandem_observed_name((enum tandem_observed)k),
					mean_ms(r, k), rms_ms(r, k), r->off[k].n);
		}
	}
}

static bool kind_is_good(const struct replay *r, const char *kind, double most_ms)
{
	for (int k = 0; k < TANDEM_N_OBSERVED; k++) {
		if (strcmp(kind, tandem_observed_name((enum tandem_observed)k)) == 0)
			return r->off[k].n > 0 && rms_ms(r, k) <= most_ms;
	}
	return false;
}

static bool is_good(const struct replay *r, const struct tandem_clock_state *st, int argc,
		char **argv)
{
	bool good = true;

	if (argc >= 7) {
		good = strcmp(tandem_clock_class_name(st->class), argv[2]) == 0 &&
		       fabs(st->latency_s - atof(argv[5])) <= atof(argv[6]);
		if (st->class == TANDEM_CLASS_FREE)
			good = good && fabs(st->drift_ppm - atof(argv[3])) <= atof(argv[4]);
	}
	return good && (argc < 9 || kind_is_good(r, argv[7], atof(argv[8])));
}

int main(int argc, char **argv)
{
	struct replay r = { .seen = calloc(MOST, sizeof(*r.seen)) };
	bool good = false;

	if (argc != 2 && argc != 7 && argc != 9) {
		fputs("replay LOG [CLASS PPM WITHIN_PPM LATENCY_S WITHIN_S "
		      "[KIND RMS_MS]]\n",
				stderr);
	} else if (r.seen != NULL && read_all(&r, argv[1])) {
		struct tandem_clock_state st;

		play(&r);
		st = tandem_clock_state(&r.clock);
		say(&r, &st);
		good = is_good(&r, &st, argc, argv);
	}
	free(r.seen);
	return good ? 0 : 1;
}
