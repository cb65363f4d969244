/* SPDX-License-Identifier: MIT
 *
 * Host WAV: what left the box, on the host's timeline. Frames come with the stretch of
 * host time in which they left; libsamplerate's best converter (a foreign one: ours must
 * not grade itself) brings them to 48 kHz with sample 0 at host time 0.
 *
 *   content  |----|----|  time map, per stretch      host grid  | | | | | | | |
 *
 * The converter's ratio follows the map: after each block of outputs its read position
 * is where the map says, to the rounding of a double. Its output k is at the read
 * position, without delay, so an impulse lands where it was heard. Where nothing was
 * played the file holds digital zero, but for the ringing of some 3 ms beside a run.
 *
 * Mono, 32 bit PCM. Times are seconds of host time. Thread: any one.
 */
#ifndef TANDEM_TOOLS_SPEAKER_HOST_WAV_H
#define TANDEM_TOOLS_SPEAKER_HOST_WAV_H

#include <stdint.h>

#include <stdbool.h>

#include "spa/base/units.h"

#define TANDEM_HOST_WAV_HZ 48000

struct tandem_host_wav;

/* Creates or truncates the file. lean: converts by a shorter filter, 121 dB instead of 144
 * of noise, in a third of the time. Sets *ret_wav. Returns 0, -ENOMEM or what open or write
 * say. */
TANDEM_CHECK int tandem_host_wav_new(struct tandem_host_wav **ret_wav, const char *path,
		bool lean);

/* in[frames] leave the box evenly in [from_s, to_s), from_s >= where the last ones ended.
 * A stretch that does not begin where the last one ended begins a new run. Errors of the
 * disk are kept for close. */
void tandem_host_wav_play(struct tandem_host_wav *w, const float *in, uint32_t frames,
		double from_s, double to_s);

/* For who reads the file while it grows: nothing that is yet to be played begins before
 * until_s. The file then reaches to 45 ms before that, or before the end of what was played
 * if that is later; what is in it stays. */
void tandem_host_wav_flush(struct tandem_host_wav *w, double until_s);

/* Makes the file end_s long, silent after the last run, and frees. NULL is fine. Returns
 * 0 or the first negative errno met. */
TANDEM_CHECK int tandem_host_wav_close(struct tandem_host_wav *w, double end_s);

#endif
