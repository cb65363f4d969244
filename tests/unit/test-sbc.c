/* SPDX-License-Identifier: MIT
 *
 * SBC, all of it: every bitpool of every mode, allocation, number of subbands and of blocks
 * at both rates, by our encoder and libsbc's decoder. Each frame is as long as it should be
 * and whole; each channel comes back with its own tone, as loud as it was and
 * delay_frames later.
 */
#include <check.h>
#include <complex.h>
#include <errno.h>
#include <math.h>
#include <sbc/sbc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/sbc.h"
#include "suite.h"

/* Of a tone, in frames: longer than any delay, so that its phase tells the time. Both fit a
 * whole number of times into what is looked at, and lie in the lowest subband. */
static const double periods[2] = { 120.0, 80.0 };
static const float levels[2] = { 0.5f, 0.35f };

#define LOOKED_AT 240
#define SETTLE 256 /* more than the filters reach back */
#define MAX_FRAMES (SETTLE + LOOKED_AT + 2 * 128)

static const struct mode {
	const char *name;
	uint8_t bit;
	uint32_t channels;
	bool shared;    /* one bitpool for both channels */
	uint32_t joint; /* bits for each subband */
} modes[] = {
	{ "mono", 0x08, 1, false, 0 },
	{ "dual", 0x04, 2, false, 0 },
	{ "stereo", 0x02, 2, true, 0 },
	{ "joint", 0x01, 2, true, 1 },
};

struct shape {
	const struct mode *mode;
	uint8_t rate_bit;
	uint32_t subbands, blocks;
	bool snr; /* allocation; else loudness */
	uint32_t bitpool;
};

static void say(const struct shape *s, char text[96])
{
	snprintf(text, 96, "%s, %u subbands, %u blocks, %s, rate bit %02x, bitpool %u",
			s->mode->name, s->subbands, s->blocks, s->snr ? "SNR" : "loudness",
			s->rate_bit, s->bitpool);
}

static void write_bytes(const struct shape *s, uint8_t bytes[4])
{
	bytes[0] = (uint8_t)(s->rate_bit | s->mode->bit);
	bytes[1] = (uint8_t)(0x80 >> (s->blocks / 4 - 1) |
			     (s->subbands == 8 ? 0x04 : 0x08) | (s->snr ? 0x02 : 0x01));
	bytes[2] = (uint8_t)s->bitpool;
	bytes[3] = (uint8_t)s->bitpool;
}

/* A2DP 1.3, 12.9. */
static uint32_t frame_bytes(const struct shape *s)
{
	const uint32_t channels = s->mode->channels;
	const uint32_t bits = s->blocks * s->bitpool * (s->mode->shared ? 1 : channels) +
			      s->mode->joint * s->subbands;

	return 4 + s->subbands * channels / 2 + (bits + 7) / 8;
}

static float planes[2][MAX_FRAMES];
static double complex turns[2][LOOKED_AT]; /* back, from frame SETTLE on */

static void make_tones(void)
{
	for (int c = 0; c < 2; c++) {
		const double turn = 2.0 * M_PI / periods[c];

		for (int i = 0; i < MAX_FRAMES; i++)
			planes[c][i] = levels[c] * (float)sin(turn * i);
		for (int i = 0; i < LOOKED_AT; i++)
			turns[c][i] = cexp(-I * turn * (double)(SETTLE + i));
	}
}

/* A channel's own tone in what came back. */
struct found {
	double level_db; /* against what went in */
	double late_frames;
};

static struct found look(const int16_t *pcm, uint32_t channels, uint32_t channel)
{
	const int16_t *const x = pcm + SETTLE * channels + channel;
	double complex sum = 0.0;
	double late;

	for (uint32_t i = 0; i < LOOKED_AT; i++)
		sum += x[i * channels] / 32768.0 * turns[channel][i];
	sum *= 2.0 * I / LOOKED_AT / (double)levels[channel];
	late = -carg(sum) * periods[channel] / (2.0 * M_PI);
	return (struct found){ 20.0 * log10(cabs(sum) + 1e-9),
		late < 0.0 ? late + periods[channel] : late };
}

/* One frame through encoder and decoder. */
static void code(const struct shape *s, struct tandem_encoder *e, sbc_t *decoder,
		uint32_t at, int16_t *pcm)
{
	const float *const in[2] = { planes[0] + at, planes[1] + at };
	const size_t pcm_bytes = 2 * s->mode->channels * e->block_frames;
	const uint32_t bytes = frame_bytes(s);
	struct tandem_coded coded;
	uint8_t out[1024];
	size_t made = 0;
	char text[96];

	say(s, text);
	coded = e->ops->encode(e, in, out, bytes);
	ck_assert_msg(coded.bytes == bytes && coded.frames == 1, "%s: %zd bytes, not %u",
			text, coded.bytes, bytes);
	ck_assert_msg(out[2] == s->bitpool, "%s: bitpool %u", text, out[2]);
	ck_assert_msg(sbc_decode(decoder, out, bytes, pcm, pcm_bytes, &made) == bytes &&
					made == pcm_bytes,
			"%s: not decoded", text);
}

/* How far level and time may be off with so many bits for a channel: twice what was
 * seen. */
static const struct limit {
	double bits, db, frames;
} limits[] = { { 16.0, 0.02, 0.02 }, { 8.0, 0.1, 0.1 }, { 4.0, 0.6, 0.8 },
	{ 2.0, 4.5, 5.0 } };

/* A subband takes two bits or none: with fewer for both channels one may be silent. */
static const struct limit *limit_for(const struct shape *s)
{
	const double bits = s->bitpool / (s->mode->shared ? 2.0 : 1.0);

	for (size_t i = 0; i < TANDEM_ARRAY_LEN(limits); i++) {
		if (bits >= limits[i].bits)
			return &limits[i];
	}
	return NULL;
}

static void judge(const struct shape *s, const struct tandem_encoder *e, const int16_t *pcm)
{
	const struct limit *const limit = limit_for(s);
	uint32_t heard = 0;
	char text[96];

	say(s, text);
	for (uint32_t c = 0; c < s->mode->channels; c++) {
		const struct found f = look(pcm, s->mode->channels, c);
		const double late = f.late_frames - e->delay_frames;

		ck_assert_msg(f.level_db < (limit == NULL ? 1.0 : limit->db),
				"%s: channel %u: %.2f dB", text, c, f.level_db);
		if (limit == NULL) {
			heard += f.level_db > -6.5; /* half of both, in joint */
			continue;
		}
		ck_assert_msg(f.level_db > -limit->db && fabs(late) < limit->frames,
				"%s: channel %u: %.2f dB, %.2f frames late", text, c,
				f.level_db, late);
		heard++;
	}
	ck_assert_msg(heard >= (limit == NULL ? 1 : s->mode->channels), "%s: silent", text);
}

static struct tandem_encoder *open_encoder(const uint8_t bytes[4])
{
	struct tandem_codec_config config;
	struct tandem_encoder *e;

	ck_assert_int_eq(tandem_codec_sbc.parse(&config, bytes, 4), 0);
	ck_assert_int_eq(tandem_codec_sbc.encoder->new(&e, &config, 1000), 0);
	return e;
}

static void try(const struct shape *s)
{
	int16_t pcm[2 * MAX_FRAMES];
	struct tandem_encoder *e;
	uint8_t bytes[4];
	sbc_t decoder;

	write_bytes(s, bytes);
	e = open_encoder(bytes);
	ck_assert_uint_eq(e->block_frames, s->subbands * s->blocks);
	ck_assert_int_eq(sbc_init(&decoder, 0), 0);
	decoder.endian = SBC_LE;
	for (uint32_t at = 0; at < SETTLE + LOOKED_AT; at += e->block_frames)
		code(s, e, &decoder, at, pcm + at * s->mode->channels);
	judge(s, e, pcm);
	sbc_finish(&decoder);
	tandem_codec_sbc.encoder->free(e);
}

/* A2DP 1.3, 12.9: 16 times the subbands, 32 times for two that share it, 250 at most. */
static uint32_t greatest_bitpool(const struct mode *mode, uint32_t subbands)
{
	const uint32_t greatest = subbands * (mode->shared ? 32 : 16);

	return greatest < 250 ? greatest : 250;
}

/* f for all blocks, allocations and rates of a mode and number of subbands. */
static void for_each(int row, void (*f)(struct shape *s))
{
	static const uint8_t rate_bits[] = { 0x20, 0x10 };
	struct shape s = { .mode = &modes[row / 2], .subbands = row % 2 ? 8 : 4 };

	make_tones();
	for (int i = 0; i < 16; i++) {
		s.blocks = 4 + 4 * (i % 4);
		s.snr = i / 4 % 2;
		s.rate_bit = rate_bits[i / 8];
		f(&s);
	}
}

static void try_all(struct shape *s)
{
	const uint32_t greatest = greatest_bitpool(s->mode, s->subbands);
	struct tandem_codec_config config;
	uint8_t bytes[4];

	for (s->bitpool = 2; s->bitpool <= greatest; s->bitpool++)
		try(s);
	write_bytes(s, bytes); /* one more */
	ck_assert_int_eq(tandem_codec_sbc.parse(&config, bytes, 4), -EINVAL);
}

START_TEST(every_bitpool_at_its_level_and_time)
{
	for_each(_i, try_all);
}
END_TEST

/* One encoder from the least to the greatest and back, another one for each frame. */
static void wander(struct shape *s)
{
	const uint32_t greatest = greatest_bitpool(s->mode, s->subbands);
	int16_t pcm[2 * 128];
	struct tandem_codec_wish wish = { 0 };
	struct tandem_encoder *e;
	uint8_t bytes[4];
	sbc_t decoder;

	s->bitpool = 2;
	write_bytes(s, bytes);
	bytes[3] = 250; /* as far as the mode goes */
	e = open_encoder(bytes);
	ck_assert_int_eq(sbc_init(&decoder, 0), 0);
	decoder.endian = SBC_LE;
	for (uint32_t i = 0; i <= 2 * (greatest - 2); i++) {
		s->bitpool = i <= greatest - 2 ? 2 + i : 2 * greatest - 2 - i;
		wish.bitpool = s->bitpool;
		e->ops->reset(e); /* another one begins with a packet */
		ck_assert_uint_eq(e->ops->set_wish(e, &wish), s->bitpool);
		code(s, e, &decoder, i % 3 * 128, pcm);
	}
	sbc_finish(&decoder);
	tandem_codec_sbc.encoder->free(e);
}

START_TEST(the_bitpool_may_change_with_every_frame)
{
	for_each(_i, wander);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("sbc");
	TCase *const c = tcase_create("all");
	const int rows = 2 * (int)TANDEM_ARRAY_LEN(modes);

	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, every_bitpool_at_its_level_and_time, 0, rows);
	tcase_add_loop_test(c, the_bitpool_may_change_with_every_frame, 0, rows);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
