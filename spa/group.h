/* SPDX-License-Identifier: MIT
 *
 * Group: the speakers behind one sink. A cycle of the graph is written once; every
 * speaker reads it at its own time.
 *
 *   graph --write--> delay line, timeline <--run-- speaker, speaker, ...
 *
 * Start barrier: speakers that are in place wait, silent, until all that are expected
 * are there, 3 s at most; then the same instant is frame 0 of all of them.
 * Fold: while somebody is away the others play its channels, too (fold.h): from the next
 * packet on after it has gone, until it is heard again, past its silence.
 * Air: when the queue of one stays long all of them send less (air.h).
 * Thread: init and finish on main, the rest on the data loop.
 */
#ifndef TANDEM_GROUP_H
#define TANDEM_GROUP_H

#include "air.h"
#include "clock/align.h"
#include "speaker.h"

struct tandem_group {
	/* constant after init */
	uint32_t channels;
	/* data loop */
	struct tandem_delayline line;
	struct tandem_timeline timeline;
	struct tandem_align align;
	struct tandem_air air;
	uint64_t seen_queues[TANDEM_MAX_SPEAKERS]; /* number of the latest that air has */
	struct tandem_speaker *speakers[TANDEM_MAX_SPEAKERS]; /* NULL: nobody */
	uint32_t expected;                                    /* bit mask of slots */
	int64_t barrier_ns; /* when the first one began to wait; 0: nobody waits */
	bool flowing;       /* the graph delivers cycles */
	int64_t start_ns[TANDEM_MAX_SPEAKERS];         /* of who sits there; 0: not yet */
	struct tandem_mix mixes[TANDEM_MAX_SPEAKERS];  /* as set, whoever is there */
	struct tandem_mix played[TANDEM_MAX_SPEAKERS]; /* by those who are there */
	struct tandem_presence {                       /* bit masks of slots */
		uint32_t attached;                     /* and not broken */
		uint32_t heard;  /* and who started together with one that is */
	} presence;              /* as the mixes in `played` take it */
	uint32_t folds;          /* how often these have changed by themselves */
	uint64_t missing_frames; /* graph frames that never came, now silence */
};

/* channels: 1 to TANDEM_MAX_CHANNELS; rate_hz: 44100 or 48000. 0 or -ENOMEM. */
int tandem_group_init(struct tandem_group *g, uint32_t channels,
		uint32_t rate_hz) TANDEM_CHECK;
/* Asserts that every speaker was taken out before. A zeroed group is fine. */
void tandem_group_finish(struct tandem_group *g);

/* The graph's rate changed: the line starts anew. */
void tandem_group_set_rate(struct tandem_group *g, uint32_t rate_hz) TANDEM_RT;
/* The graph starts or stops to deliver. */
void tandem_group_set_flowing(struct tandem_group *g, bool flowing) TANDEM_RT;

/* Puts speaker (NULL: nobody) into the slot; returns who sat there, for the caller. */
struct tandem_speaker *tandem_group_set_speaker(struct tandem_group *g, uint32_t slot,
		struct tandem_speaker *speaker) TANDEM_RT;
void tandem_group_set_expected(struct tandem_group *g, uint32_t slots) TANDEM_RT;
/* Something seen of the speaker in the slot: as in speaker.h; nobody there: passed. */
enum tandem_guarded tandem_group_observe(struct tandem_group *g, uint32_t slot,
		const struct tandem_observation *o, int64_t now_ns) TANDEM_RT;

/* What the slot plays when all are there, kept also while nobody is in it: the others must
 * know what they miss. A speaker that is put into the slot comes with it. */
void tandem_group_set_mix(struct tandem_group *g, uint32_t slot,
		const struct tandem_mix *mix) TANDEM_RT;
/* What it plays now; of an empty slot, what was set. */
struct tandem_mix tandem_group_mix(const struct tandem_group *g, uint32_t slot) TANDEM_RT;

/* Changes by hand of the speaker in the slot, each as in speaker.h; nobody there: nothing
 * happens. A trim moves only the one speaker, as long as nobody has to wait for it longer
 * than before. */
void tandem_group_set_trim(struct tandem_group *g, uint32_t slot, double trim_s,
		int64_t now_ns) TANDEM_RT;
void tandem_group_set_drift(struct tandem_group *g, uint32_t slot, double drift_ppm,
		int64_t now_ns) TANDEM_RT;
/* Returns the bitpool in use, 0: none. */
uint32_t tandem_group_set_wish(struct tandem_group *g, uint32_t slot,
		const struct tandem_codec_wish *wish) TANDEM_RT;

/* The common delay, s, never exceeds it: a slower speaker then plays late
 * (tandem_speaker_stats.late_s). 0: no limit. */
void tandem_group_set_max_latency(struct tandem_group *g, double max_latency_s) TANDEM_RT;

/* A cycle that begins at cycle_ns: in[channels][frames]. rate_diff: the driver's clock
 * against CLOCK_MONOTONIC. */
void tandem_group_write(struct tandem_group *g, int64_t cycle_ns, double rate_diff,
		const float *const in[], uint32_t frames) TANDEM_RT;

/* Sends what is due. Returns when to be called again, or TANDEM_NEVER_NS. */
int64_t tandem_group_run(struct tandem_group *g, int64_t now_ns) TANDEM_RT;

/* Of the planned bytes, what all are to send: each does from its next packet on. */
double tandem_group_share(const struct tandem_group *g) TANDEM_RT;

/* From a frame's place in its cycle to the air, s. */
double tandem_group_latency_s(const struct tandem_group *g) TANDEM_RT;

#endif
