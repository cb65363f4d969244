/* SPDX-License-Identifier: MIT
 *
 * The path of each speaker of a group, stage by stage: one channel out of a stereo delay
 * line, made once, joint stereo SBC at bitpool 31, packets for an MTU of 672 bytes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "codec/codec.h"
#include "path/packet.h"
#include "path/split.h"

#define CAPACITY 65536
#define BLOCK 128 /* of SBC, 16 blocks of 8 subbands */
#define BLOCKS 8  /* timed at once: a packet or so */
#define PERIODS 8 /* of BLOCKS: of each speaker and round */
#define MTU 672

struct speaker {
	struct tandem_split split;
	struct tandem_resample *resample;
	struct tandem_encoder *encoder;
	struct tandem_packetizer packetizer;
	float split_out[BLOCKS][TANDEM_SPLIT_MAX_FRAMES];
	float block[BLOCKS][BLOCK];
	uint8_t coded[BLOCKS][256];
	ssize_t coded_bytes[BLOCKS];
};

static struct tandem_delayline line;

static void fill_line(void)
{
	static float noise[2][CAPACITY];
	const float *const in[2] = { noise[0], noise[1] };
	uint32_t seed = 1;

	if (tandem_delayline_init(&line, 2, CAPACITY) < 0)
		abort();
	for (uint32_t i = 0; i < CAPACITY; i++) {
		for (uint32_t c = 0; c < 2; c++) {
			seed = seed * 1664525u + 1013904223u;
			noise[c][i] = (float)(int32_t)seed * 0x1p-33f;
		}
	}
	tandem_delayline_write(&line, 0, in, CAPACITY);
}

static void open_speaker(struct speaker *s)
{
	static const struct tandem_mix left = { { { 1 }, { 1 } } };
	static const uint8_t bytes[4] = { 0x11, 0x15, 2, 31 };
	const struct tandem_codec *const codec = tandem_codecs[0];
	struct tandem_codec_config config;

	tandem_split_init(&s->split, 2, &left);
	tandem_split_open(&s->split, true, 1);
	if (codec->parse(&config, bytes, sizeof(bytes)) < 0 ||
			tandem_resample_new(&s->resample, 48000, config.rate_hz, 2,
					TANDEM_RESAMPLE_DEFAULT) < 0 ||
			codec->encoder->new(&s->encoder, &config,
					MTU - TANDEM_PACKET_HEADER_BYTES) < 0 ||
			tandem_packetizer_init(&s->packetizer, MTU) < 0)
		abort();
	tandem_resample_set_alike(s->resample, true);
}

static void close_speaker(struct speaker *s)
{
	s->encoder->ops->free(s->encoder);
	tandem_resample_free(s->resample);
	tandem_packetizer_finish(&s->packetizer);
}

static void split(struct speaker *s)
{
	for (int i = 0; i < BLOCKS; i++) {
		float *const out[2] = { s->split_out[i], NULL };

		tandem_split_run(&s->split, &line, out, BLOCK);
	}
	if (s->split.position + BLOCKS * BLOCK > CAPACITY)
		tandem_split_seek(&s->split, 0);
}

static void resample(struct speaker *s)
{
	for (int i = 0; i < BLOCKS; i++) {
		const float *const in[2] = { s->split_out[i], s->split_out[i] };
		float *const out[2] = { s->block[i], NULL };

		tandem_resample_set_step(s->resample, 1.0 - 1e-6 * (i % 4), BLOCK);
		tandem_resample_run(s->resample, in, BLOCK, out, BLOCK);
	}
}

static void encode(struct speaker *s)
{
	for (int i = 0; i < BLOCKS; i++) {
		const float *const in[2] = { s->block[i], s->block[i] };

		s->coded_bytes[i] = s->encoder->ops->encode(s->encoder, in, s->coded[i],
								   sizeof(s->coded[i]))
						    .bytes;
	}
}

static void packet(struct speaker *s)
{
	uint32_t in_packet = 0;
	uint32_t bytes;

	for (int i = 0; i < BLOCKS; i++) {
		uint8_t *const out = tandem_packetizer_room(&s->packetizer, &bytes);

		memcpy(out, s->coded[i], (size_t)s->coded_bytes[i]);
		tandem_packetizer_add(&s->packetizer, (uint32_t)s->coded_bytes[i], 1,
				BLOCK);
		if (++in_packet == s->encoder->max_blocks || i == BLOCKS - 1) {
			tandem_packetizer_seal(&s->packetizer, &bytes);
			in_packet = 0;
		}
	}
}

static void (*const stages[BENCH_N_STAGES])(struct speaker *s) = { split, resample, encode,
	packet };

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double mean_frame_ns(double least_ns[BENCH_MAX_SPEAKERS][BENCH_N_STAGES], uint32_t n,
		int stage)
{
	double sum_ns = 0.0;

	for (uint32_t i = 0; i < n; i++)
		sum_ns += least_ns[i][stage];
	return sum_ns / (n * BLOCKS * BLOCK);
}

/* A few turns of n speakers; the least time of each one's stages is kept, ns;
 * 0: none yet. */
static void run_group(struct speaker *speakers, uint32_t n,
		double least_ns[BENCH_MAX_SPEAKERS][BENCH_N_STAGES])
{
	for (uint32_t i = 0; i < n * PERIODS; i++) {
		for (int stage = 0; stage < BENCH_N_STAGES; stage++) {
			double *const least = &least_ns[i % n][stage];
			const double begin = now_ns();
			double taken;

			stages[stage](&speakers[i % n]);
			taken = now_ns() - begin;
			*least = *least > 0.0 ? fmin(*least, taken) : taken;
		}
	}
}

/* Groups of all sizes take turns, so that what else the machine does meets all of them. */
static void measure_groups(struct bench_path *path, struct speaker *speakers,
		uint32_t rounds)
{
	double least_ns[BENCH_MAX_SPEAKERS + 1][BENCH_MAX_SPEAKERS][BENCH_N_STAGES] = { 0 };

	for (uint32_t round = 0; round < rounds; round++) {
		for (uint32_t n = BENCH_MIN_SPEAKERS; n <= BENCH_MAX_SPEAKERS; n++)
			run_group(speakers, n, least_ns[n]);
	}
	for (uint32_t n = BENCH_MIN_SPEAKERS; n <= BENCH_MAX_SPEAKERS; n++) {
		for (int stage = 0; stage < BENCH_N_STAGES; stage++)
			path->stages_ns[n][stage] = mean_frame_ns(least_ns[n], n, stage);
	}
}

void tandem_bench_path(struct bench_path *path, uint32_t rounds)
{
	struct speaker *const speakers = calloc(BENCH_MAX_SPEAKERS, sizeof(*speakers));

	if (speakers == NULL)
		abort();
	fill_line();
	for (uint32_t i = 0; i < BENCH_MAX_SPEAKERS; i++)
		open_speaker(&speakers[i]);
	measure_groups(path, speakers, rounds);
	for (uint32_t i = 0; i < BENCH_MAX_SPEAKERS; i++)
		close_speaker(&speakers[i]);
	free(speakers);
	tandem_delayline_finish(&line);
}
