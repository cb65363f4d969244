/* SPDX-License-Identifier: MIT
 *
 * Box: the plant. A speaker in virtual time, by the packet: radio, jitter buffer, rate
 * loop, DAC and the delay behind it. tools/speaker/model has the same in 32-frame steps
 * for real time; this one does an hour in milliseconds.
 *
 *   sent --air--> [ fifo ] --(1 + loop)(1 + DAC)--> hidden --> the air
 *
 * Times in s of the host's clock. It counts packets and parts of them, never samples.
 */
#ifndef TANDEM_TESTS_SIM_BOX_H
#define TANDEM_TESTS_SIM_BOX_H

#include <stdbool.h>

#include "base/random.h"

#define SIM_FIFO 128

enum sim_type {
	SIM_T1_FAST, /* PI loop, 1 s */
	SIM_T1_SLOW, /* 10 s */
	SIM_T1_LAZY, /* 60 s, and starts far from where it settles */
	SIM_BAND,    /* dead zone: free inside, a jump of rate outside */
	SIM_T2,      /* free */
};

struct sim_box {
	/* drawn */
	enum sim_type type;
	double air_s, hidden_s, fill_s;
	double drift, warmup, thermal_phase; /* the first two: ratios */
	double bias_s;                       /* of its reports */
	/* radio */
	struct tandem_random radio;
	double last_arrival_s;
	double stall_at_s, stall_until_s;
	double scale; /* of jitter and stalls */
	/* under way and in the fifo */
	struct {
		int64_t packet;
		double at_s;
	} fifo[SIM_FIFO];
	uint32_t head, n_in, n_way; /* n_in have arrived; n_way more are under way */
	/* player */
	struct tandem_random chance;
	double now_s;
	bool playing;
	double play_at_s; /* while filling */
	double began_s;   /* level with which it began to play, and a packet */
	double part;      /* of the head packet that is played */
	double loop;      /* rate added by the loop */
	double integral;
	double dac; /* rate of the DAC, less 1, now */
	double wander, aged_s;
	double step_at_s, step_s; /* once, the latency jumps by hand of the scenario */
	/* what happened */
	uint64_t rebuffers, edges;
	double edge_s; /* of packets in a row beyond the edge */
};

void tandem_sim_box_init(struct sim_box *b, enum sim_type type, uint64_t seed, int which);

/* Packets in order; sent_s does not go back. */
void tandem_sim_box_send(struct sim_box *b, int64_t packet, double sent_s);

/* What is at the air at t, which does not go back: packet, part of it; false: silence. */
bool tandem_sim_box_hear(struct sim_box *b, double t_s, int64_t *ret_packet,
		double *ret_part);

/* In the buffer, s of sound. */
double tandem_sim_box_level_s(const struct sim_box *b);

#endif
