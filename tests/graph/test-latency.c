/* SPDX-License-Identifier: MIT
 *
 * The port's Latency param in the direction that upstream sets, and what is refused.
 */
#include <check.h>
#include <errno.h>
#include <math.h>

#include <spa/param/latency-utils.h>
#include <spa/pod/builder.h>

#include "rig.h"
#include "suite.h"

static struct rig rig;

static void set_up(void)
{
	tandem_rig_init(&rig);
}

static void tear_down(void)
{
	tandem_rig_finish(&rig);
}

/* What the port answers: how many params, and the one of each direction. */
struct found {
	int n;
	struct spa_latency_info info[2];
};

static void on_result(void *data, int seq, int res, uint32_t type, const void *result)
{
	const struct spa_result_node_params *const p = result;
	struct found *f = data;
	struct spa_latency_info info;

	(void)seq;
	(void)res;
	(void)type;
	ck_assert_int_ge(spa_latency_parse(p->param, &info), 0);
	f->info[info.direction] = info;
	f->n++;
}

static struct found ask(void)
{
	static const struct spa_node_events events = { SPA_VERSION_NODE_EVENTS,
		.result = on_result };
	struct found f = { 0 };
	struct spa_hook hook = { 0 };

	spa_node_add_listener(rig.node, &hook, &events, &f);
	spa_node_port_enum_params(rig.node, 1, SPA_DIRECTION_INPUT, 0, SPA_PARAM_Latency, 0,
			UINT32_MAX, NULL);
	spa_hook_remove(&hook);
	return f;
}

static int set_latency(const struct spa_pod *param)
{
	return spa_node_port_set_param(rig.node, SPA_DIRECTION_INPUT, 0, SPA_PARAM_Latency,
			0, param);
}

static void expect_upstream(float quantum, uint32_t rate, uint64_t ns)
{
	const struct found f = ask();
	const struct spa_latency_info *const up = &f.info[SPA_DIRECTION_OUTPUT];

	ck_assert_int_eq(f.n, 2);
	ck_assert_uint_eq(f.info[SPA_DIRECTION_INPUT].min_ns, 145000000);
	ck_assert_float_eq(up->max_quantum, quantum);
	ck_assert_uint_eq(up->max_rate, rate);
	ck_assert_uint_eq(up->max_ns, ns);
}

START_TEST(upstream_says_its_latency)
{
	const struct spa_latency_info said = SPA_LATENCY_INFO(SPA_DIRECTION_OUTPUT,
			.min_quantum = 1.0f, .max_quantum = 2.0f, .min_rate = 64,
			.max_rate = 128, .min_ns = 1000, .max_ns = 7000000);
	const struct spa_latency_info ours =
			SPA_LATENCY_INFO(SPA_DIRECTION_INPUT, .max_ns = 9);
	struct spa_pod_builder b;
	uint8_t buffer[512];

	expect_upstream(0.0f, 0, 0);
	spa_pod_builder_init(&b, buffer, sizeof(buffer));
	ck_assert_int_eq(set_latency(spa_latency_build(&b, SPA_PARAM_Latency, &said)), 0);
	expect_upstream(2.0f, 128, 7000000);
	spa_pod_builder_init(&b, buffer, sizeof(buffer));
	ck_assert_int_eq(set_latency(spa_latency_build(&b, SPA_PARAM_Latency, &ours)),
			-EINVAL);
	expect_upstream(2.0f, 128, 7000000);
	ck_assert_int_eq(set_latency(NULL), 0);
	expect_upstream(0.0f, 0, 0);
}
END_TEST

static const struct spa_pod *make_malformed(struct spa_pod_builder *b, int which)
{
	const uint32_t key =
			which < 3 ? SPA_PARAM_LATENCY_maxNs : SPA_PARAM_LATENCY_maxQuantum;
	struct spa_pod_frame f;

	if (which == 6) { /* of another kind */
		return spa_pod_builder_add_object(b, SPA_TYPE_OBJECT_ParamProcessLatency,
				SPA_PARAM_Latency, SPA_PARAM_LATENCY_direction,
				SPA_POD_Id(SPA_DIRECTION_OUTPUT));
	}
	if (which == 7) /* no object at all */
		return spa_pod_builder_deref(b, (spa_pod_builder_int(b, 5), 0));
	spa_pod_builder_push_object(b, &f, SPA_TYPE_OBJECT_ParamLatency, SPA_PARAM_Latency);
	if (which != 5) { /* 5: without a direction */
		spa_pod_builder_prop(b, SPA_PARAM_LATENCY_direction, 0);
		spa_pod_builder_id(b, which == 4 ? 2 : SPA_DIRECTION_OUTPUT);
	}
	spa_pod_builder_prop(b, key, 0);
	switch (which) {
	case 0:
		spa_pod_builder_long(b, -1);
		break;
	case 1:
		spa_pod_builder_string(b, "12 ms");
		break;
	case 2:
		spa_pod_builder_int(b, 12); /* a Long by rights */
		break;
	default:
		spa_pod_builder_float(b, which == 3 ? NAN : 1.0f);
		break;
	}
	return spa_pod_builder_pop(b, &f);
}

START_TEST(malformed_latencies_change_nothing)
{
	const struct spa_latency_info said = SPA_LATENCY_INFO(SPA_DIRECTION_OUTPUT,
			.max_quantum = 2.0f, .max_rate = 128, .max_ns = 7000000);
	struct spa_pod_builder b;
	uint8_t buffer[512];

	spa_pod_builder_init(&b, buffer, sizeof(buffer));
	ck_assert_int_eq(set_latency(spa_latency_build(&b, SPA_PARAM_Latency, &said)), 0);
	spa_pod_builder_init(&b, buffer, sizeof(buffer));
	ck_assert_int_eq(set_latency(make_malformed(&b, _i)), -EINVAL);
	expect_upstream(2.0f, 128, 7000000);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("latency");
	TCase *const c = tcase_create("graph");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, upstream_says_its_latency);
	tcase_add_loop_test(c, malformed_latencies_change_nothing, 0, 8);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
