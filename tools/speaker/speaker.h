/* SPDX-License-Identifier: MIT
 *
 * Speaker: the box without its radio. Packets go in with the instant of their arrival;
 * the recording on the host's timeline and the record of what happened come out.
 *
 *   packet → decode → samples ─┐
 *               └──→ model ────┴→ host-wav      (what left when)
 *                      └────────→ record        (what happened)
 *
 * Time is handed in, CLOCK_MONOTONIC, so it may be virtual. Thread: any one.
 */
#ifndef TANDEM_TOOLS_SPEAKER_SPEAKER_H
#define TANDEM_TOOLS_SPEAKER_SPEAKER_H

#include "host-wav.h"
#include "record.h"

struct tandem_speaker {
	int64_t t0_ns; /* sample 0 of the recording */
	struct tandem_decode decode;
	struct tandem_box box;
	struct tandem_record record;
	struct tandem_host_wav *wav; /* NULL: none */
	struct tandem_decoded packet;
	bool streaming;
	double level_at_s; /* when the next row of level is due */

	float *samples; /* content the box holds, folded to one channel */
	size_t samples_len, samples_size;
};

/* wav_path, csv_path: NULL for none. lean: host-wav.h. Returns 0 or a negative errno. */
TANDEM_CHECK int tandem_speaker_init(struct tandem_speaker *s,
		const struct tandem_box_config *config, int64_t t0_ns, const char *wav_path,
		bool lean, const char *csv_path);

/* A stream starts, stops. Its rate is known with its first packet. */
TANDEM_CHECK int tandem_speaker_start(struct tandem_speaker *s, bool ldac); /* or -ENOMEM */
void tandem_speaker_stop(struct tandem_speaker *s, int64_t now_ns);

/* stamped: at_ns is the kernel's word. */
void tandem_speaker_packet(struct tandem_speaker *s, const uint8_t *packet, size_t bytes,
		int64_t at_ns, bool stamped);

/* Plays up to now_ns; all packets that arrived before have been handed in. What has left
 * the box is in the file, 45 ms behind. */
void tandem_speaker_run(struct tandem_speaker *s, int64_t now_ns);

/* Ends the recording at end_ns; what has not left the box by then is not in it. Returns
 * 0 or the first error of the disk. Records stay readable until finish. */
TANDEM_CHECK int tandem_speaker_close(struct tandem_speaker *s, int64_t end_ns);
void tandem_speaker_finish(struct tandem_speaker *s);

/* What the box would report as its delay now: real, or nominal before it plays. */
double tandem_speaker_latency_s(const struct tandem_speaker *s);
double tandem_speaker_time_s(const struct tandem_speaker *s, int64_t at_ns);

#endif
