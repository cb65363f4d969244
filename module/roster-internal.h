/* SPDX-License-Identifier: MIT
 *
 * Between the files of the roster only.
 *
 *     roster.c         settings and events in, the sequence of one turn
 *     roster-life.c    one slot's next step
 *     roster-renew.c   connecting again for the sake of new settings
 *     roster-away.c    leaving a speaker to the desktop
 *     roster-aside.c   the session manager's own device, before a stream is borrowed
 *     roster-outcome.c what became of our calls
 *     roster-answer.c  SelectConfiguration and SetConfiguration
 *     roster-codec.c   which codec, and why not another
 *     roster-guest.c   those who asked and are no speakers of ours
 *     roster-assign.c  who sits in which slot
 *     roster-tell.c    what others hear of it
 *     roster-why.c     errors in words
 */
#ifndef TANDEM_MODULE_ROSTER_INTERNAL_H
#define TANDEM_MODULE_ROSTER_INTERNAL_H

#include "roster-guest.h"
#include "roster-life.h"
#include "roster.h"

/* A fresh action, to be filled; never NULL. */
struct tandem_action *tandem_roster_act(struct tandem_roster *r,
		enum tandem_action_kind kind, uint32_t slot);

/* A sink that outlives its last speaker for a moment survives a walk to the next room. */
#define TANDEM_LINGER_NS (30 * TANDEM_NS_PER_S)

/* Who waits for us at the start, the session manager, waits no longer than this. Chosen:
 * registering takes 0.1 s on three stacks, and a desktop without sound for 5 s is bad. */
#define TANDEM_READY_NS (5 * TANDEM_NS_PER_S)

/* The text of a sentence without arguments. */
#define PLAIN(which) (tandem_sentences[which].text)

/* The device in this slot, on an adapter that counts for it; or NULL. */
struct tandem_device *tandem_roster_device(struct tandem_roster *r, uint32_t slot);

/* Whether the device is on an adapter that counts for this slot. */
bool tandem_roster_suits(struct tandem_roster *r, uint32_t slot,
		const struct tandem_device *d);

/* Whether the device sits in a slot, and is left to the desktop. */
bool tandem_roster_is_away(const struct tandem_roster *r, const struct tandem_device *d);

/* The slot this device sits in, or -1, also while it is left to the desktop. */
int tandem_roster_slot_of(struct tandem_roster *r, const struct tandem_device *d);

/* The slot this device sits in or would get, or -1. */
int tandem_roster_slot_for(struct tandem_roster *r, const struct tandem_device *d);

/* Whether another group of this process lists or holds it. */
bool tandem_roster_is_taken(const struct tandem_roster *r, const struct tandem_device *d);

/* Whether a ConnectProfile of ours is under way on its adapter. */
bool tandem_roster_radio_is_busy(const struct tandem_roster *r,
		const struct tandem_device *d);

/* Fills empty slots from what is connected; may change sides. */
void tandem_roster_assign(struct tandem_roster *r);

void tandem_roster_answer_select(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e);
void tandem_roster_answer_set(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e);

/* Each tells what has changed. */
void tandem_roster_tell_expected(struct tandem_roster *r);
void tandem_roster_export(struct tandem_roster *r, int64_t now_ns);
void tandem_roster_tell(struct tandem_roster *r, uint32_t slot);
void tandem_roster_tell_ready(struct tandem_roster *r, int64_t now_ns);
void tandem_roster_tell_group(struct tandem_roster *r, int64_t now_ns);

/* Which codec the speaker in the slot is asked for: the one wished for, if this build
 * has it, its endpoints are there, the device offers it and has not failed with it; else
 * SBC. */
const struct tandem_codec *tandem_roster_codec(struct tandem_roster *r, uint32_t slot,
		const char *device);
/* The codec of one of our endpoints. */
const struct tandem_codec *tandem_roster_endpoint_codec(uint32_t endpoint);
/* What the device would be asked for now. NULL: unknown, or nothing it could do. */
const struct tandem_codec *tandem_roster_choose(struct tandem_roster *r, uint32_t slot,
		const char *device, uint8_t config[TANDEM_CONFIG_SIZE]);
/* Whether the plugin can encode for this transport of this life's. */
bool tandem_roster_can_play(const struct tandem_life *l, const struct tandem_transport *t);
/* Whether its codec's packets fit the link; if not, it is to come up with SBC. */
bool tandem_roster_is_wide(struct tandem_roster *r, uint32_t slot,
		const struct tandem_transport *t, uint32_t mtu_bytes);
/* Streaming, but not as asked for: why. Leaves `to` alone otherwise. */
void tandem_roster_say_difference(struct tandem_roster *r, uint32_t slot,
		char to[TANDEM_SENTENCE_SIZE]);

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
