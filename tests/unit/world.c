/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

static enum tandem_sent air_send(struct tandem_transport *t, const uint8_t *bytes,
		uint32_t n)
{
	struct air *a = (struct air *)t;
	int16_t out[256];
	size_t got;

	if (a->gone) {
		t->error = -104;
		return TANDEM_SENT_GONE;
	}
	if (a->full)
		return TANDEM_SENT_FULL;
	ck_assert_uint_lt(a->n_packets, WORLD_MAX_PACKETS);
	a->last_sequence = (int16_t)(bytes[2] << 8 | bytes[3]);
	a->sent_ns[a->n_packets++] = *a->now_ns;
	a->last_bytes = n;
	for (uint32_t at = 13; at < n;) {
		const ssize_t used = sbc_decode(&a->sbc, bytes + at, n - at, out,
				sizeof(out), &got);
		int apart = 0;

		ck_assert_int_gt(used, 0);
		a->last_bitpool = bytes[at + 2];
		for (uint32_t i = 0; i < got / 4; i++) {
			const int d = abs(out[2 * i] - out[2 * i + 1]);

			apart = d > apart ? d : apart;
			a->pcm[a->n_pcm++] = out[2 * i] / 32768.0f;
		}
		ck_assert_int_le(apart, 64); /* L = R */
		at += (uint32_t)used;
	}
	return TANDEM_SENT;
}

static void air_look(struct tandem_transport *t, int64_t now_ns)
{
	const struct air *a = (struct air *)t;
	struct tandem_flight *const f = &t->flight;
	uint32_t gone = a->n_packets;

	if (!a->tells)
		return;
	while (gone > 0 && (double)(now_ns - a->sent_ns[gone - 1]) < a->link_s * 1e9)
		gone--;
	f->source = TANDEM_FLIGHT_SOCKET;
	f->packets = a->n_packets - gone;
	f->moved_ns = now_ns;
}

static void air_free(struct tandem_transport *t)
{
	struct air *a = (struct air *)t;

	sbc_finish(&a->sbc);
	free(a->pcm);
	(*a->freed)++;
	free(a);
}

static const struct tandem_transport_ops air_ops = {
	.send = air_send, .look = air_look, .free = air_free
};

void tandem_world_init(struct world *w, uint32_t rate_hz, uint32_t quantum)
{
	*w = (struct world){ .now_ns = 5 * TANDEM_NS_PER_S,
		.quantum = quantum,
		.rate_hz = rate_hz,
		.tone_hz = { WORLD_TONE_HZ, WORLD_TONE_HZ },
		.late_ns = 500000,
		.wake_ns = TANDEM_NEVER_NS };
	w->cycle0_ns = w->now_ns;
	ck_assert_int_eq(tandem_group_init(&w->group, 2, rate_hz), 0);
	tandem_group_set_flowing(&w->group, true);
}

struct tandem_speaker *tandem_world_add_speaker(struct world *w, uint32_t slot,
		uint8_t rate_bit)
{
	const uint8_t bytes[4] = { (uint8_t)(rate_bit | 0x01), 0x15, 2, 53 };
	struct tandem_speaker_config config = {
		.in_hz = w->rate_hz,
		.mtu_bytes = 672,
		.codec = tandem_codecs[0],
		.trim_s = w->preset.trim_s,
		.drift_ppm = w->preset.drift_ppm,
		.wish = w->preset.wish,
	};
	struct air *a = calloc(1, sizeof(*a));
	struct tandem_speaker *s;

	config.mix.gains[0][slot] = 1.0f;
	config.mix.gains[1][slot] = 1.0f;
	ck_assert_int_eq(config.codec->parse(&config.codec_config, bytes, 4), 0);
	a->transport.ops = &air_ops;
	a->now_ns = &w->now_ns;
	a->freed = &w->freed;
	a->pcm = calloc(WORLD_MAX_PACKETS * 640, sizeof(float));
	ck_assert_int_eq(sbc_init(&a->sbc, 0), 0);
	a->sbc.endian = SBC_LE;
	ck_assert_int_eq(tandem_speaker_new(&s, &config, &a->transport), 0);
	ck_assert_ptr_null(tandem_group_set_speaker(&w->group, slot, s));
	w->air[slot] = a;
	return s;
}

void tandem_world_finish(struct world *w)
{
	int n = 0;

	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		struct tandem_speaker *const s =
				tandem_group_set_speaker(&w->group, i, NULL);

		n += s != NULL;
		tandem_speaker_free(s);
	}
	ck_assert_int_eq(w->freed, n);
	tandem_group_finish(&w->group);
}

static int64_t cycle_time(const struct world *w, uint64_t cycle)
{
	const double s = (double)cycle * w->quantum / w->rate_hz /
			 (1.0 + w->driver_ppm * 1e-6);

	return w->cycle0_ns + (int64_t)(s * 1e9);
}

/* The programme: a tone in each channel, a function of the graph's frame. */
static void deliver(struct world *w)
{
	static float planes[2][8192];
	const float *const in[2] = { planes[0], planes[1] };

	for (uint32_t i = 0; i < 2 * w->quantum; i++) {
		const uint32_t c = i / w->quantum;
		const double frame = (double)(w->cycles * w->quantum + i % w->quantum);

		planes[c][i % w->quantum] =
				(float)(0.5 * sin(2.0 * M_PI * w->tone_hz[c] * frame /
							      w->rate_hz));
	}
	if (!w->stalled) {
		tandem_group_write(&w->group, cycle_time(w, w->cycles),
				1.0 + w->driver_ppm * 1e-6, in, w->quantum);
	}
	w->cycles++;
}

static void watch_backlog(struct world *w)
{
	for (uint32_t i = 0; i < 2; i++) {
		struct tandem_speaker_stats st;
		int64_t backlog;

		if (w->group.speakers[i] == NULL)
			continue;
		st = tandem_speaker_stats(w->group.speakers[i], w->now_ns);
		if (!st.started || st.gone)
			continue;
		backlog = (int64_t)st.due_frames - (int64_t)st.sent_frames;
		if (llabs(backlog) > w->worst_backlog)
			w->worst_backlog = llabs(backlog);
	}
}

void tandem_world_report(struct world *w, uint32_t slot, double delay_s)
{
	const struct tandem_observation o = { .kind = TANDEM_OBSERVED_REPORT,
		.host_ns = w->now_ns,
		.value_s = delay_s,
		.sigma_s = 1e-3 };

	tandem_group_observe(&w->group, slot, &o, w->now_ns);
}

void tandem_world_run(struct world *w, double seconds)
{
	const int64_t end_ns = w->now_ns + (int64_t)(seconds * 1e9);

	while (w->now_ns < end_ns) {
		const int64_t data_ns = cycle_time(w, w->cycles) + w->late_ns;

		if (data_ns <= w->wake_ns) {
			w->now_ns = data_ns;
			deliver(w);
		} else {
			w->now_ns = w->wake_ns;
		}
		w->wake_ns = tandem_group_run(&w->group, w->now_ns);
		watch_backlog(w);
	}
}

void tandem_world_stop(struct world *w, double seconds)
{
	w->now_ns += (int64_t)(seconds * 1e9);
	while (cycle_time(w, w->cycles) + w->late_ns < w->now_ns)
		w->cycles++;
	w->wake_ns = w->now_ns;
}

/* Where in the music frame `at` of the recording stands, as graph frames modulo one
 * period of the tone, by correlation over 4800 frames. */
static double tone_phase_s(const struct air *a, double codec_hz, uint32_t at)
{
	double re = 0.0;
	double im = 0.0;

	for (uint32_t i = 0; i < 4800; i++) {
		const double angle = 2.0 * M_PI * WORLD_TONE_HZ * i / codec_hz;
		const double window = 0.5 - 0.5 * cos(2.0 * M_PI * i / 4800.0);

		re += a->pcm[at + i] * window * sin(angle);
		im += a->pcm[at + i] * window * cos(angle);
	}
	return atan2(im, re) / (2.0 * M_PI * WORLD_TONE_HZ);
}

/* How late, in s and modulo one period, frame `at` is heard against where the graph had
 * it, for a speaker of delay 0: from the frame's due time to its place in the music. */
double tandem_world_lateness_s(const struct world *w, uint32_t slot, double codec_hz,
		uint32_t at)
{
	const struct air *a = w->air[slot];
	/* packet 0 left when its last frame was due */
	const double due_s = (double)(a->sent_ns[0] - w->cycle0_ns) * 1e-9 +
			     ((double)at - 640.0) / codec_hz;
	const double music_s = tone_phase_s(a, codec_hz, at);
	double late = fmod(due_s - music_s, 1.0 / WORLD_TONE_HZ);

	if (late < 0.0)
		late += 1.0 / WORLD_TONE_HZ;
	return late;
}

double tandem_world_distance_s(double a, double b)
{
	const double d = fmod(fabs(a - b), 1.0 / WORLD_TONE_HZ);

	return d < 0.5 / WORLD_TONE_HZ ? d : 1.0 / WORLD_TONE_HZ - d;
}
