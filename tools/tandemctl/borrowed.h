/* SPDX-License-Identifier: MIT
 *
 * Borrowed: settings of one Tandem sink that a command changes for a while.
 *
 *     set (what it was is noted, once per key) ---> put_back, or keep
 *
 * What fails has been said. Thread: main.
 */
#ifndef TANDEM_TOOLS_BORROWED_H
#define TANDEM_TOOLS_BORROWED_H

#include "client.h"

#define TANDEM_MAX_BORROWED (TANDEM_MAX_SPEAKERS + 2)

struct tandem_borrowed { /* zeroed but for the first two: nothing is borrowed */
	struct tandem_client *client;
	uint32_t id; /* of the sink */
	struct {
		char *key, *value;
	} of[TANDEM_MAX_BORROWED];
	uint32_t n;
};

/* Nothing is done where the value is that already, or the sink has no such row. Returns
 * TANDEM_CTL_DONE or FAILED. */
TANDEM_CHECK int tandem_borrowed_set(struct tandem_borrowed *b, const char *key,
		const char *value);

/* All of them, the latest first. DONE, also when the sink has gone, or FAILED: what could
 * not be put back is said with what it should be. Nothing is borrowed then. */
int tandem_borrowed_put_back(struct tandem_borrowed *b);
/* They stay as they are. */
void tandem_borrowed_keep(struct tandem_borrowed *b);

#endif
