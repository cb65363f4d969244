/* SPDX-License-Identifier: MIT
 *
 * The memory of the sides.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "suite.h"

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(sides_are_remembered)
{
	const char pair[2][18] = { "00:11:22:33:44:55", "00:11:22:33:44:66" };
	char folder[] = "/tmp/tandem-memory-XXXXXX", path[64], aside[80], got[2][18];
	struct stat st;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
	ck_assert_int_eq(setenv("XDG_STATE_HOME", folder, 1), 0);
	snprintf(path, sizeof(path), "%s/tandem/den.speakers", folder);
	snprintf(aside, sizeof(aside), "%s.damaged", path);

	ck_assert_int_eq(tandem_memory_load("den", got, 2), 0);
	ck_assert_int_eq(tandem_memory_save("den", pair, 2), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(tandem_memory_load("den", got, 2), 2);
	ck_assert_mem_eq(got, pair, sizeof(pair));

	write_file(path, "00:11:22:33:44:55\nrubbish\n");
	ck_assert_int_eq(tandem_memory_load("den", got, 2), -EBADMSG);
	ck_assert_str_eq(got[0], "");
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(access(aside, F_OK), 0);
	ck_assert_int_eq(tandem_memory_load("den", got, 2), 0);

	unlink(aside);
	snprintf(path, sizeof(path), "%s/tandem", folder);
	ck_assert_int_eq(rmdir(path), 0); /* nothing else is left there */
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("settings");
	TCase *const c = tcase_create("settings");

	tcase_add_test(c, sides_are_remembered);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
