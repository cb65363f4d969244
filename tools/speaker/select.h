/* SPDX-License-Identifier: MIT
 *
 * Select: what this speaker offers, and what it picks when it connects by itself.
 * Bytes: shared facts on Bluetooth, 1.2. Thread: any one.
 */
#ifndef TANDEM_TOOLS_SPEAKER_SELECT_H
#define TANDEM_TOOLS_SPEAKER_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TANDEM_SELECT_BYTES 4

/* 44.1 and 48 kHz, every mode, bitpool 2 to 53. */
extern const uint8_t tandem_select_capabilities[TANDEM_SELECT_BYTES];

/* Best mode both sides have. False, and ret_config untouched: there is none. */
bool tandem_select_sbc(const uint8_t *caps, size_t bytes,
		uint8_t ret_config[TANDEM_SELECT_BYTES]);

/* LDAC: 44.1 to 96 kHz, every mode; what is picked is 48 kHz and stereo, if there is a
 * choice. Likewise. */
#define TANDEM_SELECT_LDAC_BYTES 8
extern const uint8_t tandem_select_ldac_capabilities[TANDEM_SELECT_LDAC_BYTES];
bool tandem_select_ldac(const uint8_t *caps, size_t bytes,
		uint8_t ret_config[TANDEM_SELECT_LDAC_BYTES]);

#endif
