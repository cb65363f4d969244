/* SPDX-License-Identifier: MIT
 *
 * For tests of the roster: a small Bluetooth world told event by event, and what the roster
 * wants done about it, as one line of words:
 *
 *     "connect 1; expect 0; tell 0 connecting"
 *
 * Devices and transports are numbers: device n is 00:00:00:00:00:0n on hci0, 10 + n the
 * same on hci1, transport n stands at .../fdn. Adapter hcin is 00:00:00:00:01:0n. TIMER and
 * REGISTER are left out; sentences are kept beside.
 */
#ifndef TANDEM_TESTS_ROSTER_WORLD_H
#define TANDEM_TESTS_ROSTER_WORLD_H

#include "roster.h"

/* The last words said must be these. */
#define SAYS(w, words) ck_assert_str_eq(tandem_world_said(w), words)
/* After so many ms, and nothing before. */
#define SAYS_AFTER(w, ms, words)                                                           \
	do {                                                                               \
		tandem_world_pass_ms(w, (ms) - 1);                                         \
		SAYS(w, "");                                                               \
		tandem_world_pass_ms(w, 1);                                                \
		SAYS(w, words);                                                            \
	} while (0)

/* The speaker, or the group, has last told this sentence; HEARS_WELL: none. */
#define HEARS(heard, ...)                                                                  \
	do {                                                                               \
		char expected_[TANDEM_SENTENCE_SIZE];                                      \
		tandem_say(expected_, __VA_ARGS__);                                        \
		ck_assert_str_eq((heard).text, expected_);                                 \
	} while (0)
#define HEARS_WELL(heard) ck_assert_str_eq((heard).text, "")

/* Devices 1 and 2 by address; whoever comes. */
extern const struct tandem_roster_config tandem_world_pair, tandem_world_automatic;

struct world_sentence {
	char text[TANDEM_SENTENCE_SIZE];
	bool trouble;
	uint32_t times; /* told */
};

struct world {
	struct tandem_roster *roster;
	struct world_sentence group, guest, speakers[TANDEM_MAX_SPEAKERS];
	uint32_t ready;        /* times told */
	const char *detail;    /* the message of errors to come */
	const uint8_t *config; /* of the streams to come; NULL: 48 kHz, joint, 2..51 */
	uint8_t codec;         /* of foreign ones */
	int64_t now_ns;
	int64_t timer_ns;
	char said[1024]; /* the actions since the last tandem_world_said() */
	bool (*hook)(void *data, const struct tandem_action *a); /* true: leave it out */
	void *hook_data;
};

void tandem_world_start(struct world *w, const struct tandem_roster_config *config);
void tandem_world_finish(struct world *w);

/* Any event; what follows is added to what is said. */
void tandem_world_event(struct world *w, const struct tandem_event *e);

/* Lets the time pass, and the timers in it go off. */
void tandem_world_pass_ms(struct world *w, int64_t ms);

/* What was said since the last time. */
const char *tandem_world_said(struct world *w);

/* bluetoothd with hci0 there, powered, our endpoints registered. */
void tandem_world_up(struct world *w);
void tandem_world_down(struct world *w);

/* Adapter hcin; what became of our registration there; flags: TANDEM_POWERED or 0. */
void tandem_world_adapter(struct world *w, int n, uint32_t flags);
void tandem_world_adapter_gone(struct world *w, int n);
void tandem_world_registered(struct world *w, int n, const char *error, const char *detail);

/* The roster's configuration as settings, all else default; to be changed and set. */
void tandem_world_settings(const struct world *w, struct tandem_settings *s);
void tandem_world_set_settings(struct world *w, const struct tandem_settings *s);

void tandem_world_device(struct world *w, int n, uint32_t flags, const char *icon);
/* The speaker's sepN with SBC; caps: its last byte, the greatest bitpool. */
void tandem_world_sep(struct world *w, int n, uint8_t bitpool);
void tandem_world_sep_gone(struct world *w, int n);
void tandem_world_transport(struct world *w, int device, int n,
		enum tandem_transport_state state, uint32_t delay_100us);
void tandem_world_transport_gone(struct world *w, int device, int n);
void tandem_world_select(struct world *w, uint32_t call, uint32_t endpoint,
		uint8_t bitpool);
void tandem_world_set(struct world *w, uint32_t call, uint32_t endpoint, int device, int n);
void tandem_world_clear(struct world *w, int device, int n);
void tandem_world_connected(struct world *w, int device, const char *error);
void tandem_world_acquired(struct world *w, uint32_t call, const char *error);
void tandem_world_released(struct world *w, uint32_t call);
void tandem_world_lost(struct world *w, uint32_t slot);
void tandem_world_wanted(struct world *w, bool wanted);
/* The session manager's own device of it is off, or not. */
void tandem_world_aside(struct world *w, int device, bool on);

/* Device 1 called and connected, without a stream. */
void tandem_world_connect_bare(struct world *w);

/* Devices 1 and 2 connected, on our own endpoints 0 and 1, idle: transports 1 and 2. */
void tandem_world_configure_both(struct world *w);

/* And streaming: calls 1 and 2. */
void tandem_world_stream_both(struct world *w);

#endif
