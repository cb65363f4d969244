/* SPDX-License-Identifier: MIT
 *
 * Crowded air: a link that carries less than was planned, and what both boxes play of it.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>

#include "pair.h"
#include "suite.h"

#define FROM_S 10.0
#define TO_S 30.0
#define BACK_S 10.0
#define PACKET_S (640.0 / 48e3)
#define TICK_S 1e-3

static struct pair_config crowded(double left, double right)
{
	return (struct pair_config){
		.box = { { .type = TANDEM_BOX_T1, .delay_s = 0.150, .seed = 1 },
				{ .type = TANDEM_BOX_T1, .delay_s = 0.150, .seed = 2 } },
		.reports = PAIR_STATIC,
		.link_packets = 4,
		.crowd = { left, right },
		.crowd_from_s = FROM_S,
		.crowd_to_s = TO_S,
	};
}

struct seen {
	double least;     /* share in use */
	double longest_s; /* that the two were not on the same step */
	double back_s;    /* when it was the whole again, for good */
	uint32_t changes;
	uint32_t most; /* packets on their way */
	double mean;   /* share, while it is crowded */
};

static struct seen run(struct pair *p, double until_s)
{
	struct seen seen = { .least = 1.0 };
	double same_s = 0.0, before = 1.0, n = 0.0;

	while (tandem_pair_time_s(p) < until_s) {
		double share[2];

		tandem_pair_run(p, TICK_S);
		for (int i = 0; i < 2; i++) {
			const struct tandem_speaker_stats st = tandem_pair_stats(p, i);

			share[i] = st.share;
			seen.least = fmin(seen.least, st.share);
			if (st.most_queue_packets > seen.most)
				seen.most = st.most_queue_packets;
		}
		if (share[0] == share[1])
			same_s = tandem_pair_time_s(p);
		seen.longest_s = fmax(seen.longest_s, tandem_pair_time_s(p) - same_s);
		seen.changes += share[0] != before;
		if (share[0] < 1.0 || share[1] < 1.0)
			seen.back_s = tandem_pair_time_s(p);
		before = share[0];
		if (tandem_pair_time_s(p) > FROM_S && tandem_pair_time_s(p) <= TO_S)
			seen.mean += (share[0] - seen.mean) / ++n;
	}
	return seen;
}

static const struct {
	const char *name;
	double left, right;
} crowds[] = {
	{ "one link at 70 %", 0.70, 1.0 },
	{ "the other one at 70 %", 1.0, 0.70 },
	{ "both links at 70 %", 0.70, 0.70 },
	{ "one at 90 %, one at 80 %", 0.90, 0.80 },
	{ "one link at 60 %", 1.0, 0.60 },
};

START_TEST(nothing_is_left_out)
{
	const struct pair_config config = crowded(crowds[_i].left, crowds[_i].right);
	const double worst = fmin(config.crowd[0], config.crowd[1]);
	struct pair *p = tandem_pair_new(&config);
	const struct seen seen = run(p, TO_S + BACK_S + 5.0);
	const struct pair_skew k = tandem_pair_skew(p, 2.0, TO_S + BACK_S + 4.0);

	printf("%-26s mean %.2f, least %.2f, %u changes, apart %.1f ms, %u on the way, "
	       "back %.1f s\n",
			crowds[_i].name, seen.mean, seen.least, seen.changes,
			seen.longest_s * 1e3, seen.most, seen.back_s - TO_S);
	for (int i = 0; i < 2; i++) {
		const struct tandem_speaker_stats st = tandem_pair_stats(p, i);

		ck_assert_uint_eq(st.skipped, 0);
		ck_assert_uint_eq(tandem_pair_underruns(p, i), 0);
		ck_assert_double_eq(st.share, 1.0);
	}
	ck_assert_uint_eq(k.missing, 0);
	ck_assert_double_lt(seen.least, worst);
	ck_assert_double_le(seen.longest_s, PACKET_S + 2.0 * TICK_S);
	ck_assert_double_le(seen.back_s - TO_S, BACK_S);
	ck_assert_uint_le(seen.most, TANDEM_FLIGHT_LIMIT);
	tandem_pair_free(p);
}
END_TEST

/* The other one has its whole sound again while the dead one is still dead. */
START_TEST(a_dead_link_drags_nobody_down)
{
	const struct pair_config config = crowded(0.0, 1.0);
	struct pair *p = tandem_pair_new(&config);
	struct seen seen = run(p, FROM_S + BACK_S);

	printf("%-26s least %.2f, back %.1f s after it died\n", "one link dead", seen.least,
			seen.back_s - FROM_S);
	ck_assert_double_le(seen.back_s - FROM_S, BACK_S);
	ck_assert_double_eq(tandem_pair_stats(p, 1).share, 1.0);
	seen = run(p, TO_S + 5.0);
	ck_assert_double_eq(seen.least, 1.0);
	ck_assert_uint_eq(tandem_pair_stats(p, 1).skipped, 0);
	ck_assert_uint_eq(tandem_pair_underruns(p, 1), 0);
	ck_assert_uint_gt(tandem_pair_stats(p, 0).skipped, 1400); /* of 1500 in 20 s */
	ck_assert_uint_lt(tandem_pair_stats(p, 0).skipped, 1510); /* and none since */
	tandem_pair_free(p);
}
END_TEST

/* It takes no more for getting less: its queue says nothing of the air. */
START_TEST(a_full_box_is_not_crowded_air)
{
	struct pair_config config = crowded(1.0, 1.0);
	struct pair *p;
	struct seen seen;

	config.box[0] = (struct tandem_box_config){
		.type = TANDEM_BOX_T2, .delay_s = 0.150, .drift_ppm = -200.0, .seed = 1
	};
	config.full_s = 0.120;
	p = tandem_pair_new(&config);
	seen = run(p, 1000.0);
	printf("%-26s least %.2f, %u changes in 1000 s\n", "a full box", seen.least,
			seen.changes);
	tandem_pair_free(p);
	ck_assert_uint_le(seen.changes, 12);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("crowd");
	TCase *const c = tcase_create("virtual time");

	tcase_set_timeout(c, 300);
	tcase_add_loop_test(c, nothing_is_left_out, 0, TANDEM_ARRAY_LEN(crowds));
	tcase_add_test(c, a_dead_link_drags_nobody_down);
	tcase_add_test(c, a_full_box_is_not_crowded_air);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
