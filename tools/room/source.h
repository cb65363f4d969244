/* SPDX-License-Identifier: MIT
 *
 * Source: the simulated microphone as a node of PipeWire's graph, media.class Audio/Source,
 * one channel, 48 kHz.
 *
 *   mix (microphone's clock) --> stream --> adapter's resampler --> graph (driver's clock)
 *                                  ^              | rate
 *                                  +--- loop -----+
 *
 * It follows the graph's driver as a sound card's node does that is not the driver itself:
 * what the microphone has captured by the time of a cycle, less latency_s, is what the
 * cycle should begin with; how far it is from there goes through PipeWire's delay-locked
 * loop (spa/utils/dll.h), which moves the adapter's resampler. So a clock mic_ppm fast
 * shows in the graph as real hardware's does: the first seconds wander while it learns.
 *
 * With `leads` it is the driver (lead.h), and there is nothing to match. Either way what
 * comes out of its port was in the air latency_s ago, and the port's Latency param says so.
 *
 * The data loop reads recordings out of the page cache and convolves them there: late or
 * never, nothing of Tandem's waits for it.
 */
#ifndef TANDEM_ROOM_SOURCE_H
#define TANDEM_ROOM_SOURCE_H

#include <pipewire/pipewire.h>
#include <spa/node/io.h>
#include <spa/utils/dll.h>

#include "lead.h"
#include "mix.h"

struct tandem_source {
	/* constant while the stream runs */
	struct tandem_mix *mix; /* the data loop's */
	int64_t t0_ns;          /* host frame 0 */
	double latency_s;       /* of the microphone: what comes out was in the air then */
	double frames_per_ns;   /* of the microphone's clock */
	bool leads;             /* would drive the graph */
	bool is_untold;         /* says nothing of latency_s */
	void (*ended)(void *data, const char *why); /* main loop: the stream is in error */
	void *data;

	struct pw_stream *stream;
	struct spa_hook listener;
	struct tandem_lead lead;

	/* data loop */
	const struct spa_io_position *position;
	struct spa_io_rate_match *rate_match;
	struct spa_dll dll;
	bool running;
	int64_t begin_ns; /* when the first frame was in the air */
	int64_t taken;    /* frames since */
	double settled_s; /* since the loop's band was last narrowed */
};

/* mix, t0_ns, latency_s, leads, is_untold, ended and data are set. Connects a node of that
 * name. Returns 0 or a negative errno. Main loop. */
TANDEM_CHECK int tandem_source_init(struct tandem_source *s, struct pw_core *core,
		const char *name, double mic_ppm);
void tandem_source_finish(struct tandem_source *s);

#endif
