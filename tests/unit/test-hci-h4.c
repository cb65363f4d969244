/* SPDX-License-Identifier: MIT
 *
 * How the relay of tests/vm cuts btvirt's stream into packets, and keeps those of a host
 * until their time has come.
 */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/units.h"
#include "hci-packets.h"
#include "suite.h"
#include "tests/vm/air.h"

/* ---- the stream ---- */

static size_t stream(uint8_t *bytes)
{
	const struct packet parts[] = {
		tandem_packet_reset(),
		tandem_packet_acl(42, START, "some payload"),
		PACKET(0x03, 0x2a, 0x00, 0x00),
		PACKET(0x04, 0xff, 0x00),
		tandem_packet_acl(42, CONTINUATION, ""),
		PACKET(0x05, 0x2a, 0x20, 0x02, 0xc0, 0x11,
				0x22), /* two flags in the length */
		tandem_packet_connected(42, 1),
	};
	size_t n = 0;

	for (size_t i = 0; i < TANDEM_ARRAY_LEN(parts); i++) {
		memcpy(bytes + n, parts[i].bytes, parts[i].n);
		n += parts[i].n;
	}
	return n;
}

/* Takes n bytes, puts together what comes out; counts the packets. */
static void split(struct tandem_h4 *h, const uint8_t *bytes, size_t n, struct packet *out,
		unsigned *count)
{
	for (size_t done = 0; done < n;) {
		const ssize_t taken = tandem_h4_take(h, bytes + done, n - done);

		ck_assert_int_gt(taken, 0);
		done += (size_t)taken;
		if (!h->is_whole)
			continue;
		ck_assert_int_eq(tandem_h4_bytes(h->bytes, h->n), h->n);
		memcpy(out->bytes + out->n, h->bytes, h->n);
		out->n += h->n;
		++*count;
	}
}

START_TEST(every_cut_gives_the_same_packets)
{
	uint8_t bytes[256];
	const size_t n = stream(bytes);

	for (size_t first = 0; first <= n; first++) {
		for (size_t second = first; second <= n; second++) {
			struct tandem_h4 h = { 0 };
			struct packet out = { .n = 0 };
			unsigned count = 0;

			split(&h, bytes, first, &out, &count);
			split(&h, bytes + first, second - first, &out, &count);
			split(&h, bytes + second, n - second, &out, &count);
			ck_assert_uint_eq(count, 7);
			ck_assert_uint_eq(out.n, n);
			ck_assert_mem_eq(out.bytes, bytes, n);
		}
	}
}
END_TEST

START_TEST(what_is_no_packet_is_an_error)
{
	static const uint8_t types[] = { 0x00, 0x06, 0xff };
	static const uint8_t longest[] = { 0x02, 0x2a, 0x20, 0xff, 0x03 }; /* 1023: 1028 */
	static const uint8_t longer[] = { 0x02, 0x2a, 0x20, 0x00, 0x04 };
	struct tandem_h4 h = { 0 };

	for (size_t i = 0; i < sizeof(types); i++) {
		h = (struct tandem_h4){ 0 };
		ck_assert_int_eq(tandem_h4_take(&h, &types[i], 1), -EBADMSG);
		ck_assert_uint_eq(h.bytes[0], types[i]);
	}
	h = (struct tandem_h4){ 0 };
	ck_assert_int_eq(tandem_h4_take(&h, longer, sizeof(longer)), -EMSGSIZE);
	h = (struct tandem_h4){ 0 };
	ck_assert_int_eq(tandem_h4_take(&h, longest, sizeof(longest)), sizeof(longest));
	ck_assert_int_eq(tandem_h4_bytes(longest, sizeof(longest)), TANDEM_H4_MAX_BYTES);
}
END_TEST

START_TEST(packets_leave_the_air_in_order)
{
	struct tandem_air air = { 0 };

	ck_assert_ptr_null(tandem_air_first(&air));
	for (size_t i = 0; i < 3 * TANDEM_AIR_PACKETS; i++) {
		struct tandem_air_packet *const p = tandem_air_free(&air);

		p->due_ns = (int64_t)i;
		tandem_air_commit(&air);
		if (i % 3 == 2) {
			ck_assert_int_eq(tandem_air_first(&air)->due_ns, (int64_t)i / 3);
			tandem_air_drop(&air);
		}
		if (tandem_air_is_full(&air))
			break;
	}
	ck_assert(tandem_air_is_full(&air));
	ck_assert_ptr_null(tandem_air_free(&air));
	for (size_t i = 0; i < TANDEM_AIR_PACKETS; i++)
		tandem_air_drop(&air);
	ck_assert_ptr_null(tandem_air_first(&air));
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("hci h4");
	TCase *const cuts = tcase_create("stream");

	tcase_add_test(cuts, every_cut_gives_the_same_packets);
	tcase_add_test(cuts, what_is_no_packet_is_an_error);
	tcase_add_test(cuts, packets_leave_the_air_in_order);
	suite_add_tcase(suite, cuts);
	return tandem_suite_run(suite);
}
