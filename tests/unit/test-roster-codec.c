/* SPDX-License-Identifier: MIT
 *
 * LDAC asked of a speaker, and what is said and played when it cannot be had.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "codec/ldac.h"
#include "roster-world.h"
#include "suite.h"

#define LDAC_0 TANDEM_MAX_SPEAKERS /* our first endpoint of LDAC */
#define SONY 0x2d, 0x01, 0, 0, 0xaa, 0

static const uint8_t ldac_caps[8] = { SONY, 0x3c, 7 }, ldac_48[8] = { SONY, 0x10, 1 };

static void start(struct world *w, bool registered)
{
	struct tandem_roster_config config = tandem_world_pair;

	config.codecs = registered ? 3 : 1;
	config.wishes[0].codec.codec = TANDEM_CODEC_LDAC;
	tandem_world_start(w, &config);
	tandem_world_wanted(w, true);
	tandem_world_up(w);
	tandem_world_device(w, 1, 0, "audio-card");
	tandem_world_said(w);
	tandem_world_device(w, 1, TANDEM_CONNECTED, "audio-card");
}

/* The speaker's sep9. */
static void show_ldac(struct world *w)
{
	struct tandem_event e = { .kind = TANDEM_EVENT_ENDPOINT,
		.fd = -1,
		.path = "/org/bluez/hci0/dev_1/sep9",
		.parent = "/org/bluez/hci0/dev_1",
		.codec = 0xff,
		.flags = TANDEM_SINK,
		.config_bytes = 8 };

	memcpy(e.config, ldac_caps, 8);
	tandem_world_event(w, &e);
}

static void select_ldac(struct world *w, uint32_t call, uint32_t endpoint)
{
	struct tandem_event e = { .kind = TANDEM_EVENT_SELECT,
		.fd = -1,
		.parent = "/org/bluez/hci0",
		.call = call,
		.endpoint = endpoint,
		.config_bytes = 8 };

	memcpy(e.config, ldac_caps, 8);
	tandem_world_event(w, &e);
}

static void set_ldac(struct world *w, uint32_t call, uint32_t endpoint, int n)
{
	struct tandem_event e = { .kind = TANDEM_EVENT_SET,
		.fd = -1,
		.parent = "/org/bluez/hci0",
		.name = "/org/bluez/hci0/dev_1",
		.call = call,
		.endpoint = endpoint,
		.codec = 0xff,
		.config_bytes = 8 };

	snprintf(e.path, sizeof(e.path), "/org/bluez/hci0/dev_1/fd%d", n);
	memcpy(e.config, ldac_48, 8);
	tandem_world_event(w, &e);
}

static void acquired(struct world *w, uint32_t call, uint32_t mtu_bytes)
{
	const struct tandem_event e = { .kind = TANDEM_EVENT_ACQUIRED,
		.call = call,
		.fd = (int)(100 + call),
		.mtu_bytes = mtu_bytes };

	tandem_world_event(w, &e);
}

/* The first four bytes of what is answered are Sony's. */
#define SONYS "2d010000"

#ifdef TANDEM_HAVE_LDAC

START_TEST(it_gets_what_it_is_to_have)
{
	struct world w;

	start(&w, true);
	tandem_world_sep(&w, 1, 53);
	show_ldac(&w);
	tandem_world_said(&w);
	tandem_world_select(&w, 8, 0, 53); /* what it had the last time */
	SAYS(&w, "refuse 8");
	select_ldac(&w, 9, LDAC_0);
	SAYS(&w, "answer 9 " SONYS);
	select_ldac(&w, 10, LDAC_0);
	SAYS(&w, "refuse 10"); /* promised already */
	set_ldac(&w, 11, LDAC_0, 1);
	acquired(&w, 1, 1021);
	SAYS(&w, "accept 11; acquire 1 fd1; expect 1; export 1; tell 0 acquiring; "
		 "attach 0 101; expect 0; tell 0 streaming");
	HEARS_WELL(w.speakers[0]);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_narrow_link_plays_sbc)
{
	struct world w;

	start(&w, true);
	tandem_world_sep(&w, 1, 53);
	show_ldac(&w);
	select_ldac(&w, 9, LDAC_0);
	set_ldac(&w, 10, LDAC_0, 1);
	tandem_world_said(&w);
	acquired(&w, 1, 672);
	SAYS(&w, "release 1 fd1; expect 0; tell 0 releasing");
	tandem_world_released(&w, 1);
	SAYS(&w, "disconnect 1; tell 0 configured");
	HEARS(w.speakers[0], TANDEM_SAY_AGAIN_WITH, "SBC");
	tandem_world_clear(&w, 1, 1);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_said(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	select_ldac(&w, 11, LDAC_0);
	tandem_world_select(&w, 12, 0, 53);
	SAYS(&w, "refuse 11; answer 12 11150233");
	tandem_world_set(&w, 13, 0, 1, 2);
	acquired(&w, 2, 672);
	HEARS(w.speakers[0], TANDEM_SAY_CODEC_TOO_WIDE, "LDAC", "673", "672", "SBC");
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 100000);
	SAYS(&w, ""); /* once */
	tandem_world_finish(&w);
}
END_TEST

START_TEST(what_it_refuses_is_not_asked_again)
{
	struct world w;

	start(&w, true);
	tandem_world_sep(&w, 1, 53);
	show_ldac(&w);
	tandem_world_pass_ms(&w, 2500); /* nothing comes by itself */
	tandem_world_said(&w);
	select_ldac(&w, 9, LDAC_0);
	w.detail = "Input/output error";
	tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
	HEARS(w.speakers[0], TANDEM_SAY_CODEC_REFUSED, "LDAC stereo at 48 kHz, 330 kbit/s",
			"Input/output error");
	tandem_world_pass_ms(&w, 5000);
	tandem_world_said(&w);
	tandem_world_select(&w, 10, 0, 53);
	SAYS(&w, "answer 10 11150233");
	tandem_world_set(&w, 11, 0, 1, 1);
	acquired(&w, 1, 1021);
	HEARS(w.speakers[0], TANDEM_SAY_CODEC_FAILED, "LDAC", "SBC");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(it_does_not_offer_it)
{
	struct world w;

	start(&w, true);
	tandem_world_sep(&w, 1, 53);
	tandem_world_said(&w);
	tandem_world_select(&w, 9, 0, 53);
	tandem_world_set(&w, 10, 0, 1, 1);
	acquired(&w, 1, 1021);
	SAYS(&w, "answer 9 11150233; accept 10; acquire 1 fd1; expect 1; export 1; "
		 "tell 0 acquiring; attach 0 101; expect 0; tell 0 streaming");
	HEARS(w.speakers[0], TANDEM_SAY_CODEC_NOT_OFFERED, "LDAC", "SBC");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(it_comes_from_the_next_start_on)
{
	struct world w;

	start(&w, false);
	tandem_world_sep(&w, 1, 53);
	show_ldac(&w);
	tandem_world_select(&w, 9, 0, 53);
	tandem_world_set(&w, 10, 0, 1, 1);
	acquired(&w, 1, 1021);
	HEARS(w.speakers[0], TANDEM_SAY_CODEC_LATER, "LDAC", "SBC");
	tandem_world_finish(&w);
}
END_TEST

/* A speaker that calls by itself takes what it likes; setting the codec again cures it. */
START_TEST(it_came_up_with_sbc)
{
	struct tandem_settings s;
	struct world w;

	start(&w, true);
	tandem_world_sep(&w, 1, 53);
	show_ldac(&w);
	tandem_world_set(&w, 10, 0, 1, 1);
	acquired(&w, 1, 1021);
	HEARS(w.speakers[0], TANDEM_SAY_CODEC_INSISTED, "SBC", "LDAC");
	tandem_world_settings(&w, &s);
	tandem_world_set_settings(&w, &s); /* auto: what it has will do */
	HEARS_WELL(w.speakers[0]);
	s.speakers[0].codec = TANDEM_CODEC_LDAC;
	tandem_world_said(&w);
	tandem_world_set_settings(&w, &s);
	SAYS(&w, "detach 0; release 1 fd1; tell 0 releasing");
	HEARS(w.speakers[0], TANDEM_SAY_AGAIN_WITH, "LDAC stereo at 48 kHz, 330 kbit/s");
	tandem_world_finish(&w);
}
END_TEST

/* The session manager's stream is played as it is, with a codec of ours. */
START_TEST(ldac_is_borrowed)
{
	struct tandem_event e = { .kind = TANDEM_EVENT_TRANSPORT,
		.fd = -1,
		.path = "/org/bluez/hci0/dev_1/fd5",
		.parent = "/org/bluez/hci0/dev_1",
		.codec = 0xff,
		.config_bytes = 8 };
	struct world w;

	start(&w, true);
	memcpy(e.config, ldac_48, 8);
	tandem_world_event(&w, &e);
	tandem_world_said(&w);
	tandem_world_aside(&w, 1, true);
	tandem_world_pass_ms(&w, 300);
	SAYS(&w, "acquire 1 fd5 borrowed; expect 1; export 1; tell 0 acquiring");
	acquired(&w, 1, 672); /* and asks for SBC when it does not fit */
	tandem_world_released(&w, 1);
	SAYS(&w, "release 1 fd5 borrowed; expect 0; tell 0 releasing; ask sbc 1; "
		 "tell 0 borrowed");
	tandem_world_finish(&w);
}
END_TEST

/* A headset that is not to have it is not given it, whoever began. */
START_TEST(sbc_is_sbc)
{
	struct tandem_settings s;
	struct world w;

	start(&w, true);
	tandem_world_settings(&w, &s);
	s.speakers[0].codec = TANDEM_CODEC_SBC;
	tandem_world_set_settings(&w, &s);
	tandem_world_said(&w);
	show_ldac(&w);
	select_ldac(&w, 9, LDAC_0);
	set_ldac(&w, 10, LDAC_0, 1);
	SAYS(&w, "refuse 9; refuse 10");
	tandem_world_finish(&w);
}
END_TEST

static void add_all(TCase *c)
{
	tcase_add_test(c, it_gets_what_it_is_to_have);
	tcase_add_test(c, a_narrow_link_plays_sbc);
	tcase_add_test(c, what_it_refuses_is_not_asked_again);
	tcase_add_test(c, it_does_not_offer_it);
	tcase_add_test(c, it_comes_from_the_next_start_on);
	tcase_add_test(c, it_came_up_with_sbc);
	tcase_add_test(c, ldac_is_borrowed);
	tcase_add_test(c, sbc_is_sbc);
}
#else
START_TEST(this_build_has_none)
{
	struct world w;

	start(&w, false);
	tandem_world_sep(&w, 1, 53);
	show_ldac(&w);
	tandem_world_said(&w);
	select_ldac(&w, 8, LDAC_0);
	SAYS(&w, "refuse 8");
	tandem_world_select(&w, 9, 0, 53);
	tandem_world_set(&w, 10, 0, 1, 1);
	acquired(&w, 1, 1021);
	HEARS(w.speakers[0], TANDEM_SAY_CODEC_NOT_BUILT, "LDAC", "SBC");
	tandem_world_finish(&w);
}
END_TEST

static void add_all(TCase *c)
{
	(void)set_ldac;
	tcase_add_test(c, this_build_has_none);
}
#endif

int main(void)
{
	Suite *const suite = suite_create("codecs of the roster");
	TCase *const c = tcase_create("codec");

	add_all(c);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
