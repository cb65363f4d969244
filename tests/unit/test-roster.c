/* SPDX-License-Identifier: MIT
 *
 * The speakers' life, step by step, and then with everything at random.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "roster-world.h"

#define SAYS(w, words) ck_assert_str_eq(world_said(w), words)

static const struct tandem_roster_config pair = {
	.n_speakers = 2,
	.wishes = { { .address = "00:00:00:00:00:01" },
			{ .address = "00:00:00:00:00:02" } },
	.seed = 7,
};

static const struct tandem_roster_config automatic = {
	.automatic = true,
	.n_speakers = 2,
	.seed = 7,
};

/* Both speakers of the pair connected, on our own endpoints, idle: transports 1 and 2. */
static void configure_both(struct world *w)
{
	world_up(w);
	for (int n = 1; n <= 2; n++) {
		world_device(w, n, TANDEM_CONNECTED, "audio-card");
		world_sep(w, n, 53);
		world_set(w, (uint32_t)n, (uint32_t)(n - 1), n, n);
		world_transport(w, n, n, TANDEM_TRANSPORT_IDLE, 0);
	}
	world_said(w);
}

static void stream_both(struct world *w)
{
	configure_both(w);
	world_wanted(w, true);
	for (uint32_t n = 1; n <= 2; n++) {
		world_acquired(w, n, "");
		world_transport(w, (int)n, (int)n, TANDEM_TRANSPORT_ACTIVE, 0);
	}
	world_said(w);
}

START_TEST(from_nothing_to_sound_and_back)
{
	struct world w;

	world_start(&w, &pair);
	world_up(&w);
	world_said(&w);
	world_device(&w, 1, 0, "audio-card");
	SAYS(&w, "connect 1; tell 0 connecting");
	world_device(&w, 2, 0, "audio-card");
	SAYS(&w, "tell 1 known"); /* one at a time */
	world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	world_sep(&w, 1, 53);
	world_select(&w, 11, 0, 53);
	SAYS(&w, "answer 11 11150233"); /* 48 kHz joint, 16 blocks, loudness, 2..51 */
	world_set(&w, 12, 0, 1, 1);
	SAYS(&w, "accept 12; export 1; tell 0 configured");
	world_connected(&w, 1, "");
	SAYS(&w, "connect 2; tell 1 connecting");
	world_device(&w, 2, TANDEM_CONNECTED, "audio-card");
	world_sep(&w, 2, 53);
	world_select(&w, 13, 0, 53);
	SAYS(&w, "refuse 13"); /* busy: BlueZ asks the next */
	world_select(&w, 14, 1, 53);
	world_set(&w, 15, 1, 2, 2);
	world_connected(&w, 2, "");
	SAYS(&w, "answer 14 11150233; accept 15; tell 1 configured");
	world_wanted(&w, true);
	SAYS(&w, "acquire 1 fd1; acquire 2 fd2; expect 3; tell 0 acquiring; tell 1 "
		 "acquiring");
	world_acquired(&w, 1, "");
	SAYS(&w, "attach 0 101; expect 2; tell 0 streaming");
	world_acquired(&w, 2, "");
	SAYS(&w, "attach 1 102; expect 0; tell 1 streaming");
	world_transport(&w, 1, 1, TANDEM_TRANSPORT_ACTIVE, 1500);
	SAYS(&w, "observe 0 150.0");
	world_transport(&w, 1, 1, TANDEM_TRANSPORT_ACTIVE, 1620);
	SAYS(&w, "observe 0 162.0");
	world_wanted(&w, false);
	SAYS(&w, "detach 0; release 1 fd1; detach 1; release 2 fd2; tell 0 releasing; "
		 "tell 1 releasing");
	world_released(&w, 1);
	world_released(&w, 2);
	SAYS(&w, "tell 0 configured; tell 1 configured");
	world_finish(&w);
}
END_TEST

START_TEST(sink_goes_thirty_seconds_after_the_last)
{
	struct world w;

	world_start(&w, &pair);
	configure_both(&w);
	world_clear(&w, 1, 1);
	world_device(&w, 1, 0, "audio-card");
	world_pass_ms(&w, 100000);
	ck_assert_ptr_null(strstr(world_said(&w), "export"));
	world_clear(&w, 2, 2);
	world_pass_ms(&w, 29999);
	ck_assert_ptr_null(strstr(world_said(&w), "export"));
	world_pass_ms(&w, 2);
	ck_assert_ptr_nonnull(strstr(world_said(&w), "export 0"));
	world_finish(&w);
}
END_TEST

START_TEST(borrowed_takes_the_same_way)
{
	struct world w;
	const struct tandem_event gone = { .kind = TANDEM_EVENT_LENDER_GONE, .fd = -1 };

	world_start(&w, &pair);
	world_wanted(&w, true);
	world_up(&w);
	world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	world_transport(&w, 1, 5, TANDEM_TRANSPORT_IDLE, 0);
	world_said(&w);
	world_pass_ms(&w, 299);
	SAYS(&w, ""); /* our SetConfiguration could still come */
	world_pass_ms(&w, 1);
	SAYS(&w, "acquire 1 fd5 borrowed; expect 1; export 1; tell 0 acquiring");
	world_acquired(&w, 1, "");
	world_transport(&w, 1, 5, TANDEM_TRANSPORT_ACTIVE, 0);
	SAYS(&w, "attach 0 101; expect 0; tell 0 streaming");
	world_wanted(&w, false);
	SAYS(&w, "detach 0; release 1 fd5 borrowed; tell 0 releasing");
	world_released(&w, 1);
	SAYS(&w, "tell 0 borrowed");
	world_transport(&w, 1, 5, TANDEM_TRANSPORT_IDLE, 0);
	world_wanted(&w, true);
	world_acquired(&w, 2, "");
	world_said(&w);
	/* Its owner leaves; the object remains, and must never be touched again. */
	world_event(&w, &gone);
	SAYS(&w, "detach 0; drop 2; tell 0 backing off");
	world_transport(&w, 1, 5, TANDEM_TRANSPORT_ACTIVE, 0);
	world_pass_ms(&w, 2600);
	SAYS(&w, "connect 1; tell 0 connecting");
	world_finish(&w);
}
END_TEST

START_TEST(borrowed_in_use_is_waited_for)
{
	struct world w;

	world_start(&w, &pair);
	world_wanted(&w, true);
	world_up(&w);
	world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	world_transport(&w, 1, 5, TANDEM_TRANSPORT_ACTIVE, 0);
	world_pass_ms(&w, 400);
	ck_assert_ptr_null(strstr(world_said(&w), "acquire"));
	ck_assert_str_eq(w.roster->slots[0].life.message, "another program plays on it");
	world_transport(&w, 1, 5, TANDEM_TRANSPORT_IDLE, 0);
	SAYS(&w, "acquire 1 fd5 borrowed; expect 1; tell 0 acquiring");
	world_finish(&w);
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

	world_start(&w, &pair);
	world_up(&w);
	for (int n = 1; n <= 3; n++)
		world_device(&w, n,
				select_cases[_i].connected >> n & 1 ? TANDEM_CONNECTED : 0,
				"audio-card");
	world_connected(&w, 1,
			"org.bluez.Error.Failed"); /* only one that connected itself */
	world_connected(&w, 2, "org.bluez.Error.Failed");
	for (int i = 0; i < 3 && select_cases[_i].seps[i]; i++) {
		const int n = select_cases[_i].seps[i];

		world_sep(&w, n, select_cases[_i].bitpools[n]);
	}
	world_said(&w);
	world_select(&w, 9, 0, select_cases[_i].asked);
	ck_assert_msg(strncmp(world_said(&w),
				      select_cases[_i].accepted ? "answer 9" : "refuse 9",
				      8) == 0,
			"%s", select_cases[_i].title);
	world_finish(&w);
}
END_TEST

START_TEST(set_is_refused_for_strangers)
{
	struct world w;

	world_start(&w, &pair);
	configure_both(&w);
	world_device(&w, 3, TANDEM_CONNECTED, "audio-headset");
	world_set(&w, 9, 0, 3, 3);
	SAYS(&w, "refuse 9");
	world_set(&w, 10, 0, 4, 4); /* nobody knows this one */
	SAYS(&w, "refuse 10");
	world_finish(&w);
}
END_TEST

START_TEST(two_on_one_endpoint_void_the_delay)
{
	struct world w;

	world_start(&w, &pair);
	world_wanted(&w, true);
	world_up(&w);
	for (int n = 1; n <= 2; n++) {
		world_device(&w, n, TANDEM_CONNECTED, "audio-card");
		world_set(&w, (uint32_t)n, 0, n, n);
		world_acquired(&w, (uint32_t)n, "");
	}
	world_said(&w);
	world_transport(&w, 1, 1, TANDEM_TRANSPORT_ACTIVE, 1500);
	world_transport(&w, 2, 2, TANDEM_TRANSPORT_ACTIVE, 1500);
	SAYS(&w, "");
	world_finish(&w);
}
END_TEST

START_TEST(connecting_backs_off_and_takes_turns)
{
	static const int64_t seconds[] = { 2, 4, 8, 16, 32, 60, 60 };
	struct world w;

	world_start(&w, &pair);
	world_up(&w);
	world_device(&w, 1, 0, "audio-card");
	world_said(&w);
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(seconds); i++) {
		world_connected(&w, 1, "org.bluez.Error.Failed");
		SAYS(&w, "tell 0 backing off");
		world_pass_ms(&w, seconds[i] * 1000 - 1);
		SAYS(&w, "");
		world_pass_ms(&w, seconds[i] * 250 + 1);
		SAYS(&w, "connect 1; tell 0 connecting");
	}
	world_device(&w, 2, 0, "audio-card");
	SAYS(&w, "tell 1 known");
	world_connected(&w, 1, "org.bluez.Error.Failed");
	SAYS(&w, "connect 2; tell 0 backing off; tell 1 connecting");
	world_finish(&w);
}
END_TEST

START_TEST(pages_rarely_while_another_plays)
{
	struct world w;

	world_start(&w, &pair);
	stream_both(&w);
	world_clear(&w, 1, 1);
	world_device(&w, 1, 0, "audio-card");
	SAYS(&w, "detach 0; tell 0 known; connect 1; tell 0 connecting");
	world_connected(&w, 1, "org.bluez.Error.Failed");
	world_said(&w);
	world_pass_ms(&w, 29999);
	SAYS(&w, "");
	world_pass_ms(&w, 1);
	SAYS(&w, "connect 1; tell 0 connecting");
	world_finish(&w);
}
END_TEST

START_TEST(acquire_is_tried_quickly_then_slowly)
{
	static const int64_t waits_ms[] = { 30, 60, 120, 240, 480, 960, 1920 };
	struct world w;
	char words[64];

	world_start(&w, &pair);
	configure_both(&w);
	world_clear(&w, 2, 2);
	world_device(&w, 2, 0, "audio-card");
	world_wanted(&w, true);
	world_said(&w);
	for (uint32_t i = 0; i < TANDEM_ARRAY_LEN(waits_ms); i++) {
		world_acquired(&w, i + 1, "org.bluez.Error.NotAuthorized");
		world_said(&w);
		world_pass_ms(&w, waits_ms[i] - 1);
		SAYS(&w, "");
		world_pass_ms(&w, 1);
		snprintf(words, sizeof(words), "acquire %u fd1", i + 2);
		SAYS(&w, words);
	}
	world_acquired(&w, 8, "org.bluez.Error.NotAuthorized");
	SAYS(&w, "expect 0; tell 0 backing off");
	world_pass_ms(&w, 1999);
	SAYS(&w, "");
	world_pass_ms(&w, 501);
	SAYS(&w, "acquire 9 fd1; expect 1; tell 0 acquiring");
	/* No answer: BlueZ may start it yet, so it is told to stop. */
	world_acquired(&w, 9, "org.freedesktop.DBus.Error.NoReply");
	SAYS(&w, "release 9 fd1; expect 0; tell 0 releasing");
	world_released(&w, 9);
	SAYS(&w, "tell 0 backing off");
	world_finish(&w);
}
END_TEST

START_TEST(no_release_while_acquire_is_under_way)
{
	struct world w;

	world_start(&w, &pair);
	configure_both(&w);
	world_wanted(&w, true);
	world_said(&w);
	world_wanted(&w, false);
	SAYS(&w, "");
	world_acquired(&w, 1, "");
	SAYS(&w, "release 1 fd1; expect 2; tell 0 releasing");
	world_wanted(&w, true);
	SAYS(&w, ""); /* nor acquire while release is */
	world_released(&w, 1);
	SAYS(&w, "acquire 3 fd1; expect 3; tell 0 acquiring");
	world_finish(&w);
}
END_TEST

START_TEST(remote_suspend_is_answered_after_a_while)
{
	struct world w;

	world_start(&w, &pair);
	stream_both(&w);
	world_transport(&w, 1, 1, TANDEM_TRANSPORT_IDLE, 0);
	SAYS(&w, "detach 0; tell 0 backing off");
	world_pass_ms(&w, 1999);
	SAYS(&w, "");
	world_pass_ms(&w, 501);
	SAYS(&w, "acquire 3 fd1; expect 1; tell 0 acquiring");
	world_finish(&w);
}
END_TEST

START_TEST(stale_news_of_a_reused_path_is_ignored)
{
	struct world w;

	world_start(&w, &pair);
	configure_both(&w);
	world_wanted(&w, true);
	world_said(&w);
	world_clear(&w, 1, 1);
	world_set(&w, 9, 0, 1, 1); /* the same path, another stream */
	world_acquired(&w, 1, "");
	ck_assert_ptr_null(strstr(world_said(&w), "attach"));
	world_transport_gone(&w, 1, 1); /* the old one's */
	SAYS(&w, "");
	world_acquired(&w, 3, "");
	SAYS(&w, "attach 0 103; expect 2; tell 0 streaming");
	world_clear(&w, 1, 1);
	world_transport(&w, 1, 1, TANDEM_TRANSPORT_IDLE, 0); /* late, of the one cleared */
	ck_assert_int_eq(w.roster->slots[0].life.transport, 0);
	world_finish(&w);
}
END_TEST

START_TEST(a_removal_without_clear_ends_it_too)
{
	struct world w;

	world_start(&w, &pair);
	stream_both(&w);
	world_transport_gone(&w, 1, 1);
	ck_assert_int_eq(strncmp(world_said(&w), "detach 0; ", 10), 0);
	world_clear(&w, 1, 1); /* idempotent, in any order */
	ck_assert_ptr_null(strstr(world_said(&w), "detach"));
	world_finish(&w);
}
END_TEST

START_TEST(a_broken_link_gives_the_transport_back)
{
	struct world w;

	world_start(&w, &pair);
	stream_both(&w);
	world_lost(&w, 0);
	SAYS(&w, "release 1 fd1; tell 0 releasing"); /* no detach: the plugin has let go */
	world_transport(&w, 1, 1, TANDEM_TRANSPORT_IDLE, 0);
	world_released(&w, 1);
	world_pass_ms(&w, 100);
	ck_assert_ptr_nonnull(strstr(world_said(&w), "acquire 3 fd1"));
	world_lost(&w, 0); /* nothing is attached now */
	SAYS(&w, "");
	world_finish(&w);
}
END_TEST

START_TEST(bluetoothd_goes_and_comes_back)
{
	struct world w;

	world_start(&w, &pair);
	stream_both(&w);
	world_down(&w);
	SAYS(&w, "detach 0; detach 1; tell 0 absent; tell 1 absent");
	ck_assert_str_eq(w.roster->slots[0].life.message, "it is gone");
	world_acquired(&w, 1, ""); /* late */
	world_released(&w, 1);
	world_connected(&w, 1, "");
	SAYS(&w, "");
	configure_both(&w);
	ck_assert_int_eq(w.roster->slots[0].life.state, TANDEM_SPEAKER_ACQUIRING);
	ck_assert_int_eq(w.roster->slots[1].life.state, TANDEM_SPEAKER_ACQUIRING);
	world_finish(&w);
}
END_TEST

START_TEST(a_connection_without_stream_is_cured_once)
{
	struct world w;

	world_start(&w, &pair);
	world_up(&w);
	world_device(&w, 1, 0, "audio-card");
	world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	world_connected(&w, 1, "");
	world_said(&w);
	world_pass_ms(&w, 1000);
	SAYS(&w, "disconnect 1; tell 0 backing off");
	world_pass_ms(&w, 2500);
	SAYS(&w, "connect 1; tell 0 connecting");
	world_connected(&w, 1, "");
	world_pass_ms(&w, 1000);
	SAYS(&w, "tell 0 backing off");
	world_finish(&w);
}
END_TEST

START_TEST(by_name_finds_its_device)
{
	struct tandem_roster_config config = { .n_speakers = 1, .seed = 1 };
	struct world w;

	strcpy(config.wishes[0].name, "Box 2");
	world_start(&w, &config);
	world_up(&w);
	world_device(&w, 1, 0, "audio-card");
	world_said(&w);
	world_device(&w, 2, 0, "audio-card");
	SAYS(&w, "connect 2; tell 0 connecting");
	world_finish(&w);
}
END_TEST

static const char *address(const struct world *w, uint32_t slot)
{
	return w->roster->slots[slot].life.address;
}

START_TEST(automatic_puts_the_lower_address_left)
{
	struct world w;

	world_start(&w, &automatic);
	world_up(&w);
	world_device(&w, 9, TANDEM_CONNECTED, "audio-headphones"); /* never */
	world_device(&w, 8, TANDEM_CONNECTED | TANDEM_HANDSFREE, "audio-headset");
	world_device(&w, 5, TANDEM_CONNECTED, "audio-card");
	ck_assert_str_eq(address(&w, 0), "00:00:00:00:00:05");
	world_set(&w, 1, 0, 5, 5);
	world_wanted(&w, true);
	world_acquired(&w, 1, "");
	world_said(&w);
	world_device(&w, 2, TANDEM_CONNECTED, "audio-card");
	/* The one that streams on the left is let go, and comes back on the right. */
	SAYS(&w, "detach 0; release 1 fd5; remember; tell 0 known; tell 1 releasing");
	world_released(&w, 1);
	world_acquired(&w, 2, "");
	SAYS(&w, "acquire 2 fd5; expect 2; tell 1 acquiring; attach 1 102; expect 0; "
		 "tell 1 streaming");
	ck_assert_str_eq(tandem_roster_assignment(w.roster, 0), "00:00:00:00:00:02");
	ck_assert_str_eq(tandem_roster_assignment(w.roster, 1), "00:00:00:00:00:05");
	world_finish(&w);
}
END_TEST

START_TEST(automatic_remembers_the_sides)
{
	struct tandem_roster_config config = automatic;
	struct world w;

	strcpy(config.remembered[0], "00:00:00:00:00:05");
	strcpy(config.remembered[1], "00:00:00:00:00:02");
	world_start(&w, &config);
	world_up(&w);
	world_device(&w, 2, TANDEM_CONNECTED, "audio-card");
	ck_assert_str_eq(address(&w, 1), "00:00:00:00:00:02");
	world_device(&w, 5, TANDEM_CONNECTED, "audio-card");
	ck_assert_str_eq(address(&w, 0), "00:00:00:00:00:05");
	world_device(&w, 1, TANDEM_CONNECTED, "audio-card"); /* a third: too late */
	ck_assert_str_eq(address(&w, 0), "00:00:00:00:00:05");
	ck_assert_ptr_null(strstr(world_said(&w), "remember"));
	world_finish(&w);
}
END_TEST

START_TEST(automatic_calls_nobody)
{
	struct world w;

	world_start(&w, &automatic);
	world_up(&w);
	world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	world_device(&w, 1, 0, "audio-card");
	world_pass_ms(&w, 100000);
	ck_assert_ptr_null(strstr(world_said(&w), "connect 1;"));
	world_finish(&w);
}
END_TEST

/* What must hold whatever happens; fed with each action in order. */
struct invariants {
	bool attached[2];
	uint32_t questions_open;
	const char *broken;
};

static bool check_action(void *data, const struct tandem_action *a)
{
	struct invariants *v = data;

	if (a->kind == TANDEM_ACTION_ATTACH) {
		if (v->attached[a->slot])
			v->broken = "attached twice";
		v->attached[a->slot] = true;
	} else if (a->kind == TANDEM_ACTION_DETACH) {
		if (!v->attached[a->slot])
			v->broken = "detached without an attach";
		v->attached[a->slot] = false;
	} else if (a->kind == TANDEM_ACTION_ANSWER) {
		v->questions_open--;
	}
	return true;
}

static uint32_t random_below(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u; /* Numerical Recipes */
	return (*seed >> 8) % n;
}

static void random_step(struct world *w, struct invariants *v, uint32_t *seed)
{
	const int n = 1 + (int)random_below(seed, 3);
	const uint32_t what = random_below(seed, 14), other = random_below(seed, 3);
	const uint32_t call = 1 + random_below(seed, w->roster->calls + 1);

	if (what == 0)
		world_up(w);
	else if (what == 1 && other == 0)
		world_down(w);
	else if (what == 2)
		world_device(w, n, other ? TANDEM_CONNECTED : 0, "audio-card");
	else if (what == 3)
		world_sep(w, n, 53);
	else if (what == 4)
		world_transport(w, n, n, (enum tandem_transport_state)other, other * 1000);
	else if (what == 5)
		world_transport_gone(w, n, n);
	else if (what == 6 && ++v->questions_open)
		world_select(w, 1, other % 2, 53);
	else if (what == 7 && ++v->questions_open)
		world_set(w, 2, other % 2, n, n);
	else if (what == 8)
		world_clear(w, n, n);
	else if (what == 9)
		world_connected(w, n, other ? "" : "org.bluez.Error.Failed");
	else if (what == 10)
		world_acquired(w, call, other ? "" : "org.freedesktop.DBus.Error.NoReply");
	else if (what == 11)
		world_released(w, call);
	else if (what == 12)
		world_wanted(w, other > 0);
	else
		world_pass_ms(w, 100 * (int64_t)random_below(seed, 100));
}

static void check_state(const struct world *w, const struct invariants *v, uint32_t first)
{
	for (uint32_t i = 0; i < 2; i++) {
		const struct tandem_life *l = &w->roster->slots[i].life;

		ck_assert_msg(l->attached == v->attached[i], "seed %u: attached", first);
		ck_assert_msg(l->attached == (l->state == TANDEM_SPEAKER_STREAMING),
				"seed %u: state and socket disagree", first);
		ck_assert_msg(l->call == 0 || l->transport != 0,
				"seed %u: a call for no transport", first);
		ck_assert_msg(w->roster->exported || l->transport == 0,
				"seed %u: a connected speaker without a sink", first);
	}
	ck_assert_msg(w->roster->actions.n < TANDEM_MAX_ACTIONS - 1, "seed %u: too many",
			first);
	ck_assert_msg(v->questions_open == 0, "seed %u: BlueZ left without an answer",
			first);
	ck_assert_msg(!v->broken, "seed %u: %s", first, v->broken);
}

START_TEST(whatever_happens)
{
	const uint32_t first = (uint32_t)_i + 1;
	uint32_t seed = first;
	struct invariants v = { 0 };
	struct world w;

	world_start(&w, _i % 2 ? &automatic : &pair);
	w.hook = check_action;
	w.hook_data = &v;
	for (int step = 0; step < 3000; step++) {
		random_step(&w, &v, &seed);
		check_state(&w, &v, first);
	}
	world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("roster");
	TCase *const c = tcase_create("life");
	SRunner *runner;
	int failed;

	tcase_add_test(c, from_nothing_to_sound_and_back);
	tcase_add_test(c, sink_goes_thirty_seconds_after_the_last);
	tcase_add_test(c, borrowed_takes_the_same_way);
	tcase_add_test(c, borrowed_in_use_is_waited_for);
	tcase_add_loop_test(c, select_is_accepted_for_members_only, 0,
			TANDEM_ARRAY_LEN(select_cases));
	tcase_add_test(c, set_is_refused_for_strangers);
	tcase_add_test(c, two_on_one_endpoint_void_the_delay);
	tcase_add_test(c, connecting_backs_off_and_takes_turns);
	tcase_add_test(c, pages_rarely_while_another_plays);
	tcase_add_test(c, acquire_is_tried_quickly_then_slowly);
	tcase_add_test(c, no_release_while_acquire_is_under_way);
	tcase_add_test(c, remote_suspend_is_answered_after_a_while);
	tcase_add_test(c, stale_news_of_a_reused_path_is_ignored);
	tcase_add_test(c, a_removal_without_clear_ends_it_too);
	tcase_add_test(c, a_broken_link_gives_the_transport_back);
	tcase_add_test(c, bluetoothd_goes_and_comes_back);
	tcase_add_test(c, a_connection_without_stream_is_cured_once);
	tcase_add_test(c, by_name_finds_its_device);
	tcase_add_test(c, automatic_puts_the_lower_address_left);
	tcase_add_test(c, automatic_remembers_the_sides);
	tcase_add_test(c, automatic_calls_nobody);
	tcase_add_loop_test(c, whatever_happens, 0, 40);
	suite_add_tcase(suite, c);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
