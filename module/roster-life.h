/* SPDX-License-Identifier: MIT
 *
 * Life: one slot's way from state to state. Between the files of the roster only; who does
 * what stands in roster-internal.h.
 */
#ifndef TANDEM_MODULE_ROSTER_LIFE_H
#define TANDEM_MODULE_ROSTER_LIFE_H

#include "roster.h"

/* The one place where a slot's state changes. why: a sentence, or NULL when all is well. */
void tandem_life_enter(struct tandem_life *l, enum tandem_speaker_state state,
		const char *why);

/* The slot wants a turn then, at the latest. */
void tandem_life_wake_at(struct tandem_life *l, int64_t at_ns);

/* The settings of this slot have changed. */
void tandem_life_review(struct tandem_roster *r, uint32_t slot);

/* True: its speaker is on the way out, to be connected again; nothing else is due. */
bool tandem_life_renew(struct tandem_roster *r, int64_t now_ns, uint32_t slot);

/* Its speaker is to be left to the desktop from now on. */
void tandem_life_send_away(struct tandem_roster *r, uint32_t slot);

/* From our side: who leaves within the time this takes may be called at once. */
void tandem_life_disconnect(struct tandem_roster *r, int64_t now_ns, uint32_t slot,
		const char *path);

/* True: it is left to the desktop, or on its way there; nothing else is due. */
bool tandem_life_stays_away(struct tandem_roster *r, int64_t now_ns, uint32_t slot);

/* A slot whose stream on this adapter is borrowed, and not on its way out, or -1. */
int tandem_life_borrowed_on(struct tandem_roster *r, const char *adapter);

/* The speaker leaves, and connects again when the guest of that name has its place. */
void tandem_life_make_room(struct tandem_roster *r, uint32_t slot, const char *guest);

/* Takes whatever next step is due. */
void tandem_life_settle(struct tandem_roster *r, int64_t now_ns, uint32_t slot);

/* First attempts to acquire follow each other quickly, 30 ms to 1.92 s apart, 3.8 s in all:
 * the stream may still be opening, or its last user letting go. */
#define TANDEM_QUICK_ATTEMPTS 7

/* The transport cannot be had right now: soon again, later less often. */
void tandem_life_fail(struct tandem_roster *r, int64_t now_ns, struct tandem_life *l,
		const char *why);

/* Connecting has failed: later again, rarely while another speaker plays. */
void tandem_life_back_off(struct tandem_roster *r, int64_t now_ns, uint32_t slot,
		const char *why);

/* A member's own device is off, or is not any more. */
void tandem_life_aside(struct tandem_roster *r, const struct tandem_event *e);

/* What is to be waited for before this transport may be borrowed; NULL: nothing. */
const char *tandem_life_waits_aside(struct tandem_roster *r, int64_t now_ns, uint32_t slot,
		const struct tandem_transport *t);

/* Whether borrowing this stream, too, could end bluetoothd: roster-aside.c says why. */
bool tandem_life_is_lent_already(struct tandem_roster *r, uint32_t slot,
		const struct tandem_transport *t);

/* Its stream is being set up anew, with SBC: nothing else is due. */
bool tandem_life_waits_sbc(struct tandem_roster *r, int64_t now_ns, uint32_t slot,
		const struct tandem_transport *t);

/* Whether a speaker on this adapter is about to be set up anew with SBC. Whoever is
 * connected meanwhile may get the session manager's only endpoint for it, which before
 * BlueZ 5.83 plays to one device (seen on Debian 13). */
bool tandem_life_changes_codec_on(struct tandem_roster *r, int64_t now_ns,
		const char *adapter);

/* Stops sending; a borrowed transport's connection is closed, without Release. */
void tandem_life_drop(struct tandem_roster *r, uint32_t slot);

/* Asks for Release of what the slot's call holds. */
void tandem_life_release(struct tandem_roster *r, uint32_t slot);

/* Stops sending and gives the transport back by Release. */
void tandem_life_let_go(struct tandem_roster *r, uint32_t slot);

void tandem_life_connected(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e);
void tandem_life_acquired(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e);
void tandem_life_released(struct tandem_roster *r, const struct tandem_event *e);
void tandem_life_lender_gone(struct tandem_roster *r, int64_t now_ns);
void tandem_life_lost(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e);

/* Remote suspend: the transport of this generation went idle without our Release. */
void tandem_life_suspended(struct tandem_roster *r, int64_t now_ns, uint32_t generation);

/* The speaker has started the transport of this generation by itself. */
void tandem_life_started(struct tandem_roster *r, uint32_t generation);

/* The transport of this slot is no more. */
void tandem_life_forget(struct tandem_roster *r, uint32_t slot);

#endif
