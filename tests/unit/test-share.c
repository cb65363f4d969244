/* SPDX-License-Identifier: MIT
 *
 * What goes into a packet: as much as the air takes at once, in 30 ms at most, and a share
 * of that when the air is crowded.
 */
#include <check.h>

#include "codec/sbc.h"
#include "path/packet.h"
#include "suite.h"

/* By room, and by time; nine frames of mono go into a 2-DH5 packet. */
static const struct {
	uint8_t bytes[4];
	uint32_t packet_bytes, blocks;
} packets[] = {
	{ { 0x21, 0x15, 2, 53 }, 672, 5 }, { { 0x21, 0x15, 2, 53 }, 1017, 8 },
	{ { 0x28, 0x15, 2, 31 }, 675, 9 },   /* 26.1 ms */
	{ { 0x28, 0x15, 2, 31 }, 1017, 10 }, /* 14 would fit, and last 40.6 ms */
	{ { 0x18, 0x15, 2, 18 }, 1017, 11 }, /* 29.3 ms */
	{ { 0x28, 0x25, 2, 12 }, 675, 13 },  /* blocks of 12: 28.3 ms */
	{ { 0x28, 0x85, 2, 12 }, 675, 15 },  /* of 4, and four bits for their number */
};

START_TEST(sbc_fills_packets_for_30_ms_at_most)
{
	const struct tandem_codec *const sbc = &tandem_codec_sbc;
	struct tandem_codec_config c;
	struct tandem_encoder *e;

	ck_assert_int_eq(sbc->parse(&c, packets[_i].bytes, 4), 0);
	ck_assert_int_eq(sbc->encoder->new(&e, &c,
					 packets[_i].packet_bytes -
							 TANDEM_PACKET_HEADER_BYTES),
			0);
	ck_assert_uint_eq(e->max_blocks, packets[_i].blocks);
	e->ops->free(e);
}
END_TEST

static const struct {
	uint8_t mode, least, greatest;
	uint32_t wished;
	double share;
	uint32_t used;
} shares[] = {
	{ 0x21, 2, 53, 0, 1.0, 53 },   /* 119 bytes */
	{ 0x21, 2, 53, 0, 0.87, 45 },  /* 103 of 103.5 */
	{ 0x21, 2, 53, 0, 0.66, 32 },  /* 77 of 78.5 */
	{ 0x21, 2, 53, 0, 0.50, 23 },  /* 59 of 59.5 */
	{ 0x21, 30, 53, 0, 0.50, 30 }, /* what was negotiated */
	{ 0x21, 2, 53, 20, 0.50, 12 }, /* 37 of 26.5, but no coarser */
	{ 0x21, 2, 53, 8, 0.50, 8 },   /* unless that was wished */
	{ 0x28, 2, 31, 0, 0.50, 13 },  /* 34 of 35 */
	{ 0x24, 2, 38, 0, 0.75, 27 },  /* 120 of 123 */
};

START_TEST(sbc_makes_do_with_a_share)
{
	const struct tandem_codec *const sbc = &tandem_codec_sbc;
	const uint8_t bytes[4] = { shares[_i].mode, 0x15, shares[_i].least,
		shares[_i].greatest };
	static const float plane[128];
	const float *const in[2] = { plane, plane };
	const struct tandem_codec_wish wish = { .bitpool = shares[_i].wished };
	struct tandem_codec_config c;
	struct tandem_encoder *e;
	ssize_t planned, made;
	uint8_t out[256];

	ck_assert_int_eq(sbc->parse(&c, bytes, 4), 0);
	ck_assert_int_eq(sbc->encoder->new(&e, &c, 672 - 13), 0);
	e->ops->set_wish(e, &wish);
	planned = e->ops->encode(e, in, out, sizeof(out)).bytes;
	ck_assert_uint_eq(e->ops->set_share(e, shares[_i].share), shares[_i].used);
	/* not in the midst of a packet */
	ck_assert_int_eq(e->ops->encode(e, in, out, sizeof(out)).bytes, planned);
	e->ops->reset(e);
	made = e->ops->encode(e, in, out, sizeof(out)).bytes;
	ck_assert_uint_eq(out[2], shares[_i].used);
	if (shares[_i].used > 12 && shares[_i].used > shares[_i].least)
		ck_assert_double_le((double)made, shares[_i].share * (double)planned);
	/* who wishes anew gets the share of that */
	ck_assert_uint_le(e->ops->set_wish(e, &wish), shares[_i].used);
	e->ops->set_share(e, 1.0);
	e->ops->reset(e);
	ck_assert_int_eq(e->ops->encode(e, in, out, sizeof(out)).bytes, planned);
	e->ops->free(e);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("share");
	TCase *const c = tcase_create("sbc");

	tcase_add_loop_test(c, sbc_fills_packets_for_30_ms_at_most, 0,
			TANDEM_ARRAY_LEN(packets));
	tcase_add_loop_test(c, sbc_makes_do_with_a_share, 0, TANDEM_ARRAY_LEN(shares));
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
