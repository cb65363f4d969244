/* SPDX-License-Identifier: MIT
 *
 * The group and its speakers in virtual time: a simulated graph, transports that note
 * when each packet left, and a decoder that tells what was in it.
 */
#include <check.h>
#include <math.h>
#include <sbc/sbc.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"

#define MAX_PACKETS 8192
#define TONE_HZ 997.0
#define SBC_DELAY 73 /* frames of libsbc, both ways */

struct air { /* first member: the transport */
	struct tandem_transport transport;
	int64_t *now_ns;
	int64_t sent_ns[MAX_PACKETS];
	uint32_t n_packets;
	int16_t last_sequence;
	bool full; /* refuses */
	bool gone;
	int *freed;
	/* what was heard, one channel, from the first frame on */
	sbc_t sbc;
	float *pcm;
	uint32_t n_pcm;
};

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
	ck_assert_uint_lt(a->n_packets, MAX_PACKETS);
	a->last_sequence = (int16_t)(bytes[2] << 8 | bytes[3]);
	a->sent_ns[a->n_packets++] = *a->now_ns;
	for (uint32_t at = 13; at < n;) {
		const ssize_t used = sbc_decode(&a->sbc, bytes + at, n - at, out,
				sizeof(out), &got);

		ck_assert_int_gt(used, 0);
		for (uint32_t i = 0; i < got / 4; i++) {
			ck_assert_int_le(abs(out[2 * i] - out[2 * i + 1]), 64); /* L = R */
			a->pcm[a->n_pcm++] = out[2 * i] / 32768.0f;
		}
		at += (uint32_t)used;
	}
	return TANDEM_SENT;
}

static void air_free(struct tandem_transport *t)
{
	struct air *a = (struct air *)t;

	sbc_finish(&a->sbc);
	free(a->pcm);
	(*a->freed)++;
	free(a);
}

static const struct tandem_transport_ops air_ops = { air_send, air_free };

struct world {
	struct tandem_group group;
	int64_t now_ns;
	int64_t cycle_ns; /* of the graph, exact: started at cycle0_ns */
	int64_t cycle0_ns;
	uint64_t cycles;
	uint32_t quantum;
	uint32_t rate_hz;
	double driver_ppm;
	int64_t late_ns; /* from a cycle's begin to the data */
	int64_t wake_ns;
	bool stalled; /* the graph delivers nothing */
	struct air *air[2];
	int freed;
	int64_t worst_backlog; /* frames due but not sent */
};

static void world_init(struct world *w, uint32_t rate_hz, uint32_t quantum)
{
	*w = (struct world){ .now_ns = 5 * TANDEM_NS_PER_S,
		.quantum = quantum,
		.rate_hz = rate_hz,
		.late_ns = 500000,
		.wake_ns = TANDEM_NEVER_NS };
	w->cycle0_ns = w->now_ns;
	ck_assert_int_eq(tandem_group_init(&w->group, 2, rate_hz), 0);
	tandem_group_set_flowing(&w->group, true);
}

static struct tandem_speaker *add_speaker(struct world *w, uint32_t slot, uint8_t rate_bit)
{
	const uint8_t bytes[4] = { (uint8_t)(rate_bit | 0x01), 0x15, 2, 53 };
	struct tandem_speaker_config config = {
		.n_channels = 1,
		.in_hz = w->rate_hz,
		.mtu_bytes = 672,
		.codec = tandem_codec_find(0),
	};
	struct air *a = calloc(1, sizeof(*a));
	struct tandem_speaker *s;

	config.gains[0][slot] = 1.0f;
	ck_assert_int_eq(config.codec->parse(&config.codec_config, bytes, 4), 0);
	a->transport.ops = &air_ops;
	a->now_ns = &w->now_ns;
	a->freed = &w->freed;
	a->pcm = calloc(MAX_PACKETS * 640, sizeof(float));
	ck_assert_int_eq(sbc_init(&a->sbc, 0), 0);
	a->sbc.endian = SBC_LE;
	ck_assert_int_eq(tandem_speaker_new(&s, &config, &a->transport), 0);
	ck_assert_ptr_null(tandem_group_set_speaker(&w->group, slot, s));
	w->air[slot] = a;
	return s;
}

static void world_finish(struct world *w)
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

/* The programme: the same tone in both channels, a function of the graph's frame. */
static void deliver(struct world *w)
{
	static float plane[8192];
	const float *const in[2] = { plane, plane };

	for (uint32_t i = 0; i < w->quantum; i++) {
		const double frame = (double)(w->cycles * w->quantum + i);

		plane[i] = (float)(0.5 * sin(2.0 * M_PI * TONE_HZ * frame / w->rate_hz));
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

static void run_for(struct world *w, double seconds)
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

/* Where in the music frame `at` of the recording stands, as graph frames modulo one
 * period of the tone, by correlation over 4800 frames. */
static double tone_phase_s(const struct air *a, double codec_hz, uint32_t at)
{
	double re = 0.0;
	double im = 0.0;

	for (uint32_t i = 0; i < 4800; i++) {
		const double angle = 2.0 * M_PI * TONE_HZ * i / codec_hz;
		const double window = 0.5 - 0.5 * cos(2.0 * M_PI * i / 4800.0);

		re += a->pcm[at + i] * window * sin(angle);
		im += a->pcm[at + i] * window * cos(angle);
	}
	return atan2(im, re) / (2.0 * M_PI * TONE_HZ);
}

/* How late, in s and modulo one period, frame `at` is heard against where the graph had
 * it, for a speaker of delay 0: from the frame's due time to its place in the music. */
static double lateness_s(const struct world *w, uint32_t slot, double codec_hz, uint32_t at)
{
	const struct air *a = w->air[slot];
	/* packet 0 left when its last frame was due */
	const double due_s = (double)(a->sent_ns[0] - w->cycle0_ns) * 1e-9 +
			     ((double)at - 640.0) / codec_hz;
	const double music_s = tone_phase_s(a, codec_hz, at);
	double late = fmod(due_s - music_s, 1.0 / TONE_HZ);

	if (late < 0.0)
		late += 1.0 / TONE_HZ;
	return late;
}

static double period_distance_s(double a, double b)
{
	const double d = fmod(fabs(a - b), 1.0 / TONE_HZ);

	return d < 0.5 / TONE_HZ ? d : 1.0 / TONE_HZ - d;
}

START_TEST(both_start_on_the_same_frame)
{
	struct world w;

	world_init(&w, 48000, 1024);
	tandem_group_set_expected(&w.group, 3);
	add_speaker(&w, 0, 0x10);
	run_for(&w, 1.0);
	ck_assert_uint_eq(w.air[0]->n_packets, 0); /* waits for the other */
	add_speaker(&w, 1, 0x10);
	run_for(&w, 2.0);
	ck_assert_uint_gt(w.air[0]->n_packets, 100);
	ck_assert_uint_eq(w.air[0]->n_packets, w.air[1]->n_packets);
	for (uint32_t i = 0; i < w.air[0]->n_packets; i++)
		ck_assert_int_eq(w.air[0]->sent_ns[i], w.air[1]->sent_ns[i]);
	ck_assert_mem_eq(w.air[0]->pcm, w.air[1]->pcm, w.air[0]->n_pcm * sizeof(float));
	for (uint32_t i = 0; i < 24000; i++) /* half a second of silence first */
		ck_assert_float_eq_tol(w.air[0]->pcm[i], 0.0f, 1e-3f);
	world_finish(&w);
}
END_TEST

START_TEST(barrier_gives_up_after_three_seconds)
{
	struct world w;

	world_init(&w, 48000, 1024);
	tandem_group_set_expected(&w.group, 3);
	add_speaker(&w, 0, 0x10);
	run_for(&w, 2.9);
	ck_assert_uint_eq(w.air[0]->n_packets, 0);
	run_for(&w, 0.5);
	ck_assert_uint_gt(w.air[0]->n_packets, 10);
	world_finish(&w);
}
END_TEST

static const struct {
	uint32_t rate_hz;
	uint32_t quantum;
	uint8_t codec_bit;
	double codec_hz;
	double driver_ppm;
} pace_cases[] = {
	{ 48000, 32, 0x10, 48000, 0.0 },
	{ 48000, 1024, 0x10, 48000, 0.0 },
	{ 48000, 8192, 0x10, 48000, 0.0 },
	{ 48000, 1024, 0x20, 44100, 0.0 },
	{ 44100, 1024, 0x10, 48000, 0.0 },
	{ 44100, 8192, 0x20, 44100, 0.0 },
	{ 48000, 1024, 0x10, 48000, 80.0 },
	{ 48000, 8192, 0x20, 44100, -80.0 },
};

START_TEST(pace_is_even_and_content_in_place)
{
	struct world w;
	struct air *a;
	double wanted;

	world_init(&w, pace_cases[_i].rate_hz, pace_cases[_i].quantum);
	w.driver_ppm = pace_cases[_i].driver_ppm;
	add_speaker(&w, 0, pace_cases[_i].codec_bit);
	run_for(&w, 30.0);
	a = w.air[0];
	for (uint32_t i = 0; i < a->n_packets; i++) {
		const double due =
				(double)a->sent_ns[0] + i * 640e9 / pace_cases[_i].codec_hz;

		ck_assert_double_lt(fabs((double)a->sent_ns[i] - due), 2.0); /* ns */
	}
	ck_assert_int_le(w.worst_backlog, 640 + 128);

	/* The codec's own delay included, the music stands where margin says, for all time. */
	wanted = fmod(20e-3 + SBC_DELAY / pace_cases[_i].codec_hz, 1.0 / TONE_HZ);
	for (uint32_t at = 48000; at + 4800 < a->n_pcm; at += 48000) {
		const double late = lateness_s(&w, 0, pace_cases[_i].codec_hz, at) -
				    (pace_cases[_i].driver_ppm * 1e-6) *
						    ((double)at / pace_cases[_i].codec_hz);
		double off;

		if (pace_cases[_i].driver_ppm !=
				0.0) /* the tone runs at the driver's rate */
			break;
		off = period_distance_s(late, wanted);
		ck_assert_msg(off < 3e-6, "frame %u: %.2f us off", at, off * 1e6);
	}
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).jumps, 0);
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns)
					  .starved_blocks,
			0);
	world_finish(&w);
}
END_TEST

START_TEST(reported_delays_are_made_up_for)
{
	struct world w;
	double skew;

	world_init(&w, 48000, 1024);
	tandem_group_set_expected(&w.group, 3);
	add_speaker(&w, 0, 0x10);
	add_speaker(&w, 1, 0x10);
	tandem_group_observe_delay(&w.group, 0, 0.12013);
	tandem_group_observe_delay(&w.group, 1, 0.1804);
	run_for(&w, 10.0);
	skew = period_distance_s(lateness_s(&w, 0, 48000, 300000) + 0.12013,
			lateness_s(&w, 1, 48000, 300000) + 0.1804);
	ck_assert_msg(skew < 3e-6, "%.2f us", skew * 1e6);
	ck_assert_double_eq_tol(tandem_group_latency_s(&w.group),
			0.020 + 0.1804 + (640.0 + SBC_DELAY) / 48000.0, 1e-9);

	/* a report under the music: one crossfaded jump of the other speaker */
	tandem_group_observe_delay(&w.group, 1, 0.2004);
	run_for(&w, 10.0);
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).jumps, 1);
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[1], w.now_ns).jumps, 0);
	skew = period_distance_s(lateness_s(&w, 0, 48000, 840000) + 0.12013,
			lateness_s(&w, 1, 48000, 840000) + 0.2004);
	ck_assert_msg(skew < 3e-6, "%.2f us", skew * 1e6);

	/* nonsense moves nothing */
	tandem_group_observe_delay(&w.group, 1, -1.0);
	tandem_group_observe_delay(&w.group, 1, 5.0);
	tandem_group_observe_delay(&w.group, 1, NAN);
	tandem_group_observe_delay(&w.group, 5, 0.1);
	ck_assert_double_eq(tandem_speaker_stats(w.group.speakers[1], w.now_ns).delay_s,
			0.2004);
	world_finish(&w);
}
END_TEST

START_TEST(late_graph_is_waited_for_then_silent)
{
	struct world w;
	struct tandem_speaker_stats before;
	struct tandem_speaker_stats after;

	world_init(&w, 48000, 1024);
	add_speaker(&w, 0, 0x10);
	w.late_ns = 15 * TANDEM_NS_PER_MS; /* within the margin */
	run_for(&w, 5.0);
	before = tandem_speaker_stats(w.group.speakers[0], w.now_ns);
	ck_assert_uint_eq(before.starved_blocks, 0);
	w.stalled = true;
	run_for(&w, 1.0);
	w.stalled = false;
	run_for(&w, 2.0);
	after = tandem_speaker_stats(w.group.speakers[0], w.now_ns);
	ck_assert_uint_gt(after.starved_blocks, 250); /* 375 blocks in a second */
	ck_assert_uint_eq(after.skipped, 0);
	ck_assert_uint_ge(w.group.missing_frames, 47000);
	ck_assert_int_le((int64_t)(after.due_frames - after.sent_frames), 640 + 128);
	ck_assert_uint_eq(after.jumps, 0);
	/* and the music is where it was */
	ck_assert_double_lt(period_distance_s(lateness_s(&w, 0, 48000, 7 * 48000),
					    fmod(20e-3 + SBC_DELAY / 48000.0,
							    1.0 / TONE_HZ)),
			25e-6);
	world_finish(&w);
}
END_TEST

START_TEST(full_socket_skips_but_keeps_time)
{
	struct world w;
	struct tandem_speaker_stats st;
	double before;

	world_init(&w, 48000, 1024);
	add_speaker(&w, 0, 0x10);
	run_for(&w, 3.0);
	before = lateness_s(&w, 0, 48000, 48000);
	w.air[0]->full = true;
	run_for(&w, 0.2);
	w.air[0]->full = false;
	run_for(&w, 3.0);
	st = tandem_speaker_stats(w.group.speakers[0], w.now_ns);
	ck_assert_uint_ge(st.skipped, 13); /* 15 packets in 0.2 s, one or two wait */
	ck_assert_uint_le(st.skipped, 15);
	ck_assert_int_eq(w.air[0]->last_sequence, (int16_t)(st.packets + st.skipped - 1));
	/* what is heard lacks the skipped time and is otherwise in place */
	ck_assert_double_lt(period_distance_s(before,
					    lateness_s(&w, 0, 48000, 5 * 48000) +
							    (double)st.skipped * 640.0 /
									    48000.0),
			25e-6);
	ck_assert_int_le((int64_t)(st.due_frames - st.sent_frames), 640 + 128);
	world_finish(&w);
}
END_TEST

START_TEST(a_dead_link_stops_one_speaker_only)
{
	struct world w;
	uint32_t n;

	world_init(&w, 48000, 1024);
	add_speaker(&w, 0, 0x10);
	add_speaker(&w, 1, 0x10);
	run_for(&w, 2.0);
	w.air[0]->gone = true;
	n = w.air[1]->n_packets;
	run_for(&w, 1.0);
	ck_assert_int_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).gone, true);
	ck_assert_int_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).error, -104);
	ck_assert_uint_ge(w.air[1]->n_packets, n + 74);
	world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("group");
	TCase *const c = tcase_create("virtual time");
	SRunner *runner;
	int failed;

	tcase_set_timeout(c, 120);
	tcase_add_test(c, both_start_on_the_same_frame);
	tcase_add_test(c, barrier_gives_up_after_three_seconds);
	tcase_add_loop_test(c, pace_is_even_and_content_in_place, 0,
			TANDEM_ARRAY_LEN(pace_cases));
	tcase_add_test(c, reported_delays_are_made_up_for);
	tcase_add_test(c, late_graph_is_waited_for_then_silent);
	tcase_add_test(c, full_socket_skips_but_keeps_time);
	tcase_add_test(c, a_dead_link_stops_one_speaker_only);
	suite_add_tcase(suite, c);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
