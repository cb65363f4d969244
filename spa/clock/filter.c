/* SPDX-License-Identifier: MIT */
#include "filter.h"

#include <math.h>

/* Shared facts on clocks, 5, unless said. Variances. */
#define WANDER 3e-15            /* of d, per s: a crystal's, and a room's slow warming */
#define JITTER 1e-12            /* of L when free, s^2 per s */
#define WALK 4e-10              /* of L when locked, s^2 per s: a loop still settling */
#define BIAS_WALK 1e-12         /* of b, s^2 per s */
#define DRIFT_SIGMA 60e-6       /* any crystal */
#define BIAS_SIGMA_S 15e-3      /* any report */
#define MAX_LATENCY_SIGMA_S 0.2 /* the buffer of a speaker ends somewhere; chosen */
#define MAX_DRIFT_SIGMA 100e-6
#define MAX_BIAS_SIGMA_S 50e-3
#define MAX_LATENCY_S 4.0 /* what can be believed at all; above what the guard lets pass */
#define MAX_DRIFT 500e-6

#define GATE 16.0        /* 4 sigma */
#define STEP_AGREED 2    /* that say the same, when ... */
#define STEP_REFUSALS 6  /* in a row: a step, whatever they say */
#define FAR_SIGMAS 30.0  /* ... so far off, ... */
#define FAR_S 8e-3       /* ... and by more than an echo in a room (chosen) */
#define YOUNG 3          /* sensor with fewer than these: two are enough, too (chosen) */
#define AGREE_SIGMAS 5.0 /* chosen: of the difference of two */
#define NOISE_START 25.0 /* pessimistic, or the first seconds are overconfident */
#define FRESH_N 8
#define NOISE_MAX 1000.0
#define NOISE_GAIN 0.06
#define NOISE_CLIP 6.0
#define LEAN_GAIN 0.12
#define LEAN_MAX 0.8

/* What an observer claims is taken for too good. */
static const double doubt[TANDEM_N_SENSORS] = {
	[TANDEM_SENSOR_REPORT] = 3.0,
	[TANDEM_SENSOR_PRESSURE] = 3.0,
	[TANDEM_SENSOR_MICROPHONE] = 1.5,
};

static bool sees_bias(enum tandem_sensor_kind kind)
{
	return kind != TANDEM_SENSOR_MICROPHONE;
}

void tandem_filter_init(struct tandem_filter *f, bool free, double latency_s,
		double sigma_s)
{
	*f = (struct tandem_filter){ .free = free, .walk = WALK };
	tandem_filter_set(f, 0, latency_s, sigma_s);
	f->blank = true;
	tandem_filter_set(f, 1, 0.0, free ? DRIFT_SIGMA : 0.0);
	tandem_filter_set(f, 2, 0.0, BIAS_SIGMA_S);
	for (int i = 0; i < TANDEM_N_SENSORS; i++) {
		f->sensors[i].noise = NOISE_START;
		f->sensors[i].scatter = NOISE_START;
		f->sensors[i].fresh = FRESH_N;
	}
}

void tandem_filter_set(struct tandem_filter *f, int state, double value, double sigma)
{
	f->blank = f->blank && state != 0;
	for (int i = 0; i < 3; i++) {
		f->p[state][i] = 0.0;
		f->p[i][state] = 0.0;
	}
	f->x[state] = value;
	f->p[state][state] = sigma * sigma;
}

/* Shrinks a state's sigma to the greatest that makes sense; correlations stay. */
static void cap(struct tandem_filter *f, int state, double sigma)
{
	double scale;

	if (f->p[state][state] <= sigma * sigma)
		return;
	scale = sigma / sqrt(f->p[state][state]);
	for (int i = 0; i < 3; i++) {
		f->p[state][i] *= scale;
		f->p[i][state] *= scale;
	}
}

/* Whatever was observed: the belief stays one that a speaker can have. */
static void bound(struct tandem_filter *f)
{
	cap(f, 0, MAX_LATENCY_SIGMA_S);
	cap(f, 1, MAX_DRIFT_SIGMA);
	cap(f, 2, MAX_BIAS_SIGMA_S);
	f->x[0] = fmax(0.0, fmin(MAX_LATENCY_S, f->x[0]));
	f->x[1] = tandem_within(f->x[1], MAX_DRIFT);
	f->x[2] = tandem_within(f->x[2], MAX_LATENCY_S);
}

/* What dt adds to the covariance of L and d when d wanders: white noise, integrated. */
static void wander(double q, double dt, double p[3][3])
{
	p[0][0] += q * dt * dt * dt / 3.0;
	p[0][1] += q * dt * dt / 2.0;
	p[1][0] += q * dt * dt / 2.0;
	p[1][1] += q * dt;
}

void tandem_filter_predict(struct tandem_filter *f, double dt_s, double swell_s,
		double warming)
{
	double(*const p)[3] = f->p;

	p[2][2] += BIAS_WALK * dt_s;
	if (!f->free) {
		p[0][0] += f->walk * dt_s;
		bound(f);
		return;
	}
	f->x[0] += f->x[1] * dt_s + swell_s;
	p[0][0] += 2.0 * dt_s * p[0][1] + dt_s * dt_s * p[1][1] + JITTER * dt_s;
	p[0][1] += dt_s * p[1][1];
	p[0][2] += dt_s * p[1][2];
	p[1][0] = p[0][1];
	p[2][0] = p[0][2];
	wander(WANDER + warming, dt_s, p);
	bound(f);
}

double tandem_filter_variance(const struct tandem_filter *f, double dt_s, double warming)
{
	struct tandem_filter later = *f;

	tandem_filter_predict(&later, dt_s, 0.0, warming);
	return later.p[0][0];
}

/* Joseph's form, which keeps the covariance one: P = (1-KH) P (1-KH)' + K R K'. */
static void correct(struct tandem_filter *f, const double h[3], const double gain[3],
		double r)
{
	double a[3][3], ap[3][3];

	for (int i = 0; i < 3; i++) {
		for (int j = 0; j < 3; j++)
			a[i][j] = (i == j) - gain[i] * h[j];
	}
	for (int i = 0; i < 3; i++) {
		for (int j = 0; j < 3; j++) {
			ap[i][j] = a[i][0] * f->p[0][j] + a[i][1] * f->p[1][j] +
				   a[i][2] * f->p[2][j];
		}
	}
	for (int i = 0; i < 3; i++) {
		for (int j = 0; j <= i; j++) {
			f->p[i][j] = ap[i][0] * a[j][0] + ap[i][1] * a[j][1] +
				     ap[i][2] * a[j][2] + gain[i] * gain[j] * r;
			f->p[j][i] = f->p[i][j];
		}
	}
}

static void learn_noise(struct tandem_sensor *s, double y_s, double claimed, double doubted)
{
	const double step = y_s - s->residual_s;
	const double seen = step * step / 2.0 / claimed;
	const double square = y_s * y_s * doubted / claimed;

	if (s->n == 0)
		return;
	s->scatter += NOISE_GAIN * (fmin(square, NOISE_CLIP * s->scatter) - s->scatter);
	s->scatter = fmax(1.0, s->scatter);
	s->noise += NOISE_GAIN * (fmin(seen, NOISE_CLIP * s->noise) - s->noise);
	s->noise = fmax(1.0, fmin(NOISE_MAX, s->noise));
}

/* What is added to L is as uncertain as what the sensor sees of it, and has nothing to do
 * with b: scaling P_LL, most of which is shared with b, drove the two apart. */
static void manoeuvre(struct tandem_filter *f, struct tandem_sensor *s, double seen,
		double sigmas)
{
	double more;

	s->lean += LEAN_GAIN * (sigmas - s->lean);
	more = fmin(2.0, 1.0 + (fabs(s->lean) - LEAN_MAX));
	if (more <= 1.0)
		return;
	f->p[0][0] += (more - 1.0) * seen;
	for (int i = 0; i < 3; i++) {
		f->p[1][i] *= sqrt(more);
		f->p[i][1] *= sqrt(more);
	}
}

/* Said once more: is it to be believed by now? easy: two that agree are enough. */
static bool is_agreed(struct tandem_sensor *s, double y_s, double noise, bool easy)
{
	const bool agrees = s->refused > 0 &&
			    fabs(y_s - s->refused_s) < AGREE_SIGMAS * sqrt(2.0 * noise);

	s->refused++;
	s->agreeing = agrees ? s->agreeing + 1 : 1;
	s->refused_s = y_s;
	return s->agreeing >= (easy ? STEP_AGREED : STEP_REFUSALS) ||
	       s->refused >= STEP_REFUSALS;
}

static bool is_far(const struct tandem_sensor *s, double y_s, double variance)
{
	return s->n < YOUNG ||
	       (y_s * y_s > FAR_SIGMAS * FAR_SIGMAS * variance && fabs(y_s) > FAR_S);
}

/* L has stepped. A microphone says nothing of what reports will say, so L + b stays. */
static void widen(struct tandem_filter *f, enum tandem_sensor_kind kind, double y_s)
{
	f->frozen = false;
	f->p[0][0] += y_s * y_s;
	if (sees_bias(kind))
		return;
	f->p[2][2] += y_s * y_s;
	f->p[0][2] -= y_s * y_s;
	f->p[2][0] -= y_s * y_s;
}

/* One step after the other: it is the drift that is wrong, from an echo, say. */
static void reopen(struct tandem_filter *f, struct tandem_sensor *s)
{
	if (f->free && s->fresh < FRESH_N)
		tandem_filter_set(f, 1, f->x[1], DRIFT_SIGMA);
	s->fresh = 0;
}

static double innovation_variance(const struct tandem_filter *f, bool biased)
{
	return biased ? f->p[0][0] + f->p[2][2] + 2.0 * f->p[0][2] : f->p[0][0];
}

/* The first observation of all: what any speaker has does not weigh against what this one
 * says. */
static void begin(struct tandem_filter *f, bool biased, double value_s, double r)
{
	f->blank = false;
	f->x[0] = value_s - (biased ? f->x[2] : 0.0);
	f->p[0][0] = r + (biased ? f->p[2][2] : 0.0);
	f->p[0][1] = 0.0;
	f->p[1][0] = 0.0;
	f->p[0][2] = biased ? -f->p[2][2] : 0.0;
	f->p[2][0] = f->p[0][2];
	bound(f);
}

enum tandem_taken tandem_filter_update(struct tandem_filter *f,
		enum tandem_sensor_kind kind, double value_s, double sigma_s,
		double *ret_step_s)
{
	struct tandem_sensor *const s = &f->sensors[kind];
	const bool biased = sees_bias(kind);
	const double h[3] = { 1.0, 0.0, biased ? 1.0 : 0.0 };
	const double claimed = doubt[kind] * sigma_s * sigma_s;
	const double y_s = value_s - f->x[0] - (biased ? f->x[2] : 0.0);
	const double r = claimed * s->noise;
	double variance = innovation_variance(f, biased) + r;
	enum tandem_taken taken = TANDEM_TAKEN;
	double gain[3];

	if (f->blank && !f->frozen) {
		begin(f, biased, value_s, r);
		s->n++;
		return TANDEM_TAKEN;
	}
	if (y_s * y_s > GATE * variance) {
		if (!is_agreed(s, y_s, r, is_far(s, y_s, variance)))
			return TANDEM_REFUSED;
		widen(f, kind, y_s);
		reopen(f, s);
		taken = TANDEM_STEPPED;
		s->lean = 0.0;
	} else if (!biased && s->n > 0 && y_s * y_s > GATE * r) {
		/* possible after so long in the dark, but so is an echo */
		if (!is_agreed(s, y_s, r, true))
			return TANDEM_REFUSED;
	} else {
		learn_noise(s, y_s, claimed, doubt[kind]);
		if (!f->frozen || !biased)
			manoeuvre(f, s, variance - r, y_s / sqrt(variance));
	}
	variance = innovation_variance(f, biased) + r;
	for (int i = 0; i < 3; i++)
		gain[i] = (f->p[i][0] + (biased ? f->p[i][2] : 0.0)) / variance;
	if (f->frozen && biased)
		gain[0] = 0.0;
	for (int i = 0; i < 3; i++)
		f->x[i] += gain[i] * y_s;
	correct(f, h, gain, r);
	bound(f);
	s->residual_s = (1.0 - gain[0] - (biased ? gain[2] : 0.0)) * y_s;
	s->refused = 0;
	s->agreeing = 0;
	s->n++;
	s->fresh++;
	*ret_step_s = taken == TANDEM_STEPPED ? gain[0] * y_s : 0.0;
	return taken;
}

void tandem_filter_disturb(struct tandem_filter *f, double sigma_s)
{
	f->frozen = false;
	f->p[0][0] += sigma_s * sigma_s;
	for (int i = 0; i < TANDEM_N_SENSORS; i++) {
		f->sensors[i].lean = 0.0;
		f->sensors[i].refused = 0;
		f->sensors[i].agreeing = 0;
	}
}
