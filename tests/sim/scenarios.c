/* SPDX-License-Identifier: MIT
 *
 * The table: shared facts on clocks, 4, row by row (the rows about our control), with the
 * goals of its 6; then the traps of its 7 and 8.
 */
#include "base/units.h"
#include "scenario.h"

#define ONCE { .every_s = 1.0, .until_s = 120.0 }
#define ALWAYS { .every_s = 1.0 }
#define BURST { .every_s = 1.0, .burst_s = 8.0 }
#define AGAIN { .every_s = 1.0, .until_s = 120.0, .again_s = 600.0 }
#define PITCH .pitch_rms_ppm = 40, .pitch_max_ppm = 120
#define FAST { SIM_T1_FAST, SIM_T1_FAST }
#define SLOW { SIM_T1_SLOW, SIM_T1_SLOW }
#define LAZY { SIM_T1_LAZY, SIM_T1_LAZY }
#define BANDS { SIM_BAND, SIM_BAND }
#define T2 { SIM_T2, SIM_T2 }
#define STATIC SIM_REPORT_STATIC, .about_mean = true
#define STEP(s) T2, SIM_REPORT_AVERAGE, .about_mean = true, .step_at_s = 350, .step_s = s
#define T1_LIMITS .free = SIM_NONE, .pace_ppm = SIM_NONE

/* clang-format off */
const struct sim_scenario sim_scenarios[] = {
	/* a microphone */
	{ "t2-mic", T2, .ear = ALWAYS,
	  .limits = { .rms_ms = 0.03, .p90_ms = 0.04, .max_ms = 0.08, .converged_s = 25,
		      .rebuffers = SIM_NONE, PITCH } },
	{ "t2-mic-burst", T2, .ear = BURST,
	  .limits = { .rms_ms = 0.03, .p90_ms = 0.04, .max_ms = 0.08, .converged_s = 10,
		      .rebuffers = SIM_NONE, PITCH } },
	{ "t2-mic-10s", T2, .ear = { .every_s = 10.0 },
	  .limits = { .rms_ms = 0.05, .max_ms = 0.12, .rebuffers = SIM_NONE, PITCH } },
	{ "t1-mic", FAST, .ear = ALWAYS,
	  .limits = { .floor = 1.1, .jumps = 2, PITCH, T1_LIMITS } },
	{ "t1-10-mic", SLOW, .ear = ALWAYS, .limits = { .floor = 1.1, PITCH, T1_LIMITS } },
	{ "mixed-mic", { SIM_T1_FAST, SIM_T2 }, .ear = ALWAYS,
	  .limits = { .rms_ms = 0.23, PITCH } },
	{ "band-mic", BANDS, .ear = ALWAYS,
	  .limits = { .rms_ms = 0.06, .edges = SIM_NONE } },
	/* a calibration, then nothing */
	{ "t1-once", FAST, .ear = ONCE,
	  .limits = { .floor = 1.1, .jumps = 2, PITCH, T1_LIMITS } },
	/* 2 min cannot say more of a wobble that lasts for 20 s: the mean is off */
	{ "t1-10-once", SLOW, .ear = ONCE, .about_mean = true,
	  .limits = { .floor = 1.1, .mean_ms = 0.15, PITCH, T1_LIMITS } },
	{ "t2-blind", T2, .ear = ONCE, .hours = 0.2, .from_s = 120,
	  .limits = { .rms_ms = 0.6, .rebuffers = SIM_NONE, PITCH } },
	{ "t2-once", T2, .ear = ONCE,
	  .limits = { .rms_ms = 7.1, .rebuffers = SIM_NONE, PITCH } },
	{ "t2-again", T2, .ear = AGAIN,
	  .limits = { .rms_ms = 0.55, .rebuffers = SIM_NONE, PITCH } },
	{ "band-once", BANDS, .ear = ONCE, .limits = { .rms_ms = 8.6, PITCH } },
	/* reports */
	{ "t1-reports", FAST, SIM_REPORT_AVERAGE, .about_mean = true,
	  .limits = { .floor = 1.1, .jumps = 2, PITCH, T1_LIMITS } },
	{ "t2-reports", T2, SIM_REPORT_AVERAGE, .about_mean = true,
	  .limits = { .rms_ms = 0.35, .rebuffers = SIM_NONE, PITCH } },
	{ "band-reports", BANDS, SIM_REPORT_AVERAGE, .about_mean = true,
	  .limits = { .rms_ms = 0.45, .edges = SIM_NONE, PITCH } },
	{ "t2-instant", T2, SIM_REPORT_INSTANT, .about_mean = true,
	  .limits = { .rms_ms = 1.4, .rebuffers = SIM_NONE } },
	{ "t2-pressure", T2, SIM_REPORT_PRESSURE, .about_mean = true,
	  .limits = { .rms_ms = 0.35, .rebuffers = SIM_NONE, PITCH } },
	/* reports and a calibration */
	{ "t1-reports-once", FAST, SIM_REPORT_AVERAGE, ONCE,
	  .limits = { .floor = 1.1, .jumps = 2, PITCH, T1_LIMITS } },
	{ "t2-reports-once", T2, SIM_REPORT_AVERAGE, ONCE,
	  .limits = { .rms_ms = 0.40, .max_ms = 1.0, .rebuffers = SIM_NONE, PITCH } },
	{ "t2-pressure-once", T2, SIM_REPORT_PRESSURE, ONCE,
	  .limits = { .rms_ms = 0.40, .max_ms = 1.0, .rebuffers = SIM_NONE, PITCH } },
	/* nothing can be seen: it must not get worse, and say so */
	{ "t1-static", FAST, STATIC,
	  .limits = { .floor = 1.01, PITCH, T1_LIMITS, .any_sigma = true } },
	{ "t1-10-static", SLOW, STATIC,
	  .limits = { .floor = 1.01, PITCH, T1_LIMITS, .any_sigma = true } },
	{ "t2-static", T2, STATIC, .limits = { .any_sigma = true } },
	{ "band-static", BANDS, STATIC, .limits = { .any_sigma = true } },
	/* traps: a slow loop that settles looks free; steps; loops that must not wind up */
	/* at its point of inflection it is straight for minutes: the pace must come back */
	{ "lazy-mic", LAZY, .ear = ALWAYS,
	  .limits = { .rms_ms = 0.06, .free = SIM_NONE, .pace_end_ppm = SIM_NONE } },
	{ "lazy-reports", LAZY, SIM_REPORT_AVERAGE, .about_mean = true,
	  .limits = { .rms_ms = 0.6, .free = SIM_NONE, .pace_end_ppm = SIM_NONE } },
	{ "step-20", STEP(0.020), .limits = { .recovered = 10 } },
	{ "step-60", STEP(0.060), .limits = { .recovered = 10 } },
	{ "step-150", STEP(0.150), .limits = { .recovered = 10 } },
	{ "step-back", STEP(-0.060), .limits = { .recovered = 10 } },
	{ "step-t1", FAST, SIM_REPORT_AVERAGE, ONCE, .step_at_s = 350, .step_s = 0.060,
	  .limits = { .recovered = 10, .rms_ms = 1.0, T1_LIMITS } },
	{ "radio-bad", T2, SIM_REPORT_AVERAGE, .radio = 2.0, .about_mean = true,
	  .limits = { .rms_ms = 0.35, PITCH } },
	{ "day", T2, SIM_REPORT_AVERAGE, ONCE, .seeds = 2, .hours = 24,
	  .limits = { .rms_ms = 0.40, .rebuffers = SIM_NONE, PITCH } },
	{ "two-days-t1", FAST, SIM_REPORT_AVERAGE, ONCE, .seeds = 2, .hours = 50,
	  .limits = { .floor = 1.1, PITCH, T1_LIMITS } },
};
/* clang-format on */

const int sim_n_scenarios = TANDEM_ARRAY_LEN(sim_scenarios);
