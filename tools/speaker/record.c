/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static const char *const event_names[] = {
	[TANDEM_BOX_START] = "start",
	[TANDEM_BOX_UNDERRUN] = "underrun",
	[TANDEM_BOX_OVERRUN] = "overrun",
	[TANDEM_BOX_GAP] = "gap",
	[TANDEM_BOX_STEP] = "step",
	[TANDEM_BOX_STOP] = "stop",
};

static const char *const type_names[] = {
	[TANDEM_BOX_T1] = "t1",
	[TANDEM_BOX_DEADBAND] = "deadband",
	[TANDEM_BOX_T2] = "t2",
};

int tandem_record_init(struct tandem_record *r, const char *csv_path)
{
	*r = (struct tandem_record){ .last_arrival_s = NAN };
	if (csv_path == NULL)
		return 0;
	r->csv = fopen(csv_path, "we");
	if (r->csv == NULL)
		return -errno;
	fputs("time_s,row,a,b,c,d\n", r->csv);
	return 0;
}

void tandem_record_finish(struct tandem_record *r)
{
	if (r->csv != NULL)
		fclose(r->csv);
	free(r->spacing_ms);
	*r = (struct tandem_record){ 0 };
}

void tandem_record_stream(struct tandem_record *r)
{
	r->last_arrival_s = NAN;
}

/* A spacing lost to want of memory is only missing from a percentile. */
static void add_spacing(struct tandem_record *r, double deviation_s)
{
	if (r->spacings == r->spacing_size) {
		const size_t size = r->spacing_size == 0 ? 4096 : 2 * r->spacing_size;
		float *const more = realloc(r->spacing_ms, size * sizeof(*more));

		if (more == NULL)
			return;
		r->spacing_ms = more;
		r->spacing_size = size;
	}
	r->spacing_ms[r->spacings++] = (float)fabs(deviation_s * 1e3);
}

void tandem_record_arrival(struct tandem_record *r, double at_s, size_t bytes,
		const struct tandem_decoded *p)
{
	const double even_s = (double)(p->frames + p->lost_frames) / p->rate_hz;

	r->packets++;
	r->bytes += bytes;
	if (!isnan(r->last_arrival_s))
		add_spacing(r, at_s - r->last_arrival_s - even_s);
	r->last_arrival_s = at_s;
	r->stream.rate_hz = p->rate_hz;
	r->stream.bitpool = p->bitpool;
	r->stream.channels = p->channels;
	r->stream.ldac = p->bitpool == 0;
	r->stream.mode = p->mode;
	if (r->csv != NULL) {
		fprintf(r->csv, "%.9f,arrival,%u,%zu,%u,%u\n", at_s, p->seq, bytes,
				p->frames, p->frame_bytes);
	}
}

void tandem_record_latency(struct tandem_record *r, double latency_s)
{
	const double ms = latency_s * 1e3;

	r->latency_sum_ms += ms;
	r->latency_square_ms2 += ms * ms;
	r->latencies++;
}

void tandem_record_level(struct tandem_record *r, double at_s, const struct tandem_box *b)
{
	if (r->csv != NULL) {
		fprintf(r->csv, "%.6f,level,%.4f,%.4f,%.4f,%.3f\n", at_s,
				tandem_box_level_s(b) * 1e3, tandem_box_latency_s(b) * 1e3,
				b->dac_ppm, b->loop_ppm);
	}
}

void tandem_record_event(struct tandem_record *r, double at_s, enum tandem_box_event event,
		double value)
{
	r->counts[event]++;
	if (event == TANDEM_BOX_GAP)
		r->lost_frames += (uint64_t)value;
	if (r->csv == NULL)
		return;
	fprintf(r->csv, "%.9f,%s,", at_s, event_names[event]);
	if (event == TANDEM_BOX_START || event == TANDEM_BOX_STEP) {
		fprintf(r->csv, "%.4f", value * 1e3);
	} else if (event == TANDEM_BOX_GAP || event == TANDEM_BOX_OVERRUN) {
		fprintf(r->csv, "%.0f", value);
	}
	fputs(",,,\n", r->csv);
}

void tandem_record_report(struct tandem_record *r, double at_s, double delay_ms)
{
	r->reports++;
	if (r->csv != NULL)
		fprintf(r->csv, "%.6f,report,%.1f,,,\n", at_s, delay_ms);
}

static int by_value(const void *a, const void *b)
{
	const float x = *(const float *)a;
	const float y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Nearest rank. Sorts: order in time is of no use any more. */
static double p99_spacing_ms(const struct tandem_record *r)
{
	if (r->spacings == 0)
		return 0.0;
	qsort(r->spacing_ms, r->spacings, sizeof(float), by_value);
	return r->spacing_ms[(size_t)ceil(0.99 * (double)r->spacings) - 1];
}

static void quote(FILE *out, const char *key, const char *text)
{
	fprintf(out, "\"%s\": \"", key);
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\') {
			fprintf(out, "\\%c", *c);
		} else if ((unsigned char)*c >= ' ') {
			fputc(*c, out);
		}
	}
	fputs("\", ", out);
}

void tandem_record_summary(const struct tandem_record *r, FILE *out, const char *name,
		const char *adapter, const struct tandem_box *b)
{
	const double n = (double)r->latencies;
	const double mean = n > 0.0 ? r->latency_sum_ms / n : 0.0;
	const double square = n > 0.0 ? r->latency_square_ms2 / n : 0.0;

	fputc('{', out);
	quote(out, "name", name);
	quote(out, "adapter", adapter);
	quote(out, "type", type_names[b->config.type]);
	quote(out, "codec", r->stream.ldac ? "ldac" : "sbc");
	quote(out, "mode", r->stream.mode != NULL ? r->stream.mode : "");
	fprintf(out, "\"rate_hz\": %u, \"bitpool\": %u, ", r->stream.rate_hz,
			r->stream.bitpool);
	fprintf(out,
			"\"packets\": %" PRIu64 ", \"bytes\": %" PRIu64
			", \"bad\": %" PRIu64 ", ",
			r->packets, r->bytes, r->bad);
	fprintf(out, "\"unstamped\": %" PRIu64 ", \"gaps\": %" PRIu64 ", ", r->unstamped,
			r->counts[TANDEM_BOX_GAP]);
	fprintf(out, "\"lost_frames\": %" PRIu64 ", \"underruns\": %" PRIu64 ", ",
			r->lost_frames, r->counts[TANDEM_BOX_UNDERRUN]);
	fprintf(out, "\"overruns\": %" PRIu64 ", \"starts\": %" PRIu64 ", ",
			r->counts[TANDEM_BOX_OVERRUN], r->counts[TANDEM_BOX_START]);
	fprintf(out, "\"reports\": %" PRIu64 ", \"drift_ppm_true\": %.3f, ", r->reports,
			tandem_box_mean_ppm(b));
	fprintf(out, "\"latency_ms_mean\": %.4f, \"latency_ms_std\": %.4f, ", mean,
			sqrt(fmax(0.0, square - mean * mean)));
	fprintf(out, "\"arrival_p99_dev_ms\": %.4f}", p99_spacing_ms(r));
}
