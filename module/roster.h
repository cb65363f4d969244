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

#include "base/settings.h"
#include "book.h"
#include "event.h"
#include "roster-asked.h"

/* Speakers x (detach, release or drop, disconnect, connect, attach, observe, tell), guests
 * x (connect or say, say), and register for each adapter, expect, empty, export, ready,
 * remember, timer, group [derived]. */
#define TANDEM_MAX_ACTIONS 96

/* What is asked for in a slot. */
struct tandem_wish {
	char address[18]; /* of the speaker, else its name; automatic: neither */
	char name[64];
	char adapter[18]; /* address of our radio: no other counts; empty: any */
	struct tandem_codec_wish codec;
	bool away; /* it is left to the desktop */
};

struct tandem_roster_config {
	bool automatic;      /* loudspeakers that connect take the slots */
	bool keep;           /* the sink stays when nobody is there */
	uint32_t n_speakers; /* slots, from 1; as many endpoints per codec and adapter */
	uint32_t codecs;     /* mask: those that have endpoints; SBC always */
	struct tandem_wish wishes[TANDEM_MAX_SPEAKERS];
	char remembered[TANDEM_MAX_SPEAKERS][18]; /* automatic: the last; or empty */
	uint32_t seed;                            /* of the back-off's jitter */
	/* automatic: whether a neighbour lists or holds this device; NULL: no neighbours */
	bool (*is_taken)(void *data, const char *address, const char *name);
	void *is_taken_data;
};

struct tandem_actions {
	uint32_t n;
	struct tandem_action items[TANDEM_MAX_ACTIONS];
};

/* A new agreement with a speaker that streams under an old one: once, never in a loop. */
enum tandem_renewal {
	TANDEM_RENEWAL_NONE,
	TANDEM_RENEWAL_DUE,     /* its stream is let go first */
	TANDEM_RENEWAL_LEAVING, /* Disconnect has been asked for */
	TANDEM_RENEWAL_BACK,    /* to be connected again, whoever it is */
};

/* One speaker's life. */
struct tandem_life {
	char address[18]; /* of the device in this slot; empty: nobody yet */
	enum tandem_speaker_state state;
	char message[TANDEM_SENTENCE_SIZE]; /* why, for a person; empty when all is well */
	uint32_t transport;                 /* generation of the one in use, 0 none */
	uint32_t call; /* of the Acquire that holds, or may come to hold, it; 0 none */
	char path[TANDEM_PATH_SIZE]; /* of the transport held: outlives the book's row */
	bool borrowed;
	bool attached;
	uint32_t delay_100us; /* last told to the plugin */
	uint32_t attempts;    /* in a row without success */
	bool cured;           /* has been disconnected once, to make a connection sound */
	enum tandem_renewal renewal;
	int64_t renewal_ns;               /* of LEAVING: give up then */
	char leaving[TANDEM_PATH_SIZE];   /* the device that is disconnected */
	char again[TANDEM_SENTENCE_SIZE]; /* why it is connected again */
	int64_t retry_ns;                 /* not before; of CONNECTING: give up then */
	int64_t since_ns;                 /* start of STREAMING */
	int64_t parting_ns; /* lost its stream, or was disconnected; 0: neither, or over */
	int64_t sbc_ns;   /* SBC was asked for then; 0: not since it played or connected */
	uint32_t without; /* mask of codecs that it has failed with */
	uint32_t mtu_bytes; /* of the link that was too narrow for one; 0: none was */
	int64_t due_ns;     /* wants a turn then; INT64_MAX: never */
};

struct tandem_slot {
	struct tandem_life life; /* moves with the speaker when sides change */
	bool reset;              /* its settings have changed */
	struct {
		enum tandem_speaker_state state;
		char address[18];
		char name[64];
		char message[TANDEM_SENTENCE_SIZE];
		bool said;
	} told;
};

struct tandem_roster {
	struct tandem_roster_config config;
	struct tandem_book book;
	struct tandem_slot slots[TANDEM_MAX_SPEAKERS];
	struct tandem_promise promises[TANDEM_MAX_SPEAKERS];
	struct tandem_guest guests[TANDEM_MAX_GUESTS];
	bool up;     /* bluetoothd is there */
	bool failed; /* it has not been, and said why */
	char down[TANDEM_SENTENCE_SIZE];
	bool wanted;
	bool exported;
	bool occupied;    /* a member is connected, or was 30 s ago */
	bool empty;       /* the sink stays although it is not occupied */
	int64_t empty_ns; /* since when no member is connected; 0: one is */
	struct {
		char message[TANDEM_SENTENCE_SIZE];
		int64_t trouble_ns; /* since when there is one yet untold; 0: none */
	} group;
	int64_t start_ns;                    /* of the first event */
	bool ready;                          /* READY has been told */
	char aside[TANDEM_MAX_SPEAKERS][18]; /* whose own device is off; empty: nobody */
	uint32_t expected, calls;
	uint32_t random;
	int64_t timer_ns;
	struct tandem_actions actions;
};

/* What the settings say of speakers, for the start; memory, seed, neighbours stay. */
void tandem_roster_config_read(struct tandem_roster_config *config,
		const struct tandem_settings *settings);

/* About 200 kB: keep it on the heap. */
void tandem_roster_init(struct tandem_roster *r, const struct tandem_roster_config *config);

/* Live settings have changed. Takes note; TANDEM_EVENT_SETTINGS acts upon it. A speaker
 * whose own stream no longer is what would be agreed is connected again, once. */
void tandem_roster_set_settings(struct tandem_roster *r,
		const struct tandem_settings *settings);

/* What follows from this event; valid until the next call. */
const struct tandem_actions *tandem_roster_event(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *event);

/* Automatic: the address in each slot, to be remembered. */
const char *tandem_roster_assignment(const struct tandem_roster *r, uint32_t slot);

#endif
