/* SPDX-License-Identifier: MIT
 *
 * Each stage of the path alone.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ring.h"
#include "clock/timeline.h"
#include "codec/codec.h"
#include "path/delayline.h"
#include "path/packet.h"
#include "path/transport-l2cap.h"
#include "suite.h"

START_TEST(delayline_is_silent_outside)
{
	struct tandem_delayline l;
	float in[48];
	const float *const planes[1] = { in };
	float out[100] = { 0 };

	for (int i = 0; i < 48; i++)
		in[i] = 1.0f;
	ck_assert_int_eq(tandem_delayline_init(&l, 1, 64), 0);
	tandem_delayline_write(&l, 1000, planes, 48); /* over the edge of the ring */
	tandem_delayline_mix(&l, 0, 980, 1.0f, out, 100);
	for (int i = 0; i < 100; i++)
		ck_assert_float_eq(out[i], i >= 20 && i < 68 ? 1.0f : 0.0f);

	/* a gap becomes silence, what was there before the gap stays */
	tandem_delayline_write(&l, 1050, planes, 10);
	memset(out, 0, sizeof(out));
	tandem_delayline_mix(&l, 0, 1040, 0.5f, out, 30);
	for (int i = 0; i < 30; i++)
		ck_assert_float_eq(out[i], i < 8 || (i >= 10 && i < 20) ? 0.5f : 0.0f);
	tandem_delayline_finish(&l);
}
END_TEST

START_TEST(packet_counts_and_carries)
{
	struct tandem_packetizer p;
	const uint8_t *bytes;
	uint32_t n;

	ck_assert_int_eq(tandem_packetizer_init(&p, 100), 0);
	for (int packet = 0; packet < 3; packet++) {
		uint8_t *const room = tandem_packetizer_room(&p, &n);

		ck_assert_uint_eq(n, 100 - TANDEM_PACKET_HEADER_BYTES);
		memset(room, 0x9c, 40);
		tandem_packetizer_add(&p, 40, 1, 128);
		tandem_packetizer_room(&p, &n);
		ck_assert_uint_eq(n, 47);
		tandem_packetizer_add(&p, 40, 1, 128);
		bytes = tandem_packetizer_seal(&p, &n);
		ck_assert_uint_eq(n, 93);
		ck_assert_mem_eq(bytes, "\x80\x60", 2);
		ck_assert_uint_eq(bytes[3], packet);
		ck_assert_uint_eq(bytes[6] << 8 | bytes[7], packet * 256);
		ck_assert_uint_eq(bytes[12], 2);
		ck_assert_uint_eq(bytes[13], 0x9c);
	}
	tandem_packetizer_finish(&p);
}
END_TEST

static uint32_t be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The speaker sees the gap, and what comes next is where it belongs. */
START_TEST(what_is_left_out_uses_up_number_and_time)
{
	struct tandem_packetizer p;
	const uint8_t *bytes;
	uint32_t n;

	ck_assert_int_eq(tandem_packetizer_init(&p, 100), 0);
	p.sequence = 0xfffd; /* both wrap around meanwhile */
	p.timestamp = 0xffffff00;
	tandem_packetizer_add(&p, 40, 1, 128);
	tandem_packetizer_add(&p, 40, 1, 128);
	bytes = tandem_packetizer_seal(&p, &n);
	ck_assert_mem_eq(bytes + 2, "\xff\xfd", 2);
	ck_assert_uint_eq(be32(bytes + 4), 0xffffff00);
	tandem_packetizer_add(&p, 40, 1, 128); /* begun, and left out with two more */
	tandem_packetizer_skip(&p, 3, 256);
	tandem_packetizer_add(&p, 40, 1, 128);
	bytes = tandem_packetizer_seal(&p, &n);
	ck_assert_uint_eq(n, 53);
	ck_assert_mem_eq(bytes, "\x80\x60\x00\x01", 4); /* marker 0, as ever */
	ck_assert_uint_eq(be32(bytes + 4), 3 * 256);
	ck_assert_uint_eq(bytes[12], 1);
	bytes = tandem_packetizer_seal(&p, &n); /* a packet of one frame took 128 */
	ck_assert_uint_eq(be32(bytes + 4), 3 * 256 + 128);
	tandem_packetizer_finish(&p);
}
END_TEST

/* What a link's air takes, of what the speaker takes. */
static const struct {
	uint32_t mtu_bytes, phys, worth_bytes;
} links[] = {
	{ 672, 0x1ff, 672 },
	{ 895, 0x1ff, 895 },
	{ 1021, 0x1ff, 1017 }, /* 3-DH5 */
	{ 65535, 0x1ff, 1017 },
	{ 1005, 0x03f, 675 }, /* 2-DH5 */
	{ 1005, 0x0ff, 675 }, /* of 3 Mbps, the short ones only */
	{ 672, 0x03f, 672 },
	{ 672, 0x007, 335 }, /* DH5 */
	{ 320, 0x007, 320 },
	{ 672, 0, 335 },
};

START_TEST(a_packet_is_what_the_air_takes_at_once)
{
	ck_assert_uint_eq(tandem_packet_worth_bytes(links[_i].mtu_bytes, links[_i].phys),
			links[_i].worth_bytes);
}
END_TEST

static const struct {
	uint8_t bytes[5];
	uint32_t n;
	int res;
	const char *mode;
	uint32_t rate_hz, channels, bitpool;
} sbc_cases[] = {
	{ { 0x21, 0x15, 2, 53 }, 4, 0, "joint", 44100, 2, 53 },
	{ { 0x11, 0x15, 2, 51 }, 4, 0, "joint", 48000, 2, 51 },
	{ { 0x18, 0x15, 2, 31 }, 4, 0, "mono", 48000, 1, 31 },
	{ { 0x14, 0x15, 2, 39 }, 4, 0, "dual", 48000, 2, 39 },
	{ { 0x12, 0x15, 2, 250 }, 4, 0, "stereo", 48000, 2, 250 },
	{ { 0x18, 0x15, 2, 250 }, 4, 0, "mono", 48000, 1, 128 },
	{ { 0x21, 0x15, 2, 53 }, 3, -EINVAL, NULL, 0, 0, 0 },
	{ { 0x21, 0x15, 2, 53, 0 }, 5, -EINVAL, NULL, 0, 0, 0 },
	{ { 0x31, 0x15, 2, 53 }, 4, -EINVAL, NULL, 0, 0, 0 },
	{ { 0x23, 0x15, 2, 53 }, 4, -EINVAL, NULL, 0, 0, 0 },
	{ { 0x20, 0x15, 2, 53 }, 4, -EINVAL, NULL, 0, 0, 0 },
	{ { 0x21, 0x35, 2, 53 }, 4, -EINVAL, NULL, 0, 0, 0 },
	{ { 0x21, 0x1d, 2, 53 }, 4, -EINVAL, NULL, 0, 0, 0 },
	{ { 0x21, 0x17, 2, 53 }, 4, -EINVAL, NULL, 0, 0, 0 },
	{ { 0x21, 0x15, 54, 53 }, 4, -EINVAL, NULL, 0, 0, 0 },
	{ { 0x21, 0x15, 0, 53 }, 4, -EINVAL, NULL, 0, 0, 0 },
	{ { 0x41, 0x15, 2, 53 }, 4, -EINVAL, NULL, 0, 0, 0 },
};

START_TEST(sbc_understands_configurations)
{
	const struct tandem_codec *const sbc = tandem_codecs[0];
	struct tandem_codec_config c = { 0 };
	const int res = sbc->parse(&c, sbc_cases[_i].bytes, sbc_cases[_i].n);

	ck_assert_int_eq(res, sbc_cases[_i].res);
	if (res == 0) {
		ck_assert_str_eq(c.mode, sbc_cases[_i].mode);
		ck_assert_uint_eq(c.rate_hz, sbc_cases[_i].rate_hz);
		ck_assert_uint_eq(c.channels, sbc_cases[_i].channels);
		ck_assert_uint_eq(c.bitpool, sbc_cases[_i].bitpool);
	}
}
END_TEST

START_TEST(sbc_encodes_what_fits)
{
	const struct tandem_codec *const sbc = tandem_codecs[0];
	const uint8_t bytes[4] = { 0x21, 0x15, 2, 53 };
	static const float plane[128] = { [0] = NAN, [1] = 9.0f, [2] = -9.0f };
	const float *const in[2] = { plane, plane };
	struct tandem_codec_config c;
	struct tandem_encoder *e;
	struct tandem_coded coded;
	uint8_t out[256];

	ck_assert_int_eq(sbc->parse(&c, bytes, 4), 0);
	ck_assert_int_eq(sbc->encoder->new(&e, &c, 100), -EINVAL);
	ck_assert_int_eq(sbc->encoder->new(&e, &c, 672 - 13), 0);
	ck_assert_uint_eq(e->max_blocks, 5); /* 119 bytes each */
	ck_assert_uint_eq(e->block_frames, 128);
	coded = e->ops->encode(e, in, out, 118);
	ck_assert_int_eq(coded.bytes, -ENOSPC);
	coded = e->ops->encode(e, in, out, sizeof(out));
	ck_assert_int_eq(coded.bytes, 119);
	ck_assert_uint_eq(out[0], 0x9c);
	e->ops->free(e);
}
END_TEST

START_TEST(sbc_changes_its_bitpool)
{
	const struct tandem_codec *const sbc = tandem_codecs[0];
	const uint8_t bytes[4] = { 0x21, 0x15, 10, 53 };
	const uint32_t asked[] = { 30, 9, 0, 255, 11 };
	const uint32_t used[] = { 30, 10, 53, 53, 11 };
	static const float plane[128];
	const float *const in[2] = { plane, plane };
	struct tandem_codec_config c;
	struct tandem_encoder *e;
	uint8_t out[256];

	ck_assert_int_eq(sbc->parse(&c, bytes, 4), 0);
	ck_assert_int_eq(sbc->encoder->new(&e, &c, 672 - 13), 0);
	for (uint32_t i = 0; i < TANDEM_ARRAY_LEN(asked); i++) {
		const uint32_t frame_bytes = 13 + 2 * used[i];

		const struct tandem_codec_wish wish = { .bitpool = asked[i] };

		e->ops->reset(e); /* a packet begins */
		ck_assert_uint_eq(e->ops->set_wish(e, &wish), used[i]);
		ck_assert_int_eq(e->ops->encode(e, in, out, frame_bytes - 1).bytes,
				-ENOSPC);
		ck_assert_int_eq(e->ops->encode(e, in, out, frame_bytes).bytes,
				frame_bytes);
		ck_assert_uint_eq(out[2], used[i]);
		ck_assert_uint_eq(e->max_blocks, frame_bytes > 65 ? 659 / frame_bytes : 10);
	}
	e->ops->free(e);
}
END_TEST

START_TEST(timeline_follows_host_time)
{
	struct tandem_timeline t;
	int64_t at_ns = 1000 * TANDEM_NS_PER_S;

	tandem_timeline_init(&t, 48000);
	/* an exact driver: the counter is the cycle count */
	for (int64_t k = 0; k < 1000; k++) {
		ck_assert_int_eq(tandem_timeline_cycle(&t, at_ns + k * 21333333, 1024, 1.0),
				k * 1024);
	}
	/* a gap of 100 ms: 4800 frames are missing, the line did not move */
	at_ns += 1000LL * 21333333 + 100 * TANDEM_NS_PER_MS;
	ck_assert_int_eq(llabs(tandem_timeline_cycle(&t, at_ns, 1024, 1.0) -
					 (1000 * 1024 + 4800)) <= 1,
			1);
	ck_assert_uint_eq(t.jumps, 1);
	/* a cycle twice: replaced */
	ck_assert_int_eq(llabs(tandem_timeline_cycle(&t, at_ns, 1024, 1.0) -
					 (1000 * 1024 + 4800)) <= 1,
			1);
	ck_assert_uint_eq(t.jumps, 2);
}
END_TEST

START_TEST(timeline_smooths_jitter_and_takes_the_rate)
{
	struct tandem_timeline t;
	double ns = 0.0;

	tandem_timeline_init(&t, 48000);
	for (int k = 0; k < 4000; k++) {
		const double jitter = (k * 7919 % 13 - 6) * 1e5; /* +-0.6 ms */

		tandem_timeline_cycle(&t, (int64_t)(ns + jitter) + 1000000000, 256,
				1.0 + 50e-6);
		ns += 256.0 / 48000.0 / (1.0 + 50e-6) * 1e9;
		ck_assert_double_lt(fabs(tandem_timeline_rate(&t) / 48000.0 - 1.0 - 50e-6),
				310e-6);
	}
	ck_assert_uint_eq(t.jumps, 0);
	ck_assert_int_eq(t.next_frame, 4000 * 256);
}
END_TEST

START_TEST(ring_keeps_order_and_drops_the_newest)
{
	struct tandem_ring r;
	int *record;

	ck_assert_int_eq(tandem_ring_init(&r, sizeof(int), 4), 0);
	for (int i = 0; i < 4; i++) {
		record = tandem_ring_write_block(&r);
		ck_assert_ptr_nonnull(record);
		*record = i;
		tandem_ring_write_commit(&r);
	}
	ck_assert_ptr_null(tandem_ring_write_block(&r));
	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(*(const int *)tandem_ring_read_block(&r), i);
		tandem_ring_read_commit(&r);
	}
	ck_assert_ptr_null(tandem_ring_read_block(&r));
	tandem_ring_finish(&r);
}
END_TEST

START_TEST(transport_says_full_and_gone)
{
	struct tandem_transport *t;
	uint8_t packet[600] = { 0 };
	int fds[2];
	enum tandem_sent sent = TANDEM_SENT;
	int n = 0;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	ck_assert_int_eq(tandem_transport_l2cap_new(&t, fds[0], 672, false), 0);
	while (n < 1000 && (sent = t->ops->send(t, packet, sizeof(packet))) == TANDEM_SENT)
		n++;
	ck_assert_int_eq(sent, TANDEM_SENT_FULL);
	ck_assert_int_ge(n, 2);
	ck_assert_int_le(n, 16);
	close(fds[1]);
	ck_assert_int_eq(t->ops->send(t, packet, sizeof(packet)), TANDEM_SENT_GONE);
	ck_assert_int_lt(t->error, 0);
	t->ops->free(t);
	ck_assert_int_eq(fcntl(fds[0], F_GETFD), -1);
	ck_assert_int_eq(tandem_transport_l2cap_new(&t, -1, 672, false), -EBADF);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("path");
	TCase *const c = tcase_create("stages");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, delayline_is_silent_outside);
	tcase_add_test(c, packet_counts_and_carries);
	tcase_add_test(c, what_is_left_out_uses_up_number_and_time);
	tcase_add_loop_test(c, a_packet_is_what_the_air_takes_at_once, 0,
			TANDEM_ARRAY_LEN(links));
	tcase_add_loop_test(c, sbc_understands_configurations, 0,
			TANDEM_ARRAY_LEN(sbc_cases));
	tcase_add_test(c, sbc_encodes_what_fits);
	tcase_add_test(c, sbc_changes_its_bitpool);
	tcase_add_test(c, timeline_follows_host_time);
	tcase_add_test(c, timeline_smooths_jitter_and_takes_the_rate);
	tcase_add_test(c, ring_keeps_order_and_drops_the_newest);
	tcase_add_test(c, transport_says_full_and_gone);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
