/* SPDX-License-Identifier: MIT
 *
 * World: a group in virtual time, with a simulated graph that plays a tone, transports
 * that note when each packet left, and decoders that tell what was in it.
 */
#ifndef TANDEM_TESTS_WORLD_H
#define TANDEM_TESTS_WORLD_H

#include <sbc/sbc.h>

#include "group.h"

#define WORLD_MAX_PACKETS 8192
#define WORLD_TONE_HZ 997.0
#define WORLD_SBC_DELAY 73 /* frames of libsbc, both ways */
/* From the graph to a speaker whose class is not known, besides its latency. */
#define WORLD_FIRST_S (TANDEM_MARGIN_S + TANDEM_ALIGN_SPARE_S)

struct air { /* first member: the transport */
	struct tandem_transport transport;
	int64_t *now_ns;
	int64_t sent_ns[WORLD_MAX_PACKETS];
	uint32_t n_packets;
	int16_t last_sequence;
	uint32_t last_bytes;  /* of the packet */
	uint8_t last_bitpool; /* as its last frame's header says */
	bool full;            /* refuses */
	bool tells;           /* what is on its way: what was sent in the last link_s */
	double link_s;
	bool gone;
	int *freed;
	/* what was heard, one channel, from the first frame on */
	sbc_t sbc;
	float *pcm;
	uint32_t n_pcm;
};

struct world {
	struct tandem_group group;
	int64_t now_ns;
	int64_t cycle_ns; /* of the graph, exact: started at cycle0_ns */
	int64_t cycle0_ns;
	uint64_t cycles;
	uint32_t quantum;
	uint32_t rate_hz;
	double driver_ppm;
	double tone_hz[2]; /* of the programme's channels, amplitude 0.5 */
	struct tandem_speaker_config preset; /* trim, drift, bitpool of who is added next */
	int64_t late_ns;                     /* from a cycle's begin to the data */
	int64_t wake_ns;
	bool stalled; /* the graph delivers nothing */
	struct air *air[2];
	int freed;
	int64_t worst_backlog; /* frames due but not sent */
};

void tandem_world_init(struct world *w, uint32_t rate_hz, uint32_t quantum);
void tandem_world_finish(struct world *w);

/* A box with one channel, that of its slot; joint stereo, bitpool 53, at the rate of the
 * configuration's bit (0x10: 48 kHz, 0x20: 44.1 kHz). */
struct tandem_speaker *tandem_world_add_speaker(struct world *w, uint32_t slot,
		uint8_t rate_bit);

/* A delay report of that box, now. */
void tandem_world_report(struct world *w, uint32_t slot, double delay_s);

void tandem_world_run(struct world *w, double seconds);
/* Nothing runs for so long: neither graph nor group. */
void tandem_world_stop(struct world *w, double seconds);

/* How late, in s and modulo one period of the tone, frame `at` is heard against where the
 * graph had it, for a box of delay 0. */
double tandem_world_lateness_s(const struct world *w, uint32_t slot, double codec_hz,
		uint32_t at);
double tandem_world_distance_s(double a, double b); /* modulo one period */

#endif
