/* SPDX-License-Identifier: MIT */
#include "samples.h"

#define LANES 4

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t words __attribute__((vector_size(4 * LANES)));
typedef float loose_vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef words loose_words __attribute__((aligned(2), may_alias));

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

/* The samples as 16 bits, the low ones of each word; the others are not meant. A float from
 * 2^23 to 2^24 has steps of 1: adding 1.5 * 2^23 rounds, and leaves the whole number in its
 * low bits. lrintf() does the same, but is a call for each sample. */
static inline words to_s16(const float *in)
{
	const vec least = (vec){ 0 } - 32768.0f;
	const vec greatest = (vec){ 0 } + 32767.0f;
	vec x = load(in) * 32768.0f;

	x = (vec)((words)x & (x == x)); /* not a number: 0 */
	x = choose(x > least, x, least);
	x = choose(x < greatest, x, greatest);
	return (words)(x + 0x1.8p23f);
}

static void one(int16_t *out, const float *in, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i += LANES) {
		const words x = to_s16(in + i);

		for (uint32_t k = 0; k < LANES; k++)
			out[i + k] = (int16_t)x[k];
	}
}

static inline words interleave(words first, words second)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (first & 0xffff) | second << 16;
#else
	return (second & 0xffff) | first << 16;
#endif
}

static void two(int16_t *out, const float *left, const float *right, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i += LANES) {
		const words first = to_s16(left + i);
		const words second = left == right ? first : to_s16(right + i);

		*(loose_words *)(out + 2 * i) = interleave(first, second);
	}
}

void tandem_samples_to_s16(int16_t *out, const float *const in[], uint32_t channels,
		uint32_t frames)
{
	if (channels == 1) {
		one(out, in[0], frames);
	} else {
		two(out, in[0], in[1], frames);
	}
}
