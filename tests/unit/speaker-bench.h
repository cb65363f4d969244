/* SPDX-License-Identifier: MIT
 *
 * Bench: a box in virtual time with an even sender before it, and what came out of it.
 * Latency is computed here, from when a frame was sent and when `play` said it left.
 */
#ifndef TANDEM_TESTS_SPEAKER_BENCH_H
#define TANDEM_TESTS_SPEAKER_BENCH_H

#include <stddef.h>

#include "tools/speaker/model.h"

#define RATE_HZ 48000.0
#define PACKET 640u /* frames, as five SBC frames in 672 bytes */
#define PERIOD_S (PACKET / RATE_HZ)
#define MAX_EVENTS 64

struct bench {
	struct tandem_box box;
	double sent_s;    /* when frame 0 of the content arrived */
	double taken;     /* frames played or dropped so far */
	double last_to_s; /* end of the last stretch */
	double latency_s; /* of the last frame that left */
	double silence_s; /* between stretches, all in all */
	double from_s;    /* statistics of the latency begin here */
	double sum, squares, n, min, max;
	double max_ppm, min_ppm; /* of the pace of what leaves, against nominal */
	struct {
		enum tandem_box_event event;
		double at_s, value;
	} events[MAX_EVENTS];
	size_t events_len; /* the first ones are kept */
	size_t counts[TANDEM_BOX_STOP + 1];
};

/* Frame 0 will be sent at 1 s; change sent_s for another instant. */
void tandem_bench_set_up(struct bench *b, const struct tandem_box_config *config);
/* Statistics start over at from_s. */
void tandem_bench_measure_from(struct bench *b, double from_s);
/* Packet k of an even sender at pace 1. */
void tandem_bench_send_packet(struct bench *b, int k, double late_s);
int tandem_bench_packets_in(double seconds);

#endif
