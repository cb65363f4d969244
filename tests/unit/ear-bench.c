/* SPDX-License-Identifier: MIT */
#include "ear-bench.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "base/random.h"

#define HALF_TAPS 48
#define PIECE 997 /* frames fed at once: meets nothing else */

void tandem_ear_bench_init(struct ear_bench *b, uint32_t n_speakers, double seconds)
{
	*b = (struct ear_bench){ .n_speakers = n_speakers,
		.frames = (uint32_t)(seconds * EAR_RATE_HZ) };
	b->mic = calloc(b->frames, sizeof(*b->mic));
	ck_assert_ptr_nonnull(b->mic);
	for (uint32_t s = 0; s < n_speakers; s++) {
		struct tandem_random random = tandem_random_init(1, s);

		b->reference[s] = calloc(b->frames, sizeof(float));
		ck_assert_ptr_nonnull(b->reference[s]);
		for (uint32_t i = 0; i < b->frames; i++)
			b->reference[s][i] = 0.1f * (float)tandem_random_normal(&random);
	}
	b->config = (struct tandem_ear_config){ EAR_RATE_HZ, n_speakers,
		TANDEM_EAR_MAX_LAG_S, TANDEM_EAR_PROBE_HOP_S, TANDEM_EAR_PROBE_WINDOW_S };
	ck_assert_int_eq(tandem_ear_new(&b->ear, &b->config), 0);
}

void tandem_ear_bench_finish(struct ear_bench *b)
{
	tandem_ear_free(b->ear);
	free(b->mic);
	for (uint32_t s = 0; s < b->n_speakers; s++)
		free(b->reference[s]);
}

void tandem_ear_bench_hear(struct ear_bench *b, uint32_t speaker, double lag_frames,
		double gain, double from_s, double to_s)
{
	const float *const x = b->reference[speaker];
	const int64_t whole = (int64_t)floor(lag_frames);
	const int64_t end = (int64_t)fmin(to_s * EAR_RATE_HZ, b->frames);
	float taps[2 * HALF_TAPS];

	for (int i = 0; i < 2 * HALF_TAPS; i++) {
		const double t = i - HALF_TAPS + 1 - (lag_frames - (double)whole);
		const double window = cos(M_PI * t / (2.0 * HALF_TAPS));
		const double sinc = fabs(t) < 1e-9 ? 1.0 : sin(M_PI * t) / (M_PI * t);

		taps[i] = (float)(gain * sinc * window * window);
	}
	for (int64_t n = (int64_t)(from_s * EAR_RATE_HZ); n < end; n++) {
		for (int i = 0; i < 2 * HALF_TAPS; i++) {
			const int64_t at = n - whole - (i - HALF_TAPS + 1);

			if (at >= 0 && at < b->frames)
				b->mic[n] += taps[i] * x[at];
		}
	}
	b->lag_frames[speaker] = lag_frames;
}

void tandem_ear_bench_add_noise(struct ear_bench *b, double rms)
{
	struct tandem_random random = tandem_random_init(1, 100);

	for (uint32_t i = 0; i < b->frames; i++)
		b->mic[i] += (float)(rms * tandem_random_normal(&random));
}

bool tandem_ear_bench_next(struct ear_bench *b, struct tandem_ear_finding *ret)
{
	while (!tandem_ear_next(b->ear, ret)) {
		const uint32_t n = b->frames - b->fed < PIECE ? b->frames - b->fed : PIECE;
		const float *planes[TANDEM_MAX_SPEAKERS];

		if (n == 0)
			return false;
		for (uint32_t s = 0; s < b->n_speakers; s++)
			planes[s] = b->reference[s] + b->fed;
		tandem_ear_feed(b->ear, planes, b->mic + b->fed, n);
		b->fed += n;
	}
	return true;
}

struct tandem_ear_finding tandem_ear_bench_run(struct ear_bench *b, double to_s)
{
	struct tandem_ear_finding f = { 0 };
	bool any = false;

	while (b->fed < to_s * EAR_RATE_HZ && tandem_ear_bench_next(b, &f))
		any = true;
	ck_assert_msg(any, "no finding until %g s", to_s);
	return f;
}

void tandem_ear_bench_check(const struct ear_bench *b, const struct tandem_ear_finding *f,
		uint32_t speaker, double within_frames)
{
	const struct tandem_ear_arrival *const a = &f->of[speaker];

	ck_assert_msg(a->verdict == TANDEM_EAR_HEARD, "speaker %u is %s, snr %.1f dB",
			speaker, tandem_ear_verdict_name(a->verdict), a->snr_db);
	ck_assert_double_eq_tol(a->lag_frames, b->lag_frames[speaker], within_frames);
}
