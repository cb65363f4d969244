/* SPDX-License-Identifier: MIT
 *
 * Text that is too long is cut between two characters, alone and in what is made of it.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "roster-world.h"
#include "suite.h"

static const struct {
	const char *text;
	size_t most;
	int fits;
} cases[] = {
	{ "", 5, 0 }, { "plain", 5, 5 }, { "plain", 3, 3 }, { "plain", 0, 0 },
	{ "K\u00fcche", 6, 6 }, { "K\u00fcche", 3, 3 },
	{ "K\u00fcche", 2, 1 }, /* half a letter */
	{ "\u53f0\u6240", 6, 6 }, { "\u53f0\u6240", 5, 3 }, { "\u53f0\u6240", 4, 3 },
	{ "\u53f0\u6240", 2, 0 }, { "\U0001f50a", 4, 4 }, { "a\U0001f50a", 4, 1 },
	{ "a\xf0\x9f\x94", 9, 1 },    /* was cut before */
	{ "\x80\x80\x80\x80", 4, 4 }, /* no character at all: as it is */
};

START_TEST(cut_between_characters)
{
	ck_assert_int_eq(tandem_text_fit(cases[_i].text, cases[_i].most), cases[_i].fits);
}
END_TEST

/* n bytes of a text whose characters have two, after one that has one. */
static void fill(char *to, size_t n)
{
	to[0] = 'x';
	for (size_t i = 1; i + 1 < n; i += 2)
		memcpy(to + i, "\u00fc", 3);
}

/* Whole characters, though the text does not end with its array. */
static void must_be_whole(const char *text)
{
	ck_assert_int_eq(tandem_text_fit(text, strlen(text)), (int)strlen(text));
}

START_TEST(names_and_reasons_stay_whole)
{
	struct tandem_event device = { .kind = TANDEM_EVENT_DEVICE,
		.path = "/org/bluez/hci0/dev_1",
		.parent = "/org/bluez/hci0",
		.address = "00:00:00:00:00:01",
		.flags = TANDEM_PAIRED | TANDEM_SINK | TANDEM_CONNECTED,
		.fd = -1 };
	struct tandem_event lost = { .kind = TANDEM_EVENT_LOST, .fd = -1 };
	struct world w;

	fill(device.name, sizeof(device.name));
	fill(lost.detail, sizeof(lost.detail));
	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	tandem_world_event(&w, &device);
	ck_assert_str_ne(w.roster->slots[0].told.name, "");
	must_be_whole(w.roster->slots[0].told.name);
	tandem_world_event(&w, &lost);
	ck_assert_ptr_nonnull(strstr(w.roster->slots[0].life.message, "its link broke"));
	ck_assert_ptr_null(strstr(w.roster->slots[0].life.message, "\xc3)"));
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("text");
	TCase *const c = tcase_create("text");

	tcase_add_loop_test(c, cut_between_characters, 0, TANDEM_ARRAY_LEN(cases));
	tcase_add_test(c, names_and_reasons_stay_whole);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
