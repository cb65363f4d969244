/* SPDX-License-Identifier: MIT
 *
 * The speakers' life, step by step: own and borrowed transports, who is let in, and which
 * side a speaker that nobody has named gets.
 */
#include <check.h>
#include <string.h>

#include "roster-world.h"
#include "suite.h"

START_TEST(from_nothing_to_sound_and_back)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_said(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	SAYS(&w, "connect 1; tell 0 connecting");
	tandem_world_device(&w, 2, 0, "audio-card");
	SAYS(&w, "tell 1 known"); /* one at a time */
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_sep(&w, 1, 53);
	tandem_world_select(&w, 11, 0, 53);
	SAYS(&w, "answer 11 11150233"); /* 48 kHz joint, 16 blocks, loudness, 2..51 */
	tandem_world_set(&w, 12, 0, 1, 1);
	SAYS(&w, "accept 12; export 1; tell 0 configured");
	tandem_world_connected(&w, 1, "");
	SAYS(&w, "connect 2; tell 1 connecting");
	tandem_world_device(&w, 2, TANDEM_CONNECTED, "audio-card");
	tandem_world_sep(&w, 2, 53);
	tandem_world_select(&w, 13, 0, 53);
	SAYS(&w, "refuse 13"); /* busy: BlueZ asks the next */
	tandem_world_select(&w, 14, 1, 53);
	tandem_world_set(&w, 15, 1, 2, 2);
	tandem_world_connected(&w, 2, "");
	SAYS(&w, "answer 14 11150233; accept 15; tell 1 configured");
	tandem_world_wanted(&w, true);
	SAYS(&w, "acquire 1 fd1; acquire 2 fd2; expect 3; tell 0 acquiring; tell 1 "
		 "acquiring");
	tandem_world_acquired(&w, 1, "");
	SAYS(&w, "attach 0 101; expect 2; tell 0 streaming");
	tandem_world_acquired(&w, 2, "");
	SAYS(&w, "attach 1 102; expect 0; tell 1 streaming");
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_ACTIVE, 1500);
	SAYS(&w, "observe 0 150.0");
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_ACTIVE, 1620);
	SAYS(&w, "observe 0 162.0");
	tandem_world_wanted(&w, false);
	SAYS(&w, "detach 0; release 1 fd1; detach 1; release 2 fd2; tell 0 releasing; "
		 "tell 1 releasing");
	tandem_world_released(&w, 1);
	tandem_world_released(&w, 2);
	SAYS(&w, "tell 0 configured; tell 1 configured");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(sink_goes_thirty_seconds_after_the_last)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_clear(&w, 1, 1);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_pass_ms(&w, 100000);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "export"));
	tandem_world_clear(&w, 2, 2);
	tandem_world_pass_ms(&w, 29999);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "export"));
	tandem_world_pass_ms(&w, 2);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "export 0"));
	tandem_world_finish(&w);
}
END_TEST

START_TEST(the_sink_may_stay_empty)
{
	struct tandem_roster_config config = tandem_world_pair;
	struct tandem_settings s;
	struct world w;

	config.keep = true;
	tandem_world_start(&w, &config);
	tandem_world_wanted(&w, false);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "empty 1; export 1"));
	tandem_world_up(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_said(&w);
	tandem_world_set(&w, 1, 0, 1, 1);
	SAYS(&w, "accept 1; empty 0; tell 0 configured");
	tandem_world_clear(&w, 1, 1);
	tandem_world_pass_ms(&w, 29999);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "empty"));
	tandem_world_pass_ms(&w, 1);
	SAYS(&w, "empty 1");
	tandem_world_settings(&w, &s);
	s.when_empty = TANDEM_WHEN_EMPTY_REMOVE;
	tandem_world_set_settings(&w, &s);
	SAYS(&w, "export 0; empty 0");
	s.when_empty = TANDEM_WHEN_EMPTY_KEEP;
	tandem_world_set_settings(&w, &s);
	SAYS(&w, "empty 1; export 1");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(borrowed_takes_the_same_way)
{
	struct world w;
	const struct tandem_event gone = { .kind = TANDEM_EVENT_LENDER_GONE, .fd = -1 };

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_wanted(&w, true);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_aside(&w, 1, true);
	tandem_world_transport(&w, 1, 5, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 299);
	SAYS(&w, ""); /* our SetConfiguration could still come */
	tandem_world_pass_ms(&w, 1);
	SAYS(&w, "acquire 1 fd5 borrowed; expect 1; export 1; tell 0 acquiring");
	tandem_world_acquired(&w, 1, "");
	tandem_world_transport(&w, 1, 5, TANDEM_TRANSPORT_ACTIVE, 0);
	SAYS(&w, "attach 0 101; expect 0; tell 0 streaming");
	tandem_world_wanted(&w, false);
	SAYS(&w, "detach 0; release 1 fd5 borrowed; tell 0 releasing");
	tandem_world_released(&w, 1);
	SAYS(&w, "tell 0 borrowed");
	tandem_world_transport(&w, 1, 5, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_wanted(&w, true);
	tandem_world_acquired(&w, 2, "");
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 2000);
	/* Its owner leaves; the object remains, and must never be touched again. */
	tandem_world_event(&w, &gone);
	SAYS(&w, "detach 0; drop 2; tell 0 backing off");
	tandem_world_transport(&w, 1, 5, TANDEM_TRANSPORT_ACTIVE, 0);
	SAYS_AFTER(&w, 300, "connect 1; tell 0 connecting");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(borrowed_in_use_is_waited_for)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_wanted(&w, true);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_aside(&w, 1, true);
	tandem_world_transport(&w, 1, 5, TANDEM_TRANSPORT_ACTIVE, 0);
	tandem_world_pass_ms(&w, 400);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "acquire"));
	ck_assert_str_eq(w.roster->slots[0].life.message,
			tandem_sentences[TANDEM_SAY_USED_BY_OTHER].text);
	tandem_world_transport(&w, 1, 5, TANDEM_TRANSPORT_IDLE, 0);
	SAYS(&w, "acquire 1 fd5 borrowed; expect 1; tell 0 acquiring");
	tandem_world_finish(&w);
}
END_TEST

/* Who is meant by a SelectConfiguration that names nobody. Device 3 is no member. */
static const struct {
	const char *title;
	int seps[3];         /* in the order of appearance, 0: none */
	uint8_t bitpools[4]; /* of devices 1 to 3 */
	uint32_t connected;  /* bit per device */
	uint8_t asked;
	bool accepted;
} select_cases[] = {
	{ "the only one", { 1 }, { 0, 53, 0, 0 }, 0x2, 53, true },
	{ "a stranger", { 3 }, { 0, 0, 0, 53 }, 0x8, 53, false },
	{ "the last shown is a member", { 3, 1 }, { 0, 53, 0, 53 }, 0xa, 53, true },
	{ "the last shown is a stranger", { 1, 3 }, { 0, 53, 0, 53 }, 0xa, 53, false },
	{ "capabilities tell: member", { 1, 3 }, { 0, 35, 0, 53 }, 0xa, 35, true },
	{ "capabilities tell: stranger", { 3, 1 }, { 0, 53, 0, 35 }, 0xa, 35, false },
	{ "a stranger long gone", { 1, 3 }, { 0, 53, 0, 53 }, 0x2, 53, true },
	{ "nobody", { 1 }, { 0, 53, 0, 0 }, 0x2, 35, false },
};

START_TEST(select_is_accepted_for_members_only)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	for (int n = 1; n <= 3; n++) {
		tandem_world_device(&w, n,
				select_cases[_i].connected >> n & 1 ? TANDEM_CONNECTED : 0,
				"audio-card");
	}
	tandem_world_connected(&w, 1,
			"org.bluez.Error.Failed"); /* only one that connected itself */
	tandem_world_connected(&w, 2, "org.bluez.Error.Failed");
	for (int i = 0; i < 3 && select_cases[_i].seps[i]; i++) {
		const int n = select_cases[_i].seps[i];

		tandem_world_sep(&w, n, select_cases[_i].bitpools[n]);
	}
	tandem_world_said(&w);
	tandem_world_select(&w, 9, 0, select_cases[_i].asked);
	ck_assert_msg(strncmp(tandem_world_said(&w),
				      select_cases[_i].accepted ? "answer 9" : "refuse 9",
				      8) == 0,
			"%s", select_cases[_i].title);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_sep_shown_again_is_the_last_shown)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_device(&w, 3, TANDEM_CONNECTED, "audio-card");
	tandem_world_sep(&w, 1, 53);
	tandem_world_sep(&w, 3, 53);
	tandem_world_sep_gone(&w, 1);
	tandem_world_sep(&w, 1, 53);
	tandem_world_said(&w);
	tandem_world_select(&w, 9, 0, 53);
	SAYS(&w, "answer 9 11150233");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(an_endpoint_is_promised_to_one)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	for (int n = 1; n <= 2; n++) {
		tandem_world_device(&w, n, TANDEM_CONNECTED, "audio-card");
		tandem_world_sep(&w, n, 53);
	}
	tandem_world_said(&w);
	tandem_world_select(&w, 9, 0, 53);
	SAYS(&w, "answer 9 11150233");
	tandem_world_select(&w, 10, 0, 53);
	SAYS(&w, "refuse 10");
	tandem_world_set(&w, 11, 0, 2, 2);
	tandem_world_clear(&w, 2, 2);
	tandem_world_said(&w);
	tandem_world_select(&w, 12, 0, 53); /* kept, and over */
	SAYS(&w, "answer 12 11150233");
	tandem_world_pass_ms(&w, 6001); /* never kept: over as well */
	tandem_world_said(&w);
	tandem_world_select(&w, 13, 0, 53);
	SAYS(&w, "answer 13 11150233");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(set_is_refused_for_strangers)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_device(&w, 3, TANDEM_CONNECTED, "audio-headset");
	tandem_world_set(&w, 9, 0, 3, 3);
	SAYS(&w, "refuse 9; connect 3");   /* for others: test-roster-guest.c */
	tandem_world_set(&w, 10, 0, 4, 4); /* nobody knows this one */
	SAYS(&w, "refuse 10");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(two_on_one_endpoint_void_the_delay)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_wanted(&w, true);
	tandem_world_up(&w);
	for (int n = 1; n <= 2; n++) {
		tandem_world_device(&w, n, TANDEM_CONNECTED, "audio-card");
		tandem_world_set(&w, (uint32_t)n, 0, n, n);
		tandem_world_acquired(&w, (uint32_t)n, "");
	}
	tandem_world_said(&w);
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_ACTIVE, 1500);
	tandem_world_transport(&w, 2, 2, TANDEM_TRANSPORT_ACTIVE, 1500);
	SAYS(&w, "");
	tandem_world_finish(&w);
}
END_TEST

static const char *address(const struct world *w, uint32_t slot)
{
	return w->roster->slots[slot].life.address;
}

START_TEST(automatic_puts_the_lower_address_left)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_automatic);
	tandem_world_up(&w);
	tandem_world_device(&w, 9, TANDEM_CONNECTED, "audio-headphones"); /* never */
	tandem_world_device(&w, 8, TANDEM_CONNECTED | TANDEM_HANDSFREE, "audio-headset");
	tandem_world_device(&w, 5, TANDEM_CONNECTED, "audio-card");
	ck_assert_str_eq(address(&w, 0), "00:00:00:00:00:05");
	tandem_world_set(&w, 1, 0, 5, 5);
	tandem_world_wanted(&w, true);
	tandem_world_acquired(&w, 1, "");
	tandem_world_said(&w);
	tandem_world_device(&w, 2, TANDEM_CONNECTED, "audio-card");
	/* The one that streams on the left is let go, and comes back on the right. */
	SAYS(&w, "detach 0; release 1 fd5; remember; tell 0 known; tell 1 releasing");
	tandem_world_released(&w, 1);
	tandem_world_acquired(&w, 2, "");
	SAYS(&w, "acquire 2 fd5; expect 2; tell 1 acquiring; attach 1 102; expect 0; "
		 "tell 1 streaming");
	ck_assert_str_eq(tandem_roster_assignment(w.roster, 0), "00:00:00:00:00:02");
	ck_assert_str_eq(tandem_roster_assignment(w.roster, 1), "00:00:00:00:00:05");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(automatic_remembers_the_sides)
{
	struct tandem_roster_config config = tandem_world_automatic;
	struct world w;

	strcpy(config.remembered[0], "00:00:00:00:00:05");
	strcpy(config.remembered[1], "00:00:00:00:00:02");
	tandem_world_start(&w, &config);
	tandem_world_up(&w);
	tandem_world_device(&w, 2, TANDEM_CONNECTED, "audio-card");
	ck_assert_str_eq(address(&w, 1), "00:00:00:00:00:02");
	tandem_world_device(&w, 5, TANDEM_CONNECTED, "audio-card");
	ck_assert_str_eq(address(&w, 0), "00:00:00:00:00:05");
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card"); /* a third: too late */
	ck_assert_str_eq(address(&w, 0), "00:00:00:00:00:05");
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "remember"));
	tandem_world_finish(&w);
}
END_TEST

START_TEST(automatic_calls_nobody)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_automatic);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_pass_ms(&w, 100000);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "connect 1;"));
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("roster");
	TCase *const c = tcase_create("roster");

	tcase_add_test(c, from_nothing_to_sound_and_back);
	tcase_add_test(c, sink_goes_thirty_seconds_after_the_last);
	tcase_add_test(c, the_sink_may_stay_empty);
	tcase_add_test(c, borrowed_takes_the_same_way);
	tcase_add_test(c, borrowed_in_use_is_waited_for);
	tcase_add_loop_test(c, select_is_accepted_for_members_only, 0,
			TANDEM_ARRAY_LEN(select_cases));
	tcase_add_test(c, a_sep_shown_again_is_the_last_shown);
	tcase_add_test(c, an_endpoint_is_promised_to_one);
	tcase_add_test(c, set_is_refused_for_strangers);
	tcase_add_test(c, two_on_one_endpoint_void_the_delay);
	tcase_add_test(c, automatic_puts_the_lower_address_left);
	tcase_add_test(c, automatic_remembers_the_sides);
	tcase_add_test(c, automatic_calls_nobody);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
