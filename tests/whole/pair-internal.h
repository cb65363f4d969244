/* SPDX-License-Identifier: MIT
 *
 * What a pair is made of, for the files that make it: pair.c (the graph, the group, the
 * figures) and pair-side.c (one box and the link to it).
 */
#ifndef TANDEM_TESTS_WHOLE_PAIR_INTERNAL_H
#define TANDEM_TESTS_WHOLE_PAIR_INTERNAL_H

#include "counter.h"
#include "fm.h"
#include "pair.h"
#include "spa/speaker-internal.h"

#define RATE 48000.0
#define QUANTUM 1024
#define BEGIN_NS (5 * TANDEM_NS_PER_S)
#define MARKS 1024 /* 2.7 s of blocks: more than is on its way */
#define MOST_LINK 8

/* When so much was made the content stood at this graph frame. */
struct mark {
	uint64_t codec_frame;
	double graph_frame;
};

struct side {
	struct tandem_transport transport; /* first */
	struct pair *pair;
	struct tandem_box box;
	struct tandem_speaker *speaker; /* the group's */
	struct mark marks[MARKS];
	uint64_t n_marks;
	/* packets, by the codec frame after their last one: handed over, waiting in the
	 * link; what the box has got of them */
	uint64_t link[MOST_LINK];
	uint32_t n_link;
	double jammed_s; /* until then */
	double carried;  /* bytes, of the first that waits */
	double link_s;   /* when that was, the last time */
	uint32_t link_bytes[MOST_LINK];
	uint64_t got[MARKS];
	uint64_t n_got;
	double played;                 /* frames heard or dropped of what it got */
	double last_late_s, last_at_s; /* of the latest stretch */
	struct fm *fm;                 /* NULL: no tone */
	double report_s, ear_s;        /* when the next is due */
	double ear_at_s, ear_late_s;   /* heard, and not told yet; 0: nothing */
	uint32_t underruns;
	float late_s[PAIR_BINS]; /* from the graph to the air */
	uint32_t in_bin[PAIR_BINS];
};

struct pair {
	struct pair_config config;
	struct tandem_group group;
	struct side sides[2];
	int64_t now_ns;
	int64_t wake_ns;
	int64_t started_ns; /* 0: not yet */
	uint64_t cycles;
	double tone_turns; /* phase of the tone's next frame */
	float planes[2][QUANTUM];
};

static inline double seconds(int64_t ns)
{
	return (double)ns / (double)TANDEM_NS_PER_S;
}

extern const struct tandem_box_ops tandem_pair_box_ops;
extern const struct tandem_transport_ops tandem_pair_transport_ops;

/* Notes how much was made, and of what. */
void tandem_pair_mark(struct side *s);
/* What the box has room for, and the radio brings over, leaves the link. */
void tandem_pair_run_link(struct side *s);

#endif
