/* SPDX-License-Identifier: MIT
 *
 * Change: a live setting, set, and waited for until the status shows it or says why not.
 *
 *     key = value --> Tandem --> rows: the value       done
 *                                tandem.mistakes       refused, in Tandem's own words
 *
 * Thread: main.
 */
#ifndef TANDEM_TOOLS_CHANGE_H
#define TANDEM_TOOLS_CHANGE_H

#include "client.h"

/* key: "tandem.swap", "speaker.left.gain-db"; value: as tandem.conf(5) has it. Returns
 * TANDEM_CTL_DONE, or TANDEM_CTL_FAILED, and has said why. What Tandem thinks amiss of the
 * new settings together is said, too, and is no failure. */
TANDEM_CHECK int tandem_change_make(struct tandem_client *c,
		const struct tandem_client_node *sink, const char *key, const char *value);

#endif
