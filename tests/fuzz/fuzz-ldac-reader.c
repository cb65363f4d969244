/* SPDX-License-Identifier: MIT
 *
 * The reader by which the software speaker counts LDAC's frames, fed with any packets.
 *
 *     each packet: two bytes of length, then as many bytes
 */
#include <string.h>

#include "../../tools/speaker/decode.h"
#include "bytes.h"

static struct tandem_decoded out;

static void take_packet(struct tandem_decode *d, struct bytes *b)
{
	const uint32_t n = take_byte(b) | (uint32_t)take_byte(b) << 8;
	const size_t wanted = n < b->left ? n : b->left;
	uint8_t *own = malloc(wanted > 0 ? wanted : 1); /* a read too far shows */

	memcpy(own, b->at, wanted);
	b->at += wanted;
	b->left -= wanted;
	if (tandem_decode_run(d, own, wanted, &out) == 0) {
		MUST(out.frames > 0 && out.frames <= TANDEM_DECODE_MAX_FRAMES, "%u",
				out.frames);
		MUST(out.channels == 1 || out.channels == 2, "%u", out.channels);
		MUST(out.rate_hz >= 44100 && out.rate_hz <= 96000, "%u", out.rate_hz);
		MUST(out.mode != NULL && out.bitpool == 0, "%u", out.bitpool);
		MUST(out.lost_frames <= out.rate_hz, "%u", out.lost_frames);
		MUST(out.frame_bytes >= 4 && out.frame_bytes <= wanted, "%u",
				out.frame_bytes);
	}
	free(own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tandem_decode d = { 0 };
	struct bytes b = { data, size };

	if (tandem_decode_reset(&d, true) < 0)
		return 0;
	for (int i = 0; i < 8 && b.left > 0; i++)
		take_packet(&d, &b);
	tandem_decode_finish(&d);
	return 0;
}
