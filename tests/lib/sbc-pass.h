/* SPDX-License-Identifier: MIT
 *
 * What SBC leaves of a sound: libsbc's encoder and decoder in a row, mono, 8 subbands,
 * 16 blocks, bitpool 31, as one channel to a box.
 */
#ifndef TANDEM_TESTS_SBC_PASS_H
#define TANDEM_TESTS_SBC_PASS_H

#include <stdint.h>

#define SBC_PASS_DELAY_FRAMES 73 /* of the two filter banks; tests/unit/test-sbc */

/* x[frames] at 48 kHz, in place, SBC_PASS_DELAY_FRAMES later; the last frames that fill no
 * block of 128 are silent. Aborts when libsbc fails. */
void tandem_sbc_pass(float *x, uint32_t frames);

#endif
