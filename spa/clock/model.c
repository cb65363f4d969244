/* SPDX-License-Identifier: MIT */
#include "model.h"

#include <math.h>

/* Shared facts on clocks, 5, unless said. */
#define PRIOR_SIGMA_S 0.150
#define WARMUP_DRIFT 3.5e-6 /* rms of up to 6 ppm that die away ... */
#define WARMUP_S 600.0      /* ... so fast */
#define DISTURBED_S 0.100
#define MAX_LATENCY_S 4.0      /* what can be believed at all, after days in the dark */
#define BLIND_S 20.0           /* chosen: six reports that did not come, ... */
#define BLIND_OBSERVATIONS 4.0 /* ... or this many of a slow sensor */
#define DEAF_S 5.0             /* likewise, of the microphone; chosen */
#define CALIBRATED_N 20 /* chosen: the mean of so many is below any wobble that matters */
#define WOBBLE_S 0.3e-3 /* of a locked speaker, until a microphone tells */
#define WALK_TRACKED 4e-10 /* of a locked speaker's latency while a microphone follows it */
#define WALK_LEFT 1e-13    /* and when it is left alone: 20 us in an hour */
#define SETTLING_S 30.0    /* a loop that still moves may go on for so long; chosen */
#define MOST_WOBBLE_S 20e-3   /* chosen: ten times the worst loop */
#define MOST_SAWTOOTH_S 22e-3 /* half of the longest packet: 15 frames of SBC, 44.1 kHz */
#define LEAST_WOBBLE_S 50e-6  /* facts, 5: a locked pair has 0.05 to 0.8 ms */
#define COLOUR_S 20.0         /* a slow loop's wobble lasts for so long; chosen */
#define SURE_N 8
#define GAP_S 300.0 /* chosen: a track with such a hole is two */

#define TAILS 1.15 /* of a wobble, which has more of them than a normal one; chosen */

static double seconds(int64_t from_ns, int64_t to_ns)
{
	return to_ns > from_ns ? (double)(to_ns - from_ns) / (double)TANDEM_NS_PER_S : 0.0;
}

void tandem_model_init(struct tandem_model *m, double latency_s)
{
	*m = (struct tandem_model){ .wobble_s = WOBBLE_S };
	tandem_filter_init(&m->locked, false, latency_s, PRIOR_SIGMA_S);
	tandem_filter_init(&m->free, true, latency_s, PRIOR_SIGMA_S);
	for (int i = 0; i < TANDEM_N_SENSORS; i++)
		tandem_track_reset(&m->tracks[i]);
}

static const struct tandem_filter *believed(const struct tandem_model *m)
{
	return m->class == TANDEM_CLASS_LOCKED ? &m->locked : &m->free;
}

/* What a box of that age still adds to the variance of its drift, per s. */
static double warming(const struct tandem_model *m)
{
	const double age_s = seconds(m->born_ns, m->at_ns);

	return 2.0 * WARMUP_DRIFT * WARMUP_DRIFT / WARMUP_S * exp(-2.0 * age_s / WARMUP_S);
}

/* How long after the instant advanced to the sensors still count as seeing. */
static double sight_s(const struct tandem_model *m)
{
	double sight = 0.0;

	for (int i = 0; i < TANDEM_N_SENSORS; i++) {
		if (m->last_ns[i] == 0)
			continue;
		sight = fmax(sight, fmax(BLIND_S, BLIND_OBSERVATIONS * m->every_s[i]) -
						    seconds(m->last_ns[i], m->at_ns));
	}
	return sight;
}

/* Moves of L within dt_s that the free filter must not make: in the dark, on a slope that
 * no straight line has shown. */
static double unproven_s(const struct tandem_model *m, double dt_s)
{
	if (m->class == TANDEM_CLASS_FREE)
		return 0.0;
	return m->free.x[1] * fmax(0.0, dt_s - sight_s(m));
}

static void run(struct tandem_model *m, int64_t host_ns)
{
	if (m->running)
		return;
	m->running = true;
	m->born_ns = m->at_ns = m->since_ns = m->settled_ns = host_ns;
}

void tandem_model_wait(struct tandem_model *m, int64_t host_ns)
{
	run(m, host_ns);
	if (host_ns > m->at_ns)
		m->at_ns = host_ns;
}

void tandem_model_advance(struct tandem_model *m, int64_t host_ns, double swell_s)
{
	double dt_s;

	run(m, host_ns);
	dt_s = seconds(m->at_ns, host_ns);
	tandem_filter_predict(&m->locked, dt_s, swell_s, warming(m));
	tandem_filter_predict(&m->free, dt_s, swell_s - unproven_s(m, dt_s), warming(m));
	m->swell_s += swell_s;
	if (host_ns > m->at_ns)
		m->at_ns = host_ns;
}

static void begin_anew(struct tandem_model *m)
{
	for (int i = 0; i < TANDEM_N_SENSORS; i++)
		tandem_track_reset(&m->tracks[i]);
	m->since_ns = m->at_ns;
	m->seen_since = 0;
	m->heard = 0;
}

static void judge(struct tandem_model *m, enum tandem_sensor_kind kind)
{
	const bool ear = kind == TANDEM_SENSOR_MICROPHONE;
	const double open_s = m->class == TANDEM_CLASS_UNKNOWN && ear
					      ? seconds(m->since_ns, m->at_ns)
					      : 0.0;

	if (m->by_hand)
		return;
	switch (tandem_track_shape(&m->tracks[kind], ear ? m->ear_sigma_s : 0.0, open_s)) {
	case TANDEM_SHAPE_OPEN:
		break;
	case TANDEM_SHAPE_FLAT:
		m->class = TANDEM_CLASS_LOCKED;
		break;
	case TANDEM_SHAPE_STRAIGHT:
		m->class = TANDEM_CLASS_FREE;
		break;
	case TANDEM_SHAPE_KINKED:
		if (m->class == TANDEM_CLASS_FREE)
			m->class = TANDEM_CLASS_UNKNOWN;
		tandem_track_forget(&m->tracks[kind]);
		break;
	case TANDEM_SHAPE_BENT:
		tandem_track_forget(&m->tracks[kind]);
		break;
	}
}

static bool hears(const struct tandem_model *m, int64_t host_ns)
{
	const enum tandem_sensor_kind ear = TANDEM_SENSOR_MICROPHONE;

	return m->last_ns[ear] != 0 &&
	       seconds(m->last_ns[ear], host_ns) <
			       fmax(DEAF_S, BLIND_OBSERVATIONS * m->every_s[ear]);
}

bool tandem_model_is_sure(const struct tandem_model *m, int64_t host_ns)
{
	return m->seen >= SURE_N || tandem_model_is_blind(m, host_ns);
}

bool tandem_model_is_calibrated(const struct tandem_model *m)
{
	return m->heard >= CALIBRATED_N;
}

/* What the microphone heard, without what was still settling. */
static struct tandem_line heard_line(const struct tandem_model *m)
{
	const struct tandem_track *const t = &m->tracks[TANDEM_SENSOR_MICROPHONE];
	const struct tandem_line all = tandem_track_line(t, TANDEM_TRACK_ALL);
	const struct tandem_line late = tandem_track_line(t, TANDEM_TRACK_LATER);

	if (late.n > 0.0 &&
			fabs(late.mean_s - all.mean_s) >
					2.0 * hypot(late.mean_sigma_s, all.mean_sigma_s))
		return late;
	return all;
}

/* What the microphone does not claim is the box's own; a slow wobble passes for a slope. */
static double heard_wobble_s(const struct tandem_line *l, double ear_sigma_s)
{
	const double run_s = l->slope * l->seconds;
	const double variance = l->scatter_s * l->scatter_s + run_s * run_s / 12.0 -
				ear_sigma_s * ear_sigma_s;

	return fmax(LEAST_WOBBLE_S, fmin(MOST_WOBBLE_S, sqrt(fmax(0.0, variance))));
}

/* How far the mean of a wobble that lasts for so long may be from the truth. */
static double mean_sigma_s(const struct tandem_line *l, double wobble_s)
{
	const double part = sqrt(2.0 * COLOUR_S / (l->seconds + 2.0 * COLOUR_S));
	const double trend_s = SETTLING_S * (fabs(l->slope) + l->slope_sigma);

	return hypot(hypot(l->mean_sigma_s, trend_s), part * wobble_s);
}

/* The mean of all that the microphone heard is nearer to the truth than the last of it. */
static void freeze(struct tandem_model *m)
{
	const struct tandem_line line = heard_line(m);
	const double bias_sigma_s = sqrt(m->locked.p[2][2]);
	double wobble_s, bias_s;

	if (line.n == 0.0)
		return;
	wobble_s = heard_wobble_s(&line, m->ear_sigma_s);
	bias_s = m->locked.x[2] + m->locked.x[0] - line.mean_s;
	tandem_filter_set(&m->locked, 0, line.mean_s, mean_sigma_s(&line, wobble_s));
	tandem_filter_set(&m->locked, 2, bias_s, bias_sigma_s);
	m->wobble_s = TAILS * wobble_s;
	m->locked.frozen = true;
}

void tandem_model_attend(struct tandem_model *m, int64_t host_ns)
{
	const bool tracked = hears(m, host_ns);

	if (m->class != TANDEM_CLASS_LOCKED)
		return;
	m->locked.walk = tracked ? WALK_TRACKED : WALK_LEFT;
	if (tracked) {
		m->locked.frozen = false;
	} else if (tandem_model_is_calibrated(m) && !m->locked.frozen) {
		freeze(m);
	}
}

static void note_time(struct tandem_model *m, enum tandem_sensor_kind kind)
{
	const double gap_s = seconds(m->last_ns[kind], m->at_ns);

	if (m->last_ns[kind] != 0 && gap_s > GAP_S)
		tandem_track_reset(&m->tracks[kind]);
	if (m->last_ns[kind] != 0 && gap_s <= GAP_S)
		m->every_s[kind] += 0.2 * (gap_s - m->every_s[kind]);
	m->last_ns[kind] = m->at_ns;
}

static void note_value(struct tandem_model *m, enum tandem_sensor_kind kind, double value_s,
		double sigma_s)
{
	if (kind == TANDEM_SENSOR_MICROPHONE) {
		m->heard++;
		m->ear_sigma_s = sigma_s;
	} else if (kind == TANDEM_SENSOR_REPORT) {
		m->reports_move = m->reports_move ||
				  (m->told_s != 0.0 && m->told_s != value_s);
		m->told_s = value_s;
		m->report_sigma_s = sigma_s;
	}
	m->seen++;
	m->seen_since++;
	tandem_track_add(&m->tracks[kind], seconds(m->born_ns, m->at_ns),
			value_s - m->swell_s);
}

enum tandem_taken tandem_model_update(struct tandem_model *m, enum tandem_sensor_kind kind,
		double value_s, double sigma_s)
{
	const bool is_locked = m->class == TANDEM_CLASS_LOCKED;
	double locked_step_s, free_step_s;
	const enum tandem_taken by_locked = tandem_filter_update(&m->locked, kind, value_s,
			sigma_s, &locked_step_s);
	const enum tandem_taken by_free = tandem_filter_update(&m->free, kind, value_s,
			sigma_s, &free_step_s);
	const enum tandem_taken taken = is_locked ? by_locked : by_free;

	if (taken == TANDEM_REFUSED)
		return taken;
	note_time(m, kind);
	if (taken == TANDEM_STEPPED) {
		begin_anew(m);
		m->seen_since = 1; /* the one that it agrees with */
		m->steps++;
		m->last_step_s = is_locked ? locked_step_s : free_step_s;
		m->last_step_ns = m->at_ns;
	}
	note_value(m, kind, value_s, sigma_s);
	judge(m, kind);
	tandem_model_attend(m, m->at_ns);
	return taken;
}

/* The speaker fills its buffer anew, and so draws another latency. */
static bool is_start(enum tandem_observed event)
{
	return event == TANDEM_OBSERVED_START || event == TANDEM_OBSERVED_RESUME ||
	       event == TANDEM_OBSERVED_RECONNECT;
}

/* How far it may be from what is known of the speaker after that event. */
static double disturbance_s(const struct tandem_model *m, enum tandem_observed event)
{
	return is_start(event) && m->past.calibrations > 0 ? m->past.spread_s : DISTURBED_S;
}

void tandem_model_disturb(struct tandem_model *m, enum tandem_observed event,
		double moved_s)
{
	m->past = tandem_model_memory(m, moved_s);
	m->counted = !is_start(event) && event != TANDEM_OBSERVED_CODEC &&
		     tandem_model_is_remembered(m);
	tandem_filter_disturb(&m->locked, disturbance_s(m, event));
	tandem_filter_disturb(&m->free, disturbance_s(m, event));
	begin_anew(m);
	m->settled_ns = m->at_ns;
	if (event != TANDEM_OBSERVED_XRUN)
		m->seen = 0;
}

struct tandem_belief tandem_model_belief(const struct tandem_model *m, int64_t host_ns,
		double swell_s)
{
	const double dt_s = seconds(m->at_ns, host_ns);
	const struct tandem_filter *const f = believed(m);
	struct tandem_belief b = { .latency_s = f->x[0] };

	if (m->class == TANDEM_CLASS_LOCKED)
		return b;
	b.slope = f->x[1];
	if (m->class == TANDEM_CLASS_UNKNOWN && dt_s >= sight_s(m))
		b.slope = 0.0;
	b.latency_s += f->x[1] * dt_s + swell_s - unproven_s(m, dt_s);
	b.latency_s = fmax(0.0, fmin(MAX_LATENCY_S, b.latency_s));
	return b;
}

/* What the microphone scatters beyond its own claim is the speaker's. */
static double wobble_s(const struct tandem_model *m)
{
	const struct tandem_sensor *const ear =
			&believed(m)->sensors[TANDEM_SENSOR_MICROPHONE];

	if (m->class == TANDEM_CLASS_FREE)
		return 0.0;
	if (ear->n == 0 || m->locked.frozen)
		return m->class == TANDEM_CLASS_LOCKED ? m->wobble_s : 0.0;
	return fmin(MOST_WOBBLE_S,
			TAILS * m->ear_sigma_s * sqrt(fmax(0.0, ear->scatter - 1.0)));
}

/* Reports that scatter show the level as it is, which is a sawtooth between two packets: on
 * which end of it they are right, their mean cannot say. Half its height is sqrt(3) rms. */
static double sawtooth_s(const struct tandem_model *m)
{
	const struct tandem_sensor *const sensors = believed(m)->sensors;
	const double beyond = fmax(0.0, sensors[TANDEM_SENSOR_REPORT].scatter - 1.0);

	if (sensors[TANDEM_SENSOR_MICROPHONE].n > 0 || m->past.calibrations > 0)
		return 0.0;
	return fmin(MOST_SAWTOOTH_S, m->report_sigma_s * sqrt(3.0 * beyond));
}

double tandem_model_sigma_s(const struct tandem_model *m, int64_t host_ns)
{
	const double variance = tandem_filter_variance(believed(m),
			seconds(m->at_ns, host_ns), warming(m));

	return hypot(hypot(sqrt(variance), wobble_s(m)), sawtooth_s(m));
}

bool tandem_model_is_blind(const struct tandem_model *m, int64_t host_ns)
{
	return seconds(m->at_ns, host_ns) >= sight_s(m);
}

void tandem_model_set_drift(struct tandem_model *m, double drift)
{
	if (drift == 0.0 && !m->by_hand)
		return;
	m->by_hand = drift != 0.0;
	m->class = m->by_hand ? TANDEM_CLASS_FREE : TANDEM_CLASS_UNKNOWN;
	tandem_filter_set(&m->free, 1, -drift, m->by_hand ? 1e-6 : 60e-6);
}

double tandem_model_drift_ppm(const struct tandem_model *m)
{
	return m->class == TANDEM_CLASS_FREE ? -m->free.x[1] * 1e6 : NAN;
}

double tandem_model_drift_sigma_ppm(const struct tandem_model *m)
{
	return sqrt(m->free.p[1][1]) * 1e6;
}

void tandem_model_unfree(struct tandem_model *m)
{
	m->by_hand = false;
	m->class = TANDEM_CLASS_LOCKED;
	tandem_filter_set(&m->locked, 0, m->free.x[0], sqrt(m->free.p[0][0]));
	begin_anew(m);
}
