/* SPDX-License-Identifier: MIT
 *
 * Roster: the life of each speaker, from unknown to streaming and back, as a pure function.
 *
 *     event(now_ns, event) -> actions[]
 *
 *     absent -> known -> connecting -> configured | borrowed -> acquiring -> streaming
 *                  ^         |                ^                     |            |
 *                  +- backing off <-----------+---------------------+       releasing
 *
 * Own and borrowed transports take one way: whoever configured it, it is acquired when the
 * graph wants sound and its Configuration is read. They differ in who hears of it: a
 * borrowed one sits on a private connection (module/bus), dropped when its owner leaves.
 *
 * No clock, no socket, no file: time, events and a seed come in, actions go out. A file
 * descriptor passes through as a number. Thread: main.
 */
#ifndef TANDEM_MODULE_ROSTER_H
#define TANDEM_MODULE_ROSTER_H

#include "book.h"
#include "event.h"

/* Speakers x (expect, attach, observe, tell, two calls), adapters and the rest [derived].
 * */
#define TANDEM_MAX_ACTIONS 96

/* A speaker asked for: by address, else by name. */
struct tandem_wish {
	char address[18];
	char name[64];
};

struct tandem_roster_config {
	bool automatic; /* wishes are unused: loudspeakers that connect take the slots */
	uint32_t n_speakers; /* slots, from 1; as many endpoints per adapter */
	struct tandem_wish wishes[TANDEM_MAX_SPEAKERS];
	char remembered[TANDEM_MAX_SPEAKERS]
		       [18]; /* automatic: as last assigned, or empty */
	uint32_t seed;       /* of the back-off's jitter */
};

struct tandem_actions {
	uint32_t n;
	struct tandem_action items[TANDEM_MAX_ACTIONS];
};

/* One speaker's life. */
struct tandem_life {
	char address[18]; /* of the device in this slot; empty: nobody yet */
	enum tandem_speaker_state state;
	char message[160];  /* why, for a person; empty when all is well */
	uint32_t transport; /* generation of the one in use, 0 none */
	uint32_t call;      /* of the Acquire that holds, or may come to hold, it; 0 none */
	char path[TANDEM_PATH_SIZE]; /* of the transport held: outlives the book's row */
	bool borrowed;
	bool attached;
	uint32_t delay_100us; /* last told to the plugin */
	uint32_t attempts;    /* in a row without success */
	bool cured;           /* has been disconnected once, to make a connection sound */
	int64_t retry_ns;     /* not before; of CONNECTING: give up then */
	int64_t since_ns;     /* start of STREAMING */
	int64_t due_ns;       /* wants a turn then; INT64_MAX: never */
};

struct tandem_slot {
	struct tandem_life life; /* moves with the speaker when sides change */
	struct {
		enum tandem_speaker_state state;
		char address[18];
		char name[64];
		char message[160];
		bool said;
	} told;
};

/* An endpoint of ours promised to a stream that is being configured. */
struct tandem_promise {
	char adapter[TANDEM_PATH_SIZE];
	uint32_t endpoint;
	int64_t until_ns;
};

struct tandem_roster {
	struct tandem_roster_config config;
	struct tandem_book book;
	struct tandem_slot slots[TANDEM_MAX_SPEAKERS];
	struct tandem_promise promises[TANDEM_MAX_SPEAKERS];
	bool up; /* bluetoothd is there */
	char down[160];
	bool wanted;
	bool exported;
	int64_t empty_ns; /* since when no member is connected; 0: one is */
	uint32_t expected;
	uint32_t calls;
	uint32_t random;
	int64_t timer_ns;
	struct tandem_actions actions;
};

/* About 150 kB: keep it on the heap. */
void tandem_roster_init(struct tandem_roster *r, const struct tandem_roster_config *config);

/* What follows from this event; valid until the next call. */
const struct tandem_actions *tandem_roster_event(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *event);

/* Automatic: the address in each slot, to be remembered. */
const char *tandem_roster_assignment(const struct tandem_roster *r, uint32_t slot);

#endif
