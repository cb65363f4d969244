/* SPDX-License-Identifier: MIT
 *
 * The lists of who sits in the groups, as a Tandem leaves them behind: one file per group,
 * for nobody else, and what is damaged is told and left out.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "members.h"
#include "suite.h"

#define A "00:11:22:33:44:AA"
#define B "00:11:22:33:44:BB"
#define C "00:11:22:33:44:CC"

/* Each line by itself would be in the file. */
static const char *const damages[] = { "nonsense", "", "00:11:22:33:44", A " ", " " A,
	A ":AA", "00:11:22:33:44:GG", "00-11-22-33-44-AA" };

static struct tandem_members members;
static struct tandem_mistakes told;

static void set_up(void)
{
	tandem_folder_make("XDG_RUNTIME_DIR");
	told = (struct tandem_mistakes){ 0 };
}

static void tear_down(void)
{
	static const char *const left[] = { NULL };

	tandem_members_forget();
	tandem_folder_remove(left);
}

static void load(void)
{
	tandem_members_load(&members, &told);
}

static void save(const char *group, const char *one, const char *two)
{
	char addresses[2][18] = { 0 };

	snprintf(addresses[0], sizeof(addresses[0]), "%s", one);
	snprintf(addresses[1], sizeof(addresses[1]), "%s", two);
	ck_assert_int_eq(tandem_members_save(group, addresses, two[0] ? 2 : 1), 0);
}

START_TEST(each_group_has_its_own)
{
	struct stat st;
	const char *path;

	load();
	ck_assert_uint_eq(members.n, 0);
	save("tandem", A, B);
	save("second", C, "");
	path = tandem_folder_path("tandem.members");
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	load();
	ck_assert_uint_eq(members.n, 3);
	ck_assert(tandem_members_has(&members, A));
	ck_assert(tandem_members_has(&members, "00:11:22:33:44:cc"));
	save("tandem", B, "");
	load();
	ck_assert_uint_eq(members.n, 2);
	ck_assert(!tandem_members_has(&members, A));
	ck_assert_int_eq(tandem_members_save("tandem", NULL, 0), 0);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(tandem_members_save("tandem", NULL, 0), 0);
	load();
	ck_assert_uint_eq(members.n, 1);
	ck_assert(tandem_members_has(&members, C));
	ck_assert_uint_eq(told.n, 0);
}
END_TEST

START_TEST(who_is_in_two_groups_counts_once)
{
	save("tandem", A, B);
	save("tandem-2", B, C);
	load();
	ck_assert_uint_eq(members.n, 3);
}
END_TEST

START_TEST(forgetting_leaves_other_files)
{
	save("tandem", A, B);
	save("second", C, "");
	tandem_folder_write("aside", "", 0);
	tandem_members_forget();
	load();
	ck_assert_uint_eq(members.n, 0);
	ck_assert_int_eq(unlink(tandem_folder_path("aside")), 0);
}
END_TEST

START_TEST(a_damaged_line_is_left_out)
{
	char text[128];
	const int n = snprintf(text, sizeof(text), "%s\n" B "\n%s\n", damages[_i],
			damages[_i]);

	tandem_folder_write("tandem.members", text, (size_t)n);
	load();
	ck_assert_uint_eq(members.n, 1);
	ck_assert(tandem_members_has(&members, B));
	ck_assert_uint_eq(told.n, 2);
	ck_assert_ptr_nonnull(strstr(told.sentences[1],
			"/tandem.members: line 3 makes no"));
}
END_TEST

START_TEST(a_line_that_breaks_off_and_bytes_that_are_no_text)
{
	static const char text[] = "\0\0\n" A "\n" B;

	tandem_folder_write("tandem.members", text, sizeof(text) - 1);
	load();
	ck_assert_uint_eq(members.n, 1);
	ck_assert(tandem_members_has(&members, A));
	ck_assert_uint_eq(told.n, 2);
}
END_TEST

START_TEST(too_long_a_file_is_told)
{
	static char text[20000];

	memset(text, 'x', sizeof(text));
	tandem_folder_write("long.members", text, sizeof(text));
	save("tandem", A, "");
	load();
	ck_assert_uint_eq(members.n, 1);
	ck_assert_uint_eq(told.n, 1);
	ck_assert_ptr_nonnull(strstr(told.sentences[0], "/long.members cannot be read"));
}
END_TEST

START_TEST(no_more_than_there_is_room_for)
{
	for (uint32_t i = 0; i < TANDEM_MAX_MEMBERS; i++) {
		char group[24], address[18];

		snprintf(group, sizeof(group), "group-%u", i);
		snprintf(address, sizeof(address), "00:00:00:00:00:%02X", i);
		save(group, address, A);
	}
	load();
	ck_assert_uint_eq(members.n, TANDEM_MAX_MEMBERS);
	ck_assert_uint_eq(told.n, 0);
}
END_TEST

START_TEST(what_cannot_be_written_is_said)
{
	const char one[1][18] = { A };

	tandem_folder_block();
	ck_assert_int_eq(tandem_members_save("tandem", one, 1), -ENOTDIR);
	load();
	ck_assert_uint_eq(members.n, 0);
	tandem_folder_unblock();
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
	ck_assert_int_eq(unsetenv("XDG_RUNTIME_DIR"), 0);
	ck_assert_int_eq(tandem_members_save("tandem", one, 1), -ENOENT);
	load();
	ck_assert_uint_eq(members.n, 0);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("members");
	TCase *const c = tcase_create("members");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, each_group_has_its_own);
	tcase_add_test(c, who_is_in_two_groups_counts_once);
	tcase_add_test(c, forgetting_leaves_other_files);
	tcase_add_loop_test(c, a_damaged_line_is_left_out, 0, TANDEM_ARRAY_LEN(damages));
	tcase_add_test(c, a_line_that_breaks_off_and_bytes_that_are_no_text);
	tcase_add_test(c, too_long_a_file_is_told);
	tcase_add_test(c, no_more_than_there_is_room_for);
	tcase_add_test(c, what_cannot_be_written_is_said);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
