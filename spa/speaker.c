/* SPDX-License-Identifier: MIT */
#include "speaker-internal.h"

#include <errno.h>
#include <math.h>
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
	tandem_speaker_set_wish(s, &config->wish);
	tandem_speaker_set_share(s, 1.0);
	return tandem_packetizer_init(&s->packetizer, mtu);
}

/* The codec's and the packet's part of the latency, s: with the packets of now. */
static double codec_s(const struct tandem_speaker *s)
{
	const double packet_frames =
			(double)s->encoder->max_blocks * s->encoder->block_frames;

	return (packet_frames + s->encoder->delay_frames) / s->codec_hz;
}

static void init_clock(struct tandem_speaker *s, const struct tandem_speaker_config *config)
{
	tandem_clock_init(&s->clock,
			TANDEM_DEFAULT_DELAY_NS / (double)TANDEM_NS_PER_S + codec_s(s));
	if (config->memory != NULL)
		tandem_clock_recall(&s->clock, config->memory);
	tandem_speaker_set_trim(s, config->trim_s, 0);
	tandem_speaker_set_drift(s, config->drift_ppm, 0);
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
	res = init_path(s, config);
	if (res < 0) {
		tandem_speaker_free(s);
		return res;
	}
	init_clock(s, config);
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
	const struct tandem_observation o = { .kind = TANDEM_OBSERVED_START,
		.host_ns = start_ns };

	tandem_pace_start(&s->pace, start_ns);
	s->started = true;
	tandem_clock_observe(&s->clock, &o, start_ns);
}

bool tandem_speaker_is_started(const struct tandem_speaker *s)
{
	return s->started;
}

bool tandem_speaker_is_heard(const struct tandem_speaker *s)
{
	return s->heard;
}

bool tandem_speaker_is_gone(const struct tandem_speaker *s)
{
	return s->stats.gone;
}

uint64_t tandem_speaker_starved(const struct tandem_speaker *s)
{
	return s->stats.starved_blocks;
}

/* Of what was due then. */
static const struct tandem_lag *lag_at(const struct tandem_speaker *s, int64_t due_ns)
{
	const struct tandem_lag *best = &s->lags[s->lag];

	for (uint32_t i = 0; i < TANDEM_LAGS; i++) {
		const struct tandem_lag *const l = &s->lags[i];

		if (l->due_ns != 0 &&
				llabs(l->due_ns - due_ns) < llabs(best->due_ns - due_ns))
			best = l;
	}
	return best;
}

/* What was heard tells of the latency when it was due, half a second ago; the clock takes
 * that of when it was heard, and with all that the pace has done until now. */
static double heard_latency_s(const struct tandem_speaker *s,
		const struct tandem_observation *o)
{
	const double latency_s = tandem_clock_latency_s(&s->clock);
	const struct tandem_lag *const then = lag_at(s,
			o->host_ns - (int64_t)(latency_s * (double)TANDEM_NS_PER_S));

	return o->value_s - then->lag_s + tandem_clock_slope(&s->clock) * latency_s +
	       tandem_clock_swell_s(&s->clock) - then->swell_s;
}

enum tandem_guarded tandem_speaker_observe(struct tandem_speaker *s,
		const struct tandem_observation *o, int64_t now_ns)
{
	struct tandem_observation seen = *o;

	/* a full box reports what it holds, not what waits here for it */
	if (o->kind == TANDEM_OBSERVED_REPORT && s->pressure.full)
		return TANDEM_GUARD_PASSED;
	if (o->kind == TANDEM_OBSERVED_REPORT)
		seen.value_s += codec_s(s);
	if (o->kind == TANDEM_OBSERVED_MICROPHONE)
		seen.value_s = heard_latency_s(s, o);
	return tandem_clock_observe(&s->clock, &seen, now_ns);
}

double tandem_speaker_latency_s(const struct tandem_speaker *s)
{
	return tandem_clock_latency_s(&s->clock);
}

void tandem_speaker_set_common(struct tandem_speaker *s, double common_s, double late_s)
{
	s->at_once = s->at_once || common_s != s->common_s;
	s->common_s = common_s;
	s->late_s = late_s;
}

void tandem_speaker_set_mix(struct tandem_speaker *s, const struct tandem_mix *mix)
{
	tandem_split_set_mix(&s->split, mix, (uint32_t)(MIX_FADE_S * s->in_hz));
}

static void set_by_hand(struct tandem_speaker *s, enum tandem_observed kind, double value_s,
		int64_t now_ns)
{
	const struct tandem_observation o = {
		.kind = kind, .host_ns = now_ns, .value_s = value_s
	};

	tandem_clock_observe(&s->clock, &o, now_ns);
}

void tandem_speaker_set_trim(struct tandem_speaker *s, double trim_s, int64_t now_ns)
{
	set_by_hand(s, TANDEM_OBSERVED_TRIM, trim_s, now_ns);
}

void tandem_speaker_set_drift(struct tandem_speaker *s, double drift_ppm, int64_t now_ns)
{
	set_by_hand(s, TANDEM_OBSERVED_DRIFT, drift_ppm * 1e-6, now_ns);
	if (s->clock.model.by_hand) /* the clock says so, too, when it steers next */
		tandem_pace_set_drift(&s->pace, drift_ppm, s->made_frames);
}

uint32_t tandem_speaker_set_wish(struct tandem_speaker *s,
		const struct tandem_codec_wish *wish)
{
	const struct tandem_encoder_ops *const ops = s->encoder->ops;

	s->stats.bitpool = ops->set_wish ? ops->set_wish(s->encoder, wish) : 0;
	return s->stats.bitpool;
}

const struct tandem_clock *tandem_speaker_clock(const struct tandem_speaker *s)
{
	return &s->clock;
}

struct tandem_speaker_queue tandem_speaker_queue(const struct tandem_speaker *s)
{
	return s->queue;
}

struct tandem_speaker_stats tandem_speaker_stats(const struct tandem_speaker *s,
		int64_t now_ns)
{
	static const double percentiles[TANDEM_RADIO_PERCENTILES] = { 50.0, 95.0, 99.0 };
	const struct tandem_flight *const flight = &s->transport->flight;
	const double due = tandem_pace_frame_at(&s->pace, now_ns);
	const double latency_s = tandem_speaker_latency_s(s);
	struct tandem_speaker_stats stats = s->stats;

	stats.started = s->started;
	stats.jumps = s->clock.servo.jumps;
	stats.delay_s = latency_s + s->clock.trim_s - codec_s(s);
	stats.extra_s = fmax(0.0, s->common_s - TANDEM_MARGIN_S - latency_s);
	stats.late_s = s->late_s;
	stats.queue_source = flight->source;
	stats.completed = flight->completed;
	for (uint32_t i = 0; i < TANDEM_RADIO_PERCENTILES; i++) {
		stats.radio_s[i] =
				tandem_delays_percentile_s(&flight->delays, percentiles[i]);
	}
	if (s->started && due > 0.0)
		stats.due_frames = (uint64_t)due;
	return stats;
}
