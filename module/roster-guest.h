/* SPDX-License-Identifier: MIT
 *
 * Guests, handed over to the session manager: the picture is in roster-asked.h. Between the
 * files of the roster only. Pure, as all of it.
 */
#ifndef TANDEM_MODULE_ROSTER_GUEST_H
#define TANDEM_MODULE_ROSTER_GUEST_H

#include "roster.h"

/* The device's SetConfiguration has been refused: it is handed over from now on, twice a
 * minute at most. */
void tandem_guest_refused(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_device *d);

/* The device asks for a stream, which goes to nobody of ours, and the session manager has
 * been asked before: its endpoints are taken, perhaps by what we borrow of them. Then one
 * speaker makes room, once for each guest, and the device is handed over. */
void tandem_guest_has_no_place(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_device *d);

/* Whether a speaker that has made room on this adapter waits until that is taken. */
bool tandem_guest_goes_first(struct tandem_roster *r, const char *adapter);

/* A ConnectProfile has ended. */
void tandem_guest_connected(struct tandem_roster *r, const struct tandem_event *e);

/* Takes whatever next step is due, after the slots have taken theirs: a speaker that is to
 * be connected gets the radio first. */
void tandem_guests_settle(struct tandem_roster *r, int64_t now_ns);

#endif
