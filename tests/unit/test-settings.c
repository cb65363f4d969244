/* SPDX-License-Identifier: MIT
 *
 * The memory of the sides.
 */
#include <check.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "memory.h"
#include "suite.h"

START_TEST(sides_are_remembered)
{
	const char pair[2][18] = { "00:11:22:33:44:55", "00:11:22:33:44:66" };
	static const char *const left[] = { "den.speakers.damaged", NULL };
	static const char damaged[] = "00:11:22:33:44:55\nrubbish\n";
	char got[2][18];
	struct stat st;

	tandem_folder_make("XDG_STATE_HOME");
	ck_assert_int_eq(tandem_memory_load("den", got, 2), 0);
	ck_assert_int_eq(tandem_memory_save("den", pair, 2), 0);
	ck_assert_int_eq(stat(tandem_folder_path("den.speakers"), &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(tandem_memory_load("den", got, 2), 2);
	ck_assert_mem_eq(got, pair, sizeof(pair));

	tandem_folder_write("den.speakers", damaged, sizeof(damaged) - 1);
	ck_assert_int_eq(tandem_memory_load("den", got, 2), -EBADMSG);
	ck_assert_str_eq(got[0], "");
	ck_assert_int_eq(access(tandem_folder_path("den.speakers"), F_OK), -1);
	ck_assert_int_eq(access(tandem_folder_path("den.speakers.damaged"), F_OK), 0);
	ck_assert_int_eq(tandem_memory_load("den", got, 2), 0);

	tandem_folder_remove(left);
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
