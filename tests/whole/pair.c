/* SPDX-License-Identifier: MIT */
#include "pair.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "counter.h"
#include "spa/speaker-internal.h"

#define RATE 48000.0
#define PACKET_FRAMES COUNTER_PACKET_FRAMES
#define CODEC_FRAMES COUNTER_DELAY_FRAMES
#define QUANTUM 1024
#define AIR_S 0.004
#define REPORT_S 3.0        /* as tandem-speaker's */
#define REPORT_SIGMA_S 1e-3 /* likewise */
#define EAR_SIGMA_S 40e-6
#define MARKS 1024 /* 2.7 s of blocks: more than is on its way */
#define MOST_LINK 8
#define STEP_NS TANDEM_NS_PER_MS /* how closely a link that is full is watched */
#define BEGIN_NS (5 * TANDEM_NS_PER_S)

/* When so much was made the content stood at this graph frame. */
struct mark {
	uint64_t codec_frame;
	double graph_frame;
};

struct side {
	struct tandem_transport transport; /* first */
	struct pair *pair;
	struct tandem_box box;
	struct tandem_speaker *speaker; /* the group's */
	struct mark marks[MARKS];
	uint64_t n_marks;
	/* packets, by the codec frame after their last one: handed over, waiting in the
	 * link; what the box has got of them */
	uint64_t link[MOST_LINK];
	uint32_t n_link;
	double jammed_s; /* until then */
	uint64_t got[MARKS];
	uint64_t n_got;
	double played;                 /* frames heard or dropped of what it got */
	double last_late_s, last_at_s; /* of the latest stretch */
	double report_s, ear_s;        /* when the next is due */
	uint32_t underruns;
	float late_s[PAIR_BINS]; /* from the graph to the air */
	uint32_t in_bin[PAIR_BINS];
};

struct pair {
	struct pair_config config;
	struct tandem_group group;
	struct side sides[2];
	int64_t now_ns;
	int64_t wake_ns;
	int64_t started_ns; /* 0: not yet */
	uint64_t cycles;
	float planes[2][QUANTUM];
};

static double seconds(int64_t ns)
{
	return (double)ns / (double)TANDEM_NS_PER_S;
}

/* ---- the boxes ---- */

static void mark(struct side *s)
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
	const double packet = floor(got_frame / PACKET_FRAMES);

	if (packet < 0.0 || packet >= (double)s->n_got ||
			packet + MARKS <= (double)s->n_got)
		return NAN;
	return (double)s->got[(uint64_t)packet % MARKS] - PACKET_FRAMES + got_frame -
	       packet * PACKET_FRAMES;
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

static void play(void *data, uint32_t frames, double from_s, double to_s)
{
	struct side *s = data;
	/* the encoder and decoder hold every frame back by their delay */
	const double codec_frame = codec_frame_of(s, s->played - CODEC_FRAMES);
	const double at = isnan(codec_frame) ? NAN : graph_frame_of(s, codec_frame) / RATE;
	const double late_s = from_s - seconds(BEGIN_NS) - at;
	const int bin = (int)((from_s - seconds(s->pair->started_ns)) * PAIR_BINS_PER_S);

	(void)to_s;
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

static const struct tandem_box_ops box_ops = { play, drop, happened };

static bool has_room(const struct side *s)
{
	return s->pair->config.full_s <= 0.0 || s->box.state != TANDEM_BOX_PLAYING ||
	       tandem_box_level_s(&s->box) <= s->pair->config.full_s;
}

/* What the box has room for, and the radio brings over, leaves the link. */
static void run_link(struct side *s)
{
	const double now_s = seconds(s->pair->now_ns);

	tandem_box_run(&s->box, now_s + AIR_S);
	while (s->n_link > 0 && now_s >= s->jammed_s && has_room(s)) {
		tandem_box_arrive(&s->box, now_s + AIR_S, 0, PACKET_FRAMES);
		s->got[s->n_got++ % MARKS] = s->link[0];
		memmove(s->link, s->link + 1, --s->n_link * sizeof(s->link[0]));
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
	(void)n_bytes;
	mark(s);
	run_link(s);
	if (s->n_link > 0 && s->n_link >= s->pair->config.link_packets)
		return TANDEM_SENT_FULL;
	s->link[s->n_link++] = s->speaker->stats.sent_frames;
	run_link(s);
	return TANDEM_SENT;
}

static void keep(struct tandem_transport *t)
{
	(void)t; /* the pair's */
}

static const struct tandem_transport_ops transport_ops = { send_packet, keep };

/* ---- the pair ---- */

static void add_side(struct pair *p, uint32_t i)
{
	struct side *s = &p->sides[i];
	struct tandem_speaker_config config = {
		.in_hz = (uint32_t)RATE,
		.mtu_bytes = 672,
		.codec = &tandem_counter,
		.codec_config = { .rate_hz = (uint32_t)RATE, .channels = 1 },
		.memory = p->config.memory[i],
	};

	config.mix.gains[0][i] = 1.0f;
	s->pair = p;
	s->transport.ops = &transport_ops;
	tandem_box_init(&s->box, &p->config.box[i], &box_ops, s);
	tandem_box_open(&s->box, RATE);
	ck_assert_int_eq(tandem_speaker_new(&s->speaker, &config, &s->transport), 0);
	s->marks[s->n_marks++] = (struct mark){ 0, 0.0 };
	ck_assert_ptr_null(tandem_group_set_speaker(&p->group, i, s->speaker));
}

static void observe(struct pair *p, uint32_t i, enum tandem_observed kind, double at_s,
		double value_s, double sigma_s)
{
	const struct tandem_observation o = { .kind = kind,
		.host_ns = (int64_t)(at_s * (double)TANDEM_NS_PER_S),
		.value_s = value_s,
		.sigma_s = sigma_s };

	tandem_group_observe(&p->group, i, &o, p->now_ns);
}

struct pair *tandem_pair_new(const struct pair_config *config)
{
	struct pair *p = calloc(1, sizeof(*p));

	ck_assert_ptr_nonnull(p);
	p->config = *config;
	p->now_ns = BEGIN_NS;
	p->wake_ns = TANDEM_NEVER_NS;
	ck_assert_int_eq(tandem_group_init(&p->group, 2, (uint32_t)RATE), 0);
	tandem_group_set_flowing(&p->group, true);
	tandem_group_set_expected(&p->group, 3);
	for (uint32_t i = 0; i < 2; i++) {
		add_side(p, i);
		if (config->reports != PAIR_SILENT) {
			observe(p, i, TANDEM_OBSERVED_REPORT, seconds(p->now_ns),
					config->box[i].delay_s + config->bias_s[i],
					REPORT_SIGMA_S);
		}
	}
	return p;
}

void tandem_pair_free(struct pair *p)
{
	for (uint32_t i = 0; i < 2; i++)
		tandem_speaker_free(tandem_group_set_speaker(&p->group, i, NULL));
	tandem_group_finish(&p->group);
	free(p);
}

/* What is told of a box that plays. */
static void look(struct pair *p, uint32_t i)
{
	struct side *s = &p->sides[i];
	const double now_s = seconds(p->now_ns);
	const double on_s = now_s - seconds(p->started_ns);

	if (s->box.state != TANDEM_BOX_PLAYING)
		return;
	if (p->config.reports == PAIR_DYNAMIC && now_s >= s->report_s) {
		s->report_s = now_s + REPORT_S;
		observe(p, i, TANDEM_OBSERVED_REPORT, now_s,
				tandem_box_latency_s(&s->box) + p->config.bias_s[i] +
						REPORT_SIGMA_S * tandem_box_noise(&s->box),
				REPORT_SIGMA_S);
	}
	if (p->config.ear_s > 0.0 && now_s >= s->ear_s && s->last_at_s > now_s - 1.0 &&
			(p->config.ear_until_s <= 0.0 || on_s < p->config.ear_until_s)) {
		s->ear_s = now_s + p->config.ear_s;
		observe(p, i, TANDEM_OBSERVED_MICROPHONE, s->last_at_s,
				s->last_late_s + EAR_SIGMA_S * tandem_box_noise(&s->box),
				EAR_SIGMA_S);
	}
}

static void deliver(struct pair *p)
{
	const float *const in[2] = { p->planes[0], p->planes[1] };
	const int64_t cycle_ns = BEGIN_NS + llround((double)p->cycles++ * QUANTUM / RATE *
							    (double)TANDEM_NS_PER_S);

	tandem_group_write(&p->group, cycle_ns, 1.0, in, QUANTUM);
}

void tandem_pair_run(struct pair *p, double length_s)
{
	const int64_t end_ns = p->now_ns + (int64_t)(length_s * (double)TANDEM_NS_PER_S);

	while (p->now_ns < end_ns) {
		const int64_t data_ns =
				BEGIN_NS + llround((double)p->cycles * QUANTUM / RATE *
							   (double)TANDEM_NS_PER_S);

		if (p->config.link_packets > 0 && p->now_ns + STEP_NS < p->wake_ns &&
				p->now_ns + STEP_NS < data_ns) {
			p->now_ns += STEP_NS;
		} else if (data_ns <= p->wake_ns) {
			p->now_ns = data_ns;
			deliver(p);
		} else {
			p->now_ns = p->wake_ns;
		}
		p->wake_ns = tandem_group_run(&p->group, p->now_ns);
		for (uint32_t i = 0; i < 2; i++)
			mark(&p->sides[i]);
		if (p->started_ns == 0 && tandem_speaker_is_started(p->sides[0].speaker))
			p->started_ns = p->now_ns;
		for (uint32_t i = 0; i < 2 && p->started_ns != 0; i++) {
			run_link(&p->sides[i]);
			look(p, i);
		}
	}
}

static double sq(double x)
{
	return x * x;
}

struct pair_skew tandem_pair_skew(const struct pair *p, double from_s, double to_s)
{
	struct pair_skew k = { 0 };
	double sum = 0.0, squares = 0.0;

	for (int pass = 0; pass < 2; pass++) {
		const int end = (int)(to_s * PAIR_BINS_PER_S);

		for (int bin = (int)(from_s * PAIR_BINS_PER_S); bin < end; bin++) {
			const struct side *a = &p->sides[0], *b = &p->sides[1];
			double skew_ms;

			if (a->in_bin[bin] == 0 || b->in_bin[bin] == 0) {
				k.missing += pass == 0;
				continue;
			}
			skew_ms = 1e3 *
				  ((double)a->late_s[bin] / a->in_bin[bin] -
						  (double)b->late_s[bin] / b->in_bin[bin]);
			if (pass == 0) {
				k.bins++;
				sum += skew_ms;
				squares += skew_ms * skew_ms;
			} else {
				k.max_ms = fmax(k.max_ms, fabs(skew_ms - k.mean_ms));
			}
		}
		k.mean_ms = k.bins > 0 ? sum / k.bins : NAN;
		k.std_ms = k.bins > 0 ? sqrt(fmax(0.0, squares / k.bins - sq(k.mean_ms)))
				      : NAN;
	}
	return k;
}

double tandem_pair_latency_s(const struct pair *p, int side, double from_s, double to_s)
{
	const struct side *s = &p->sides[side];
	double sum = 0.0;
	uint32_t n = 0;

	for (int bin = (int)(from_s * PAIR_BINS_PER_S); bin < (int)(to_s * PAIR_BINS_PER_S);
			bin++) {
		sum += (double)s->late_s[bin];
		n += s->in_bin[bin];
	}
	return n > 0 ? sum / n : NAN;
}

struct tandem_clock_state tandem_pair_state(const struct pair *p, int side)
{
	return tandem_clock_state(tandem_speaker_clock(p->sides[side].speaker));
}

struct tandem_memory tandem_pair_memory(const struct pair *p, int side)
{
	return tandem_clock_memory(tandem_speaker_clock(p->sides[side].speaker));
}

uint32_t tandem_pair_underruns(const struct pair *p, int side)
{
	return p->sides[side].underruns;
}

struct tandem_speaker_stats tandem_pair_stats(const struct pair *p, int side)
{
	return tandem_speaker_stats(p->sides[side].speaker, p->now_ns);
}
