/* SPDX-License-Identifier: MIT
 *
 * Band: what a box makes of a sound before the room has it; second-order sections in a row,
 * minimum phase. Source: the bilinear transform of the analogue sections, as in every book.
 */
#ifndef TANDEM_ROOM_BAND_H
#define TANDEM_ROOM_BAND_H

#include <stdint.h>

/* y = b0 x + b1 x' + b2 x'' - a1 y' - a2 y'' */
struct tandem_band_section {
	double b0, b1, b2, a1, a2;
	double z1, z2;
};

/* All start silent. frequency_hz: of -3 dB, below rate_hz / 2; Butterworth. */
struct tandem_band_section tandem_band_highpass(double frequency_hz, double rate_hz);
struct tandem_band_section tandem_band_lowpass(double frequency_hz, double rate_hz);
/* A bump of gain_db (a dent below 0) around frequency_hz, that / q wide. */
struct tandem_band_section tandem_band_peak(double frequency_hz, double rate_hz,
		double gain_db, double q);

/* x[n], in place. */
void tandem_band_run(struct tandem_band_section *s, float *x, uint32_t n);

#endif
