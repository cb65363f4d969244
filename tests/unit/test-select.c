/* SPDX-License-Identifier: MIT
 *
 * Which SBC configuration is asked for, and when one in use will do.
 */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "codec/sbc-config.h"
#include "suite.h"

static const struct tandem_codec_wish any = { 0 };

/* clang-format off */
static const struct {
	uint8_t caps[4];
	struct tandem_codec_wish wish;
	uint8_t config[4];
	int res;
} cases[] = {
	{ { 0xff, 0xff, 2, 53 }, { 0, 0 }, { 0x11, 0x15, 2, 51 }, 0 },
	{ { 0x3f, 0xff, 2, 53 }, { 0, 0 }, { 0x11, 0x15, 2, 51 }, 0 },
	{ { 0x2f, 0xff, 2, 53 }, { 0, 0 }, { 0x21, 0x15, 2, 53 }, 0 },   /* 44.1 kHz only */
	{ { 0xff, 0xff, 10, 35 }, { 0, 0 }, { 0x11, 0x15, 10, 35 }, 0 }, /* its own range */
	{ { 0xff, 0xff, 0, 250 }, { 0, 0 }, { 0x11, 0x15, 2, 51 }, 0 },
	{ { 0x1a, 0xff, 2, 53 }, { 0, 0 }, { 0x12, 0x15, 2, 51 }, 0 }, /* no joint */
	{ { 0x18, 0xff, 2, 53 }, { 0, 0 }, { 0x18, 0x15, 2, 51 }, 0 }, /* mono only */
	{ { 0x11, 0x8a, 2, 53 }, { 0, 0 }, { 0x11, 0x8a, 2, 51 }, 0 }, /* 4, 4, SNR */
	{ { 0xc1, 0xff, 2, 53 }, { 0, 0 }, { 0 }, -ENOTSUP }, /* 16 and 32 kHz only */
	{ { 0xff, 0xff, 54, 60 }, { 0, 0 }, { 0 }, -ENOTSUP },
	{ { 0xff, 0xff, 53, 2 }, { 0, 0 }, { 0 }, -EINVAL },
	/* the mode asked for, with the bitpool recommended in it; else the best */
	{ { 0xff, 0xff, 2, 53 }, { TANDEM_SBC_JOINT, 0 }, { 0x11, 0x15, 2, 51 }, 0 },
	{ { 0xff, 0xff, 2, 53 }, { TANDEM_SBC_STEREO, 0 }, { 0x12, 0x15, 2, 51 }, 0 },
	{ { 0xff, 0xff, 2, 53 }, { TANDEM_SBC_DUAL, 0 }, { 0x14, 0x15, 2, 29 }, 0 },
	{ { 0xff, 0xff, 2, 53 }, { TANDEM_SBC_MONO, 0 }, { 0x18, 0x15, 2, 51 }, 0 },
	{ { 0x2f, 0xff, 2, 53 }, { TANDEM_SBC_MONO, 0 }, { 0x28, 0x15, 2, 53 }, 0 },
	{ { 0xff, 0xff, 2, 53 }, { TANDEM_SBC_XQ, 0 }, { 0x14, 0x15, 2, 35 }, 0 },
	{ { 0x2f, 0xff, 2, 53 }, { TANDEM_SBC_XQ, 0 }, { 0x24, 0x15, 2, 38 }, 0 },
	{ { 0x13, 0xff, 2, 53 }, { TANDEM_SBC_MONO, 0 }, { 0x11, 0x15, 2, 51 }, 0 },
	{ { 0xff, 0xff, 2, 53 }, { 99, 0 }, { 0x11, 0x15, 2, 51 }, 0 }, /* no such mode */
	/* the bitpool asked for stays within what is agreed */
	{ { 0xff, 0xff, 2, 53 }, { 0, 35 }, { 0x11, 0x15, 2, 51 }, 0 },
	{ { 0xff, 0xff, 2, 64 }, { 0, 58 }, { 0x11, 0x15, 2, 58 }, 0 },
	{ { 0xff, 0xff, 2, 53 }, { 0, 250 }, { 0x11, 0x15, 2, 53 }, 0 },
	{ { 0xff, 0xff, 2, 250 }, { 0, 250 }, { 0x11, 0x15, 2, 250 }, 0 },
	{ { 0xff, 0xff, 2, 255 }, { 0, 250 }, { 0x11, 0x15, 2, 250 }, 0 },
	{ { 0xff, 0xff, 2, 250 }, { TANDEM_SBC_MONO, 250 }, { 0x18, 0x15, 2, 128 }, 0 },
	{ { 0x14, 0x8a, 2, 250 }, { 0, 250 }, { 0x14, 0x8a, 2, 64 }, 0 },
	{ { 0xff, 0xff, 40, 53 }, { TANDEM_SBC_DUAL, 0 }, { 0 }, -ENOTSUP },
	{ { 0xff, 0xff, 40, 53 }, { TANDEM_SBC_DUAL, 45 }, { 0x14, 0x15, 40, 45 }, 0 },
};
/* clang-format on */

static bool config_ok(const uint8_t *config, uint32_t n)
{
	return !tandem_sbc_fault(config, n);
}

START_TEST(sbc_is_chosen)
{
	uint8_t config[4] = { 0 };

	ck_assert_int_eq(tandem_sbc_select(cases[_i].caps, 4, &cases[_i].wish, config),
			cases[_i].res);
	ck_assert_mem_eq(config, cases[_i].config, 4);
	ck_assert_int_eq(config_ok(config, 4), cases[_i].res == 0);
	ck_assert_int_eq(tandem_sbc_select(cases[_i].caps, 3, &any, config), -EINVAL);
	ck_assert(!config_ok(cases[_i].config, 3));
}
END_TEST

/* Every offer and every wish: what comes of it can be encoded, and is within the offer. */
START_TEST(whatever_is_chosen_is_valid)
{
	static const uint8_t bitpools[] = { 0, 2, 29, 53, 64, 128, 250, 255 };
	const uint8_t modes = (uint8_t)_i;
	uint32_t chosen = 0;

	for (uint32_t i = 0; i < 8 * 8 * 8 * 5; i++) {
		const uint8_t caps[4] = { (uint8_t)(0x30 | modes), 0xff, bitpools[i % 8],
			bitpools[i / 8 % 8] };
		const struct tandem_codec_wish wish = { i / 512, bitpools[i / 64 % 8] };
		uint8_t c[4];

		if (tandem_sbc_select(caps, 4, &wish, c) != 0)
			continue;
		chosen++;
		ck_assert(config_ok(c, 4));
		ck_assert_uint_eq(c[0] & ~caps[0], 0);
		ck_assert(c[2] >= caps[2] && c[3] <= caps[3]);
		ck_assert(tandem_sbc_serves(c, c, &wish));
	}
	ck_assert_int_eq(chosen > 0, modes != 0);
}
END_TEST

static const struct {
	struct tandem_codec_wish wish;
	uint8_t config[4];
	bool serves;
} in_use[] = {
	{ { 0, 0 }, { 0x11, 0x15, 2, 51 }, true },
	{ { 0, 0 }, { 0x21, 0x15, 2, 53 }, false }, /* 44.1 kHz, where 48 can be had */
	{ { 0, 0 }, { 0x11, 0x15, 2, 40 }, false },
	{ { 0, 35 }, { 0x11, 0x15, 2, 40 }, true },
	{ { 0, 35 }, { 0x11, 0x15, 2, 51 }, true },
	{ { 0, 35 }, { 0x11, 0x15, 2, 53 }, true },
	{ { 0, 0 }, { 0x11, 0x15, 2, 53 }, false }, /* more than is recommended */
	{ { 0, 53 }, { 0x11, 0x15, 2, 51 }, false },
	{ { 0, 200 }, { 0x11, 0x15, 2, 53 }, true }, /* the speaker takes no more */
	{ { TANDEM_SBC_MONO, 0 }, { 0x11, 0x15, 2, 51 }, false },
	{ { TANDEM_SBC_JOINT, 0 }, { 0x11, 0x15, 2, 51 }, true },
};

START_TEST(what_is_in_use_serves_or_not)
{
	static const uint8_t caps[4] = { 0xff, 0xff, 2, 53 };
	uint8_t best[4];

	ck_assert_int_eq(tandem_sbc_select(caps, 4, &in_use[_i].wish, best), 0);
	ck_assert_int_eq(tandem_sbc_serves(in_use[_i].config, best, &in_use[_i].wish),
			in_use[_i].serves);
}
END_TEST

START_TEST(modes_have_names)
{
	static const char *const names[] = { "joint", "stereo", "dual", "mono" };

	for (uint32_t i = 0; i < 4; i++) {
		const uint8_t config[4] = { (uint8_t)(0x10 | 1 << i), 0x15, 2, 51 };

		ck_assert_str_eq(tandem_sbc_mode_name(tandem_sbc_mode(config)), names[i]);
	}
	ck_assert_str_eq(tandem_sbc_mode_name(TANDEM_SBC_AUTO), "auto");
}
END_TEST

/* What the plugin could not encode is refused where BlueZ can still be told. */
START_TEST(bitpool_fits_the_frame)
{
	ck_assert(config_ok((const uint8_t[]){ 0x18, 0x19, 64, 250 }, 4));
	ck_assert(!config_ok((const uint8_t[]){ 0x18, 0x19, 65, 250 }, 4));
	ck_assert(!config_ok((const uint8_t[]){ 0x14, 0x15, 129, 250 }, 4));
	ck_assert(config_ok((const uint8_t[]){ 0x12, 0x15, 250, 250 }, 4));
}
END_TEST

static const struct {
	uint8_t config[5];
	uint32_t n;
	const char *fault; /* NULL: none */
} faults[] = {
	{ { 0x21, 0x15, 2, 53 }, 4, NULL },
	{ { 0x11, 0x15, 2, 250 }, 4, NULL },
	{ { 0 }, 0, "InvalidCodecParameter" },
	{ { 0x21, 0x15, 2, 53, 0 }, 5, "InvalidCodecParameter" },
	{ { 0x31, 0x15, 2, 53 }, 4, "InvalidSamplingFrequency" },
	{ { 0x01, 0x15, 2, 53 }, 4, "InvalidSamplingFrequency" },
	{ { 0x41, 0x15, 2, 53 }, 4, "NotSupportedSamplingFrequency" },
	{ { 0x81, 0x15, 2, 53 }, 4, "NotSupportedSamplingFrequency" },
	{ { 0x23, 0x15, 2, 53 }, 4, "InvalidChannelMode" },
	{ { 0x20, 0x15, 2, 53 }, 4, "InvalidChannelMode" },
	{ { 0x21, 0x35, 2, 53 }, 4, "InvalidBlockLength" },
	{ { 0x21, 0x05, 2, 53 }, 4, "InvalidBlockLength" },
	{ { 0x21, 0x1d, 2, 53 }, 4, "InvalidSubbands" },
	{ { 0x21, 0x11, 2, 53 }, 4, "InvalidSubbands" },
	{ { 0x21, 0x17, 2, 53 }, 4, "InvalidAllocationMethod" },
	{ { 0x21, 0x14, 2, 53 }, 4, "InvalidAllocationMethod" },
	{ { 0x21, 0x15, 1, 53 }, 4, "InvalidMinimumBitpoolValue" },
	{ { 0x21, 0x15, 54, 53 }, 4, "InvalidMinimumBitpoolValue" },
	{ { 0x18, 0x15, 129, 250 }, 4, "NotSupportedMinimumBitpoolValue" },
	{ { 0x21, 0x15, 2, 251 }, 4, "InvalidMaximumBitpoolValue" },
};

START_TEST(a_fault_has_the_name_that_bluez_knows)
{
	const char *const fault = tandem_sbc_fault(faults[_i].config, faults[_i].n);

	if (faults[_i].fault) {
		ck_assert_str_eq(fault, faults[_i].fault);
	} else {
		ck_assert_ptr_null(fault);
	}
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("choice of SBC");
	TCase *const c = tcase_create("select");

	tcase_add_loop_test(c, sbc_is_chosen, 0, TANDEM_ARRAY_LEN(cases));
	tcase_add_loop_test(c, whatever_is_chosen_is_valid, 0, 16);
	tcase_add_loop_test(c, what_is_in_use_serves_or_not, 0, TANDEM_ARRAY_LEN(in_use));
	tcase_add_test(c, modes_have_names);
	tcase_add_test(c, bitpool_fits_the_frame);
	tcase_add_loop_test(c, a_fault_has_the_name_that_bluez_knows, 0,
			TANDEM_ARRAY_LEN(faults));
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
