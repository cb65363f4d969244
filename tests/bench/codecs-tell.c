/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs.h"
#include "path/samples.h"

#define SETTLE 1024 /* frames that do not count: the filters fill up */

static const uint32_t mtus[] = { 672, 1005 };

static void tell_flow(const struct bench_mode *m, uint32_t mtu, uint32_t rate_hz)
{
	struct tandem_codec_config config;
	static const float silence[BENCH_MAX_BLOCK];
	const float *const in[2] = { silence, silence };
	struct bench_sender s;
	uint8_t *bytes;
	uint64_t blocks = 0;

	if (mtu < tandem_bench_codec(m, &config)->least_mtu_bytes) {
		printf("{\"mtu\": %u, \"packet_bytes\": null}", mtu);
		return;
	}
	tandem_bench_open_sender(&s, m, mtu);
	while (s.packets < 100 && blocks < 100000) {
		tandem_bench_add_block(&s, in, &bytes);
		tandem_bench_end_block(&s);
		blocks++;
	}
	printf("{\"mtu\": %u, \"packet_bytes\": %.7g, \"packets_per_s\": %.7g}", mtu,
			(double)s.bytes / (double)s.packets,
			(double)s.packets * rate_hz /
					(double)(blocks * s.encoder->block_frames));
	tandem_bench_close_sender(&s);
}

void tandem_bench_tell_modes(const struct bench_mode *modes, size_t n)
{
	const char *comma = "";

	printf("[");
	for (size_t i = 0; i < n; i++) {
		struct tandem_codec_config config;

		if (tandem_bench_codec(&modes[i], &config) == NULL)
			continue;
		printf("%s\n {\"mode\": %zu, \"codec\": \"%s\", \"name\": \"%s\", "
		       "\"rate_hz\": %u, \"bitpool\": %u, \"one\": %s, \"flows\": [",
				comma, i, config.name, modes[i].name, config.rate_hz,
				config.bitpool, modes[i].one ? "true" : "false");
		for (size_t k = 0; k < TANDEM_ARRAY_LEN(mtus); k++) {
			printf(k > 0 ? ", " : "");
			tell_flow(&modes[i], mtus[k], config.rate_hz);
		}
		printf("]}");
		comma = ",";
	}
	printf("]\n");
}

static double snr_db(const float *want, const int16_t *got, uint32_t stride,
		uint32_t frames)
{
	double power = 0.0;
	double error = 0.0;

	for (uint32_t i = SETTLE; i < frames; i++) {
		const double x = (double)want[i];
		const double y = got[i * stride] / 32768.0;

		power += x * x;
		error += (y - x) * (y - x);
	}
	return 10.0 * log10(power / (error + 1e-30));
}

/* Both channels through one box, or what it is given twice; pcm[frames][channels]. */
static uint32_t pass(const struct bench_mode *m, const struct tandem_codec_config *config,
		const float *const planes[2], uint32_t frames, int16_t *pcm)
{
	void *const decoder = m->library->open(config, &m->wish, true);
	struct bench_sender s;
	uint32_t made = 0;

	if (decoder == NULL)
		abort();
	tandem_bench_open_sender(&s, m, mtus[0]);
	for (uint32_t at = 0; at + s.encoder->block_frames <= frames;
			at += s.encoder->block_frames) {
		const float *const in[2] = { planes[0] + at, planes[1] + at };
		uint8_t *bytes;
		const struct tandem_coded coded = tandem_bench_add_block(&s, in, &bytes);

		made += (uint32_t)(m->library->decode(decoder, bytes, (size_t)coded.bytes,
						   pcm + made * config->channels,
						   BENCH_MAX_BLOCK * 4) /
				   (2 * config->channels));
		tandem_bench_end_block(&s);
	}
	made -= s.encoder->delay_frames;
	memmove(pcm, pcm + s.encoder->delay_frames * config->channels,
			(size_t)made * config->channels * 2);
	tandem_bench_close_sender(&s);
	m->library->close(decoder);
	return made;
}

void tandem_bench_tell_snr(const struct bench_mode *m, const struct bench_sound *sound)
{
	int16_t *const pcm = calloc(sound->frames + BENCH_MAX_BLOCK, 4);
	struct tandem_codec_config config;
	double db[2];

	if (m->library->decode == NULL) {
		puts("null");
		free(pcm);
		return;
	}
	if (pcm == NULL || tandem_bench_codec(m, &config) == NULL)
		abort();
	for (uint32_t c = 0; c < 2; c++) {
		const float *const both[2] = { sound->planes[0], sound->planes[1] };
		const float *const one[2] = { sound->planes[c], sound->planes[c] };
		const uint32_t made =
				pass(m, &config, m->one ? one : both, sound->frames, pcm);

		db[c] = snr_db(sound->planes[c], pcm + (m->one ? 0 : c), config.channels,
				made);
	}
	printf("[%.3f, %.3f]\n", db[0], db[1]);
	free(pcm);
}

void tandem_bench_priced_ours(struct bench_sender *s, const float *const planes[2],
		uint32_t frames)
{
	for (uint32_t at = 0; at < frames; at += s->encoder->block_frames) {
		const float *const in[2] = { planes[0] + at, planes[1] + at };
		uint8_t *bytes;

		tandem_bench_add_block(s, in, &bytes);
		tandem_bench_end_block(s);
	}
}

void tandem_bench_priced_bare(const struct bench_library *library, void *state,
		const int16_t *pcm, size_t n_blocks, size_t block_bytes)
{
	uint8_t out[1024];

	for (size_t i = 0; i < n_blocks; i++) {
		library->encode(state, pcm + i * block_bytes / 2, block_bytes, out,
				sizeof(out));
	}
}

static void price_bare(const struct bench_mode *m, const float *const planes[2],
		uint32_t frames, uint32_t block_frames)
{
	struct tandem_codec_config config;
	int16_t *const pcm = calloc(frames, 4);
	void *state;

	if (pcm == NULL || tandem_bench_codec(m, &config) == NULL)
		abort();
	state = m->library->open(&config, &m->wish, false);
	if (state == NULL)
		abort();
	tandem_samples_to_s16(pcm, planes, config.channels, frames);
	tandem_bench_priced_bare(m->library, state, pcm, frames / block_frames,
			(size_t)block_frames * config.channels * 2);
	m->library->close(state);
	free(pcm);
}

void tandem_bench_price(const struct bench_mode *m, const struct bench_sound *sound,
		bool ours)
{
	const float *const planes[2] = { sound->planes[0], sound->planes[m->one ? 0 : 1] };
	struct bench_sender s;
	uint32_t frames;

	tandem_bench_open_sender(&s, m, mtus[1]);
	frames = sound->frames - sound->frames % s.encoder->block_frames;
	if (ours) {
		tandem_bench_priced_ours(&s, planes, frames);
	} else {
		price_bare(m, planes, frames, s.encoder->block_frames);
	}
	printf("{\"frames\": %u}\n", frames);
	tandem_bench_close_sender(&s);
}
