/* SPDX-License-Identifier: MIT
 *
 * The way to a speaker: how good the sound is that goes there, and what is told when there
 * is no room for it.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <spa/pod/builder.h>

#include "props.h"
#include "suite.h"

#define CROWDED "the air is crowded: sends "

static struct rig rig;

/* The far end of a link; it takes so many bytes a second, 0: none, below 0: all. */
struct link {
	int fd;
	double bytes_per_s;
	double may_bytes;
	int64_t last_ns;
};
static struct link links[2];

static void set_up(void)
{
	tandem_rig_init(&rig);
	tandem_rig_start(&rig, 48000);
	for (uint32_t i = 0; i < 2; i++)
		links[i] = (struct link){ tandem_rig_attach(&rig, i), -1.0, 0.0, 0 };
}

static void tear_down(void)
{
	for (uint32_t i = 0; i < 2; i++)
		close(links[i].fd);
	tandem_rig_finish(&rig);
}

/* The next packet is looked at before it is taken: a radio takes it whole, or not yet. */
static bool may_take(struct link *l)
{
	uint8_t packet[1024];
	const ssize_t n = recv(l->fd, packet, sizeof(packet), MSG_DONTWAIT | MSG_PEEK);

	if (n <= 0 && l->bytes_per_s >= 0.0)
		l->may_bytes = 0.0;
	return n > 0 && (l->bytes_per_s < 0.0 || l->may_bytes >= (double)n);
}

static void carry(struct rig *r, void *data)
{
	uint8_t packet[1024];

	(void)data;
	for (uint32_t i = 0; i < 2; i++) {
		struct link *const l = &links[i];

		l->may_bytes += l->bytes_per_s * (double)(r->fake.now_ns - l->last_ns) *
				1e-9;
		l->last_ns = r->fake.now_ns;
		while (may_take(l))
			l->may_bytes -= (double)recv(l->fd, packet, sizeof(packet), 0);
	}
}

static double value(const char *key)
{
	return strtod(tandem_props_value(&rig, key), NULL);
}

static void set_bitpool(uint32_t bitpool)
{
	uint8_t space[64];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(space, sizeof(space));

	spa_pod_builder_int(&b, (int32_t)bitpool);
	tandem_props_set(&rig, "speaker.left.bitpool", (const struct spa_pod *)space);
}

START_TEST(bitpool_is_set_live)
{
	ck_assert_double_eq(value("speaker.left.stream.bitpool"), 51);
	set_bitpool(35);
	tandem_rig_run(&rig, 1.0, carry, NULL);
	ck_assert_double_eq(value("speaker.left.stream.bitpool"), 35);
	set_bitpool(200);
	tandem_rig_run(&rig, 1.0, carry, NULL);
	ck_assert_double_eq(value("speaker.left.stream.bitpool"), 51);
}
END_TEST

START_TEST(a_link_with_room_is_not_spoken_of)
{
	tandem_rig_run(&rig, 3.0, carry, NULL);
	ck_assert_str_eq(tandem_props_value(&rig, "tandem.message"), "");
	ck_assert_double_eq(value("tandem.air-percent"), 100);
	ck_assert_double_eq(value("speaker.left.stream.air-percent"), 100);
	ck_assert_double_eq(value("speaker.left.stream.queue-packets"), 0);
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.left.stream.queue-source"),
			"socket");
	/* a socketpair cannot say how long a packet took */
	ck_assert_str_eq(tandem_props_value(&rig, "speaker.left.stream.radio-p50-ms"), "");
	ck_assert_double_eq(value("speaker.left.stream.completed"), 0);
}
END_TEST

/* 70 % of what goes over it: five frames of 115 bytes behind 13 each 13.3 ms. */
START_TEST(a_crowd_is_told_and_forgotten)
{
	tandem_rig_run(&rig, 2.0, carry, NULL);
	links[0].bytes_per_s = 0.7 * 588 * 75;
	for (int i = 0; i < 80; i++) {
		tandem_rig_run(&rig, 0.25, carry, NULL);
		ck_assert_double_lt(value("tandem.air-percent"), 100);
		ck_assert_double_eq(value("speaker.left.stream.air-percent"),
				value("speaker.right.stream.air-percent"));
		ck_assert_double_eq(value("speaker.left.stream.bitpool"),
				value("speaker.right.stream.bitpool"));
		ck_assert_int_eq(strncmp(tandem_props_value(&rig, "tandem.message"),
						 CROWDED, strlen(CROWDED)) == 0,
				i >= 4);
	}
	links[0].bytes_per_s = -1.0;
	tandem_rig_run(&rig, 10.0, carry, NULL);
	ck_assert_double_eq(value("tandem.air-percent"), 100);
	ck_assert_double_eq(value("speaker.right.stream.bitpool"), 51);
	ck_assert_str_eq(tandem_props_value(&rig, "tandem.message"), "");
	ck_assert_double_eq(value("speaker.left.stream.skipped"), 0);
	ck_assert_double_eq(value("speaker.right.stream.skipped"), 0);
	ck_assert_double_ge(value("speaker.left.stream.queue-most"), 2);
	ck_assert_double_le(value("speaker.left.stream.queue-most"), 3);
}
END_TEST

/* Nobody would tell that it is over. */
START_TEST(a_crowd_ends_with_the_last_speaker)
{
	links[0].bytes_per_s = 0.5 * 588 * 75;
	tandem_rig_run(&rig, 4.0, carry, NULL);
	ck_assert_str_ne(tandem_props_value(&rig, "tandem.message"), "");
	tandem_group_call(rig.door, tell_group, "no bus"); /* is worse */
	ck_assert_str_eq(tandem_props_value(&rig, "tandem.message"), "no bus");
	tandem_group_call(rig.door, tell_group, "");
	ck_assert_str_ne(tandem_props_value(&rig, "tandem.message"), "");
	tandem_group_call(rig.door, detach, 0);
	tandem_group_call(rig.door, detach, 1);
	ck_assert_str_eq(tandem_props_value(&rig, "tandem.message"), "");
	ck_assert_double_eq(value("tandem.air-percent"), 100);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("way");
	TCase *const c = tcase_create("way");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 120);
	tcase_add_test(c, bitpool_is_set_live);
	tcase_add_test(c, a_link_with_room_is_not_spoken_of);
	tcase_add_test(c, a_crowd_is_told_and_forgotten);
	tcase_add_test(c, a_crowd_ends_with_the_last_speaker);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
