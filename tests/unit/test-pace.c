/* SPDX-License-Identifier: MIT
 *
 * Pace: speakers that run on their own crystal, fed at their own rate.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "clock/pace.h"
#include "tap.h"
#include "suite.h"

static const struct tandem_mix left = { { { 1 }, { 1 } } };

START_TEST(a_bend_moves_nothing_before_it)
{
	struct tandem_pace p;
	int64_t due_ns;

	tandem_pace_init(&p, 48000);
	tandem_pace_set_drift(&p, 100.0, 0);
	tandem_pace_start(&p, 7 * TANDEM_NS_PER_S);
	ck_assert_int_eq(tandem_pace_due_ns(&p, 0), 7 * TANDEM_NS_PER_S);
	due_ns = tandem_pace_due_ns(&p, 48000);
	ck_assert_int_le(llabs(due_ns - 8 * TANDEM_NS_PER_S + 99990), 1); /* 1 / 1.0001 */
	ck_assert_double_eq_tol(tandem_pace_frame_at(&p, due_ns), 48000.0, 1e-4);
	ck_assert_double_lt(tandem_pace_frame_at(&p, 6 * TANDEM_NS_PER_S), 0.0);

	tandem_pace_set_drift(&p, -100.0, 48000);
	ck_assert_int_eq(tandem_pace_due_ns(&p, 48000), due_ns);
	ck_assert_int_le(llabs(tandem_pace_due_ns(&p, 96000) - due_ns - 1000100010), 1);
	ck_assert_int_le(llabs(tandem_pace_due_ns(&p, 47990) - due_ns + 208354), 1);

	/* kept within what the path can follow; nonsense is nothing */
	tandem_pace_set_drift(&p, 1e6, 96000);
	ck_assert_double_eq_tol(p.rate_hz, 48048.0, 1e-6);
	tandem_pace_set_drift(&p, -INFINITY, 96000);
	ck_assert_double_eq_tol(p.rate_hz, 47952.0, 1e-6);
	tandem_pace_set_drift(&p, NAN, 96000);
	ck_assert_double_eq(p.rate_hz, 48000.0);
}
END_TEST

static void check_sent(const struct air *a, double rate_hz)
{
	for (uint32_t i = 0; i < a->n_packets; i++) {
		const double due = (double)a->sent_ns[0] + i * 640e9 / rate_hz;

		ck_assert_double_lt(fabs((double)a->sent_ns[i] - due), 2.0); /* ns */
	}
}

START_TEST(a_free_box_is_fed_at_its_own_pace)
{
	const double fast_hz = 48000.0 * (1.0 + 37.5e-6);
	const double wanted = fmod(WORLD_FIRST_S + WORLD_SBC_DELAY / 48000.0,
			1.0 / WORLD_TONE_HZ);
	struct world w;

	tandem_world_init(&w, 48000, 1024);
	tandem_group_set_expected(&w.group, 3);
	for (uint32_t i = 0; i < 2; i++)
		tandem_world_add_speaker(&w, i, 0x10);
	tandem_group_set_drift(&w.group, 0, 37.5, w.now_ns);
	tandem_group_set_drift(&w.group, 5, 37.5, w.now_ns); /* nobody there */
	tandem_world_run(&w, 100.0);
	check_sent(w.air[0], fast_hz);
	check_sent(w.air[1], 48000.0);
	ck_assert_double_eq_tol(w.air[0]->n_packets, (100.0 - 20e-3) * fast_hz / 640.0,
			1.0);
	ck_assert_int_le(w.worst_backlog, 640 + 128);
	for (uint32_t at = 2 * 48000; at < 99 * 48000; at += 48000) {
		const double fast = tandem_world_lateness_s(&w, 0, fast_hz, at);
		const double exact = tandem_world_lateness_s(&w, 1, 48000.0, at);

		ck_assert_double_lt(tandem_world_distance_s(fast, wanted), 1e-6);
		ck_assert_double_lt(tandem_world_distance_s(exact, wanted), 1e-6);
	}
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).jumps, 0);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_drift_changes_without_a_jump)
{
	const double drifts_ppm[] = { 0.0, 37.5, -80.0, 0.0 };
	struct world w;
	struct tap *t;
	double late_s;
	double steady;

	tandem_world_init(&w, 48000, 1024);
	w.tone_hz[0] = 220.0;
	t = tandem_tap_add(&w, 0, 2, &left);
	tandem_world_run(&w, 1.5);
	late_s = tandem_tap_lateness_s(&w, t, 220.0);
	steady = tandem_tap_roughness(t, 26000, tandem_tap_frames(t));
	for (uint32_t k = 0; k < TANDEM_ARRAY_LEN(drifts_ppm); k++) {
		tandem_group_set_drift(&w.group, 0, drifts_ppm[k], w.now_ns);
		tandem_world_run(&w, 4.0);
		ck_assert_double_lt(tandem_tap_apart_s(tandem_tap_lateness_s(&w, t, 220.0),
						    late_s, 220.0),
				1e-6);
		/* 400 blocks at the end are as far apart as the drift says */
		ck_assert_double_eq_tol((double)(t->sent_ns[t->n_blocks - 1] -
							t->sent_ns[t->n_blocks - 401]),
				1e9 / (1.0 + drifts_ppm[k] * 1e-6), 2.0);
	}
	for (uint32_t i = 1; i < t->n_blocks; i++) {
		/* 80 ppm of 2.5 ms, and the rounding */
		ck_assert_int_le(llabs(t->sent_ns[i] - t->sent_ns[i - 1] - 2500000), 202);
	}
	ck_assert_double_le(tandem_tap_roughness(t, 26000, tandem_tap_frames(t)),
			steady + 1e-5);
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).jumps, 0);
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("pace");
	TCase *const c = tcase_create("virtual time");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, a_bend_moves_nothing_before_it);
	tcase_add_test(c, a_free_box_is_fed_at_its_own_pace);
	tcase_add_test(c, a_drift_changes_without_a_jump);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
