/* SPDX-License-Identifier: MIT
 *
 * Compiled once per instruction set, with KERNEL (its name) and LANES (of its vectors):
 * see meson.build. A compiler for a processor without vectors makes loops of them.
 */
#include "resample-kernel.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define NAME_(kernel) tandem_resample_kernel_##kernel
#define NAME(kernel) NAME_(kernel)
#define TEXT_(kernel) #kernel
#define TEXT(kernel) TEXT_(kernel)

/* Vectors of outputs in flight: enough to hide a sum's latency, few enough for the
 * registers; measured. */
#define VECTORS 4

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef float loose_vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef float vec4 __attribute__((vector_size(16)));

/* Keeps gcc from reading memory again for every use of v, which costs it half its speed. */
#if defined(__x86_64__)
#define HOLD(v) __asm__("" : "+v"(v))
#else
#define HOLD(v) (void)(v)
#endif

INLINE vec load(const float *x)
{
	vec v = *(const loose_vec *)x;

	HOLD(v);
	return v;
}

INLINE void store(float *x, vec v)
{
	*(loose_vec *)x = v;
}

/* Stores n < LANES of them. */
INLINE void store_part(float *x, vec v, uint32_t n)
{
	float lanes[LANES];

	store(lanes, v);
	memcpy(x, lanes, n * sizeof(float));
}

/* One remainder r of a fir: the taps r, r + 8, r + 16, ... meet inputs on a lattice of 8,
 * so that a vector of inputs loaded once meets several of them: what tap k has in output
 * vector i, tap k - BACK had in i + UP. */
#define BACK (LANES == 16 ? 2 : 1)
#define UP (LANES == 4 ? 2 : 1)
INLINE void add_remainder(const float *taps, uint32_t n_taps, const float *in, uint32_t m,
		vec *sum)
{
	vec x[TANDEM_FIR_MAX_TAPS / 8][VECTORS];

#pragma GCC unroll 14
	for (uint32_t k = 0; k < n_taps / 8; k++) {
#pragma GCC unroll 4
		for (uint32_t i = 0; i < m; i++) {
			x[k][i] = k >= BACK && i + UP < m ? x[k - BACK][i + UP]
							  : load(in + 8 * k + i * LANES);
			sum[i] += taps[8 * k] * x[k][i];
		}
	}
}

/* m vectors of outputs; two remainders at a time, each with its own sum. */
INLINE void fir_block(const float *taps, uint32_t n_taps, const float *in, float *out,
		uint32_t m)
{
	vec low[VECTORS] = { 0 };
	vec high[VECTORS] = { 0 };

	for (uint32_t r = 0; r < 4; r++) {
		add_remainder(taps + r, n_taps, in + r, m, low);
		add_remainder(taps + r + 4, n_taps, in + r + 4, m, high);
	}
	for (uint32_t i = 0; i < m; i++)
		store(out + i * LANES, low[i] + high[i]);
}

INLINE void fir_run(const float *taps, uint32_t n_taps, const float *in, float *out,
		uint32_t n)
{
	const uint32_t block = VECTORS * LANES;
	uint32_t i = 0;

	for (; i + block <= n; i += block)
		fir_block(taps, n_taps, in + i, out + i, VECTORS);
	for (; i < n; i += LANES)
		fir_block(taps, n_taps, in + i, out + i, 1);
}

static void fir(const float *taps, uint32_t n_taps, const float *in, float *out, uint32_t n)
{
	switch (n_taps) {
	case 48:
		fir_run(taps, 48, in, out, n);
		break;
	case 64:
		fir_run(taps, 64, in, out, n);
		break;
	case 96:
		fir_run(taps, 96, in, out, n);
		break;
	default:
		fir_run(taps, 112, in, out, n);
		break;
	}
}

static void places(const struct tandem_stretch *s, float *u, uint32_t n)
{
	const double place = s->place;
	const double change = s->change;
	const double bend = s->bend;
	const int32_t end = (int32_t)(n + LANES - 1) & -LANES;

	for (int32_t i = 0; i < end; i++) {
		const double x = i;

		u[i] = (float)(place + x * (change + x * bend));
	}
}

/* m vectors of outputs: three firs, one per power of u, then Horner's rule. */
INLINE void stretch_block(const float *segment, uint32_t n_taps,
		const float *const points[2], const float *u, uint32_t m, vec *out)
{
	vec constant[VECTORS] = { 0 };
	vec linear[VECTORS] = { 0 };
	vec square[VECTORS] = { 0 };

	for (uint32_t kind = 0; kind < 2; kind++) {
#pragma GCC unroll 8
		for (uint32_t k = 0; k < n_taps / 2; k++) {
			const float *const taps = segment + kind * (n_taps / 2) + k;

#pragma GCC unroll 4
			for (uint32_t i = 0; i < m; i++) {
				const vec x = load(points[kind] + k + i * LANES);

				constant[i] += taps[0] * x;
				linear[i] += taps[n_taps] * x;
				square[i] += taps[2 * n_taps] * x;
			}
		}
	}
	for (uint32_t i = 0; i < m; i++) {
		const vec at = load(u + i * LANES);

		out[i] = (square[i] * at + linear[i]) * at + constant[i];
	}
}

INLINE void stretch_run(const float *segment, uint32_t n_taps, const float *const points[2],
		const float *u, float *out, uint32_t n)
{
	const uint32_t block = VECTORS * LANES;
	uint32_t i = 0;

	/* The last block begins early enough to be whole; it makes the same again. */
	while (n >= block && i < n) {
		const float *const p[2] = { points[0] + i, points[1] + i };
		vec y[VECTORS];

		stretch_block(segment, n_taps, p, u + i, VECTORS, y);
		for (uint32_t v = 0; v < VECTORS; v++)
			store(out + i + v * LANES, y[v]);
		i += block;
		if (i < n && i + block > n)
			i = n - block;
	}
	for (; i < n; i += LANES) {
		const float *const p[2] = { points[0] + i, points[1] + i };
		vec y;

		stretch_block(segment, n_taps, p, u + i, 1, &y);
		if (n - i < LANES) {
			store_part(out + i, y, n - i);
		} else {
			store(out + i, y);
		}
	}
}

static void stretch(const float *segment, uint32_t n_taps, const float *const points[2],
		const float *u, float *out, uint32_t n)
{
	if (n_taps == 12) {
		stretch_run(segment, 12, points, u, out, n);
	} else {
		stretch_run(segment, 16, points, u, out, n);
	}
}

#if LANES == 4
#define PARTS 2 /* of the 8 taps on the points of one kind */
typedef vec4 part;
#else
#define PARTS 1
typedef float part __attribute__((vector_size(32)));
#endif
typedef part loose_part __attribute__((aligned(4), may_alias));

INLINE part load_part(const float *x)
{
	return *(const loose_part *)x;
}

/* The 16 products of one output, folded to 4. */
INLINE vec4 products(const struct tandem_spot *s, const float *const points[2])
{
	const float u = s->u;
	part sum[PARTS] = { 0 };

	for (uint32_t kind = 0; kind < 2; kind++) {
		for (uint32_t i = 0; i < PARTS; i++) {
			const float *const taps = s->segment + 8 * kind + 4 * i;
			const part c = (load_part(taps + 32) * u + load_part(taps + 16)) *
						       u +
				       load_part(taps);

			sum[i] += c *
				  load_part(points[kind ^ s->odd] + s->first[kind] + 4 * i);
		}
	}
#if PARTS == 2
	return sum[0] + sum[1];
#else
	return __builtin_shufflevector(sum[0], sum[0], 0, 1, 2, 3) +
	       __builtin_shufflevector(sum[0], sum[0], 4, 5, 6, 7);
#endif
}

/* Neighbours added, a's then b's. */
INLINE vec4 add_pairs(vec4 a, vec4 b)
{
	return __builtin_shufflevector(a, b, 0, 2, 4, 6) +
	       __builtin_shufflevector(a, b, 1, 3, 5, 7);
}

static void spots(const struct tandem_spot *at, const float *const points[2], float *out,
		uint32_t n)
{
	for (uint32_t i = 0; i < n; i += 4) {
		const uint32_t here = n - i < 4 ? n - i : 4;
		vec4 p[4];
		vec4 y;

		for (uint32_t k = 0; k < 4; k++)
			p[k] = products(at + i + (k < here ? k : 0), points);
		y = add_pairs(add_pairs(p[0], p[1]), add_pairs(p[2], p[3]));
		memcpy(out + i, &y, here * sizeof(float));
	}
}

extern const struct tandem_resample_kernel NAME(KERNEL);
const struct tandem_resample_kernel NAME(KERNEL) = {
	.name = TEXT(KERNEL),
	.fir = fir,
	.places = places,
	.stretch = stretch,
	.spots = spots,
};
