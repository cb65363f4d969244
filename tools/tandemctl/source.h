/* SPDX-License-Identifier: MIT
 *
 * Source: which microphone listens, and which could not be meant. Pure, but for what
 * gathers them.
 *
 *   named by --source --> that one, whatever it is, if it can be recorded from
 *   else the default one, if it is a microphone as it is: sound that other software has
 *   changed (echo cancellers, filters, loopbacks) has lost what is to be measured
 *   else the first such one, by the session manager's priority
 *
 * The microphone of a Bluetooth headset is never taken unasked: opening it ends the music
 * on that headset (HFP instead of A2DP), and what it hears is cut off above 4 or 8 kHz.
 */
#ifndef TANDEM_TOOLS_SOURCE_H
#define TANDEM_TOOLS_SOURCE_H

#include <stdbool.h>

#include "base/units.h"

#define TANDEM_MAX_SOURCES 64 /* chosen: a studio has half as many */

struct tandem_source {
	uint32_t id;           /* of the node */
	char name[128];        /* node.name */
	char description[128]; /* what people call it; the name where there is none */
	int32_t priority;      /* priority.session */
	bool is_sink;          /* what comes out of it is what it plays */
	bool is_virtual;       /* other software makes the sound */
	bool is_bluetooth;
};

enum tandem_source_verdict {
	TANDEM_SOURCE_GOOD,
	TANDEM_SOURCE_NONE,    /* no microphone at all */
	TANDEM_SOURCE_UNKNOWN, /* none of that name */
	TANDEM_SOURCE_SINK,    /* that name is an output */
	TANDEM_SOURCE_WARY, /* good, but it is a Bluetooth microphone, or not a plain one */
};

struct tandem_source_choice {
	enum tandem_source_verdict verdict;
	const struct tandem_source *source; /* GOOD, WARY */
};

struct tandem_client;

/* All there is; sinks, too, so that who names one is told so. Returns how many. */
uint32_t tandem_source_gather(struct tandem_source all[TANDEM_MAX_SOURCES],
		const struct tandem_client *c);

/* It is one that may be taken unasked. */
bool tandem_source_is_plain(const struct tandem_source *s);

/* named: by name or description; NULL: not given. by_default: name of the default one, or
 * "". */
struct tandem_source_choice tandem_source_choose(const struct tandem_source all[],
		uint32_t n, const char *named, const char *by_default);

#endif
