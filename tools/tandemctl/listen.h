/* SPDX-License-Identifier: MIT
 *
 * Listen: what a sink plays and what a microphone hears of it, in the same graph cycle.
 *
 *   sink ~ monitor FL, FR --+                        data loop
 *                           +--> one node --> ring --> main: block, block, ...
 *   microphone -------------+
 *
 * One node takes both, so PipeWire runs both by one clock and a frame has the same number
 * in either: the distance between a sound in the monitor and the same sound at the
 * microphone is what Tandem calls "late" (base/heard.h), at the graph's rate, whatever
 * clock the microphone has; but for two delays that a block tells. What the microphone
 * itself adds is one. The other is the monitor's: a sink that drives the graph is run last
 * in a cycle, so what it played is handed on at the start of the next one (PipeWire 0.3.65
 * to 1.6: impl-node.c, node_ready()).
 *
 *   blocks   follow each other without a hole. Cycles that a busy computer has missed are
 *            silence in both, up to half a second. After more, or after another clock or
 *            microphone, the next block is fresh: frames begin at 0 again, and what was
 *            learnt of earlier frames must not be joined to it
 *   links    are made here, to the first port of the microphone, and made again when sink
 *            or microphone come back. They end with this process, however it ends
 *
 * The links do not keep the sink awake: while nobody plays, there are no blocks.
 * Thread: main, the client's loop.
 */
#ifndef TANDEM_TOOLS_LISTEN_H
#define TANDEM_TOOLS_LISTEN_H

#include <stdbool.h>

#include "base/settings.h"
#include "source.h"

struct tandem_client;
struct tandem_listen;

struct tandem_block {     /* borrowed for the call */
	uint64_t frame;   /* of the first one here, counted from the last fresh block */
	int64_t cycle_ns; /* CLOCK_MONOTONIC: when that frame was due in the graph */
	uint32_t rate_hz;
	uint32_t frames;
	bool fresh; /* the first one, or much is missing before it; frame is 0 */
	const float *monitor[TANDEM_SINK_CHANNELS];
	const float *mic; /* NULL: CLOSED */
	double mic_own_s; /* what the microphone adds, as it says (mic.h); 0: nothing */
	uint32_t monitor_late_frames; /* behind its place in the sink's cycle */
};

enum tandem_listen_state {
	TANDEM_LISTEN_LOOKS,     /* for what is in the graph, at first */
	TANDEM_LISTEN_NO_SINK,   /* it is not there, or not any more */
	TANDEM_LISTEN_NO_SOURCE, /* why: choice.verdict */
	TANDEM_LISTEN_CLOSED, /* by tandem_listen_open(l, false); blocks without mic come */
	TANDEM_LISTEN_WAITS,  /* linked, and no cycle yet: nobody plays */
	TANDEM_LISTEN_HEARS,  /* blocks come */
	TANDEM_LISTEN_BROKEN, /* PipeWire has refused; see why */
};

struct tandem_listen_news {
	enum tandem_listen_state state;
	enum tandem_source_verdict verdict;
	struct tandem_source source; /* that listens, or did last; name "": none yet */
	const char *why;             /* BROKEN: in PipeWire's words, else "" */
};

struct tandem_listen_events {
	void (*block)(void *data, const struct tandem_block *b);
	/* The state, or who listens, is another. Not from within is it to be freed. */
	void (*news)(void *data, const struct tandem_listen_news *news);
};

/* sink: its node name. source: likewise, or as people call it; NULL: the best there is
 * (source.h). Client, strings and events are borrowed until free. Sets *ret_listen, which
 * the caller frees before the client; untouched on failure. 0, -ENOMEM or another negative
 * errno of PipeWire. */
int tandem_listen_new(struct tandem_listen **ret_listen, struct tandem_client *client,
		const char *sink, const char *source,
		const struct tandem_listen_events *events, void *data) TANDEM_CHECK;
void tandem_listen_free(struct tandem_listen *l); /* NULL is fine */

/* Whether the microphone is to be open; it is from the start. While it is not, what plays
 * is still told. */
void tandem_listen_open(struct tandem_listen *l, bool open);

#endif
