/* SPDX-License-Identifier: MIT
 *
 * The bench: what it measures, and where that goes.
 *
 *   speed.c  ns per frame and the cost of a change of ratio, in rounds over all peers
 *   tones.c  what a peer adds to a tone and takes from it, at standing and moving ratios
 *   path.c   our own path, stage by stage, for 2 to 7 speakers
 *   report.c all of it as JSON
 */
#ifndef TANDEM_BENCH_BENCH_H
#define TANDEM_BENCH_BENCH_H

#include "peer.h"

#define BENCH_MAX_PEERS 24

/* Figures of one peer. NAN: not measured, or it cannot. +100 ppm: 1.0001 output frames per
 * input frame. */
enum {
	BENCH_MONO_NS,  /* per frame, 48 kHz, +100 ppm, ratio set every 256 frames */
	BENCH_MINUS_NS, /* likewise, -100 ppm */
	BENCH_STEREO_NS,
	BENCH_RATES_NS,   /* mono, 48 to 44.1 kHz, +100 ppm */
	BENCH_CHANGE_US,  /* set to another ratio, and what the next block costs more */
	BENCH_REST_1K_DB, /* all but the tone, 48 kHz, +100 ppm */
	BENCH_REST_15K_DB,
	BENCH_REST_18K_DB,
	BENCH_REST_20K_DB,
	BENCH_GAIN_20K_DB,
	BENCH_RATIO_PPM, /* made against wanted */
	BENCH_SWAY_DB,   /* 18 kHz: ratio +-20 ppm as a sine of 0.1 Hz */
	BENCH_TOUCH_DB,  /* 18 kHz: from 1 to 1 + 3 ppm and back, twice a second */
	BENCH_N_FIGURES,
};

struct bench_result {
	const struct bench_peer *peer;
	double figures[BENCH_N_FIGURES];
};

/* ns per frame and speaker of each stage. */
enum { BENCH_SPLIT, BENCH_RESAMPLE, BENCH_ENCODE, BENCH_PACKET, BENCH_N_STAGES };
#define BENCH_MIN_SPEAKERS 2
#define BENCH_MAX_SPEAKERS 7

struct bench_path {
	double stages_ns[BENCH_MAX_SPEAKERS + 1][BENCH_N_STAGES]; /* [speakers] */
};

/* A result's peer is set; the others are added to it. The least of the rounds counts. */
void tandem_bench_speed(struct bench_result *results, uint32_t n, uint32_t rounds);
void tandem_bench_tones(struct bench_result *result);
void tandem_bench_path(struct bench_path *path, uint32_t rounds);

/* "peers" and "path" of the JSON, to standard output. */
void tandem_bench_report(const struct bench_result *results, uint32_t n,
		const struct bench_path *path);

#endif
