/* SPDX-License-Identifier: MIT
 *
 * Observation: one thing that somebody saw of a speaker's clock, raw. Who observes does not
 * smooth: that would colour the noise and mislead the model.
 *
 *   latency   from a codec frame being due (clock/pace) to the same frame at the air
 *   frame     the codec frame that it is about, when that is known; else 0
 *   host_ns   when that frame was at the air, or when the report was made
 *
 * Source: shared facts on clocks, 3 and 7. Any thread may fill one in; the data loop takes
 * it in (tandem_clock_observe).
 */
#ifndef TANDEM_CLOCK_OBSERVE_H
#define TANDEM_CLOCK_OBSERVE_H

#include "base/units.h"

enum tandem_observed {
	/* Latency, with an error that is unknown and constant. */
	TANDEM_OBSERVED_REPORT,   /* AVDTP delay report, packet and codec added */
	TANDEM_OBSERVED_PRESSURE, /* a full speaker takes packets as its DAC empties it:
				   * from due to taken, plus any constant */
	/* Latency itself. */
	TANDEM_OBSERVED_MICROPHONE,
	/* The radio alone: says nothing about the DAC, moves nothing. */
	TANDEM_OBSERVED_QUEUE,      /* sound handed over, but not on the air yet, s */
	TANDEM_OBSERVED_COMPLETION, /* from being sent to being acknowledged, s */
	/* By hand. */
	TANDEM_OBSERVED_TRIM,  /* plays later by this than all that is known says, s */
	TANDEM_OBSERVED_DRIFT, /* the DAC runs fast by this, s per s; 0: not known */
	/* What happened to the stream. The value is not read. */
	TANDEM_OBSERVED_START,     /* frame 0 of a stream is due now */
	TANDEM_OBSERVED_SUSPEND,   /* sending stopped */
	TANDEM_OBSERVED_RESUME,    /* sending goes on after a suspend */
	TANDEM_OBSERVED_RECONNECT, /* a new link to the same box */
	TANDEM_OBSERVED_CODEC,     /* the stream is configured anew */
	TANDEM_OBSERVED_CLOCK_GAP, /* the host slept, or its clock leapt over 100 ms */
	TANDEM_OBSERVED_XRUN,      /* packets were left out or came in a burst */
	TANDEM_N_OBSERVED
};

struct tandem_observation {
	int64_t host_ns;
	uint64_t frame;
	double value_s;
	double sigma_s; /* of one standard deviation; ignored by hand and for events */
	enum tandem_observed kind;
};

/* The latest of them, as they came, for whoever keeps a log: number i is at
 * i % TANDEM_SEEN. Chosen: four reports, a burst of a microphone and some events fit into
 * the half second after which the log has them. */
#define TANDEM_SEEN 16
struct tandem_seen {
	struct tandem_observation latest[TANDEM_SEEN];
	uint64_t n; /* ever */
};

#define TANDEM_OBSERVATION_LINE_BYTES 160

/* "report", "microphone", ... constant text; NULL out of range. */
const char *tandem_observed_name(enum tandem_observed kind);

/* The observation as one line of a log,
 *
 *     1920000000 ns microphone frame 44160 0.27597422292130053 s +- 4e-05 s\n
 *
 * so exact that reading it back gives the same; a log replays through the clock
 * (tests/sim/replay). Returns the bytes written, without the final 0; 0 when size is less
 * than TANDEM_OBSERVATION_LINE_BYTES, or there is no such kind. Not for the data loop. */
size_t tandem_observation_write(const struct tandem_observation *o, char *line,
		size_t size);

#endif
