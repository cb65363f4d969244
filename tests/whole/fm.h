/* SPDX-License-Identifier: MIT
 *
 * FM: how far the frequency of a steady tone strays, as it is heard.
 *
 *   samples at their host times --> times exp(-i 2 pi f t) --> phase each 10 ms, in a
 *   Hann window of 20 ms --> its slope over 100 ms --> ppm of f
 *
 * A slope of 0: the tone that was fed in. Windows that were not all heard do not count.
 */
#ifndef TANDEM_TESTS_WHOLE_FM_H
#define TANDEM_TESTS_WHOLE_FM_H

#include <stdint.h>

struct fm;

/* Of a tone of tone_hz, heard within [0, length_s). The caller frees it with
 * tandem_fm_free(). */
struct fm *tandem_fm_new(double tone_hz, double length_s);
void tandem_fm_free(struct fm *fm);

/* n samples of 48 kHz, a few ms at most, heard evenly in [from_s, to_s). */
void tandem_fm_hear(struct fm *fm, const float *x, uint32_t n, double from_s, double to_s);

/* Of the windows within [from_s, to_s): peak and rms about nothing, so a steady error
 * counts. */
struct fm_moves {
	double mean_ppm, rms_ppm, peak_ppm;
	uint32_t windows;
};
struct fm_moves tandem_fm_moves(const struct fm *fm, double from_s, double to_s);

#endif
