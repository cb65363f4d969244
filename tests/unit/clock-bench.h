/* SPDX-License-Identifier: MIT
 *
 * Clock bench: a model or a clock fed with what a speaker of known latency would show.
 */
#ifndef TANDEM_TESTS_CLOCK_BENCH_H
#define TANDEM_TESTS_CLOCK_BENCH_H

#include "clock/clock.h"

#define BENCH_EAR_S 40e-6
#define BENCH_REPORT_S 1e-3

/* splitmix64 */
struct bench {
	uint64_t random;
	double now_s;
};

double tandem_bench_uniform(struct bench *b, double from, double to);
double tandem_bench_normal(struct bench *b);
int64_t tandem_bench_ns(double s);

/* A truth: latency at a time. */
typedef double (*bench_truth)(double t_s);

/* Feeds the model until that time, each every_s, with the sensor's noise. */
void tandem_bench_see(struct bench *b, struct tandem_model *m, enum tandem_sensor_kind kind,
		bench_truth truth, double until_s, double every_s);

/* One observation to a clock, now. */
enum tandem_guarded tandem_bench_tell(struct bench *b, struct tandem_clock *c,
		enum tandem_observed kind, double value_s, double sigma_s);

#endif
