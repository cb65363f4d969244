/* SPDX-License-Identifier: MIT
 *
 * What is on its way to a speaker: so much and no more, and what it tells.
 */
#include <check.h>
#include <stdlib.h>

#include "suite.h"
#include "world.h"

/* However much the socket would take. */
START_TEST(no_more_than_so_many_are_on_their_way)
{
	struct world w;
	struct tandem_speaker_stats st;

	tandem_world_init(&w, 48000, 1024);
	tandem_group_set_expected(&w.group, 3);
	tandem_world_add_speaker(&w, 0, 0x10);
	tandem_world_add_speaker(&w, 1, 0x10);
	w.air[0]->tells = w.air[1]->tells = true;
	w.air[0]->link_s = 0.1; /* of 13.3 ms each */
	w.air[1]->link_s = 0.003;
	tandem_world_run(&w, 5.0);
	for (uint32_t i = TANDEM_FLIGHT_LIMIT; i < w.air[0]->n_packets; i++) {
		ck_assert_int_ge(w.air[0]->sent_ns[i] -
						 w.air[0]->sent_ns[i - TANDEM_FLIGHT_LIMIT],
				100 * TANDEM_NS_PER_MS);
	}
	st = tandem_speaker_stats(w.group.speakers[0], w.now_ns);
	ck_assert_uint_eq(st.most_queue_packets, TANDEM_FLIGHT_LIMIT);
	ck_assert_uint_eq(st.packets + st.skipped, w.air[0]->last_sequence + 1);
	ck_assert_uint_gt(st.packets, 120); /* 3 per 0.1 s */
	/* the other one has its rhythm, of longer packets, for there is less to send */
	st = tandem_speaker_stats(w.group.speakers[1], w.now_ns);
	ck_assert_uint_eq(st.skipped, 0);
	ck_assert_double_eq(st.share, 0.5);
	ck_assert_uint_eq(st.bitpool, 23);
	ck_assert_uint_eq(w.air[1]->last_bitpool, 23);
	for (uint32_t i = 1; i < w.air[1]->n_packets; i++) {
		const int64_t gap_ns = w.air[1]->sent_ns[i] - w.air[1]->sent_ns[i - 1];

		ck_assert_int_ge(gap_ns, 13333333 - 2);
		ck_assert_int_le(gap_ns, TANDEM_PACKET_MS * TANDEM_NS_PER_MS);
	}
	tandem_world_finish(&w);
}
END_TEST

/* A link that is dead is no crowd: the other speaker has its whole sound. */
START_TEST(who_does_not_move_does_not_count)
{
	struct world w;

	tandem_world_init(&w, 48000, 1024);
	tandem_group_set_expected(&w.group, 3);
	tandem_world_add_speaker(&w, 0, 0x10);
	tandem_world_add_speaker(&w, 1, 0x10);
	tandem_world_run(&w, 3.0);
	w.air[0]->full = true;
	tandem_world_run(&w, 0.1);
	ck_assert(tandem_speaker_queue(w.group.speakers[0]).counts);
	ck_assert_double_eq(tandem_group_share(&w.group), 0.5);
	tandem_world_run(&w, 0.2);
	ck_assert(!tandem_speaker_queue(w.group.speakers[0]).counts);
	tandem_world_run(&w, 4.7);
	ck_assert_double_eq(tandem_group_share(&w.group), 1.0);
	ck_assert_double_eq(tandem_speaker_stats(w.group.speakers[1], w.now_ns).share, 1.0);
	w.air[0]->full = false;
	tandem_world_run(&w, 0.1);
	ck_assert(tandem_speaker_queue(w.group.speakers[0]).counts);
	ck_assert_double_eq(tandem_group_share(&w.group), 1.0);
	tandem_world_finish(&w);
}
END_TEST

/* Packets that went in one go, for we were late, are on their way together. */
START_TEST(our_own_lateness_is_no_crowd)
{
	struct world w;

	tandem_world_init(&w, 48000, 1024);
	tandem_world_add_speaker(&w, 0, 0x10);
	w.air[0]->tells = true;
	w.air[0]->link_s = 0.010;
	tandem_world_run(&w, 2.0);
	for (int i = 0; i < 20; i++) {
		tandem_world_stop(&w, 0.045);
		tandem_world_run(&w, 0.2);
	}
	ck_assert_uint_eq(w.group.air.downs, 0);
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns)
					  .most_queue_packets,
			TANDEM_FLIGHT_LIMIT);
	tandem_world_finish(&w);
}
END_TEST

/* Who comes while the air is crowded falls in with the others, who goes frees them. */
START_TEST(one_that_comes_sends_as_little)
{
	struct world w;

	tandem_world_init(&w, 48000, 1024);
	tandem_world_add_speaker(&w, 0, 0x10);
	w.air[0]->tells = true;
	w.air[0]->link_s = 0.1;
	tandem_world_run(&w, 2.0);
	tandem_world_add_speaker(&w, 1, 0x10);
	tandem_world_run(&w, 1.0);
	ck_assert_double_eq(tandem_speaker_stats(w.group.speakers[1], w.now_ns).share, 0.5);
	ck_assert_uint_eq(w.air[1]->last_bitpool, 23);
	tandem_speaker_free(tandem_group_set_speaker(&w.group, 0, NULL));
	tandem_world_run(&w, 5.0);
	ck_assert_uint_eq(w.air[1]->last_bitpool, 53);
	w.freed = 0;
	tandem_world_finish(&w);
}
END_TEST

/* Of the queue each 3 s, of a radio that nobody stamps nothing; and it moves nothing. */
START_TEST(the_clock_is_told_now_and_then)
{
	const struct tandem_guard *guard;
	struct world w;

	tandem_world_init(&w, 48000, 1024);
	tandem_world_add_speaker(&w, 0, 0x10);
	tandem_world_run(&w, 6.0);
	guard = &tandem_speaker_clock(w.group.speakers[0])->guard;
	ck_assert_uint_eq(guard->passed[TANDEM_OBSERVED_QUEUE], 0);
	w.air[0]->tells = true;
	w.air[0]->link_s = 0.005;
	tandem_world_run(&w, 30.0);
	ck_assert_uint_eq(guard->passed[TANDEM_OBSERVED_QUEUE], 10);
	ck_assert_uint_eq(guard->passed[TANDEM_OBSERVED_COMPLETION], 0);
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).jumps, 0);
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("queue");
	TCase *const c = tcase_create("virtual time");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, no_more_than_so_many_are_on_their_way);
	tcase_add_test(c, who_does_not_move_does_not_count);
	tcase_add_test(c, our_own_lateness_is_no_crowd);
	tcase_add_test(c, one_that_comes_sends_as_little);
	tcase_add_test(c, the_clock_is_told_now_and_then);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
