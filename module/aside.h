/* SPDX-License-Identifier: MIT
 *
 * Aside: keeps the session manager's own devices of the members off, and puts them back.
 *
 *     registry --devices of bluez5--> box: profiles, active --aside-plan--> set Profile
 *     members ------------------------^   |                                 (save: false)
 *     notes in $XDG_RUNTIME_DIR <---------+
 *
 * By level, not by edge: whatever brings a profile back (a reconnect, a restart of the
 * session manager, HFP that comes late) is set off again, and a node that a member's
 * device leaves behind when it goes off is ended. A device that is off because of us or of
 * a Tandem that has crashed, and is no member's, is put back. All others are never touched.
 * Shared with tools/tandemctl. Thread: main.
 */
#ifndef TANDEM_MODULE_ASIDE_H
#define TANDEM_MODULE_ASIDE_H

#include <stdbool.h>
#include <stdint.h>

#include <pipewire/core.h>

#include "base/units.h"

struct tandem_aside;

/* Of a member; of two devices with its address, the worse. */
enum tandem_aside_state {
	TANDEM_ASIDE_ABSENT, /* the session manager has no device of it */
	TANDEM_ASIDE_OFF,
	TANDEM_ASIDE_ON,      /* not off, or not yet */
	TANDEM_ASIDE_REFUSED, /* nor is it likely to be; tries again now and then */
};

/* Called from the loop, or within tandem_aside_set_members(). */
struct tandem_aside_events {
	/* A member's state has changed; first, and once it is none any more: ABSENT. */
	void (*told)(void *data, const char *address, enum tandem_aside_state state);
	void (*said)(void *data, bool is_trouble, const char *sentence);
	/* A session manager has come, and it is not the first one; NULL: no matter. */
	void (*manager_came)(void *data);
	/* Whether somebody else in this process wants it off; NULL: nobody. */
	bool (*is_kept)(void *data, const char *address);
};

/* core, events: borrowed for its life; the core may go before. Sets *ret_aside; 0 or
 * -ENOMEM. */
TANDEM_CHECK int tandem_aside_new(struct tandem_aside **ret_aside, struct pw_core *core,
		const struct tandem_aside_events *events, void *data);

/* Leaves all as it is: see tandem_aside_restore_all(). NULL is fine. */
void tandem_aside_free(struct tandem_aside *a);

/* addresses[n]: the members from now on. */
void tandem_aside_set_members(struct tandem_aside *a, const char (*addresses)[18],
		uint32_t n);

/* Lets the session manager set this member's stream up anew, with SBC: its profile is the
 * one for SBC, and off again 3 s later. Its device may show up yet, within 8 s. */
void tandem_aside_ask_sbc(struct tandem_aside *a, const char *address);

/* No more members; and what a crashed Tandem has left is put back at once, not 5 s after
 * the start, when every group has its members. */
void tandem_aside_restore_all(struct tandem_aside *a);

/* Runs the loop, which nobody else does at the moment, until all is put back that can be,
 * for ms at most. False: it is not. */
bool tandem_aside_finish(struct tandem_aside *a, uint32_t ms);

#endif
