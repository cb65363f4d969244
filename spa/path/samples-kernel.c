/* SPDX-License-Identifier: MIT
 *
 * Compiled once per instruction set, with KERNEL (its name) and LANES (of its vectors, 4 or
 * 8): see meson.build.
 */
#include "samples-kernel.h"

#include <stdbool.h>
#include <stddef.h>

#define INLINE static inline __attribute__((always_inline))
#define NAME_(kernel) tandem_samples_to_s16_##kernel
#define NAME(kernel) NAME_(kernel)

#define RUN 16 /* samples at a time */
#define VECTORS (RUN / LANES)

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t words __attribute__((vector_size(4 * LANES)));
typedef uint32_t counts __attribute__((vector_size(4 * LANES)));
typedef int16_t halves __attribute__((vector_size(4 * LANES)));
typedef uint64_t quads __attribute__((vector_size(4 * LANES)));
typedef float loose_vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef words loose_words __attribute__((aligned(2), may_alias));
typedef halves loose_halves __attribute__((aligned(2), may_alias));

INLINE vec load(const float *x)
{
	return *(const loose_vec *)x;
}

INLINE vec choose(words mask, vec yes, vec no)
{
	return (vec)((mask & (words)yes) | (~mask & (words)no));
}

/* Not a number: 0. */
INLINE vec clip(vec x)
{
	const vec least = (vec){ 0 } - 32768.0f;
	const vec greatest = (vec){ 0 } + 32767.0f;

	x = (vec)((words)x & (x == x));
	x = choose(x > least, x, least);
	return choose(x < greatest, x, greatest);
}

INLINE bool is_none(counts bits)
{
	const quads q = (quads)bits;
	uint64_t any = 0;

#pragma GCC unroll 4
	for (uint32_t i = 0; i < LANES / 2; i++)
		any |= q[i];
	return any == 0;
}

/* A run of samples as 16 bits, the low ones of each word; the others are not meant. A float
 * from 2^23 to 2^24 has steps of 1: adding 1.5 * 2^23 rounds, and leaves the whole number
 * in its low bits, counted from the bits of the sum for 0. lrintf() does the same, but is a
 * call for each sample. What is out of reach or no number has a sum that is far away: only
 * then does a run go the long way. */
INLINE void to_s16(const float *in, words out[VECTORS])
{
	const vec whole = (vec){ 0 } + 0x1.8p23f;
	counts away = { 0 };

#pragma GCC unroll 4
	for (uint32_t i = 0; i < VECTORS; i++) {
		out[i] = (words)(load(in + LANES * i) * 32768.0f + whole);
		away |= (counts)out[i] - ((counts)whole - 32768);
	}
	if (is_none(away >> 16))
		return;
#pragma GCC unroll 4
	for (uint32_t i = 0; i < VECTORS; i++)
		out[i] = (words)(clip(load(in + LANES * i) * 32768.0f) + whole);
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOW 0
#else
#define LOW 1
#endif

/* Each of a vector's words, and where its low half is. */
#define EVERY_4(w) w(0), w(1), w(2), w(3)
#define EVERY_8(w) EVERY_4(w), w(4), w(5), w(6), w(7)
#define EVERY_16(w) EVERY_8(w), w(8), w(9), w(10), w(11), w(12), w(13), w(14), w(15)
#define HALF(n) (LOW + 2 * (n))
#define HALF_TWICE(n) HALF(n), HALF(n)
#if LANES == 4
#define EVERY EVERY_4
#define EVERY_OF_TWO EVERY_8
#else
#define EVERY EVERY_8
#define EVERY_OF_TWO EVERY_16
#endif

INLINE halves low_halves(words a, words b)
{
	return __builtin_shufflevector((halves)a, (halves)b, EVERY_OF_TWO(HALF));
}

INLINE halves twice(words a)
{
	return __builtin_shufflevector((halves)a, (halves)a, EVERY(HALF_TWICE));
}

INLINE void one(int16_t *out, const float *in, size_t frames)
{
	words x[VECTORS];

	for (size_t i = 0; i < frames; i += RUN) {
		to_s16(in + i, x);
#pragma GCC unroll 2
		for (size_t v = 0; v < VECTORS; v += 2)
			*(loose_halves *)(out + i + LANES * v) = low_halves(x[v], x[v + 1]);
	}
}

INLINE words interleave(words first, words second)
{
	return LOW == 0 ? (first & 0xffff) | second << 16 : (second & 0xffff) | first << 16;
}

INLINE void two(int16_t *out, const float *left, const float *right, size_t frames)
{
	words x[2][VECTORS];

	for (size_t i = 0; i < frames; i += RUN) {
		to_s16(left + i, x[0]);
		to_s16(right + i, x[1]);
#pragma GCC unroll 4
		for (size_t v = 0; v < VECTORS; v++) {
			*(loose_words *)(out + 2 * (i + LANES * v)) =
					interleave(x[0][v], x[1][v]);
		}
	}
}

INLINE void same(int16_t *out, const float *in, size_t frames)
{
	words x[VECTORS];

	for (size_t i = 0; i < frames; i += RUN) {
		to_s16(in + i, x);
#pragma GCC unroll 4
		for (size_t v = 0; v < VECTORS; v++)
			*(loose_halves *)(out + 2 * (i + LANES * v)) = twice(x[v]);
	}
}

void NAME(KERNEL)(int16_t *out, const float *const in[], uint32_t channels, uint32_t frames)
{
	if (channels == 1) {
		one(out, in[0], frames);
	} else if (in[0] == in[1]) {
		same(out, in[0], frames);
	} else {
		two(out, in[0], in[1], frames);
	}
}
