/* SPDX-License-Identifier: MIT
 *
 * test-troubles [ROW]
 *
 * Each row of troubles.c: staged in the simulated BlueZ, met by the module's bus thread and
 * roster, told in a sentence, and over once its cause is; and how long is waited for BlueZ.
 * Failures name the row by its number, from 0.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fault-client.h"
#include "manager.h"
#include "patience.h"
#include "suite.h"
#include "troubles.h"

#define HASTE 10 /* the longest deadline, 40 s of a connect, is 4 s */

static void turn(void *data)
{
	const struct bench *b = data;

	if (b->bus) {
		tandem_bench_turn(data);
	} else {
		g_main_context_iteration(NULL, TRUE);
	}
}

static void stage_faults(struct bench *b, const char *const *faults, size_t n)
{
	for (size_t i = 0; i < n && faults[i]; i++)
		tandem_fault_with(b->stage.connection, faults[i], turn, b);
}

static void bring_about(struct bench *b, const struct trouble *t)
{
	stage_faults(b, t->cause, G_N_ELEMENTS(t->cause));
	if (t->stage)
		t->stage(b);
}

static bool both_idle(const struct bench *b)
{
	return tandem_bench_both(b, TANDEM_SPEAKER_CONFIGURED) ||
	       tandem_bench_both(b, TANDEM_SPEAKER_BORROWED);
}

static bool both_play(const struct bench *b)
{
	return tandem_bench_both(b, TANDEM_SPEAKER_STREAMING) && b->fds[0] >= 0 &&
	       b->fds[1] >= 0 && !b->said[0].trouble && !b->said[1].trouble;
}

static void begin(struct bench *b, const struct trouble *t)
{
	tandem_bench_await(b, 0, t->state, t->says);
	if (t->when == AT_START)
		bring_about(b, t);
	tandem_patience_divide(t->late ? HASTE : 1);
	tandem_bench_start_bus(b);
	b->hurry = true;
	if (t->when == AT_START) {
		tandem_bench_want(b, true);
		return;
	}
	UNTIL(b, both_idle(b));
	if (t->when == PLAYING) {
		tandem_bench_want(b, true);
		UNTIL(b, both_play(b));
	}
	tandem_bench_await(b, 0, t->state, t->says);
	bring_about(b, t);
}

/* The roster lives through half a minute of its own time. */
static void wait_half_a_minute(struct bench *b)
{
	const int64_t end_ns = b->ahead_ns + 30 * TANDEM_NS_PER_S;

	UNTIL(b, b->ahead_ns >= end_ns);
}

/* They stop and start as asked. BlueZ answers that after all its signals of before. */
static void stop_and_start(struct bench *b)
{
	tandem_bench_want(b, false);
	UNTIL(b, both_idle(b));
	tandem_bench_want(b, true);
	UNTIL(b, both_play(b));
}

static void end(struct bench *b, const struct trouble *t)
{
	stage_faults(b, t->cure, G_N_ELEMENTS(t->cure));
	if (t->mend)
		t->mend(b);
	if (t->end == MENDS) {
		UNTIL(b, both_play(b));
		stop_and_start(b);
		return;
	}
	tandem_bench_await(b, 0, t->state, t->says);
	wait_half_a_minute(b);
	ck_assert_msg(b->said[0].heard && !both_play(b), "%s: it mended", t->name);
}

START_TEST(a_trouble)
{
	const struct trouble *const t = &tandem_troubles[_i];
	GSubprocess *manager = NULL;
	struct bench b;

	tandem_bench_start_stage_with(&b, t->option, t->option ? 2 : 1);
	if (t->foreign)
		manager = tandem_manager_start();
	begin(&b, t);
	if (t->end == PASSES) {
		stop_and_start(&b);
		ck_assert_uint_eq(b.attached[0], 2);
	} else {
		UNTIL(&b, b.said[0].heard && (!t->met || t->met(&b)));
		if (!t->both)
			UNTIL(&b, tandem_bench_state(&b, 1) == TANDEM_SPEAKER_STREAMING);
		if (!t->both && t->when == PLAYING && t->stage != tandem_trouble_pause)
			ck_assert_uint_eq(b.attached[1], 1);
		end(&b, t);
	}
	tandem_bench_stop_bus(&b);
	if (manager)
		g_free(tandem_stage_end(manager));
	tandem_bench_stop_stage(&b);
}
END_TEST

/* BlueZ gives a speaker 6 s to start, twice when both sides have begun: we wait that long
 * and not much longer, and then let go of what may come yet. */
START_TEST(acquiring_is_given_up_after_twelve_seconds)
{
	struct bench b;
	int64_t begin_ns;

	tandem_bench_start_stage(&b);
	tandem_patience_divide(HASTE);
	tandem_bench_start_bus(&b);
	UNTIL(&b, both_idle(&b));
	tandem_fault_with(b.stage.connection, "Mute('MediaTransport1.Acquire', '')", turn,
			&b);
	tandem_bench_await(&b, 0, TANDEM_SPEAKER_RELEASING, "did not start its stream");
	begin_ns = tandem_bench_now_ns();
	tandem_bench_want(&b, true);
	UNTIL(&b, b.said[0].heard);
	ck_assert_int_ge(tandem_bench_now_ns() - begin_ns, 12 * TANDEM_NS_PER_S / HASTE);
	ck_assert_int_le(tandem_bench_now_ns() - begin_ns, 24 * TANDEM_NS_PER_S / HASTE);
	tandem_bench_stop_bus(&b);
	tandem_bench_stop_stage(&b);
}
END_TEST

/* Streams of ours are let go of before the connection closes: it waits for the answers, and
 * not for long (module/bus.c: 0.5 s). */
START_TEST(the_end_lets_go_of_streams)
{
	struct bench b;
	int64_t begin_ns;

	tandem_bench_start_stage(&b);
	tandem_bench_start_bus(&b);
	UNTIL(&b, both_idle(&b));
	tandem_bench_want(&b, true);
	UNTIL(&b, both_play(&b));
	if (_i == 1) {
		tandem_fault_with(b.stage.connection, "Mute('MediaTransport1.Release', '')",
				turn, &b);
	}
	begin_ns = tandem_bench_now_ns();
	tandem_bench_stop_bus(&b);
	if (_i == 1)
		ck_assert_int_ge(tandem_bench_now_ns() - begin_ns, 400 * TANDEM_NS_PER_MS);
	ck_assert_int_le(tandem_bench_now_ns() - begin_ns, TANDEM_NS_PER_S);
	tandem_fault(b.stage.connection, "Clear()");
	tandem_bench_stop_stage(&b);
}
END_TEST

int main(int argc, char *argv[])
{
	const bool one = argc > 1; /* a row's number */
	const int first = one ? atoi(argv[1]) : 0;
	Suite *suite;
	TCase *c;

	if (argc > 1 && strcmp(argv[1], "--manager") == 0)
		return tandem_manager_run();
	suite = suite_create("troubles");
	c = tcase_create("table");
	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, a_trouble, first, one ? first + 1 : tandem_troubles_n);
	if (!one) {
		tcase_add_test(c, acquiring_is_given_up_after_twelve_seconds);
		tcase_add_loop_test(c, the_end_lets_go_of_streams, 0, 2);
	}
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
