/* SPDX-License-Identifier: MIT
 *
 * Tone: how much of a recording is the tone it should be, and how much is not.
 *
 *   level |      /\                   within `width` of the tone: the tone
 *         |  ___/  \_____.__.____     all else, images and noise alike: the rest
 *         +------------------------> f
 *
 * Kaiser window (beta 38: nothing leaks above -290 dB beyond 12 lines of the spectrum), so
 * with 2^19 samples at 48 kHz only what lies within 1 Hz of the tone is not counted: the
 * image of a resampler that is off by 100 ppm lies 4.8 Hz away.
 */
#ifndef TANDEM_TESTS_TONE_H
#define TANDEM_TESTS_TONE_H

#include <stdint.h>

struct tandem_tone {
	double amplitude;
	double rest_db; /* power of the rest against that of the tone */
};

/* x[2^n_log2]; frequency and width in cycles per sample. Aborts without memory. */
struct tandem_tone tandem_tone_measure(const float *x, uint32_t n_log2, double frequency,
		double width);

/* Phase in radians of a tone of that frequency in x[n], at x[0]: Hann window. */
double tandem_tone_phase(const float *x, uint32_t n, double frequency);

#endif
