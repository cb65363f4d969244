/* SPDX-License-Identifier: MIT */
#include "speaker-internal.h"

#include <errno.h>
#include <stdlib.h>

#define MAX_MTU_BYTES 1021 /* BlueZ's usual greatest; more is no A2DP link */

#define MIX_FADE_S 0.020 /* of a change of the mix; chosen: below what is noticed */

static int init_path(struct tandem_speaker *s, const struct tandem_speaker_config *config)
{
	const uint32_t mtu = config->mtu_bytes < MAX_MTU_BYTES ? config->mtu_bytes
							       : MAX_MTU_BYTES;
	int res;

	tandem_split_init(&s->split, s->channels, &config->mix);
	res = tandem_resample_new(&s->resample, config->in_hz, config->codec_config.rate_hz,
			s->channels, TANDEM_RESAMPLE_DEFAULT);
	if (res < 0)
		return res;
	res = config->codec->encoder->new(&s->encoder, &config->codec_config,
			mtu - TANDEM_PACKET_HEADER_BYTES);
	if (res < 0)
		return res;
	tandem_speaker_set_bitpool(s, config->bitpool);
	return tandem_packetizer_init(&s->packetizer, mtu);
}

int tandem_speaker_new(struct tandem_speaker **ret_speaker,
		const struct tandem_speaker_config *config,
		struct tandem_transport *transport)
{
	struct tandem_speaker *s;
	int res;

	if (config->mtu_bytes <= TANDEM_PACKET_HEADER_BYTES)
		return -EINVAL;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return -ENOMEM;
	s->in_hz = config->in_hz;
	s->codec_hz = config->codec_config.rate_hz;
	s->channels = config->codec_config.channels;
	tandem_pace_init(&s->pace, config->codec_config.rate_hz);
	tandem_pace_set_drift(&s->pace, config->drift_ppm, 0);
	s->trim_s = config->trim_s;
	s->delay_s = TANDEM_DEFAULT_DELAY_NS / (double)TANDEM_NS_PER_S;
	res = init_path(s, config);
	if (res < 0) {
		tandem_speaker_free(s);
		return res;
	}
	s->transport = transport;
	*ret_speaker = s;
	return 0;
}

void tandem_speaker_free(struct tandem_speaker *s)
{
	if (s == NULL)
		return;
	tandem_packetizer_finish(&s->packetizer);
	if (s->encoder != NULL)
		s->encoder->ops->free(s->encoder);
	tandem_resample_free(s->resample);
	if (s->transport != NULL)
		s->transport->ops->free(s->transport);
	free(s);
}

int tandem_speaker_make_input(const struct tandem_speaker *s,
		struct tandem_resample **ret_resample, uint32_t in_hz)
{
	return tandem_resample_new(ret_resample, in_hz, (uint32_t)s->codec_hz, s->channels,
			TANDEM_RESAMPLE_DEFAULT);
}

struct tandem_resample *tandem_speaker_set_input(struct tandem_speaker *s,
		struct tandem_resample *resample, uint32_t in_hz)
{
	struct tandem_resample *const old = s->resample;

	s->resample = resample;
	s->in_hz = in_hz;
	return old;
}

void tandem_speaker_start(struct tandem_speaker *s, int64_t start_ns)
{
	tandem_pace_start(&s->pace, start_ns);
	s->started = true;
}

bool tandem_speaker_is_started(const struct tandem_speaker *s)
{
	return s->started;
}

bool tandem_speaker_is_heard(const struct tandem_speaker *s)
{
	return s->heard;
}

void tandem_speaker_set_delay(struct tandem_speaker *s, double delay_s,
		enum tandem_delay_source source)
{
	s->delay_s = delay_s;
	s->delay_source = source;
}

void tandem_speaker_set_extra(struct tandem_speaker *s, double extra_s, bool at_once)
{
	s->at_once = s->at_once || (at_once && extra_s != s->extra_s);
	s->extra_s = extra_s;
}

void tandem_speaker_set_mix(struct tandem_speaker *s, const struct tandem_mix *mix)
{
	tandem_split_set_mix(&s->split, mix, (uint32_t)(MIX_FADE_S * s->in_hz));
}

void tandem_speaker_set_trim(struct tandem_speaker *s, double trim_s)
{
	s->trim_s = trim_s;
}

void tandem_speaker_set_drift(struct tandem_speaker *s, double drift_ppm)
{
	tandem_pace_set_drift(&s->pace, drift_ppm, s->made_frames);
}

uint32_t tandem_speaker_set_bitpool(struct tandem_speaker *s, uint32_t bitpool)
{
	const struct tandem_encoder_ops *const ops = s->encoder->ops;

	s->stats.bitpool = ops->set_bitpool ? ops->set_bitpool(s->encoder, bitpool) : 0;
	return s->stats.bitpool;
}

double tandem_speaker_latency_s(const struct tandem_speaker *s)
{
	const double packet_frames =
			(double)s->encoder->max_blocks * s->encoder->block_frames;

	return s->delay_s + (packet_frames + s->encoder->delay_frames) / s->codec_hz -
	       s->trim_s;
}

struct tandem_speaker_stats tandem_speaker_stats(const struct tandem_speaker *s,
		int64_t now_ns)
{
	const double due = tandem_pace_frame_at(&s->pace, now_ns);
	struct tandem_speaker_stats stats = s->stats;

	stats.started = s->started;
	stats.delay_s = s->delay_s;
	stats.delay_source = s->delay_source;
	stats.extra_s = s->extra_s > 0.0 ? s->extra_s : 0.0;
	stats.late_s = s->extra_s < 0.0 ? -s->extra_s : 0.0;
	if (s->started && due > 0.0)
		stats.due_frames = (uint64_t)due;
	return stats;
}
