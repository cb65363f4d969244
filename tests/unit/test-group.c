/* SPDX-License-Identifier: MIT
 *
 * The group and its speakers in virtual time.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "world.h"
#include "suite.h"

START_TEST(both_start_on_the_same_frame)
{
	struct world w;

	tandem_world_init(&w, 48000, 1024);
	tandem_group_set_expected(&w.group, 3);
	tandem_world_add_speaker(&w, 0, 0x10);
	tandem_world_run(&w, 1.0);
	ck_assert_uint_eq(w.air[0]->n_packets, 0); /* waits for the other */
	tandem_world_add_speaker(&w, 1, 0x10);
	tandem_world_run(&w, 2.0);
	ck_assert_uint_gt(w.air[0]->n_packets, 100);
	ck_assert_uint_eq(w.air[0]->n_packets, w.air[1]->n_packets);
	for (uint32_t i = 0; i < w.air[0]->n_packets; i++)
		ck_assert_int_eq(w.air[0]->sent_ns[i], w.air[1]->sent_ns[i]);
	ck_assert_mem_eq(w.air[0]->pcm, w.air[1]->pcm, w.air[0]->n_pcm * sizeof(float));
	for (uint32_t i = 0; i < 24000; i++) /* half a second of silence first */
		ck_assert_float_eq_tol(w.air[0]->pcm[i], 0.0f, 1e-3f);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(barrier_gives_up_after_three_seconds)
{
	struct world w;

	tandem_world_init(&w, 48000, 1024);
	tandem_group_set_expected(&w.group, 3);
	tandem_world_add_speaker(&w, 0, 0x10);
	tandem_world_run(&w, 2.9);
	ck_assert_uint_eq(w.air[0]->n_packets, 0);
	tandem_world_run(&w, 0.5);
	ck_assert_uint_gt(w.air[0]->n_packets, 10);
	tandem_world_finish(&w);
}
END_TEST

/* Else a packet that is due just after another speaker's goes out with it, too early. */
START_TEST(one_that_comes_later_falls_into_step)
{
	struct world w;
	uint32_t first = 0;

	tandem_world_init(&w, 48000, 1024);
	tandem_world_add_speaker(&w, 0, 0x10);
	tandem_world_run(&w, 1.007);
	tandem_world_add_speaker(&w, 1, 0x10);
	tandem_world_run(&w, 2.0);
	ck_assert_uint_gt(w.air[1]->n_packets, 100);
	while (w.air[0]->sent_ns[first] < w.air[1]->sent_ns[0])
		first++;
	for (uint32_t i = 0; i < w.air[1]->n_packets; i++) {
		ck_assert_int_le(llabs(w.air[0]->sent_ns[first + i] - w.air[1]->sent_ns[i]),
				2);
	}
	tandem_world_finish(&w);
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

	tandem_world_init(&w, pace_cases[_i].rate_hz, pace_cases[_i].quantum);
	w.driver_ppm = pace_cases[_i].driver_ppm;
	tandem_world_add_speaker(&w, 0, pace_cases[_i].codec_bit);
	tandem_world_run(&w, 15.0);
	a = w.air[0];
	for (uint32_t i = 0; i < a->n_packets; i++) {
		const double due =
				(double)a->sent_ns[0] + i * 640e9 / pace_cases[_i].codec_hz;

		ck_assert_double_lt(fabs((double)a->sent_ns[i] - due), 2.0); /* ns */
	}
	ck_assert_int_le(w.worst_backlog, 640 + 128);

	/* With the codec's own delay the music stands where the margin says. */
	wanted = fmod(WORLD_FIRST_S + WORLD_SBC_DELAY / pace_cases[_i].codec_hz,
			1.0 / WORLD_TONE_HZ);
	for (uint32_t at = 48000; at + 4800 < a->n_pcm; at += 48000) {
		const double late = tandem_world_lateness_s(&w, 0, pace_cases[_i].codec_hz,
						    at) -
				    (pace_cases[_i].driver_ppm * 1e-6) *
						    ((double)at / pace_cases[_i].codec_hz);
		double off;

		if (pace_cases[_i].driver_ppm !=
				0.0) /* the tone runs at the driver's rate */
			break;
		off = tandem_world_distance_s(late, wanted);
		ck_assert_msg(off < 3e-6, "frame %u: %.2f us off", at, off * 1e6);
	}
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).jumps, 0);
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns)
					  .starved_blocks,
			0);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(reported_delays_are_made_up_for)
{
	struct world w;
	double skew;

	tandem_world_init(&w, 48000, 1024);
	tandem_group_set_expected(&w.group, 3);
	tandem_world_add_speaker(&w, 0, 0x10);
	tandem_world_add_speaker(&w, 1, 0x10);
	tandem_world_report(&w, 0, 0.12013);
	tandem_world_report(&w, 1, 0.1804);
	tandem_world_run(&w, 10.0);
	skew = tandem_world_distance_s(tandem_world_lateness_s(&w, 0, 48000, 300000) +
						       0.12013,
			tandem_world_lateness_s(&w, 1, 48000, 300000) + 0.1804);
	ck_assert_msg(skew < 3e-6, "%.2f us", skew * 1e6);
	ck_assert_double_eq_tol(tandem_group_latency_s(&w.group),
			WORLD_FIRST_S + 0.1804 + (640.0 + WORLD_SBC_DELAY) / 48000.0, 1e-9);

	/* a report under the music, of more than there is to spare: one crossfaded jump of
	 * the other speaker */
	tandem_world_report(&w, 1, 0.2104);
	tandem_world_run(&w, 10.0);
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).jumps, 1);
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[1], w.now_ns).jumps, 0);
	skew = tandem_world_distance_s(tandem_world_lateness_s(&w, 0, 48000, 840000) +
						       0.12013,
			tandem_world_lateness_s(&w, 1, 48000, 840000) + 0.2104);
	/* which counts for 99 % of it: the first one is not forgotten */
	ck_assert_msg(skew < 300e-6, "%.2f us", skew * 1e6);

	/* nonsense moves nothing */
	skew = tandem_speaker_stats(w.group.speakers[1], w.now_ns).delay_s;
	tandem_world_report(&w, 1, -1.0);
	tandem_world_report(&w, 1, 5.0);
	tandem_world_report(&w, 1, NAN);
	tandem_world_report(&w, 5, 0.1);
	ck_assert_double_eq(tandem_speaker_stats(w.group.speakers[1], w.now_ns).delay_s,
			skew);
	ck_assert_double_eq_tol(skew, 0.2104, 300e-6);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(late_graph_is_waited_for_then_silent)
{
	struct world w;
	struct tandem_speaker_stats before;
	struct tandem_speaker_stats after;

	tandem_world_init(&w, 48000, 1024);
	tandem_world_add_speaker(&w, 0, 0x10);
	w.late_ns = 15 * TANDEM_NS_PER_MS; /* within the margin */
	tandem_world_run(&w, 5.0);
	before = tandem_speaker_stats(w.group.speakers[0], w.now_ns);
	ck_assert_uint_eq(before.starved_blocks, 0);
	w.stalled = true;
	tandem_world_run(&w, 1.0);
	w.stalled = false;
	tandem_world_run(&w, 2.0);
	after = tandem_speaker_stats(w.group.speakers[0], w.now_ns);
	ck_assert_uint_gt(after.starved_blocks, 250); /* 375 blocks in a second */
	ck_assert_uint_eq(after.skipped, 0);
	ck_assert_uint_ge(w.group.missing_frames, 47000);
	ck_assert_int_le((int64_t)(after.due_frames - after.sent_frames), 640 + 128);
	ck_assert_uint_eq(after.jumps, 0);
	/* and the music is where it was */
	ck_assert_double_lt(tandem_world_distance_s(tandem_world_lateness_s(&w, 0, 48000,
								    7 * 48000),
					    fmod(WORLD_FIRST_S + WORLD_SBC_DELAY / 48000.0,
							    1.0 / WORLD_TONE_HZ)),
			25e-6);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_stopped_process_leaves_out_what_is_over)
{
	struct world w;
	struct tandem_speaker_stats st;
	uint32_t n;

	tandem_world_init(&w, 48000, 1024);
	tandem_world_add_speaker(&w, 0, 0x10);
	tandem_world_run(&w, 3.0);
	n = w.air[0]->n_packets;
	tandem_world_stop(&w, 4.0);
	tandem_world_run(&w, 0.03);
	ck_assert_uint_le(w.air[0]->n_packets - n, 5); /* not the 300 of four seconds */
	tandem_world_run(&w, 3.0);
	st = tandem_speaker_stats(w.group.speakers[0], w.now_ns);
	ck_assert_uint_ge(st.skipped, 298);
	ck_assert_uint_le(st.skipped, 301);
	ck_assert_int_eq(w.air[0]->last_sequence, (int16_t)(st.packets + st.skipped - 1));
	ck_assert_int_le((int64_t)(st.due_frames - st.sent_frames), 640 + 128);
	/* what was skipped was not heard; all else is in place */
	ck_assert_double_lt(tandem_world_distance_s(
					    fmod(WORLD_FIRST_S + WORLD_SBC_DELAY / 48000.0,
							    1.0 / WORLD_TONE_HZ),
					    tandem_world_lateness_s(&w, 0, 48000,
							    5 * 48000) +
							    (double)st.skipped * 640.0 /
									    48000.0),
			25e-6);
	tandem_world_finish(&w);
}
END_TEST

/* Of packets of any length: they get longer when there is no room. */
static double skipped_s(const struct world *w, uint32_t slot)
{
	const struct tandem_speaker_stats st =
			tandem_speaker_stats(w->group.speakers[slot], w->now_ns);

	return (double)(st.sent_frames - w->air[slot]->n_pcm) / 48000.0;
}

START_TEST(full_socket_skips_but_keeps_time)
{
	struct world w;
	struct tandem_speaker_stats st;
	double before;

	tandem_world_init(&w, 48000, 1024);
	tandem_world_add_speaker(&w, 0, 0x10);
	tandem_world_run(&w, 3.0);
	before = tandem_world_lateness_s(&w, 0, 48000, 48000);
	w.air[0]->full = true;
	tandem_world_run(&w, 0.2);
	w.air[0]->full = false;
	tandem_world_run(&w, 3.0);
	st = tandem_speaker_stats(w.group.speakers[0], w.now_ns);
	ck_assert_double_ge(skipped_s(&w, 0), 0.2 - 2e-3 * TANDEM_PACKET_MS); /* two wait */
	ck_assert_double_le(skipped_s(&w, 0), 0.2);
	ck_assert_int_eq(w.air[0]->last_sequence, (int16_t)(st.packets + st.skipped - 1));
	/* what is heard lacks the skipped time and is otherwise in place */
	ck_assert_double_lt(tandem_world_distance_s(before,
					    tandem_world_lateness_s(&w, 0, 48000,
							    5 * 48000) +
							    skipped_s(&w, 0)),
			25e-6);
	ck_assert_int_le((int64_t)(st.due_frames - st.sent_frames), 640 + 128);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_full_socket_holds_up_one_speaker_only)
{
	struct world w;
	uint32_t n;

	tandem_world_init(&w, 48000, 1024);
	tandem_group_set_expected(&w.group, 3);
	tandem_world_add_speaker(&w, 0, 0x10);
	tandem_world_add_speaker(&w, 1, 0x10);
	tandem_world_run(&w, 2.0);
	n = w.air[1]->n_pcm;
	w.air[0]->full = true;
	tandem_world_run(&w, 2.0);
	ck_assert_int_le(abs((int)(w.air[1]->n_pcm - n) - 2 * 48000), 11 * 128);
	for (uint32_t i = 1; i < w.air[1]->n_packets; i++) {
		ck_assert_int_le(w.air[1]->sent_ns[i] - w.air[1]->sent_ns[i - 1],
				TANDEM_PACKET_MS * TANDEM_NS_PER_MS);
	}
	ck_assert_double_eq(skipped_s(&w, 1), 0.0);
	/* one waits; nothing piles up to come in one go */
	w.air[0]->full = false;
	n = w.air[0]->n_packets;
	tandem_world_run(&w, 1.0);
	ck_assert_uint_le(w.air[0]->n_packets - n, 76);
	ck_assert_double_ge(skipped_s(&w, 0), 2.0 - 2e-3 * TANDEM_PACKET_MS);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_dead_link_stops_one_speaker_only)
{
	struct world w;
	uint32_t n;

	tandem_world_init(&w, 48000, 1024);
	tandem_world_add_speaker(&w, 0, 0x10);
	tandem_world_add_speaker(&w, 1, 0x10);
	tandem_world_run(&w, 2.0);
	w.air[0]->gone = true;
	n = w.air[1]->n_packets;
	tandem_world_run(&w, 1.0);
	ck_assert_int_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).gone, true);
	ck_assert_int_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).error, -104);
	ck_assert_uint_ge(w.air[1]->n_packets, n + 74);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(what_was_set_before_holds_from_the_start)
{
	const double fast_hz = 48000.0 * (1.0 + 37.5e-6);
	struct world w;
	const struct air *a;
	double apart_s;

	tandem_world_init(&w, 48000, 1024);
	tandem_group_set_expected(&w.group, 3);
	tandem_world_add_speaker(&w, 1, 0x10);
	w.preset.trim_s = 0.25e-3;
	w.preset.drift_ppm = 37.5;
	w.preset.wish.bitpool = 31;
	tandem_world_add_speaker(&w, 0, 0x10);
	tandem_world_run(&w, 12.0);
	a = w.air[0];
	ck_assert_uint_eq(a->last_bitpool, 31);
	ck_assert_double_eq_tol((double)(a->sent_ns[400] - a->sent_ns[0]),
			400 * 1024e9 / fast_hz, 2.0);
	apart_s = tandem_world_lateness_s(&w, 0, fast_hz, 480000) -
		  tandem_world_lateness_s(&w, 1, 48000.0, 480000);
	/* a quarter of the tone's period */
	/* Its packets hold eight frames instead of five. By three frames they leave later,
	 * and what they carry is earlier: both are left out here. */
	ck_assert_double_lt(fabs(remainder(apart_s - 0.25e-3, 1 / WORLD_TONE_HZ)), 1e-6);
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).jumps, 0);
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("group");
	TCase *const c = tcase_create("virtual time");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, both_start_on_the_same_frame);
	tcase_add_test(c, barrier_gives_up_after_three_seconds);
	tcase_add_test(c, one_that_comes_later_falls_into_step);
	tcase_add_loop_test(c, pace_is_even_and_content_in_place, 0,
			TANDEM_ARRAY_LEN(pace_cases));
	tcase_add_test(c, reported_delays_are_made_up_for);
	tcase_add_test(c, late_graph_is_waited_for_then_silent);
	tcase_add_test(c, a_stopped_process_leaves_out_what_is_over);
	tcase_add_test(c, full_socket_skips_but_keeps_time);
	tcase_add_test(c, a_full_socket_holds_up_one_speaker_only);
	tcase_add_test(c, a_dead_link_stops_one_speaker_only);
	tcase_add_test(c, what_was_set_before_holds_from_the_start);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
