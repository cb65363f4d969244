/* SPDX-License-Identifier: MIT
 *
 * The node's Props and PropInfo: settings read and set as any kind of pod, mistakes told,
 * the status shown.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <spa/param/props.h>
#include <spa/pod/builder.h>
#include <spa/pod/iter.h>

#include "props.h"
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

#define SET(key, add)                                                                      \
	do {                                                                               \
		uint8_t space_[1024];                                                      \
		struct spa_pod_builder v_ = SPA_POD_BUILDER_INIT(space_, sizeof(space_));  \
		add;                                                                       \
		tandem_props_set(&rig, key, (const struct spa_pod *)space_);               \
	} while (0)
#define SET_TEXT(key, text) SET(key, spa_pod_builder_string(&v_, text))

START_TEST(every_kind_of_pod_is_a_value)
{
	static const char key[] = "speaker.left.delay-ms";

	SET_TEXT(key, "12.5");
	ck_assert_str_eq(tandem_props_value(&rig, key), "12.500000");
	SET(key, spa_pod_builder_float(&v_, 13.3f));
	ck_assert_str_eq(tandem_props_value(&rig, key), "13.300000");
	SET(key, spa_pod_builder_double(&v_, -14.0625));
	ck_assert_str_eq(tandem_props_value(&rig, key), "-14.062500");
	SET(key, spa_pod_builder_int(&v_, 15));
	ck_assert_str_eq(tandem_props_value(&rig, key), "15.000000");
	SET(key, spa_pod_builder_long(&v_, -16));
	ck_assert_str_eq(tandem_props_value(&rig, key), "-16.000000");
	SET(key, spa_pod_builder_none(&v_)); /* the default */
	ck_assert_str_eq(tandem_props_value(&rig, key), "0.000000");
	ck_assert_uint_eq(rig.n_changed, 6);
	ck_assert_int_eq(rig.changed_slot, 0);
	ck_assert_str_eq(rig.changed->key, "delay-ms");

	SET("speaker.right.mute", spa_pod_builder_bool(&v_, true));
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.right.mute"), "true");
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.right.plays"), "nothing");
	SET("speaker.right.mute", spa_pod_builder_int(&v_, 0));
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.right.plays"), "FR");
	SET("tandem.swap", spa_pod_builder_bool(&v_, true));
	ck_assert_int_eq(rig.changed_slot, -1);
	ck_assert(rig.settings.swap);
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.right.plays"), "FL");
	SET_TEXT("tandem.layout", "mono");
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.right.plays"), "FL+FR");
	ck_assert_str_eq(tandem_props_value(&rig, "tandem.mistakes"), "a mistake");
}
END_TEST

static void add_matrix(struct spa_pod_builder *b)
{
	const float first[] = { 1.0f, 0.0f }, second[] = { 0.25f, 0.5f };
	struct spa_pod_frame f;

	spa_pod_builder_push_struct(b, &f);
	spa_pod_builder_array(b, sizeof(float), SPA_TYPE_Float, 2, first);
	spa_pod_builder_array(b, sizeof(float), SPA_TYPE_Float, 2, second);
	spa_pod_builder_pop(b, &f);
}

static void add_channels(struct spa_pod_builder *b)
{
	struct spa_pod_frame f;

	spa_pod_builder_push_struct(b, &f);
	spa_pod_builder_string(b, "FR");
	spa_pod_builder_string(b, "FL");
	spa_pod_builder_pop(b, &f);
}

START_TEST(lists_are_values_too)
{
	SET("tandem.matrix", add_matrix(&v_));
	ck_assert_str_eq(tandem_props_value(&rig, "tandem.matrix"),
			"[ [ 1 0 ] [ 0.25 0.5 ] ]");
	SET_TEXT("tandem.matrix", "[[0 1][1 0]]");
	ck_assert_str_eq(tandem_props_value(&rig, "tandem.matrix"), "[ [ 0 1 ] [ 1 0 ] ]");
	SET("speaker.left.channels", add_channels(&v_));
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.left.channels"), "[ FR FL ]");
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.left.plays"), "FR/FL");
}
END_TEST

static void add_bytes(struct spa_pod_builder *b)
{
	spa_pod_builder_bytes(b, "12.5", 4);
}

/* Each leaves everything as it was, and is told. */
START_TEST(mistakes_are_told)
{
	static const char *const cases[][3] = {
		{ "speaker.left.dealy-ms", "1",
				"set-param: speaker.left.dealy-ms is not a setting of "
				"Tandem: is delay-ms meant?" },
		{ "tandem.colour", "1",
				"set-param: tandem.colour is not a setting of Tandem" },
		{ "speaker.centre.mute", "1",
				"set-param: speaker.centre.mute: this group has no such "
				"speaker; it has left, right" },
		{ "tandem.delay-ms", "1",
				"set-param: tandem.delay-ms is a setting of a speaker: it "
				"is "
				"ignored here" },
		{ "tandem.name", "den",
				"set-param: tandem.name cannot change while Tandem runs: "
				"write "
				"it into the configuration" },
		{ "speaker.left.address", "00:11:22:33:44:55",
				"set-param: speaker.left.address cannot change while "
				"Tandem "
				"runs: write it into the configuration" },
		{ "speaker.left.delay-ms", "501",
				"set-param: speaker.left.delay-ms = 501 is refused: wanted "
				"is "
				"-500 to 500 ms; it stays 0" },
		{ "speaker.left.gain-db", "loud",
				"set-param: speaker.left.gain-db = loud is refused: wanted "
				"is "
				"-60 to 12 dB; it stays 0" },
		{ "tandem.layout", "",
				"set-param: tandem.layout =  is refused: wanted is "
				"stereo, party, mono or custom; it stays stereo" },
	};
	char told[TANDEM_MISTAKES_SIZE];

	for (size_t i = 0; i < SPA_N_ELEMENTS(cases); i++) {
		SET_TEXT(cases[i][0], cases[i][1]);
		snprintf(told, sizeof(told), "a mistake\n%s", cases[i][2]);
		ck_assert_str_eq(tandem_props_value(&rig, "tandem.mistakes"), told);
	}
	SET("speaker.left.delay-ms", add_bytes(&v_));
	ck_assert_ptr_nonnull(strstr(tandem_props_value(&rig, "tandem.mistakes"),
			"delay-ms = ? is refused"));
	ck_assert_uint_eq(rig.n_changed, 0);
	SET_TEXT("channelmix.upmix", "true"); /* the adapter's */
	SET_TEXT("tandem.layout", "custom");
	ck_assert_str_eq(tandem_props_value(&rig, "tandem.mistakes"),
			"a mistake\nlayout = custom wants a matrix: plays stereo until "
			"there "
			"is one");
	SET_TEXT("tandem.layout", "party");
	ck_assert_str_eq(tandem_props_value(&rig, "tandem.mistakes"), "a mistake");
	ck_assert_uint_eq(rig.n_changed, 2);
}
END_TEST

/* A Props of which `params` is what add() builds. */
static void set_params(void (*add)(struct spa_pod_builder *b))
{
	uint8_t buffer[256];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(buffer, sizeof(buffer));
	struct spa_pod_frame object;

	spa_pod_builder_push_object(&b, &object, SPA_TYPE_OBJECT_Props, SPA_PARAM_Props);
	spa_pod_builder_prop(&b, SPA_PROP_params, 0);
	add(&b);
	ck_assert_int_eq(spa_node_set_param(rig.node, SPA_PARAM_Props, 0,
					 spa_pod_builder_pop(&b, &object)),
			0);
}

static void add_no_struct(struct spa_pod_builder *b)
{
	spa_pod_builder_int(b, 3);
}

static void add_number_as_key(struct spa_pod_builder *b)
{
	struct spa_pod_frame f;

	spa_pod_builder_push_struct(b, &f);
	spa_pod_builder_int(b, 3);
	spa_pod_builder_string(b, "tandem.swap");
	spa_pod_builder_bool(b, true);
	spa_pod_builder_pop(b, &f);
}

static void add_key_without_value(struct spa_pod_builder *b)
{
	struct spa_pod_frame f;

	spa_pod_builder_push_struct(b, &f);
	spa_pod_builder_string(b, "tandem.swap");
	spa_pod_builder_pop(b, &f);
}

START_TEST(nonsense_is_passed_over)
{
	ck_assert_int_eq(spa_node_set_param(rig.node, SPA_PARAM_Props, 0, NULL), 0);
	ck_assert_int_eq(spa_node_set_param(rig.node, SPA_PARAM_Format, 0, NULL), -ENOENT);
	set_params(add_no_struct);
	set_params(add_number_as_key);
	set_params(add_key_without_value);
	ck_assert_uint_eq(rig.n_changed, 0);
	ck_assert_str_eq(tandem_props_value(&rig, "tandem.swap"), "false");
}
END_TEST

START_TEST(prop_info_names_every_live_setting)
{
	const char *text;

	for (uint32_t i = 0; i < tandem_speaker_table.n; i++) {
		const struct tandem_setting *const row = &tandem_speaker_table.rows[i];
		char key[64], range[TANDEM_VALUE_SIZE];

		snprintf(key, sizeof(key), "speaker.right.%s", row->key);
		if (!(row->flags & TANDEM_SETTING_LIVE))
			continue;
		text = tandem_props_help(&rig, key);
		tandem_setting_range(row, range);
		ck_assert_msg(strstr(text, row->help) != NULL, "%s: %s", key, text);
		ck_assert_msg(strstr(text, range) != NULL, "%s: %s", key, text);
		ck_assert_msg(strstr(text, row->fallback) != NULL, "%s: %s", key, text);
	}
	for (uint32_t i = 0; i < tandem_group_table.n; i++) {
		const struct tandem_setting *const row = &tandem_group_table.rows[i];
		char key[64];

		snprintf(key, sizeof(key), "tandem.%s", row->key);
		text = tandem_props_help(&rig, key);
		ck_assert_int_eq(text[0] != '\0', row->flags & TANDEM_SETTING_LIVE);
	}
}
END_TEST

START_TEST(status_is_in_the_props)
{
	const struct tandem_observation seen = {
		.kind = TANDEM_OBSERVED_REPORT, .value_s = 0.18, .sigma_s = 1e-3
	};
	int fds[2] = { -1, -1 };

	tandem_rig_start(&rig, 48000);
	ck_assert_int_eq(tandem_group_call(rig.door, tell, 0, TANDEM_SPEAKER_BACKING_OFF,
					 NULL, "Kitchen", "Kitchen: refused"),
			0);
	ck_assert_int_eq(tandem_group_call(rig.door, tell_group, "no bus"), 0);
	ck_assert_int_eq(tandem_group_call(rig.door, observe, 1, &seen), 0);
	close(tandem_rig_attach(&rig, 0));
	fds[1] = tandem_rig_attach(&rig, 1);
	ck_assert_int_ge(fds[1], 0);
	tandem_rig_run(&rig, 3.0, tandem_rig_drain, fds);
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.right.latency-ms"),
			"180.000000");
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.right.stream.codec"), "sbc");
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.left.message"),
			"Kitchen: refused");
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.left.name"), "Kitchen");
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.left.measured-drift-ppm"),
			""); /* unknown */
	ck_assert_str_eq(tandem_props_value(&rig, "tandem.message"), "no bus");
	ck_assert_uint_gt(rig.n_params_changed, 3);
}
END_TEST

static void check_plays(const char *left, const char *right)
{
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.left.plays"), left);
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.right.plays"), right);
}

START_TEST(who_is_alone_plays_both)
{
	uint32_t told;
	int fds[2];

	tandem_rig_start(&rig, 48000);
	check_plays("FL", "FR"); /* as they will */
	fds[0] = tandem_rig_attach(&rig, 0);
	tandem_rig_run(&rig, 3.0, NULL, NULL);
	check_plays("FL+FR", "FR");
	SET("speaker.right.mute", spa_pod_builder_bool(&v_, true));
	check_plays("FL", "nothing");
	SET("speaker.right.mute", spa_pod_builder_bool(&v_, false));
	check_plays("FL+FR", "FR");
	fds[1] = tandem_rig_attach(&rig, 1);
	tandem_rig_run(&rig, 0.3, NULL, NULL);
	check_plays("FL+FR", "FR"); /* it is still silent */
	told = rig.n_params_changed;
	tandem_rig_run(&rig, 0.3, NULL, NULL);
	check_plays("FL", "FR");
	ck_assert_uint_gt(rig.n_params_changed, told); /* at once */

	close(fds[0]); /* its link breaks */
	tandem_rig_run(&rig, 0.05, NULL, NULL);
	ck_assert_uint_eq(rig.n_lost, 1);
	check_plays("FL", "FL+FR");
	close(fds[1]);
}
END_TEST

START_TEST(a_slow_speaker_is_told)
{
	const struct tandem_observation slow = {
		.kind = TANDEM_OBSERVED_REPORT, .value_s = 0.4, .sigma_s = 1e-3
	};
	int fds[2];

	tandem_rig_start(&rig, 48000);
	for (uint32_t i = 0; i < 2; i++)
		fds[i] = tandem_rig_attach(&rig, i);
	tandem_group_call(rig.door, observe, 0, &slow);
	SET("tandem.max-latency-ms", spa_pod_builder_int(&v_, 200));
	tandem_rig_run(&rig, 3.0, NULL, NULL);
	ck_assert_ptr_nonnull(strstr(tandem_props_value(&rig, "speaker.left.message"),
			"ms late: it needs"));
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.right.message"), "");
	SET("tandem.max-latency-ms", spa_pod_builder_int(&v_, 1000));
	tandem_rig_run(&rig, 3.0, NULL, NULL);
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.left.message"), "");
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(the_module_sets_without_an_echo)
{
	ck_assert_int_eq(tandem_group_call(rig.door, set, 1, "delay-ms", "2.5"), 0);
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.right.delay-ms"), "2.500000");
	ck_assert_int_eq(tandem_group_call(rig.door, set, -1, "swap", "true"), 0);
	ck_assert_int_eq(tandem_group_call(rig.door, set, 2, "delay-ms", "2.5"), -ENOENT);
	ck_assert_int_eq(tandem_group_call(rig.door, set, 1, "colour", "red"), -ENOENT);
	ck_assert_int_eq(tandem_group_call(rig.door, set, 1, "name", "x"), -EPERM);
	ck_assert_int_eq(tandem_group_call(rig.door, set, 1, "delay-ms", "x"), -EINVAL);
	ck_assert_int_eq(tandem_group_call(rig.door, set, 1, "delay-ms", "900"), -ERANGE);
	ck_assert_uint_eq(rig.n_changed, 0);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("props");
	TCase *const c = tcase_create("props");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 120);
	tcase_add_test(c, every_kind_of_pod_is_a_value);
	tcase_add_test(c, lists_are_values_too);
	tcase_add_test(c, mistakes_are_told);
	tcase_add_test(c, nonsense_is_passed_over);
	tcase_add_test(c, prop_info_names_every_live_setting);
	tcase_add_test(c, status_is_in_the_props);
	tcase_add_test(c, who_is_alone_plays_both);
	tcase_add_test(c, a_slow_speaker_is_told);
	tcase_add_test(c, the_module_sets_without_an_echo);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
