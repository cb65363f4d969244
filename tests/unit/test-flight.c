/* SPDX-License-Identifier: MIT
 *
 * Flight: how many packets are on their way, told by stamps and told by bytes, and how long
 * they took.
 */
#include <check.h>
#include <math.h>

#include "path/flight.h"
#include "suite.h"

#define MS TANDEM_NS_PER_MS

static struct tandem_flight f;

static void by_stamps(void)
{
	tandem_flight_init(&f, TANDEM_FLIGHT_STAMPS);
}

static void by_socket(void)
{
	tandem_flight_init(&f, TANDEM_FLIGHT_SOCKET);
}

START_TEST(what_is_sent_is_on_its_way_until_completed)
{
	for (int i = 0; i < 3; i++)
		tandem_flight_sent(&f, 1000 * MS + i * MS);
	ck_assert_uint_eq(f.packets, 3);
	ck_assert_int_eq(f.moved_ns, 1000 * MS); /* the first of them */
	tandem_flight_completed(&f, 0, 1004 * MS);
	ck_assert_uint_eq(f.packets, 2);
	ck_assert_int_eq(f.moved_ns, 1004 * MS);
	ck_assert_double_eq_tol(f.last_delay_s, 4e-3, 1e-9);
	tandem_flight_completed(&f, 2, 1007 * MS); /* the one before was not told */
	ck_assert_uint_eq(f.packets, 0);
	ck_assert_uint_eq(f.lost, 1);
	ck_assert_uint_eq(f.completed, 2);
}
END_TEST

START_TEST(numbers_go_around_and_odd_ones_are_passed_over)
{
	f.oldest = f.next = UINT32_MAX - 1;
	for (int i = 0; i < 3; i++)
		tandem_flight_sent(&f, i * MS);
	tandem_flight_completed(&f, 7, 3 * MS);
	tandem_flight_completed(&f, UINT32_MAX - 2, 3 * MS);
	ck_assert_uint_eq(f.packets, 3);
	tandem_flight_completed(&f, UINT32_MAX, 3 * MS);
	ck_assert_uint_eq(f.packets, 1);
	tandem_flight_completed(&f, 0, 4 * MS);
	ck_assert_uint_eq(f.packets, 0);
	ck_assert_uint_eq(f.completed, 2);
	tandem_flight_completed(&f, 0, 5 * MS);
	ck_assert_uint_eq(f.completed, 2);
}
END_TEST

START_TEST(more_than_can_be_remembered)
{
	for (int i = 0; i < TANDEM_FLIGHT_PENDING + 5; i++)
		tandem_flight_sent(&f, i * MS);
	ck_assert_uint_eq(f.packets, TANDEM_FLIGHT_PENDING);
	tandem_flight_completed(&f, 2, 30 * MS);
	ck_assert_uint_eq(f.packets, TANDEM_FLIGHT_PENDING);
	tandem_flight_completed(&f, TANDEM_FLIGHT_PENDING + 4, 30 * MS);
	ck_assert_uint_eq(f.packets, 0);
}
END_TEST

START_TEST(what_is_older_than_a_second_is_lost)
{
	tandem_flight_sent(&f, 0);
	tandem_flight_completed(&f, 0, 5 * MS);
	tandem_flight_sent(&f, 1000 * MS);
	tandem_flight_sent(&f, 1500 * MS);
	ck_assert(tandem_flight_expire(&f, 2000 * MS));
	ck_assert_uint_eq(f.packets, 2);
	ck_assert(tandem_flight_expire(&f, 2001 * MS));
	ck_assert_uint_eq(f.packets, 1);
	ck_assert(tandem_flight_expire(&f, 3000 * MS));
	ck_assert_uint_eq(f.packets, 0);
	ck_assert_uint_eq(f.lost, 2);
	/* that the next is taken does not show that the link lives */
	tandem_flight_sent(&f, 3100 * MS);
	ck_assert_int_eq(f.moved_ns, 1000 * MS);
	tandem_flight_completed(&f, 3, 3105 * MS);
	ck_assert_int_eq(f.moved_ns, 3105 * MS);
	tandem_flight_sent(&f, 4000 * MS);
	ck_assert_int_eq(f.moved_ns, 4000 * MS);
}
END_TEST

START_TEST(an_adapter_that_never_completes_is_found_out)
{
	tandem_flight_sent(&f, 0);
	ck_assert(tandem_flight_expire(&f, 900 * MS));
	ck_assert(!tandem_flight_expire(&f, 1100 * MS));
}
END_TEST

START_TEST(a_clock_that_was_set_back_is_no_delay)
{
	tandem_flight_sent(&f, 1000 * MS);
	tandem_flight_completed(&f, 0, 400 * MS);
	ck_assert_uint_eq(f.packets, 0);
	ck_assert_uint_eq(f.delays.n, 0);
}
END_TEST

/* What the kernel charges for a packet, in how many pieces, by the controller's buffers. */
static const uint32_t charges[] = { 1280, 2304, 5120 };

START_TEST(bytes_become_packets)
{
	const uint32_t charge = charges[_i];

	for (uint32_t n = 1; n <= 4; n++) {
		tandem_flight_see_used(&f, (n - 1) * charge, n * MS);
		tandem_flight_sent_used(&f, n * charge, false, n * MS);
		ck_assert_uint_eq(f.packets, n);
	}
	ck_assert_int_eq(f.moved_ns, 1 * MS);
	for (uint32_t n = 4; n-- > 0;) {
		tandem_flight_see_used(&f, n * charge, 100 * MS - n);
		ck_assert_uint_eq(f.packets, n);
		ck_assert_int_eq(f.moved_ns, 100 * MS - n);
	}
	tandem_flight_see_used(&f, 0, 200 * MS);
	ck_assert_int_eq(f.moved_ns, 100 * MS);
}
END_TEST

/* A packet of which a piece has gone is still one. */
START_TEST(pieces_are_packets)
{
	tandem_flight_sent_used(&f, 5120, false, 1);
	tandem_flight_sent_used(&f, 10240, false, 2);
	for (uint32_t pieces = 7; pieces > 4; pieces--) {
		tandem_flight_see_used(&f, pieces * 1280, 3);
		ck_assert_uint_eq(f.packets, 2);
	}
	tandem_flight_see_used(&f, 4 * 1280, 3);
	ck_assert_uint_eq(f.packets, 1);
}
END_TEST

/* The first was gone before anybody looked; a buffer that is full shows less than it holds;
 * one packet's piece went meanwhile; smaller packets are cheaper. */
START_TEST(the_charge_is_learnt)
{
	tandem_flight_sent_used(&f, 0, false, 1);
	ck_assert_uint_eq(f.packets, 0);
	tandem_flight_see_used(&f, 0, 2);
	tandem_flight_sent_used(&f, 2304, false, 2);
	ck_assert_uint_eq(f.charge_bytes, 2304);
	tandem_flight_see_used(&f, 0, 3);
	tandem_flight_sent_used(&f, 1000, true, 3);
	ck_assert_uint_eq(f.charge_bytes, 2304);
	tandem_flight_see_used(&f, 0, 4);
	tandem_flight_sent_used(&f, 1280, false, 4);
	ck_assert_uint_eq(f.charge_bytes, 2304 - 128);
	for (int i = 0; i < 40; i++) {
		tandem_flight_see_used(&f, 0, 5);
		tandem_flight_sent_used(&f, 1280, false, 5);
	}
	ck_assert_uint_le(f.charge_bytes, 1280 + 8);
	ck_assert_uint_ge(f.charge_bytes, 1280);
}
END_TEST

/* As a bin is a twelfth of an octave wide its middle is 3 % from its edges. */
#define WITHIN 0.03

START_TEST(percentiles_are_those_of_the_window)
{
	static struct tandem_delays d;

	ck_assert(isnan(tandem_delays_percentile_s(&d, 50.0)));
	for (int i = 0; i < 5000; i++) /* long gone */
		tandem_delays_add(&d, 0.9);
	for (int i = 0; i < TANDEM_DELAYS_WINDOW; i++) {
		tandem_delays_add(&d,
				1e-3 + 1e-3 * (i * 37 % TANDEM_DELAYS_WINDOW) / 10.24);
	}
	ck_assert_double_eq_tol(tandem_delays_percentile_s(&d, 50.0), 51e-3,
			51e-3 * WITHIN);
	ck_assert_double_eq_tol(tandem_delays_percentile_s(&d, 95.0), 96e-3,
			96e-3 * WITHIN);
	ck_assert_double_eq_tol(tandem_delays_percentile_s(&d, 99.0), 100e-3,
			100e-3 * WITHIN);
}
END_TEST

START_TEST(any_delay_has_a_bin)
{
	static const double odd[] = { 0.0, -1.0, 1e-9, 30e-6, 2.0, 1e9, INFINITY };
	struct tandem_delays d = { 0 };

	for (uint32_t i = 0; i < TANDEM_ARRAY_LEN(odd); i++)
		tandem_delays_add(&d, odd[i]);
	tandem_delays_add(&d, (double)NAN);
	ck_assert_uint_eq(d.n, 8);
	ck_assert_double_gt(tandem_delays_percentile_s(&d, 100.0), 1.8);
	ck_assert_double_lt(tandem_delays_percentile_s(&d, 0.0), 60e-6);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("flight");
	TCase *const stamps = tcase_create("stamps");
	TCase *const socket = tcase_create("socket");
	TCase *const delays = tcase_create("delays");

	tcase_add_checked_fixture(stamps, by_stamps, NULL);
	tcase_add_test(stamps, what_is_sent_is_on_its_way_until_completed);
	tcase_add_test(stamps, numbers_go_around_and_odd_ones_are_passed_over);
	tcase_add_test(stamps, more_than_can_be_remembered);
	tcase_add_test(stamps, what_is_older_than_a_second_is_lost);
	tcase_add_test(stamps, an_adapter_that_never_completes_is_found_out);
	tcase_add_test(stamps, a_clock_that_was_set_back_is_no_delay);
	tcase_add_checked_fixture(socket, by_socket, NULL);
	tcase_add_loop_test(socket, bytes_become_packets, 0, TANDEM_ARRAY_LEN(charges));
	tcase_add_test(socket, pieces_are_packets);
	tcase_add_test(socket, the_charge_is_learnt);
	tcase_add_test(delays, percentiles_are_those_of_the_window);
	tcase_add_test(delays, any_delay_has_a_bin);
	suite_add_tcase(suite, stamps);
	suite_add_tcase(suite, socket);
	suite_add_tcase(suite, delays);
	return tandem_suite_run(suite);
}
