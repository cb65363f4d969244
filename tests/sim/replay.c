/* SPDX-License-Identifier: MIT
 *
 * replay LOG CLASS DRIFT_PPM WITHIN_PPM LATENCY_S WITHIN_S
 *
 * Plays a recorded log of observations (tandem_observation_write) to a clock, in virtual
 * time, and compares what it believes in the end. Exits 0 when that is as expected.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock/clock.h"

#define STEP_NS (10 * TANDEM_NS_PER_MS)
#define LATENCY_S 0.125
#define COMMON_S 0.400

static bool read_line(const char *line, struct tandem_observation *o)
{
	char name[32];
	int kind = 0;

	if (sscanf(line, "%" SCNd64 " %31s %" SCNu64 " %lf %lf", &o->host_ns, name,
			    &o->frame, &o->value_s, &o->sigma_s) != 5)
		return false;
	while (kind < TANDEM_N_OBSERVED &&
			strcmp(name, tandem_observed_name((enum tandem_observed)kind)) != 0)
		kind++;
	o->kind = (enum tandem_observed)kind;
	return kind < TANDEM_N_OBSERVED;
}

/* The path does what it is told, so the lag follows. */
static void steer_until(struct tandem_clock *c, int64_t *now_ns, int64_t until_ns,
		double *lag_s)
{
	const double dt_s = (double)STEP_NS / (double)TANDEM_NS_PER_S;

	for (; *now_ns < until_ns; *now_ns += STEP_NS) {
		const struct tandem_place p = { *now_ns, dt_s, *lag_s, COMMON_S, false,
			false };
		const struct tandem_steering st = tandem_clock_steer(c, &p);

		*lag_s -= st.jump_s + st.content_v * dt_s;
	}
}

static int play(FILE *log, struct tandem_clock *c)
{
	double lag_s = COMMON_S - LATENCY_S;
	struct tandem_observation o;
	int64_t now_ns = 0;
	char line[256];
	int n = 0;

	while (fgets(line, sizeof(line), log) != NULL) {
		if (!read_line(line, &o)) {
			fprintf(stderr, "not an observation: %s", line);
			return -1;
		}
		if (n++ == 0)
			now_ns = o.host_ns;
		steer_until(c, &now_ns, o.host_ns, &lag_s);
		tandem_clock_observe(c, &o, o.host_ns);
	}
	steer_until(c, &now_ns, now_ns + TANDEM_NS_PER_S, &lag_s);
	return n;
}

int main(int argc, char **argv)
{
	struct tandem_clock_state st;
	struct tandem_clock c;
	FILE *log;
	bool good;
	int n;

	if (argc != 7 || (log = fopen(argv[1], "r")) == NULL) {
		fputs("replay LOG CLASS PPM WITHIN_PPM LATENCY_S WITHIN_S\n", stderr);
		return 2;
	}
	tandem_clock_init(&c, LATENCY_S);
	n = play(log, &c);
	fclose(log);
	st = tandem_clock_state(&c);
	printf("%d seen: %s, drift %.2f ppm, latency %.6f s, late %.6f s +- %.6f\n", n,
			tandem_clock_class_name(st.class), st.drift_ppm, st.latency_s,
			st.lateness_s, st.sigma_s);
	good = n > 0 && !strcmp(tandem_clock_class_name(st.class), argv[2]) &&
	       fabs(st.latency_s - atof(argv[5])) <= atof(argv[6]);
	if (st.class == TANDEM_CLASS_FREE)
		good = good && fabs(st.drift_ppm - atof(argv[3])) <= atof(argv[4]);
	return good ? 0 : 1;
}
