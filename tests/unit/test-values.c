/* SPDX-License-Identifier: MIT
 *
 * The table of settings: its defaults, values to and from text, nearest keys; and the
 * layout: from settings to gains.
 */
#include <check.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "suite.h"

static const struct tandem_setting_table *const tables[] = { &tandem_group_table,
	&tandem_speaker_table };

static const struct tandem_setting *find(const char *key)
{
	const struct tandem_setting *row = tandem_setting_find(&tandem_group_table, key);

	return row != NULL ? row : tandem_setting_find(&tandem_speaker_table, key);
}

START_TEST(every_default_is_a_value)
{
	for (size_t t = 0; t < TANDEM_ARRAY_LEN(tables); t++) {
		for (uint32_t i = 0; i < tables[t]->n; i++) {
			const struct tandem_setting *const row = &tables[t]->rows[i];
			struct tandem_settings s;
			char text[TANDEM_VALUE_SIZE];

			memset(&s, 0, sizeof(s));
			if (row->fallback[0] != '\0') {
				ck_assert_int_eq(tandem_setting_read(row, &s,
								 row->fallback),
						0);
			}
			tandem_setting_write(row, &s, text);
			if (row->fallback[0] != '\0')
				ck_assert_str_eq(text, row->fallback);
			tandem_setting_range(row, text);
			ck_assert_uint_gt(strlen(text), 0);
			ck_assert_uint_gt(strlen(row->help), 10);
			ck_assert(row->flags & TANDEM_SETTING_LIVE ||
					!(row->flags & TANDEM_SETTING_KEPT));
		}
	}
}
END_TEST

static const struct {
	const char *key;
	const char *text;
	int res;
	const char *as; /* NULL: text itself */
} values[] = {
	{ "delay-ms", "12.5", 0, NULL },
	{ "delay-ms", "-0.004", 0, NULL },
	{ "delay-ms", "3.25e1", 0, "32.5" },
	{ "delay-ms", "500", 0, NULL },
	{ "delay-ms", "500.001", -ERANGE, NULL },
	{ "delay-ms", "inf", -ERANGE, NULL },
	{ "delay-ms", "nan", -ERANGE, NULL },
	{ "delay-ms", "12.5ms", -EINVAL, NULL },
	{ "delay-ms", "12,5", -EINVAL, NULL },
	{ "delay-ms", "", -EINVAL, NULL },
	{ "bitpool", "53", 0, NULL },
	{ "bitpool", "53.0", 0, "53" },
	{ "bitpool", "-1", -ERANGE, NULL },
	{ "bitpool", "2.5", -EINVAL, NULL },
	{ "mute", "yes", 0, "true" },
	{ "mute", "0", 0, "false" },
	{ "mute", "2", -EINVAL, NULL },
	{ "layout", "MONO", 0, "mono" },
	{ "layout", "", -EINVAL, NULL },
	{ "channels", "FR", 0, "[ FR ]" },
	{ "channels", "[ FL, FR ]", 0, "[ FL FR ]" },
	{ "channels", "[]", 0, "[ ]" },
	{ "channels", "[ FL FR FL ]", -EINVAL, NULL },
	{ "channels", "FX", -EINVAL, NULL },
	{ "matrix", "[ [ 1 0 ] [ 0 -0.5 ] ]", 0, NULL },
	{ "matrix", "[[1 0 0 1][.5 .5]]", 0, "[ [ 1 0 0 1 ] [ 0.5 0.5 ] ]" },
	{ "matrix", "[ [ 1 0 ] ", -EINVAL, NULL },
	{ "matrix", "[ 1 0 ]", -EINVAL, NULL },
	{ "matrix", "[ [ 1 0 0 ] ]", -EINVAL, NULL },
	{ "matrix", "[ [ 1 0 0 1 0 ] ]", -EINVAL, NULL },
	{ "matrix", "[ [ 1 x ] ]", -EINVAL, NULL },
	{ "matrix", "[ [ 1 4.1 ] ]", -ERANGE, NULL },
	{ "matrix", "[ [[ 1 0 ]] ]", -EINVAL, NULL },
	{ "matrix", "[[1 0][1 0][1 0][1 0][1 0][1 0][1 0][1 0][1 0]]", -EINVAL, NULL },
	{ "heard", "312.4 0.05 8123456789012345", 0, "[ 312.4 0.05 8123456789012345 ]" },
	{ "heard", "[ 0 200 ]", 0, "[ 0 200 0 ]" },
	{ "heard", "", 0, "[ ]" },
	{ "heard", "312.4", -EINVAL, NULL },
	{ "heard", "312.4 0.05 12 1", -EINVAL, NULL },
	{ "heard", "312.4 soon", -EINVAL, NULL },
	{ "heard", "312.4 0.05 1.2e+14", -EINVAL, NULL }, /* has been a float */
	{ "heard", "312.4 0.05 -1", -ERANGE, NULL },
	{ "heard", "312.4 0.05 99999999999999999999", -ERANGE, NULL },
	{ "heard", "-1 0.05", -ERANGE, NULL },
	{ "heard", "4001 0.05", -ERANGE, NULL },
	{ "heard", "nan 0.05", -ERANGE, NULL },
	{ "heard", "312.4 0", -ERANGE, NULL },
	{ "heard", "312.4 nan", -ERANGE, NULL },
	{ "heard", "312.4 201", -ERANGE, NULL },
	{ "address", "00:11:22:aa:bb:cc", 0, "00:11:22:AA:BB:CC" },
	{ "address", "", 0, NULL },
	{ "address", "00-11-22-aa-bb-cc", -EINVAL, NULL },
	{ "address", "00:11:22:aa:bb:cc:dd", -EINVAL, NULL },
	{ "description", "The den, upstairs", 0, NULL },
	{ "description", "two\nlines", -EINVAL, NULL },
	{ "description", "", -ERANGE, NULL },
	{ "remote.name", "", 0, NULL },
};

START_TEST(values_are_read)
{
	const struct tandem_setting *const row = find(values[_i].key);
	const char *const as = values[_i].as != NULL ? values[_i].as : values[_i].text;
	struct tandem_settings s;
	char text[TANDEM_VALUE_SIZE], before[TANDEM_VALUE_SIZE];

	/* German has the comma that must not count; without that locale, C has none. */
	if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL) /* NOLINT(concurrency-mt-unsafe) */
		setlocale(LC_ALL, "C");               /* NOLINT(concurrency-mt-unsafe) */
	memset(&s, 0, sizeof(s));
	tandem_setting_write(row, &s, before);
	ck_assert_int_eq(tandem_setting_read(row, &s, values[_i].text), values[_i].res);
	tandem_setting_write(row, &s, text);
	ck_assert_str_eq(text, values[_i].res == 0 ? as : before);
}
END_TEST

static const char *const near_keys[][2] = {
	{ "delay", "delay-ms" },
	{ "dealy-ms", "delay-ms" },
	{ "Gain", "gain-db" },
	{ "laiout", "layout" },
	{ "keepalive", "keep-alive" },
	{ "max_latency_ms", "max-latency-ms" },
	{ "bit-pool", "bitpool" },
	{ "chanels", "channels" },
	{ "volume", NULL },
	{ "x", NULL },
	{ "", NULL },
	{ "an-endless-key-that-nobody-would-ever-write-by-mistake", NULL },
};

START_TEST(nearest_key_is_found)
{
	const struct tandem_setting *row = NULL;

	for (size_t t = 0; t < TANDEM_ARRAY_LEN(tables) && row == NULL; t++)
		row = tandem_setting_nearest(tables[t], near_keys[_i][0]);
	if (near_keys[_i][1] == NULL) {
		ck_assert_ptr_null(row);
	} else {
		ck_assert_str_eq(row->key, near_keys[_i][1]);
	}
}
END_TEST

static void set(struct tandem_settings *s, uint32_t speaker, const char *key,
		const char *value)
{
	const struct tandem_setting *row = tandem_setting_find(&tandem_group_table, key);
	void *base = s;

	if (row == NULL) {
		row = tandem_setting_find(&tandem_speaker_table, key);
		base = &s->speakers[speaker];
	}
	ck_assert_int_eq(tandem_setting_read(row, base, value), 0);
}

/* Of two speakers: gains LL LR RL RR of the first, and what it says it plays. */
static const struct {
	const char *set[2][2];
	float gains[4];
	const char *plays;
} mixes[] = {
	{ { { 0 } }, { 1, 0, 1, 0 }, "FL" },
	{ { { "swap", "true" } }, { 0, 1, 0, 1 }, "FR" },
	{ { { "layout", "party" } }, { 1, 0, 0, 1 }, "FL/FR" },
	{ { { "layout", "party" }, { "swap", "1" } }, { 0, 1, 1, 0 }, "FR/FL" },
	{ { { "layout", "mono" } }, { 0.5, 0.5, 0.5, 0.5 }, "FL+FR" },
	{ { { "channels", "FR" } }, { 0, 1, 0, 1 }, "FR" },
	{ { { "channels", "[ FR FL ]" } }, { 0, 1, 1, 0 }, "FR/FL" },
	{ { { "invert", "true" } }, { -1, 0, -1, 0 }, "FL" },
	{ { { "mute", "true" } }, { 0, 0, 0, 0 }, "nothing" },
	{ { { "gain-db", "-20" } }, { 0.1f, 0, 0.1f, 0 }, "FL" },
	{ { { "gain-db", "6.0206" }, { "invert", "1" } }, { -2, 0, -2, 0 }, "FL" },
	{ { { "layout", "custom" } }, { 1, 0, 1, 0 }, "FL" },
	{ { { "layout", "custom" }, { "matrix", "[ [ 0.7 0.3 ] ]" } },
			{ 0.7f, 0.3f, 0.7f, 0.3f }, "FL+FR" },
	{ { { "layout", "custom" }, { "matrix", "[ [ 1 0 0 -1 ] [ 0 1 ] ]" } },
			{ 1, 0, 0, -1 }, "FL/FR" },
	{ { { "matrix", "[ [ 0.7 0.3 ] ]" } }, { 1, 0, 1, 0 }, "FL" },
};

START_TEST(layout_makes_gains)
{
	struct tandem_settings s;
	struct tandem_mix mix;

	tandem_settings_init(&s);
	s.n_speakers = 2;
	for (uint32_t i = 0; i < 2; i++)
		tandem_speaker_settings_init(&s.speakers[i]);
	for (int i = 0; i < 2 && mixes[_i].set[i][0] != NULL; i++)
		set(&s, 0, mixes[_i].set[i][0], mixes[_i].set[i][1]);
	mix = tandem_layout_mix(&s, 0);
	for (int i = 0; i < 4; i++) {
		ck_assert_float_eq_tol(mix.gains[i / 2][i % 2], mixes[_i].gains[i], 1e-4f);
	}
	ck_assert_str_eq(tandem_layout_plays(&mix), mixes[_i].plays);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("values");
	TCase *const c = tcase_create("values");

	tcase_add_test(c, every_default_is_a_value);
	tcase_add_loop_test(c, values_are_read, 0, TANDEM_ARRAY_LEN(values));
	tcase_add_loop_test(c, nearest_key_is_found, 0, TANDEM_ARRAY_LEN(near_keys));
	tcase_add_loop_test(c, layout_makes_gains, 0, TANDEM_ARRAY_LEN(mixes));
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
