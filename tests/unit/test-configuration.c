/* SPDX-License-Identifier: MIT
 *
 * Configurations as people write them: what they mean, and what is said of each mistake.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings-check.h"
#include "base/text.h"
#include "settings.h"
#include "suite.h"

#define FILE_NAME "~/50-me.conf"

struct told {
	uint32_t n;
	char sentences[8][TANDEM_SENTENCE_SIZE];
};

static void add_told(void *data, const char *sentence)
{
	struct told *t = data;

	ck_assert_uint_lt(t->n, TANDEM_ARRAY_LEN(t->sentences));
	snprintf(t->sentences[t->n++], TANDEM_SENTENCE_SIZE, "%s", sentence);
}

static void parse(struct tandem_settings *s, struct tandem_mistakes *m, const char *text)
{
	*m = (struct tandem_mistakes){ 0 };
	tandem_settings_init(s);
	tandem_settings_read(s, m, FILE_NAME, text, strlen(text));
	tandem_settings_finish(s);
}

/* "layout who:label[channels] ..." */
static void describe(const struct tandem_settings *s, char *text, size_t size)
{
	static const char *const layouts[] = { "stereo", "party", "mono", "custom" };
	size_t n = (size_t)snprintf(text, size, "%s%s", layouts[s->layout],
			s->automatic ? " auto" : "");

	for (uint32_t i = 0; i < s->n_speakers && !s->automatic; i++) {
		const struct tandem_speaker_settings *p = &s->speakers[i];

		n += (size_t)snprintf(text + n, size - n, " %s%s:%s", p->address, p->name,
				p->label);
		for (uint32_t k = 0; k < p->channels.n; k++) {
			n += (size_t)snprintf(text + n, size - n, "%c",
					"LR"[p->channels.index[k]]);
		}
	}
}

/* clang-format off */
static const struct {
	const char *text;
	const char *meaning;
} right[] = {
	{ "{}", "stereo auto" },
	{ "{ speakers = auto layout = mono }", "mono auto" },
	{ "{ layout = Party }", "party auto" },
	{ "{ speakers = [ { address = \"00:11:22:33:44:aa\" } { name = Kitchen } ] }",
			"stereo 00:11:22:33:44:AA:left Kitchen:right" },
	{ "{ speakers = [ { name = A channels = [ FR ] } { name = B channels = [ FL ] } ] "
	  "}",
			"stereo A:rightR B:leftL" },
	{ "{ speakers = [ { name = A channels = FR } { name = B } ] layout = party }",
			"party A:rightR B:left" },
	{ "{ speakers = [ { name = A } { name = B } { name = C } ] }",
			"stereo A:1 B:2 C:3" },
	{ "{ speakers = [ { name = A channels = [ FL FR ] } ] }", "stereo A:1LR" },
	{ "{ \"speakers\": [ { \"name\": \"A\" } ], \"layout\": \"mono\" }", "mono A:1" },
	{ "{ layout = custom matrix = [ [ 1 0 ] [ 0.5 0.5 ] ] }", "custom auto" },
	{ "{ # a comment\n layout = mono # another\n}", "mono auto" },
};
/* clang-format on */

START_TEST(right_ones_mean)
{
	struct told told = { 0 };
	struct tandem_settings s;
	struct tandem_mistakes m;
	char text[256];

	parse(&s, &m, right[_i].text);
	describe(&s, text, sizeof(text));
	ck_assert_str_eq(text, right[_i].meaning);
	ck_assert_msg(m.n == 0, "%s: %s", right[_i].text, m.sentences[0]);
	tandem_settings_check(&s, add_told, &told);
	ck_assert_msg(told.n == 0, "%s: %s", right[_i].text, told.sentences[0]);
}
END_TEST

#define AUTO "stereo auto"
#define TWO "speakers = [ { name = A } { name = B } ]"
#define A_AND_B "stereo A:left B:right"

/* What is wrong, what is said, after FILE_NAME ": ", and what counts all the same. */
static const struct {
	const char *text;
	const char *sentence;
	const char *meaning;
} wrong[] = {
	{ "{ laiout = mono " TWO " }",
			"laiout is not a setting of Tandem: is layout meant?", A_AND_B },
	{ "{ colour = red }", "colour is not a setting of Tandem", AUTO },
	{ "{ delay-ms = 3 }", "delay-ms is a setting of a speaker: it is ignored here",
			AUTO },
	{ "{ speakers = [ { name = A } { name = B swap = true } ] }",
			"speakers[1].swap is a setting of the group: it is ignored here",
			A_AND_B },
	{ "{ speakers = [ { name = A delay = 3 } { name = B } ] }",
			"speakers[0].delay is not a setting of Tandem: is delay-ms meant?",
			A_AND_B },
	{ "{ speakers = [ { name = A } { name = B colour = red } ] }",
			"speakers[1].colour is not a setting of Tandem", A_AND_B },
	{ "{ layout = quadro " TWO " }",
			"layout = quadro is refused: wanted is stereo, party, mono or "
			"custom; "
			"it stays stereo",
			A_AND_B },
	{ "{ layout = [ stereo ] }",
			"layout = [ stereo ] is refused: wanted is stereo, party, mono or "
			"custom; it stays stereo",
			AUTO },
	{ "{ layout = 7 }",
			"layout = 7 is refused: wanted is stereo, party, mono or custom; "
			"it "
			"stays stereo",
			AUTO },
	{ "{ swap = maybe }",
			"swap = maybe is refused: wanted is true or false; it stays "
			"false",
			AUTO },
	{ "{ max-latency-ms = 10 }",
			"max-latency-ms = 10 is refused: wanted is 50 to 2000 ms; it stays "
			"1000",
			AUTO },
	{ "{ max-latency-ms = soon }",
			"max-latency-ms = soon is refused: wanted is 50 to 2000 ms; it "
			"stays "
			"1000",
			AUTO },
	{ "{ keep-alive = 0 }",
			"keep-alive = 0 is refused: wanted is 1 to 86400 s; it stays 600",
			AUTO },
	{ "{ when-empty = hide }",
			"when-empty = hide is refused: wanted is remove or keep; it stays "
			"remove",
			AUTO },
	{ "{ name = \"living room\" }",
			"name = living room is refused: wanted is letters, digits, '.', "
			"'_' "
			"and '-', at most 63; it stays tandem",
			AUTO },
	{ "{ name = \"\" }",
			"name = \"\" is refused: wanted is letters, digits, '.', '_' and "
			"'-', "
			"at most 63; it stays tandem",
			AUTO },
	{ "{ description = 01234567890123456789012345678901234567890123456789012345678901"
	  "23456789 }",
			"description = 0123456789012345678901234567890123456... is "
			"refused: "
			"wanted is a text of 1 to 63 bytes; it stays Tandem",
			AUTO },
	{ "{ matrix = [ [ 1 ] ] }",
			"matrix = [ [ 1 ] ] is refused: wanted is [ [ 1 0 ] [ 0 1 ] ]: "
			"rows of "
			"2 or 4 gains, -4 to 4; it stays [ ]",
			AUTO },
	{ "{ matrix = [ [ 1 9 ] ] }",
			"matrix = [ [ 1 9 ] ] is refused: wanted is [ [ 1 0 ] [ 0 1 ] ]: "
			"rows "
			"of 2 or 4 gains, -4 to 4; it stays [ ]",
			AUTO },
	{ "{ speakers = 3 }",
			"speakers = 3 is refused: wanted is auto or [ { address = ... } "
			"... ]",
			AUTO },
	{ "{ speakers = { name = A } }",
			"speakers = { name = A } is refused: wanted is auto or [ { address "
			"= "
			"... } ... ]",
			AUTO },
	{ "{ speakers = [ A { name = A } { name = B } ] }",
			"speakers[0] = A is refused: a speaker looks like { address = "
			"\"00:11:22:33:44:55\" }",
			A_AND_B },
	{ "{ speakers = [ { name = A } { delay-ms = 3 } { name = B } ] }",
			"speakers[1] has neither a valid address nor a name: it is left "
			"out",
			A_AND_B },
	{ "{ speakers = [ { name = A address = 0011 } { name = B } ] }",
			"speakers[0].address = 0011 is refused: wanted is a Bluetooth "
			"address "
			"like 00:11:22:33:44:55; it stays \"\"",
			A_AND_B },
	{ "{ speakers = [ { name = A address = \"00:11:22:33:44:5G\" } { name = B } ] }",
			"speakers[0].address = 00:11:22:33:44:5G is refused: wanted is a "
			"Bluetooth address like 00:11:22:33:44:55; it stays \"\"",
			A_AND_B },
	{ "{ speakers = [ { name = A } { name = B } { name = A } ] }",
			"speakers[2]: speaker A is listed twice: the second is left out",
			A_AND_B },
	{ "{ speakers = [ { address = \"00:11:22:33:44:aa\" } "
	  "{ address = \"00:11:22:33:44:AA\" name = Kitchen } ] layout = mono }",
			"speakers[1]: speaker 00:11:22:33:44:AA is listed twice: the "
			"second is "
			"left out",
			"mono 00:11:22:33:44:AA:1" },
	{ "{ speakers = [ {name=A} {name=B} {name=C} {name=D} {name=E} {name=F} {name=G} "
	  "{name=H} {name=I} ] }",
			"speakers[8]: a group has 8 speakers at most: I is left out",
			"stereo A:1 B:2 C:3 D:4 E:5 F:6 G:7 H:8" },
	{ "{ speakers = [ { name = A channels = [ LFE ] } { name = B } ] }",
			"speakers[0].channels = [ LFE ] is refused: wanted is [ FL ], [ FR "
			"], "
			"[ FL FR ] or [ FR FL ]; it stays [ ]",
			A_AND_B },
	{ "{ speakers = [ { name = A channels = [ FL FL ] } { name = B } ] }",
			"speakers[0].channels = [ FL FL ] is refused: wanted is [ FL ], [ "
			"FR "
			"], [ FL FR ] or [ FR FL ]; it stays [ ]",
			A_AND_B },
	{ "{ speakers = [ { name = A delay-ms = 9000 } { name = B } ] }",
			"speakers[0].delay-ms = 9000 is refused: wanted is -500 to 500 ms; "
			"it "
			"stays 0",
			A_AND_B },
	{ "{ speakers = [ { name = A delay-ms = nan } { name = B } ] }",
			"speakers[0].delay-ms = nan is refused: wanted is -500 to 500 ms; "
			"it "
			"stays 0",
			A_AND_B },
	{ "{ speakers = [ { name = A gain-db = loud } { name = B } ] }",
			"speakers[0].gain-db = loud is refused: wanted is -60 to 12 dB; it "
			"stays 0",
			A_AND_B },
	{ "{ speakers = [ { name = A gain-db = { } } { name = B } ] }",
			"speakers[0].gain-db = { } is refused: wanted is -60 to 12 dB; it "
			"stays 0",
			A_AND_B },
	{ "{ speakers = [ { name = A codec = aac } { name = B } ] }",
			"speakers[0].codec = aac is refused: wanted is auto, sbc or ldac; "
			"it stays auto",
			A_AND_B },
	{ "{ speakers = [ { name = A sbc-mode = surround } { name = B } ] }",
			"speakers[0].sbc-mode = surround is refused: wanted is auto, "
			"joint, "
			"stereo, dual, mono or xq; it stays auto",
			A_AND_B },
	{ "{ speakers = [ { name = A bitpool = 51.5 } { name = B } ] }",
			"speakers[0].bitpool = 51.5 is refused: wanted is a whole number, "
			"0 to "
			"250; it stays 0",
			A_AND_B },
	{ "{ speakers = [ { name = A adapter = hci0 } { name = B } ] }",
			"speakers[0].adapter = hci0 is refused: wanted is a Bluetooth "
			"address "
			"like 00:11:22:33:44:55; it stays \"\"",
			A_AND_B },
	{ "{ speakers = [ { name = A drift-ppm = 301 } { name = B } ] }",
			"speakers[0].drift-ppm = 301 is refused: wanted is -300 to 300 "
			"ppm; it "
			"stays 0",
			A_AND_B },
	{ "{ speakers = [ { name = A heard = \"312 0.05\" } { name = B } ] }",
			"speakers[0].heard can only be told while Tandem runs: it is "
			"ignored here",
			A_AND_B },
	{ "{ layout = mono name",
			"the text breaks off: a value, a quote or a bracket is "
			"missing",
			"mono auto" },
	{ "[ 1 ]", "settings look like { key = value ... }, this does not", AUTO },
	{ "stereo", "settings look like { key = value ... }, this does not", AUTO },
};

START_TEST(wrong_ones_are_told)
{
	struct tandem_settings s;
	struct tandem_mistakes m;
	char text[256], expected[TANDEM_SENTENCE_SIZE];

	snprintf(expected, sizeof(expected), "%s: %s", FILE_NAME, wrong[_i].sentence);
	parse(&s, &m, wrong[_i].text);
	ck_assert_msg(m.n == 1, "%s: %u sentences, the last: %s", wrong[_i].text, m.n,
			m.n ? m.sentences[m.n - 1] : "");
	ck_assert_str_eq(m.sentences[0], expected);
	describe(&s, text, sizeof(text));
	ck_assert_str_eq(text, wrong[_i].meaning);
}
END_TEST

/* Right one by one, but not together. */
static const struct {
	const char *text;
	const char *sentence;
} contradictory[] = {
	{ "{ layout = custom }",
			"layout = custom wants a matrix: plays stereo until there is one" },
	{ "{ matrix = [ [ 1 0 ] [ 0 1 ] ] }",
			"a matrix counts with layout = custom only: plays stereo" },
	{ "{ layout = custom matrix = [ [ 1 0 ] ] }",
			"matrix rows: 1, speakers: 2: a speaker without a row is silent" },
	{ "{ speakers = [ { name = A channels = [ FL ] } { name = B } ] layout = custom "
	  "matrix = [ [ 1 0 ] [ 0 1 ] ] }",
			"left has channels, but layout = custom goes by the matrix alone" },
	{ "{ speakers = [ { name = A channels = FL } { name = B channels = FR } ] "
	  "layout = party }",
			"layout = party has no effect: every speaker has channels of its "
			"own" },
	{ "{ speakers = [ { name = A } { name = B channels = [ FL ] } ] }",
			"nobody plays FR: give it to a speaker by channels, or change the "
			"layout" },
	{ "{ speakers = [ { name = A channels = FR } { name = B channels = FR } ] }",
			"nobody plays FL: give it to a speaker by channels, or change the "
			"layout" },
};

START_TEST(contradictions_are_told)
{
	struct told told = { 0 };
	struct tandem_settings s;
	struct tandem_mistakes m;

	parse(&s, &m, contradictory[_i].text);
	ck_assert_msg(m.n == 0, "%s: %s", contradictory[_i].text, m.sentences[0]);
	tandem_settings_check(&s, add_told, &told);
	ck_assert_msg(told.n == 1, "%s: %u", contradictory[_i].text, told.n);
	ck_assert_str_eq(told.sentences[0], contradictory[_i].sentence);
}
END_TEST

/* What is said of it goes into the node's properties, which are UTF-8. */
START_TEST(a_value_may_break_off_within_a_character)
{
	struct tandem_settings s;
	struct tandem_mistakes m;

	parse(&s, &m, "{speakers = [name 6akers = [ 7 {  \"\\tY[\\t\\\u07a2\\tY\\t ");
	for (uint32_t i = 0; i < m.n; i++) {
		const size_t n = strlen(m.sentences[i]);

		ck_assert_int_eq(tandem_text_fit(m.sentences[i], n), (int)n);
		ck_assert_ptr_null(strstr(m.sentences[i], "\xde is"));
	}
}
END_TEST

START_TEST(all_mistakes_at_once)
{
	struct tandem_settings s;
	struct tandem_mistakes m;
	char many[4096] = "{ name = den description = \"The den\" remote.name = pw-1";

	for (int i = 0; i < 40; i++) {
		snprintf(many + strlen(many), sizeof(many) - strlen(many), " wrong%d = 1",
				i);
	}
	strncat(many, " layout = mono }", sizeof(many) - strlen(many) - 1);
	parse(&s, &m, many);
	ck_assert_str_eq(s.name, "den");
	ck_assert_str_eq(s.description, "The den");
	ck_assert_str_eq(s.remote, "pw-1");
	ck_assert_uint_eq(s.layout, TANDEM_LAYOUT_MONO);
	ck_assert_uint_eq(m.n, TANDEM_MAX_MISTAKES);
	ck_assert_ptr_nonnull(strstr(m.sentences[0], "wrong0"));
	ck_assert_ptr_nonnull(strstr(m.sentences[TANDEM_MAX_MISTAKES - 1],
			"more mistakes"));
}
END_TEST

START_TEST(a_later_text_wins)
{
	static const char later[] = "{ layout = party speakers = [ { name = C } ] }";
	struct tandem_settings s;
	struct tandem_mistakes m;
	char text[256];

	parse(&s, &m, "{ name = den layout = mono swap = true " TWO " }");
	tandem_settings_read(&s, &m, "later.conf", later, sizeof(later) - 1);
	tandem_settings_finish(&s);
	describe(&s, text, sizeof(text));
	ck_assert_str_eq(text, "party C:1");
	ck_assert_str_eq(s.name, "den");
	ck_assert(s.swap);
	ck_assert_uint_eq(m.n, 0);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("configuration");
	TCase *const c = tcase_create("configuration");

	tcase_add_loop_test(c, right_ones_mean, 0, TANDEM_ARRAY_LEN(right));
	tcase_add_loop_test(c, wrong_ones_are_told, 0, TANDEM_ARRAY_LEN(wrong));
	tcase_add_loop_test(c, contradictions_are_told, 0, TANDEM_ARRAY_LEN(contradictory));
	tcase_add_test(c, a_value_may_break_off_within_a_character);
	tcase_add_test(c, all_mistakes_at_once);
	tcase_add_test(c, a_later_text_wins);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
