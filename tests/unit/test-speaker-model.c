/* SPDX-License-Identifier: MIT
 *
 * The box's clockwork in virtual time: every latency is what the test itself computes
 * from when a frame was sent and when `play` said it left.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "speaker-bench.h"
#include "suite.h"

static double mean(const struct bench *b)
{
	return b->sum / b->n;
}

static double rms(const struct bench *b)
{
	return sqrt(fmax(0.0, b->squares / b->n - mean(b) * mean(b)));
}

static const double drifts_ppm[] = { 0.0, 40.0, -40.0 };

START_TEST(t1_holds_the_latency_asked_for)
{
	const struct tandem_box_config config = {
		.type = TANDEM_BOX_T1, .delay_s = 0.150, .drift_ppm = drifts_ppm[_i]
	};
	struct bench b;

	tandem_bench_set_up(&b, &config);
	tandem_bench_measure_from(&b, 10.0);
	for (int k = 0; k < tandem_bench_packets_in(60.0); k++)
		tandem_bench_send_packet(&b, k, 0.0);
	ck_assert_double_lt(fabs(mean(&b) - 0.150), 0.05e-3);
	ck_assert_double_lt(rms(&b), 0.05e-3);
	ck_assert_double_lt(b.max - b.min, 0.2e-3);
	ck_assert_double_lt(fabs(tandem_box_latency_s(&b.box) - b.latency_s), 0.1e-3);
	ck_assert_double_eq_tol(tandem_box_mean_ppm(&b.box), drifts_ppm[_i], 1e-6);
	ck_assert_uint_eq(b.events_len, 1);
	ck_assert_double_eq_tol(b.events[0].value, 0.150, 1e-9);
}
END_TEST

START_TEST(t1_pulls_a_late_start_in_within_seconds)
{
	const struct tandem_box_config config = { .type = TANDEM_BOX_T1, .delay_s = 0.150 };
	struct bench b;

	tandem_bench_set_up(&b, &config);
	tandem_bench_measure_from(&b, 1.2);
	for (int k = 0; k < tandem_bench_packets_in(30.0); k++) {
		/* 3 ms at first, less than 2 % of it after 9 s */
		if (k == tandem_bench_packets_in(10.0))
			ck_assert_double_gt(b.max, 0.1525);
		if (k == tandem_bench_packets_in(10.0))
			tandem_bench_measure_from(&b, 11.0);
		tandem_bench_send_packet(&b, k, k == 0 ? 3e-3 : 0.0);
	}
	ck_assert_double_lt(b.max, 0.15006);
	ck_assert_double_gt(b.min, 0.14994);
	/* pitch moves slowly: no more than the loop needs for 3 ms */
	ck_assert_double_lt(b.max_ppm, 500.0);
}
END_TEST

START_TEST(t1_follows_the_packet_rate)
{
	const struct tandem_box_config config = {
		.type = TANDEM_BOX_T1, .delay_s = 0.150, .drift_ppm = 40.0
	};
	struct bench b;

	tandem_bench_set_up(&b, &config);
	for (int k = 0; k < tandem_bench_packets_in(60.0); k++) {
		tandem_bench_send_packet(&b, k,
				k * PERIOD_S * 100e-6); /* a sender 100 ppm slow */
	}
	ck_assert_double_eq_tol(b.box.loop_ppm, -140.0, 1.0);
	ck_assert_double_eq_tol(tandem_box_latency_s(&b.box), 0.150, 0.05e-3);
}
END_TEST

START_TEST(t2_drifts_as_its_crystal)
{
	const struct tandem_box_config config = {
		.type = TANDEM_BOX_T2, .delay_s = 0.150, .drift_ppm = drifts_ppm[_i]
	};
	struct bench b;

	tandem_bench_set_up(&b, &config);
	for (int k = 0; k < tandem_bench_packets_in(100.0); k++)
		tandem_bench_send_packet(&b, k, 0.0);
	/* a fast DAC shrinks the latency */
	ck_assert_double_eq_tol((b.latency_s - 0.150) / (b.last_to_s - 1.150),
			-drifts_ppm[_i] * 1e-6, 0.01e-6);
	ck_assert_uint_eq(b.counts[TANDEM_BOX_UNDERRUN], 0);
}
END_TEST

START_TEST(warm_up_dies_away)
{
	const struct tandem_box_config config = {
		.type = TANDEM_BOX_T2, .delay_s = 0.200, .drift_ppm = 5.0, .warmup_ppm = 6.0
	};
	struct bench b;

	tandem_bench_set_up(&b, &config);
	for (int k = 0; k < tandem_bench_packets_in(600.0); k++) {
		tandem_bench_send_packet(&b, k, 0.0);
		if (k == 1)
			ck_assert_double_eq_tol(b.box.dac_ppm, 11.0, 0.01);
	}
	ck_assert_double_eq_tol(b.box.dac_ppm, 5.0 + 6.0 * exp(-1.0), 0.01);
	ck_assert_double_eq_tol(tandem_box_mean_ppm(&b.box), 5.0 + 6.0 * (1.0 - exp(-1.0)),
			0.02);
}
END_TEST

START_TEST(wander_is_bounded_seeded_and_of_the_size_asked)
{
	const struct tandem_box_config config = {
		.type = TANDEM_BOX_T1, .delay_s = 0.200, .wander_ppm = 2.0, .seed = 7
	};
	struct bench b;
	struct bench again;
	double squares = 0.0;
	double last = NAN;
	double step = 0.0;
	const int packets = tandem_bench_packets_in(20000.0);

	tandem_bench_set_up(&b, &config);
	tandem_bench_set_up(&again, &config);
	for (int k = 0; k < packets; k++) {
		tandem_bench_send_packet(&b, k, 0.0);
		tandem_bench_send_packet(&again, k, 0.0);
		if (fabs(b.box.dac_ppm) > 6.0 || b.box.dac_ppm != again.box.dac_ppm)
			ck_abort_msg("%f or %f ppm", b.box.dac_ppm, again.box.dac_ppm);
		if (!isnan(last))
			step = fmax(step, fabs(b.box.dac_ppm - last));
		last = b.box.dac_ppm;
		squares += last * last;
	}
	/* 67 correlation times: the rms is known to some 15 % */
	ck_assert_double_eq_tol(sqrt(squares / packets), 2.0, 0.7);
	ck_assert_double_lt(step, 1.0);
}
END_TEST

START_TEST(dead_band_is_free_inside_and_jumps_at_its_edges)
{
	const struct tandem_box_config config = {
		.type = TANDEM_BOX_DEADBAND, .delay_s = 0.150, .drift_ppm = -1000.0
	};
	const double width_s = 20.0 * 128.0 / RATE_HZ;
	struct bench b;

	tandem_bench_set_up(&b, &config);
	for (int k = 0; k < tandem_bench_packets_in(40.0); k++)
		tandem_bench_send_packet(&b, k, 0.0);
	ck_assert_double_eq_tol(b.latency_s, 0.150 + 0.039, 1e-3); /* 39 s at 1000 ppm */
	ck_assert_double_eq_tol(b.max_ppm, -1000.0, 0.1);          /* it ran free */
	for (int k = tandem_bench_packets_in(40.0); k < tandem_bench_packets_in(100.0); k++)
		tandem_bench_send_packet(&b, k, 0.0);
	ck_assert_double_eq_tol(b.latency_s, 0.150 + width_s, 1e-3); /* and stops there */
	ck_assert_double_eq_tol(b.max_ppm, 3906.0 - 1000.0 - 3.9, 0.1);
	ck_assert_double_eq_tol(b.min_ppm, -1000.0, 0.1);
}
END_TEST

START_TEST(dead_band_slows_down_below)
{
	const struct tandem_box_config config = {
		.type = TANDEM_BOX_DEADBAND, .delay_s = 0.150, .drift_ppm = 100.0
	};
	struct bench b;

	tandem_bench_set_up(&b, &config);
	for (int k = 0; k < tandem_bench_packets_in(60.0); k++)
		tandem_bench_send_packet(&b, k, 0.0);
	ck_assert_double_eq_tol(b.latency_s, 0.150, 1e-3);
	ck_assert_double_eq_tol(b.min_ppm, 100.0 - 3906.0 - 0.4, 0.1);
}
END_TEST

START_TEST(underrun_is_silence_and_a_new_start)
{
	const struct tandem_box_config config = {
		.type = TANDEM_BOX_T2, .delay_s = 0.120, .start_spread_s = 0.015, .seed = 3
	};
	const int before = tandem_bench_packets_in(2.0);
	struct bench b;

	tandem_bench_set_up(&b, &config);
	for (int k = 0; k < before; k++)
		tandem_bench_send_packet(&b, k, 0.0);

	const double first_s = b.latency_s;
	const double dry_s = b.sent_s + before * PERIOD_S + first_s; /* all is played */
	ck_assert_double_eq_tol(first_s, 0.120, 0.015);
	ck_assert_double_eq_tol(first_s, b.events[0].value, 1e-6);

	/* half a second later the sender goes on where it stopped */
	b.sent_s += 0.5;
	tandem_bench_measure_from(&b, dry_s + 0.01);
	for (int k = before; k < before + tandem_bench_packets_in(2.0); k++)
		tandem_bench_send_packet(&b, k, 0.0);
	ck_assert_uint_eq(b.events_len, 3);
	ck_assert_int_eq(b.events[1].event, TANDEM_BOX_UNDERRUN);
	ck_assert_double_eq_tol(b.events[1].at_s, dry_s, 1e-6);
	ck_assert_int_eq(b.events[2].event, TANDEM_BOX_START);
	ck_assert_double_eq_tol(b.latency_s, 0.120, 0.015);
	ck_assert_double_eq_tol(b.latency_s, b.events[2].value, 1e-6);
	ck_assert_double_gt(fabs(b.latency_s - first_s), 1e-4); /* drawn anew */
	ck_assert_double_eq_tol(b.silence_s, 0.5 + b.latency_s - first_s, 1e-6);
}
END_TEST

START_TEST(overrun_drops_the_packet)
{
	const struct tandem_box_config config = { .type = TANDEM_BOX_T2, .delay_s = 0.150 };
	struct bench b;
	uint32_t kept = 0;

	tandem_bench_set_up(&b, &config);
	for (int k = 0; k < 100; k++) /* 1.3 s of sound at once */
		kept += tandem_box_arrive(&b.box, 1.0, 0, PACKET).frames;
	ck_assert_uint_eq(b.counts[TANDEM_BOX_OVERRUN], 100 - kept / PACKET);
	/* room: fill of 110 ms and 200 ms on top */
	ck_assert_double_eq_tol(kept / RATE_HZ, 0.310, PERIOD_S);
	tandem_box_run(&b.box, 2.0);
	ck_assert_double_eq_tol(b.taken, kept, 0.5);
}
END_TEST

START_TEST(loss_keeps_the_time_line)
{
	const struct tandem_box_config config = { .type = TANDEM_BOX_T1, .delay_s = 0.150 };
	struct bench b;

	tandem_bench_set_up(&b, &config);
	tandem_bench_measure_from(&b, 2.0);
	for (int k = 0; k < tandem_bench_packets_in(20.0); k++) {
		const bool lost = k % 100 > 96; /* three in a row, 40 ms */
		const uint32_t before = k % 100 == 0 && k > 0 ? 3 * PACKET : 0;

		if (!lost) {
			ck_assert_uint_eq(tandem_box_arrive(&b.box, b.sent_s + k * PERIOD_S,
							  before, PACKET)
							  .silence_frames,
					before);
		}
	}
	ck_assert_uint_eq(b.counts[TANDEM_BOX_GAP],
			(tandem_bench_packets_in(20.0) - 1) / 100);
	ck_assert_uint_eq(b.counts[TANDEM_BOX_UNDERRUN], 0);
	ck_assert_double_lt(b.max - b.min, 0.05e-3);
	ck_assert_double_eq_tol(mean(&b), 0.150, 0.05e-3);
	ck_assert_double_eq_tol(b.silence_s, 0.0, 1e-6);
}
END_TEST

/* Time may be negative: a stream may start before the recording. */
static const struct {
	double step_s, from_s;
} steps[] = { { 0.030, 1.0 }, { -0.020, 1.0 }, { 0.030, -3.0 } };

START_TEST(step_moves_the_latency_at_its_time)
{
	const struct tandem_box_config config = { .type = TANDEM_BOX_T1,
		.delay_s = 0.150,
		.step_s = steps[_i].step_s,
		.step_at_s = 5.0 };
	struct bench b;

	tandem_bench_set_up(&b, &config);
	b.sent_s = steps[_i].from_s;
	for (int k = 0; k < tandem_bench_packets_in(20.0); k++) {
		if (k == tandem_bench_packets_in(4.9))
			ck_assert_double_eq_tol(b.latency_s, 0.150, 0.05e-3);
		tandem_bench_send_packet(&b, k, 0.0);
	}
	ck_assert_double_eq_tol(b.latency_s, 0.150 + steps[_i].step_s, 0.05e-3);
	ck_assert_uint_eq(b.events_len, 2);
	ck_assert_int_eq(b.events[1].event, TANDEM_BOX_STEP);
	ck_assert_double_eq_tol(b.events[1].at_s, b.events[0].at_s + 5.0, 1e-3);
	ck_assert_double_eq_tol(b.silence_s, fmax(0.0, steps[_i].step_s), 1e-6);
}
END_TEST

START_TEST(close_drops_what_is_left)
{
	const struct tandem_box_config config = { .type = TANDEM_BOX_T1, .delay_s = 0.150 };
	struct bench b;

	tandem_bench_set_up(&b, &config);
	for (int k = 0; k < 20; k++)
		tandem_bench_send_packet(&b, k, 0.0);
	tandem_box_close(&b.box, b.sent_s + 20 * PERIOD_S);
	ck_assert_double_eq(b.taken, 20 * PACKET);
	ck_assert_double_eq(tandem_box_level_s(&b.box), 0.0);
	ck_assert_int_eq(b.events[b.events_len - 1].event, TANDEM_BOX_STOP);
	tandem_box_run(&b.box, 100.0); /* silence, and no underrun */
	ck_assert_uint_eq(b.counts[TANDEM_BOX_UNDERRUN], 0);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("speaker model");
	TCase *const all = tcase_create("virtual time");

	tcase_add_loop_test(all, t1_holds_the_latency_asked_for, 0, 3);
	tcase_add_test(all, t1_pulls_a_late_start_in_within_seconds);
	tcase_add_test(all, t1_follows_the_packet_rate);
	tcase_add_loop_test(all, t2_drifts_as_its_crystal, 0, 3);
	tcase_add_test(all, warm_up_dies_away);
	tcase_add_test(all, wander_is_bounded_seeded_and_of_the_size_asked);
	tcase_add_test(all, dead_band_is_free_inside_and_jumps_at_its_edges);
	tcase_add_test(all, dead_band_slows_down_below);
	tcase_add_test(all, underrun_is_silence_and_a_new_start);
	tcase_add_test(all, overrun_drops_the_packet);
	tcase_add_test(all, loss_keeps_the_time_line);
	tcase_add_loop_test(all, step_moves_the_latency_at_its_time, 0, 3);
	tcase_add_test(all, close_drops_what_is_left);
	tcase_set_timeout(all, 60);
	suite_add_tcase(suite, all);
	return tandem_suite_run(suite);
}
