/* SPDX-License-Identifier: MIT
 *
 * What is done with the session manager's own device of a speaker, and the notes of it.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aside-note.h"
#include "aside-plan.h"
#include "folder.h"
#include "suite.h"

#define A "00:11:22:33:44:AA"
#define B "00:11:22:33:44:BB"

/* As PipeWire 1.4 shows a speaker that can LDAC; index 131073 is its own choice. */
static const struct tandem_profile usual[] = {
	{ 0, 0, true, "off" },
	{ 131073, 16, true, "a2dp-sink" },
	{ 131074, 18, true, "a2dp-sink-sbc" },
	{ 131075, 17, true, "a2dp-sink-sbc_xq" },
	{ 131076, 19, false, "a2dp-sink-ldac" },
	{ 196608, 2, true, "headset-head-unit" },
};

static const struct tandem_profile calls_only[] = {
	{ 0, 0, true, "off" },
	{ 3, 2, true, "headset-head-unit" },
};

static const struct tandem_profile xq_only[] = {
	{ 7, 0, true, "off" }, /* off need not be 0 */
	{ 0, 3, true, "a2dp-sink-sbc_xq" },
	{ 1, 9, false, "a2dp-sink-sbc" },
};

static const struct tandem_profile nameless[] = {
	{ 0, 0, true, "pro" },
	{ 1, 1, true, "a2dp-sink" },
};

enum list { NONE, USUAL, CALLS, XQ, NAMELESS };

enum {
	LEAVE = TANDEM_ASIDE_LEAVE,
	AWAY = TANDEM_ASIDE_AWAY,
	SBC = TANDEM_ASIDE_SBC,
	BACK = TANDEM_ASIDE_BACK,
	WAIT = TANDEM_ASIDE_WAIT,
	DONE = TANDEM_ASIDE_DONE,
	SET = TANDEM_ASIDE_SET,
	HOPELESS = TANDEM_ASIDE_HOPELESS,
};

static void fill(struct tandem_profiles *p, enum list list, const char *active)
{
	static const struct {
		const struct tandem_profile *items;
		uint32_t n;
	} lists[] = {
		[NONE] = { NULL, 0 },
		[USUAL] = { usual, TANDEM_ARRAY_LEN(usual) },
		[CALLS] = { calls_only, TANDEM_ARRAY_LEN(calls_only) },
		[XQ] = { xq_only, TANDEM_ARRAY_LEN(xq_only) },
		[NAMELESS] = { nameless, TANDEM_ARRAY_LEN(nameless) },
	};

	*p = (struct tandem_profiles){ .is_known = active != NULL };
	for (uint32_t i = 0; i < lists[list].n; i++) {
		const struct tandem_profile *one = &lists[list].items[i];

		tandem_profiles_add(p, one, i == 0);
		if (active && strcmp(one->name, active) == 0)
			p->active = *one;
	}
	if (active && !p->active.name[0]) {
		p->active.index = 99; /* one that the list has not */
		snprintf(p->active.name, sizeof(p->active.name), "%s", active);
	}
}

/* clang-format off */
static const struct {
	const char *title;
	const char *active; /* NULL: not told yet */
	const char *noted;
	enum list list;
	int goal;
	int is_hasty; /* the list may be incomplete */
	int move;
	int32_t index;
} plans[] = {
	{ "a stranger is left",
		"a2dp-sink", "", USUAL, LEAVE, 0, DONE, 0 },
	{ "a stranger that is off, too",
		"off", "a2dp-sink", USUAL, LEAVE, 0, DONE, 0 },
	{ "music goes off",
		"a2dp-sink", "", USUAL, AWAY, 0, SET, 0 },
	{ "at once, whatever else there is",
		"a2dp-sink", "", USUAL, AWAY, 1, SET, 0 },
	{ "calls go off",
		"headset-head-unit", "", CALLS, AWAY, 0, SET, 0 },
	{ "an unlisted one goes off",
		"a2dp-source", "", USUAL, AWAY, 0, SET, 0 },
	{ "off by name, not by index",
		"a2dp-sink-sbc_xq", "", XQ, AWAY, 0, SET, 7 },
	{ "off is off",
		"off", "", USUAL, AWAY, 0, DONE, 0 },
	{ "off is 0 without a name",
		"pro", "", NAMELESS, AWAY, 0, DONE, 0 },
	{ "and is set so",
		"a2dp-sink", "", NAMELESS, AWAY, 0, SET, 0 },
	{ "nothing listed yet",
		"a2dp-sink", "", NONE, AWAY, 0, WAIT, 0 },
	{ "nothing active yet",
		NULL, "", USUAL, AWAY, 0, WAIT, 0 },
	{ "SBC from LDAC",
		"a2dp-sink-ldac", "", USUAL, SBC, 0, SET, 131074 },
	{ "SBC from off",
		"off", "", USUAL, SBC, 0, SET, 131074 },
	{ "SBC is SBC",
		"a2dp-sink-sbc", "", USUAL, SBC, 0, DONE, 0 },
	{ "else XQ",
		"off", "", XQ, SBC, 0, SET, 0 },
	{ "else off",
		"headset-head-unit", "", CALLS, SBC, 0, SET, 0 },
	{ "else off, which it is",
		"off", "", CALLS, SBC, 0, DONE, 0 },
	{ "back by name",
		"off", "a2dp-sink", USUAL, BACK, 0, SET, 131073 },
	{ "back by name, at once",
		"off", "a2dp-sink", USUAL, BACK, 1, SET, 131073 },
	{ "calls back, too",
		"off", "headset-head-unit", CALLS, BACK, 0, SET, 3 },
	{ "gone: the list may not be whole",
		"off", "a2dp-sink-aac", USUAL, BACK, 1, WAIT, 0 },
	{ "gone: the best that is there",
		"off", "a2dp-sink-aac", USUAL, BACK, 0, SET, 131074 },
	{ "unavailable is gone",
		"off", "a2dp-sink-ldac", USUAL, BACK, 0, SET, 131074 },
	{ "gone: no music at all",
		"off", "a2dp-sink", CALLS, BACK, 0, HOPELESS, 0 },
	{ "somebody was quicker",
		"a2dp-sink-sbc", "a2dp-sink", USUAL, BACK, 0, DONE, 0 },
	{ "back: nothing known",
		NULL, "a2dp-sink", NONE, BACK, 0, WAIT, 0 },
};

static const struct {
	const char *title;
	enum list list;
	const char *active, *noted, *asked;
	const char *then; /* NULL: as it was */
} notings[] = {
	{ "the first",
		USUAL, "a2dp-sink", "", "", "a2dp-sink" },
	{ "the same",
		USUAL, "a2dp-sink", "a2dp-sink", "", NULL },
	{ "another codec",
		USUAL, "a2dp-sink-sbc", "a2dp-sink", "", "a2dp-sink-sbc" },
	{ "off is nothing to come back to",
		USUAL, "off", "a2dp-sink", "", NULL },
	{ "off without a name",
		NAMELESS, "pro", "", "", NULL },
	{ "calls, when there is nothing else",
		CALLS, "headset-head-unit", "", "", "headset-head-unit" },
	{ "calls do not replace music",
		CALLS, "headset-head-unit", "a2dp-sink-ldac", "", NULL },
	{ "music replaces calls",
		USUAL, "a2dp-sink", "headset-head-unit", "", "a2dp-sink" },
	{ "ours is not theirs",
		USUAL, "a2dp-sink-sbc", "a2dp-sink-ldac", "a2dp-sink-sbc", NULL },
	{ "nor when nothing is noted",
		USUAL, "a2dp-sink-sbc", "", "a2dp-sink-sbc", NULL },
	{ "not told yet",
		USUAL, NULL, "", "", NULL },
};

/* Each line by itself would be in the file. */
static const char *const damages[] = {
	"nonsense", "", A, A " card", A " card ", A "  a2dp-sink", A " card two words",
	"00:11:22:33:44 card a2dp-sink", "00:11:22:33:44:GG card a2dp-sink",
	"00:11:22:33:44:AAA card a2dp-sink", A " card a2dp\tsink",
	A " c\xc3\xa4rd a2dp-sink",
	A " card aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	A " cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
		" a2dp-sink",
};
/* clang-format on */

START_TEST(each_plan)
{
	struct tandem_profiles p;
	struct tandem_aside_step step;

	fill(&p, plans[_i].list, plans[_i].active);
	step = tandem_aside_plan(&p, (enum tandem_aside_goal)plans[_i].goal,
			plans[_i].noted, !plans[_i].is_hasty);
	ck_assert_msg((int)step.move == plans[_i].move, "%s: move %d", plans[_i].title,
			step.move);
	if (step.move == TANDEM_ASIDE_SET) {
		ck_assert_msg(step.profile->index == plans[_i].index, "%s: index %d",
				plans[_i].title, step.profile->index);
	}
}
END_TEST

START_TEST(each_noting)
{
	char noted[TANDEM_PROFILE_NAME_SIZE];
	struct tandem_profiles p;
	bool changed;

	fill(&p, notings[_i].list, notings[_i].active);
	snprintf(noted, sizeof(noted), "%s", notings[_i].noted);
	changed = tandem_aside_note(noted, &p, notings[_i].asked);
	ck_assert_msg(changed == (notings[_i].then != NULL), "%s", notings[_i].title);
	ck_assert_str_eq(noted, notings[_i].then ? notings[_i].then : notings[_i].noted);
}
END_TEST

START_TEST(a_list_may_come_again)
{
	struct tandem_profile one = { 1, 1, true, "a2dp-sink" };
	struct tandem_profiles p;

	fill(&p, USUAL, "off");
	tandem_profiles_add(&p, &usual[1], false); /* the same again */
	ck_assert_uint_eq(p.n, TANDEM_ARRAY_LEN(usual));
	tandem_profiles_add(&p, &calls_only[0], true); /* a new list */
	tandem_profiles_add(&p, &calls_only[1], false);
	ck_assert_uint_eq(p.n, 2);
	for (one.index = 10; one.index < 10 + 2 * TANDEM_MAX_PROFILES; one.index++)
		tandem_profiles_add(&p, &one, false);
	ck_assert_uint_eq(p.n, TANDEM_MAX_PROFILES);
	ck_assert_str_eq(p.items[1].name, "headset-head-unit");
}
END_TEST

START_TEST(a_node_outlives_its_profile)
{
	const int64_t s = TANDEM_NS_PER_S;
	struct tandem_profiles p;

	fill(&p, USUAL, "off");
	ck_assert_int_eq(tandem_aside_stray_ns(&p, TANDEM_ASIDE_AWAY, 5 * s, 2 * s), 6 * s);
	ck_assert_int_eq(tandem_aside_stray_ns(&p, TANDEM_ASIDE_AWAY, 5 * s, 7 * s), 8 * s);
	/* no member, or about to be on: the session manager ends or wants it */
	ck_assert_int_eq(tandem_aside_stray_ns(&p, TANDEM_ASIDE_LEAVE, 5 * s, s),
			INT64_MAX);
	ck_assert_int_eq(tandem_aside_stray_ns(&p, TANDEM_ASIDE_BACK, 5 * s, s), INT64_MAX);
	ck_assert_int_eq(tandem_aside_stray_ns(&p, TANDEM_ASIDE_SBC, 5 * s, s), INT64_MAX);
	fill(&p, USUAL, "a2dp-sink");
	ck_assert_int_eq(tandem_aside_stray_ns(&p, TANDEM_ASIDE_AWAY, 0, s), INT64_MAX);
	fill(&p, USUAL, NULL); /* asked for */
	ck_assert_int_eq(tandem_aside_stray_ns(&p, TANDEM_ASIDE_AWAY, 5 * s, s), INT64_MAX);
}
END_TEST

START_TEST(nodes_of_streams)
{
	ck_assert(tandem_aside_is_stream("api.bluez5.a2dp.sink"));
	ck_assert(tandem_aside_is_stream("api.bluez5.sco.source"));
	ck_assert(!tandem_aside_is_stream("api.alsa.pcm.sink"));
	ck_assert(!tandem_aside_is_stream("api.bluez5"));
	ck_assert(!tandem_aside_is_stream(""));
	ck_assert(!tandem_aside_is_stream(NULL)); /* a loop-back has none */
}
END_TEST

static struct tandem_notes notes;
static struct tandem_mistakes told;

static void set_up(void)
{
	tandem_folder_make("XDG_RUNTIME_DIR");
	told = (struct tandem_mistakes){ 0 };
}

static void tear_down(void)
{
	static const char *const left[] = { "aside", NULL };

	tandem_folder_remove(left);
}

static void write_file(const char *text, size_t bytes)
{
	tandem_folder_write("aside", text, bytes);
}

static const char *noted(const char *address)
{
	const struct tandem_note *note;

	ck_assert_int_eq(tandem_notes_load(&notes, &told), 0);
	note = tandem_notes_find(&notes, address);
	return note ? note->profile : "";
}

START_TEST(notes_come_and_go)
{
	struct stat st;
	ck_assert_str_eq(noted(A), "");
	ck_assert_int_eq(tandem_notes_drop(A), 0);
	ck_assert_int_eq(tandem_notes_put(A, "bluez_card.A", "a2dp-sink"), 0);
	ck_assert_int_eq(tandem_notes_put(B, "bluez_card.B", "headset-head-unit"), 0);
	ck_assert_int_eq(stat(tandem_folder_path("aside"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	ck_assert_str_eq(noted(A), "a2dp-sink");
	ck_assert_str_eq(noted("00:11:22:33:44:bb"), "headset-head-unit");
	ck_assert_int_eq(tandem_notes_put(A, "bluez_card.A", "a2dp-sink-sbc"), 0);
	ck_assert_str_eq(noted(A), "a2dp-sink-sbc");
	ck_assert_uint_eq(notes.n, 2);
	ck_assert_int_eq(tandem_notes_drop(A), 0);
	ck_assert_str_eq(noted(A), "");
	ck_assert_str_eq(noted(B), "headset-head-unit");
	ck_assert_int_eq(tandem_notes_drop(B), 0);
	ck_assert_int_eq(access(tandem_folder_path("aside"), F_OK), -1);
	ck_assert_uint_eq(told.n, 0);
}
END_TEST

START_TEST(a_damaged_line_is_left_out)
{
	char text[512];
	const int n = snprintf(text, sizeof(text), "%s\n" B " bluez_card.B a2dp-sink\n%s\n",
			damages[_i], damages[_i]);

	write_file(text, (size_t)n);
	ck_assert_str_eq(noted(B), "a2dp-sink");
	ck_assert_uint_eq(notes.n, 1);
	ck_assert_uint_eq(told.n, 2);
	ck_assert_ptr_nonnull(strstr(told.sentences[1], "/tandem/aside: line 3 makes no"));
	ck_assert_int_eq(tandem_notes_put(A, "bluez_card.A", "a2dp-sink"), 0);
	told.n = 0;
	ck_assert_str_eq(noted(A), "a2dp-sink"); /* and it is gone from the file */
	ck_assert_uint_eq(told.n, 0);
}
END_TEST

START_TEST(a_line_breaks_off)
{
	static const char text[] = A " card a2dp-sink\n" B " card a2dp-si";

	write_file(text, sizeof(text) - 1);
	ck_assert_str_eq(noted(A), "a2dp-sink");
	ck_assert_uint_eq(told.n, 1);
	ck_assert_str_eq(noted(B), "");
}
END_TEST

START_TEST(bytes_that_are_no_text)
{
	static const char text[] = "\0\0\n" A " card a2dp-sink\n";

	write_file(text, sizeof(text) - 1);
	ck_assert_str_eq(noted(A), "a2dp-sink");
	ck_assert_uint_eq(told.n, 1);
}
END_TEST

START_TEST(too_long_a_file_is_written_anew)
{
	static char text[20000];

	memset(text, 'x', sizeof(text));
	write_file(text, sizeof(text));
	ck_assert_int_eq(tandem_notes_load(&notes, &told), -EFBIG);
	ck_assert_int_eq(tandem_notes_put(A, "card", "a2dp-sink"), 0);
	ck_assert_str_eq(noted(A), "a2dp-sink");
}
END_TEST

START_TEST(the_oldest_makes_room)
{
	char address[18];

	for (uint32_t i = 0; i <= TANDEM_MAX_NOTES; i++) {
		snprintf(address, sizeof(address), "00:00:00:00:00:%02X", i);
		ck_assert_int_eq(tandem_notes_put(address, "card", "a2dp-sink"), 0);
	}
	ck_assert_str_eq(noted("00:00:00:00:00:00"), "");
	ck_assert_str_eq(noted(address), "a2dp-sink");
	ck_assert_uint_eq(notes.n, TANDEM_MAX_NOTES);
}
END_TEST

START_TEST(names_that_no_line_can_hold)
{
	char name[100];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert_int_eq(tandem_notes_put(A, name, "two words"), 0);
	ck_assert_str_eq(noted(A), "a2dp-sink");
	ck_assert_str_eq(tandem_notes_find(&notes, A)->device, "-");
	ck_assert_int_eq(tandem_notes_put("nobody", "card", "a2dp-sink"), -EINVAL);
	ck_assert_uint_eq(told.n, 0);
}
END_TEST

START_TEST(what_cannot_be_written_is_said)
{
	tandem_folder_block();
	ck_assert_int_eq(tandem_notes_put(A, "card", "a2dp-sink"), -ENOTDIR);
	tandem_folder_unblock();
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
	ck_assert_int_eq(unsetenv("XDG_RUNTIME_DIR"), 0);
	ck_assert_str_eq(noted(A), "");
	ck_assert_int_eq(tandem_notes_put(A, "card", "a2dp-sink"), -ENOENT);
	ck_assert_int_eq(tandem_notes_drop(A), 0);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("aside");
	TCase *const c = tcase_create("aside");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, each_plan, 0, TANDEM_ARRAY_LEN(plans));
	tcase_add_loop_test(c, each_noting, 0, TANDEM_ARRAY_LEN(notings));
	tcase_add_test(c, a_list_may_come_again);
	tcase_add_test(c, a_node_outlives_its_profile);
	tcase_add_test(c, nodes_of_streams);
	tcase_add_test(c, notes_come_and_go);
	tcase_add_loop_test(c, a_damaged_line_is_left_out, 0, TANDEM_ARRAY_LEN(damages));
	tcase_add_test(c, a_line_breaks_off);
	tcase_add_test(c, bytes_that_are_no_text);
	tcase_add_test(c, too_long_a_file_is_written_anew);
	tcase_add_test(c, the_oldest_makes_room);
	tcase_add_test(c, names_that_no_line_can_hold);
	tcase_add_test(c, what_cannot_be_written_is_said);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
