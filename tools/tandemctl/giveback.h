/* SPDX-License-Identifier: MIT
 *
 * Give back: after Tandem has ended, its speakers are connected without a stream, and fall
 * off some seconds later (seen with BlueZ 5.82). So they are connected anew, and the stream
 * is set up with whoever is there: the session manager.
 *
 *     members ---> Connected, no stream of ours or theirs ---> ConnectProfile, until there
 *     BlueZ (all of it, 10 times a second) -^                  is a stream
 *
 * Never paged is who was off all along, nor where nobody has an endpoint for music. One
 * call at a time per adapter: simultaneous ones fail. Thread: main, with GLib's default
 * context, which runs meanwhile.
 */
#ifndef TANDEM_TOOLS_GIVEBACK_H
#define TANDEM_TOOLS_GIVEBACK_H

#include "members.h"

struct tandem_giveback;

/* Looks once; members: for the call. NULL: there is no BlueZ to be asked. */
struct tandem_giveback *tandem_giveback_new(const struct tandem_members *members);

/* Until each member that was connected at any look has a stream, for ms at most. Calls
 * said(data, sentence) for each that is back, and each that is not. False: somebody is not,
 * though still connected. */
bool tandem_giveback_run(struct tandem_giveback *g, uint32_t ms,
		void (*said)(void *data, const char *sentence), void *data);

void tandem_giveback_free(struct tandem_giveback *g); /* NULL is fine */

#endif
