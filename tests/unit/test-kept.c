/* SPDX-License-Identifier: MIT
 *
 * What is set while Tandem runs and outlives it: whose it is, when it counts, the file, and
 * what is said when that is damaged or cannot be written.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "kept.h"
#include "memory.h"
#include "suite.h"
#include "where.h"

#define A "00:11:22:33:44:AA"
#define B "00:11:22:33:44:BB"
#define C "00:11:22:33:44:CC"
#define GROUP (-1)

static struct tandem_settings settings;
static struct tandem_mistakes told;
static struct tandem_kept kept;

static void set_up(void)
{
	tandem_folder_make("XDG_STATE_HOME");
}

static void tear_down(void)
{
	static const char *const left[] = { "den.settings", "den.settings.damaged", NULL };

	tandem_kept_free(&kept);
	tandem_folder_remove(left);
}

/* Tandem ends and starts with this configuration. */
static void start(const char *configuration)
{
	tandem_kept_free(&kept);
	told = (struct tandem_mistakes){ 0 };
	tandem_settings_init(&settings);
	tandem_settings_read(&settings, &told, "test", configuration,
			strlen(configuration));
	tandem_settings_finish(&settings);
	snprintf(settings.name, sizeof(settings.name), "den");
	ck_assert_uint_eq(told.n, 0);
	tandem_kept_init(&kept, &settings, &told);
}

static void set(int32_t slot, const char *key, const char *value)
{
	const struct tandem_setting *row =
			tandem_setting_find(slot < 0 ? &tandem_group_table
						     : &tandem_speaker_table,
					key);
	void *base = slot < 0 ? (void *)&settings : &settings.speakers[slot];

	ck_assert_int_eq(tandem_setting_read(row, base, value), 0);
	tandem_kept_changed(&kept, slot, key);
}

static void read_file(char text[1024])
{
	ck_assert_int_ge(tandem_memory_read("den", TANDEM_KEPT_KIND, text, 1024), 0);
}

static void write_file(const char *text)
{
	ck_assert_int_eq(tandem_memory_write("den", TANDEM_KEPT_KIND, text, strlen(text)),
			0);
}

#define AUTO "{}"
#define LISTED "{ speakers = [ { address = \"" A "\" gain-db = -2 } { name = Kitchen } ] }"

START_TEST(trim_belongs_to_the_box)
{
	char text[1024];

	start(AUTO);
	tandem_kept_seat(&kept, 0, A, &told);
	tandem_kept_seat(&kept, 1, B, &told);
	set(GROUP, "swap", "true");
	set(0, "delay-ms", "12.5");
	set(1, "gain-db", "-3");
	set(1, "mute", "true"); /* live, but not kept */
	ck_assert_int_eq(tandem_kept_save(&kept), 0);
	read_file(text);
	ck_assert_ptr_nonnull(strstr(text, "\ngroup swap = true instead of false\n"));
	ck_assert_ptr_nonnull(strstr(text, "\n" A " delay-ms = 12.5 instead of 0\n"));
	ck_assert_ptr_nonnull(strstr(text, "\n" B " gain-db = -3 instead of 0\n"));
	ck_assert_ptr_null(strstr(text, "mute"));

	start(AUTO);
	ck_assert(settings.swap);
	ck_assert_double_eq(settings.speakers[0].delay_ms, 0.0);
	tandem_kept_seat(&kept, 1, A, &told); /* on the other side now */
	ck_assert_double_eq(settings.speakers[1].delay_ms, 12.5);
	ck_assert_double_eq(settings.speakers[1].gain_db, 0.0);
	ck_assert_uint_eq(told.n, 0);
}
END_TEST

START_TEST(another_box_does_not_inherit)
{
	start(LISTED);
	ck_assert_double_eq(settings.speakers[0].gain_db, -2.0);
	set(0, "gain-db", "-6");
	tandem_kept_seat(&kept, 1, B, &told);
	set(1, "delay-ms", "40");
	tandem_kept_seat(&kept, 1, "", &told); /* it leaves, and comes back */
	ck_assert_double_eq(settings.speakers[1].delay_ms, 40.0);
	tandem_kept_seat(&kept, 1, B, &told);
	ck_assert_double_eq(settings.speakers[1].delay_ms, 40.0);
	tandem_kept_seat(&kept, 1, C, &told); /* another one called Kitchen */
	ck_assert_double_eq(settings.speakers[1].delay_ms, 0.0);
	tandem_kept_seat(&kept, 1, B, &told);
	ck_assert_double_eq(settings.speakers[1].delay_ms, 40.0);
	ck_assert_int_eq(tandem_kept_save(&kept), 0);

	start(LISTED); /* listed by address: before it connects */
	ck_assert_double_eq(settings.speakers[0].gain_db, -6.0);
	ck_assert_double_eq(settings.speakers[1].delay_ms, 0.0);
}
END_TEST

START_TEST(set_before_anybody_sits_there)
{
	start(AUTO);
	set(0, "delay-ms", "7");
	tandem_kept_seat(&kept, 0, A, &told);
	ck_assert_double_eq(settings.speakers[0].delay_ms, 7.0);
	ck_assert_int_eq(tandem_kept_save(&kept), 0);
	start(AUTO);
	tandem_kept_seat(&kept, 0, A, &told);
	ck_assert_double_eq(settings.speakers[0].delay_ms, 7.0);
}
END_TEST

START_TEST(an_edited_configuration_wins)
{
	char text[1024];

	start(LISTED);
	set(0, "gain-db", "-6");
	set(GROUP, "swap", "true");
	ck_assert_int_eq(tandem_kept_save(&kept), 0);

	start("{ speakers = [ { address = \"" A "\" gain-db = -4 } ] }");
	ck_assert_double_eq(settings.speakers[0].gain_db, -4.0);
	ck_assert(settings.swap);
	ck_assert_uint_eq(told.n, 1);
	ck_assert_ptr_nonnull(strstr(told.sentences[0],
			"den.settings: " A " gain-db = -6 is forgotten"));
	ck_assert_int_eq(tandem_kept_save(&kept), 0);
	read_file(text);
	ck_assert_ptr_null(strstr(text, "gain-db"));

	start(LISTED); /* and it stays forgotten */
	ck_assert_double_eq(settings.speakers[0].gain_db, -2.0);
	ck_assert_uint_eq(told.n, 0);
}
END_TEST

START_TEST(back_to_the_configured_value_is_no_line)
{
	char text[1024];

	start(AUTO);
	set(GROUP, "swap", "true");
	ck_assert_int_eq(tandem_kept_save(&kept), 0);
	ck_assert(!kept.dirty);
	set(GROUP, "swap", "true");
	ck_assert(!kept.dirty);
	set(GROUP, "swap", "false");
	ck_assert(kept.dirty);
	ck_assert_int_eq(tandem_kept_save(&kept), 0);
	read_file(text);
	ck_assert_ptr_null(strstr(text, "swap"));
}
END_TEST

START_TEST(lines_of_a_later_version_stay)
{
	char text[1024];

	write_file("# mine\ngroup colour = red instead of blue\nwhat?\n"
		   "group swap = true instead of false\n" A " tilt = 3\n");
	start(AUTO);
	ck_assert_uint_eq(told.n, 0);
	ck_assert(settings.swap);
	tandem_kept_seat(&kept, 0, A, &told);
	set(0, "invert", "true");
	ck_assert_int_eq(tandem_kept_save(&kept), 0);
	start(AUTO); /* the heading does not pile up */
	set(GROUP, "swap", "false");
	ck_assert_int_eq(tandem_kept_save(&kept), 0);
	read_file(text);
	ck_assert_ptr_nonnull(strstr(text, "\n" A " invert = true instead of false\n"
					   "# mine\ngroup colour = red instead of blue\n"
					   "what?\n" A " tilt = 3\n"));
	ck_assert_ptr_eq(strstr(text + 1, "# Set while"), NULL);
}
END_TEST

START_TEST(a_value_out_of_range_is_told)
{
	write_file(A " delay-ms = 9000 instead of 0\n");
	start(AUTO);
	tandem_kept_seat(&kept, 0, A, &told);
	ck_assert_double_eq(settings.speakers[0].delay_ms, 0.0);
	ck_assert_uint_eq(told.n, 1);
	ck_assert_ptr_nonnull(strstr(told.sentences[0], "delay-ms = 9000 is refused"));
}
END_TEST

static const char *const damages[] = { "group swap = true instead of fa",
	"group swap = true instead of false\n\x01\n", "\177ELF\n" };

START_TEST(a_damaged_file_is_set_aside)
{
	write_file(damages[_i]);
	start(AUTO);
	ck_assert(!settings.swap);
	ck_assert_uint_eq(told.n, 1);
	ck_assert_ptr_nonnull(strstr(told.sentences[0], "den.settings is damaged"));
	ck_assert_int_eq(access(tandem_folder_path("den.settings.damaged"), F_OK), 0);
	start(AUTO);
	ck_assert_uint_eq(told.n, 0);
}
END_TEST

START_TEST(too_long_a_file_is_damaged)
{
	char *text = malloc(TANDEM_KEPT_BYTES + 1);

	ck_assert_ptr_nonnull(text);
	memset(text, '\n', TANDEM_KEPT_BYTES);
	text[TANDEM_KEPT_BYTES] = '\0';
	write_file(text);
	free(text);
	start(AUTO);
	ck_assert_uint_eq(told.n, 1);
	ck_assert_ptr_nonnull(strstr(told.sentences[0], "den.settings is damaged"));
}
END_TEST

START_TEST(what_cannot_be_written_is_tried_again)
{
	start(AUTO);
	set(GROUP, "swap", "true");
	tandem_folder_block();
	ck_assert_int_eq(tandem_kept_save(&kept), -ENOTDIR);
	ck_assert(kept.dirty);
	tandem_folder_unblock();
	if (geteuid() != 0) {
		const char *const path = tandem_folder_path("");

		ck_assert_int_eq(mkdir(path, 0500), 0);
		ck_assert_int_eq(tandem_kept_save(&kept), -EACCES);
		ck_assert_int_eq(rmdir(path), 0);
	}
	ck_assert_int_eq(tandem_kept_save(&kept), 0);
	start(AUTO);
	ck_assert(settings.swap);
}
END_TEST

START_TEST(files_are_called_as_people_call_them)
{
	char path[200], where[TANDEM_WHERE_SIZE];

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
	ck_assert_int_eq(setenv("HOME", "/home/ann", 1), 0);
	tandem_where_show(where, "/home/ann/.config/pipewire/tandem.conf");
	ck_assert_str_eq(where, "~/.config/pipewire/tandem.conf");
	tandem_where_show(where, "/home/anna/tandem.conf");
	ck_assert_str_eq(where, "/home/anna/tandem.conf");
	memset(path, 'x', sizeof(path) - 1);
	memcpy(path + sizeof(path) - 6, "/conf", 6);
	tandem_where_show(where, path);
	ck_assert_uint_lt(strlen(where), TANDEM_WHERE_SIZE);
	ck_assert_int_eq(strncmp(where, "...xxx", 6), 0);
	ck_assert_str_eq(where + strlen(where) - 6, "x/conf");
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("kept");
	TCase *const c = tcase_create("kept");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, trim_belongs_to_the_box);
	tcase_add_test(c, another_box_does_not_inherit);
	tcase_add_test(c, set_before_anybody_sits_there);
	tcase_add_test(c, an_edited_configuration_wins);
	tcase_add_test(c, back_to_the_configured_value_is_no_line);
	tcase_add_test(c, lines_of_a_later_version_stay);
	tcase_add_test(c, a_value_out_of_range_is_told);
	tcase_add_loop_test(c, a_damaged_file_is_set_aside, 0, TANDEM_ARRAY_LEN(damages));
	tcase_add_test(c, too_long_a_file_is_damaged);
	tcase_add_test(c, what_cannot_be_written_is_tried_again);
	tcase_add_test(c, files_are_called_as_people_call_them);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
