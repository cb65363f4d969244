/* SPDX-License-Identifier: MIT
 *
 * Decode: one packet of RTP with SBC inside becomes planes of float. Any SBC: mode,
 * rate, blocks and bitpool are read from its frames. Of LDAC the frames are counted, and
 * what they hold is silence here (ldac-frame.h).
 *
 *   12 B RTP | 1 B frame count | SBC frame | SBC frame | …
 *
 * Loss shows as a gap in RTP's sequence; how much time is missing says RTP's timestamp.
 * Format: shared facts on Bluetooth, 2.1 and 2.2. Decoder: libsbc, whose two filter banks
 * delay by 73 frames (8 subbands) or 37 (4). Thread: any one.
 */
#ifndef TANDEM_TOOLS_SPEAKER_DECODE_H
#define TANDEM_TOOLS_SPEAKER_DECODE_H

#include <stdbool.h>
#include <sbc/sbc.h>

#include "spa/base/units.h"

#define TANDEM_DECODE_MAX_FRAMES (15 * 128) /* 15 SBC frames of 16 blocks, 8 subbands */

struct tandem_decode {
	sbc_t sbc;
	bool ready; /* sbc is initialised */
	bool ldac;  /* not SBC */
	bool known; /* next_* say what to expect */
	uint16_t next_seq;
	uint32_t next_ts;
	uint32_t last_frames;
};

struct tandem_decoded {
	uint16_t seq;
	uint32_t lost_frames; /* missing before this packet, 0 when more than 1 s */
	uint32_t frames;
	uint32_t channels; /* 1 or 2 */
	uint32_t rate_hz;
	uint32_t bitpool;     /* 0: LDAC has none */
	uint32_t frame_bytes; /* of the last coded frame */
	const char *mode;     /* "mono", "dual", "stereo", "joint" */
	float planes[2][TANDEM_DECODE_MAX_FRAMES];
};

/* Forgets what was; the memory is zeroed or has been reset before. */
TANDEM_CHECK int tandem_decode_reset(struct tandem_decode *d, bool ldac); /* or -ENOMEM */
void tandem_decode_finish(struct tandem_decode *d);

/* Fills out. Returns 0 or -EBADMSG: not RTP with as many whole frames as it says;
 * nothing is counted. */
TANDEM_CHECK int tandem_decode_run(struct tandem_decode *d, const uint8_t *packet,
		size_t bytes, struct tandem_decoded *out);

#endif
