/* SPDX-License-Identifier: MIT
 *
 * Record: what happened to the speaker, as rows of CSV and as one line of JSON at the end.
 *
 *   time_s,row,a,b,c,d
 *   arrival: seq, bytes, frames, bytes of a coded frame
 *   level: level ms, latency ms, DAC ppm, loop ppm
 *   start: latency ms   overrun, gap: frames   report, step: ms   underrun, stop: nothing
 *
 * time_s: seconds since t0 of the host. Thread: any one.
 */
#ifndef TANDEM_TOOLS_SPEAKER_RECORD_H
#define TANDEM_TOOLS_SPEAKER_RECORD_H

#include <stdio.h>

#include "decode.h"
#include "model.h"

struct tandem_record {
	FILE *csv; /* NULL: no rows */
	uint64_t packets, bytes, unstamped, bad;
	uint64_t counts[TANDEM_BOX_STOP + 1]; /* by enum tandem_box_event */
	uint64_t lost_frames;
	uint64_t reports;
	double latency_sum_ms, latency_square_ms2;
	uint64_t latencies;
	double last_arrival_s;
	float *spacing_ms; /* deviation of each arrival's spacing from even, owned */
	size_t spacings, spacing_size;
	struct {
		uint32_t rate_hz, bitpool, channels;
		const char *mode;
		bool ldac;
	} stream; /* as last received */
};

/* csv_path NULL: figures only. Returns 0 or -errno. */
TANDEM_CHECK int tandem_record_init(struct tandem_record *r, const char *csv_path);
void tandem_record_finish(struct tandem_record *r);

/* The first arrival of a stream has no spacing to the last one before. */
void tandem_record_stream(struct tandem_record *r);
void tandem_record_arrival(struct tandem_record *r, double at_s, size_t bytes,
		const struct tandem_decoded *p);
/* Latency of a packet that found its place while the box played. */
void tandem_record_latency(struct tandem_record *r, double latency_s);
void tandem_record_level(struct tandem_record *r, double at_s, const struct tandem_box *b);
void tandem_record_event(struct tandem_record *r, double at_s, enum tandem_box_event event,
		double value);
void tandem_record_report(struct tandem_record *r, double at_s, double delay_ms);

/* The line of JSON, without its end. name, adapter and type are quoted as JSON asks. */
void tandem_record_summary(const struct tandem_record *r, FILE *out, const char *name,
		const char *adapter, const struct tandem_box *b);

#endif
