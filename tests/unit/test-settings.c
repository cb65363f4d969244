/* SPDX-License-Identifier: MIT
 *
 * The choice of an SBC configuration; the memory of the sides.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "select.h"
#include "suite.h"

static const struct {
	uint8_t caps[4];
	uint8_t config[4];
	int res;
} sbc_cases[] = {
	{ { 0xff, 0xff, 2, 53 }, { 0x11, 0x15, 2, 51 }, 0 },
	{ { 0x3f, 0xff, 2, 53 }, { 0x11, 0x15, 2, 51 }, 0 },
	{ { 0x2f, 0xff, 2, 53 }, { 0x21, 0x15, 2, 53 }, 0 },   /* 44.1 kHz only */
	{ { 0xff, 0xff, 10, 35 }, { 0x11, 0x15, 10, 35 }, 0 }, /* its own range */
	{ { 0xff, 0xff, 0, 250 }, { 0x11, 0x15, 2, 51 }, 0 },
	{ { 0x1a, 0xff, 2, 53 }, { 0x12, 0x15, 2, 51 }, 0 }, /* no joint */
	{ { 0x18, 0xff, 2, 53 }, { 0x18, 0x15, 2, 29 }, 0 }, /* mono only */
	{ { 0x11, 0x8a, 2, 53 }, { 0x11, 0x8a, 2, 51 }, 0 }, /* 4 blocks, 4 bands, SNR */
	{ { 0xc1, 0xff, 2, 53 }, { 0 }, -ENOTSUP },          /* 16 and 32 kHz only */
	{ { 0xff, 0xff, 54, 60 }, { 0 }, -ENOTSUP },
	{ { 0xff, 0xff, 53, 2 }, { 0 }, -EINVAL },
};

START_TEST(sbc_is_chosen)
{
	uint8_t config[4] = { 0 };

	ck_assert_int_eq(tandem_sbc_select(sbc_cases[_i].caps, 4, config),
			sbc_cases[_i].res);
	ck_assert_mem_eq(config, sbc_cases[_i].config, 4);
	ck_assert_int_eq(tandem_sbc_config_ok(config, 4), sbc_cases[_i].res == 0);
	ck_assert_int_eq(tandem_sbc_select(sbc_cases[_i].caps, 3, config), -EINVAL);
	ck_assert(!tandem_sbc_config_ok(sbc_cases[_i].config, 3));
}
END_TEST

/* What the plugin could not encode is refused where BlueZ can still be told. */
START_TEST(sbc_bitpool_fits_the_frame)
{
	ck_assert(tandem_sbc_config_ok((const uint8_t[]){ 0x18, 0x19, 64, 250 }, 4));
	ck_assert(!tandem_sbc_config_ok((const uint8_t[]){ 0x18, 0x19, 65, 250 }, 4));
	ck_assert(!tandem_sbc_config_ok((const uint8_t[]){ 0x14, 0x15, 129, 250 }, 4));
	ck_assert(tandem_sbc_config_ok((const uint8_t[]){ 0x12, 0x15, 250, 250 }, 4));
}
END_TEST

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

	tcase_add_loop_test(c, sbc_is_chosen, 0, TANDEM_ARRAY_LEN(sbc_cases));
	tcase_add_test(c, sbc_bitpool_fits_the_frame);
	tcase_add_test(c, sides_are_remembered);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
