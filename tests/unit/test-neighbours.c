/* SPDX-License-Identifier: MIT
 *
 * Groups of one process: names, speakers listed twice, boxes that another group holds.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "neighbours.h"
#include "suite.h"

#define A "00:11:22:33:44:AA"
#define B "00:11:22:33:44:BB"
#define C "00:11:22:33:44:CC"

static struct tandem_settings settings[3];
static struct tandem_neighbour groups[3];
static struct tandem_mistakes told;

/* Group i joins the one before it. */
static bool join(uint32_t i, const char *configuration)
{
	told = (struct tandem_mistakes){ 0 };
	tandem_settings_init(&settings[i]);
	tandem_settings_read(&settings[i], &told, "test", configuration,
			strlen(configuration));
	tandem_settings_finish(&settings[i]);
	ck_assert_uint_eq(told.n, 0);
	return tandem_neighbour_join(&groups[i], i ? &groups[i - 1] : NULL, &settings[i],
			&told);
}

START_TEST(each_has_a_name_of_its_own)
{
	char longest[80];

	ck_assert(join(0, "{}"));
	ck_assert(join(1, "{}"));
	ck_assert_str_eq(settings[1].name, "tandem-2");
	ck_assert_uint_eq(told.n, 1);
	ck_assert_str_eq(told.sentences[0],
			"name = tandem is another group's: this one is called tandem-2");
	ck_assert(join(2, "{ name = tandem-2 }"));
	ck_assert_str_eq(settings[2].name, "tandem-2-2");

	snprintf(longest, sizeof(longest), "{ name = %063d }", 0);
	ck_assert(join(0, longest));
	ck_assert(join(1, longest));
	ck_assert_uint_eq(strlen(settings[1].name), 63);
	ck_assert_str_eq(settings[1].name + 60, "0-2");
}
END_TEST

START_TEST(a_speaker_is_listed_once)
{
	ck_assert(join(0, "{ name = a speakers = [ { address = \"" A "\" } "
			  "{ name = Kitchen } ] }"));
	ck_assert(join(1, "{ name = b speakers = [ { address = \"" A "\" } "
			  "{ address = \"" B "\" channels = [ FR ] } { name = Kitchen } "
			  "{ name = Bath } ] }"));
	ck_assert_uint_eq(settings[1].n_speakers, 2);
	ck_assert_str_eq(settings[1].speakers[0].address, B);
	ck_assert_str_eq(settings[1].speakers[0].label, "right");
	ck_assert_str_eq(settings[1].speakers[1].name, "Bath");
	ck_assert_uint_eq(told.n, 2);
	ck_assert_str_eq(told.sentences[0],
			"speakers[0]: speaker " A
			" is listed in group a already: it is left out here");
	ck_assert_ptr_nonnull(strstr(told.sentences[1], "speakers[2]: speaker Kitchen"));

	ck_assert(!join(2, "{ name = c speakers = [ { name = Bath } ] }"));
	ck_assert_uint_eq(told.n, 2);
	ck_assert_ptr_nonnull(strstr(told.sentences[1], "no speaker is left"));
}
END_TEST

START_TEST(boxes_of_others_are_taken)
{
	ck_assert(join(0, "{ name = a speakers = [ { address = \"" A "\" } "
			  "{ name = Kitchen } ] }"));
	ck_assert(join(1, "{ name = b }"));
	ck_assert(join(2, "{ name = c }"));
	ck_assert(tandem_neighbour_has(&groups[1], A, "Porch"));
	ck_assert(tandem_neighbour_has(&groups[2], B, "Kitchen"));
	ck_assert(!tandem_neighbour_has(&groups[0], A, "Kitchen")); /* its own */
	ck_assert(!tandem_neighbour_has(&groups[1], B, ""));

	tandem_neighbour_hold(&groups[1], 0, B);
	tandem_neighbour_hold(&groups[1], 0, ""); /* away, and still expected */
	ck_assert(tandem_neighbour_has(&groups[2], B, ""));
	ck_assert(!tandem_neighbour_has(&groups[1], B, ""));
	tandem_neighbour_hold(&groups[1], 0, C); /* replaced */
	ck_assert(!tandem_neighbour_has(&groups[2], B, ""));
	ck_assert(tandem_neighbour_has(&groups[2], C, ""));
}
END_TEST

START_TEST(who_leaves_gives_all_back)
{
	ck_assert(join(0, "{ name = a speakers = [ { name = Kitchen } ] }"));
	ck_assert(join(1, "{ name = b }"));
	tandem_neighbour_hold(&groups[1], 1, B);
	ck_assert(tandem_neighbour_has(&groups[0], B, ""));
	ck_assert_ptr_eq(tandem_neighbour_leave(&groups[1]), &groups[0]);
	ck_assert(!tandem_neighbour_has(&groups[0], B, ""));
	ck_assert_ptr_null(tandem_neighbour_leave(&groups[0]));
	ck_assert_ptr_null(tandem_neighbour_leave(&groups[0])); /* never joined */
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("neighbours");
	TCase *const c = tcase_create("neighbours");

	tcase_add_test(c, each_has_a_name_of_its_own);
	tcase_add_test(c, a_speaker_is_listed_once);
	tcase_add_test(c, boxes_of_others_are_taken);
	tcase_add_test(c, who_leaves_gives_all_back);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
