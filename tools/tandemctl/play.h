/* SPDX-License-Identifier: MIT
 *
 * Play: a stream to one sink, filled by a callback.
 *
 *   fill(out[channels][frames]) ---> stream ---> sink      data loop
 *                                       |
 *                                     news ---> tell       main
 *
 * The stream asks for the session manager's link to that sink and to no other: when the
 * sink goes, it ends. What volume and target the desktop remembers of earlier streams does
 * not touch it. Frames are counted from the first that was ever asked for; where the
 * stream has the rate of the graph, a frame belongs to the cycle that the news name, which
 * is where the monitor of the sink has it, too.
 * Thread: main, PipeWire's loop of the core; fill alone is called on the data loop.
 */
#ifndef TANDEM_TOOLS_PLAY_H
#define TANDEM_TOOLS_PLAY_H

#include "base/units.h"

struct pw_core;
struct tandem_play;

/* Writes all of out[channels][frames], full scale +-1.0. No locks, no allocation. */
typedef void (*tandem_play_fill)(void *data, float *const out[], uint32_t channels,
		uint32_t frames);

struct tandem_play_sound {
	uint32_t channels; /* 1, or 2 for left and right */
	uint32_t rate_hz;
	tandem_play_fill fill;
	void *data;
};

enum tandem_play_state {
	TANDEM_PLAY_WAITS, /* nobody has asked for a frame yet */
	TANDEM_PLAY_RUNS,
	TANDEM_PLAY_ENDED, /* not by us: see why */
};

struct tandem_play_news {
	enum tandem_play_state state;
	uint64_t frame;   /* the first one that the latest cycle took */
	uint32_t frames;  /* that it took */
	int64_t cycle_ns; /* of that cycle, by the graph's clock; 0: it has none */
	const char *why;  /* what ended it, in PipeWire's words; "" before */
};

/* On main, after cycles; those that came meanwhile are told as one. */
typedef void (*tandem_play_tell)(void *data, const struct tandem_play_news *news);

/* sink: a node name. sound: for the call. Sets *ret_play, which the caller frees before the
 * core; untouched on failure. 0, -EINVAL, -ENOMEM or another negative errno of PipeWire. */
TANDEM_CHECK int tandem_play_new(struct tandem_play **ret_play, struct pw_core *core,
		const char *sink, const struct tandem_play_sound *sound);
/* Neither fill nor tell is called after it. NULL is fine. What the sink holds is played. */
void tandem_play_free(struct tandem_play *p);

/* tell NULL: nobody. Not from within tell is the stream to be freed. */
void tandem_play_watch(struct tandem_play *p, tandem_play_tell tell, void *data);
/* The latest; valid until the next event of the loop. */
const struct tandem_play_news *tandem_play_news(const struct tandem_play *p);

#endif
