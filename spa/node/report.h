/* SPDX-License-Identifier: MIT
 *
 * Report: what the data loop knows, on its way to main by the ring.
 */
#ifndef TANDEM_NODE_REPORT_H
#define TANDEM_NODE_REPORT_H

#include "group.h"

struct tandem_report {
	bool driving;
	uint32_t quantum;
	uint64_t missing_frames;
	double latency_s;
	double share; /* of the planned bytes, for all */
	int64_t host_ns;
	uint32_t present; /* bit mask of slots */
	struct tandem_speaker_stats speakers[TANDEM_MAX_SPEAKERS];
	struct tandem_clock_state clocks[TANDEM_MAX_SPEAKERS];
	struct tandem_memory memories[TANDEM_MAX_SPEAKERS];
	struct tandem_seen seen[TANDEM_MAX_SPEAKERS];
	const char *plays[TANDEM_MAX_SPEAKERS]; /* constant text, also of the absent */
	uint32_t swaps;                         /* of speakers, until then */
};

#endif
