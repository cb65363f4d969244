/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <math.h>
#include <string.h>

#include "pair-internal.h"

#define AIR_S 0.004
#define STRETCH_FRAMES 32 /* of a box, at most */

void tandem_pair_mark(struct side *s)
{
	const struct tandem_speaker *const sp = s->speaker;

	if (s->n_marks > 0 &&
			s->marks[(s->n_marks - 1) % MARKS].codec_frame == sp->made_frames)
		return;
	s->marks[s->n_marks++ % MARKS] = (struct mark){ sp->made_frames,
		(double)(sp->split.position + sp->jump_frames) -
				tandem_resample_delay_frames(sp->resample) };
}

/* Which codec frame it is, of those that the box got: it plays one packet after the other,
 * whatever is missing in between. */
static double codec_frame_of(const struct side *s, double got_frame)
{
	const double packet = floor(got_frame / COUNTER_PACKET_FRAMES);

	if (packet < 0.0 || packet >= (double)s->n_got ||
			packet + MARKS <= (double)s->n_got)
		return NAN;
	return (double)s->got[(uint64_t)packet % MARKS] - COUNTER_PACKET_FRAMES +
	       got_frame - packet * COUNTER_PACKET_FRAMES;
}

/* Where the graph stood for that codec frame. */
static double graph_frame_of(const struct side *s, double codec_frame)
{
	const uint64_t oldest = s->n_marks > MARKS ? s->n_marks - MARKS : 0;
	uint64_t i = s->n_marks;
	const struct mark *a, *b;

	while (i > oldest + 1 &&
			(double)s->marks[(i - 1) % MARKS].codec_frame > codec_frame)
		i--;
	if (i == s->n_marks || i < 1)
		return NAN;
	a = &s->marks[(i - 1) % MARKS];
	b = &s->marks[i % MARKS];
	return a->graph_frame + (b->graph_frame - a->graph_frame) *
						(codec_frame - (double)a->codec_frame) /
						(double)(b->codec_frame - a->codec_frame);
}

/* The tone is heard whatever the codec's delay. */
static void hear(struct side *s, uint32_t frames, double from_s, double to_s)
{
	const double begin_s = seconds(BEGIN_NS);
	float x[STRETCH_FRAMES];

	if (frames > STRETCH_FRAMES)
		ck_abort_msg("a stretch of %u frames", frames);
	tandem_counter_play(s->speaker->encoder, (uint64_t)codec_frame_of(s, s->played), x,
			frames);
	tandem_fm_hear(s->fm, x, frames, from_s - begin_s, to_s - begin_s);
}

static void play(void *data, uint32_t frames, double from_s, double to_s)
{
	struct side *s = data;
	/* the encoder and decoder hold every frame back by their delay */
	const double codec_frame = codec_frame_of(s, s->played - COUNTER_DELAY_FRAMES);
	const double at = isnan(codec_frame) ? NAN : graph_frame_of(s, codec_frame) / RATE;
	const double late_s = from_s - seconds(BEGIN_NS) - at;
	const int bin = (int)((from_s - seconds(s->pair->started_ns)) * PAIR_BINS_PER_S);

	if (s->fm != NULL)
		hear(s, frames, from_s, to_s);
	s->played += frames;
	if (isnan(late_s))
		return;
	s->last_late_s = late_s;
	s->last_at_s = from_s;
	if (bin < 0 || bin >= PAIR_BINS)
		return;
	s->late_s[bin] += (float)late_s;
	s->in_bin[bin]++;
}

static void drop(void *data, uint32_t frames)
{
	struct side *s = data;

	s->played += frames;
}

static void happened(void *data, double at_s, enum tandem_box_event event, double value)
{
	struct side *s = data;

	(void)at_s;
	(void)value;
	s->underruns += event == TANDEM_BOX_UNDERRUN;
}

const struct tandem_box_ops tandem_pair_box_ops = { play, drop, happened };

static bool has_room(const struct side *s)
{
	return s->pair->config.full_s <= 0.0 || s->box.state != TANDEM_BOX_PLAYING ||
	       tandem_box_level_s(&s->box) <= s->pair->config.full_s;
}

static bool tells(const struct pair_config *c)
{
	return c->crowd[0] > 0.0 || c->crowd[1] > 0.0;
}

/* The bytes that the link has carried of its first packet by now. */
static void carry(struct side *s, double now_s)
{
	const struct pair_config *const c = &s->pair->config;
	const double on_s = tandem_pair_time_s(s->pair);
	const bool crowded = on_s >= c->crowd_from_s && on_s < c->crowd_to_s;
	const double share = c->crowd[s - s->pair->sides];
	const double planned = COUNTER_PACKET_BYTES * RATE / COUNTER_PACKET_FRAMES;

	if (!tells(c) || !crowded) {
		s->carried = INFINITY;
	} else if (s->n_link == 0 || isinf(s->carried)) {
		s->carried = 0.0;
	} else {
		s->carried += share * planned * (now_s - s->link_s);
	}
	s->link_s = now_s;
}

void tandem_pair_run_link(struct side *s)
{
	const double now_s = seconds(s->pair->now_ns);

	tandem_box_run(&s->box, now_s + AIR_S);
	carry(s, now_s);
	while (s->n_link > 0 && now_s >= s->jammed_s && has_room(s) &&
			s->carried >= s->link_bytes[0]) {
		tandem_box_arrive(&s->box, now_s + AIR_S, 0, COUNTER_PACKET_FRAMES);
		s->transport.flight.moved_ns = s->pair->now_ns;
		s->carried -= s->link_bytes[0];
		s->got[s->n_got++ % MARKS] = s->link[0];
		memmove(s->link, s->link + 1, --s->n_link * sizeof(s->link[0]));
		memmove(s->link_bytes, s->link_bytes + 1,
				s->n_link * sizeof(s->link_bytes[0]));
		if (s->pair->config.jam_s > 0.0) {
			s->jammed_s = now_s +
				      s->pair->config.jam_s *
						      fabs(tandem_box_noise(&s->box));
		}
	}
}

static enum tandem_sent send_packet(struct tandem_transport *t, const uint8_t *bytes,
		uint32_t n_bytes)
{
	struct side *s = (struct side *)t;

	(void)bytes;
	tandem_pair_mark(s);
	tandem_pair_run_link(s);
	if (s->n_link > 0 && s->n_link >= s->pair->config.link_packets)
		return TANDEM_SENT_FULL;
	if (s->n_link == 0)
		s->transport.flight.moved_ns = s->pair->now_ns;
	s->link_bytes[s->n_link] = n_bytes;
	s->link[s->n_link++] = s->speaker->stats.sent_frames;
	tandem_pair_run_link(s);
	return TANDEM_SENT;
}

static void look(struct tandem_transport *t, int64_t now_ns)
{
	struct side *s = (struct side *)t;

	(void)now_ns;
	if (!tells(&s->pair->config))
		return;
	tandem_pair_run_link(s);
	t->flight.source = TANDEM_FLIGHT_SOCKET;
	t->flight.packets = s->n_link;
}

static void keep(struct tandem_transport *t)
{
	(void)t; /* the pair's */
}

const struct tandem_transport_ops tandem_pair_transport_ops = {
	.send = send_packet, .look = look, .free = keep
};
