/* SPDX-License-Identifier: MIT
 *
 * Side: what spa/speaker.c does with a clock, with the path as a counter.
 *
 *   steer, once per block --> media position += step --> packets with a record each
 *
 * The position advances by the very step that the servo set. The record of a packet says
 * which media instant each of its blocks begins with, so that what is heard can be looked
 * up. Media time is the host's time: the graph's own line is another subject.
 */
#ifndef TANDEM_TESTS_SIM_SIDE_H
#define TANDEM_TESTS_SIM_SIDE_H

#include "clock/clock.h"
#include "clock/pace.h"

#define SIM_RECORDS 256
#define SIM_PACKET_BLOCKS 8

struct sim_block {
	double due_s, due_step;     /* of its first frame; per nominal s */
	double media_s, media_step; /* likewise */
	double late_s;              /* as stated when it was made */
};

struct sim_side {
	struct tandem_clock clock;
	struct tandem_pace pace;
	uint64_t frame;      /* made */
	long double media_s; /* position */
	int64_t packets;
	struct sim_block records[SIM_RECORDS][SIM_PACKET_BLOCKS];
	/* of the last packet, for pitch and limits */
	double content_v, pace_rho;
	double worst_slew; /* ppm per s */
	double worst_pace; /* ppm */
	/* the same again, without rounding: 2^-80 s */
	__int128 exact_media, exact_due;
	double worst_phase_s;
};

void tandem_sim_side_init(struct sim_side *s, double start_s);

/* When the next packet is complete, s. */
double tandem_sim_side_next_s(const struct sim_side *s);

/* What the group says: of struct tandem_place. */
struct sim_group_word {
	double common_s;
	bool silent, at_once;
};

/* Makes one packet; returns its number. */
int64_t tandem_sim_side_make(struct sim_side *s, const struct sim_group_word *word);

/* Due time and media instant of what is at the air; false: too long ago. */
bool tandem_sim_side_find(const struct sim_side *s, int64_t packet, double part,
		double *ret_due_s, double *ret_media_s, double *ret_late_s);

/* Worst difference so far between the counters and exact arithmetic, s. */
double tandem_sim_side_phase_error_s(const struct sim_side *s);

#endif
