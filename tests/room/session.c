/* SPDX-License-Identifier: MIT */
#include "tests/room/session.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#define PIECE 1024

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void note(struct session *s, const struct scene *scene,
		const struct tandem_ear_finding *f)
{
	struct session_finding *const to = &s->of[s->n];
	const double us = 1e6 / scene->rate_hz;

	if (s->n == SESSION_FINDINGS)
		abort();
	s->n++;
	*to = (struct session_finding){ .at_s = (double)f->frame / scene->rate_hz,
		.heard = true };
	for (uint32_t i = 0; i < SESSION_BOXES; i++) {
		const struct tandem_ear_arrival *const a = &f->of[i];

		to->verdict[i] = a->verdict;
		to->heard &= a->verdict == TANDEM_EAR_HEARD;
		to->level_db[i] = a->level_db;
		to->inverted[i] = a->inverted;
		to->alone_us[i] = us * (a->lag_frames - tandem_scene_lag_frames(scene, i,
									(double)f->frame));
		to->alone_sigma_us[i] = us * a->sigma_frames;
	}
	to->error_us = to->alone_us[1] - to->alone_us[0];
	to->sigma_us = hypot(to->alone_sigma_us[0], to->alone_sigma_us[1]);
}

void tandem_session_run(struct session *s, const struct scene *scene, double hop_s,
		double window_s)
{
	const struct tandem_ear_config config = { scene->rate_hz, SESSION_BOXES,
		TANDEM_EAR_MAX_LAG_S, hop_s, window_s };
	struct tandem_ear_finding f;
	struct tandem_ear *ear;

	*s = (struct session){ 0 };
	if (tandem_ear_new(&ear, &config) < 0)
		abort();
	s->cpu_s = -cpu_s();
	for (uint32_t at = 0; at < scene->frames; at += PIECE) {
		const float *const played[SESSION_BOXES] = { scene->given[0] + at,
			scene->given[1] + at };
		const uint32_t left = scene->frames - at;

		tandem_ear_feed(ear, played, scene->mic + at, left < PIECE ? left : PIECE);
		while (tandem_ear_next(ear, &f))
			note(s, scene, &f);
	}
	s->cpu_s += cpu_s();
	tandem_ear_free(ear);
}

bool tandem_session_is_wrong(double error_us, double sigma_us)
{
	return fabs(error_us) > SESSION_WRONG_US &&
	       fabs(error_us) > SESSION_WRONG_SIGMA * sigma_us;
}

struct session_result tandem_session_sum(const struct session *s)
{
	struct session_result r = { 0 };
	double weight = 0.0, square = 0.0;
	int inverted[SESSION_BOXES] = { 0 };

	for (uint32_t k = 0; k < s->n; k++) {
		const struct session_finding *const f = &s->of[k];

		if (!f->heard)
			continue;
		r.heard++;
		r.wrong += tandem_session_is_wrong(f->error_us, f->sigma_us);
		r.error_us += f->error_us / f->sigma_us / f->sigma_us;
		weight += 1.0 / f->sigma_us / f->sigma_us;
		square += f->sigma_us * f->sigma_us;
		r.level_db += f->level_db[1] - f->level_db[0];
		for (uint32_t i = 0; i < SESSION_BOXES; i++)
			inverted[i] += f->inverted[i] ? 1 : -1;
	}
	if (r.heard == 0)
		return r;
	r.error_us /= weight;
	r.sigma_us = sqrt(square / r.heard);
	r.level_db /= r.heard;
	for (uint32_t i = 0; i < SESSION_BOXES; i++)
		r.inverted[i] = inverted[i] > 0;
	return r;
}
