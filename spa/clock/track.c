/* SPDX-License-Identifier: MIT */
#include "track.h"

#include <math.h>
#include <string.h>

#define FIRST_SPAN_S 1.0
#define LAST_SPAN_S 64.0

/* Shared facts on clocks, 5, point 4, unless said. */
#define EAR_S 60.0 /* a line takes so long at least */
#define REPORTS_S 150.0
#define FREE_SIGMAS 6.0
#define LEAST_DRIFT 4e-6 /* between 2 and 4 ppm either class will do */
#define GREATEST_DRIFT 200e-6
#define AGREE_DRIFT 1e-6 /* 5 let a slow loop of -8 ppm pass for free */
#define AGREE_PART 0.1
#define PRECISE_PART 0.15 /* 85 ppm must be seen before the buffer has run off by 20 ms */
#define PRECISE_EAR_PART 0.07 /* it is given less time */
#define KINK 4.0              /* times more than agreed; chosen */
#define FLAT_SIGMAS 2.5 /* chosen: or it shows no slope where 20 ppm would be 8 sigma */
#define FLAT_DRIFT 2.5e-6
#define WOBBLE_SIGMAS 1.4  /* chosen: a DAC alone scatters by 1 */
#define WOBBLE_DRIFT 10e-6 /* chosen: half of what a crystal should be off by */
#define LATE_S 25.0
/* A DAC of a few ppm would have been straight long before. Chosen. */
#define OPEN_S 100.0

void tandem_track_reset(struct tandem_track *t)
{
	*t = (struct tandem_track){ .span_s = FIRST_SPAN_S };
}

/* Both bins as one. */
static struct tandem_track_bin merged(const struct tandem_track_bin *a,
		const struct tandem_track_bin *b)
{
	const double n = a->n + b->n;
	const double apart_s = b->y_s - a->y_s;

	return (struct tandem_track_bin){
		.n = n,
		.t_s = (a->n * a->t_s + b->n * b->t_s) / n,
		.y_s = (a->n * a->y_s + b->n * b->y_s) / n,
		.squares = a->squares + b->squares + apart_s * apart_s * a->n * b->n / n,
	};
}

/* Makes room for one more bin. */
static void make_room(struct tandem_track *t)
{
	if (t->n_bins < TANDEM_TRACK_BINS)
		return;
	if (t->span_s >= LAST_SPAN_S) {
		t->n_bins--;
		memmove(t->bins, t->bins + 1, t->n_bins * sizeof(t->bins[0]));
		return;
	}
	for (uint32_t i = 0; i < TANDEM_TRACK_BINS / 2; i++)
		t->bins[i] = merged(&t->bins[2 * i], &t->bins[2 * i + 1]);
	t->n_bins = TANDEM_TRACK_BINS / 2;
	t->span_s *= 2.0;
}

void tandem_track_add(struct tandem_track *t, double t_s, double y_s)
{
	const struct tandem_track_bin one = { .n = 1.0, .t_s = t_s, .y_s = y_s };

	if (t->n_bins > 0 && t_s < t->begin_s + t->span_s) {
		struct tandem_track_bin *const bin = &t->bins[t->n_bins - 1];

		*bin = merged(bin, &one);
		return;
	}
	make_room(t);
	t->bins[t->n_bins++] = one;
	t->begin_s = t_s;
}

static struct tandem_line line_through(const struct tandem_track_bin *bins, uint32_t n_bins)
{
	struct tandem_line line = { 0 };
	double t_s = 0.0, tt = 0.0, ty = 0.0, inside = 0.0, between = 0.0;
	double variance;

	for (uint32_t i = 0; i < n_bins; i++) {
		line.n += bins[i].n;
		t_s += bins[i].n * bins[i].t_s;
		line.mean_s += bins[i].n * bins[i].y_s;
	}
	if (n_bins < 3 || line.n < 4.0)
		return (struct tandem_line){ 0 };
	t_s /= line.n;
	line.mean_s /= line.n;
	for (uint32_t i = 0; i < n_bins; i++) {
		const double t = bins[i].t_s - t_s;

		tt += bins[i].n * t * t;
		ty += bins[i].n * t * (bins[i].y_s - line.mean_s);
	}
	line.slope = ty / tt;
	for (uint32_t i = 0; i < n_bins; i++) {
		const double off_s = bins[i].y_s - line.mean_s -
				     line.slope * (bins[i].t_s - t_s);

		between += bins[i].n * off_s * off_s;
		inside += bins[i].squares;
	}
	/* Noise that lasts for longer than a bin shows between them: the greater counts. */
	variance = fmax((inside + between) / (line.n - 2.0), between / (n_bins - 2.0));
	line.slope_sigma = sqrt(variance / tt);
	line.mean_sigma_s = sqrt(variance / line.n);
	line.scatter_s = sqrt((inside + between) / (line.n - 2.0));
	line.seconds = bins[n_bins - 1].t_s - bins[0].t_s;
	return line;
}

struct tandem_line tandem_track_line(const struct tandem_track *t,
		enum tandem_track_part part)
{
	const uint32_t half = t->n_bins / 2;

	switch (part) {
	case TANDEM_TRACK_EARLIER:
		return line_through(t->bins, half);
	case TANDEM_TRACK_LATER:
		return line_through(t->bins + half, t->n_bins - half);
	case TANDEM_TRACK_ALL:
		break;
	}
	return line_through(t->bins, t->n_bins);
}

void tandem_track_forget(struct tandem_track *t)
{
	const uint32_t half = t->n_bins / 2;

	t->n_bins -= half;
	memmove(t->bins, t->bins + half, t->n_bins * sizeof(t->bins[0]));
}

/* Halves of the track that say the same, within what they can say. */
struct halves {
	double apart;
	double sigma;
	double tolerance;
};

static struct halves compare_halves(const struct tandem_track *t, double slope)
{
	const struct tandem_line a = tandem_track_line(t, TANDEM_TRACK_EARLIER);
	const struct tandem_line b = tandem_track_line(t, TANDEM_TRACK_LATER);

	return (struct halves){
		.apart = a.n > 0.0 && b.n > 0.0 ? fabs(a.slope - b.slope) : NAN,
		.sigma = hypot(a.slope_sigma, b.slope_sigma),
		.tolerance = fmax(AGREE_DRIFT, AGREE_PART * slope),
	};
}

static bool is_flat(const struct tandem_line *l)
{
	const double slope = fabs(l->slope);

	return slope + 2.0 * l->slope_sigma < LEAST_DRIFT ||
	       (slope < FLAT_SIGMAS * l->slope_sigma && l->slope_sigma < FLAT_DRIFT);
}

/* More than the microphone's own noise, and hardly a slope: a loop at work. */
static bool wobbles(const struct tandem_line *l, double ear_sigma_s)
{
	const double slope = fabs(l->slope);

	return l->seconds > LATE_S && l->scatter_s > WOBBLE_SIGMAS * ear_sigma_s &&
	       slope < WOBBLE_DRIFT && slope < FREE_SIGMAS * l->slope_sigma;
}

static bool has_settled(const struct tandem_track *t, const struct tandem_line *all,
		double ear_sigma_s, double open_s)
{
	struct tandem_line late;

	if (is_flat(all))
		return true;
	if (ear_sigma_s == 0.0)
		return false;
	late = tandem_track_line(t, TANDEM_TRACK_LATER);
	return wobbles(all, ear_sigma_s) || wobbles(&late, ear_sigma_s) ||
	       (open_s > OPEN_S && late.n > 0.0 && fabs(late.slope) < WOBBLE_DRIFT &&
			       fabs(all->slope) < WOBBLE_DRIFT);
}

enum tandem_shape tandem_track_shape(const struct tandem_track *t, double ear_sigma_s,
		double open_s)
{
	const struct tandem_line all = tandem_track_line(t, TANDEM_TRACK_ALL);
	const double slope = fabs(all.slope);
	const double part = ear_sigma_s > 0.0 ? PRECISE_EAR_PART : PRECISE_PART;
	struct halves h;

	if (all.seconds < (ear_sigma_s > 0.0 ? EAR_S : REPORTS_S))
		return TANDEM_SHAPE_OPEN;
	if (has_settled(t, &all, ear_sigma_s, open_s))
		return TANDEM_SHAPE_FLAT;
	h = compare_halves(t, slope);
	if (h.apart > h.tolerance + 3.0 * h.sigma) {
		return h.apart > KINK * h.tolerance ? TANDEM_SHAPE_KINKED
						    : TANDEM_SHAPE_BENT;
	}
	if (slope > FREE_SIGMAS * all.slope_sigma && slope > LEAST_DRIFT &&
			slope < GREATEST_DRIFT &&
			h.sigma < fmax(0.5 * h.tolerance, part * slope) &&
			h.apart < h.tolerance + h.sigma)
		return TANDEM_SHAPE_STRAIGHT;
	return TANDEM_SHAPE_OPEN;
}
