/* SPDX-License-Identifier: MIT */
#include "servo.h"

#include <math.h>

/* Shared facts on clocks, 5, unless said. */
#define PULL_S 8.0
#define SMOOTH_S 2.0
#define MAX_PULL 100e-6
#define MAX_SLOPE 500e-6

#define EARLY_S 45.0
#define EARLY_JUMP_S 2e-3
#define JUMP_S 6e-3
#define JUMP_SIGMAS 6.0
#define AGAIN_SEEN 4   /* observations between two; chosen: they do not follow each other */
#define AGAIN_S 0.1    /* chosen: a jump has faded by then */
#define HAND_S 10e-6   /* what a jump by hand leaves to the pull: half a frame */
#define SILENT_S 50e-6 /* likewise, in silence */

#define SETTLED_S 150.0 /* 240 let a dead band at 85 ppm run into its edge */
#define SETTLED_MOVE_S 8e-3
#define GREAT_MOVE_S 25e-3
#define REFILL_S 100.0
#define PACE_SLEW 5e-6
#define PACE_GRAIN 1e-8 /* chosen: 36 us in an hour, and that is seen */
#define CHECK_SEEN 35
#define CHECK_EAR_S 1.5e-3
#define CHECK_REPORTS_S 6e-3
#define CHECK_DRIFT 4e-6
#define CHANGED_SLOPE 25e-6 /* chosen: four times a warm-up */
#define BLOCKED_S 600.0
#define MAX_DT_S 1.0

void tandem_servo_init(struct tandem_servo *s)
{
	*s = (struct tandem_servo){
		.pace_rho = 1.0, .wanted_rho = 1.0, .quiet_s = AGAIN_S
	};
}

void tandem_servo_reset(struct tandem_servo *s)
{
	s->pace_rho = 1.0;
	s->wanted_rho = 1.0;
	s->pacing = false;
	s->moved_s = 0.0;
	s->jump_seen = 0;
}

static double seconds_since(int64_t from_ns, int64_t to_ns)
{
	return (double)(to_ns - from_ns) / (double)TANDEM_NS_PER_S;
}

/* How well a jump knows where to go. The bias of reports is the same before and after, so
 * it does not count. */
static double sure_within_s(const struct tandem_model *m, int64_t due_ns)
{
	const struct tandem_filter *const f =
			m->class == TANDEM_CLASS_LOCKED ? &m->locked : &m->free;
	const double ear_s = tandem_model_sigma_s(m, due_ns);
	const double reports_s =
			sqrt(fmax(0.0, f->p[0][0] + f->p[2][2] + 2.0 * f->p[0][2]));

	return m->seen > 0 ? fmin(ear_s, reports_s) : ear_s;
}

static bool jump_is_due(struct tandem_servo *s, const struct tandem_model *m,
		const struct tandem_place *p, double late_s)
{
	const bool early = seconds_since(m->since_ns, p->due_ns) < EARLY_S;
	const double far_s = fabs(late_s);

	if (p->silent)
		return far_s > SILENT_S;
	if (s->quiet_s < AGAIN_S)
		return false;
	if (p->at_once)
		return far_s > HAND_S;
	if (s->jump_since_ns != m->since_ns)
		s->jump_seen = 0;
	return far_s > (early ? EARLY_JUMP_S : JUMP_S) &&
	       tandem_model_is_sure(m, p->due_ns) &&
	       m->seen_since >= s->jump_seen + (s->jump_seen > 0 ? AGAIN_SEEN : 0) &&
	       sure_within_s(m, p->due_ns) < far_s / JUMP_SIGMAS;
}

static double jump(struct tandem_servo *s, const struct tandem_model *m,
		const struct tandem_place *p, double late_s)
{
	s->jumps += !p->silent;
	s->quiet_s = 0.0;
	s->jump_seen = m->seen_since;
	s->jump_since_ns = m->since_ns;
	s->pull = 0.0;
	return late_s;
}

static void begin_check(struct tandem_servo *s, const struct tandem_model *m,
		const struct tandem_belief *b)
{
	s->expected_s = 0.0;
	s->check_s = 0.0;
	s->check_latency_s = b->latency_s;
	s->check_slope = b->slope;
	s->check_seen = m->seen;
}

static void take_back(struct tandem_servo *s)
{
	s->pacing = false;
	s->refuted = true;
	s->blocked_s = BLOCKED_S;
	s->taken_back++;
}

/* Did the latency do what the pace should have made it do? */
static void check_pace(struct tandem_servo *s, const struct tandem_model *m,
		const struct tandem_belief *b, double dt_s)
{
	const bool ear = m->heard > 0;
	double off_s;

	s->check_s += dt_s;
	s->expected_s += (s->check_slope + s->pace_rho - 1.0) * dt_s;
	if (fabs(b->slope - s->began_slope) > CHANGED_SLOPE) {
		take_back(s);
		return;
	}
	if (m->seen - s->check_seen < CHECK_SEEN)
		return;
	off_s = fabs(b->latency_s - s->check_latency_s - s->expected_s);
	if (off_s > (ear ? CHECK_EAR_S : CHECK_REPORTS_S) + CHECK_DRIFT * s->check_s) {
		take_back(s);
		return;
	}
	begin_check(s, m, b);
}

static bool pace_is_wanted(const struct tandem_servo *s, const struct tandem_model *m,
		int64_t due_ns)
{
	const bool settled = seconds_since(m->settled_ns, due_ns) > SETTLED_S;

	if (m->class != TANDEM_CLASS_FREE || s->blocked_s > 0.0)
		return false;
	return s->pacing || m->by_hand || fabs(s->moved_s) > GREAT_MOVE_S ||
	       (settled && fabs(s->moved_s) > SETTLED_MOVE_S);
}

static void run_pace(struct tandem_servo *s, const struct tandem_model *m,
		const struct tandem_belief *b, const struct tandem_place *p, double dt_s)
{
	double wanted = 1.0, slew;

	if (s->steps != m->steps) { /* the speaker has filled its buffer anew */
		s->steps = m->steps;
		s->moved_s = 0.0;
		begin_check(s, m, b);
	}
	s->blocked_s = fmax(0.0, s->blocked_s - dt_s);
	if (pace_is_wanted(s, m, p->due_ns)) {
		if (!s->pacing) {
			s->pacing = true;
			s->began_slope = b->slope;
			begin_check(s, m, b);
		}
		wanted = 1.0 +
			 tandem_within(-b->slope - s->moved_s / REFILL_S, TANDEM_MAX_PACE);
	} else {
		s->pacing = false;
	}
	slew = wanted - s->wanted_rho;
	if (m->by_hand || fabs(slew) <= PACE_SLEW * dt_s) {
		s->wanted_rho = wanted;
	} else {
		s->wanted_rho += tandem_within(slew, PACE_SLEW * dt_s);
	}
	/* each change bends the line of due times (clock/pace), so it is worth one */
	if (s->wanted_rho == 1.0 || fabs(s->wanted_rho - s->pace_rho) >= PACE_GRAIN)
		s->pace_rho = s->wanted_rho;
	if (s->pacing && !m->by_hand)
		check_pace(s, m, b, dt_s);
	if (m->class == TANDEM_CLASS_LOCKED) {
		s->moved_s = 0.0;
	} else {
		s->moved_s += (b->slope + s->pace_rho - 1.0) * dt_s;
	}
}

static void run_content(struct tandem_servo *s, const struct tandem_model *m,
		const struct tandem_belief *b, double late_s, double dt_s)
{
	const double wanted_pull = tandem_within(late_s / PULL_S, MAX_PULL);
	double wanted = 0.0;

	s->pull += (wanted_pull - s->pull) * fmin(1.0, dt_s / SMOOTH_S);
	if (m->class != TANDEM_CLASS_LOCKED)
		wanted = tandem_within(b->slope, MAX_SLOPE) + s->pace_rho - 1.0;
	wanted = tandem_within(wanted + s->pull, TANDEM_MAX_CONTENT);
	s->content_v += tandem_within(wanted - s->content_v, TANDEM_MAX_SLEW * dt_s);
}

struct tandem_steering tandem_servo_run(struct tandem_servo *s,
		const struct tandem_model *m, const struct tandem_place *place,
		double swell_s)
{
	const struct tandem_belief b = tandem_model_belief(m, place->due_ns, swell_s);
	const double dt_s = fmax(0.0, tandem_within(place->dt_s, MAX_DT_S));
	const double wanted_lag_s = place->common_s - b.latency_s;
	double late_s = place->lag_s - wanted_lag_s;
	double jump_s = 0.0;

	if (!isfinite(late_s))
		late_s = 0.0;
	s->late_s = late_s;
	if (wanted_lag_s < 0.0) /* what is not there yet cannot be played: it stays late */
		late_s = isfinite(place->lag_s) ? place->lag_s : 0.0;
	s->quiet_s = fmin(s->quiet_s + dt_s, 1e6);
	run_pace(s, m, &b, place, dt_s);
	if (jump_is_due(s, m, place, late_s)) {
		jump_s = jump(s, m, place, late_s);
		late_s = 0.0;
	}
	run_content(s, m, &b, late_s, dt_s);
	return (struct tandem_steering){
		.content_v = s->content_v,
		.pace_rho = s->pace_rho,
		.jump_s = jump_s,
	};
}
