/* SPDX-License-Identifier: MIT
 *
 * For tests of the roster: a small Bluetooth world told event by event, and what the roster
 * wants done about it, as one line of words:
 *
 *     "connect 1; expect 0; tell 0 connecting"
 *
 * Devices and transports are numbers: device n is 00:00:00:00:00:0n on hci0, transport n
 * stands at .../fdn. TIMER and REGISTER actions are left out unless a test asks for them.
 */
#ifndef TANDEM_TESTS_ROSTER_WORLD_H
#define TANDEM_TESTS_ROSTER_WORLD_H

#include "roster.h"

struct world {
	struct tandem_roster *roster;
	int64_t now_ns;
	int64_t timer_ns;
	char said[1024]; /* the actions since the last world_said() */
	bool (*hook)(void *data, const struct tandem_action *a); /* true: leave it out */
	void *hook_data;
};

void world_start(struct world *w, const struct tandem_roster_config *config);
void world_finish(struct world *w);

/* Any event; what follows is added to what is said. */
void world_event(struct world *w, const struct tandem_event *e);

/* Lets the time pass, and the timers in it go off. */
void world_pass_ms(struct world *w, int64_t ms);

/* What was said since the last time. */
const char *world_said(struct world *w);

/* bluetoothd with hci0 there, powered, our endpoints registered. */
void world_up(struct world *w);
void world_down(struct world *w);

void world_device(struct world *w, int n, uint32_t flags, const char *icon);
/* The speaker's sepN with SBC; caps: its last byte, the greatest bitpool. */
void world_sep(struct world *w, int n, uint8_t bitpool);
void world_transport(struct world *w, int device, int n, enum tandem_transport_state state,
		uint32_t delay_100us);
void world_transport_gone(struct world *w, int device, int n);
void world_select(struct world *w, uint32_t call, uint32_t endpoint, uint8_t bitpool);
void world_set(struct world *w, uint32_t call, uint32_t endpoint, int device, int n);
void world_clear(struct world *w, int device, int n);
void world_connected(struct world *w, int device, const char *error);
void world_acquired(struct world *w, uint32_t call, const char *error);
void world_released(struct world *w, uint32_t call);
void world_lost(struct world *w, uint32_t slot);
void world_wanted(struct world *w, bool wanted);

#endif
