/* SPDX-License-Identifier: MIT */
#include "decode.h"

#include <errno.h>
#include <string.h>

#include "ldac-frame.h"

#define RTP_BYTES 12
#define HEADER_BYTES (RTP_BYTES + 1)
#define FRAGMENTED 0x80
#define MAX_SAMPLES (2 * 128) /* of one SBC frame */

static const char *mode_name(const sbc_t *sbc)
{
	static const char *const names[] = {
		[SBC_MODE_MONO] = "mono",
		[SBC_MODE_DUAL_CHANNEL] = "dual",
		[SBC_MODE_STEREO] = "stereo",
		[SBC_MODE_JOINT_STEREO] = "joint",
	};

	return names[sbc->mode & 3];
}

static uint32_t rate_of(const sbc_t *sbc)
{
	static const uint32_t rates_hz[] = { 16000, 32000, 44100, 48000 };

	return rates_hz[sbc->frequency & 3];
}

/* Appends one decoded SBC frame to the planes. */
static void append(struct tandem_decoded *out, const int16_t *samples, size_t n)
{
	const uint32_t frames = (uint32_t)n / out->channels;

	for (uint32_t i = 0; i < frames; i++) {
		for (uint32_t c = 0; c < out->channels; c++) {
			out->planes[c][out->frames + i] =
					(float)samples[i * out->channels + c] / 32768.0f;
		}
	}
	out->frames += frames;
}

static int decode_frames(struct tandem_decode *d, const uint8_t *in, size_t bytes,
		struct tandem_decoded *out)
{
	while (bytes > 0) {
		int16_t samples[MAX_SAMPLES];
		size_t made = 0;
		const ssize_t taken = sbc_decode(&d->sbc, in, bytes, samples,
				sizeof(samples), &made);

		if (taken <= 0 || made == 0)
			return -EBADMSG;
		out->channels = d->sbc.mode == SBC_MODE_MONO ? 1 : 2;
		if (out->frames + made / 2 / out->channels > TANDEM_DECODE_MAX_FRAMES)
			return -EBADMSG;
		append(out, samples, made / 2);
		in += taken;
		bytes -= (size_t)taken;
	}
	out->rate_hz = rate_of(&d->sbc);
	out->bitpool = d->sbc.bitpool;
	out->frame_bytes = (uint32_t)sbc_get_frame_length(&d->sbc);
	out->mode = mode_name(&d->sbc);
	return 0;
}

/* As many frames as the payload's header says, and nothing behind them. */
static int count_ldac(const uint8_t *in, size_t bytes, uint32_t frames,
		struct tandem_decoded *out)
{
	struct tandem_ldac_frame f = { 0 };

	for (uint32_t i = 0; i < frames; i++) {
		if (tandem_ldac_frame_read(&f, in, bytes) < 0 ||
				out->frames + f.samples > TANDEM_DECODE_MAX_FRAMES)
			return -EBADMSG;
		out->frames += f.samples;
		in += f.bytes;
		bytes -= f.bytes;
	}
	if (frames == 0 || bytes > 0)
		return -EBADMSG;
	memset(out->planes, 0, sizeof(out->planes));
	out->channels = f.channels;
	out->rate_hz = f.rate_hz;
	out->bitpool = 0;
	out->frame_bytes = f.bytes;
	out->mode = f.mode;
	return 0;
}

static int decode_payload(struct tandem_decode *d, const uint8_t *in, size_t bytes,
		struct tandem_decoded *out)
{
	if (d->ldac)
		return count_ldac(in + 1, bytes - 1, in[0] & 0x0f, out);
	return decode_frames(d, in + 1, bytes - 1, out);
}

/* The timestamp tells the truth about time; a sender that did not move it on a skip is
 * taken at its packet count. */
static uint32_t lost_before(const struct tandem_decode *d, uint16_t seq, uint32_t ts,
		uint32_t rate_hz)
{
	const uint16_t packets = (uint16_t)(seq - d->next_seq);
	const uint32_t by_time = ts - d->next_ts;
	const uint32_t by_count = packets * d->last_frames;

	if (!d->known || packets == 0 || packets > UINT16_MAX / 2)
		return 0;
	if (by_time > 0 && by_time <= rate_hz)
		return by_time;
	return by_time == 0 && by_count <= rate_hz ? by_count : 0;
}

int tandem_decode_run(struct tandem_decode *d, const uint8_t *packet, size_t bytes,
		struct tandem_decoded *out)
{
	if (bytes <= HEADER_BYTES || packet[0] >> 6 != 2 || packet[RTP_BYTES] & FRAGMENTED)
		return -EBADMSG;

	const uint16_t seq = (uint16_t)(packet[2] << 8 | packet[3]);
	const uint32_t ts = (uint32_t)packet[4] << 24 | (uint32_t)packet[5] << 16 |
			    (uint32_t)packet[6] << 8 | packet[7];

	out->frames = 0;
	if (decode_payload(d, packet + RTP_BYTES, bytes - RTP_BYTES, out) < 0)
		return -EBADMSG;
	out->seq = seq;
	out->lost_frames = lost_before(d, seq, ts, out->rate_hz);
	d->known = true;
	d->next_seq = (uint16_t)(seq + 1);
	d->next_ts = ts + out->frames;
	d->last_frames = out->frames;
	return 0;
}

int tandem_decode_reset(struct tandem_decode *d, bool ldac)
{
	tandem_decode_finish(d);
	if (sbc_init(&d->sbc, 0) < 0)
		return -ENOMEM;
	d->sbc.endian = SBC_LE;
	d->ready = true;
	d->ldac = ldac;
	return 0;
}

void tandem_decode_finish(struct tandem_decode *d)
{
	if (d->ready)
		sbc_finish(&d->sbc);
	*d = (struct tandem_decode){ 0 };
}
