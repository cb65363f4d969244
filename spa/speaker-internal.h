/* SPDX-License-Identifier: MIT
 *
 * What a speaker is made of, for the files that make it: speaker.c (its life and what is
 * set), speaker-run.c (its sending). Thread: as in speaker.h.
 */
#ifndef TANDEM_SPEAKER_INTERNAL_H
#define TANDEM_SPEAKER_INTERNAL_H

#include "clock/pace.h"
#include "path/packet.h"
#include "path/resample.h"
#include "speaker.h"

#define TANDEM_MAX_BLOCK_FRAMES 256

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
	float block[2][TANDEM_MAX_BLOCK_FRAMES];
	struct tandem_packetizer packetizer;
	const uint8_t *waiting; /* sealed, refused by a full socket; NULL: none */
	uint32_t waiting_bytes;
	uint32_t blocks; /* in the packet being filled */
	bool late;       /* the next block is due, but its sound has not come */
	/* data loop: time */
	bool started;
	bool heard;
	struct tandem_pace pace;
	uint64_t made_frames; /* codec frames encoded */
	double delay_s;
	double trim_s;
	double extra_s; /* as wanted: < 0 is late */
	bool at_once;   /* extra_s was changed by hand: jump there */
	enum tandem_delay_source delay_source;
	/* data loop: what happened */
	struct tandem_speaker_stats stats;
};

#endif
