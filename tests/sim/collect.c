/* SPDX-License-Identifier: MIT */
#include "collect.h"

#include <math.h>
#include <stdlib.h>

#define PER_SECOND 10
#define FIRST_SOUND_S 2.5 /* of a run: when it is first collected */
#define CONVERGED_S 1e-3

void tandem_sim_collect_init(struct sim_collector *c, double hours)
{
	const size_t samples = (size_t)(hours * 3600.0 * PER_SECOND) + 100;

	*c = (struct sim_collector){
		.skew = malloc(samples * sizeof(double)),
		.apart = malloc(samples * sizeof(double)),
		.second = malloc(samples * sizeof(double)),
		.sigma = malloc(samples * sizeof(double)),
	};
}

void tandem_sim_collect_finish(struct sim_collector *c)
{
	free(c->skew);
	free(c->apart);
	free(c->second);
	free(c->sigma);
}

void tandem_sim_collect_skew(struct sim_collector *c, double skew_s, double apart_s,
		bool settled)
{
	c->sum_second += skew_s;
	if (++c->in_second == PER_SECOND) {
		c->second[c->n_second++] = c->sum_second / PER_SECOND;
		c->in_second = 0;
		c->sum_second = 0.0;
	}
	if (!settled)
		return;
	c->skew[c->n_skew] = skew_s;
	c->apart[c->n_skew++] = apart_s;
}

void tandem_sim_collect_lateness(struct sim_collector *c, double error_s, double sigma_s,
		bool settled)
{
	c->covered += fabs(error_s) <= 2.0 * sigma_s;
	c->n_covered++;
	if (!settled)
		return;
	c->error_squares += error_s * error_s;
	c->sigma[c->n_sigma++] = sigma_s;
}

void tandem_sim_collect_pitch(struct sim_collector *c, double pitch)
{
	c->pitch_squares += pitch * pitch;
	c->pitch_max = fmax(c->pitch_max, fabs(pitch));
	c->n_pitch++;
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double mean_of(const double *x, size_t n)
{
	double sum = 0.0;

	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return n > 0 ? sum / (double)n : 0.0;
}

static double rms_about(const double *x, size_t n, double centre)
{
	double sum = 0.0;

	for (size_t i = 0; i < n; i++)
		sum += (x[i] - centre) * (x[i] - centre);
	return n > 0 ? sqrt(sum / (double)n) : 0.0;
}

void tandem_sim_collect_sum_up(struct sim_collector *c, bool about_mean,
		struct sim_result *r)
{
	const double mean = mean_of(c->skew, c->n_skew);
	const double centre = about_mean ? mean : 0.0;

	r->mean_ms = 1e3 * fabs(mean);
	r->rms_ms = 1e3 * rms_about(c->skew, c->n_skew, centre);
	for (size_t i = 0; i < c->n_skew; i++)
		r->max_ms = fmax(r->max_ms, 1e3 * fabs(c->skew[i] - centre));
	r->floor_ms = 1e3 * rms_about(c->apart, c->n_skew, mean_of(c->apart, c->n_skew));
	r->floor = r->rms_ms / r->floor_ms;
	for (size_t i = 0; i < c->n_second; i++) {
		if (fabs(c->second[i] - centre) > CONVERGED_S)
			r->converged_s = (double)i + FIRST_SOUND_S;
	}
	qsort(c->sigma, c->n_sigma, sizeof(double), by_size);
	r->sigma_ms = 1e3 * c->sigma[c->n_sigma / 2];
	r->error_ms = 1e3 * sqrt(c->error_squares / (double)c->n_sigma);
	r->covered = (double)c->covered / (double)c->n_covered;
	r->pitch_rms_ppm = 1e6 * sqrt(c->pitch_squares / (double)c->n_pitch);
	r->pitch_max_ppm = 1e6 * c->pitch_max;
}
