/* SPDX-License-Identifier: MIT
 *
 * The plugin as PipeWire sees it, and as the module does.
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include <spa/param/audio/format.h>
#include <spa/param/latency-utils.h>

#include "group.h"
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

START_TEST(formats_are_checked)
{
	ck_assert_int_eq(tandem_rig_command(&rig, SPA_NODE_COMMAND_Start), -EIO);
	ck_assert_int_eq(tandem_rig_set_format(&rig, 96000), -EINVAL);
	ck_assert_int_eq(tandem_rig_set_format(&rig, 0), 0);
	ck_assert_int_eq(spa_node_port_use_buffers(rig.node, SPA_DIRECTION_INPUT, 0, 0,
					 rig.buffer_list, RIG_N_BUFFERS),
			-EIO);
	ck_assert_int_eq(tandem_rig_set_format(&rig, 44100), 0);
	ck_assert_int_eq(tandem_rig_set_format(&rig, 48000), 0);
	rig.buffers[1].n_datas = 1;
	ck_assert_int_eq(spa_node_port_use_buffers(rig.node, SPA_DIRECTION_INPUT, 0, 0,
					 rig.buffer_list, RIG_N_BUFFERS),
			-EINVAL);
	rig.buffers[1].n_datas = 2;
	tandem_rig_use_buffers(&rig);
	ck_assert_int_eq(spa_node_port_set_param(rig.node, SPA_DIRECTION_OUTPUT, 0,
					 SPA_PARAM_Format, 0, NULL),
			-EINVAL);
}
END_TEST

START_TEST(bad_buffers_are_refused)
{
	tandem_rig_start(&rig, 48000);
	rig.io.status = SPA_STATUS_HAVE_DATA;
	rig.io.buffer_id = RIG_N_BUFFERS;
	ck_assert_int_eq(spa_node_process(rig.node), -EINVAL);
	ck_assert_int_eq(rig.io.status, -EINVAL);
	rig.io.status = SPA_STATUS_NEED_DATA;
	ck_assert_int_eq(spa_node_process(rig.node), SPA_STATUS_NEED_DATA);
}
END_TEST

static const uint32_t quanta[] = { 32, 256, 1024, 8192 };

START_TEST(drives_without_a_speaker)
{
	int64_t first_ns;

	tandem_rig_set_quantum(&rig, quanta[_i]);
	tandem_rig_start(&rig, 48000);
	ck_assert(rig.wanted);
	tandem_rig_run(&rig, 1.0, NULL, NULL);
	ck_assert_uint_ge(rig.cycles, 48000 / quanta[_i]);
	ck_assert_uint_le(rig.cycles, 48000 / quanta[_i] + 1);
	first_ns = rig.ready_ns;
	tandem_rig_run(&rig, 10.0, NULL, NULL);
	ck_assert_int_eq((rig.ready_ns - first_ns) % (quanta[_i] * TANDEM_NS_PER_S / 48000),
			0);
	ck_assert_uint_eq(rig.clock.duration, quanta[_i]);
	ck_assert_uint_eq(rig.clock.position + quanta[_i],
			(uint64_t)rig.cycles * quanta[_i]);
	ck_assert_uint_eq(rig.xruns, 0);
	ck_assert_uint_eq(rig.status.quantum, quanta[_i]);
	ck_assert(rig.status.driving);
}
END_TEST

START_TEST(quantum_changes_while_running)
{
	tandem_rig_start(&rig, 48000);
	for (size_t i = 0; i < SPA_N_ELEMENTS(quanta); i++) {
		uint32_t before;

		tandem_rig_set_quantum(&rig, quanta[i]);
		tandem_rig_run(&rig, 0.5, NULL, NULL);
		before = rig.cycles;
		tandem_rig_run(&rig, 1.0, NULL, NULL);
		ck_assert_uint_ge(rig.cycles - before, 48000 / quanta[i]);
		ck_assert_uint_le(rig.cycles - before, 48000 / quanta[i] + 1);
	}
	ck_assert_uint_eq(rig.status.xruns, 0);
}
END_TEST

START_TEST(a_stopped_process_leaves_out_cycles)
{
	uint32_t cycles;
	uint64_t position;

	tandem_rig_start(&rig, 48000);
	tandem_rig_run(&rig, 1.0, NULL, NULL);
	cycles = rig.cycles;
	position = rig.clock.position;
	rig.fake.now_ns += 4 * TANDEM_NS_PER_S;
	tandem_rig_run(&rig, 0.05, NULL, NULL);
	ck_assert_uint_le(rig.cycles - cycles, 4);
	ck_assert_uint_ge(rig.clock.position - position, 4 * 48000);
	ck_assert_int_lt(rig.fake.now_ns - (int64_t)rig.clock.nsec, 22 * TANDEM_NS_PER_MS);
}
END_TEST

START_TEST(follows_and_drives_by_turns)
{
	uint32_t cycles;

	tandem_rig_set_following(&rig, true);
	tandem_rig_start(&rig, 48000);
	tandem_rig_run(&rig, 1.0, NULL, NULL);
	ck_assert_uint_eq(rig.cycles, 0);
	ck_assert(!rig.status.driving);
	ck_assert_uint_eq(rig.status.quantum, 1024);
	tandem_rig_set_following(&rig, false);
	tandem_rig_run(&rig, 1.0, NULL, NULL);
	cycles = rig.cycles;
	ck_assert_uint_ge(cycles, 46);
	tandem_rig_set_following(&rig, true);
	tandem_rig_run(&rig, 1.0, NULL, NULL);
	ck_assert_uint_eq(rig.cycles, cycles);
}
END_TEST

START_TEST(pause_and_suspend)
{
	uint32_t cycles;

	ck_assert_uint_eq(rig.n_wanted, 1);
	ck_assert(!rig.wanted);
	tandem_rig_start(&rig, 48000);
	ck_assert_uint_eq(rig.n_wanted, 2);
	tandem_rig_run(&rig, 0.5, NULL, NULL);
	ck_assert_int_eq(tandem_rig_command(&rig, SPA_NODE_COMMAND_Pause), 0);
	cycles = rig.cycles;
	tandem_rig_run(&rig, 0.5, NULL, NULL);
	ck_assert_uint_eq(rig.cycles, cycles);
	ck_assert(rig.wanted); /* the stream is kept open over a pause */
	ck_assert_int_eq(tandem_rig_command(&rig, SPA_NODE_COMMAND_Suspend), 0);
	ck_assert(!rig.wanted);
	ck_assert_int_eq(tandem_rig_command(&rig, SPA_NODE_COMMAND_Start), 0);
	ck_assert(rig.wanted);
	ck_assert_uint_eq(rig.n_wanted, 4);
}
END_TEST

/* ---- params ---- */

static void on_result(void *data, int seq, int res, uint32_t type, const void *result)
{
	const struct spa_result_node_params *const p = result;
	int64_t *latency_ns = data;
	struct spa_latency_info info;

	(void)seq;
	(void)res;
	(void)type;
	if (spa_latency_parse(p->param, &info) >= 0 &&
			info.direction == SPA_DIRECTION_INPUT)
		*latency_ns = (int64_t)info.min_ns;
}

static int64_t ask_latency_ns(void)
{
	static const struct spa_node_events events = { SPA_VERSION_NODE_EVENTS,
		.result = on_result };
	struct spa_hook hook = { 0 };
	int64_t latency_ns = 0;

	spa_node_add_listener(rig.node, &hook, &events, &latency_ns);
	spa_node_port_enum_params(rig.node, 1, SPA_DIRECTION_INPUT, 0, SPA_PARAM_Latency, 0,
			UINT32_MAX, NULL);
	spa_hook_remove(&hook);
	return latency_ns;
}

START_TEST(latency_is_that_of_the_slowest)
{
	const struct tandem_observation slow = {
		.kind = TANDEM_OBSERVED_REPORT, .value_s = 0.18, .sigma_s = 1e-3
	};
	const struct tandem_observation same = {
		.kind = TANDEM_OBSERVED_REPORT, .value_s = 0.1804, .sigma_s = 1e-3
	};
	const double wanted_s = TANDEM_MARGIN_S + TANDEM_ALIGN_SPARE_S + 0.18 +
				(640.0 + 73.0) / 48000.0;
	int64_t told;
	int fd;

	ck_assert_int_eq(ask_latency_ns(), 145000000);
	tandem_rig_start(&rig, 48000);
	fd = tandem_rig_attach(&rig, 0);
	tandem_group_call(rig.door, observe, 0, &slow);
	tandem_rig_run(&rig, 1.0, NULL, NULL);
	told = ask_latency_ns();
	ck_assert_int_le(llabs(told - (int64_t)(wanted_s * 1e9)), 1000);
	tandem_group_call(rig.door, observe, 0,
			&same); /* 0.4 ms: nobody should chase that */
	tandem_rig_run(&rig, 1.0, NULL, NULL);
	ck_assert_int_eq(ask_latency_ns(), told);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("node");
	TCase *const c = tcase_create("graph");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 120);
	tcase_add_test(c, formats_are_checked);
	tcase_add_test(c, bad_buffers_are_refused);
	tcase_add_loop_test(c, drives_without_a_speaker, 0, SPA_N_ELEMENTS(quanta));
	tcase_add_test(c, quantum_changes_while_running);
	tcase_add_test(c, a_stopped_process_leaves_out_cycles);
	tcase_add_test(c, follows_and_drives_by_turns);
	tcase_add_test(c, pause_and_suspend);
	tcase_add_test(c, latency_is_that_of_the_slowest);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
