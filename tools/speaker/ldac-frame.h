/* SPDX-License-Identifier: MIT
 *
 * LDAC's frames, as far as one can count them without decoding:
 *
 *     8 bits 0xaa | 3 rate | 2 channels | 9 length, less one | 2 status | length bytes
 *
 * There is no free decoder in Debian: what a frame holds stays unheard, but its place in
 * time, its rate, mode and size are known. Source: the frames of Sony's encoder, as
 * libldacBT_enc writes them. Pure; any thread.
 */
#ifndef TANDEM_TOOLS_SPEAKER_LDAC_FRAME_H
#define TANDEM_TOOLS_SPEAKER_LDAC_FRAME_H

#include <stddef.h>

#include "spa/base/units.h"

struct tandem_ldac_frame {
	uint32_t bytes;   /* header included */
	uint32_t samples; /* per channel */
	uint32_t rate_hz;
	uint32_t channels; /* 1 or 2 */
	const char *mode;  /* "mono", "dual", "stereo" */
};

/* Reads the frame that begins at bytes[0]. 0, or -EBADMSG: none begins there, or it does
 * not end within n; *ret then untouched. */
TANDEM_CHECK int tandem_ldac_frame_read(struct tandem_ldac_frame *ret, const uint8_t *bytes,
		size_t n);

#endif
