/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "pair-internal.h"

#define REPORT_S 3.0        /* as tandem-speaker's */
#define REPORT_SIGMA_S 1e-3 /* likewise */
#define EAR_SIGMA_S 40e-6
#define STEP_NS TANDEM_NS_PER_MS /* how closely a link that is full is watched */
#define FM_HZ 0.5

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
	s->transport.ops = &tandem_pair_transport_ops;
	tandem_box_init(&s->box, &p->config.box[i], &tandem_pair_box_ops, s);
	tandem_box_open(&s->box, RATE);
	ck_assert_int_eq(tandem_speaker_new(&s->speaker, &config, &s->transport), 0);
	if (p->config.tone_hz > 0.0)
		s->fm = tandem_fm_new(p->config.tone_hz, PAIR_MAX_S);
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
	for (uint32_t i = 0; i < 2; i++) {
		tandem_speaker_free(tandem_group_set_speaker(&p->group, i, NULL));
		tandem_fm_free(p->sides[i].fm);
	}
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
		s->ear_at_s = s->last_at_s;
		s->ear_late_s = s->last_late_s + EAR_SIGMA_S * tandem_box_noise(&s->box);
	}
	if (s->ear_at_s > 0.0 && now_s >= s->ear_at_s + p->config.ear_old_s) {
		observe(p, i, TANDEM_OBSERVED_MICROPHONE, s->ear_at_s, s->ear_late_s,
				EAR_SIGMA_S);
		s->ear_at_s = 0.0;
	}
}

static void make_tone(struct pair *p)
{
	for (uint32_t k = 0; k < QUANTUM; k++) {
		const double at_s = (double)(p->cycles * QUANTUM + k) / RATE;
		const double moved = p->config.tone_fm_ppm * 1e-6 *
				     sin(2.0 * M_PI * FM_HZ * at_s);

		p->planes[0][k] = 0.5f * (float)sin(2.0 * M_PI * p->tone_turns);
		p->planes[1][k] = p->planes[0][k];
		p->tone_turns += p->config.tone_hz / RATE * (1.0 + moved);
		p->tone_turns -= floor(p->tone_turns);
	}
}

static void deliver(struct pair *p)
{
	const float *const in[2] = { p->planes[0], p->planes[1] };
	const int64_t cycle_ns = BEGIN_NS + llround((double)p->cycles * QUANTUM / RATE *
							    (double)TANDEM_NS_PER_S);

	if (p->config.tone_hz > 0.0)
		make_tone(p);
	p->cycles++;
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
			tandem_pair_mark(&p->sides[i]);
		if (p->started_ns == 0 && tandem_speaker_is_started(p->sides[0].speaker))
			p->started_ns = p->now_ns;
		for (uint32_t i = 0; i < 2 && p->started_ns != 0; i++) {
			tandem_pair_run_link(&p->sides[i]);
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

struct fm_moves tandem_pair_fm(const struct pair *p, int side, double from_s, double to_s)
{
	const double on_s = seconds(p->started_ns - BEGIN_NS);

	return tandem_fm_moves(p->sides[side].fm, on_s + from_s, on_s + to_s);
}

uint32_t tandem_pair_underruns(const struct pair *p, int side)
{
	return p->sides[side].underruns;
}

struct tandem_speaker_stats tandem_pair_stats(const struct pair *p, int side)
{
	return tandem_speaker_stats(p->sides[side].speaker, p->now_ns);
}

double tandem_pair_time_s(const struct pair *p)
{
	return p->started_ns != 0 ? seconds(p->now_ns - p->started_ns) : 0.0;
}
