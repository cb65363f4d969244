/* SPDX-License-Identifier: MIT
 *
 * Learnt: what Tandem has found out about the clocks of the boxes, across restarts: per
 * device and codec, a line each in <group>.clocks (module/memory.h):
 *
 *     00:11:22:33:44:55 sbc on=2026-11-26 class=free drift-ppm=12.5 drift-sigma-ppm=0.2 ...
 *
 *     attach <--find-- [ lines ] <--put-- learnt (tandem.h)
 *
 * The names are those of struct tandem_memory (clock/memory.h), with units. A file that is
 * damaged is set aside and told; nothing in it is trusted blindly (tandem_clock_recall).
 * Thread: main.
 */
#ifndef TANDEM_MODULE_LEARNT_H
#define TANDEM_MODULE_LEARNT_H

#include "clock/memory.h"
#include "settings.h"

#define TANDEM_LEARNT_KIND "clocks"
#define TANDEM_MAX_LEARNT 64 /* the least recent goes; chosen */

struct tandem_learnt_clock {
	char address[18];
	char codec[8]; /* "sbc" */
	char on[11];   /* the day it was last learnt: "2026-11-26" */
	struct tandem_memory memory;
};

struct tandem_learnt {
	char group[64];
	struct tandem_learnt_clock clocks[TANDEM_MAX_LEARNT]; /* the latest last */
	uint32_t n;
	bool dirty; /* differs from the file */
};

/* Reads the group's file. What is wrong is told; l is empty then. */
void tandem_learnt_init(struct tandem_learnt *l, const char *group,
		struct tandem_mistakes *told);

/* NULL: nothing is known. Valid until the next put(). */
const struct tandem_memory *tandem_learnt_find(const struct tandem_learnt *l,
		const char *address, const char *codec);

/* Keeps it and writes the file, when it says anything new. on: the day. 0 or a negative
 * errno: it is kept until the end, and the next call writes it. */
TANDEM_CHECK int tandem_learnt_put(struct tandem_learnt *l, const char *address,
		const char *codec, const char *on, const struct tandem_memory *memory);

#endif
