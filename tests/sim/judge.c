/* SPDX-License-Identifier: MIT */
#include "judge.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"

#define MAX_SLEW_PPM 20.001 /* and what doubles round */
#define MIN_COVERED 0.95
#define MAX_SIGMA 3.0

struct measure {
	const char *name;
	size_t result;
	size_t limit;
	double part; /* of the seeds that may not exceed the limit: 0.5 the median */
};

#define MEASURE(label, result, limit, part)                                                \
	{ label, offsetof(struct sim_result, result), offsetof(struct sim_limits, limit),  \
		part }

static const struct measure measures[] = {
	MEASURE("rms, ms", rms_ms, rms_ms, 0.5),
	MEASURE("rms of 90 %, ms", rms_ms, p90_ms, 0.9),
	MEASURE("max, ms", max_ms, max_ms, 0.5),
	MEASURE("converged, s", converged_s, converged_s, 0.5),
	MEASURE("rms over the boxes' own", floor, floor, 0.5),
	MEASURE("pitch rms, ppm", pitch_rms_ppm, pitch_rms_ppm, 0.5),
	MEASURE("pitch max, ppm", pitch_max_ppm, pitch_max_ppm, 0.5),
	MEASURE("jumps in the first minute", jumps_first, jumps, 0.5),
	MEASURE("rebuffers per hour", rebuffers, rebuffers, 1.0),
	MEASURE("edges", edges, edges, 1.0),
	MEASURE("pace, ppm", pace_ppm, pace_ppm, 1.0),
	MEASURE("pace at the end, ppm", pace_end_ppm, pace_end_ppm, 1.0),
	MEASURE("mean, ms", mean_ms, mean_ms, 0.5),
	MEASURE("taken for free", free, free, 1.0),
	MEASURE("observations to recover", recovered, recovered, 1.0),
};

static double member(const void *of, size_t offset)
{
	double value;

	memcpy(&value, (const char *)of + offset, sizeof(value));
	return value;
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* That value of the results which `part` of them do not exceed. */
static double rank(const struct sim_result *results, int n, size_t offset, double part)
{
	double values[SIM_MAX_SEEDS];

	for (int i = 0; i < n; i++)
		values[i] = member(&results[i], offset);
	qsort(values, (size_t)n, sizeof(values[0]), by_size);
	return values[(int)floor(part * (n - 1) + 0.5)];
}

static int worst(const struct sim_result *results, int n, size_t offset)
{
	int at = 0;

	for (int i = 1; i < n; i++) {
		if (member(&results[i], offset) > member(&results[at], offset))
			at = i;
	}
	return at;
}

static bool holds(const struct sim_scenario *s, const struct measure *m,
		const struct sim_result *results, const uint64_t *seeds, int n)
{
	const double limit = member(&s->limits, m->limit);
	const double value = rank(results, n, m->result, m->part);
	int at;

	if (limit == 0.0 || value <= fmax(0.0, limit))
		return true;
	at = worst(results, n, m->result);
	printf("  not met: %s: %.4g, limit %.4g; worst %.4g: --scenario %s --seed %llu\n",
			m->name, value, fmax(0.0, limit), member(&results[at], m->result),
			s->name, (unsigned long long)seeds[at]);
	return false;
}

/* Of all seeds together: a bias is the same for all of a run. */
struct honesty {
	double covered;
	double sigma_ms;
	double error_ms;
};

static struct honesty pool(const struct sim_result *results, int n)
{
	struct honesty h = { 0 };

	for (int i = 0; i < n; i++) {
		h.covered += results[i].covered / n;
		h.error_ms += results[i].error_ms * results[i].error_ms / n;
	}
	h.error_ms = sqrt(h.error_ms);
	h.sigma_ms = rank(results, n, offsetof(struct sim_result, sigma_ms), 0.5);
	return h;
}

static bool is_honest(const struct sim_scenario *s, const struct honesty *h)
{
	const bool covers = h->covered >= MIN_COVERED;
	const bool tells = s->limits.any_sigma || h->sigma_ms <= MAX_SIGMA * h->error_ms;

	if (!covers) {
		printf("  not met: 2 sigma cover %.3f, at least %.2f\n", h->covered,
				MIN_COVERED);
	}
	if (!tells) {
		printf("  not met: sigma %.4g ms, at most %.0f times %.4g ms\n",
				h->sigma_ms, MAX_SIGMA, h->error_ms);
	}
	return covers && tells;
}

void tandem_sim_judge_head(void)
{
	puts("# Medians over the seeds, unless said. Skew in ms: mean, rms, what 90 %");
	puts("# of the seeds stay below, max, floor: what the boxes' own loops leave.");
	puts("# conv: s until within 1 ms. p: pitch, ppm. jmp1: jumps in the first");
	puts("# minute. Of 90 %: rebuf: rebuffers per hour, edges of a dead band, boxes");
	puts("# taken for free, pace taken back. cover: of 2 sigma as stated; sigma,");
	puts("# error of lateness in ms; drift: its error in the end, ppm.");
	printf("%-16s %7s %6s %6s %6s %6s %5s %5s %5s %4s %4s", "scenario", "mean", "rms",
			"p90", "max", "floor", "conv", "p-rms", "p-max", "jmp1", "jmp");
	printf(" %5s %5s %4s %4s %5s %7s %7s %5s\n", "rebuf", "edges", "free", "back",
			"cover", "sigma", "error", "drift");
}

#define RANK(name, part) rank(results, n, offsetof(struct sim_result, name), part)

static void print_row(const struct sim_scenario *s, const struct sim_result *results, int n,
		const struct honesty *h)
{
	printf("%-16s %7.3f %6.3f %6.3f %6.3f %6.3f", s->name, RANK(mean_ms, 0.5),
			RANK(rms_ms, 0.5), RANK(rms_ms, 0.9), RANK(max_ms, 0.5),
			RANK(floor_ms, 0.5));
	printf(" %5.0f %5.1f %5.0f %4.0f %4.0f", RANK(converged_s, 0.5),
			RANK(pitch_rms_ppm, 0.5), RANK(pitch_max_ppm, 0.5),
			RANK(jumps_first, 0.5), RANK(jumps, 0.5));
	printf(" %5.1f %5.0f %4.0f %4.0f", RANK(rebuffers, 0.9), RANK(edges, 0.9),
			RANK(free, 0.9), RANK(taken_back, 0.9));
	printf(" %5.3f %7.3f %7.3f %5.2f\n", h->covered, h->sigma_ms, h->error_ms,
			RANK(drift_ppm, 0.5));
}

bool tandem_sim_judge(const struct sim_scenario *s, const struct sim_result *results,
		const uint64_t *seeds, int n)
{
	const struct honesty h = pool(results, n);
	const double slew_ppm = RANK(slew_ppm, 1.0);
	const double phase_us = RANK(phase_us, 1.0);
	bool good = true;

	print_row(s, results, n, &h);
	for (uint32_t i = 0; i < TANDEM_ARRAY_LEN(measures); i++)
		good &= holds(s, &measures[i], results, seeds, n);
	good &= is_honest(s, &h);
	if (slew_ppm > MAX_SLEW_PPM)
		printf("  not met: content slews by %.3f ppm/s\n", slew_ppm);
	if (phase_us > 1.0)
		printf("  not met: counters off by %.3f us\n", phase_us);
	return good && slew_ppm <= MAX_SLEW_PPM && phase_us <= 1.0;
}
