/* SPDX-License-Identifier: MIT
 *
 * A box that plays one channel is made once: to the bit what it would be made twice, also
 * when its channels part and meet again.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "path/resample.h"
#include "path/samples-kernel.h"
#include "path/samples.h"
#include "path/split.h"
#include "suite.h"

#define LINE_FRAMES 65536
#define BLOCK 128
#define BLOCKS 300
#define FADE 960

/* Split and resampler as a speaker has them. */
struct chain {
	struct tandem_split split;
	struct tandem_resample *resample;
	bool once; /* what is alike is made once */
	uint32_t blocks_once;
	float out[2][BLOCK];
};

static void fill_line(struct tandem_delayline *l)
{
	static float noise[2][LINE_FRAMES];
	const float *const in[2] = { noise[0], noise[1] };
	uint32_t seed = 1;

	ck_assert_int_eq(tandem_delayline_init(l, 2, LINE_FRAMES), 0);
	for (uint32_t i = 0; i < LINE_FRAMES; i++) {
		for (uint32_t c = 0; c < 2; c++) {
			seed = seed * 1664525u + 1013904223u;
			noise[c][i] = (float)(int32_t)seed * 0x1p-31f;
		}
	}
	tandem_delayline_write(l, 0, in, LINE_FRAMES);
}

static void draw(struct chain *c, const struct tandem_delayline *l)
{
	const bool alike = c->once && tandem_split_is_alike(&c->split);
	const uint32_t planes = tandem_resample_set_alike(c->resample, alike);
	float chunk[2][TANDEM_SPLIT_MAX_FRAMES];
	float *const share[2] = { chunk[0], alike ? NULL : chunk[1] };
	const float *const in[2] = { chunk[0], chunk[alike ? 0 : 1] };
	uint32_t made = 0;

	while (made < BLOCK) {
		float *const out[2] = { c->out[0] + made, c->out[1] + made };
		uint32_t n = tandem_resample_need_frames(c->resample, BLOCK - made);

		n = n < 50 ? n : 50; /* so that a fade may end within a block */
		tandem_split_run(&c->split, l, share, n);
		made += tandem_resample_run(c->resample, in, n, out, BLOCK - made)
					.made_frames;
	}
	if (planes == 1)
		memcpy(c->out[1], c->out[0], sizeof(c->out[1]));
	c->blocks_once += planes == 1;
}

static const struct {
	uint32_t in_hz, out_hz;
	enum tandem_resample_tier tier;
} paths[] = {
	{ 48000, 48000, TANDEM_RESAMPLE_DEFAULT },
	{ 48000, 48000, TANDEM_RESAMPLE_HIGH },
	{ 48000, 44100, TANDEM_RESAMPLE_DEFAULT },
	{ 44100, 48000, TANDEM_RESAMPLE_HIGH },
};

/* One channel, another one, both mixed, both apart, and back, at times that are no block's
 * and also during a fade; a jump in each state. */
static const struct tandem_mix mixes[] = {
	{ { { 1, 0 }, { 1, 0 } } },
	{ { { 0, 1 }, { 0, 1 } } },
	{ { { 0.5f, 0.5f }, { 0.5f, 0.5f } } },
	{ { { 1, 0 }, { 0, 1 } } },
	{ { { 0, -1 }, { 0, -1 } } },
};

static void open_chain(struct chain *c, int path, bool once)
{
	*c = (struct chain){ .once = once };
	ck_assert_int_eq(tandem_resample_new(&c->resample, paths[path].in_hz,
					 paths[path].out_hz, 2, paths[path].tier),
			0);
	tandem_split_init(&c->split, 2, &mixes[0]);
	tandem_split_open(&c->split, true, 480);
}

static void turn(struct chain *c, int path, uint32_t block)
{
	const double nominal = (double)paths[path].in_hz / paths[path].out_hz;

	tandem_resample_set_step(c->resample, nominal * (1.0 + 1e-6 * (block % 97)), BLOCK);
	if (block % 20 == 19 || block == 65)
		tandem_split_set_mix(&c->split, &mixes[block / 20 % 5], FADE);
	if (block % 20 == 12)
		tandem_split_jump(&c->split, 31, FADE / 2);
}

START_TEST(made_once_is_made_twice)
{
	struct tandem_delayline l;
	struct chain once;
	struct chain twice;

	fill_line(&l);
	open_chain(&once, _i, true);
	open_chain(&twice, _i, false);
	for (uint32_t block = 0; block < BLOCKS; block++) {
		turn(&once, _i, block);
		turn(&twice, _i, block);
		draw(&once, &l);
		draw(&twice, &l);
		ck_assert_mem_eq(once.out, twice.out, sizeof(once.out));
	}
	ck_assert_uint_eq(twice.blocks_once, 0);
	ck_assert_uint_gt(once.blocks_once, BLOCKS / 2);
	ck_assert_uint_lt(once.blocks_once, BLOCKS * 4 / 5);
	tandem_resample_free(once.resample);
	tandem_resample_free(twice.resample);
	tandem_delayline_finish(&l);
}
END_TEST

/* Planes whose pasts differ are made both until nothing of that is left. */
START_TEST(the_past_is_not_forgotten)
{
	const float ones[64] = { 1.0f, 1.0f };
	const float zeros[64] = { 0 };
	const float *const apart[2] = { ones, zeros };
	const float *const alike[2] = { zeros, zeros };
	float made[2][64];
	float *const out[2] = { made[0], made[1] };
	struct tandem_resample *r;

	ck_assert_int_eq(tandem_resample_new(&r, 48000, 48000, 2, TANDEM_RESAMPLE_DEFAULT),
			0);
	ck_assert_uint_eq(tandem_resample_set_alike(r, true), 1); /* silence in both */
	ck_assert_uint_eq(tandem_resample_set_alike(r, false), 2);
	tandem_resample_run(r, apart, 64, out, 64);
	ck_assert_uint_eq(tandem_resample_set_alike(r, true), 2);
	tandem_resample_run(r, alike, 32, out, 32);
	ck_assert_uint_eq(tandem_resample_set_alike(r, true), 2);
	for (int i = 0; i < 2; i++)
		tandem_resample_run(r, alike, 64, out, 64);
	ck_assert_uint_eq(tandem_resample_set_alike(r, true), 1);
	tandem_resample_free(r);
}
END_TEST

START_TEST(a_split_knows_when_its_rows_are_alike)
{
	struct tandem_delayline l;
	struct tandem_split s;
	float made[2][FADE / 4];
	float *const out[2] = { made[0], made[1] };

	fill_line(&l);
	tandem_split_init(&s, 2, &mixes[0]);
	ck_assert(tandem_split_is_alike(&s));
	tandem_split_set_mix(&s, &mixes[1], FADE);
	ck_assert(tandem_split_is_alike(&s));
	tandem_split_set_mix(&s, &mixes[3], FADE);
	ck_assert(!tandem_split_is_alike(&s));
	tandem_split_run(&s, &l, out, FADE / 4);
	tandem_split_set_mix(&s, &mixes[2], FADE);
	for (int i = 0; i < 4; i++) { /* as long as the one that differs is heard */
		ck_assert(!tandem_split_is_alike(&s));
		tandem_split_run(&s, &l, out, FADE / 4);
	}
	ck_assert(tandem_split_is_alike(&s));
	tandem_split_init(&s, 1, &mixes[3]);
	ck_assert(tandem_split_is_alike(&s));
	tandem_delayline_finish(&l);
}
END_TEST

static int16_t nearest(float x)
{
	const float scaled = x * 32768.0f;

	if (isnan(scaled))
		return 0;
	if (scaled <= -32768.0f)
		return INT16_MIN;
	return scaled < 32767.0f ? (int16_t)lrintf(scaled) : INT16_MAX;
}

static float odd_sample(uint32_t i)
{
	static const float edges[] = { 0.0f, -0.0f, 1.0f, -1.0f, 2.0f, -2.0f, NAN, INFINITY,
		-INFINITY, 1e-40f, 3e38f, -3e38f, 32766.5f / 32768, 32767.5f / 32768,
		-32767.5f / 32768, 0x1.fffffep-1f };

	if (i < TANDEM_ARRAY_LEN(edges))
		return edges[i];
	return ((float)i - 70000.0f) / 65536.0f; /* each half: ties */
}

static tandem_samples_to_s16_fn *const to_s16[] = { tandem_samples_to_s16,
	tandem_samples_to_s16_plain };

START_TEST(samples_go_to_the_nearest)
{
	const uint32_t n = 140000;
	float *const x = malloc(2 * n * sizeof(*x));
	int16_t *const out = malloc(2 * n * sizeof(*out));

	ck_assert(x != NULL && out != NULL);
	for (uint32_t i = 0; i < n; i++) {
		x[i] = odd_sample(i);
		x[n + i] = odd_sample(n - 1 - i);
	}
	for (int way = 0; way < 3; way++) { /* one, the same twice, two */
		const float *const in[2] = { x, way == 2 ? x + n : x };
		const uint32_t channels = way == 0 ? 1 : 2;

		to_s16[_i](out, in, channels, n);
		for (uint32_t i = 0; i < n * channels; i++) {
			const float from = in[i % channels][i / channels];

			ck_assert_msg(out[i] == nearest(from), "%a: %d", (double)from,
					out[i]);
		}
	}
	free(x);
	free(out);
}
END_TEST

START_TEST(an_encoder_takes_one_plane_for_both)
{
	const uint8_t bytes[4] = { 0x11, 0x15, 2, 31 };
	const struct tandem_codec *const sbc = tandem_codec_find(0, bytes, sizeof(bytes));
	struct tandem_codec_config config;
	float planes[2][BLOCK];
	const float *const one[2] = { planes[0], planes[0] };
	const float *const two[2] = { planes[0], planes[1] };
	struct tandem_encoder *a;
	struct tandem_encoder *b;

	ck_assert_int_eq(sbc->parse(&config, bytes, sizeof(bytes)), 0);
	ck_assert_int_eq(sbc->encoder->new(&a, &config, 600), 0);
	ck_assert_int_eq(sbc->encoder->new(&b, &config, 600), 0);
	for (uint32_t block = 0; block < 50; block++) {
		uint8_t coded[2][256];
		struct tandem_coded c;

		for (uint32_t i = 0; i < BLOCK; i++)
			planes[0][i] = sinf((float)(block * BLOCK + i) * 0.05f);
		memcpy(planes[1], planes[0], sizeof(planes[1]));
		c = sbc->encoder->encode(a, one, coded[0], sizeof(coded[0]));
		ck_assert_int_eq(c.bytes, 75);
		sbc->encoder->encode(b, two, coded[1], sizeof(coded[1]));
		ck_assert_mem_eq(coded[0], coded[1], 75);
	}
	sbc->encoder->free(a);
	sbc->encoder->free(b);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("alike");
	TCase *const c = tcase_create("alike");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, made_once_is_made_twice, 0, TANDEM_ARRAY_LEN(paths));
	tcase_add_test(c, the_past_is_not_forgotten);
	tcase_add_test(c, a_split_knows_when_its_rows_are_alike);
	tcase_add_loop_test(c, samples_go_to_the_nearest, 0, TANDEM_ARRAY_LEN(to_s16));
	tcase_add_test(c, an_encoder_takes_one_plane_for_both);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
