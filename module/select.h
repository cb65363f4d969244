/* SPDX-License-Identifier: MIT
 *
 * Which SBC configuration to ask a speaker for. Pure; any thread.
 *
 * The four bytes, in capabilities (any bits) and configurations (one bit per group):
 *
 *     0  rate   16k 0x80  32k 0x40  44.1k 0x20  48k 0x10 | mono 8 dual 4 stereo 2 joint 1
 *     1  blocks 4 0x80  8 0x40  12 0x20  16 0x10 | bands 4 0x08  8 0x04 | SNR 2 loudness 1
 *     2  least bitpool    3  greatest bitpool
 *
 * Source: A2DP 1.3, clause 4.3.2 (layout), table 4.7 (recommended bitpools).
 */
#ifndef TANDEM_MODULE_SELECT_H
#define TANDEM_MODULE_SELECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/settings.h"

#define TANDEM_CODEC_SBC 0x00
#define TANDEM_SBC_CONFIG_BYTES 4

/* What our endpoints offer: 44.1 and 48 kHz, every mode and block. */
extern const uint8_t tandem_sbc_capabilities[TANDEM_SBC_CONFIG_BYTES];

/* What somebody wants of it; zeroed: the best. */
struct tandem_sbc_wish {
	uint32_t mode;    /* enum tandem_sbc_mode */
	uint32_t bitpool; /* 0: the recommended one */
};

/* caps[caps_bytes]: the speaker's. Sets config to the best both sides can do: 48 kHz, joint
 * stereo, 16 blocks, 8 subbands, loudness; the mode wished for, if it is in offer. Bitpools
 * reach up to the recommended one of high quality, or to the wish when that is more: so
 * that a bitpool below the recommended one can change without a new agreement.
 * Returns 0, -EINVAL (not SBC capabilities) or -ENOTSUP (nothing in common). */
TANDEM_CHECK int tandem_sbc_select(const uint8_t *caps, uint32_t caps_bytes,
		const struct tandem_sbc_wish *wish,
		uint8_t config[TANDEM_SBC_CONFIG_BYTES]);

/* Whether a stream so configured does what is wished for as well as one configured as
 * `best`, which tandem_sbc_select() gave. Both are valid configurations. */
bool tandem_sbc_serves(const uint8_t *config, const uint8_t *best,
		const struct tandem_sbc_wish *wish);

/* The channel mode of a valid configuration. */
enum tandem_sbc_mode tandem_sbc_mode(const uint8_t *config);

/* As the setting sbc-mode has it: "joint". */
const char *tandem_sbc_mode_name(uint32_t mode);

/* The bitpool this configuration plays when `wished` is asked for; 0: its greatest. */
uint32_t tandem_sbc_bitpool(const uint8_t *config, uint32_t wished);

/* What keeps these bytes from being one SBC configuration at 44.1 or 48 kHz: the last part
 * of org.bluez.Error.A2DP.<...>, by which BlueZ >= 5.84 knows it. NULL: nothing. */
const char *tandem_sbc_fault(const uint8_t *config, uint32_t config_bytes);

/* Whether there is no such fault. */
bool tandem_sbc_config_ok(const uint8_t *config, uint32_t config_bytes);

#endif
