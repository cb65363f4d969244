/* SPDX-License-Identifier: MIT */
#include "track.h"

#include <math.h>
#include <string.h>

#define FIRST_SPAN_S 1.0
#define LAST_SPAN_S 32.0

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
