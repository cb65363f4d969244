/* SPDX-License-Identifier: MIT
 *
 * Borrowed streams that play well, and what is worth saying of them: that the session
 * manager was there first, and that delay reports mean nothing on a shared endpoint.
 */
#include <check.h>
#include <string.h>

#include "roster-world.h"
#include "suite.h"

/* The pair is connected on the session manager's streams 1 and 2. flags: of the adapter
 * when our endpoints are registered. */
static void borrow_both(struct world *w, uint32_t flags)
{
	const struct tandem_event up = { .kind = TANDEM_EVENT_BUS_UP, .fd = -1 };

	tandem_world_start(w, &tandem_world_pair);
	tandem_world_adapter(w, 0, TANDEM_POWERED | flags);
	tandem_world_event(w, &up);
	tandem_world_adapter(w, 0, TANDEM_POWERED | TANDEM_SOURCES | flags); /* now ours */
	tandem_world_registered(w, 0, "", "");
	for (int n = 1; n <= 2; n++) {
		tandem_world_device(w, n, TANDEM_CONNECTED, "audio-card");
		tandem_world_transport(w, n, n, TANDEM_TRANSPORT_IDLE, 0);
		tandem_world_aside(w, n, true);
	}
	tandem_world_wanted(w, true);
	tandem_world_pass_ms(w, 300);
	for (uint32_t n = 1; n <= (flags & TANDEM_SHARING ? 1 : 2); n++) {
		tandem_world_acquired(w, n, "");
		tandem_world_transport(w, (int)n, (int)n, TANDEM_TRANSPORT_ACTIVE, 0);
	}
	tandem_world_said(w);
}

static bool has_delay(struct world *w, int n)
{
	tandem_world_transport(w, n, n, TANDEM_TRANSPORT_ACTIVE, 1500);
	return strstr(tandem_world_said(w), "observe") != NULL;
}

START_TEST(the_session_manager_was_first)
{
	const struct tandem_event gone = { .kind = TANDEM_EVENT_LENDER_GONE, .fd = -1 };
	struct world w;

	borrow_both(&w, TANDEM_SOURCES);
	for (uint32_t i = 0; i < 2; i++) {
		HEARS(w.speakers[i], TANDEM_SAY_LATE_AND_TAKEN);
		ck_assert(!w.speakers[i].trouble);
	}
	ck_assert(has_delay(&w, 1));
	tandem_world_wanted(&w, false);
	tandem_world_released(&w, 1);
	HEARS(w.speakers[0], TANDEM_SAY_LATE_AND_TAKEN); /* it still is not ours */
	tandem_world_event(&w, &gone);                   /* restarted: it is second now */
	HEARS(w.speakers[1], TANDEM_SAY_LENDER_GONE);
	tandem_world_transport_gone(&w, 2, 2);
	tandem_world_transport(&w, 2, 5, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_pass_ms(&w, 300);
	HEARS_WELL(w.speakers[1]);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(we_were_first)
{
	struct world w;

	borrow_both(&w, 0);
	HEARS_WELL(w.speakers[0]);
	HEARS_WELL(w.speakers[1]);
	ck_assert(has_delay(&w, 1) && has_delay(&w, 2));
	tandem_world_finish(&w);
}
END_TEST

/* What is not as asked for comes first, and is trouble as it was. */
START_TEST(trouble_comes_before_notes)
{
	struct tandem_settings s;
	struct world w;

	borrow_both(&w, TANDEM_SOURCES);
	tandem_world_settings(&w, &s);
	s.speakers[0].sbc_mode = TANDEM_SBC_MONO;
	tandem_world_set_settings(&w, &s);
	HEARS(w.speakers[0], TANDEM_SAY_MODE_BORROWED, "joint", "mono");
	ck_assert(w.speakers[0].trouble);
	HEARS(w.speakers[1], TANDEM_SAY_LATE_AND_TAKEN);
	tandem_world_finish(&w);
}
END_TEST

static const struct {
	const char *title;
	uint32_t flags;
	enum tandem_sentence which;
} sharing_cases[] = {
	{ "late", TANDEM_SHARING | TANDEM_SOURCES, TANDEM_SAY_LATE_AND_SHARED },
	{ "not late", TANDEM_SHARING, TANDEM_SAY_SHARED },
};

START_TEST(two_borrowed_streams_share_an_endpoint)
{
	struct world w;

	borrow_both(&w, sharing_cases[_i].flags);
	HEARS(w.speakers[0], sharing_cases[_i].which);
	ck_assert(!w.speakers[0].trouble);
	for (int n = 1; n <= 2; n++)
		ck_assert_msg(!has_delay(&w, n), "%s", sharing_cases[_i].title);
	tandem_world_transport_gone(&w, 2, 2); /* what is shown of 1 may be 2's yet */
	ck_assert(!has_delay(&w, 1));
	tandem_world_finish(&w);
}
END_TEST

/* bluetoothd would not survive the end of who lends two streams of one endpoint. */
START_TEST(of_a_shared_endpoint_one_stream_is_borrowed)
{
	struct world w;

	borrow_both(&w, TANDEM_SHARING);
	HEARS(w.speakers[1], TANDEM_SAY_LENT_ALREADY);
	ck_assert(w.speakers[1].trouble);
	tandem_world_pass_ms(&w, 60000);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "acquire"));
	tandem_world_transport_gone(&w, 1, 1);
	tandem_world_pass_ms(&w, 300);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "acquire"));
	tandem_world_finish(&w);
}
END_TEST

/* Both of the session manager's endpoints are taken, and headphones come: device 3. */
static void headphones_come(struct world *w, uint32_t flags)
{
	borrow_both(w, flags);
	tandem_world_device(w, 3, TANDEM_CONNECTED, "audio-headset");
	tandem_world_sep(w, 3, 53);
	tandem_world_said(w);
	tandem_world_select(w, 9, 0, 53);
}

START_TEST(headphones_get_the_place_of_what_is_borrowed)
{
	struct world w;

	headphones_come(&w, TANDEM_SOURCES);
	SAYS(&w, "refuse 9; detach 0; release 1 fd1 borrowed; connect 3; tell 0 releasing");
	HEARS(w.speakers[0], TANDEM_SAY_MAKES_ROOM, "Box 3");
	tandem_world_select(&w, 10, 1, 53); /* once for all of our endpoints */
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_released(&w, 1);
	SAYS(&w, "refuse 10; disconnect 1; tell 0 borrowed");
	tandem_world_transport_gone(&w, 1, 1);
	tandem_world_device(&w, 1, 0, "audio-card");
	SAYS(&w, "tell 0 known");
	tandem_world_connected(&w, 3, "org.bluez.Error.Failed");
	tandem_world_pass_ms(&w, 1000);
	SAYS(&w, "connect 3"); /* before the speaker, or that takes the place again */
	tandem_world_transport(&w, 3, 3, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_connected(&w, 3, "");
	tandem_world_pass_ms(&w, 600);
	SAYS(&w, "say; connect 1; tell 0 connecting");
	HEARS(w.guest, TANDEM_SAY_GUEST, "Box 3", "the session manager");
	ck_assert(!w.speakers[0].trouble);
	tandem_world_finish(&w);
}
END_TEST

/* The guest leaves: the speaker comes back all the same. */
START_TEST(room_that_nobody_takes)
{
	struct world w;

	headphones_come(&w, TANDEM_SOURCES);
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_released(&w, 1);
	tandem_world_transport_gone(&w, 1, 1);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_connected(&w, 3, "org.bluez.Error.Failed");
	tandem_world_device(&w, 3, 0, "audio-headset");
	for (int i = 0; i < 12 && !strstr(w.said, "connect 1"); i++) {
		tandem_world_connected(&w, 3, "org.bluez.Error.Failed");
		tandem_world_pass_ms(&w, 1000);
	}
	ck_assert_ptr_nonnull(strstr(w.said, "connect 1"));
	tandem_world_finish(&w);
}
END_TEST

static const uint32_t others_have_room[] = {
	0,                               /* asked before the session manager is */
	TANDEM_SOURCES | TANDEM_SHARING, /* its endpoints hold several */
};

START_TEST(nobody_makes_room_in_vain)
{
	struct world w;

	headphones_come(&w, others_have_room[_i]);
	SAYS(&w, "refuse 9");
	tandem_world_finish(&w);
}
END_TEST

/* Another codec has another endpoint, and so has another adapter. */
START_TEST(not_all_streams_share_it)
{
	struct world w;

	borrow_both(&w, TANDEM_SHARING | TANDEM_SOURCES);
	tandem_world_transport_gone(&w, 1, 1);
	tandem_world_transport_gone(&w, 2, 2);
	w.codec = 2;
	tandem_world_device(&w, 3, TANDEM_CONNECTED, "audio-headset");
	tandem_world_transport(&w, 3, 3, TANDEM_TRANSPORT_IDLE, 0);
	w.codec = 0;
	tandem_world_adapter(&w, 1, TANDEM_POWERED | TANDEM_SHARING);
	tandem_world_device(&w, 14, TANDEM_CONNECTED, "audio-headset");
	tandem_world_transport(&w, 14, 4, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_transport(&w, 1, 5, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_pass_ms(&w, 300);
	tandem_world_acquired(&w, 3, "");
	tandem_world_said(&w);
	tandem_world_transport(&w, 1, 5, TANDEM_TRANSPORT_ACTIVE, 1500);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "observe 0 150.0"));
	HEARS(w.speakers[0], TANDEM_SAY_LATE); /* and other headphones find a place */
	tandem_world_finish(&w);
}
END_TEST

/* A stream is told of before it is known to be ours: until then nobody's delay counts. */
START_TEST(a_new_stream_makes_delays_doubtful_for_a_moment)
{
	struct world w;

	borrow_both(&w, TANDEM_SHARING);
	tandem_world_transport_gone(&w, 1, 1);
	tandem_world_transport_gone(&w, 2, 2);
	tandem_world_transport(&w, 1, 5, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_pass_ms(&w, 300);
	tandem_world_acquired(&w, 3, "");
	tandem_world_transport(&w, 1, 5, TANDEM_TRANSPORT_ACTIVE, 0);
	tandem_world_transport(&w, 2, 6, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_said(&w);
	tandem_world_transport(&w, 1, 5, TANDEM_TRANSPORT_ACTIVE, 2222);
	SAYS(&w, "");
	tandem_world_set(&w, 9, 0, 2, 6);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "observe 0 222.2"));
	HEARS_WELL(w.speakers[0]);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(two_of_ours_on_one_endpoint)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_clear(&w, 2, 2);
	tandem_world_set(&w, 9, 0, 2, 3); /* where 1 is already */
	tandem_world_wanted(&w, true);
	for (uint32_t n = 1; n <= 2; n++) {
		tandem_world_acquired(&w, n, "");
		HEARS(w.speakers[n - 1], TANDEM_SAY_SHARED);
		ck_assert(!w.speakers[n - 1].trouble);
	}
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("borrowed streams");
	TCase *const c = tcase_create("borrowed");

	tcase_add_test(c, the_session_manager_was_first);
	tcase_add_test(c, we_were_first);
	tcase_add_test(c, trouble_comes_before_notes);
	tcase_add_loop_test(c, two_borrowed_streams_share_an_endpoint, 0,
			TANDEM_ARRAY_LEN(sharing_cases));
	tcase_add_test(c, of_a_shared_endpoint_one_stream_is_borrowed);
	tcase_add_test(c, headphones_get_the_place_of_what_is_borrowed);
	tcase_add_test(c, room_that_nobody_takes);
	tcase_add_loop_test(c, nobody_makes_room_in_vain, 0,
			TANDEM_ARRAY_LEN(others_have_room));
	tcase_add_test(c, not_all_streams_share_it);
	tcase_add_test(c, a_new_stream_makes_delays_doubtful_for_a_moment);
	tcase_add_test(c, two_of_ours_on_one_endpoint);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
