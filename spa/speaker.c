/* SPDX-License-Identifier: MIT */
#include "speaker.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "clock/pace.h"
#include "path/packet.h"
#include "path/resample.h"

#define MAX_BLOCK_FRAMES 256
#define MAX_MTU_BYTES 1021 /* BlueZ's usual greatest; more is no A2DP link */

#define PREROLL_S 0.5    /* of silence at the start: amplifiers wake up */
#define FADE_S 0.010     /* of a jump and of the start; chosen: no click, no echo */
#define MIX_FADE_S 0.020 /* of a change of the mix; chosen: below what is noticed */
#define LATE_NS (30 * TANDEM_NS_PER_MS) /* how long a block waits for late sound */
#define RETRY_NS (2 * TANDEM_NS_PER_MS) /* for a full socket, or late sound */

#define STALL_NS (200 * TANDEM_NS_PER_MS) /* more than any speaker's spare buffer */

#define PULL_S 1.0      /* time constant of a small error */
#define MAX_PULL 100e-6 /* content slew; far below what is heard */
#define JUMP_S 0.002    /* above it, a jump: 100 ppm would take 20 s and more */

struct tandem_speaker {
	/* constant after new() */
	uint32_t channels; /* coded: 1 or 2 */
	double codec_hz;
	struct tandem_encoder *encoder;
	struct tandem_transport *transport;
	/* data loop: path */
	double in_hz;
	struct tandem_split split;
	struct tandem_resample *resample;
	float block[2][MAX_BLOCK_FRAMES];
	struct tandem_packetizer packetizer;
	const uint8_t *waiting; /* sealed, refused by a full socket; NULL: none */
	uint32_t waiting_bytes;
	uint32_t blocks; /* in the packet being filled */
	bool late;       /* the next block is due, but its sound has not come */
	/* data loop: time */
	bool started;
	bool heard;
	struct tandem_pace pace;
	uint64_t made_frames; /* codec frames encoded */
	double delay_s;
	double trim_s;
	double extra_s; /* as wanted: < 0 is late */
	bool at_once;   /* extra_s was changed by hand: jump there */
	enum tandem_delay_source delay_source;
	/* data loop: what happened */
	struct tandem_speaker_stats stats;
};

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

/* How far the content to come is behind where it should be, in graph frames. */
static double error_frames(const struct tandem_speaker *s, const struct tandem_timeline *t)
{
	const int64_t content_ns =
			tandem_pace_due_ns(&s->pace, s->made_frames) - TANDEM_MARGIN_NS;
	const double extra_s = s->extra_s > 0.0 ? s->extra_s : 0.0;
	const double want = tandem_timeline_frame_at(t, content_ns) - extra_s * s->in_hz;
	const double have = (double)s->split.position -
			    tandem_resample_delay_frames(s->resample);

	return want - have;
}

/* Brings the content into place by whole frames; returns the error that is left, in graph
 * frames. While a jump still fades the next one waits. */
static double seek_or_jump(struct tandem_speaker *s, double error)
{
	const double least = s->at_once ? 0.5 : JUMP_S * s->in_hz;
	const int64_t whole = llround(error);

	if (s->heard && s->split.fade_left > 0)
		return error;
	s->at_once = false;
	if (s->heard && fabs(error) <= least)
		return error;
	if (s->heard) {
		tandem_split_jump(&s->split, whole, (uint32_t)(FADE_S * s->in_hz));
		s->stats.jumps++;
	} else {
		tandem_split_seek(&s->split, s->split.position + whole);
	}
	return error - (double)whole;
}

static void steer(struct tandem_speaker *s, const struct tandem_timeline *t)
{
	const double rate = tandem_timeline_rate(t) / s->pace.rate_hz;
	const double error = seek_or_jump(s, error_frames(s, t));
	double pull = error / (PULL_S * s->in_hz);

	pull = pull > MAX_PULL ? MAX_PULL : pull < -MAX_PULL ? -MAX_PULL : pull;
	tandem_resample_set_step(s->resample, rate * (1.0 + pull),
			s->encoder->block_frames);
}

/* Fills s->block from the delay line. */
static void draw(struct tandem_speaker *s, const struct tandem_delayline *line)
{
	float chunk[2][TANDEM_SPLIT_MAX_FRAMES];
	const uint32_t wanted = s->encoder->block_frames;
	uint32_t made = 0;

	while (made < wanted) {
		float *const in[2] = { chunk[0], chunk[1] };
		float *const out[2] = { s->block[0] + made, s->block[1] + made };
		uint32_t n = tandem_resample_need_frames(s->resample, wanted - made);

		n = n < TANDEM_SPLIT_MAX_FRAMES ? n : TANDEM_SPLIT_MAX_FRAMES;
		tandem_split_run(&s->split, line, in, n);
		made += tandem_resample_run(s->resample, (const float *const *)in, n, out,
				wanted - made)
					.made_frames;
	}
}

/* What is still waiting is skipped: its time is over, the next packet is here. */
static void seal(struct tandem_speaker *s)
{
	if (s->waiting != NULL)
		s->stats.skipped++;
	s->stats.sent_frames = s->made_frames;
	s->waiting = tandem_packetizer_seal(&s->packetizer, &s->waiting_bytes);
	s->blocks = 0;
}

static void make_block(struct tandem_speaker *s, const struct tandem_delayline *line)
{
	const float *const in[2] = { s->block[0], s->block[1] };
	struct tandem_coded coded;
	uint32_t room;
	uint8_t *const out = tandem_packetizer_room(&s->packetizer, &room);

	if (!s->heard && (double)s->made_frames >= PREROLL_S * s->codec_hz) {
		s->heard = true;
		tandem_split_open(&s->split, true, (uint32_t)(FADE_S * s->in_hz));
	}
	draw(s, line);
	coded = s->encoder->ops->encode(s->encoder, in, out, room);
	if (coded.bytes > 0) {
		tandem_packetizer_add(&s->packetizer, (uint32_t)coded.bytes, coded.frames,
				s->encoder->block_frames);
	}
	s->made_frames += s->encoder->block_frames;
	s->blocks++;
	if (s->blocks == s->encoder->max_blocks)
		seal(s);
}

static bool has_arrived(const struct tandem_speaker *s, const struct tandem_delayline *line)
{
	const uint32_t need =
			tandem_resample_need_frames(s->resample, s->encoder->block_frames);

	return s->split.position + need <= line->end;
}

static bool is_due(const struct tandem_speaker *s, int64_t now_ns)
{
	return s->started && !s->stats.gone &&
	       tandem_pace_due_ns(&s->pace, s->made_frames + s->encoder->block_frames) <=
			       now_ns;
}

/* After a stall the packets whose time is long over are left out: sent in one go they would
 * only overrun the speaker. What comes next is again where it belongs. */
static void skip_stall(struct tandem_speaker *s, int64_t now_ns)
{
	const uint32_t packet_frames = s->encoder->max_blocks * s->encoder->block_frames;
	const uint64_t begun = s->made_frames - s->blocks * s->encoder->block_frames;
	const int64_t behind_ns = now_ns - tandem_pace_due_ns(&s->pace, begun);
	const double packet_ns = packet_frames / s->pace.rate_hz * (double)TANDEM_NS_PER_S;
	uint32_t packets;

	if (!s->started || behind_ns < STALL_NS)
		return;
	packets = (uint32_t)((double)behind_ns / packet_ns);
	tandem_packetizer_skip(&s->packetizer, packets, packet_frames);
	s->blocks = 0;
	s->made_frames = begun + (uint64_t)packets * packet_frames;
	s->stats.sent_frames = s->made_frames;
	s->stats.skipped += packets;
}

bool tandem_speaker_make(struct tandem_speaker *s, const struct tandem_delayline *line,
		const struct tandem_timeline *timeline, int64_t now_ns, bool flowing)
{
	s->late = false;
	skip_stall(s, now_ns);
	while (is_due(s, now_ns)) {
		steer(s, timeline);
		if (flowing && !has_arrived(s, line)) {
			s->late = !is_due(s, now_ns - LATE_NS);
			if (s->late)
				return false;
			s->stats.starved_blocks++;
		}
		make_block(s, line);
		if (s->blocks == 0)
			return is_due(s, now_ns);
	}
	return false;
}

void tandem_speaker_send(struct tandem_speaker *s)
{
	if (s->waiting == NULL || s->stats.gone)
		return;
	switch (s->transport->ops->send(s->transport, s->waiting, s->waiting_bytes)) {
	case TANDEM_SENT:
		s->stats.packets++;
		s->stats.bytes += s->waiting_bytes;
		s->waiting = NULL;
		break;
	case TANDEM_SENT_FULL:
		break;
	case TANDEM_SENT_GONE:
		s->stats.gone = true;
		s->stats.error = s->transport->error;
		s->waiting = NULL;
		break;
	}
}

int64_t tandem_speaker_next_ns(const struct tandem_speaker *s, int64_t now_ns)
{
	const uint32_t blocks = s->encoder->max_blocks - s->blocks;
	int64_t next_ns;

	if (!s->started || s->stats.gone)
		return TANDEM_NEVER_NS;
	next_ns = tandem_pace_due_ns(&s->pace,
			s->made_frames + blocks * s->encoder->block_frames);
	if ((s->late || s->waiting != NULL) && now_ns + RETRY_NS < next_ns)
		next_ns = now_ns + RETRY_NS;
	return next_ns > now_ns ? next_ns : now_ns + RETRY_NS;
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
