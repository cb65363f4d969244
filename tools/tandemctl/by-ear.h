/* SPDX-License-Identifier: MIT
 *
 * tandemctl calibrate --by-ear: two speakers brought into time by a person's answers.
 *
 *     pair of clicks --> "which came first?" --> staircase (tools/ear) --> delay-ms
 *
 * One speaker plays left alone and one right alone meanwhile; all others are mute. Thread:
 * main.
 */
#ifndef TANDEM_TOOLS_BY_EAR_H
#define TANDEM_TOOLS_BY_EAR_H

#include <stdbool.h>

#include "base/units.h"

struct tandem_by_ear_options {
	const char *group; /* NULL: the only one */
	const char *who;   /* this one is moved; NULL: whichever needs to wait */
	bool json;         /* each pair and the result as an object, a line each */
};

/* Returns the exit status. Answers come from stdin. */
TANDEM_CHECK int tandem_by_ear(const struct tandem_by_ear_options *o);

#endif
