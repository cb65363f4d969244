/* SPDX-License-Identifier: MIT
 *
 * Pair: the real sending side, whole, before two boxes of tools/speaker, in virtual time.
 *
 *   graph --> group --> speaker --packets--> box --> the air: what was heard when
 *               ^---------- reports, microphone ------'
 *
 * Nothing is encoded: a packet carries its frames' number, and the box plays the samples of
 * that number. What the boxes play is brought back to the graph's time by where the
 * speaker's content stood, never by what the clock believes.
 */
#ifndef TANDEM_TESTS_WHOLE_PAIR_H
#define TANDEM_TESTS_WHOLE_PAIR_H

#include "fm.h"
#include "spa/group.h"
#include "tools/speaker/model.h"

#define PAIR_BINS_PER_S 10
#define PAIR_MAX_S 1300
#define PAIR_BINS (PAIR_BINS_PER_S * PAIR_MAX_S)

/* What the boxes say of themselves, as tandem-speaker does. */
enum pair_reports { PAIR_SILENT, PAIR_STATIC, PAIR_DYNAMIC };

struct pair_config {
	struct tandem_box_config box[2];
	enum pair_reports reports;
	double bias_s[2]; /* what a report adds to the truth */
	double ear_s;     /* a microphone hears so often, sigma 40 us; 0: never */
	double ear_until_s;
	double ear_old_s; /* how old that is when it is told; < ear_s */
	const struct tandem_memory *memory[2]; /* NULL: none */
	double tone_hz;                        /* what the graph plays; 0: silence */
	double tone_fm_ppm; /* peak of its own frequency modulation, 0.5 Hz */
	/* The link holds that many packets, the next waits with us; 0: there is no link. A
	 * box that holds full_s lets no more in. A radio that is bad takes jam_s for a
	 * packet: mean of the half of a normal distribution, times 1.25. 0: neither. */
	uint32_t link_packets;
	double full_s;
	double jam_s;
	/* Of the planned bytes the link of a side carries so many from crowd_from_s to
	 * crowd_to_s on the host's clock, and says how many packets it holds; 1: all, 0: it
	 * is dead. Both 0: as above, and it says nothing. */
	double crowd[2];
	double crowd_from_s, crowd_to_s;
};

struct pair;

/* The caller frees it with tandem_pair_free(). */
struct pair *tandem_pair_new(const struct pair_config *config);
void tandem_pair_free(struct pair *p);

/* All times in s from the first packet's start. */
void tandem_pair_run(struct pair *p, double length_s);

/* Of the difference in when both play the same instant, left less right, over [from_s,
 * to_s): means of 0.1 s, in ms. */
struct pair_skew {
	double mean_ms, std_ms, max_ms; /* max about the mean */
	uint32_t bins, missing;         /* missing: one of them was silent */
};
struct pair_skew tandem_pair_skew(const struct pair *p, double from_s, double to_s);
/* Of one box: from the graph to the air, mean, s. */
double tandem_pair_latency_s(const struct pair *p, int side, double from_s, double to_s);

struct tandem_clock_state tandem_pair_state(const struct pair *p, int side);
struct tandem_memory tandem_pair_memory(const struct pair *p, int side);
/* Of the tone, as one box plays it into the host's time. */
struct fm_moves tandem_pair_fm(const struct pair *p, int side, double from_s, double to_s);
struct tandem_speaker_stats tandem_pair_stats(const struct pair *p, int side);
uint32_t tandem_pair_underruns(const struct pair *p, int side);
/* On the host's clock, since the first packet's start; 0: not yet. */
double tandem_pair_time_s(const struct pair *p);

#endif
