/* SPDX-License-Identifier: MIT
 *
 * The module's arguments: what they mean, and what is said of mistakes; the choice of an
 * SBC configuration; the memory of the sides.
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
#include "settings.h"
#include "suite.h"

/* speakers: "address|name channels:label gains" of each; gains of FL FR per box channel. */
static const struct {
	const char *args;
	const char *group;
	const char *mistake; /* in one of the sentences; NULL: there is none */
} cases[] = {
	{ NULL, "auto left 1.0/0.0 right 0.0/1.0", NULL },
	{ "{}", "auto left 1.0/0.0 right 0.0/1.0", NULL },
	{ "{ speakers = auto layout = mono }", "auto 1 0.5/0.5 2 0.5/0.5", NULL },
	{ "{ layout = party }", "auto 1 1.0/0.0+0.0/1.0 2 1.0/0.0+0.0/1.0", NULL },
	{ "{ speakers = [ { address = \"00:11:22:33:44:aa\" } { name = Kitchen } ] }",
			"00:11:22:33:44:AA left 1.0/0.0 Kitchen right 0.0/1.0", NULL },
	{ "{ speakers = [ { name = A channels = [ FR ] } { name = B channels = [ FL ] } ] "
	  "}",
			"A right 0.0/1.0 B left 1.0/0.0", NULL },
	{ "{ speakers = [ { name = A } { name = B } { name = C } ] }",
			"A 1 1.0/0.0 B 2 0.0/1.0 C 3 1.0/0.0", NULL },
	{ "{ speakers = [ { name = A channels = [ FL FR ] } ] }", "A 1 1.0/0.0+0.0/1.0",
			NULL },
	{ "{ \"speakers\": [ { \"name\": \"A\" } ], \"layout\": \"mono\" }", "A 1 0.5/0.5",
			NULL },
	{ "{ layout = quadro }", "auto left 1.0/0.0 right 0.0/1.0",
			"stereo, party or mono" },
	{ "{ laiout = mono }", "auto left 1.0/0.0 right 0.0/1.0",
			"laiout is not a setting" },
	{ "{ speakers = [ { address = nonsense } { name = B } ] }", "B 1 1.0/0.0",
			"nonsense is not a Bluetooth address" },
	{ "{ speakers = [ { address = nonsense } { name = B } ] }", "B 1 1.0/0.0",
			"without a valid address or name" },
	{ "{ speakers = [ { name = B } { name = B } ] }", "B 1 1.0/0.0", "listed twice" },
	{ "{ speakers = [ { name = B channels = [ LFE FR ] } ] }", "B 1 0.0/1.0",
			"channel LFE is unknown" },
	{ "{ speakers = [ { name = B colour = red } ] }", "B 1 1.0/0.0",
			"speakers: colour is not a setting" },
	{ "{ speakers = [ B ] }", "auto left 1.0/0.0 right 0.0/1.0", "instead of B" },
	{ "{ speakers = 3 }", "auto left 1.0/0.0 right 0.0/1.0", "auto or a list" },
	{ "{ name = \"a b\" }", "auto left 1.0/0.0 right 0.0/1.0", "letters, digits" },
	{ "{ description = [ a ] }", "auto left 1.0/0.0 right 0.0/1.0",
			"a text of 1 to 63" },
	{ "{ name", "auto left 1.0/0.0 right 0.0/1.0", "breaks off" },
	{ "[ 1 ]", "auto left 1.0/0.0 right 0.0/1.0", "not an object" },
};

static void describe(const struct tandem_settings *s, char *text, size_t size)
{
	struct tandem_group_setup setup;
	size_t n;

	tandem_settings_group(s, &setup);
	ck_assert_uint_eq(setup.n_channels, 2);
	n = (size_t)snprintf(text, size, "%s", s->automatic ? "auto" : "");
	for (uint32_t i = 0; i < setup.n_speakers; i++) {
		const struct tandem_speaker_setup *p = &setup.speakers[i];
		const struct tandem_wish *w = &s->speakers[i].wish;

		n += (size_t)snprintf(text + n, size - n, "%s%s%s %s %.1f/%.1f",
				i && !s->automatic ? " " : "", w->address, w->name,
				p->label, p->gains[0][0], p->gains[0][1]);
		if (p->n_channels == 2) {
			n += (size_t)snprintf(text + n, size - n, "+%.1f/%.1f",
					p->gains[1][0], p->gains[1][1]);
		}
	}
}

START_TEST(arguments_mean)
{
	struct tandem_settings s;
	struct tandem_mistakes m;
	bool found = cases[_i].mistake == NULL;
	char text[256];

	tandem_settings_parse(&s, &m, cases[_i].args);
	describe(&s, text, sizeof(text));
	ck_assert_str_eq(text, cases[_i].group);
	for (uint32_t i = 0; cases[_i].mistake && i < m.n; i++)
		found |= strstr(m.sentences[i], cases[_i].mistake) != NULL;
	ck_assert_msg(found, "%s: not said: %s", cases[_i].args, cases[_i].mistake);
	ck_assert_msg((m.n > 0) == (cases[_i].mistake != NULL), "%s: %s", cases[_i].args,
			m.sentences[0]);
}
END_TEST

START_TEST(names_and_all_mistakes_at_once)
{
	struct tandem_settings s;
	struct tandem_mistakes m;
	char many[2048] = "{ name = den description = \"The den\" remote.name = pw-1";

	for (int i = 0; i < 20; i++) {
		snprintf(many + strlen(many), sizeof(many) - strlen(many), " wrong%d = 1",
				i);
	}
	strncat(many, " layout = mono }", sizeof(many) - strlen(many) - 1);
	tandem_settings_parse(&s, &m, many);
	ck_assert_str_eq(s.name, "den");
	ck_assert_str_eq(s.description, "The den");
	ck_assert_str_eq(s.remote, "pw-1");
	ck_assert_int_eq(s.layout, TANDEM_LAYOUT_MONO);
	ck_assert_uint_eq(m.n, TANDEM_MAX_MISTAKES);
	ck_assert_ptr_nonnull(strstr(m.sentences[0], "wrong0"));
	ck_assert_ptr_nonnull(strstr(m.sentences[TANDEM_MAX_MISTAKES - 1],
			"more mistakes"));
}
END_TEST

START_TEST(ninth_speaker_is_left_out)
{
	struct tandem_settings s;
	struct tandem_mistakes m;

	tandem_settings_parse(&s, &m,
			"{ speakers = [ {name=a} {name=b} {name=c} {name=d} {name=e} "
			"{name=f} {name=g} {name=h} {name=i} ] }");
	ck_assert_uint_eq(s.n_speakers, TANDEM_MAX_SPEAKERS);
	ck_assert_uint_eq(m.n, 1);
	ck_assert_ptr_nonnull(strstr(m.sentences[0], "i is left out"));
}
END_TEST

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

	tcase_add_loop_test(c, arguments_mean, 0, TANDEM_ARRAY_LEN(cases));
	tcase_add_test(c, names_and_all_mistakes_at_once);
	tcase_add_test(c, ninth_speaker_is_left_out);
	tcase_add_loop_test(c, sbc_is_chosen, 0, TANDEM_ARRAY_LEN(sbc_cases));
	tcase_add_test(c, sides_are_remembered);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
