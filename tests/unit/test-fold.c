/* SPDX-License-Identifier: MIT
 *
 * Who plays what while somebody is away: the mixes by themselves, then in a group, heard
 * before the encoder, in virtual time.
 */
#include <check.h>
#include <math.h>

#include "fold.h"
#include "tap.h"
#include "suite.h"

#define AMPLITUDE 0.5 /* of the programme's tones */
#define CLICK (0.01 * AMPLITUDE)
#define PREROLL_S 0.5 /* of speaker-run.c */

/* Both drivers of a box alike. */
#define BOTH(l, r) .gains = { { l, r }, { l, r } }
#define PARTY .gains = { { 1, 0 }, { 0, 1 } }
#define NOTHING .gains = { { 0 } }

static const struct {
	const char *what;
	struct tandem_mix mixes[4];
	uint32_t present;
	uint32_t slot;
	struct tandem_mix wanted;
} cases[] = {
	{ "all there", { { BOTH(1, 0) }, { BOTH(0, 1) } }, 3, 0, { BOTH(1, 0) } },
	{ "right is away", { { BOTH(1, 0) }, { BOTH(0, 1) } }, 1, 0, { BOTH(0.5f, 0.5f) } },
	{ "left is away", { { BOTH(1, 0) }, { BOTH(0, 1) } }, 2, 1, { BOTH(0.5f, 0.5f) } },
	{ "who asks counts as there", { { BOTH(1, 0) }, { BOTH(0, 1) } }, 1, 1,
			{ BOTH(0, 1) } },
	{ "swapped", { { BOTH(0, 1) }, { BOTH(1, 0) } }, 1, 0, { BOTH(0.5f, 0.5f) } },
	{ "one configured", { { BOTH(1, 0) } }, 1, 0, { BOTH(1, 0) } },
	{ "party", { { PARTY }, { PARTY } }, 1, 0, { PARTY } },
	{ "mono", { { BOTH(0.5f, 0.5f) }, { BOTH(0.5f, 0.5f) } }, 2, 1,
			{ BOTH(0.5f, 0.5f) } },
	{ "its own gain, not the other's", { { BOTH(0.25f, 0) }, { BOTH(0, 2) } }, 1, 0,
			{ BOTH(0.125f, 0.125f) } },
	{ "inverted", { { BOTH(-1, 0) }, { BOTH(0, 1) } }, 1, 0, { BOTH(-0.5f, -0.5f) } },
	{ "the muted one is away", { { BOTH(1, 0) }, { NOTHING } }, 1, 0, { BOTH(1, 0) } },
	{ "the muted one is there", { { BOTH(1, 0) }, { NOTHING } }, 3, 0, { BOTH(1, 0) } },
	{ "muted, the other is away", { { BOTH(1, 0) }, { NOTHING } }, 2, 1, { NOTHING } },
	{ "one driver is silent", { { { { 1 } } }, { BOTH(0, 1) } }, 1, 0,
			{ { { 0.5f, 0.5f } } } },
	{ "a matrix within the box", { { { { 1, 0 }, { 0, -0.5f } } }, { BOTH(0, 1) } }, 1,
			0, { { { 1, 0 }, { 0, -0.5f } } } },
	{ "a matrix that mixes", { { BOTH(0.7f, 0.3f) }, { BOTH(0, 1) } }, 1, 0,
			{ BOTH(0.7f, 0.3f) } },
	{ "of three, two share what is missing",
			{ { BOTH(1, 0) }, { BOTH(0, 1) }, { BOTH(1, 0) } }, 5, 2,
			{ BOTH(0.5f, 0.5f) } },
	{ "of three, another one has it",
			{ { BOTH(1, 0) }, { BOTH(0, 1) }, { BOTH(1, 0) } }, 6, 1,
			{ BOTH(0, 1) } },
	{ "of four, one alone",
			{ { BOTH(1, 0) }, { BOTH(0, 1) }, { { { 0, 0, 1 }, { 0, 0, 1 } } },
					{ { { 0, 0, 0, 1 }, { 0, 0, 0, 1 } } } },
			4, 2,
			{ { { 0.25f, 0.25f, 0.25f, 0.25f },
					{ 0.25f, 0.25f, 0.25f, 0.25f } } } },
	{ "of four, two of each",
			{ { BOTH(1, 0) }, { BOTH(0, 1) }, { BOTH(1, 0) }, { BOTH(0, 1) } },
			6, 2, { BOTH(1, 0) } },
};

START_TEST(nothing_wanted_is_missing)
{
	struct tandem_mix mixes[TANDEM_MAX_SPEAKERS] = { 0 };
	struct tandem_mix mix;

	for (uint32_t i = 0; i < TANDEM_ARRAY_LEN(cases[_i].mixes); i++)
		mixes[i] = cases[_i].mixes[i];
	mix = tandem_fold_mix(mixes, cases[_i].present, cases[_i].slot);
	for (uint32_t row = 0; row < 2; row++) {
		for (uint32_t c = 0; c < TANDEM_MAX_CHANNELS; c++) {
			ck_assert_msg(mix.gains[row][c] == cases[_i].wanted.gains[row][c],
					"%s: [%u][%u] is %f", cases[_i].what, row, c,
					(double)mix.gains[row][c]);
		}
	}
}
END_TEST

/* ---- in a group ---- */

static const struct tandem_mix left = { BOTH(1, 0) };
static const struct tandem_mix right = { BOTH(0, 1) };
static const struct tandem_mix mean = { BOTH(0.5f, 0.5f) };

static double curvature(double hz)
{
	return AMPLITUDE * (2.0 - 2.0 * cos(2.0 * M_PI * hz / 48000.0));
}

/* Two channels with a tone of their own; what their boxes should play is known. */
static void init(struct world *w)
{
	tandem_world_init(w, 48000, 1024);
	w->tone_hz[0] = 220.0;
	w->tone_hz[1] = 800.0; /* both have whole periods in 50 ms */
	tandem_group_set_mix(&w->group, 0, &left);
	tandem_group_set_mix(&w->group, 1, &right);
}

/* The tone's amplitude in the 50 ms that end at the frame. */
static double level(const struct world *w, const struct tap *t, uint32_t c, uint32_t end)
{
	const uint32_t n = 2400;
	double re = 0.0;
	double im = 0.0;

	for (uint32_t i = end - n; i < end; i++) {
		const double angle = 2.0 * M_PI * w->tone_hz[c] * i / 48000.0;

		re += 2.0 / n * (double)t->pcm[0][i] * cos(angle);
		im += 2.0 / n * (double)t->pcm[0][i] * sin(angle);
	}
	return hypot(re, im);
}

static bool plays(const struct world *w, const struct tap *t, const struct tandem_mix *mix,
		uint32_t end)
{
	for (uint32_t c = 0; c < 2; c++) {
		const double wanted = AMPLITUDE * (double)mix->gains[0][c];

		if (fabs(level(w, t, c, end) - wanted) > 0.01 * AMPLITUDE)
			return false;
	}
	return true;
}

static void check_plays(const struct world *w, const struct tap *t,
		const struct tandem_mix *mix)
{
	ck_assert(plays(w, t, mix, tandem_tap_frames(t)));
}

static bool means(const struct world *w, uint32_t slot, const struct tandem_mix *mix)
{
	const struct tandem_mix played = tandem_group_mix(&w->group, slot);

	for (uint32_t c = 0; c < 2; c++) {
		if (played.gains[0][c] != mix->gains[0][c])
			return false;
	}
	return true;
}

static void take_out(struct world *w, uint32_t slot)
{
	w->freed--; /* the world frees the others */
	tandem_speaker_free(tandem_group_set_speaker(&w->group, slot, NULL));
}

/* Nothing is rougher than the tones themselves, from the end of the start's ramp. */
static void check_smooth(const struct tap *t)
{
	ck_assert_double_le(tandem_tap_roughness(t, 26000, tandem_tap_frames(t)),
			curvature(800.0) + CLICK);
}

/* The end of a fade into that mix is sought from the frame on. */
static uint32_t frames_until(const struct world *w, const struct tap *t,
		const struct tandem_mix *mix, uint32_t from)
{
	for (uint32_t end = from + 2400; end <= tandem_tap_frames(t); end += 48) {
		if (plays(w, t, mix, end))
			return end - 2400 - from;
	}
	return UINT32_MAX;
}

START_TEST(two_that_start_together_never_fold)
{
	struct world w;
	struct tap *t[2];

	init(&w);
	tandem_group_set_expected(&w.group, 3);
	t[0] = tandem_tap_add(&w, 0, 2, &left);
	tandem_world_run(&w, 1.0); /* waits for the other */
	ck_assert(means(&w, 0, &mean));
	t[1] = tandem_tap_add(&w, 1, 2, &right);
	for (uint32_t ms = 0; ms < 1500; ms += 5) {
		tandem_world_run(&w, 0.005);
		ck_assert(means(&w, 0, &left) && means(&w, 1, &right));
	}
	check_plays(&w, t[0], &left);
	check_plays(&w, t[1], &right);
	for (uint32_t i = 0; i < 2; i++) {
		/* of the other channel not a trace, not even in the first ramp */
		for (uint32_t end = 2400; end < tandem_tap_frames(t[i]); end += 480)
			ck_assert_double_lt(level(&w, t[i], 1 - i, end), 0.1 * AMPLITUDE);
		check_smooth(t[i]);
	}
	tandem_world_finish(&w);
}
END_TEST

/* A packet of 640 frames and one of 120, at two rates, end the silence each in its time. */
START_TEST(nor_do_two_of_unlike_packets)
{
	struct world w;

	init(&w);
	tandem_group_set_expected(&w.group, 3);
	tandem_tap_add(&w, 0, 2, &left);
	tandem_world_add_speaker(&w, 1, 0x20);
	for (uint32_t ms = 0; ms < 1000; ms++) {
		tandem_world_run(&w, 0.001);
		ck_assert(means(&w, 0, &left) && means(&w, 1, &right));
	}
	ck_assert(tandem_speaker_is_heard(w.group.speakers[0]));
	ck_assert(tandem_speaker_is_heard(w.group.speakers[1]));
	tandem_world_finish(&w);
}
END_TEST

START_TEST(one_that_starts_alone_plays_both)
{
	struct world w;
	struct tap *t;

	init(&w);
	t = tandem_tap_add(&w, 0, 2, &left);
	tandem_world_run(&w, 0.8);
	ck_assert(means(&w, 0, &mean));
	ck_assert(means(&w, 1, &right)); /* it would */
	check_plays(&w, t, &mean);
	/* from its first sound on: the ramp of both is the same */
	ck_assert_double_eq_tol(level(&w, t, 0, 26400), level(&w, t, 1, 26400),
			0.02 * AMPLITUDE);
	check_smooth(t);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(who_is_left_plays_both_until_the_other_is_heard_again)
{
	struct world w;
	struct tap *t[2];
	uint32_t from;

	init(&w);
	for (uint32_t i = 0; i < 2; i++)
		t[i] = tandem_tap_add(&w, i, 2, i == 0 ? &left : &right);
	tandem_world_run(&w, 1.0);
	from = tandem_tap_frames(t[0]);
	take_out(&w, 1);
	tandem_world_run(&w, 0.5);
	/* a packet and the fade */
	ck_assert_uint_le(frames_until(&w, t[0], &mean, from), 960 + TAP_BLOCK_FRAMES);
	check_plays(&w, t[0], &mean);

	tandem_group_set_expected(&w.group, 7); /* a third one is about to come */
	t[1] = tandem_tap_add(&w, 1, 2, &right);
	tandem_world_run(&w, 0.2);
	ck_assert(means(&w, 0, &mean)); /* there, but waits */
	tandem_group_set_expected(&w.group, 3);
	tandem_world_run(&w, PREROLL_S - 0.05);
	ck_assert_uint_gt(t[1]->n_blocks, 100);
	ck_assert(!tandem_speaker_is_heard(w.group.speakers[1]));
	check_plays(&w, t[0], &mean); /* nobody else plays it yet */
	from = tandem_tap_frames(t[0]);
	tandem_world_run(&w, 0.5);
	ck_assert(means(&w, 0, &left) && means(&w, 1, &right));
	ck_assert_uint_le(frames_until(&w, t[0], &left, from), 4800);
	check_plays(&w, t[0], &left);
	check_plays(&w, t[1], &right); /* which never played the other's */
	for (uint32_t end = 2400; end < tandem_tap_frames(t[1]); end += 480)
		ck_assert_double_lt(level(&w, t[1], 0, end), 0.1 * AMPLITUDE);
	check_smooth(t[0]);
	check_smooth(t[1]);
	tandem_world_finish(&w);
}
END_TEST

/* Before anybody has taken it out. */
START_TEST(a_broken_link_counts_as_away)
{
	struct world w;
	struct tap *t;
	uint32_t folds;

	init(&w);
	t = tandem_tap_add(&w, 0, 2, &left);
	tandem_world_add_speaker(&w, 1, 0x10);
	tandem_world_run(&w, 1.0);
	check_plays(&w, t, &left);
	folds = w.group.folds;
	w.air[1]->gone = true;
	tandem_world_run(&w, 0.2);
	check_plays(&w, t, &mean);
	ck_assert_uint_eq(w.group.folds, folds + 1);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(what_is_set_meanwhile_holds)
{
	const struct tandem_mix nothing = { NOTHING };
	const struct tandem_mix quiet = { BOTH(0, 0.5f) };
	const struct tandem_mix quiet_mean = { BOTH(0.25f, 0.25f) };
	struct world w;
	struct tap *t;

	init(&w);
	t = tandem_tap_add(&w, 1, 2, &right);
	tandem_world_run(&w, 1.0);
	check_plays(&w, t, &mean);
	tandem_group_set_mix(&w.group, 0, &nothing); /* the absent one is muted */
	tandem_world_run(&w, 0.2);
	check_plays(&w, t, &right);
	tandem_group_set_mix(&w.group, 0, &left);
	tandem_group_set_mix(&w.group, 1, &quiet);
	tandem_world_run(&w, 0.2);
	check_plays(&w, t, &quiet_mean);
	tandem_group_set_mix(&w.group, 0, &right); /* swapped */
	tandem_group_set_mix(&w.group, 1, &left);
	tandem_world_run(&w, 0.2);
	check_plays(&w, t, &mean);
	tandem_group_set_mix(&w.group, 1, &nothing); /* muted, the one that is there */
	tandem_world_run(&w, 0.2);
	check_plays(&w, t, &nothing);
	check_smooth(t);
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("fold");
	TCase *const pure = tcase_create("mixes");
	TCase *const group = tcase_create("virtual time");

	tcase_add_loop_test(pure, nothing_wanted_is_missing, 0, TANDEM_ARRAY_LEN(cases));
	suite_add_tcase(suite, pure);
	tcase_set_timeout(group, 120);
	tcase_add_test(group, two_that_start_together_never_fold);
	tcase_add_test(group, nor_do_two_of_unlike_packets);
	tcase_add_test(group, one_that_starts_alone_plays_both);
	tcase_add_test(group, who_is_left_plays_both_until_the_other_is_heard_again);
	tcase_add_test(group, a_broken_link_counts_as_away);
	tcase_add_test(group, what_is_set_meanwhile_holds);
	suite_add_tcase(suite, group);
	return tandem_suite_run(suite);
}
