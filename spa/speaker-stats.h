/* SPDX-License-Identifier: MIT
 *
 * What a speaker says of its sending: the figures of its status, and what the group needs
 * to know of its queue. Plain data, copied by value. Terms: speaker.h, path/flight.h.
 */
#ifndef TANDEM_SPEAKER_STATS_H
#define TANDEM_SPEAKER_STATS_H

#include "path/flight.h"

/* Of the delays of the radio: half of the packets took no longer, ... */
#define TANDEM_RADIO_PERCENTILES 3 /* the 50th, 95th and 99th */

/* What happened since the speaker was made. */
struct tandem_speaker_stats {
	bool started;
	bool gone; /* the transport broke; `error` says why */
	int error;
	uint64_t packets;
	uint64_t bytes;
	uint64_t skipped;
	uint64_t due_frames;     /* codec frames */
	uint64_t sent_frames;    /* in packets sent or skipped */
	uint64_t starved_blocks; /* made before the graph had delivered their sound */
	uint64_t jumps;          /* heard, of the content */
	double delay_s;          /* from the socket to the air, as believed */
	double extra_s;          /* what Tandem adds for the sake of the others */
	double late_s;    /* plays later than the others, the common delay being limited */
	uint32_t bitpool; /* in use; 0: the codec has none */
	double share;     /* of the planned bytes, in use */
	enum tandem_flight_source queue_source;
	uint32_t queue_packets;      /* on their way when the latest was complete */
	uint32_t most_queue_packets; /* on their way, ever */
	uint64_t completed; /* packets that the radio is known to have brought over */
	double radio_s[TANDEM_RADIO_PERCENTILES]; /* that took them so long; NAN: unknown */
};

/* What was seen of its way when its latest packet was complete. */
struct tandem_speaker_queue {
	uint64_t n;       /* packets complete so far, by which a new one is known */
	uint32_t packets; /* before it, that should have gone out, and have not */
	/* Crowded air makes it long. Not so when nothing has moved for a quarter of a
	 * second: then the link is dead; nor when the box is full. */
	bool counts;
};

#endif
