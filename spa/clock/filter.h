/* SPDX-License-Identifier: MIT
 *
 * Filter: one Kalman filter over a speaker's clock, with what keeps it honest.
 *
 *   state   L  latency, s            L += (d + pace - 1) dt   when free
 *           d  its slope, s per s    L random walk, d = 0     when locked
 *           b  what reports add to L, s, constant but unknown
 *
 *   microphone: y = L             report, back-pressure: y = L + b
 *
 * Each sensor has its own noise, learnt from how its innovations differ, and its own gate
 * and counter, for a shared counter deadlocked: reports kept forgiving the microphone.
 * What lies outside the gate is no news until it is said again: twice the same when it is
 * far off, six times otherwise; then it is a step. A steady lean of the innovations widens
 * L and d (a manoeuvre).
 * Source: shared facts on clocks, 5, points 1 to 3, which have the figures.
 * Thread: data loop.
 */
#ifndef TANDEM_CLOCK_FILTER_H
#define TANDEM_CLOCK_FILTER_H

#include <stdbool.h>

#include "base/units.h"

enum tandem_sensor_kind {
	TANDEM_SENSOR_REPORT,
	TANDEM_SENSOR_PRESSURE,
	TANDEM_SENSOR_MICROPHONE,
	TANDEM_N_SENSORS
};

enum tandem_taken {
	TANDEM_TAKEN,   /* within the gate */
	TANDEM_REFUSED, /* outside, so far */
	TANDEM_STEPPED, /* outside, but agreed upon: the speaker has moved */
};

struct tandem_sensor {
	uint64_t n;        /* taken */
	double noise;      /* variance, in units of what the observer claims */
	double scatter;    /* mean square of innovations, in the same units */
	double residual_s; /* of the last one taken */
	double lean;       /* mean innovation, in sigmas */
	uint32_t fresh;    /* taken since the last step, many before the first */
	uint32_t refused;  /* in a row */
	uint32_t agreeing; /* in a row, with each other */
	double refused_s;  /* innovation of the last one refused */
};

struct tandem_filter {
	/* constant after init */
	bool free;
	/* data loop */
	double x[3];    /* L, d, b */
	double p[3][3]; /* their covariance */
	double walk;    /* of L while locked, s^2 per s */
	bool blank;     /* nothing is known of L but what any speaker has */
	bool frozen;    /* reports move b alone */
	struct tandem_sensor sensors[TANDEM_N_SENSORS];
};

/* latency_s +- sigma_s: what is believed before anything is seen. */
void tandem_filter_init(struct tandem_filter *f, bool free, double latency_s,
		double sigma_s);

/* dt_s >= 0 passed, in which the pace put swell_s more (s) into the speaker's buffer than
 * its nominal rate would have. warming: variance per s that a young box adds to d. */
void tandem_filter_predict(struct tandem_filter *f, double dt_s, double swell_s,
		double warming) TANDEM_RT;

/* ret_step_s: by how much the belief moved at once, when TANDEM_STEPPED. */
enum tandem_taken tandem_filter_update(struct tandem_filter *f,
		enum tandem_sensor_kind kind, double value_s, double sigma_s,
		double *ret_step_s) TANDEM_RT;

/* The latency may be anything within sigma_s more than before; d and b stay. */
void tandem_filter_disturb(struct tandem_filter *f, double sigma_s) TANDEM_RT;

/* Replaces what is believed of one state, 0: L, 1: d, 2: b, by value +- sigma. */
void tandem_filter_set(struct tandem_filter *f, int state, double value,
		double sigma) TANDEM_RT;

/* Variance of L when dt_s more will have passed without anything seen. */
double tandem_filter_variance(const struct tandem_filter *f, double dt_s,
		double warming) TANDEM_RT;

#endif
