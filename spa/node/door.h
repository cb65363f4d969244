/* SPDX-License-Identifier: MIT
 *
 * What the rest of the node calls of the door to the module (tandem.h).
 *
 *     door.c    methods and events
 *     slots.c   who sits in the slots, and what is learnt of them
 *
 * Thread: main.
 */
#ifndef TANDEM_NODE_DOOR_H
#define TANDEM_NODE_DOOR_H

#include "node.h"

/* ---- door.c ---- */
void tandem_door_changed(struct tandem_node *n, int32_t slot,
		const struct tandem_setting *row);
/* Tells the module and the graph's clients that the status is new. */
void tandem_door_announce(struct tandem_node *n);
/* What is known now of the device's clock in the slot. */
void tandem_door_learnt(struct tandem_node *n, uint32_t slot,
		const struct tandem_memory *memory);
/* What the clock in the slot was told since; lost: as in tandem.h. */
void tandem_door_observed(struct tandem_node *n, uint32_t slot,
		const struct tandem_observation *seen, uint32_t n_seen, uint64_t lost);
void tandem_door_init(struct tandem_node *n);
void tandem_door_finish(struct tandem_node *n);
void tandem_door_want(struct tandem_node *n, bool wanted);
/* Reads what the data loop reported. */
void tandem_door_drain(struct tandem_node *n);

/* ---- slots.c ---- */
/* Nothing is known of the clock that will sit there. */
void tandem_slots_clear(struct tandem_node *n, uint32_t slot);
/* As attach() of tandem.h; takes the link's socket. */
int tandem_slots_attach(struct tandem_node *n, uint32_t slot,
		const struct tandem_link *link);
/* Frees who sits in the slot and tells what it taught. Nobody: nothing happens. */
void tandem_slots_detach(struct tandem_node *n, uint32_t slot);
/* As observe() of tandem.h; what the guard thinks of it. */
int tandem_slots_observe(struct tandem_node *n, uint32_t slot,
		const struct tandem_observation *observation,
		enum tandem_guarded *ret_guarded);
/* Tells what the clocks were told, and now and then what they have learnt. */
void tandem_slots_learn(struct tandem_node *n, const struct tandem_report *report);
/* The graph's rate changed: gives every speaker a resampler for it. */
int tandem_slots_set_rate(struct tandem_node *n, uint32_t rate_hz);

#endif
