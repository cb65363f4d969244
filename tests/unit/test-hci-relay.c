/* SPDX-License-Identifier: MIT
 *
 * What the relay of tests/vm does to the packets of btvirt: gives each
 * ACL packet the handle that its receiver knows. Controller 0 is the computer with links to
 * the speakers 1, 2 and 3, each of which has its only link under the handle 42.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "hci-packets.h"
#include "suite.h"
#include "tests/vm/air.h"
#include "tests/vm/relay-core.h"

static struct tandem_relay relay;

static void to_controller(unsigned index, struct packet p)
{
	const struct packet before = p;

	tandem_relay_to_controller(&relay, index, p.bytes, p.n);
	ck_assert_mem_eq(p.bytes, before.bytes, p.n);
}

static struct packet to_host(unsigned index, struct packet p)
{
	tandem_relay_to_host(&relay, index, p.bytes, p.n);
	return p;
}

static void ck_same(struct packet a, struct packet b)
{
	ck_assert_uint_eq(a.n, b.n);
	ck_assert_mem_eq(a.bytes, b.bytes, a.n);
}

/* Through btvirt, which changes nothing; arrives at the host with the handle expected. */
static void ck_arrives(unsigned from, uint16_t handle, unsigned to, uint16_t expected,
		const char *text)
{
	const struct packet p = tandem_packet_acl(handle, START, text);

	to_controller(from, p);
	ck_same(to_host(to, p), tandem_packet_acl(expected, START, text));
}

static void link_up(unsigned a, uint16_t handle_a, unsigned b, uint16_t handle_b)
{
	to_host(a, tandem_packet_connected(handle_a, b));
	to_host(b, tandem_packet_connected(handle_b, a));
}

static void set_up(void)
{
	relay = (struct tandem_relay){ 0 };
	for (unsigned i = 0; i < 4; i++) {
		to_controller(i, PACKET(0x01, 0x09, 0x10, 0x00));
		to_host(i, tandem_packet_address(i));
	}
	for (unsigned i = 1; i < 4; i++)
		link_up(0, (uint16_t)(41 + i), i, 42);
}

START_TEST(each_speaker_gets_and_gives_its_own_handle)
{
	for (unsigned i = 1; i < 4; i++) {
		const uint16_t handle = (uint16_t)(41 + i);

		ck_arrives(0, handle, i, 42, "to a speaker");
		ck_arrives(i, 42, 0, handle, "from a speaker");
	}
	ck_assert_uint_eq(relay.rewritten, 4); /* 42 was right for the first one */
	ck_assert_uint_eq(relay.right, 2);
	ck_assert_uint_eq(relay.unmatched + relay.unknown + relay.lost, 0);
}
END_TEST

START_TEST(packets_overtake_across_links_not_within)
{
	to_controller(1, tandem_packet_acl(42, START, "b1"));
	to_controller(1, tandem_packet_acl(42, START, "same"));
	to_controller(2, tandem_packet_acl(42, START, "same"));
	/* The second speaker's comes first: the first speaker still has another before. */
	ck_same(to_host(0, tandem_packet_acl(42, START, "same")),
			tandem_packet_acl(43, START, "same"));
	ck_same(to_host(0, tandem_packet_acl(42, START, "b1")),
			tandem_packet_acl(42, START, "b1"));
	ck_same(to_host(0, tandem_packet_acl(42, START, "same")),
			tandem_packet_acl(42, START, "same"));
	ck_assert_uint_eq(relay.unmatched, 0);
}
END_TEST

START_TEST(same_payload_reaches_both_links_once)
{
	unsigned seen[64] = { 0 };

	for (unsigned i = 1; i < 4; i++)
		to_controller(i, tandem_packet_acl(42, START, "same"));
	for (unsigned i = 1; i < 4; i++)
		seen[to_host(0, tandem_packet_acl(42, START, "same")).bytes[1]]++;
	ck_assert_uint_eq(seen[42], 1);
	ck_assert_uint_eq(seen[43], 1);
	ck_assert_uint_eq(seen[44], 1);
}
END_TEST

START_TEST(one_that_was_lost_does_not_stop_the_next)
{
	to_controller(2, tandem_packet_acl(42, START, "lost"));
	ck_arrives(2, 42, 0, 43, "next");
	ck_arrives(2, 42, 0, 43, "and one more");
	ck_assert_uint_eq(relay.unmatched, 0);
}
END_TEST

START_TEST(handles_that_are_right_already_stay)
{
	/* As of a btvirt without the fault. */
	to_controller(1, tandem_packet_acl(42, START, "same"));
	to_controller(2, tandem_packet_acl(42, START, "same"));
	ck_same(to_host(0, tandem_packet_acl(43, START, "same")),
			tandem_packet_acl(43, START, "same"));
	ck_same(to_host(0, tandem_packet_acl(42, START, "same")),
			tandem_packet_acl(42, START, "same"));
	ck_assert_uint_eq(relay.right, 2);
	ck_assert_uint_eq(relay.rewritten + relay.unmatched, 0);
}
END_TEST

START_TEST(flags_stay_but_for_a_start_of_hosts_only)
{
	static const unsigned arrives[] = { START, CONTINUATION, START };

	for (unsigned flag = START_NO_FLUSH; flag <= START; flag++) {
		to_controller(3, tandem_packet_acl(42, flag, "x"));
		ck_same(to_host(0, tandem_packet_acl(42, flag, "x")),
				tandem_packet_acl(44, arrives[flag], "x"));
		ck_same(to_host(0, tandem_packet_acl(42, flag, "nobody's")),
				tandem_packet_acl(42, arrives[flag], "nobody's"));
		ck_same(to_host(0, tandem_packet_acl(99, flag, "nobody's")),
				tandem_packet_acl(99, arrives[flag], "nobody's"));
	}
	/* btvirt makes a start of the one kind into the other. */
	to_controller(3, tandem_packet_acl(42, START_NO_FLUSH, "x"));
	ck_same(to_host(0, tandem_packet_acl(42, START, "x")),
			tandem_packet_acl(44, START, "x"));
	ck_assert_uint_eq(relay.rewritten, 4);
	ck_assert_uint_eq(relay.unmatched, 3);
	ck_assert_uint_eq(relay.unknown, 3);
}
END_TEST

START_TEST(a_handle_is_used_again_for_another_link)
{
	/* Its packet was on the way when the second speaker left. */
	to_controller(2, tandem_packet_acl(42, START, "late"));
	to_host(0, tandem_packet_disconnected(43));
	to_host(2, tandem_packet_disconnected(42));
	ck_same(to_host(0, tandem_packet_acl(42, START, "late")),
			tandem_packet_acl(42, START, "late"));
	ck_assert_uint_eq(relay.unmatched, 1);

	to_host(0, tandem_packet_disconnected(44));
	to_host(3, tandem_packet_disconnected(42));
	link_up(0, 43, 3, 42);
	link_up(0, 44, 2, 42);
	ck_arrives(3, 42, 0, 43, "late");
	ck_arrives(2, 42, 0, 44, "late");
	ck_arrives(0, 44, 2, 42, "back");
	ck_assert_uint_eq(relay.controllers[0].n_pending, 0); /* the lost one too */
	ck_assert_uint_eq(relay.unmatched, 1);
}
END_TEST

START_TEST(a_link_is_used_before_its_receiver_hears_of_it)
{
	to_host(0, tandem_packet_disconnected(43));
	to_host(2, tandem_packet_disconnected(42));
	to_host(2, tandem_packet_connected(42, 0));
	to_controller(2, tandem_packet_acl(42, START, "early"));
	to_host(0, tandem_packet_connected(43, 2));
	ck_same(to_host(0, tandem_packet_acl(42, START, "early")),
			tandem_packet_acl(43, START, "early"));
}
END_TEST

START_TEST(a_failed_connection_or_disconnection_changes_nothing)
{
	struct packet p = tandem_packet_connected(44, 1);

	p.bytes[3] = 0x04; /* page timeout */
	to_host(0, p);
	p = tandem_packet_disconnected(44);
	p.bytes[3] = 0x02; /* unknown connection */
	to_host(0, p);
	ck_arrives(3, 42, 0, 44, "x");
}
END_TEST

START_TEST(a_reset_forgets_the_links)
{
	to_controller(1, tandem_packet_acl(42, START, "before"));
	to_controller(0, tandem_packet_reset());
	/* Still from before the reset. */
	ck_same(to_host(0, tandem_packet_acl(42, START, "before")),
			tandem_packet_acl(42, START, "before"));
	ck_assert_uint_eq(relay.right, 1);

	to_controller(2, tandem_packet_acl(42, START, "during"));
	to_host(0, tandem_packet_reset_done());
	ck_same(to_host(0, tandem_packet_acl(42, START, "during")),
			tandem_packet_acl(42, START, "during"));
	ck_assert_uint_eq(relay.unknown, 1);
	/* btvirt does not tell the speakers: their new link takes the old one's place. */
	link_up(0, 42, 3, 42);
	ck_arrives(3, 42, 0, 42, "x");
	link_up(0, 43, 1, 42);
	ck_arrives(1, 42, 0, 43, "x");
	/* Nor the computer, whose handle is free then. */
	to_host(1, tandem_packet_reset_done());
	link_up(0, 43, 2, 42);
	ck_arrives(0, 43, 2, 42, "x");
	ck_assert_uint_eq(relay.unmatched, 0);
}
END_TEST

START_TEST(other_packets_pass_as_they_are)
{
	const struct packet others[] = {
		PACKET(0x03, 0x2a, 0x00, 0x02, 0x11, 0x22), /* SCO with an ACL's handle */
		PACKET(0x05, 0x2a, 0x20, 0x02, 0x00, 0x11, 0x22), /* ISO */
		PACKET(0x04, 0x13, 0x05, 0x01, 0x2a, 0x00, 0x01, 0x00),
		/* LE Connection Complete and its enhanced sister, cut short. */
		PACKET(0x04, 0x3e, 0x13, 0x01, 0x00, 0x2a, 0x00, 0x01, 0x00, 0x42, 0x02,
				0x01, 0x01, 0xaa, 0x00, 0x18, 0x00, 0x00, 0x00, 0xf4, 0x01,
				0x05),
		PACKET(0x04, 0x3e, 0x03, 0x0a, 0x00, 0x2a),
		/* Synchronous Connection Complete; an SCO link by the old event. */
		PACKET(0x04, 0x2c, 0x11, 0x00, 0x2b, 0x00, 0x42, 0x02, 0x01, 0x01, 0xaa,
				0x00, 0x02, 0x06, 0x00, 0x3c, 0x00, 0x3c, 0x00, 0x02),
		PACKET(0x04, 0x03, 0x0b, 0x00, 0x2c, 0x00, 0x42, 0x01, 0x01, 0x01, 0xaa,
				0x00, 0x00, 0x00),
		/* Too short for what they say they are. */
		PACKET(0x04, 0x03, 0x02, 0x00, 0x2a),
		PACKET(0x04, 0x05, 0x01, 0x00),
		PACKET(0x04, 0x0e, 0x04, 0x01, 0x09, 0x10, 0x00),
		PACKET(0x04, 0x0e, 0x00),
	};

	for (size_t i = 0; i < TANDEM_ARRAY_LEN(others); i++) {
		ck_same(to_host(0, others[i]), others[i]);
		to_controller(0, others[i]);
	}
	for (unsigned i = 1; i < 4; i++)
		ck_arrives(i, 42, 0, (uint16_t)(41 + i), "still");
	/* An LE link has handles too, and none that we know. */
	ck_arrives(1, 2, 0, 2, "LE");
	ck_assert_uint_eq(relay.unknown, 1);
	ck_arrives(1, 42, 0, 42, "");
}
END_TEST

START_TEST(more_than_are_remembered_is_counted)
{
	char text[16];

	for (int i = 0; i < TANDEM_RELAY_PENDING + 3; i++) {
		snprintf(text, sizeof(text), "%d", i);
		to_controller(2, tandem_packet_acl(42, START, text));
	}
	ck_assert_uint_eq(relay.lost, 3);
	for (int i = 0; i < TANDEM_RELAY_PENDING + 3; i++) {
		snprintf(text, sizeof(text), "%d", i);
		ck_same(to_host(0, tandem_packet_acl(42, START, text)),
				tandem_packet_acl(i < 3 ? 42 : 43, START, text));
	}
	ck_assert_uint_eq(relay.unmatched, 3);
	ck_assert_uint_eq(relay.rewritten, TANDEM_RELAY_PENDING);
}
END_TEST

START_TEST(a_host_hears_of_larger_buffers)
{
	struct packet p = PACKET(4, 0x0e, 11, 1, 0x05, 0x10, 0, 192, 0, 0, 1, 0, 0, 0);
	struct packet refused =
			PACKET(4, 0x0e, 11, 1, 0x05, 0x10, 1, 192, 0, 0, 1, 0, 0, 0);

	tandem_relay_to_host(&relay, 0, p.bytes, p.n);
	ck_assert_uint_eq(p.bytes[7] | p.bytes[8] << 8, 1021);
	ck_assert_uint_eq(p.bytes[10] | p.bytes[11] << 8, 4);
	tandem_relay_to_host(&relay, 0, refused.bytes, refused.n);
	ck_assert_uint_eq(refused.bytes[7], 192);
}
END_TEST

/* One after the other, at that rate; a pause is not saved up. */
START_TEST(crowded_air_takes_its_time)
{
	struct tandem_air air = { 0 };
	const int64_t ms = 1000000;

	ck_assert_int_eq(tandem_air_due_ns(&air, 1000 * ms, 2 * ms, 1000, 0), 1002 * ms);
	ck_assert_int_eq(tandem_air_due_ns(&air, 1000 * ms, 2 * ms, 1000, 100000),
			1010 * ms);
	ck_assert_int_eq(tandem_air_due_ns(&air, 1001 * ms, 2 * ms, 500, 100000),
			1015 * ms);
	ck_assert_int_eq(tandem_air_due_ns(&air, 1002 * ms, 2 * ms, 1000, 0), 1004 * ms);
	ck_assert_int_eq(tandem_air_due_ns(&air, 1100 * ms, 2 * ms, 100, 100000),
			1102 * ms);
	ck_assert_int_eq(tandem_air_due_ns(&air, 1100 * ms, 2 * ms, 200, 100000),
			1103 * ms);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("hci relay");
	TCase *const handles = tcase_create("handles");

	tcase_add_checked_fixture(handles, set_up, NULL);
	tcase_add_test(handles, each_speaker_gets_and_gives_its_own_handle);
	tcase_add_test(handles, packets_overtake_across_links_not_within);
	tcase_add_test(handles, same_payload_reaches_both_links_once);
	tcase_add_test(handles, one_that_was_lost_does_not_stop_the_next);
	tcase_add_test(handles, handles_that_are_right_already_stay);
	tcase_add_test(handles, flags_stay_but_for_a_start_of_hosts_only);
	tcase_add_test(handles, a_handle_is_used_again_for_another_link);
	tcase_add_test(handles, a_link_is_used_before_its_receiver_hears_of_it);
	tcase_add_test(handles, a_failed_connection_or_disconnection_changes_nothing);
	tcase_add_test(handles, a_reset_forgets_the_links);
	tcase_add_test(handles, other_packets_pass_as_they_are);
	tcase_add_test(handles, more_than_are_remembered_is_counted);
	tcase_add_test(handles, a_host_hears_of_larger_buffers);
	tcase_add_test(handles, crowded_air_takes_its_time);
	suite_add_tcase(suite, handles);
	return tandem_suite_run(suite);
}
