/* SPDX-License-Identifier: MIT
 *
 * What a microphone heard, told from outside by the node's Props; what all observers told,
 * for a log.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spa/pod/builder.h>

#include "props.h"
#include "suite.h"

static struct rig rig;

/* What the module would log. */
static struct {
	struct tandem_observation seen[64];
	uint32_t n;
	uint32_t queues; /* not among them */
	uint64_t lost;
	struct spa_hook hook;
} logged[2];

static void on_observed(void *data, uint32_t slot, const struct tandem_observation *seen,
		uint32_t n_seen, uint64_t lost)
{
	(void)data;
	ck_assert_uint_lt(slot, 2);
	ck_assert_uint_le(logged[slot].n + n_seen, TANDEM_ARRAY_LEN(logged[0].seen));
	for (uint32_t i = 0; i < n_seen; i++) {
		/* the radio's part comes by the clock, not by anybody's word */
		if (seen[i].kind == TANDEM_OBSERVED_QUEUE) {
			logged[slot].queues++;
		} else {
			logged[slot].seen[logged[slot].n++] = seen[i];
		}
	}
	logged[slot].lost += lost;
}

static void listen_to_it(void)
{
	static const struct tandem_group_events events = {
		.version = TANDEM_VERSION_GROUP_EVENTS, .observed = on_observed
	};

	tandem_group_call(rig.door, add_listener, &logged[0].hook, &events, NULL);
}

static void check_told(uint32_t slot, const enum tandem_observed *kinds, uint32_t n)
{
	ck_assert_uint_eq(logged[slot].n, n);
	for (uint32_t i = 0; i < n; i++)
		ck_assert_int_eq(logged[slot].seen[i].kind, kinds[i]);
}

static void set_up(void)
{
	tandem_rig_init(&rig);
}

static void tear_down(void)
{
	tandem_rig_finish(&rig);
}

static void set_text(const char *key, const char *text)
{
	uint8_t space[256];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(space, sizeof(space));

	spa_pod_builder_string(&b, text);
	tandem_props_set(&rig, key, (const struct spa_pod *)space);
}

static void set_none(const char *key)
{
	const struct spa_pod none = { 0, SPA_TYPE_None };

	tandem_props_set(&rig, key, &none);
}

static double number(const char *key)
{
	return strtod(tandem_props_value(&rig, key), NULL);
}

/* A box whose latency is that, as a microphone hears it. */
static void hear_left(double latency_ms, double ago_s)
{
	char text[80];

	snprintf(text, sizeof(text), "%.6f 0.04 %lld",
			number("tandem.latency-ms") + number("speaker.left.lateness-ms") +
					latency_ms - number("speaker.left.latency-ms"),
			(long long)rig.fake.now_ns - (long long)(ago_s * 1e9));
	set_text("speaker.left.heard", text);
}

START_TEST(a_microphone_is_heard)
{
	int fds[2];

	tandem_rig_start(&rig, 48000);
	for (uint32_t i = 0; i < 2; i++)
		fds[i] = tandem_rig_attach(&rig, i);
	tandem_rig_run(&rig, 3.0, NULL, NULL);
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.left.latency-source"),
			"nothing");
	for (int i = 0; i < 10; i++) {
		hear_left(140.0, 0.25); /* as old as the status that it reads */
		ck_assert_str_eq(tandem_props_value(&rig, "tandem.mistakes"), "a mistake");
		tandem_rig_run(&rig, 1.0, NULL, NULL);
	}
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.left.latency-source"),
			"microphone");
	ck_assert_double_eq_tol(number("speaker.left.latency-ms"), 140.0, 0.05);
	ck_assert_double_lt(number("speaker.left.sigma-ms"), 0.5);
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.right.latency-source"),
			"nothing");
	ck_assert_uint_eq(rig.n_changed, 0); /* nothing to be remembered */
	close(fds[0]);
	close(fds[1]);
}
END_TEST

static void check_not_taken(const char *value, const char *why)
{
	char told[TANDEM_MISTAKES_SIZE], before[TANDEM_VALUE_SIZE];

	snprintf(before, sizeof(before), "%s",
			tandem_props_value(&rig, "speaker.left.heard"));
	set_text("speaker.left.heard", value);
	snprintf(told, sizeof(told), "a mistake\nset-param: speaker.left.heard %s", why);
	ck_assert_str_eq(tandem_props_value(&rig, "tandem.mistakes"), told);
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.left.heard"), before);
}

static bool is_remembered(void)
{
	return strcmp(tandem_props_value(&rig, "speaker.left.remembered"), "true") == 0;
}

START_TEST(what_was_heard_often_enough_is_remembered)
{
	uint32_t told = 0, n = 0;
	int fd;

	tandem_rig_start(&rig, 48000);
	fd = tandem_rig_attach(&rig, 0);
	tandem_rig_run(&rig, 3.0, NULL, NULL);
	for (; !is_remembered() && n < 30; n++) {
		hear_left(140.0, 0.25);
		told = rig.n_params_changed;
		tandem_rig_run(&rig, 1.0, NULL, NULL);
	}
	ck_assert_uint_ge(n, 20);
	ck_assert_uint_lt(n, 30);
	ck_assert_uint_gt(rig.n_params_changed, told); /* at once */
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.right.remembered"), "false");
	ck_assert_int_eq(tandem_group_call(rig.door, detach, 0), 0);
	ck_assert(!is_remembered());
	close(fd);
}
END_TEST

START_TEST(what_cannot_have_been_heard_is_told)
{
	const struct tandem_observation ear = {
		.kind = TANDEM_OBSERVED_MICROPHONE, .value_s = 0.3, .sigma_s = 1e-3
	};
	char text[80];
	int fd;

	check_not_taken("300 0.04", "is not taken: nothing plays there");
	ck_assert_int_eq(tandem_group_call(rig.door, observe, 0, &ear), -ENOTCONN);
	tandem_rig_start(&rig, 48000);
	fd = tandem_rig_attach(&rig, 0);
	tandem_rig_run(&rig, 0.3, NULL, NULL); /* still its silence */
	check_not_taken("300 0.04", "is not taken: nothing plays there");
	tandem_rig_run(&rig, 6.0, NULL, NULL);
	check_not_taken("300 0.04 1", "is not taken: stale");
	check_not_taken("300 0.04 1760000000000000000", "is not taken: from the future");
	check_not_taken("1 0.04", "is not taken: huge"); /* before it was due */
	hear_left(140.0, 0.0);
	ck_assert_str_eq(tandem_props_value(&rig, "tandem.mistakes"), "a mistake");
	snprintf(text, sizeof(text), "301 0.04 %lld", (long long)rig.fake.now_ns);
	check_not_taken(text, "is not taken: contradictory");
	set_none("speaker.left.heard");
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.left.heard"), "[ ]");
	check_not_taken("300",
			"= 300 is refused: wanted is 0 to 4000 ms, 0.01 to 200 ms, ns "
			"of CLOCK_MONOTONIC or nothing: now; it stays [ ]");
	ck_assert_int_eq(tandem_group_call(rig.door, set, 0, "heard", "300 0.04"), -EPERM);
	close(fd);
}
END_TEST

/* Each once, in order and as it came, whoever takes the speaker away meanwhile. */
START_TEST(all_that_a_clock_is_told_can_be_logged)
{
	static const enum tandem_observed kinds[] = { TANDEM_OBSERVED_TRIM,
		TANDEM_OBSERVED_DRIFT, TANDEM_OBSERVED_REPORT, TANDEM_OBSERVED_START,
		TANDEM_OBSERVED_MICROPHONE, TANDEM_OBSERVED_REPORT, TANDEM_OBSERVED_TRIM,
		TANDEM_OBSERVED_DRIFT, TANDEM_OBSERVED_REPORT, TANDEM_OBSERVED_START };
	struct tandem_observation report = {
		.kind = TANDEM_OBSERVED_REPORT, .value_s = 0.14, .sigma_s = 1e-3
	};
	int fd;

	listen_to_it();
	tandem_rig_start(&rig, 48000);
	ck_assert_int_eq(tandem_group_call(rig.door, observe, 0, &report), 0);
	fd = tandem_rig_attach(&rig, 0);
	tandem_rig_run(&rig, 6.0, NULL, NULL);
	hear_left(140.0, 0.5);
	ck_assert_int_eq(logged[0].n, 4); /* the data loop has not said it yet */
	tandem_rig_run(&rig, 1.0, NULL, NULL);
	check_told(0, kinds, 5);
	report.value_s = 0.141;
	ck_assert_int_eq(tandem_group_call(rig.door, observe, 0, &report), 0);
	ck_assert_int_eq(tandem_group_call(rig.door, detach, 0), 0);
	check_told(0, kinds, 6);
	close(fd);
	fd = tandem_rig_attach(&rig, 0);
	tandem_rig_run(&rig, 6.0, NULL, NULL);
	check_told(0, kinds, TANDEM_ARRAY_LEN(kinds));
	ck_assert_uint_eq(logged[0].lost, 0);
	ck_assert_uint_eq(logged[1].n, 0);
	logged[0].queues = 0;
	for (int i = 0; i < 40; i++) { /* faster than anybody can keep them */
		report.value_s = 0.14 + i * 1e-4;
		ck_assert_int_eq(tandem_group_call(rig.door, observe, 0, &report), 0);
	}
	tandem_rig_run(&rig, 1.0, NULL, NULL);
	ck_assert_uint_eq(logged[0].n + logged[0].queues,
			TANDEM_ARRAY_LEN(kinds) + TANDEM_SEEN);
	ck_assert_uint_eq(logged[0].lost, 40 + logged[0].queues - TANDEM_SEEN);
	ck_assert_double_eq_tol(logged[0].seen[logged[0].n - 1].value_s,
			logged[0].seen[2].value_s + 39e-4, 1e-12);
	spa_hook_remove(&logged[0].hook);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("heard");
	TCase *const c = tcase_create("heard");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 120);
	tcase_add_test(c, a_microphone_is_heard);
	tcase_add_test(c, what_was_heard_often_enough_is_remembered);
	tcase_add_test(c, what_cannot_have_been_heard_is_told);
	tcase_add_test(c, all_that_a_clock_is_told_can_be_logged);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
