/* SPDX-License-Identifier: MIT
 *
 * Convolve: a long impulse response on a live signal, block by block. Uniform partitions,
 * overlap-save: each block is transformed once, and met with every part of the response.
 *
 *   in[BLOCK] --> spectrum --> [ newest | ... | oldest ]      kept spectra of the past
 *                                  x         x       x        parts of the response
 *                                  +---- sum ---------+ --> inverse --> out[BLOCK]
 *
 * Memory is taken in new() alone. Thread: any one.
 */
#ifndef TANDEM_ROOM_CONVOLVE_H
#define TANDEM_ROOM_CONVOLVE_H

#include "base/units.h"

/* Chosen: 10.7 ms at 48 kHz. Half of it doubles the work, twice it is a longer wait. */
#define TANDEM_CONVOLVE_BLOCK 512

struct tandem_convolve;

/* taps[n], n > 0, are copied. Sets *ret_convolve; untouched on failure. 0, -EINVAL or
 * -ENOMEM. */
TANDEM_CHECK int tandem_convolve_new(struct tandem_convolve **ret_convolve,
		const float *taps, uint32_t n);
void tandem_convolve_free(struct tandem_convolve *c); /* NULL is fine */

/* out[BLOCK] += response * all blocks of in[BLOCK] so far; frame by frame, no delay. */
void tandem_convolve_run(struct tandem_convolve *c, const float *in, float *out);

/* As new: nothing has been heard. */
void tandem_convolve_reset(struct tandem_convolve *c);

#endif
