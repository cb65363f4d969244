/* SPDX-License-Identifier: MIT
 *
 * Log: observations as module/observations and tandem-sim --record write them, read back.
 */
#ifndef TANDEM_TESTS_SIM_LOG_H
#define TANDEM_TESTS_SIM_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include "clock/observe.h"

struct sim_log {
	FILE *file;
	const char *name;
	unsigned line;
	uint64_t lost; /* observations, as the log says */
};

/* The next observation. 1, 0: the end; -1: the log is damaged, and standard error has been
 * told in which line, and what it is. */
int tandem_sim_log_next(struct sim_log *l, struct tandem_observation *ret_o);

#endif
