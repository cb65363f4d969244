/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <math.h>

#include "clock/align.h"

#define ATTEND_S 1.0
#define RADIO_GAIN 0.02 /* chosen: the mean of some fifty packets */
#define HEARD_ENOUGH 8  /* chosen: as many as a jump wants */
#define BIAS_KNOWN_S 3e-3
#define HAND_DONE_S 20e-6 /* chosen: a frame */

const char *tandem_knowledge_name(enum tandem_knowledge k)
{
	static const char *const names[] = {
		[TANDEM_KNOWS_NOTHING] = "nothing",
		[TANDEM_KNOWS_REPORT] = "report",
		[TANDEM_KNOWS_MEMORY] = "memory",
		[TANDEM_KNOWS_HAND] = "hand",
		[TANDEM_KNOWS_EAR] = "microphone",
	};

	return (unsigned)k < TANDEM_ARRAY_LEN(names) ? names[k] : "nothing";
}

void tandem_clock_init(struct tandem_clock *c, double latency_s)
{
	*c = (struct tandem_clock){ 0 };
	tandem_guard_init(&c->guard);
	tandem_model_init(&c->model, latency_s);
	tandem_servo_init(&c->servo);
}

static void advance(struct tandem_clock *c, int64_t host_ns)
{
	tandem_model_advance(&c->model, host_ns, c->swell_s);
	c->swell_s = 0.0;
}

static void see(struct tandem_clock *c, const struct tandem_observation *o,
		enum tandem_sensor_kind kind)
{
	advance(c, o->host_ns);
	tandem_model_update(&c->model, kind, o->value_s, o->sigma_s);
}

/* Before a stream begins nothing moves. */
static bool begins(enum tandem_observed kind)
{
	return kind == TANDEM_OBSERVED_START || kind == TANDEM_OBSERVED_RESUME ||
	       kind == TANDEM_OBSERVED_RECONNECT;
}

static void happen(struct tandem_clock *c, const struct tandem_observation *o)
{
	if (begins(o->kind)) {
		c->swell_s = 0.0;
		tandem_model_wait(&c->model, o->host_ns);
	} else {
		advance(c, o->host_ns);
	}
	if (o->kind != TANDEM_OBSERVED_SUSPEND)
		tandem_model_disturb(&c->model, o->kind, c->servo.moved_s);
	tandem_servo_reset(&c->servo);
}

static void set_drift(struct tandem_clock *c, double drift)
{
	if (drift == 0.0 && c->model.by_hand)
		tandem_servo_reset(&c->servo);
	tandem_model_set_drift(&c->model, drift);
}

static void take(struct tandem_clock *c, const struct tandem_observation *o)
{
	switch (o->kind) {
	case TANDEM_OBSERVED_REPORT:
		see(c, o, TANDEM_SENSOR_REPORT);
		break;
	case TANDEM_OBSERVED_PRESSURE:
		see(c, o, TANDEM_SENSOR_PRESSURE);
		break;
	case TANDEM_OBSERVED_MICROPHONE:
		see(c, o, TANDEM_SENSOR_MICROPHONE);
		break;
	case TANDEM_OBSERVED_QUEUE:
		break;
	case TANDEM_OBSERVED_COMPLETION:
		c->radio_s += (c->radio_s > 0.0 ? RADIO_GAIN : 1.0) *
			      (o->value_s - c->radio_s);
		break;
	case TANDEM_OBSERVED_TRIM:
		c->trimmed = c->trimmed || c->trim_s != o->value_s;
		c->trim_s = o->value_s;
		break;
	case TANDEM_OBSERVED_DRIFT:
		if (c->model.running) /* from now on, not since it was last seen */
			advance(c, o->host_ns);
		set_drift(c, o->value_s);
		break;
	case TANDEM_OBSERVED_START:
	case TANDEM_OBSERVED_SUSPEND:
	case TANDEM_OBSERVED_RESUME:
	case TANDEM_OBSERVED_RECONNECT:
	case TANDEM_OBSERVED_CODEC:
	case TANDEM_OBSERVED_CLOCK_GAP:
	case TANDEM_OBSERVED_XRUN:
		happen(c, o);
		break;
	case TANDEM_N_OBSERVED:
		break;
	}
}

enum tandem_guarded tandem_clock_observe(struct tandem_clock *c,
		const struct tandem_observation *o, int64_t now_ns)
{
	struct tandem_observation checked = *o;
	const enum tandem_guarded what = tandem_guard_check(&c->guard, &checked, now_ns);

	c->seen.latest[c->seen.n++ % TANDEM_SEEN] = *o;
	if (what == TANDEM_GUARD_PASSED)
		take(c, &checked);
	return what;
}

struct tandem_steering tandem_clock_steer(struct tandem_clock *c,
		const struct tandem_place *place)
{
	struct tandem_place p = *place;
	struct tandem_steering steering;

	if (p.dt_s > 0.0 && p.dt_s < 1.0)
		c->swell_s += (c->servo.pace_rho - 1.0) * p.dt_s;
	p.common_s += c->trim_s;
	p.at_once = p.at_once || c->trimmed;
	c->attended_s -= p.dt_s;
	if (!(c->attended_s > 0.0)) {
		c->attended_s = ATTEND_S;
		tandem_model_attend(&c->model, p.due_ns);
	}
	steering = tandem_servo_run(&c->servo, &c->model, &p, c->swell_s);
	if (steering.jump_s != 0.0 || fabs(c->servo.late_s) < HAND_DONE_S)
		c->trimmed = false;
	if (c->servo.refuted) {
		c->servo.refuted = false;
		tandem_model_unfree(&c->model);
	}
	c->steered_ns = p.due_ns;
	return steering;
}

double tandem_clock_latency_s(const struct tandem_clock *c)
{
	return tandem_model_belief(&c->model, c->steered_ns, c->swell_s).latency_s -
	       c->trim_s;
}

double tandem_clock_spare_s(const struct tandem_clock *c)
{
	return c->model.class == TANDEM_CLASS_UNKNOWN ? TANDEM_ALIGN_SPARE_S : 0.0;
}

double tandem_clock_swell_s(const struct tandem_clock *c)
{
	return c->model.swell_s + c->swell_s;
}

double tandem_clock_slope(const struct tandem_clock *c)
{
	return tandem_model_belief(&c->model, c->steered_ns, c->swell_s).slope;
}

static enum tandem_knowledge knows(const struct tandem_clock *c)
{
	const struct tandem_filter *const f = &c->model.free;
	const bool heard = f->sensors[TANDEM_SENSOR_MICROPHONE].n >= HEARD_ENOUGH &&
			   (c->model.heard >= HEARD_ENOUGH ||
					   f->p[2][2] < BIAS_KNOWN_S * BIAS_KNOWN_S);

	if (heard)
		return TANDEM_KNOWS_EAR;
	if (c->trim_s != 0.0)
		return TANDEM_KNOWS_HAND;
	if (c->model.past.calibrations > 0)
		return TANDEM_KNOWS_MEMORY;
	if (f->sensors[TANDEM_SENSOR_REPORT].n > 0 ||
			f->sensors[TANDEM_SENSOR_PRESSURE].n > 0)
		return TANDEM_KNOWS_REPORT;
	return TANDEM_KNOWS_NOTHING;
}

static uint64_t sum_dropped(const struct tandem_guard *g)
{
	uint64_t sum = g->unknown;

	for (int kind = 0; kind < TANDEM_N_OBSERVED; kind++) {
		for (int why = 0; why < TANDEM_N_GUARDED; why++)
			sum += g->dropped[kind][why];
	}
	return sum;
}

struct tandem_clock_state tandem_clock_state(const struct tandem_clock *c)
{
	const struct tandem_model *const m = &c->model;
	const bool is_free = m->class == TANDEM_CLASS_FREE;

	return (struct tandem_clock_state){
		.class = m->class,
		.knows = knows(c),
		.drift_ppm = tandem_model_drift_ppm(m),
		.drift_sigma_ppm = is_free ? tandem_model_drift_sigma_ppm(m) : NAN,
		.latency_s = tandem_model_belief(m, c->steered_ns, c->swell_s).latency_s,
		.lateness_s = c->servo.late_s,
		.sigma_s = tandem_model_sigma_s(m, c->steered_ns),
		.blind = tandem_model_is_blind(m, c->steered_ns),
		.remembered = tandem_model_is_remembered(m),
		.left_alone = m->class == TANDEM_CLASS_LOCKED && m->locked.frozen,
		.steps = m->steps,
		.last_step_s = m->last_step_s,
		.last_step_ns = m->last_step_ns,
		.jumps = c->servo.jumps,
		.taken_back = c->servo.taken_back,
		.content_ppm = c->servo.content_v * 1e6,
		.pace_ppm = (c->servo.pace_rho - 1.0) * 1e6,
		.radio_s = c->radio_s,
		.dropped = sum_dropped(&c->guard),
	};
}

struct tandem_memory tandem_clock_memory(const struct tandem_clock *c)
{
	return tandem_model_memory(&c->model, c->servo.moved_s);
}

void tandem_clock_recall(struct tandem_clock *c, const struct tandem_memory *m)
{
	tandem_model_recall(&c->model, m);
}
