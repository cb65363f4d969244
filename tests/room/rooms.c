/* SPDX-License-Identifier: MIT
 *
 * rooms SEED COUNT [MIN_SNR_DB]
 *
 * A calibration in each of COUNT unseen rooms, seeds from SEED on: two boxes 30 to 400 ms
 * late, SBC at bitpool 31, 10 s of probes at once, a microphone with a clock of its own.
 * With MIN_SNR_DB only rooms that are so quiet count, and polarity and level are judged as
 * well. Prints a row of each room that is anything but right; exits 1 when the limits do
 * not hold: 98 % within 0.1 ms or refused, none wrong and believed, none refused from 15
 * dB on, less than 10 % refused in all.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "sbc-pass.h"
#include "tests/room/session.h"
#include "tools/ear/probe.h"

#define RATE_HZ 48000
#define SECONDS 10
#define FRAMES (RATE_HZ * SECONDS)
#define ENOUGH 8 /* findings that the clocks want before a speaker counts as heard */
#define QUIET_SNR_DB 15.0
#define LEVEL_DB 1.0

struct probes {
	float given[SESSION_BOXES][FRAMES], played[SESSION_BOXES][FRAMES];
};

struct count {
	int rooms, refused, refused_quiet, far, wrong, wrong_findings, polarity, level;
	double square_us, cpu_s;
};

static void make_probes(struct probes *p)
{
	const struct tandem_probe_config config = { RATE_HZ, SESSION_BOXES,
		TANDEM_PROBE_AT_ONCE, SECONDS };
	struct tandem_probe *probe;

	if (tandem_probe_new(&probe, &config) < 0)
		abort();
	for (uint32_t i = 0; i < SESSION_BOXES; i++) {
		tandem_probe_run(probe, i, 0, p->given[i], FRAMES);
		memcpy(p->played[i], p->given[i], sizeof(p->given[i]));
		tandem_sbc_pass(p->played[i], FRAMES);
	}
	tandem_probe_free(probe);
}

/* What SBC itself delays is the same for both, and shows in no difference. */
static struct scene draw(const struct probes *p, uint64_t seed)
{
	struct tandem_random random = tandem_random_init(seed, 2000);
	struct scene s = { .rate_hz = RATE_HZ, .frames = FRAMES };

	tandem_room_draw(&s.room, seed, SESSION_BOXES);
	for (uint32_t i = 0; i < SESSION_BOXES; i++) {
		s.latency_s[i] = tandem_random_uniform(&random, 0.03, 0.4);
		s.given[i] = p->given[i];
		s.played[i] = p->played[i];
	}
	return s;
}

static void tell(const struct scene *s, const struct session_result *r, const char *what,
		double figure)
{
	printf("%s: %g\n"
	       "  seed %llu: SNR %.1f dB, RT60 %.2f s, boxes at %.2f and %.2f m; "
	       "heard %u times, off by %.1f us, sigma %.1f us\n",
			what, figure, (unsigned long long)s->room.seed, s->room.snr_db,
			s->room.rt60_s, s->room.of[0].distance_m, s->room.of[1].distance_m,
			r->heard, r->error_us, r->sigma_us);
}

static void judge(struct count *c, const struct scene *s, const struct session_result *r)
{
	c->rooms++;
	c->wrong_findings += (int)r->wrong;
	if (r->heard < ENOUGH) {
		c->refused++;
		c->refused_quiet += s->room.snr_db >= QUIET_SNR_DB;
		tell(s, r, "refused, findings", r->heard);
		return;
	}
	c->square_us += r->error_us * r->error_us;
	if (fabs(r->error_us) > SESSION_WRONG_US) {
		c->far++;
		c->wrong += tandem_session_is_wrong(r->error_us, r->sigma_us);
		tell(s, r, "far off, us", r->error_us);
	}
	if (r->wrong > 0)
		tell(s, r, "single findings wrong", r->wrong);
}

static void judge_more(struct count *c, const struct scene *s,
		const struct session_result *r)
{
	const double level_db = tandem_scene_level_db(s, 1) - tandem_scene_level_db(s, 0);

	for (uint32_t i = 0; i < SESSION_BOXES; i++) {
		if (r->inverted[i] == s->room.of[i].inverted)
			continue;
		c->polarity++;
		tell(s, r, "polarity of the wrong box", i);
	}
	if (fabs(r->level_db - level_db) > LEVEL_DB) {
		c->level++;
		tell(s, r, "level off, dB", r->level_db - level_db);
	}
}

static int sum_up(const struct count *c)
{
	const int right = c->rooms - c->refused - c->far;
	const bool good = c->wrong == 0 && right + c->refused >= 0.98 * c->rooms &&
			  c->refused_quiet == 0 && c->refused < 0.1 * c->rooms &&
			  c->polarity == 0 && c->level == 0;

	printf("%d rooms: %d within 0.1 ms, %.1f us rms; %d refused, %d of them quiet; "
	       "%d far off, %d of them believed; %d single findings wrong; "
	       "polarity wrong %d, level off %d; the ear took %.1f %% of real time: %s\n",
			c->rooms, right,
			sqrt(c->square_us / fmax(1.0, c->rooms - c->refused)), c->refused,
			c->refused_quiet, c->far, c->wrong, c->wrong_findings, c->polarity,
			c->level, 100.0 * c->cpu_s / c->rooms / SECONDS,
			good ? "good" : "BAD");
	return good ? 0 : 1;
}

int main(int argc, char **argv)
{
	static struct probes probes;
	static struct session session;
	struct count c = { 0 };

	if (argc < 3 || (int)strtol(argv[2], NULL, 10) < 1) {
		fprintf(stderr, "rooms SEED COUNT [MIN_SNR_DB]\n");
		return 2;
	}
	make_probes(&probes);
	for (uint64_t seed = strtoull(argv[1], NULL, 10);
			c.rooms < (int)strtol(argv[2], NULL, 10); seed++) {
		struct scene s = draw(&probes, seed);
		struct session_result r;

		if (argc > 3 && s.room.snr_db < strtod(argv[3], NULL))
			continue;
		tandem_scene_record(&s);
		tandem_session_run(&session, &s, TANDEM_EAR_PROBE_HOP_S,
				TANDEM_EAR_PROBE_WINDOW_S);
		r = tandem_session_sum(&session);
		judge(&c, &s, &r);
		if (argc > 3)
			judge_more(&c, &s, &r);
		c.cpu_s += session.cpu_s;
		free(s.mic);
	}
	return sum_up(&c);
}
