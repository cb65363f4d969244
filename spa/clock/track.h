/* SPDX-License-Identifier: MIT
 *
 * Track: the last minutes of one sensor, as a line. Whether it is straight tells a free
 * DAC from a loop that settles: that one bends.
 *
 *   latency                        latency
 *      |  . .                         | .
 *      |      . . .                   |  .
 *      |            . . .             |    . . . . . . .
 *      +------------------ host       +------------------ host
 *        free                           locked, was settling
 *
 * Observations are gathered in bins of equal time; when all are used, pairs merge, up to
 * 64 s per bin; then the oldest is forgotten: a window of up to 25 minutes.
 * Thread: data loop.
 */
#ifndef TANDEM_CLOCK_TRACK_H
#define TANDEM_CLOCK_TRACK_H

#include <stdbool.h>

#include "base/units.h"

#define TANDEM_TRACK_BINS 24

struct tandem_track_bin {
	double n;
	double t_s; /* means */
	double y_s;
	double squares; /* of y about its mean, summed */
};

struct tandem_track {
	uint32_t n_bins; /* used; the last one is being filled */
	double span_s;   /* of a bin */
	double begin_s;  /* of the bin being filled */
	struct tandem_track_bin bins[TANDEM_TRACK_BINS];
};

/* A line through a part of the track. */
struct tandem_line {
	double n;       /* observations; 0: nothing to tell, and all others are 0 */
	double seconds; /* from first to last */
	double mean_s;
	double mean_sigma_s; /* of the mean; likewise */
	double slope;        /* s per s */
	double slope_sigma;  /* of one sigma; the colour of the noise is allowed for */
	double scatter_s;    /* rms of the observations about the line */
};

void tandem_track_reset(struct tandem_track *t) TANDEM_RT;

/* y was seen at t, which does not go back. */
void tandem_track_add(struct tandem_track *t, double t_s, double y_s) TANDEM_RT;

/* The line through all, through the earlier half of the bins, or the later one. */
enum tandem_track_part { TANDEM_TRACK_ALL, TANDEM_TRACK_EARLIER, TANDEM_TRACK_LATER };
struct tandem_line tandem_track_line(const struct tandem_track *t,
		enum tandem_track_part part) TANDEM_RT;

/* What the line looks like. */
enum tandem_shape {
	TANDEM_SHAPE_OPEN,     /* too short, or too noisy to say */
	TANDEM_SHAPE_FLAT,     /* no slope, or at most a loop's wobble */
	TANDEM_SHAPE_STRAIGHT, /* the same slope for long enough: a crystal's */
	TANDEM_SHAPE_BENT,     /* its halves differ: something settles, or changes */
	TANDEM_SHAPE_KINKED,   /* likewise, and by far */
};

/* ear_sigma_s: what the microphone claims, 0: they are reports. open_s: for how long it has
 * been listened to without the shape being known, else 0. */
enum tandem_shape tandem_track_shape(const struct tandem_track *t, double ear_sigma_s,
		double open_s) TANDEM_RT;

/* Keeps only the later half: what came before belongs to another behaviour. */
void tandem_track_forget(struct tandem_track *t) TANDEM_RT;

#endif
