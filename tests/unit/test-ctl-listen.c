/* SPDX-License-Identifier: MIT
 *
 * What tandemctl decides when it listens: which microphone, what that one adds itself, who
 * is listened to at once, and what the findings come to.
 */
#include <check.h>
#include <math.h>
#include <string.h>

#include "mic.h"
#include "source.h"
#include "suite.h"
#include "tally.h"
#include "turns.h"

static const struct tandem_source sources[] = {
	{ .id = 1, .name = "canceller", .priority = 3000, .is_virtual = true },
	{ .id = 2, .name = "headset", .priority = 2500, .is_bluetooth = true },
	{ .id = 3, .name = "inside", .description = "Built-in", .priority = 2000 },
	{ .id = 4, .name = "usb", .priority = 1900 },
	{ .id = 5, .name = "tandem", .priority = 5000, .is_sink = true },
};

static const struct {
	const char *named, *by_default;
	uint32_t n; /* of the sources */
	enum tandem_source_verdict verdict;
	uint32_t id; /* 0: nobody */
} choices[] = {
	{ NULL, "usb", 5, TANDEM_SOURCE_GOOD, 4 },
	{ NULL, "inside", 5, TANDEM_SOURCE_GOOD, 3 },
	{ NULL, "canceller", 5, TANDEM_SOURCE_GOOD, 3 },
	{ NULL, "headset", 5, TANDEM_SOURCE_GOOD, 3 },
	{ NULL, "tandem", 5, TANDEM_SOURCE_GOOD, 3 },
	{ NULL, "", 5, TANDEM_SOURCE_GOOD, 3 },
	{ NULL, "headset", 2, TANDEM_SOURCE_NONE, 0 },
	{ NULL, "", 0, TANDEM_SOURCE_NONE, 0 },
	{ "usb", "inside", 5, TANDEM_SOURCE_GOOD, 4 },
	{ "Built-in", "usb", 5, TANDEM_SOURCE_GOOD, 3 },
	{ "headset", "usb", 5, TANDEM_SOURCE_WARY, 2 },
	{ "canceller", "usb", 5, TANDEM_SOURCE_WARY, 1 },
	{ "tandem", "usb", 5, TANDEM_SOURCE_SINK, 0 },
	{ "nobody", "usb", 5, TANDEM_SOURCE_UNKNOWN, 0 },
};

START_TEST(a_plain_microphone_listens)
{
	const struct tandem_source_choice got = tandem_source_choose(sources, choices[_i].n,
			choices[_i].named, choices[_i].by_default);

	ck_assert_int_eq(got.verdict, choices[_i].verdict);
	ck_assert_uint_eq(got.source ? got.source->id : 0, choices[_i].id);
}
END_TEST

#define LEFT { 1.0f, 0.0f }
#define RIGHT { 0.0f, 1.0f }
#define BOTH { 0.5f, 0.5f }

static const struct {
	uint32_t n;
	float gains[4][TANDEM_SINK_CHANNELS];
	uint32_t turns;
	uint32_t turn[4];
} plans[] = {
	{ 1, { BOTH }, 1, { 0 } },
	{ 2, { LEFT, RIGHT }, 1, { 0, 0 } },
	{ 2, { BOTH, BOTH }, 2, { 0, 1 } },
	{ 2, { LEFT, BOTH }, 1, { 0, 0 } },
	{ 2, { { 0.5f, 0.5f }, { -0.5f, -0.5f } }, 2, { 0, 1 } },
	{ 2, { { 1.0f, 0.9f }, { 0.9f, 1.0f } }, 2, { 0, 1 } },
	{ 3, { LEFT, RIGHT, BOTH }, 2, { 0, 0, 1 } },
	{ 4, { LEFT, LEFT, RIGHT, RIGHT }, 2, { 0, 1, 0, 1 } },
};

START_TEST(those_who_cannot_be_told_apart_take_turns)
{
	uint32_t turn[4];

	ck_assert_uint_eq(tandem_turns_plan(plans[_i].gains, plans[_i].n, turn),
			plans[_i].turns);
	for (uint32_t i = 0; i < plans[_i].n; i++)
		ck_assert_uint_eq(turn[i], plans[_i].turn[i]);
}
END_TEST

static struct tandem_ear_arrival heard(double lag_frames, double sigma_frames)
{
	return (struct tandem_ear_arrival){
		.verdict = TANDEM_EAR_HEARD,
		.lag_frames = lag_frames,
		.sigma_frames = sigma_frames,
		.inverted = true,
		.polarity_quality = 0.5,
		.level_db = -20.0,
	};
}

START_TEST(findings_are_weighed_by_their_sigma)
{
	struct tandem_tally t = { 0 };
	const struct tandem_ear_arrival good = heard(4800.0, 1.0),
					bad = heard(4810.0, 10.0);
	struct tandem_tally_sum sum;

	ck_assert(!tandem_tally_sum(&t, &sum));
	tandem_tally_add(&t, &good, 48000);
	tandem_tally_add(&t, &bad, 48000);
	ck_assert(tandem_tally_sum(&t, &sum));
	ck_assert_double_eq_tol(sum.late_ms, 100.0 + 10.0 / 101.0 / 48.0, 1e-9);
	ck_assert_double_eq_tol(sum.sigma_ms, 1.0 / 48.0 / sqrt(1.01), 1e-9);
	ck_assert_double_eq_tol(sum.votes_inverted, 0.5, 1e-9);
	ck_assert_double_eq_tol(sum.level_db, -20.0, 1e-9);
	ck_assert(!tandem_tally_is_full(&t));
}
END_TEST

START_TEST(findings_that_differ_more_than_they_claim_widen_sigma)
{
	struct tandem_tally t = { 0 };
	struct tandem_tally_sum sum;

	for (int i = 0; i < TANDEM_TALLY_LAST; i++) {
		const struct tandem_ear_arrival a = heard(i % 2 ? 4805.0 : 4795.0, 1.0);

		tandem_tally_add(&t, &a, 48000);
	}
	ck_assert(tandem_tally_is_full(&t));
	ck_assert(tandem_tally_sum(&t, &sum));
	ck_assert_double_eq_tol(sum.late_ms, 100.0, 1e-9);
	/* rms 5 frames about the mean, of ten with one degree of freedom less */
	ck_assert_double_eq_tol(sum.sigma_ms, 5.0 / 3.0 / 48.0, 1e-9);
}
END_TEST

START_TEST(old_findings_and_other_verdicts_do_not_count)
{
	struct tandem_tally t = { 0 };
	const struct tandem_ear_arrival before = heard(1000.0, 1.0),
					now = heard(4800.0, 1.0);
	const struct tandem_ear_arrival echo = { .verdict = TANDEM_EAR_ECHO };
	const struct tandem_ear_arrival noisy = { .verdict = TANDEM_EAR_NOISY };
	struct tandem_tally_sum sum;

	tandem_tally_add(&t, &before, 48000);
	ck_assert_int_eq(tandem_tally_trouble(&t), TANDEM_EAR_HEARD);
	for (int i = 0; i < TANDEM_TALLY_LAST; i++)
		tandem_tally_add(&t, &now, 48000);
	tandem_tally_add(&t, &noisy, 48000);
	tandem_tally_add(&t, &echo, 48000);
	tandem_tally_add(&t, &echo, 48000);
	ck_assert(tandem_tally_sum(&t, &sum));
	ck_assert_double_eq_tol(sum.late_ms, 100.0, 1e-9);
	ck_assert_int_eq(tandem_tally_trouble(&t), TANDEM_EAR_ECHO);
}
END_TEST

/* A millisecond less than nothing, in whatever type PipeWire has for it. */
#define MINUS_MS ((__typeof__(((struct spa_latency_info *)0)->min_ns))-1000000)
#define SAYS(...) SPA_LATENCY_INFO(SPA_DIRECTION_OUTPUT, __VA_ARGS__)

static const struct {
	struct spa_latency_info says;
	double own_s; /* in cycles of 1024 frames at 48 kHz */
} says[] = {
	{ SAYS(.min_ns = 0), 0.0 },
	{ SAYS(.min_ns = 250000000, .max_ns = 250000000), 0.25 },
	/* a sound card: a cycle, and headroom */
	{ SAYS(.min_quantum = 1.0f, .max_quantum = 1.0f, .min_rate = 48, .max_rate = 48),
			1072.0 / 48e3 },
	{ SAYS(.min_quantum = 0.5f, .max_quantum = 1.5f, .min_rate = 0, .max_rate = 96),
			1072.0 / 48e3 },
	{ SAYS(.max_ns = 6000000), 0.003 },
	/* by hand, less than nothing: of a cycle something is left, alone it cannot be */
	{ SAYS(.min_quantum = 1.0f, .max_quantum = 1.0f, .min_ns = MINUS_MS,
			  .max_ns = MINUS_MS),
			1024.0 / 48e3 - 1e-3 },
	{ SAYS(.min_ns = MINUS_MS, .max_ns = MINUS_MS), 0.0 },
	{ SAYS(.min_rate = -48, .max_rate = -48), 0.0 },
	{ SAYS(.min_quantum = NAN, .max_quantum = 1.0f), 0.0 },
	{ SAYS(.min_quantum = INFINITY, .max_quantum = INFINITY), 0.0 },
};

START_TEST(a_microphone_says_what_it_adds)
{
	ck_assert_double_eq_tol(tandem_mic_own_s(&says[_i].says, 1024, 48000),
			says[_i].own_s, 1e-9);
}
END_TEST

START_TEST(what_it_adds_is_taken_off_all_or_nobody)
{
	struct tandem_ear_finding f = { .of = { heard(4800.0, 1.0), heard(6000.0, 1.0),
							{ .verdict = TANDEM_EAR_NOISY } } };

	ck_assert_double_eq(tandem_mic_take_off(&f, 3, 4800.0), 0.0);
	ck_assert_double_eq(f.of[0].lag_frames, 4800.0);
	ck_assert_double_eq(f.of[1].lag_frames, 6000.0);
	ck_assert_double_eq(tandem_mic_take_off(&f, 3, 4799.0), 4799.0);
	ck_assert_double_eq(f.of[0].lag_frames, 1.0);
	ck_assert_double_eq(f.of[1].lag_frames, 1201.0);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("tandemctl listens");
	TCase *const c = tcase_create("pure");

	tcase_add_loop_test(c, a_plain_microphone_listens, 0,
			(int)TANDEM_ARRAY_LEN(choices));
	tcase_add_loop_test(c, those_who_cannot_be_told_apart_take_turns, 0,
			(int)TANDEM_ARRAY_LEN(plans));
	tcase_add_loop_test(c, a_microphone_says_what_it_adds, 0,
			(int)TANDEM_ARRAY_LEN(says));
	tcase_add_test(c, what_it_adds_is_taken_off_all_or_nobody);
	tcase_add_test(c, findings_are_weighed_by_their_sigma);
	tcase_add_test(c, findings_that_differ_more_than_they_claim_widen_sigma);
	tcase_add_test(c, old_findings_and_other_verdicts_do_not_count);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
