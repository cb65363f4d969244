/* SPDX-License-Identifier: MIT
 *
 * Between the files of the roster only.
 *
 *     roster.c         settings and events in, the sequence of one turn
 *     roster-life.c    one slot's next step
 *     roster-renew.c   connecting again for the sake of new settings
 *     roster-aside.c   the session manager's own device, before a stream is borrowed
 *     roster-outcome.c what became of our calls
 *     roster-answer.c  SelectConfiguration and SetConfiguration
 *     roster-assign.c  who sits in which slot
 *     roster-tell.c    what others hear of it
 *     roster-why.c     errors in words
 */
#ifndef TANDEM_MODULE_ROSTER_INTERNAL_H
#define TANDEM_MODULE_ROSTER_INTERNAL_H

#include "roster.h"

/* A fresh action, to be filled; never NULL. */
struct tandem_action *tandem_roster_act(struct tandem_roster *r,
		enum tandem_action_kind kind, uint32_t slot);

/* A sink that outlives its last speaker for a moment survives a walk to the next room. */
#define TANDEM_LINGER_NS (30 * TANDEM_NS_PER_S)

/* The text of a sentence without arguments. */
#define PLAIN(which) (tandem_sentences[which].text)

/* The device in this slot, on an adapter that counts for it; or NULL. */
struct tandem_device *tandem_roster_device(struct tandem_roster *r, uint32_t slot);

/* Whether the device is on an adapter that counts for this slot. */
bool tandem_roster_suits(struct tandem_roster *r, uint32_t slot,
		const struct tandem_device *d);

/* The slot this device sits in, or -1. */
int tandem_roster_slot_of(struct tandem_roster *r, const struct tandem_device *d);

/* The slot this device sits in or would get, or -1. */
int tandem_roster_slot_for(struct tandem_roster *r, const struct tandem_device *d);

/* Fills empty slots from what is connected; may change sides. */
void tandem_roster_assign(struct tandem_roster *r);

void tandem_roster_answer_select(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e);
void tandem_roster_answer_set(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e);

/* The one place where a slot's state changes. why: a sentence, or NULL when all is well. */
void tandem_life_enter(struct tandem_life *l, enum tandem_speaker_state state,
		const char *why);

/* The slot wants a turn then, at the latest. */
void tandem_life_wake_at(struct tandem_life *l, int64_t at_ns);

/* The settings of this slot have changed. */
void tandem_life_review(struct tandem_roster *r, uint32_t slot);

/* True: its speaker is on the way out, to be connected again; nothing else is due. */
bool tandem_life_renew(struct tandem_roster *r, int64_t now_ns, uint32_t slot);

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

/* Its stream is being set up anew, with SBC: nothing else is due. */
bool tandem_life_waits_sbc(struct tandem_roster *r, int64_t now_ns, uint32_t slot,
		const struct tandem_transport *t);

/* Whether the plugin can encode for this transport. */
bool tandem_life_can_play(const struct tandem_transport *t);

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

/* The transport of this slot is no more. */
void tandem_life_forget(struct tandem_roster *r, uint32_t slot);

/* Each tells what has changed. */
void tandem_roster_tell_expected(struct tandem_roster *r);
void tandem_roster_export(struct tandem_roster *r, int64_t now_ns);
void tandem_roster_tell(struct tandem_roster *r, uint32_t slot);
void tandem_roster_tell_group(struct tandem_roster *r, int64_t now_ns);

bool tandem_roster_has_adapter(const struct tandem_roster *r);

/* Sentences. e: REGISTERED, CONNECTED or ACQUIRED with an error. */
void tandem_roster_why_not_registered(const struct tandem_event *e,
		char to[TANDEM_SENTENCE_SIZE]);
void tandem_roster_why_not_connected(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e, char to[TANDEM_SENTENCE_SIZE]);
void tandem_roster_why_not_started(const struct tandem_event *e,
		char to[TANDEM_SENTENCE_SIZE]);
/* False: it does offer SBC, or has shown no endpoints. */
bool tandem_roster_why_no_sbc(const struct tandem_device *d, char to[TANDEM_SENTENCE_SIZE]);
void tandem_roster_why_absent(struct tandem_roster *r, uint32_t slot,
		char to[TANDEM_SENTENCE_SIZE]);
void tandem_roster_say_off(const struct tandem_adapter *a, char to[TANDEM_SENTENCE_SIZE]);

/* 2, 4, 8 ... 60 s after 1, 2, 3 ... failures, and up to a quarter more. */
int64_t tandem_roster_backoff_ns(struct tandem_roster *r, uint32_t failures);

#endif
