/* SPDX-License-Identifier: MIT
 *
 * Collect: what a run leaves behind, and what it comes to.
 */
#ifndef TANDEM_TESTS_SIM_COLLECT_H
#define TANDEM_TESTS_SIM_COLLECT_H

#include <stddef.h>

#include "scenario.h"

struct sim_collector {
	double *skew;   /* s, once settled; 10 Hz */
	double *apart;  /* difference of latencies, likewise */
	double *second; /* means of skew over 1 s, from the first sound */
	double *sigma;  /* stated, once settled */
	size_t n_skew, n_second, n_sigma;
	double sum_second;
	int in_second;
	double error_squares;
	uint64_t covered, n_covered;
	double pitch_squares, pitch_max;
	uint64_t n_pitch;
};

void tandem_sim_collect_init(struct sim_collector *c, double hours);
void tandem_sim_collect_finish(struct sim_collector *c);

/* Ten times a second. */
void tandem_sim_collect_skew(struct sim_collector *c, double skew_s, double apart_s,
		bool settled);
/* error_s: of the stated lateness, whose stated sigma is sigma_s. */
void tandem_sim_collect_lateness(struct sim_collector *c, double error_s, double sigma_s,
		bool settled);
void tandem_sim_collect_pitch(struct sim_collector *c, double pitch);

/* Fills in what comes of these. */
void tandem_sim_collect_sum_up(struct sim_collector *c, bool about_mean,
		struct sim_result *r);

#endif
