/* SPDX-License-Identifier: MIT */
#include "ldac-frame.h"

#include <errno.h>

#define SYNC 0xaa
#define HEADER_BYTES 3

int tandem_ldac_frame_read(struct tandem_ldac_frame *ret, const uint8_t *bytes, size_t n)
{
	static const uint32_t rates_hz[] = { 44100, 48000, 88200, 96000 };
	static const char *const modes[] = { "mono", "dual", "stereo" };

	if (n < HEADER_BYTES || bytes[0] != SYNC)
		return -EBADMSG;

	const uint32_t rate = bytes[1] >> 5;
	const uint32_t mode = bytes[1] >> 3 & 3;
	const uint32_t length = ((bytes[1] & 7u) << 6 | bytes[2] >> 2) + 1;

	if (rate >= TANDEM_ARRAY_LEN(rates_hz) || mode >= TANDEM_ARRAY_LEN(modes) ||
			HEADER_BYTES + length > n)
		return -EBADMSG;
	*ret = (struct tandem_ldac_frame){
		.bytes = HEADER_BYTES + length,
		.samples = rates_hz[rate] > 48000 ? 256 : 128,
		.rate_hz = rates_hz[rate],
		.channels = mode == 0 ? 1 : 2,
		.mode = modes[mode],
	};
	return 0;
}
