/* SPDX-License-Identifier: MIT
 *
 * The log of observations: lines for nobody else's eyes, up to a size, and no further.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "observations.h"
#include "suite.h"

#define FILE_NAME "den.left.observations"

static const struct tandem_observation seen[TANDEM_SEEN] = {
	{ 1000, 0, 0.0, 0.0, TANDEM_OBSERVED_START },
	{ 2000, 640, 0.25, 0.001, TANDEM_OBSERVED_REPORT },
};

static void set_up(void)
{
	tandem_folder_make("XDG_STATE_HOME");
}

static void tear_down(void)
{
	static const char *const left[] = { FILE_NAME, NULL };

	tandem_folder_remove(left);
}

static size_t size(void)
{
	struct stat st;

	ck_assert_int_eq(stat(tandem_folder_path(FILE_NAME), &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	return (size_t)st.st_size;
}

START_TEST(lines_are_added)
{
	static const char wanted[] = "1000 ns start frame 0 0 s +- 0 s\n"
				     "2000 ns report frame 640 0.25 s +- 0.001 s\n"
				     "lost 3\n"
				     "1000 ns start frame 0 0 s +- 0 s\n";
	char got[sizeof(wanted) + 1];
	FILE *file;

	ck_assert_int_eq(tandem_observations_add("den", "left", seen, 2, 0), 0);
	ck_assert_int_eq(tandem_observations_add("den", "left", seen, 1, 3), 0);
	file = fopen(tandem_folder_path(FILE_NAME), "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fread(got, 1, sizeof(got), file), sizeof(wanted) - 1);
	fclose(file);
	ck_assert_mem_eq(got, wanted, sizeof(wanted) - 1);
	ck_assert_uint_eq(size(), sizeof(wanted) - 1);
}
END_TEST

START_TEST(it_is_bounded)
{
	char *const nearly = calloc(1, TANDEM_OBSERVATIONS_BYTES - 40);

	ck_assert_ptr_nonnull(nearly);
	tandem_folder_write(FILE_NAME, nearly, TANDEM_OBSERVATIONS_BYTES - 40);
	free(nearly);
	ck_assert_int_eq(chmod(tandem_folder_path(FILE_NAME), 0600), 0);
	ck_assert_int_eq(tandem_observations_add("den", "left", seen, 2, 0), -EFBIG);
	ck_assert_uint_eq(size(), TANDEM_OBSERVATIONS_BYTES - 40); /* nor half of it */
	ck_assert_int_eq(tandem_observations_add("den", "left", seen, 1, 0), 0);
	ck_assert_int_eq(tandem_observations_add("den", "left", seen, 1, 0), -EFBIG);
	ck_assert_int_eq(unlink(tandem_folder_path(FILE_NAME)), 0); /* somebody took it */
	ck_assert_int_eq(tandem_observations_add("den", "left", seen, 2, 0), 0);
}
END_TEST

START_TEST(it_goes_where_it_should_or_nowhere)
{
	tandem_folder_block();
	ck_assert_int_eq(tandem_observations_add("den", "left", seen, 2, 0), -ENOTDIR);
	tandem_folder_unblock();
	ck_assert_int_eq(tandem_observations_add("den", "left", seen, 1, 0), 0);
	ck_assert_int_eq(unlink(tandem_folder_path(FILE_NAME)), 0);
	ck_assert_int_eq(symlink("/dev/null", tandem_folder_path(FILE_NAME)), 0);
	ck_assert_int_eq(tandem_observations_add("den", "left", seen, 1, 0), -ELOOP);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("observations");
	TCase *const c = tcase_create("observations");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, lines_are_added);
	tcase_add_test(c, it_is_bounded);
	tcase_add_test(c, it_goes_where_it_should_or_nowhere);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
