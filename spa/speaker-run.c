/* SPDX-License-Identifier: MIT */
#include "speaker-internal.h"

#include <math.h>

#define PREROLL_S 0.5 /* of silence at the start: amplifiers wake up */
#define FADE_S 0.010  /* of a jump and of the start; chosen: no click, no echo */
#define LATE_NS (30 * TANDEM_NS_PER_MS) /* how long a packet waits for late sound */
#define RETRY_NS (2 * TANDEM_NS_PER_MS) /* for a full socket, or late sound */

#define STALL_NS (200 * TANDEM_NS_PER_MS) /* more than any speaker's spare buffer */

#define TELL_NS (3 * TANDEM_NS_PER_S) /* as often as a speaker reports, mostly */

/* Of a queue in which nothing moves: longer than any retransmission of a link that lives
 * (shared facts on Bluetooth, 7.3: 150 to 250 ms). */
#define DEAD_NS (250 * TANDEM_NS_PER_MS)

/* Where the content to come stands, in graph frames: what still waits to be jumped over is
 * behind it. */
static double content_frames(const struct tandem_speaker *s)
{
	return (double)(s->split.position + s->jump_frames) -
	       tandem_resample_delay_frames(s->resample);
}

static struct tandem_place find_place(const struct tandem_speaker *s,
		const struct tandem_timeline *t)
{
	const int64_t due_ns = tandem_pace_due_ns(&s->pace, s->made_frames);
	const double behind = tandem_timeline_frame_at(t, due_ns) - content_frames(s);

	return (struct tandem_place){
		.due_ns = due_ns,
		.dt_s = (double)(s->made_frames - s->steered_frames) / s->pace.rate_hz,
		.lag_s = behind / tandem_timeline_rate(t),
		.common_s = s->common_s,
		.silent = !s->heard,
		.at_once = s->at_once,
	};
}

static void keep_lag(struct tandem_speaker *s, const struct tandem_place *p)
{
	if (p->due_ns - s->lags[s->lag].due_ns < TANDEM_LAG_NS)
		return;
	s->lag = (s->lag + 1) % TANDEM_LAGS;
	s->lags[s->lag] = (struct tandem_lag){ p->due_ns, p->lag_s,
		tandem_clock_swell_s(&s->clock) };
}

/* By whole frames; while a fade is under way the jump waits. */
static void jump(struct tandem_speaker *s)
{
	if (s->jump_frames == 0 || (s->heard && s->split.fade_left > 0))
		return;
	if (s->heard) {
		tandem_split_jump(&s->split, s->jump_frames, (uint32_t)(FADE_S * s->in_hz));
	} else {
		tandem_split_seek(&s->split, s->split.position + s->jump_frames);
	}
	s->jump_frames = 0;
}

/* At the first block of each packet: nothing that steers is faster. */
static void steer(struct tandem_speaker *s, const struct tandem_timeline *t)
{
	const struct tandem_place place = find_place(s, t);
	const struct tandem_steering st = tandem_clock_steer(&s->clock, &place);

	s->steered_frames = s->made_frames;
	s->at_once = false;
	keep_lag(s, &place);
	s->jump_frames += llround(st.jump_s * s->in_hz);
	jump(s);
	tandem_pace_set_drift(&s->pace, (st.pace_rho - 1.0) * 1e6, s->made_frames);
	tandem_resample_set_step(s->resample,
			tandem_timeline_rate(t) / s->pace.rate_hz * (1.0 + st.content_v),
			s->encoder->max_blocks * s->encoder->block_frames);
}

/* Blocks that the packet still wants: all are made in one go. */
static uint32_t wanted_blocks(const struct tandem_speaker *s)
{
	const uint32_t most = TANDEM_MAX_DRAWN_FRAMES / s->encoder->block_frames;
	const uint32_t wanted = s->encoder->max_blocks - s->blocks;

	return wanted < most ? wanted : most;
}

static uint32_t wanted_frames(const struct tandem_speaker *s)
{
	return wanted_blocks(s) * s->encoder->block_frames;
}

/* Fills s->drawn from the delay line. Returns its planes: 1 when a second one would be the
 * same, as in a box that plays one channel. */
static uint32_t draw(struct tandem_speaker *s, const struct tandem_delayline *line,
		uint32_t wanted)
{
	float chunk[2][TANDEM_SPLIT_MAX_FRAMES];
	const bool alike = tandem_split_is_alike(&s->split);
	const uint32_t planes = tandem_resample_set_alike(s->resample, alike);
	const float *const in[2] = { chunk[0], chunk[alike ? 0 : 1] };
	float *const share[2] = { chunk[0], alike ? NULL : chunk[1] };
	uint32_t made = 0;

	while (made < wanted) {
		float *const out[2] = { s->drawn[0] + made, s->drawn[1] + made };
		uint32_t n = tandem_resample_need_frames(s->resample, wanted - made);

		n = n < TANDEM_SPLIT_MAX_FRAMES ? n : TANDEM_SPLIT_MAX_FRAMES;
		tandem_split_run(&s->split, line, share, n);
		made += tandem_resample_run(s->resample, in, n, out, wanted - made)
					.made_frames;
	}
	return planes;
}

static void tell_left_out(struct tandem_speaker *s, int64_t now_ns)
{
	const struct tandem_observation left_out = { .kind = TANDEM_OBSERVED_XRUN,
		.host_ns = now_ns };

	tandem_clock_observe(&s->clock, &left_out, now_ns);
}

/* All that may change between two packets does so here. */
static void begin_packet(struct tandem_speaker *s)
{
	const struct tandem_encoder_ops *const ops = s->encoder->ops;

	s->blocks = 0;
	if (s->share != s->stats.share && ops->set_share != NULL)
		s->stats.bitpool = ops->set_share(s->encoder, s->share);
	s->stats.share = s->share;
}

void tandem_speaker_set_share(struct tandem_speaker *s, double share)
{
	s->share = share;
	if (s->blocks == 0)
		begin_packet(s);
}

/* What is still waiting is skipped: its time is over, the next packet is here. */
static void seal(struct tandem_speaker *s)
{
	if (s->waiting != NULL) {
		s->stats.skipped++;
		if (s->pressure.full) /* then the latency has moved, not the clock */
			tell_left_out(s, tandem_pace_due_ns(&s->pace, s->made_frames));
	}
	s->has_waited = false;
	s->offered = false;
	s->stats.sent_frames = s->made_frames;
	s->waiting = tandem_packetizer_seal(&s->packetizer, &s->waiting_bytes);
	begin_packet(s);
}

static void encode_block(struct tandem_speaker *s, const float *const in[2])
{
	struct tandem_coded coded;
	uint32_t room;
	uint8_t *const out = tandem_packetizer_room(&s->packetizer, &room);

	coded = s->encoder->ops->encode(s->encoder, in, out, room);
	if (coded.bytes >= 0) { /* 0: the codec gathers */
		tandem_packetizer_add(&s->packetizer, (uint32_t)coded.bytes, coded.frames,
				s->encoder->block_frames);
	}
	s->made_frames += s->encoder->block_frames;
	s->blocks++;
	if (s->blocks == s->encoder->max_blocks)
		seal(s);
}

static void make_packet(struct tandem_speaker *s, const struct tandem_delayline *line)
{
	const uint32_t block_frames = s->encoder->block_frames;
	const uint32_t wanted = wanted_frames(s);
	uint32_t other; /* the plane of the second channel */

	if (!s->heard && (double)s->made_frames >= PREROLL_S * s->codec_hz) {
		s->heard = true;
		tandem_split_open(&s->split, true, (uint32_t)(FADE_S * s->in_hz));
	}
	other = draw(s, line, wanted) - 1;
	for (uint32_t done = 0; done < wanted; done += block_frames) {
		const float *const in[2] = { s->drawn[0] + done, s->drawn[other] + done };

		encode_block(s, in);
	}
}

static bool has_arrived(const struct tandem_speaker *s, const struct tandem_delayline *line)
{
	const uint32_t need = tandem_resample_need_frames(s->resample, wanted_frames(s));

	return s->split.position + need <= line->end;
}

static bool is_due(const struct tandem_speaker *s, int64_t now_ns)
{
	return s->started && !s->stats.gone &&
	       tandem_pace_due_ns(&s->pace, s->made_frames + wanted_frames(s)) <= now_ns;
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
	if (s->encoder->ops->reset != NULL)
		s->encoder->ops->reset(s->encoder);
	begin_packet(s);
	s->made_frames = begun + (uint64_t)packets * packet_frames;
	s->stats.sent_frames = s->made_frames;
	s->stats.skipped += packets;
	tell_left_out(s, now_ns);
}

bool tandem_speaker_make(struct tandem_speaker *s, const struct tandem_delayline *line,
		const struct tandem_timeline *timeline, int64_t now_ns, bool flowing)
{
	s->late = false;
	skip_stall(s, now_ns);
	while (is_due(s, now_ns)) {
		if (s->blocks == 0)
			steer(s, timeline);
		if (flowing && !has_arrived(s, line)) {
			s->late = !is_due(s, now_ns - LATE_NS);
			if (s->late)
				return false;
			s->stats.starved_blocks += wanted_blocks(s);
		}
		make_packet(s, line);
		if (s->blocks == 0)
			return is_due(s, now_ns);
	}
	return false;
}

/* How long the packet that is taken now had to wait. */
static void feel(struct tandem_speaker *s, int64_t now_ns)
{
	const int64_t due_ns = tandem_pace_due_ns(&s->pace, s->stats.sent_frames);
	const double wait_s = (double)(now_ns - due_ns) / (double)TANDEM_NS_PER_S;
	const double believed_s = tandem_clock_latency_s(&s->clock) + s->clock.trim_s;
	struct tandem_observation o;

	if (!tandem_pressure_take(&s->pressure, now_ns, wait_s, !s->has_waited, believed_s,
			    &o))
		return;
	o.frame = s->stats.sent_frames;
	tandem_clock_observe(&s->clock, &o, now_ns);
}

/* The radio's part, for whoever reads the log: now and then, as it is, for each packet's
 * would drown what is told of the clock. */
static void tell_radio(struct tandem_speaker *s, const struct tandem_flight *f,
		int64_t now_ns)
{
	const double packet_s =
			s->encoder->max_blocks * s->encoder->block_frames / s->codec_hz;
	struct tandem_observation o = { .kind = TANDEM_OBSERVED_QUEUE,
		.host_ns = now_ns,
		.frame = s->stats.sent_frames,
		.value_s = f->packets * packet_s };

	if (f->source == TANDEM_FLIGHT_UNKNOWN || now_ns - s->told_ns < TELL_NS)
		return;
	s->told_ns = now_ns;
	tandem_clock_observe(&s->clock, &o, now_ns);
	if (f->delays.n == 0)
		return;
	o.kind = TANDEM_OBSERVED_COMPLETION;
	o.value_s = f->last_delay_s;
	tandem_clock_observe(&s->clock, &o, now_ns);
}

static int64_t last_sent_ns(const struct tandem_speaker *s, uint64_t back)
{
	return back <= s->stats.packets
			       ? s->sent_ns[(s->stats.packets - back) % TANDEM_FLIGHT_LIMIT]
			       : 0;
}

/* Of those on their way, how many should have gone out: packets that went in one go, for we
 * were late, cannot have. The i-th before has had the time of i packets, or nearly. */
static uint32_t overdue(const struct tandem_speaker *s, uint32_t packets, int64_t now_ns)
{
	const double packet_ns = s->encoder->max_blocks * s->encoder->block_frames /
				 s->codec_hz * (double)TANDEM_NS_PER_S;
	uint32_t i = packets < TANDEM_FLIGHT_LIMIT ? packets : TANDEM_FLIGHT_LIMIT;

	while (i > 0 && (double)(now_ns - last_sent_ns(s, i)) < (i - 0.5) * packet_ns)
		i--;
	return i;
}

/* Everything older than the packet that is offered, at its first time. */
static void note_queue(struct tandem_speaker *s, uint32_t packets, int64_t moved_ns,
		int64_t now_ns)
{
	s->queue.n++;
	s->queue.packets = overdue(s, packets, now_ns);
	s->queue.counts =
			!s->pressure.full && (packets == 0 || now_ns - moved_ns < DEAD_NS);
	if (packets > s->stats.most_queue_packets)
		s->stats.most_queue_packets = packets;
	s->stats.queue_packets = packets;
}

/* A transport that cannot tell what is on its way says it by having no room. */
static enum tandem_sent offer(struct tandem_speaker *s, int64_t now_ns)
{
	struct tandem_transport *const t = s->transport;
	const struct tandem_flight *const f = &t->flight;
	const bool tells = f->source != TANDEM_FLIGHT_UNKNOWN;
	const bool first = !s->offered;
	enum tandem_sent sent = TANDEM_SENT_FULL;
	uint32_t packets;

	if (t->ops->look != NULL)
		t->ops->look(t, now_ns);
	if (first)
		tell_radio(s, f, now_ns);
	packets = f->packets;
	if (!tells || packets < TANDEM_FLIGHT_LIMIT)
		sent = t->ops->send(t, s->waiting, s->waiting_bytes);
	if (!tells && sent == TANDEM_SENT_FULL)
		packets = TANDEM_FLIGHT_LIMIT;
	s->offered = true;
	if (first)
		note_queue(s, packets, tells ? f->moved_ns : last_sent_ns(s, 1), now_ns);
	return sent;
}

void tandem_speaker_send(struct tandem_speaker *s, int64_t now_ns)
{
	if (s->waiting == NULL || s->stats.gone)
		return;
	switch (offer(s, now_ns)) {
	case TANDEM_SENT:
		s->sent_ns[s->stats.packets++ % TANDEM_FLIGHT_LIMIT] = now_ns;
		s->stats.bytes += s->waiting_bytes;
		s->waiting = NULL;
		feel(s, now_ns);
		break;
	case TANDEM_SENT_FULL:
		s->has_waited = true;
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
	int64_t next_ns;

	if (!s->started || s->stats.gone)
		return TANDEM_NEVER_NS;
	next_ns = tandem_pace_due_ns(&s->pace, s->made_frames + wanted_frames(s));
	if ((s->late || s->waiting != NULL) && now_ns + RETRY_NS < next_ns)
		next_ns = now_ns + RETRY_NS;
	return next_ns > now_ns ? next_ns : now_ns + RETRY_NS;
}
