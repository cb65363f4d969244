/* SPDX-License-Identifier: MIT
 *
 * One seed of a scenario.
 */
#include <math.h>
#include <stdlib.h>

#include "clock/align.h"
#include "collect.h"
#include "params.h"
#include "scenario.h"
#include "side.h"

#define P (&sim_params)

#define START_S 1.0
#define TICK_S 0.020
#define SAMPLE_TICKS 5 /* skew, 10 Hz */
#define SECOND_TICKS 50
#define SETTLED_S 660.0  /* facts: skew after 11 min */
#define LISTEN_S 20.0    /* of listening again */
#define UNDONE_S 5e-3    /* of a step */
#define ON_ITS_WAY_S 0.5 /* until a jump of all is heard */
#define PITCH_FROM_S 60.0
#define EDGES_FROM_S 600.0

struct speaker {
	struct sim_box box;
	struct sim_side side;
	struct tandem_random chance;
	/* sensors */
	double report_at_s, ear_at_s;
	struct tandem_observation pending; /* host_ns 0: none */
	double deliver_at_s;
	bool reported;
	/* truth, now */
	bool heard;
	double latency_s, media_s, stated_late_s;
	uint64_t observations, step_observations, undone_observations;
};

struct sim {
	const struct sim_scenario *scenario;
	struct speaker speakers[2];
	struct tandem_align align;
	FILE *log;
	double now_s, end_s;
	double aligned_s; /* when all jumped last */
	int64_t tick;
	struct sim_collector c;
	uint64_t edges_before;
	double jumps_first_minute;
};

static int64_t to_ns(double s)
{
	return (int64_t)llround(s * (double)TANDEM_NS_PER_S);
}

static void observe(struct sim *m, struct speaker *s, enum tandem_observed kind,
		double value_s, double sigma_s)
{
	const struct tandem_observation o = {
		.host_ns = to_ns(m->now_s),
		.frame = s->side.frame,
		.value_s = value_s,
		.sigma_s = sigma_s,
		.kind = kind,
	};
	char line[TANDEM_OBSERVATION_LINE_BYTES];

	if (m->log != NULL && s == &m->speakers[0]) {
		tandem_observation_write(&o, line, sizeof(line));
		fputs(line, m->log);
	}
	tandem_clock_observe(&s->side.clock, &o, to_ns(m->now_s));
	if (kind < TANDEM_OBSERVED_QUEUE)
		s->observations++;
}

static double rounded(double s)
{
	return fmax(0.0, round(s / P->report_step_s) * P->report_step_s);
}

/* What the firmware knows: its buffer as it is, and what it thinks of the rest. It looks at
 * any time between two ticks: on the packets' grid their sawtooth would stand still. */
static void report_instant(struct sim *m, struct speaker *s)
{
	const double packet_s = P->block_frames * P->packet_blocks / P->rate_hz;
	double level_s;
	int64_t packet;
	double part;

	if (m->now_s < s->report_at_s || !s->heard)
		return;
	tandem_sim_box_hear(&s->box,
			m->now_s - tandem_random_uniform(&s->chance, 0.0, TICK_S), &packet,
			&part);
	level_s = tandem_sim_box_level_s(&s->box) + packet_s + s->box.air_s + P->jitter_s +
		  s->box.hidden_s;

	s->pending = (struct tandem_observation){
		.host_ns = to_ns(m->now_s),
		.value_s = rounded(level_s + s->box.bias_s),
		.sigma_s = P->report_sigma_s,
		.kind = TANDEM_OBSERVED_REPORT,
	};
	s->deliver_at_s = m->now_s +
			  tandem_random_uniform(&s->chance, P->inst_min_s, P->inst_max_s);
}

static void deliver(struct sim *m, struct speaker *s)
{
	if (s->pending.host_ns == 0 || m->now_s < s->deliver_at_s)
		return;
	observe(m, s, s->pending.kind, s->pending.value_s, s->pending.sigma_s);
	s->pending.host_ns = 0;
}

static void report(struct sim *m, struct speaker *s)
{
	double off_s = s->latency_s + s->box.bias_s;
	double noise_s;

	deliver(m, s);
	if (m->now_s < s->report_at_s || !s->heard)
		return;
	s->report_at_s += P->report_every_s;
	switch (m->scenario->report) {
	case SIM_REPORT_NONE:
		break;
	case SIM_REPORT_STATIC:
		if (!s->reported) {
			observe(m, s, TANDEM_OBSERVED_REPORT, rounded(off_s),
					P->report_sigma_s);
		}
		break;
	case SIM_REPORT_AVERAGE:
		off_s += P->report_sigma_s * tandem_random_normal(&s->chance);
		observe(m, s, TANDEM_OBSERVED_REPORT, rounded(off_s), P->report_sigma_s);
		break;
	case SIM_REPORT_INSTANT:
		break;
	case SIM_REPORT_PRESSURE:
		s->report_at_s += P->pressure_every_s - P->report_every_s;
		noise_s = P->pressure_sigma_s * tandem_random_normal(&s->chance);
		observe(m, s, TANDEM_OBSERVED_PRESSURE, fmax(0.0, off_s + noise_s),
				P->pressure_sigma_s);
		break;
	}
	s->reported = true;
}

/* Does anybody listen now? */
static bool listens(const struct sim *m)
{
	const struct sim_ear *const ear = &m->scenario->ear;

	if (ear->every_s == 0.0)
		return false;
	if (ear->until_s == 0.0 || m->now_s - START_S < ear->until_s)
		return true;
	return ear->again_s > 0.0 && fmod(m->now_s - START_S, ear->again_s) < LISTEN_S;
}

static void listen(struct sim *m, struct speaker *s)
{
	const struct sim_ear *const ear = &m->scenario->ear;
	double heard_s = s->latency_s + P->ear_sigma_s * tandem_random_normal(&s->chance);

	if (m->now_s < s->ear_at_s || !s->heard)
		return;
	s->ear_at_s += m->now_s - START_S < ear->burst_s ? 0.2 : ear->every_s;
	if (tandem_random_uniform(&s->chance, 0.0, 1.0) < P->echo_share)
		heard_s += tandem_random_uniform(&s->chance, P->echo_min_s, P->echo_max_s);
	if (listens(m))
		observe(m, s, TANDEM_OBSERVED_MICROPHONE, heard_s, P->ear_sigma_s);
}

static bool is_silent(const struct sim *m)
{
	return m->now_s < START_S + P->preroll_s;
}

/* From a media instant to the air. A side's media are there at once: what the group's
 * margin has for a graph that is late, a side needs not. */
static double aim_s(const struct sim *m)
{
	return TANDEM_ALIGN_ROOM_S + m->align.common_s;
}

static void make_packets(struct sim *m, struct speaker *s, bool at_once)
{
	const struct sim_group_word word = {
		.common_s = aim_s(m),
		.silent = is_silent(m),
		.at_once = at_once,
	};

	while (tandem_sim_side_next_s(&s->side) <= m->now_s) {
		const double sent_s = tandem_sim_side_next_s(&s->side);

		tandem_sim_box_send(&s->box, tandem_sim_side_make(&s->side, &word), sent_s);
	}
}

static void look(struct sim *m, struct speaker *s)
{
	int64_t packet;
	double part, due_s;

	s->heard = tandem_sim_box_hear(&s->box, m->now_s, &packet, &part) &&
		   tandem_sim_side_find(&s->side, packet, part, &due_s, &s->media_s,
				   &s->stated_late_s);
	if (s->heard)
		s->latency_s = m->now_s - due_s;
}

static double from_s(const struct sim *m)
{
	return m->scenario->from_s > 0.0 ? m->scenario->from_s : SETTLED_S;
}

static void collect_lateness(struct sim *m, const struct speaker *s)
{
	const double late_s = m->now_s - aim_s(m) - s->media_s;
	const double sigma_s = tandem_clock_state(&s->side.clock).sigma_s;

	tandem_sim_collect_lateness(&m->c, late_s - s->stated_late_s, sigma_s,
			m->now_s - START_S >= from_s(m));
}

/* What we add to the pitch: on a speaker that follows, all that we do to the content; on
 * one that runs free, what its own error leaves. */
static double pitch(const struct speaker *s)
{
	if (s->box.type != SIM_T2 && s->box.type != SIM_BAND)
		return s->side.content_v;
	return (1.0 + s->side.content_v) / s->side.pace_rho * (1.0 + s->box.dac) - 1.0;
}

static void collect(struct sim *m)
{
	struct speaker *const s = m->speakers;

	if (m->now_s < START_S + P->preroll_s + 1.0)
		return;
	if (m->tick % SAMPLE_TICKS == 0 && s[0].heard && s[1].heard) {
		tandem_sim_collect_skew(&m->c, s[0].media_s - s[1].media_s,
				s[0].latency_s - s[1].latency_s,
				m->now_s - START_S >= from_s(m));
	}
	for (int i = 0; i < 2; i++) {
		if (m->tick % SECOND_TICKS == 7 && s[i].heard)
			collect_lateness(m, &s[i]);
		if (m->now_s - START_S > PITCH_FROM_S)
			tandem_sim_collect_pitch(&m->c, pitch(&s[i]));
	}
	if (m->now_s - START_S <= 60.0) {
		m->jumps_first_minute = (double)(s[0].side.clock.servo.jumps +
						 s[1].side.clock.servo.jumps);
	}
	if (m->now_s - START_S <= EDGES_FROM_S)
		m->edges_before = s[0].box.edges + s[1].box.edges;
}

/* Observations from a step of the first box until the skew is small again. */
static void watch_step(struct sim *m)
{
	struct speaker *const s = &m->speakers[0];
	const double at_s = m->scenario->step_at_s;
	double bias_s;

	if (at_s == 0.0 || m->now_s - START_S < at_s ||
			m->now_s < m->aligned_s + ON_ITS_WAY_S)
		return;
	if (s->step_observations == 0)
		s->step_observations = s->observations;
	bias_s = m->scenario->about_mean ? s->box.bias_s : 0.0;
	if (fabs(m->now_s - aim_s(m) - s->media_s + bias_s) > UNDONE_S)
		s->undone_observations = s->observations;
}

/* As spa/group does. True: all jump. */
static bool align(struct sim *m)
{
	const double before_s = m->align.common_s;
	bool due = is_silent(m);
	struct tandem_need needs[2];

	for (int i = 0; i < 2; i++) {
		const struct tandem_clock *const c = &m->speakers[i].side.clock;

		needs[i] = (struct tandem_need){ tandem_clock_latency_s(c),
			tandem_clock_spare_s(c) };
		due = due || tandem_align_is_short(&m->align, needs[i].latency_s);
	}
	if (!due || tandem_align_update(&m->align, needs, 2, !is_silent(m)) == before_s)
		return false;
	m->aligned_s = m->now_s;
	return true;
}

static void begin(struct sim *m, uint64_t seed)
{
	for (int i = 0; i < 2; i++) {
		struct speaker *const s = &m->speakers[i];

		tandem_sim_box_init(&s->box, m->scenario->type[i], seed, i);
		s->box.scale = m->scenario->radio > 0.0 ? m->scenario->radio : 1.0;
		tandem_sim_side_init(&s->side, START_S);
		s->chance = tandem_random_init(seed, 40 + i);
		s->report_at_s = START_S +
				 tandem_random_uniform(&s->chance, 0.0, P->report_every_s);
		s->ear_at_s = START_S + tandem_random_uniform(&s->chance, 0.0, 1.0);
		observe(m, s, TANDEM_OBSERVED_START, 0.0, 0.0);
	}
	if (m->scenario->step_at_s > 0.0) {
		m->speakers[0].box.step_at_s = START_S + m->scenario->step_at_s;
		m->speakers[0].box.step_s = m->scenario->step_s;
	}
}

static void loop(struct sim *m)
{
	bool at_once = align(m);

	while (m->now_s < m->end_s) {
		m->now_s = START_S + (double)++m->tick * TICK_S;
		for (int i = 0; i < 2; i++)
			make_packets(m, &m->speakers[i], at_once);
		for (int i = 0; i < 2; i++) {
			if (m->scenario->report == SIM_REPORT_INSTANT)
				report_instant(m, &m->speakers[i]);
			look(m, &m->speakers[i]);
			report(m, &m->speakers[i]);
			listen(m, &m->speakers[i]);
		}
		at_once = align(m);
		collect(m);
		watch_step(m);
	}
}

static void sum_up_speaker(const struct speaker *s, struct sim_result *r)
{
	const struct tandem_clock_state st = tandem_clock_state(&s->side.clock);

	r->jumps += (double)st.jumps;
	r->taken_back += (double)st.taken_back;
	r->rebuffers += (double)s->box.rebuffers;
	r->edges += (double)s->box.edges;
	r->free += st.class == TANDEM_CLASS_FREE;
	r->slew_ppm = fmax(r->slew_ppm, s->side.worst_slew);
	r->pace_ppm = fmax(r->pace_ppm, s->side.worst_pace);
	r->pace_end_ppm = fmax(r->pace_end_ppm, fabs(st.pace_ppm));
	r->phase_us = fmax(r->phase_us, tandem_sim_side_phase_error_s(&s->side) * 1e6);
	if (isfinite(st.drift_ppm))
		r->drift_ppm = fmax(r->drift_ppm, fabs(st.drift_ppm - s->box.dac * 1e6));
}

static void sum_up(struct sim *m, struct sim_result *r)
{
	tandem_sim_collect_sum_up(&m->c, m->scenario->about_mean, r);
	r->jumps_first = m->jumps_first_minute;
	r->edges = -(double)m->edges_before;
	for (int i = 0; i < 2; i++)
		sum_up_speaker(&m->speakers[i], r);
	r->rebuffers *= 3600.0 / (m->end_s - START_S);
	r->recovered = (double)(m->speakers[0].undone_observations -
				m->speakers[0].step_observations);
}

void tandem_sim_run(const struct sim_scenario *scenario, uint64_t seed, FILE *log,
		struct sim_result *ret_result)
{
	const double hours = scenario->hours > 0.0 ? scenario->hours : 1.0;
	struct sim *const m = calloc(1, sizeof(*m));

	m->scenario = scenario;
	m->log = log;
	m->now_s = START_S;
	m->end_s = START_S + hours * 3600.0;
	tandem_sim_collect_init(&m->c, hours);
	begin(m, seed);
	loop(m);
	*ret_result = (struct sim_result){ 0 };
	sum_up(m, ret_result);
	tandem_sim_collect_finish(&m->c);
	free(m);
}
