/* SPDX-License-Identifier: MIT
 *
 * What tools/demo shows in ten minutes, in seconds: the whole sending side before the
 * boxes of tools/speaker, with reports, a microphone or a memory.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>

#include "pair.h"
#include "suite.h"

#define T1 TANDEM_BOX_T1
#define T2 TANDEM_BOX_T2
#define DEADBAND TANDEM_BOX_DEADBAND

#define TONE_HZ 3000.0
#define MAX_FM_PPM 120.0

static struct pair_config boxes(enum tandem_box_type left, enum tandem_box_type right,
		enum pair_reports reports)
{
	return (struct pair_config){
		.box = { { .type = left, .delay_s = 0.150, .drift_ppm = 80.0, .seed = 1 },
				{ .type = right,
						.delay_s = 0.150,
						.drift_ppm = -60.0,
						.seed = 2 } },
		.reports = reports,
	};
}

static void check_played(const struct pair *p)
{
	for (int i = 0; i < 2; i++)
		ck_assert_uint_eq(tandem_pair_underruns(p, i), 0);
}

/* Which is also printed. */
static struct pair_skew skew_of(const struct pair *p, const char *what, double from_s,
		double to_s)
{
	const struct pair_skew k = tandem_pair_skew(p, from_s, to_s);

	printf("%-28s mean %+.4f ms, std %.4f, max %.4f about it\n", what, k.mean_ms,
			k.std_ms, k.max_ms);
	return k;
}

static void say_moves(const char *what, const struct fm_moves *m)
{
	printf("%-28s fm mean %+.3f ppm, rms %.3f, peak %.3f\n", what, m->mean_ppm,
			m->rms_ppm, m->peak_ppm);
}

static const struct {
	const char *name;
	enum tandem_box_type type[2];
	double std_ms, max_ms;
} reporting[] = {
	{ "t2, dynamic reports", { T2, T2 }, 0.4, 1.0 },
	{ "deadband, dynamic reports", { DEADBAND, DEADBAND }, 0.4, 1.0 },
	{ "t1 and t2, dynamic reports", { T1, T2 }, 0.4, 1.0 },
};

START_TEST(reports_keep_them_together)
{
	const struct pair_config config =
			boxes(reporting[_i].type[0], reporting[_i].type[1], PAIR_DYNAMIC);
	struct pair *p = tandem_pair_new(&config);
	struct pair_skew k;

	tandem_pair_run(p, 601.0);
	k = skew_of(p, reporting[_i].name, 300.0, 600.0);
	check_played(p);
	ck_assert_uint_eq(k.missing, 0);
	ck_assert_double_le(k.std_ms, reporting[_i].std_ms);
	ck_assert_double_le(k.max_ms, reporting[_i].max_ms);
	for (int i = 0; i < 2; i++) {
		const struct tandem_clock_state c = tandem_pair_state(p, i);

		if (reporting[_i].type[i] != T2)
			continue;
		ck_assert_int_eq(c.class, TANDEM_CLASS_FREE);
		ck_assert_double_eq_tol(c.drift_ppm, config.box[i].drift_ppm, 4.0);
	}
	tandem_pair_free(p);
}
END_TEST

START_TEST(a_box_that_follows_is_left_alone)
{
	struct pair_config config = boxes(T1, T1, PAIR_STATIC);
	struct pair *p;
	struct pair_skew k;

	config.box[0].drift_ppm = 40.0;
	config.box[0].delay_s = 0.120;
	config.box[1].drift_ppm = -40.0;
	config.box[1].delay_s = 0.180;
	p = tandem_pair_new(&config);
	tandem_pair_run(p, 301.0);
	k = skew_of(p, "t1, static reports", 5.0, 300.0);
	check_played(p);
	ck_assert_double_le(hypot(k.mean_ms, k.std_ms), 0.1);
	for (int i = 0; i < 2; i++) {
		ck_assert(isnan(tandem_pair_state(p, i).drift_ppm));
		ck_assert_double_eq(tandem_pair_state(p, i).pace_ppm, 0.0);
		ck_assert_uint_eq(tandem_pair_state(p, i).jumps, 0);
	}
	tandem_pair_free(p);
}
END_TEST

START_TEST(a_memory_is_believed)
{
	struct pair_config config = boxes(T2, T2, PAIR_DYNAMIC);
	struct tandem_memory memory[2];
	struct pair *p;
	struct pair_skew k;

	for (int i = 0; i < 2; i++) {
		memory[i] = (struct tandem_memory){ .class = TANDEM_CLASS_FREE,
			.drift_ppm = config.box[i].drift_ppm,
			.drift_sigma_ppm = 1.0,
			.latency_s = config.box[i].delay_s + (640.0 + 73.0) / 48e3,
			.bias_sigma_s = 0.2e-3,
			.spread_s = 1e-3,
			.calibrations = 3,
			.reports_move = true };
		config.memory[i] = &memory[i];
	}
	p = tandem_pair_new(&config);
	tandem_pair_run(p, 601.0);
	k = skew_of(p, "t2, calibrated", 60.0, 600.0);
	check_played(p);
	ck_assert_double_le(k.std_ms, 0.15);
	ck_assert_double_le(fabs(k.mean_ms), 0.3);
	tandem_pair_free(p);
}
END_TEST

START_TEST(a_step_is_found_and_undone)
{
	struct pair_config config = boxes(T2, T2, PAIR_DYNAMIC);
	struct pair *p;
	struct pair_skew before, after;

	config.box[0].step_s = 0.060;
	config.box[0].step_at_s = 350.0;
	p = tandem_pair_new(&config);
	tandem_pair_run(p, 358.0); /* two reports later */
	ck_assert_uint_ge(tandem_pair_state(p, 0).steps, 1);
	tandem_pair_run(p, 243.0);
	before = skew_of(p, "t2, before a step of 60 ms", 300.0, 349.0);
	after = skew_of(p, "t2, ten reports after it", 350.0 + 31.0, 600.0);
	ck_assert_double_le(fabs(after.mean_ms - before.mean_ms), 1.0);
	ck_assert_double_le(after.std_ms, 0.4);
	ck_assert_double_le(after.max_ms, 1.0);
	tandem_pair_free(p);
}
END_TEST

static const double ages_s[] = { 0.0, 0.5 }; /* of what the microphone tells; chosen */

START_TEST(a_microphone_hears_better)
{
	struct pair_config config = boxes(T2, T2, PAIR_SILENT);
	struct pair *p;
	struct pair_skew k;

	config.box[0].delay_s = 0.120;
	config.box[1].delay_s = 0.180;
	config.ear_s = 1.0;
	config.ear_old_s = ages_s[_i];
	p = tandem_pair_new(&config);
	tandem_pair_run(p, 601.0);
	k = skew_of(p, "t2, microphone", 120.0, 600.0);
	check_played(p);
	ck_assert_double_le(hypot(k.mean_ms, k.std_ms), 0.03);
	k = tandem_pair_skew(p, 25.0, 120.0);
	ck_assert_double_le(fabs(k.mean_ms) + k.max_ms, 1.0);
	tandem_pair_free(p);
}
END_TEST

static const struct {
	const char *name;
	enum pair_reports reports;
	double ear_s;
} steady[] = {
	{ "t2 tone, dynamic reports", PAIR_DYNAMIC, 0.0 },
	{ "t2 tone, microphone", PAIR_SILENT, 1.0 },
	{ "t2 tone, both", PAIR_DYNAMIC, 1.0 },
};

#define SEEDS 3

/* A steady tone on boxes that warm up and wander. What is counted is the pitch as it is
 * heard, against what the graph played: what we add, and what is left of the error of the
 * box's own clock, which we are to take away. */
START_TEST(a_tone_stays_where_it_is)
{
	const int kind = _i / SEEDS, seed = _i % SEEDS;
	struct pair_config config = boxes(T2, T2, steady[kind].reports);
	uint64_t jumps[2];
	struct pair *p;

	for (int i = 0; i < 2; i++) {
		config.box[i].warmup_ppm = 6.0;
		config.box[i].wander_ppm = 0.4;
		config.box[i].seed = 1 + 2 * (uint64_t)seed + (uint64_t)i;
	}
	config.ear_s = steady[kind].ear_s;
	config.tone_hz = TONE_HZ;
	p = tandem_pair_new(&config);
	tandem_pair_run(p, 60.0);
	for (int i = 0; i < 2; i++)
		jumps[i] = tandem_pair_state(p, i).jumps;
	tandem_pair_run(p, 241.0);
	check_played(p);
	for (int i = 0; i < 2; i++) {
		const struct fm_moves m = tandem_pair_fm(p, i, 60.0, 300.0);

		say_moves(steady[kind].name, &m);
		ck_assert_uint_eq(m.windows, 2399);
		ck_assert_double_le(m.peak_ppm, MAX_FM_PPM);
		ck_assert_uint_eq(tandem_pair_state(p, i).jumps, jumps[i]);
	}
	tandem_pair_free(p);
}
END_TEST

/* The same chain with nothing to do, and with a tone that moves by more than is allowed. */
START_TEST(a_tone_that_moves_is_heard_to_move)
{
	struct pair_config config = boxes(T2, T2, PAIR_STATIC);
	const double fed_ppm = _i == 0 ? 0.0 : 150.0;
	struct fm_moves m;
	struct pair *p;

	config.box[0].drift_ppm = 0.0;
	config.tone_hz = TONE_HZ;
	config.tone_fm_ppm = fed_ppm;
	p = tandem_pair_new(&config);
	tandem_pair_run(p, 81.0);
	m = tandem_pair_fm(p, 0, 60.0, 80.0);
	say_moves(_i == 0 ? "no fm" : "150 ppm of fm", &m);
	ck_assert_uint_eq(m.windows, 199);
	ck_assert_double_eq_tol(m.peak_ppm, fed_ppm, _i == 0 ? 0.05 : 3.0);
	ck_assert_double_eq_tol(m.rms_ppm, fed_ppm / sqrt(2.0), _i == 0 ? 0.05 : 2.0);
	/* a box that nobody corrects plays at its own pitch */
	m = tandem_pair_fm(p, 1, 60.0, 80.0);
	ck_assert_double_eq_tol(m.mean_ppm, config.box[1].drift_ppm, 1.0);
	tandem_pair_free(p);
}
END_TEST

/* One that lets no more in than it plays shows its clock by that: before the first packet
 * had to be left out it was paced. */
START_TEST(a_full_box_shows_its_clock)
{
	struct pair_config config = boxes(T2, T1, PAIR_SILENT);
	struct pair *p;
	struct pair_skew k;

	config.box[0].drift_ppm = -60.0;
	config.link_packets = 1;
	config.full_s = 0.120;
	p = tandem_pair_new(&config);
	tandem_pair_run(p, 1201.0);
	k = skew_of(p, "t2, full, no reports", 600.0, 1200.0);
	check_played(p);
	ck_assert_uint_eq(tandem_pair_stats(p, 0).skipped, 0);
	ck_assert_int_eq(tandem_pair_state(p, 0).class, TANDEM_CLASS_FREE);
	ck_assert_double_eq_tol(tandem_pair_state(p, 0).drift_ppm, -60.0, 2.0);
	ck_assert_double_le(k.std_ms, 0.15);
	ck_assert_int_ne(tandem_pair_state(p, 1).class, TANDEM_CLASS_FREE);
	tandem_pair_free(p);
}
END_TEST

/* Packets that wait, and some that are left out, say nothing of a clock then. */
START_TEST(a_bad_radio_moves_nothing)
{
	struct pair_config config = boxes(T1, T1, PAIR_STATIC);
	struct pair *p;

	config.link_packets = 1;
	config.jam_s = 0.013;
	p = tandem_pair_new(&config);
	tandem_pair_run(p, 301.0);
	for (int i = 0; i < 2; i++) {
		const struct tandem_clock_state c = tandem_pair_state(p, i);

		printf("a bad radio: %llu left out of %llu, %llu jumps\n",
				(unsigned long long)tandem_pair_stats(p, i).skipped,
				(unsigned long long)tandem_pair_stats(p, i).packets,
				(unsigned long long)c.jumps);
		ck_assert_uint_gt(tandem_pair_stats(p, i).skipped, 10);
		ck_assert_uint_eq(c.jumps, 0);
		ck_assert_uint_eq(c.steps, 0);
		ck_assert_double_le(fabs(c.content_ppm), 1e-3);
		ck_assert_double_eq(c.pace_ppm, 0.0);
	}
	tandem_pair_free(p);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("whole");
	TCase *const c = tcase_create("virtual time");

	tcase_set_timeout(c, 300);
	tcase_add_loop_test(c, reports_keep_them_together, 0, TANDEM_ARRAY_LEN(reporting));
	tcase_add_test(c, a_box_that_follows_is_left_alone);
	tcase_add_test(c, a_memory_is_believed);
	tcase_add_test(c, a_step_is_found_and_undone);
	tcase_add_loop_test(c, a_microphone_hears_better, 0, TANDEM_ARRAY_LEN(ages_s));
	tcase_add_loop_test(c, a_tone_stays_where_it_is, 0,
			SEEDS * TANDEM_ARRAY_LEN(steady));
	tcase_add_loop_test(c, a_tone_that_moves_is_heard_to_move, 0, 2);
	tcase_add_test(c, a_full_box_shows_its_clock);
	tcase_add_test(c, a_bad_radio_moves_nothing);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
