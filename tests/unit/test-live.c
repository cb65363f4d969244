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

int main(void)
{
	Suite *const suite = suite_create("live");
	TCase *const c = tcase_create("virtual time");

	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, a_mix_changes_without_a_step, 0,
			2 * TANDEM_ARRAY_LEN(mix_cases));
	tcase_add_test(c, a_box_with_one_coded_channel_plays_the_mean);
	tcase_add_test(c, a_swap_dips_by_3_db_at_most);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
