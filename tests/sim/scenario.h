/* SPDX-License-Identifier: MIT
 *
 * Scenario: two boxes, what can be seen of them, and what must come of it. A row of
 * scenarios.c; run.c runs one seed of it.
 */
#ifndef TANDEM_TESTS_SIM_SCENARIO_H
#define TANDEM_TESTS_SIM_SCENARIO_H

#include <stdio.h>

#include "box.h"

enum sim_report {
	SIM_REPORT_NONE,
	SIM_REPORT_STATIC,   /* once */
	SIM_REPORT_AVERAGE,  /* every 3 s, an average */
	SIM_REPORT_INSTANT,  /* every 3 s, the level as it is */
	SIM_REPORT_PRESSURE, /* completions of a full speaker */
};

struct sim_ear {
	double every_s; /* 0: nobody listens */
	double until_s; /* 0: for ever */
	double burst_s; /* at first 5 Hz, for so long */
	double again_s; /* listens for 20 s whenever so much has passed */
};

/* 0: no limit; SIM_NONE: none at all. Times in ms, of skew. Medians over the seeds, unless
 * it says worst. Everywhere: the stated 2 sigma covers 95 % of what is true, the median of
 * sigma is at most 3 times the rms of the error, and content slews by 20 ppm/s at most. */
#define SIM_NONE (-1.0)

struct sim_limits {
	double rms_ms;
	double p90_ms; /* 90 % of the seeds have less rms */
	double max_ms;
	double converged_s;
	double floor; /* rms, in those that the boxes' own loops leave */
	double pitch_rms_ppm, pitch_max_ppm;
	double jumps;        /* in the first minute, of both boxes */
	double rebuffers;    /* per hour; worst */
	double edges;        /* of a dead band, from 10 min on; worst */
	double pace_ppm;     /* worst */
	double pace_end_ppm; /* at the end; worst */
	double mean_ms;
	double free;      /* boxes taken for free; worst */
	double recovered; /* observations from a step to its end; worst */
	bool any_sigma;   /* nothing can be seen: sigma may be as great as it likes */
};

struct sim_scenario {
	const char *name;
	enum sim_type type[2];
	enum sim_report report;
	struct sim_ear ear;
	double hours;             /* 0: 1 */
	double from_s;            /* of the statistics; 0: 11 min */
	double step_at_s, step_s; /* of the first box's latency */
	double radio;             /* scale of jitter and stalls; 0: 1 */
	int seeds;                /* 0: 25 */
	bool about_mean;          /* the constant part is bias, which cannot be seen */
	struct sim_limits limits;
};

/* Of one run. */
struct sim_result {
	double rms_ms, mean_ms, max_ms; /* rms and max: about the mean when about_mean */
	double floor_ms;                /* rms of the latencies' own difference */
	double floor;                   /* rms_ms in those */
	double converged_s;             /* last time that 1 s of skew was beyond 1 ms */
	double pitch_rms_ppm, pitch_max_ppm, slew_ppm;
	double jumps, jumps_first;
	double rebuffers;
	double edges;
	double pace_ppm, pace_end_ppm;
	double free;
	double taken_back;
	double recovered;
	double covered;   /* part of the samples within the stated 2 sigma, both boxes */
	double sigma_ms;  /* median of the stated sigma */
	double error_ms;  /* rms of what it is about: lateness, stated less true */
	double drift_ppm; /* error of the drift at the end, worst of the free */
	double phase_us;  /* counters against exact arithmetic, worst */
};

extern const struct sim_scenario sim_scenarios[];
extern const int sim_n_scenarios;

/* log: where the first box's observations go (clock/observe.h); NULL: nowhere. */
void tandem_sim_run(const struct sim_scenario *s, uint64_t seed, FILE *log,
		struct sim_result *ret_result);

#endif
