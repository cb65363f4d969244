/* SPDX-License-Identifier: MIT
 *
 * Room: what lies between boxes and the seat that a microphone stands at.
 *
 *        direct
 *          |     early: images of the box in six walls      diffuse: noise that decays
 *          |    |  |   | | ||  |||||||                      by 60 dB in rt60_s
 *     -----+----+--+---+-+-++--+++++++vvvvvvvvvv~~~~~~~~~~------------> t
 *          distance / 343 m/s         40 ms later
 *
 * A shoebox (Allen and Berkley, JASA 65, 1979), drawn from the seed like the places in it;
 * its walls take what rt60_s asks for (Eyring), and of the highs more. The noise goes on
 * as dense and strong as the images end: 4 pi c^3 t^2 / V of them a second, each of power
 * beta^(2 walls) / (c t)^2. A box is a second-order band with three bumps and dents of its
 * own, alike in all directions, which makes its room louder than a real one's: the hard
 * case.
 *
 * Pure: seeds in, numbers out, the same everywhere. Units in names. No thread of its own.
 */
#ifndef TANDEM_ROOM_H
#define TANDEM_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/units.h"

#define TANDEM_ROOM_MAX_M 4.0 /* from any seat drawn, boxes so far away still fit */
#define TANDEM_ROOM_MIN_M 0.3
#define TANDEM_ROOM_SOUND_M_PER_S 343.0 /* at 20 degrees Celsius */

struct tandem_room {
	double rt60_s;  /* 0: no walls, the direct sound alone */
	double snr_db;  /* all boxes together against the noise, at the microphone */
	double mic_ppm; /* the microphone's clock; > 0 runs fast */
	uint64_t seed;  /* of the shape, the places and the tail */
	uint32_t n_speakers;
	struct tandem_room_speaker {
		double distance_m; /* to the seat, MIN to MAX */
		double gain_db;    /* of the box; 0: a sample of 1 is 1 at one metre */
		bool inverted;
		double low_hz, high_hz; /* -3 dB */
	} of[TANDEM_MAX_SPEAKERS];
};

/* A room that nobody has seen: SNR 5 to 40 dB, RT60 0.2 to 0.8 s, each box at 0.3 to 4 m,
 * of 100..200 Hz to 12..20 kHz, +-3 dB, wired the wrong way in one case of four; microphone
 * within +-80 ppm. */
void tandem_room_draw(struct tandem_room *r, uint64_t seed, uint32_t n_speakers);

/* From that speaker to the seat, rate_hz >= 8000; the direct sound at sample
 * distance_m / 343 * rate_hz, fraction kept (what the band of the box delays beyond it is
 * 20 us at most in the middle of it). Sets *ret_taps, which the caller frees, and *ret_n;
 * untouched on failure. 0, -EINVAL or -ENOMEM. */
int tandem_room_response(const struct tandem_room *r, uint32_t speaker, uint32_t rate_hz,
		float **ret_taps, uint32_t *ret_n) TANDEM_CHECK;

#endif
