/* SPDX-License-Identifier: MIT */
#include "samples.h"

#include <stdbool.h>
#include <stddef.h>

#define LANES 4
#define VECTORS 4 /* at a time */
#define RUN (LANES * VECTORS)

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t words __attribute__((vector_size(4 * LANES)));
typedef uint32_t counts __attribute__((vector_size(4 * LANES)));
typedef int16_t halves __attribute__((vector_size(4 * LANES)));
typedef int64_t pair __attribute__((vector_size(4 * LANES)));
typedef float loose_vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef words loose_words __attribute__((aligned(2), may_alias));
typedef halves loose_halves __attribute__((aligned(2), may_alias));

static inline vec load(const float *x)
{
	return *(const loose_vec *)x;
}

void tandem_samples_mix(float *out, const float *in, float gain, uint32_t n)
{
	uint32_t i = 0;

	for (; i + LANES <= n; i += LANES)
		*(loose_vec *)(out + i) = load(out + i) + gain * load(in + i);
	for (; i < n; i++)
		out[i] += gain * in[i];
}

static inline vec choose(words mask, vec yes, vec no)
{
	return (vec)((mask & (words)yes) | (~mask & (words)no));
}

/* Not a number: 0. */
static vec clip(vec x)
{
	const vec least = (vec){ 0 } - 32768.0f;
	const vec greatest = (vec){ 0 } + 32767.0f;

	x = (vec)((words)x & (x == x));
	x = choose(x > least, x, least);
	return choose(x < greatest, x, greatest);
}

static inline bool is_none(counts bits)
{
	const pair both = (pair)bits;

	return (both[0] | both[1]) == 0;
}

/* A run of samples as 16 bits, the low ones of each word; the others are not meant. A float
 * from 2^23 to 2^24 has steps of 1: adding 1.5 * 2^23 rounds, and leaves the whole number
 * in its low bits, counted from the bits of the sum for 0. lrintf() does the same, but is a
 * call for each sample. What is out of reach or no number has a sum that is far away: only
 * then does a run go the long way. */
static inline void to_s16(const float *in, words out[VECTORS])
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

static inline halves low_halves(words a, words b)
{
	return __builtin_shufflevector((halves)a, (halves)b, LOW, LOW + 2, LOW + 4, LOW + 6,
			LOW + 8, LOW + 10, LOW + 12, LOW + 14);
}

static inline halves twice(words a)
{
	return __builtin_shufflevector((halves)a, (halves)a, LOW, LOW, LOW + 2, LOW + 2,
			LOW + 4, LOW + 4, LOW + 6, LOW + 6);
}

static void one(int16_t *out, const float *in, size_t frames)
{
	words x[VECTORS];

	for (size_t i = 0; i < frames; i += RUN) {
		to_s16(in + i, x);
#pragma GCC unroll 2
		for (size_t v = 0; v < VECTORS; v += 2)
			*(loose_halves *)(out + i + LANES * v) = low_halves(x[v], x[v + 1]);
	}
}

static inline words interleave(words first, words second)
{
	return LOW == 0 ? (first & 0xffff) | second << 16 : (second & 0xffff) | first << 16;
}

static void two(int16_t *out, const float *left, const float *right, size_t frames)
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

static void same(int16_t *out, const float *in, size_t frames)
{
	words x[VECTORS];

	for (size_t i = 0; i < frames; i += RUN) {
		to_s16(in + i, x);
#pragma GCC unroll 4
		for (size_t v = 0; v < VECTORS; v++) {
			*(loose_halves *)(out + 2 * (i + LANES * v)) = twice(x[v]);
		}
	}
}

void tandem_samples_to_s16(int16_t *out, const float *const in[], uint32_t channels,
		uint32_t frames)
{
	if (channels == 1) {
		one(out, in[0], frames);
	} else if (in[0] == in[1]) {
		same(out, in[0], frames);
	} else {
		two(out, in[0], in[1], frames);
	}
}
