/* SPDX-License-Identifier: MIT
 *
 * Everything a speaker plays, changed while it plays: no step in the waveform, everything
 * else in its place. Virtual time; seen before the encoder.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "tap.h"
#include "suite.h"

#define AMPLITUDE 0.5 /* of the programme's tones */
#define CLICK (0.01 * AMPLITUDE)

static const struct tandem_mix left = { { { 1, 0 }, { 1, 0 } } };
static const struct tandem_mix right = { { { 0, 1 }, { 0, 1 } } };

struct step {
	struct tandem_mix mix;
	double seconds; /* until the next */
};

static const struct {
	const char *what;
	uint32_t n_steps;
	struct step steps[5];
} mix_cases[] = {
	{ "gain 0, -6, +6 dB", 3,
			{ { { { { 1 }, { 1 } } }, 0.3 }, { { { { 0.5 }, { 0.5 } } }, 0.3 },
					{ { { { 2 }, { 2 } } }, 0.3 } } },
	{ "mute and back", 3,
			{ { { { { 1 }, { 1 } } }, 0.3 }, { { { { 0 } } }, 0.3 },
					{ { { { 1 }, { 1 } } }, 0.3 } } },
	{ "invert", 2, { { { { { 1 }, { 1 } } }, 0.3 }, { { { { -1 }, { -1 } } }, 0.3 } } },
	{ "swap", 2,
			{ { { { { 1, 0 }, { 1, 0 } } }, 0.3 },
					{ { { { 0, 1 }, { 0, 1 } } }, 0.3 } } },
	{ "stereo, party, mono", 3,
			{ { { { { 1, 0 }, { 1, 0 } } }, 0.3 },
					{ { { { 1, 0 }, { 0, 1 } } }, 0.3 },
					{ { { { 0.5, 0.5 }, { 0.5, 0.5 } } }, 0.3 } } },
	{ "during a fade", 5,
			{ { { { { 1 }, { 1 } } }, 0.3 }, { { { { -1 }, { -1 } } }, 0.007 },
					{ { { { 2, 0 }, { 0, 2 } } }, 0.003 },
					{ { { { 0 } } }, 0.009 },
					{ { { { 0, 1 }, { 1, 1 } } }, 0.3 } } },
};

static const double tones_hz[2] = { 220.0, 997.0 };

static double curvature(double gain, double hz, double rate_hz)
{
	return fabs(gain) * AMPLITUDE * (2.0 - 2.0 * cos(2.0 * M_PI * hz / rate_hz));
}

/* What the roughest of the steady states has. */
static double steady_roughness(const struct world *w, const struct step *steps, uint32_t n)
{
	double greatest = 0.0;

	for (uint32_t i = 0; i < 2 * n; i++) {
		const float *const row = steps[i / 2].mix.gains[i % 2];
		const double d = curvature(row[0], w->tone_hz[0], w->rate_hz) +
				 curvature(row[1], w->tone_hz[1], w->rate_hz);

		greatest = d > greatest ? d : greatest;
	}
	return greatest;
}

/* Every plane plays what the mix says, from the frame on for a tenth of a second. */
static void check_level(const struct tap *t, const struct tandem_mix *mix, uint32_t from)
{
	for (uint32_t c = 0; c < t->channels; c++) {
		const double a = mix->gains[c][0];
		const double b = mix->gains[c][1];
		const double wanted = AMPLITUDE * sqrt((a * a + b * b) / 2.0);

		ck_assert_double_eq_tol(tandem_tap_rms(t, c, from, from + 4800), wanted,
				0.01 * wanted + 1e-6);
	}
}

START_TEST(a_mix_changes_without_a_step)
{
	const struct step *const steps = mix_cases[_i / 2].steps;
	const uint32_t n = mix_cases[_i / 2].n_steps;
	struct world w;
	struct tap *t;
	double rough;
	uint32_t packets;

	tandem_world_init(&w, 48000, 1024);
	w.tone_hz[0] = tones_hz[_i % 2];
	w.tone_hz[1] = tones_hz[1 - _i % 2];
	t = tandem_tap_add(&w, 0, 2, &steps[0].mix);
	tandem_world_run(&w, 0.8);
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0)
			tandem_group_set_mix(&w.group, 0, &steps[i].mix);
		packets = t->n_blocks;
		tandem_world_run(&w, steps[i].seconds);
		if (steps[i].seconds > 0.2) {
			check_level(t, &steps[i].mix, tandem_tap_frames(t) - 4800);
			/* mute or not: 400 packets a second */
			ck_assert_int_le(abs((int)(t->n_blocks - packets) - 120), 10);
		}
	}
	rough = tandem_tap_roughness(t, 26000, tandem_tap_frames(t));
	ck_assert_msg(rough <= steady_roughness(&w, steps, n) + CLICK,
			"%s: %.5f, steady %.5f", mix_cases[_i / 2].what, rough,
			steady_roughness(&w, steps, n));
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_box_with_one_coded_channel_plays_the_mean)
{
	const struct tandem_mix party = { { { 1, 0 }, { 0, 1 } } };
	const struct tandem_mix mono = { { { 0.5, 0.5 } } };
	struct world w;
	struct tap *t;

	tandem_world_init(&w, 48000, 1024);
	w.tone_hz[0] = 220.0;
	t = tandem_tap_add(&w, 0, 1, &left);
	tandem_world_run(&w, 1.0);
	check_level(t, &left, tandem_tap_frames(t) - 4800);
	tandem_group_set_mix(&w.group, 0, &party);
	tandem_world_run(&w, 0.3);
	check_level(t, &mono, tandem_tap_frames(t) - 4800);
	ck_assert_double_le(tandem_tap_roughness(t, 26000, tandem_tap_frames(t)),
			curvature(0.5, 220.0, 48000.0) + curvature(0.5, 997.0, 48000.0) +
					CLICK);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_swap_dips_by_3_db_at_most)
{
	struct world w;
	struct tap *t;
	double least = 1.0;

	tandem_world_init(&w, 48000, 1024);
	w.tone_hz[0] = 800.0; /* whole periods in 5 ms: 4 and 5 */
	w.tone_hz[1] = 1000.0;
	t = tandem_tap_add(&w, 0, 2, &left);
	tandem_world_run(&w, 0.8);
	tandem_group_set_mix(&w.group, 0, &right);
	tandem_world_run(&w, 0.2);
	for (uint32_t at = 30000; at + 240 < tandem_tap_frames(t); at += 24) {
		const double rms = tandem_tap_rms(t, 0, at, at + 240);

		least = rms < least ? rms : least;
	}
	/* the middle is sqrt(0.5), and the window sees a little of the sides */
	ck_assert_double_ge(least, AMPLITUDE * sqrt(0.5) * sqrt(0.5));
	ck_assert_double_le(least, AMPLITUDE * sqrt(0.5) * 0.75);
	tandem_world_finish(&w);
}
END_TEST

/* By hand, one after the other; the group's other speaker makes room for a negative one. */
static const struct {
	double trim_s;
	double moves_s[2]; /* the speakers, later */
} trims[] = {
	{ 3.25e-3, { 3.25e-3, 0.0 } },
	{ 0.0, { -3.25e-3, 0.0 } },
	{ 0.4e-3, { 0.4e-3, 0.0 } },
	{ 0.0, { -0.4e-3, 0.0 } },
	/* as far as there is to spare; then all wait for it */
	{ -TANDEM_ALIGN_SPARE_S - 3.25e-3, { -TANDEM_ALIGN_SPARE_S, 3.25e-3 } },
	/* the common delay does not shrink */
	{ 0.25e-3, { TANDEM_ALIGN_SPARE_S + 3.5e-3, 0.0 } },
};

static const struct {
	uint32_t rate_hz;
	double hz;
} trim_worlds[] = { { 48000, 220.0 }, { 48000, 997.0 }, { 44100, 220.0 },
	{ 44100, 997.0 } };

START_TEST(a_trim_moves_one_speaker_exactly)
{
	const double hz = trim_worlds[_i].hz;
	struct world w;
	struct tap *t[2];

	tandem_world_init(&w, trim_worlds[_i].rate_hz, 1024);
	w.tone_hz[0] = hz;
	for (uint32_t i = 0; i < 2; i++)
		t[i] = tandem_tap_add(&w, i, 2, &left);
	tandem_world_run(&w, 1.5);
	for (uint32_t k = 0; k < TANDEM_ARRAY_LEN(trims); k++) {
		const uint32_t from = tandem_tap_frames(t[0]) - TAP_BLOCK_FRAMES;
		double before_s[2];

		for (uint32_t i = 0; i < 2; i++)
			before_s[i] = tandem_tap_lateness_s(&w, t[i], hz);
		tandem_group_set_trim(&w.group, 0, trims[k].trim_s, w.now_ns);
		tandem_world_run(&w, 2.9);
		for (uint32_t i = 0; i < 2; i++) {
			const double off = tandem_tap_apart_s(tandem_tap_lateness_s(&w,
									      t[i], hz),
					before_s[i] + trims[k].moves_s[i], hz);

			/* a jump of whole frames; the rest is pulled to, slowly */
			ck_assert_msg(off < 0.51 / w.rate_hz,
					"trim %.2f ms: %u is %.2f us off",
					trims[k].trim_s * 1e3, i, off * 1e6);
			ck_assert_double_le(tandem_tap_roughness(t[i], from,
							    tandem_tap_frames(t[i])),
					curvature(1.0, hz, w.rate_hz) + CLICK);
		}
	}
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).jumps, 6);
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[1], w.now_ns).jumps, 1);
	tandem_world_finish(&w);
}
END_TEST

/* What a report changed by a millisecond is pulled to, unheard, whatever a hand does to
 * the other speaker meanwhile. */
START_TEST(a_trim_does_not_hurry_the_other_speaker)
{
	struct world w;
	struct tap *t;
	double late_s;

	tandem_world_init(&w, 48000, 1024);
	w.tone_hz[0] = 220.0;
	tandem_tap_add(&w, 0, 2, &left);
	t = tandem_tap_add(&w, 1, 2, &left);
	for (uint32_t i = 0; i < 2; i++)
		tandem_world_report(&w, i, 0.150);
	tandem_world_run(&w, 1.5);
	late_s = tandem_tap_lateness_s(&w, t, 220.0);
	tandem_world_report(&w, 1, 0.149);
	tandem_group_set_trim(&w.group, 0, 3.25e-3, w.now_ns);
	tandem_world_run(&w, 1.0);
	/* on its way, not there: 100 ppm for a second at most, and that only by and by */
	late_s = remainder(tandem_tap_lateness_s(&w, t, 220.0) - late_s, 1 / 220.0);
	ck_assert_double_gt(late_s, 5e-6);
	ck_assert_double_lt(late_s, 95e-6);
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).jumps, 1);
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[1], w.now_ns).jumps, 0);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_jump_and_a_fade_may_overlap)
{
	struct world w;
	struct tap *t;
	const struct tandem_mix loud = { { { 2, 0 }, { -2, 0 } } };
	double late_s;

	tandem_world_init(&w, 48000, 1024);
	w.tone_hz[0] = 220.0;
	t = tandem_tap_add(&w, 0, 2, &left);
	tandem_world_run(&w, 1.5);
	late_s = tandem_tap_lateness_s(&w, t, 220.0);
	/* the second trim is asked for under the fade of the first, and waits for it */
	tandem_group_set_mix(&w.group, 0, &loud);
	tandem_group_set_trim(&w.group, 0, 3.25e-3, w.now_ns);
	tandem_world_run(&w, 0.004);
	tandem_group_set_trim(&w.group, 0, 1e-3, w.now_ns);
	tandem_world_run(&w, 0.004);
	tandem_group_set_mix(&w.group, 0, &left);
	tandem_world_run(&w, 1.0);
	ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns).jumps, 2);
	ck_assert_double_lt(tandem_tap_apart_s(tandem_tap_lateness_s(&w, t, 220.0),
					    late_s + 1e-3, 220.0),
			1e-6);
	ck_assert_double_le(tandem_tap_roughness(t, 26000, tandem_tap_frames(t)),
			curvature(2.0, 220.0, 48000.0) + CLICK);
	check_level(t, &left, tandem_tap_frames(t) - 4800);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(the_common_delay_is_limited)
{
	const double packet_s = (640.0 + WORLD_SBC_DELAY) / 48000.0;
	struct tandem_speaker_stats st[2];
	struct world w;
	double before_s[2];

	tandem_world_init(&w, 48000, 1024);
	tandem_group_set_expected(&w.group, 3);
	for (uint32_t i = 0; i < 2; i++)
		tandem_world_add_speaker(&w, i, 0x10);
	tandem_world_report(&w, 0, 0.120);
	tandem_world_report(&w, 1, 0.180);
	tandem_world_run(&w, 3.0);
	for (uint32_t i = 0; i < 2; i++)
		before_s[i] = tandem_world_lateness_s(&w, i, 48000, 96000);
	tandem_group_set_max_latency(&w.group, 0.150);
	tandem_world_run(&w, 3.0);
	for (uint32_t i = 0; i < 2; i++)
		st[i] = tandem_speaker_stats(w.group.speakers[i], w.now_ns);
	ck_assert_double_eq_tol(tandem_group_latency_s(&w.group), 0.170, 1e-9);
	ck_assert_double_eq_tol(st[0].extra_s, 0.030 - packet_s, 1e-9);
	ck_assert_double_eq(st[0].late_s, 0.0);
	ck_assert_double_eq(st[1].extra_s, 0.0);
	ck_assert_double_eq_tol(st[1].late_s, 0.030 + packet_s, 1e-9);
	ck_assert_uint_eq(st[0].jumps, 1);
	ck_assert_uint_eq(st[1].jumps, 1); /* that far it can be faster */
	ck_assert_double_lt(tandem_world_distance_s(before_s[1] - TANDEM_ALIGN_SPARE_S,
					    tandem_world_lateness_s(&w, 1, 48000, 240000)),
			1e-6);
	ck_assert_double_lt(tandem_world_distance_s(before_s[0] - 0.030 - packet_s -
								    TANDEM_ALIGN_SPARE_S,
					    tandem_world_lateness_s(&w, 0, 48000, 240000)),
			1e-6);

	/* lifted: all agree again */
	tandem_group_set_max_latency(&w.group, 0.0);
	tandem_world_run(&w, 3.0);
	ck_assert_double_eq_tol(tandem_group_latency_s(&w.group),
			0.200 + TANDEM_ALIGN_SPARE_S + packet_s, 1e-9);
	ck_assert_double_eq(tandem_speaker_stats(w.group.speakers[1], w.now_ns).late_s,
			0.0);
	ck_assert_double_lt(tandem_world_distance_s(before_s[0],
					    tandem_world_lateness_s(&w, 0, 48000, 384000)),
			1e-6);
	tandem_world_finish(&w);
}
END_TEST

static const struct {
	uint32_t asked, used;
} bitpools[] = { { 20, 20 }, { 53, 53 }, { 31, 31 }, { 200, 53 }, { 2, 2 }, { 1, 2 },
	{ 0, 53 } };

START_TEST(a_bitpool_changes_with_the_next_packets)
{
	static const struct tandem_codec_wish nothing = { 0 };
	struct world w;
	double before_s;

	tandem_world_init(&w, 48000, 1024);
	tandem_world_add_speaker(&w, 0, 0x10);
	tandem_world_run(&w, 2.0);
	before_s = tandem_world_lateness_s(&w, 0, 48000, 48000);
	for (uint32_t i = 0; i < TANDEM_ARRAY_LEN(bitpools); i++) {
		const uint32_t n = w.air[0]->n_packets;
		const struct tandem_codec_wish wish = { .bitpool = bitpools[i].asked };
		/* frames of 4 + 8 + (16 * bitpool + 8) / 8 bytes, A2DP 12.9 */
		const uint32_t frame_bytes = 13 + 2 * bitpools[i].used;
		const uint32_t frames =
				frame_bytes > 59 ? 659 / frame_bytes : 11; /* 30 ms */

		ck_assert_uint_eq(tandem_group_set_wish(&w.group, 0, &wish),
				bitpools[i].used);
		tandem_world_run(&w, 1.0);
		ck_assert_uint_eq(w.air[0]->last_bitpool, bitpools[i].used);
		ck_assert_uint_eq(w.air[0]->last_bytes, 13 + frames * frame_bytes);
		ck_assert_int_le(abs((int)(w.air[0]->n_packets - n) - (int)(375 / frames)),
				2);
		ck_assert_uint_eq(tandem_speaker_stats(w.group.speakers[0], w.now_ns)
						  .bitpool,
				bitpools[i].used);
	}
	ck_assert_double_lt(tandem_world_distance_s(before_s,
					    tandem_world_lateness_s(&w, 0, 48000, 384000)),
			1e-6);
	ck_assert_uint_eq(tandem_group_set_wish(&w.group, 5, &nothing), 0); /* nobody */
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("live");
	TCase *const c = tcase_create("virtual time");

	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, a_mix_changes_without_a_step, 0,
			2 * TANDEM_ARRAY_LEN(mix_cases));
	tcase_add_test(c, a_box_with_one_coded_channel_plays_the_mean);
	tcase_add_test(c, a_swap_dips_by_3_db_at_most);
	tcase_add_loop_test(c, a_trim_moves_one_speaker_exactly, 0,
			TANDEM_ARRAY_LEN(trim_worlds));
	tcase_add_test(c, a_trim_does_not_hurry_the_other_speaker);
	tcase_add_test(c, a_jump_and_a_fade_may_overlap);
	tcase_add_test(c, the_common_delay_is_limited);
	tcase_add_test(c, a_bitpool_changes_with_the_next_packets);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
