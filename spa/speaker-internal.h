/* SPDX-License-Identifier: MIT
 *
 * What a speaker is made of, for the files that make it: speaker.c (its life and what is
 * set), speaker-run.c (its sending). Thread: as in speaker.h.
 */
#ifndef TANDEM_SPEAKER_INTERNAL_H
#define TANDEM_SPEAKER_INTERNAL_H

#include "clock/pace.h"
#include "clock/pressure.h"
#include "path/packet.h"
#include "path/resample.h"
#include "speaker.h"

/* What is drawn from the delay line at once, at most: more than any packet holds, which is
 * 30 ms, or what LDAC's library makes of one channel: 1536. */
#define TANDEM_MAX_DRAWN_FRAMES 2048

/* Where content and pace were, lately, for whoever hears it later. */
#define TANDEM_LAGS 32
#define TANDEM_LAG_NS (125 * TANDEM_NS_PER_MS) /* four seconds: more than any latency */
struct tandem_lag {
	int64_t due_ns;
	double lag_s; /* from a sound's place in the graph's cycle to its frame being due */
	double swell_s; /* what the pace has put into the buffer by then (clock/clock.h) */
};

struct tandem_speaker {
	/* constant after new() */
	uint32_t channels; /* coded: 1 or 2 */
	double codec_hz;
	struct tandem_encoder *encoder;
	struct tandem_transport *transport;
	/* data loop: path */
	double in_hz;
	struct tandem_split split;
	struct tandem_resample *resample;
	float drawn[2][TANDEM_MAX_DRAWN_FRAMES];
	struct tandem_packetizer packetizer;
	const uint8_t *waiting; /* sealed, refused by a full socket; NULL: none */
	uint32_t waiting_bytes;
	uint32_t blocks; /* in the packet being filled */
	/* when the latest were taken, number n at n % TANDEM_FLIGHT_LIMIT */
	int64_t sent_ns[TANDEM_FLIGHT_LIMIT];
	double share; /* of the planned bytes, from the next packet on */
	struct tandem_speaker_queue queue;
	int64_t told_ns; /* when the clock was told of the queue */
	bool offered;    /* what waits: at least once, and there ... */
	bool has_waited; /* ... was no room for it then */
	bool late;       /* the next packet is due, but its sound has not come */
	/* data loop: time */
	bool started;
	bool heard;
	struct tandem_pace pace;
	uint64_t made_frames;    /* codec frames encoded */
	uint64_t steered_frames; /* of these, when the clock steered last */
	int64_t jump_frames;     /* of the graph, not yet made: another fade is under way */
	struct tandem_clock clock;
	struct tandem_pressure pressure;
	double common_s; /* what the content is held back to */
	double late_s;
	bool at_once; /* common_s has changed: jump there */
	uint32_t lag; /* the latest */
	struct tandem_lag lags[TANDEM_LAGS];
	/* data loop: what happened */
	struct tandem_speaker_stats stats;
};

#endif
