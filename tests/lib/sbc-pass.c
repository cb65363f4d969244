/* SPDX-License-Identifier: MIT */
#include "sbc-pass.h"

#include <math.h>
#include <sbc/sbc.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 128

static void pass_block(sbc_t *encoder, sbc_t *decoder, float *x)
{
	int16_t pcm[BLOCK];
	uint8_t coded[512];
	ssize_t bytes;
	size_t made;

	for (int i = 0; i < BLOCK; i++)
		pcm[i] = (int16_t)lrintf(x[i] * 32767.0f);
	if (sbc_encode(encoder, pcm, sizeof(pcm), coded, sizeof(coded), &bytes) < 0)
		abort();
	if (sbc_decode(decoder, coded, (size_t)bytes, pcm, sizeof(pcm), &made) < 0)
		abort();
	for (int i = 0; i < BLOCK; i++)
		x[i] = (float)pcm[i] / 32767.0f;
}

void tandem_sbc_pass(float *x, uint32_t frames)
{
	const uint32_t whole = frames / BLOCK * BLOCK;
	sbc_t encoder, decoder;

	if (sbc_init(&encoder, 0) < 0 || sbc_init(&decoder, 0) < 0)
		abort();
	encoder.frequency = SBC_FREQ_48000;
	encoder.mode = SBC_MODE_MONO;
	encoder.subbands = SBC_SB_8;
	encoder.blocks = SBC_BLK_16;
	encoder.bitpool = 31;
	encoder.endian = decoder.endian = SBC_LE;
	for (uint32_t at = 0; at < whole; at += BLOCK)
		pass_block(&encoder, &decoder, x + at);
	memset(x + whole, 0, (frames - whole) * sizeof(*x));
	sbc_finish(&encoder);
	sbc_finish(&decoder);
}
