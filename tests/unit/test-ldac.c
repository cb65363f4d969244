/* SPDX-License-Identifier: MIT
 *
 * LDAC: what is agreed, and what the library makes of it, read by a reader of its own.
 * Without the library in the build only the agreement is tested.
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "codec/ldac.h"
#include "suite.h"

#define VENDOR 0x2d, 0x01, 0, 0, 0xaa, 0

/* clang-format off */
static const struct {
	uint8_t caps[8];
	uint32_t mode; /* wished for */
	uint8_t config[8];
	int res;
} cases[] = {
	{ { VENDOR, 0x3c, 7 }, TANDEM_LDAC_MODE_AUTO, { VENDOR, 0x10, 1 }, 0 },
	{ { VENDOR, 0x2c, 7 }, TANDEM_LDAC_MODE_AUTO, { VENDOR, 0x20, 1 }, 0 },
	{ { VENDOR, 0x10, 6 }, TANDEM_LDAC_MODE_AUTO, { VENDOR, 0x10, 2 }, 0 },
	{ { VENDOR, 0x10, 4 }, TANDEM_LDAC_MODE_AUTO, { VENDOR, 0x10, 4 }, 0 },
	{ { VENDOR, 0x30, 7 }, TANDEM_LDAC_MODE_MONO, { VENDOR, 0x10, 4 }, 0 },
	{ { VENDOR, 0x30, 3 }, TANDEM_LDAC_MODE_MONO, { VENDOR, 0x10, 1 }, 0 },
	{ { VENDOR, 0x30, 7 }, TANDEM_LDAC_MODE_DUAL, { VENDOR, 0x10, 2 }, 0 },
	{ { VENDOR, 0x30, 7 }, 99, { VENDOR, 0x10, 1 }, 0 }, /* no such mode */
	{ { VENDOR, 0x0c, 7 }, TANDEM_LDAC_MODE_AUTO, { 0 }, -ENOTSUP }, /* 88.2, 96 kHz */
	{ { VENDOR, 0x30, 0 }, TANDEM_LDAC_MODE_AUTO, { 0 }, -ENOTSUP },
	{ { 0x4f, 0, 0, 0, 1, 0, 0x30, 7 }, TANDEM_LDAC_MODE_AUTO, { 0 }, -EINVAL },
};
/* clang-format on */

START_TEST(it_is_chosen)
{
	const struct tandem_codec *const ldac = &tandem_codec_ldac;
	const struct tandem_codec_wish wish = { .ldac_mode = cases[_i].mode };
	uint8_t config[8] = { 0 };

	ck_assert_int_eq(ldac->select(cases[_i].caps, 8, &wish, config), cases[_i].res);
	ck_assert_mem_eq(config, cases[_i].config, 8);
	ck_assert_int_eq(ldac->select(cases[_i].caps, 7, &wish, config), -EINVAL);
	if (cases[_i].res == 0) {
		ck_assert_ptr_null(ldac->fault(config, 8));
		ck_assert(ldac->serves(config, config, &wish));
		ck_assert_ptr_eq(tandem_codec_find(0xff, config, 8), ldac);
	}
}
END_TEST

static const struct {
	uint8_t config[8];
	uint32_t n;
	const char *fault;
} faults[] = {
	{ { VENDOR, 0x10, 1 }, 8, NULL },
	{ { VENDOR, 0x10, 1 }, 7, "InvalidCodecParameter" },
	{ { 0x4f, 0, 0, 0, 1, 0, 0x10, 1 }, 8, "InvalidCodecParameter" },
	{ { VENDOR, 0x30, 1 }, 8, "InvalidSamplingFrequency" },
	{ { VENDOR, 0x00, 1 }, 8, "InvalidSamplingFrequency" },
	{ { VENDOR, 0x04, 1 }, 8, "NotSupportedSamplingFrequency" },
	{ { VENDOR, 0x10, 3 }, 8, "InvalidChannelMode" },
	{ { VENDOR, 0x10, 8 }, 8, "InvalidChannelMode" },
};

START_TEST(its_faults_have_names)
{
	const char *const fault = tandem_codec_ldac.fault(faults[_i].config, faults[_i].n);
	struct tandem_codec_config c = { .name = "untouched" };

	if (faults[_i].fault) {
		ck_assert_str_eq(fault, faults[_i].fault);
	} else {
		ck_assert_ptr_null(fault);
	}
	ck_assert_int_eq(tandem_codec_ldac.parse(&c, faults[_i].config, faults[_i].n),
			fault ? -EINVAL : 0);
	ck_assert_str_eq(c.name, fault ? "untouched" : "ldac");
}
END_TEST

static const uint8_t stereo[8] = { VENDOR, 0x10, 1 }, mono[8] = { VENDOR, 0x10, 4 };

START_TEST(a_wish_finds_its_rank)
{
	static const struct {
		const uint8_t *config;
		struct tandem_codec_wish wish;
		uint32_t kbps;
	} ranks[] = {
		{ stereo, { 0 }, 330 },
		{ stereo, { .alone = true }, 660 },
		{ mono, { 0 }, 330 },
		{ stereo, { .goal = TANDEM_GOAL_AIR, .alone = true }, 330 },
		{ mono, { .goal = TANDEM_GOAL_AIR }, 165 },
		{ stereo, { .ldac_quality = TANDEM_LDAC_HQ }, 990 },
		{ stereo, { .ldac_quality = TANDEM_LDAC_SQ }, 660 },
		{ mono, { .ldac_quality = TANDEM_LDAC_MQ }, 165 },
	};

	for (size_t i = 0; i < TANDEM_ARRAY_LEN(ranks); i++) {
		ck_assert_uint_eq(tandem_ldac_kbps(ranks[i].config,
						  tandem_ldac_rank(ranks[i].config,
								  &ranks[i].wish)),
				ranks[i].kbps);
	}
}
END_TEST

#ifdef TANDEM_HAVE_LDAC

/* One transport frame: a byte to know it by, rate, channels, length less one, status.
 * Source: the frames of the library itself. */
struct frame {
	uint32_t rate, channels, bytes;
};

static struct frame read_frame(const uint8_t *at, size_t left)
{
	struct frame f;

	ck_assert_uint_ge(left, 3);
	ck_assert_uint_eq(at[0], 0xaa);
	f.rate = at[1] >> 5;
	f.channels = at[1] >> 3 & 3;
	f.bytes = 3 + ((uint32_t)(at[1] & 7) << 6 | at[2] >> 2) + 1;
	ck_assert_uint_le(f.bytes, left);
	return f;
}

struct line {
	struct tandem_encoder *e;
	float planes[2][128];
	uint8_t out[1024];
	double phase;
};

static void open_line(struct line *l, const uint8_t config[8])
{
	struct tandem_codec_config c;

	*l = (struct line){ 0 };
	ck_assert_int_eq(tandem_codec_ldac.parse(&c, config, 8), 0);
	ck_assert_int_eq(tandem_codec_ldac.encoder->new(&l->e, &c, 660), 0);
	ck_assert_uint_eq(l->e->block_frames, 128);
}

/* Encodes blocks until a packet is there; returns how many. */
static uint32_t make_packet(struct line *l, struct tandem_coded *ret)
{
	const float *const in[2] = { l->planes[0], l->planes[1] };
	uint32_t blocks = 0;

	do {
		for (int i = 0; i < 128; i++) {
			l->phase += 0.0576;
			l->planes[0][i] = (float)(0.5 * sin(l->phase));
			l->planes[1][i] = (float)(0.5 * sin(1.7 * l->phase));
		}
		*ret = l->e->ops->encode(l->e, in, l->out, sizeof(l->out));
		ck_assert_int_ge(ret->bytes, 0);
		blocks++;
		ck_assert_uint_le(blocks, 16);
		/* what the speaker goes by: full exactly when the encoder says so */
		ck_assert_int_eq(ret->bytes > 0, blocks == l->e->max_blocks);
	} while (ret->bytes == 0);
	return blocks;
}

static void check_packet(struct line *l, const struct tandem_coded *coded, uint32_t blocks,
		uint32_t channel_bits)
{
	size_t at = 0;
	uint32_t n = 0;

	ck_assert_int_le(coded->bytes, TANDEM_LDAC_PAYLOAD_BYTES);
	while (at < (size_t)coded->bytes) {
		const struct frame f = read_frame(l->out + at, (size_t)coded->bytes - at);

		ck_assert_uint_eq(f.rate, 1); /* 48 kHz */
		ck_assert_uint_eq(f.channels, channel_bits);
		at += f.bytes;
		n++;
	}
	ck_assert_uint_eq(n, coded->frames);
	ck_assert_uint_eq(n, blocks); /* a frame of 128 samples each */
}

static const struct {
	uint32_t quality;
	uint32_t stereo_blocks;
} rungs[] = {
	{ TANDEM_LDAC_MQ, 6 },
	{ TANDEM_LDAC_SQ, 3 },
	{ TANDEM_LDAC_HQ, 2 },
	{ TANDEM_LDAC_MQ, 6 },
};

START_TEST(packets_are_whole)
{
	const uint8_t *const config = _i ? mono : stereo;
	struct line l;

	open_line(&l, config);
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(rungs); i++) {
		const struct tandem_codec_wish wish = { .ldac_quality = rungs[i].quality };

		ck_assert_uint_eq(l.e->ops->set_wish(l.e, &wish), 0);
		for (int k = 0; k < 50; k++) {
			struct tandem_coded coded;
			const uint32_t blocks = make_packet(&l, &coded);

			ck_assert_uint_eq(blocks, rungs[i].stereo_blocks * (_i ? 2 : 1));
			check_packet(&l, &coded, blocks, _i ? 0 : 2);
		}
	}
	l.e->ops->free(l.e);
}
END_TEST

/* The ladder under the steps of air.c, from 660 kbit/s and from the last rung. */
START_TEST(a_share_goes_down_the_ladder)
{
	static const struct {
		double share;
		uint32_t blocks;
	} steps[] = { { 1.0, 3 }, { 0.87, 4 }, { 0.75, 4 }, { 0.66, 5 }, { 0.58, 6 },
		{ 0.5, 6 }, { 0.1, 6 }, { 0.75, 4 }, { 1.0, 3 } };
	const struct tandem_codec_wish sq = { .ldac_quality = TANDEM_LDAC_SQ };
	const struct tandem_codec_wish mq = { .ldac_quality = TANDEM_LDAC_MQ };
	struct tandem_coded coded;
	struct line l;

	open_line(&l, stereo);
	l.e->ops->set_wish(l.e, &sq);
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(steps); i++) {
		ck_assert_uint_eq(l.e->ops->set_share(l.e, steps[i].share), 0);
		for (int k = 0; k < 20; k++) {
			const uint32_t blocks = make_packet(&l, &coded);

			ck_assert_uint_eq(blocks, steps[i].blocks);
			check_packet(&l, &coded, blocks, 2);
		}
	}
	l.e->ops->set_wish(l.e, &mq);
	l.e->ops->set_share(l.e, 0.5);
	ck_assert_uint_eq(make_packet(&l, &coded), 6);
	l.e->ops->free(l.e);
}
END_TEST

/* In the middle of a packet: the next one is as long as if nothing had been. */
START_TEST(what_was_gathered_is_forgotten)
{
	struct tandem_coded coded;
	struct line l;

	open_line(&l, mono);
	for (uint32_t gathered = 0; gathered < 12; gathered++) {
		const float *const in[2] = { l.planes[0], l.planes[1] };

		make_packet(&l, &coded);
		for (uint32_t i = 0; i < gathered && i + 1 < l.e->max_blocks; i++) {
			ck_assert_int_eq(l.e->ops->encode(l.e, in, l.out, sizeof(l.out))
							 .bytes,
					0);
		}
		l.e->ops->reset(l.e);
		check_packet(&l, &coded, make_packet(&l, &coded), 0);
	}
	l.e->ops->free(l.e);
}
END_TEST

START_TEST(bad_sound_and_little_room)
{
	static const float bad[128] = { [0] = NAN, [1] = INFINITY, [2] = -9.0f };
	const float *const in[2] = { bad, bad };
	struct tandem_codec_config c;
	struct tandem_encoder *e = NULL;
	struct line l;

	open_line(&l, stereo);
	ck_assert_int_eq(l.e->ops->encode(l.e, in, l.out, 659).bytes, -ENOSPC);
	for (int i = 0; i < 100; i++)
		ck_assert_int_ge(l.e->ops->encode(l.e, in, l.out, 660).bytes, 0);
	l.e->ops->free(l.e);
	ck_assert_int_eq(tandem_codec_ldac.parse(&c, stereo, 8), 0);
	ck_assert_int_eq(tandem_codec_ldac.encoder->new(&e, &c, 659), -EINVAL);
	c.bytes[0] = 0;
	ck_assert_int_eq(tandem_codec_ldac.encoder->new(&e, &c, 660), -EINVAL);
	ck_assert_ptr_null(e);
	tandem_codec_ldac.encoder->free(NULL);
}
END_TEST

static void add_encoding(TCase *c)
{
	tcase_add_loop_test(c, packets_are_whole, 0, 2);
	tcase_add_test(c, a_share_goes_down_the_ladder);
	tcase_add_test(c, what_was_gathered_is_forgotten);
	tcase_add_test(c, bad_sound_and_little_room);
}
#else
START_TEST(nobody_encodes)
{
	ck_assert_ptr_null(tandem_codec_ldac.encoder);
}
END_TEST

static void add_encoding(TCase *c)
{
	tcase_add_test(c, nobody_encodes);
}
#endif

int main(void)
{
	Suite *const suite = suite_create("LDAC");
	TCase *const c = tcase_create("LDAC");

	tcase_add_loop_test(c, it_is_chosen, 0, TANDEM_ARRAY_LEN(cases));
	tcase_add_loop_test(c, its_faults_have_names, 0, TANDEM_ARRAY_LEN(faults));
	tcase_add_test(c, a_wish_finds_its_rank);
	add_encoding(c);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
