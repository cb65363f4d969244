/* SPDX-License-Identifier: MIT */
#include "speaker-bench.h"

#include <check.h>
#include <math.h>

static void play(void *data, uint32_t frames, double from_s, double to_s)
{
	struct bench *const b = data;
	const double ppm = (frames / (to_s - from_s) / RATE_HZ - 1.0) * 1e6;

	/* a check each time would take longer than the model */
	if (from_s < b->last_to_s - 1e-9 || to_s <= from_s)
		ck_abort_msg("stretch %.9f to %.9f after %.9f", from_s, to_s, b->last_to_s);
	if (isfinite(b->last_to_s))
		b->silence_s += from_s - b->last_to_s;
	b->latency_s = from_s - (b->sent_s + b->taken / RATE_HZ);
	b->taken += frames;
	b->last_to_s = to_s;
	if (from_s < b->from_s)
		return;
	b->sum += b->latency_s;
	b->squares += b->latency_s * b->latency_s;
	b->n += 1.0;
	b->min = fmin(b->min, b->latency_s);
	b->max = fmax(b->max, b->latency_s);
	b->min_ppm = fmin(b->min_ppm, ppm);
	b->max_ppm = fmax(b->max_ppm, ppm);
}

static void drop(void *data, uint32_t frames)
{
	struct bench *const b = data;

	b->taken += frames;
}

static void happened(void *data, double at_s, enum tandem_box_event event, double value)
{
	struct bench *const b = data;

	b->counts[event]++;
	if (b->events_len == MAX_EVENTS)
		return;
	b->events[b->events_len].event = event;
	b->events[b->events_len].at_s = at_s;
	b->events[b->events_len++].value = value;
}

void tandem_bench_measure_from(struct bench *b, double from_s)
{
	b->from_s = from_s;
	b->sum = b->squares = b->n = 0.0;
	b->min = b->min_ppm = INFINITY;
	b->max = b->max_ppm = -INFINITY;
}

void tandem_bench_set_up(struct bench *b, const struct tandem_box_config *config)
{
	static const struct tandem_box_ops ops = { play, drop, happened };

	*b = (struct bench){ .sent_s = 1.0, .last_to_s = -INFINITY };
	tandem_bench_measure_from(b, 0.0);
	tandem_box_init(&b->box, config, &ops, b);
	tandem_box_open(&b->box, RATE_HZ);
}

void tandem_bench_send_packet(struct bench *b, int k, double late_s)
{
	tandem_box_arrive(&b->box, b->sent_s + k * PERIOD_S + late_s, 0, PACKET);
}

int tandem_bench_packets_in(double seconds)
{
	return (int)(seconds / PERIOD_S);
}
