/* SPDX-License-Identifier: MIT
 *
 * The plugin with speakers: what leaves the sockets, and when.
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

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

static const uint32_t quanta[] = { 32, 256, 1024, 8192 };

struct ears {
	int fds[2];
	uint32_t n[2];
	int64_t sent_ns[2][4096];
	int64_t worst_backlog;
};

static void listen_in(struct rig *r, void *data)
{
	struct ears *e = data;
	uint8_t packet[1024];

	for (int i = 0; i < 2; i++) {
		while (e->fds[i] >= 0 && e->n[i] < 4096 &&
				recv(e->fds[i], packet, sizeof(packet), MSG_DONTWAIT) > 0)
			e->sent_ns[i][e->n[i]++] = r->fake.now_ns;
	}
	for (uint32_t i = 0; i < 2; i++) {
		const struct tandem_speaker_status *s = &r->status.speakers[i];
		const int64_t backlog = (int64_t)(s->due_frames - s->sent_frames);

		if (backlog > e->worst_backlog)
			e->worst_backlog = backlog;
	}
}

START_TEST(packets_are_even_at_every_quantum)
{
	struct ears e = { .fds = { -1, -1 } };

	tandem_rig_set_following(&rig, _i >= (int)SPA_N_ELEMENTS(quanta));
	tandem_rig_set_quantum(&rig, quanta[_i % (int)SPA_N_ELEMENTS(quanta)]);
	tandem_rig_start(&rig, 48000);
	ck_assert_int_eq(tandem_group_call(rig.door, expect, 3u), 0);
	e.fds[0] = tandem_rig_attach(&rig, 0);
	tandem_rig_run(&rig, 0.5, listen_in, &e);
	ck_assert_uint_eq(e.n[0], 0);
	e.fds[1] = tandem_rig_attach(&rig, 1);
	tandem_rig_run(&rig, 20.0, listen_in, &e);
	ck_assert_uint_gt(e.n[0], 1400);
	ck_assert_uint_eq(e.n[0], e.n[1]);
	for (uint32_t i = 0; i < e.n[0]; i++) {
		const double due = (double)e.sent_ns[0][0] + i * 640e9 / 48000.0;

		ck_assert_double_lt(fabs((double)e.sent_ns[0][i] - due), 1000.0);
		ck_assert_int_eq(e.sent_ns[0][i], e.sent_ns[1][i]);
	}
	ck_assert_int_le(e.worst_backlog, 640 + 128);
	ck_assert_uint_eq(rig.xruns, 0);
	ck_assert_str_eq(rig.status.speakers[0].codec, "sbc");
	ck_assert_str_eq(rig.status.speakers[0].mode, "joint");
	ck_assert_uint_eq(rig.status.speakers[0].bitpool, 51);
	ck_assert_double_eq_tol(rig.status.speakers[1].kbps, (115 * 5 + 13) * 75 * 8e-3,
			15.0);
	close(e.fds[0]);
	close(e.fds[1]);
}
END_TEST

START_TEST(late_data_is_an_xrun_and_the_stream_goes_on)
{
	struct ears e = { .fds = { -1, -1 } };
	uint32_t n;

	tandem_rig_set_quantum(&rig, 1024);
	tandem_rig_start(&rig, 48000);
	e.fds[0] = tandem_rig_attach(&rig, 0);
	tandem_rig_run(&rig, 2.0, listen_in, &e);
	n = e.n[0];
	rig.deliver_after_ns = TANDEM_NS_PER_S; /* nothing comes for a while */
	tandem_rig_run(&rig, 1.0, listen_in, &e);
	ck_assert_uint_gt(rig.xruns, 0);
	ck_assert_uint_ge(e.n[0] - n, 70);
	close(e.fds[0]);
}
END_TEST

START_TEST(broken_link_is_told)
{
	struct ears e = { .fds = { -1, -1 } };

	tandem_rig_start(&rig, 48000);
	e.fds[0] = tandem_rig_attach(&rig, 0);
	e.fds[1] = tandem_rig_attach(&rig, 1);
	tandem_rig_run(&rig, 1.0, listen_in, &e);
	close(e.fds[1]);
	e.fds[1] = -1;
	tandem_rig_run(&rig, 0.1, listen_in, &e);
	ck_assert_uint_eq(rig.n_lost, 1);
	ck_assert_uint_eq(rig.lost_slot, 1);
	ck_assert_int_lt(rig.lost_err, 0);
	ck_assert_str_eq(rig.status.speakers[1].codec, "");
	e.fds[1] = tandem_rig_attach(&rig, 1); /* the slot is free again */
	ck_assert_int_ge(e.fds[1], 0);
	e.n[1] = 0;
	tandem_rig_run(&rig, 1.0, listen_in, &e);
	ck_assert_uint_gt(e.n[1], 60);
	close(e.fds[0]);
	close(e.fds[1]);
}
END_TEST

START_TEST(attach_refuses_nonsense)
{
	struct tandem_link link = {
		.mtu_bytes = 672, .config = { 0x31, 0x15, 2, 51 }, .config_bytes = 4
	};
	int fds[2];

	ck_assert_int_eq(tandem_rig_attach(&rig, 5), -EINVAL);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	link.fd = fds[0];
	ck_assert_int_eq(tandem_group_call(rig.door, attach, 0, &link), -EINVAL);
	ck_assert_int_eq(recv(fds[1], &link, 1, 0), 0); /* closed all the same */
	close(fds[1]);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	link.fd = fds[0];
	link.codec = 0x7f;
	ck_assert_int_eq(tandem_group_call(rig.door, attach, 0, &link), -ENOTSUP);
	close(fds[1]);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	link.fd = fds[0];
	link.codec = 0;
	link.config[0] = 0x11;
	link.mtu_bytes = 48;
	ck_assert_int_eq(tandem_group_call(rig.door, attach, 0, &link), -EINVAL);
	close(fds[1]);
	fds[0] = tandem_rig_attach(&rig, 0);
	ck_assert_int_ge(fds[0], 0);
	ck_assert_int_eq(tandem_rig_attach(&rig, 0), -EBUSY);
	ck_assert_int_eq(tandem_group_call(rig.door, detach, 0), 0);
	ck_assert_int_eq(tandem_group_call(rig.door, detach, 0), 0);
	close(fds[0]);
}
END_TEST

/* SBC joint at 48 kHz, bitpool 51: frames of 115 bytes behind 13 of headers. */
static const struct {
	uint32_t mtu_bytes;
	uint32_t packet_bytes; /* 0: refused */
} mtus[] = {
	{ 0, 0 }, { 1, 0 }, { 13, 0 }, { 127, 0 },
	{ 128, 128 }, /* one frame, to the byte */
	{ 242, 128 }, { 243, 243 }, { 672, 588 }, { 895, 818 }, { 1021, 933 },
	{ 65535, 933 }, /* no A2DP link has that */
};

struct ear {
	int fd;
	ssize_t greatest_bytes;
};

static void measure(struct rig *r, void *data)
{
	struct ear *e = data;
	uint8_t packet[2048];
	ssize_t n;

	(void)r;
	while ((n = recv(e->fd, packet, sizeof(packet), MSG_DONTWAIT)) > 0) {
		e->greatest_bytes = n > e->greatest_bytes ? n : e->greatest_bytes;
		ck_assert_int_eq(n, 13 + 115 * packet[12]); /* never a fragment */
	}
}

START_TEST(packets_fit_any_mtu)
{
	struct tandem_link link = { .mtu_bytes = mtus[_i].mtu_bytes,
		.config = { 0x11, 0x15, 2, 51 },
		.config_bytes = 4 };
	struct ear e = { 0 };
	int fds[2];
	int res;

	tandem_rig_start(&rig, 48000);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	link.fd = fds[0];
	res = tandem_group_call(rig.door, attach, 0, &link);
	ck_assert_int_eq(res, mtus[_i].packet_bytes > 0 ? 0 : -EINVAL);
	e.fd = fds[1];
	tandem_rig_run(&rig, 0.5, measure, &e);
	ck_assert_int_eq(e.greatest_bytes, mtus[_i].packet_bytes);
	close(fds[1]);
}
END_TEST

START_TEST(rate_changes_under_a_speaker)
{
	struct ears e = { .fds = { -1, -1 } };

	tandem_rig_start(&rig, 48000);
	e.fds[0] = tandem_rig_attach(&rig, 0);
	tandem_rig_run(&rig, 1.0, listen_in, &e);
	tandem_rig_command(&rig, SPA_NODE_COMMAND_Pause);
	ck_assert_int_eq(tandem_rig_set_format(&rig, 0), 0);
	tandem_rig_start(&rig, 44100);
	tandem_rig_run(&rig, 3.0, listen_in, &e);
	ck_assert_uint_gt(e.n[0], 280);
	ck_assert_uint_eq(rig.status.rate_hz, 44100);
	close(e.fds[0]);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("stream");
	TCase *const c = tcase_create("graph");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, packets_are_even_at_every_quantum, 0,
			2 * SPA_N_ELEMENTS(quanta));
	tcase_add_test(c, late_data_is_an_xrun_and_the_stream_goes_on);
	tcase_add_test(c, broken_link_is_told);
	tcase_add_test(c, attach_refuses_nonsense);
	tcase_add_loop_test(c, packets_fit_any_mtu, 0, SPA_N_ELEMENTS(mtus));
	tcase_add_test(c, rate_changes_under_a_speaker);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
