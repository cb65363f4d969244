/* SPDX-License-Identifier: MIT
 *
 * What is learnt of the clocks of the boxes: per device and codec, across restarts, and
 * never from a damaged file.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "learnt.h"
#include "suite.h"

#define A "00:11:22:33:44:AA"
#define B "00:11:22:33:44:BB"
#define DAY "2026-11-26"

static const struct tandem_memory full = {
	.class = TANDEM_CLASS_FREE,
	.drift_ppm = -37.25,
	.drift_sigma_ppm = 0.125,
	.latency_s = 0.1804,
	.bias_s = -0.00825,
	.bias_sigma_s = 0.00025,
	.wobble_s = 0.000125,
	.spread_s = 0.0125,
	.calibrations = 3,
	.reports_move = true,
};

static struct tandem_learnt learnt;
static struct tandem_mistakes told;

static void start(void)
{
	told = (struct tandem_mistakes){ 0 };
	tandem_learnt_init(&learnt, "den", &told);
}

static void set_up(void)
{
	tandem_folder_make("XDG_STATE_HOME");
	start();
}

static void tear_down(void)
{
	static const char *const left[] = { "den.clocks", "den.clocks.damaged", NULL };

	tandem_folder_remove(left);
}

static int put(const char *address, const char *codec, const struct tandem_memory *m)
{
	return tandem_learnt_put(&learnt, address, codec, DAY, m);
}

static void check_same(const struct tandem_memory *a, const struct tandem_memory *b)
{
	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(a->class, b->class);
	ck_assert_double_eq_tol(a->drift_ppm, b->drift_ppm, 1e-6);
	ck_assert_double_eq_tol(a->drift_sigma_ppm, b->drift_sigma_ppm, 1e-6);
	ck_assert_double_eq_tol(a->latency_s, b->latency_s, 1e-9);
	ck_assert_double_eq_tol(a->bias_s, b->bias_s, 1e-9);
	ck_assert_double_eq_tol(a->bias_sigma_s, b->bias_sigma_s, 1e-9);
	ck_assert_double_eq_tol(a->wobble_s, b->wobble_s, 1e-9);
	ck_assert_double_eq_tol(a->spread_s, b->spread_s, 1e-9);
	ck_assert_uint_eq(a->calibrations, b->calibrations);
	ck_assert(a->reports_move == b->reports_move);
}

START_TEST(it_outlives_a_restart)
{
	struct tandem_memory other = full;
	struct stat st;

	ck_assert_ptr_null(tandem_learnt_find(&learnt, A, "sbc"));
	ck_assert_int_eq(put(A, "sbc", &full), 0);
	other.class = TANDEM_CLASS_LOCKED;
	other.reports_move = false;
	ck_assert_int_eq(put(A, "ldac", &other), 0);
	ck_assert_int_eq(stat(tandem_folder_path("den.clocks"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	start();
	ck_assert_uint_eq(told.n, 0);
	check_same(tandem_learnt_find(&learnt, A, "sbc"), &full);
	check_same(tandem_learnt_find(&learnt, "00:11:22:33:44:aa", "ldac"), &other);
	ck_assert_ptr_null(tandem_learnt_find(&learnt, B, "sbc"));
	ck_assert_str_eq(learnt.clocks[0].on, DAY);
}
END_TEST

START_TEST(what_says_nothing_is_not_kept)
{
	struct tandem_memory m = { 0 };

	ck_assert_int_eq(put(A, "sbc", &m), 0);
	m = full;
	m.latency_s = -1.0;
	ck_assert_int_eq(put(A, "sbc", &m), 0);
	ck_assert_uint_eq(learnt.n, 0);
	ck_assert_int_eq(access(tandem_folder_path("den.clocks"), F_OK), -1);
}
END_TEST

START_TEST(the_least_recent_makes_room)
{
	char address[18];

	for (int i = 0; i < TANDEM_MAX_LEARNT; i++) {
		snprintf(address, sizeof(address), "00:11:22:33:44:%02X", i);
		ck_assert_int_eq(put(address, "sbc", &full), 0);
	}
	ck_assert_int_eq(put("00:11:22:33:44:00", "sbc", &full), 0); /* seen again */
	ck_assert_int_eq(put(A, "sbc", &full), 0);
	start();
	ck_assert_uint_eq(told.n, 0);
	ck_assert_uint_eq(learnt.n, TANDEM_MAX_LEARNT);
	ck_assert_ptr_nonnull(tandem_learnt_find(&learnt, "00:11:22:33:44:00", "sbc"));
	ck_assert_ptr_null(tandem_learnt_find(&learnt, "00:11:22:33:44:01", "sbc"));
	ck_assert_ptr_nonnull(tandem_learnt_find(&learnt, A, "sbc"));
}
END_TEST

START_TEST(the_same_is_not_written_again)
{
	struct tandem_memory other = full;

	ck_assert_int_eq(put(A, "sbc", &full), 0);
	ck_assert_int_eq(put(B, "sbc", &full), 0);
	ck_assert_int_eq(unlink(tandem_folder_path("den.clocks")), 0);
	ck_assert_int_eq(put(A, "sbc", &full), 0);
	ck_assert_int_eq(put(B, "sbc", &full), 0);
	ck_assert_int_eq(access(tandem_folder_path("den.clocks"), F_OK), -1);
	other.drift_ppm += 0.5;
	ck_assert_int_eq(put(A, "sbc", &other), 0);
	start();
	check_same(tandem_learnt_find(&learnt, A, "sbc"), &other);
	check_same(tandem_learnt_find(&learnt, B, "sbc"), &full);
}
END_TEST

#define GOOD A " sbc on=" DAY " class=free drift-ppm=1.5"
static const char *const damages[] = {
	GOOD, /* no end of line */
	"rubbish\n",
	"\n" A "\n",
	A " verylongcodec on=" DAY "\n",
	A " sbc class=strange\n",
	A " sbc drift-ppm=nan\n",
	A " sbc drift-ppm=12,5\n",
	A " sbc drift-ppm=5000\n",
	A " sbc latency-ms=-3\n",
	A " sbc spread-ms=inf\n",
	A " sbc calibrations=-1\n",
	A " sbc reports-move=maybe\n",
	A " sbc on=2026-11-26-and-more\n",
	A " sbc drift-ppm\n",
	GOOD "\n" GOOD " junk\n",
};

START_TEST(a_damaged_file_is_set_aside)
{
	tandem_folder_write("den.clocks", damages[_i], strlen(damages[_i]));
	start();
	ck_assert_uint_eq(told.n, 1);
	ck_assert_ptr_nonnull(strstr(told.sentences[0], "den.clocks is damaged"));
	ck_assert_uint_eq(learnt.n, 0);
	ck_assert_int_eq(access(tandem_folder_path("den.clocks.damaged"), F_OK), 0);
	start();
	ck_assert_uint_eq(told.n, 0);
}
END_TEST

START_TEST(keys_of_a_later_version_are_passed_over)
{
	static const char text[] = GOOD " moon-phase=full\n";

	tandem_folder_write("den.clocks", text, sizeof(text) - 1);
	start();
	ck_assert_uint_eq(told.n, 0);
	ck_assert_double_eq(tandem_learnt_find(&learnt, A, "sbc")->drift_ppm, 1.5);
}
END_TEST

START_TEST(what_cannot_be_written_is_said)
{
	tandem_folder_block();
	ck_assert_int_eq(put(A, "sbc", &full), -ENOTDIR);
	check_same(tandem_learnt_find(&learnt, A, "sbc"), &full);
	tandem_folder_unblock();
	ck_assert_int_eq(put(A, "sbc", &full), 0);
	start();
	check_same(tandem_learnt_find(&learnt, A, "sbc"), &full);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("learnt");
	TCase *const c = tcase_create("learnt");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, it_outlives_a_restart);
	tcase_add_test(c, what_says_nothing_is_not_kept);
	tcase_add_test(c, the_least_recent_makes_room);
	tcase_add_test(c, the_same_is_not_written_again);
	tcase_add_loop_test(c, a_damaged_file_is_set_aside, 0, TANDEM_ARRAY_LEN(damages));
	tcase_add_test(c, keys_of_a_later_version_are_passed_over);
	tcase_add_test(c, what_cannot_be_written_is_said);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
