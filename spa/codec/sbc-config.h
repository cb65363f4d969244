/* SPDX-License-Identifier: MIT
 *
 * SBC as it is agreed with a speaker. Pure; any thread.
 *
 * The four bytes, in capabilities (any bits) and configurations (one bit per group):
 *
 *     0  rate   16k 0x80  32k 0x40  44.1k 0x20  48k 0x10 | mono 8 dual 4 stereo 2 joint 1
 *     1  blocks 4 0x80  8 0x40  12 0x20  16 0x10 | bands 4 0x08  8 0x04 | SNR 2 loudness 1
 *     2  least bitpool    3  greatest bitpool
 *
 * Chosen is the best both sides can do: 48 kHz, joint stereo, 16 blocks, 8 subbands,
 * loudness; the mode wished for, if it is in offer. Bitpools reach up to the mode's best,
 * or to the wish when that is more: so that a lower one needs no new agreement.
 *
 * Source: A2DP 1.3, clause 4.3.2 (layout), table 4.7 (recommended bitpools).
 */
#ifndef TANDEM_CODEC_SBC_CONFIG_H
#define TANDEM_CODEC_SBC_CONFIG_H

#include "base/settings.h"
#include "codec.h"

#define TANDEM_SBC_CONFIG_BYTES 4

/* What our endpoints offer: 44.1 and 48 kHz, every mode and block. */
extern const uint8_t tandem_sbc_capabilities[TANDEM_SBC_CONFIG_BYTES];

/* As in codec.h. */
TANDEM_CHECK int tandem_sbc_select(const uint8_t *caps, uint32_t caps_bytes,
		const struct tandem_codec_wish *wish, uint8_t *config);
const char *tandem_sbc_fault(const uint8_t *config, uint32_t config_bytes);
bool tandem_sbc_serves(const uint8_t *config, const uint8_t *best,
		const struct tandem_codec_wish *wish);
void tandem_sbc_describe(const uint8_t *config, const struct tandem_codec_wish *wish,
		char text[TANDEM_CODEC_TEXT_SIZE]);
TANDEM_CHECK int tandem_sbc_parse(struct tandem_codec_config *ret, const uint8_t *bytes,
		uint32_t n_bytes);

/* The channel mode of a valid configuration: never XQ, which is dual and more bits. */
enum tandem_sbc_mode tandem_sbc_mode(const uint8_t *config);

/* Whether a valid configuration has the mode of this setting, enum tandem_sbc_mode. */
bool tandem_sbc_is_mode(const uint8_t *config, uint32_t setting);

/* As the setting sbc-mode has it: "joint". */
const char *tandem_sbc_mode_name(uint32_t mode);

/* The bitpool that a valid configuration plays for this wish. */
uint32_t tandem_sbc_bitpool(const uint8_t *config, const struct tandem_codec_wish *wish);

#endif
