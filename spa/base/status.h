/* SPDX-License-Identifier: MIT
 *
 * What Tandem knows about itself: filled in one place (spa/node), shown by the node's
 * Props, the journal and the tools in the same words. Plain data, copied by value.
 */
#ifndef TANDEM_BASE_STATUS_H
#define TANDEM_BASE_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "sentence.h"
#include "units.h"

#define TANDEM_MISTAKES_SIZE 2048 /* eight sentences of full length */

/* The life of a speaker, from the module's point of view (module/roster). */
enum tandem_speaker_state {
	TANDEM_SPEAKER_ABSENT,      /* BlueZ does not know the device */
	TANDEM_SPEAKER_KNOWN,       /* paired, not connected */
	TANDEM_SPEAKER_CONNECTING,  /* we, or it, are connecting A2DP */
	TANDEM_SPEAKER_CONFIGURED,  /* a transport on our own endpoint, idle */
	TANDEM_SPEAKER_BORROWED,    /* a transport on somebody else's endpoint, idle */
	TANDEM_SPEAKER_ACQUIRING,   /* Acquire is under way */
	TANDEM_SPEAKER_STREAMING,   /* we hold the socket */
	TANDEM_SPEAKER_RELEASING,   /* Release is under way */
	TANDEM_SPEAKER_BACKING_OFF, /* failed; waits before the next attempt */
};

/* The state's name as users read it: "absent" ... "backing off". */
const char *tandem_speaker_state_name(enum tandem_speaker_state state);

struct tandem_speaker_status {
	/* who: constant */
	char label[16];   /* its role: "left", "right", else "1", "2", ... */
	char name[64];    /* as the device calls itself, or empty */
	char address[18]; /* "00:11:22:33:44:55", or empty while unknown */

	/* life: from the module */
	enum tandem_speaker_state state;
	char message[TANDEM_SENTENCE_SIZE]; /* for a person; empty when all is well */

	/* what it plays: from the settings, and for those who are away; constant text */
	const char *plays; /* "FL" "FR" "FL+FR" "FL/FR" ... (spa/layout.h) */

	/* stream: from the data loop; zero or empty without a socket */
	char codec[8]; /* "sbc" */
	char mode[8];  /* "mono" "dual" "stereo" "joint" */
	uint32_t rate_hz;
	uint32_t bitpool;
	double kbps;          /* payload as sent, headers of RTP included */
	uint64_t packets;     /* sent since attached */
	uint64_t skipped;     /* not sent, but counted in sequence number and time */
	uint64_t due_frames;  /* codec frames due since its start frame */
	uint64_t sent_frames; /* or skipped; due - sent stays below a packet and a block */

	/* the way to it: from the data loop */
	uint32_t air_percent;     /* of the planned bytes, in use */
	const char *queue_source; /* "nothing" "socket" "stamps" */
	uint32_t queue_packets;   /* on their way when the latest was complete */
	uint32_t most_queue;      /* of those, since attached */
	uint64_t completed;       /* that it has acknowledged */
	double radio_ms[3];       /* from sent to acknowledged: 50, 95 and 99 % took less;
				    * NAN without stamps */

	/* time */
	double latency_ms;          /* from the socket to the air, as believed */
	const char *latency_source; /* "nothing" "report" "memory" "hand" "microphone" */
	bool remembered;            /* what a microphone heard of this start will be */
	double sigma_ms;            /* of latency and lateness: one standard deviation */
	double lateness_ms;         /* > 0: plays too late, as believed */
	double extra_ms;            /* what Tandem adds so that all speakers agree */
	double late_ms;             /* what max-latency-ms leaves it behind the others */

	/* clock: from the data loop */
	const char *clock_class;   /* "unknown" "locked" "free" */
	double measured_drift_ppm; /* NAN unless the clock is free */
	double drift_sigma_ppm;    /* NAN likewise */
	double content_ppm;        /* how much faster than nominal the music is read */
	double pace_ppm;           /* and the frames are sent */
	uint64_t steps;            /* times its latency stepped by itself */
	double last_step_ms;       /* the latest of those; NAN: none */
	uint64_t jumps;            /* heard, crossfaded, of the music */
};

struct tandem_status {
	char message[TANDEM_SENTENCE_SIZE];  /* about the group; empty when all is well */
	char mistakes[TANDEM_MISTAKES_SIZE]; /* in the settings, one per line */
	bool running;                        /* the graph runs us */
	bool driving;                        /* we are the graph's driver */
	uint32_t rate_hz;                    /* of the graph, 0 before a format is set */
	uint32_t quantum;                    /* frames of the last cycle */
	uint64_t xruns;       /* frames that the graph never delivered, now silence */
	double latency_ms;    /* from the graph's cycle to the air */
	uint32_t air_percent; /* of the planned bytes, what all are to send */
	uint32_t n_speakers;
	struct tandem_speaker_status speakers[TANDEM_MAX_SPEAKERS];
};

#endif
