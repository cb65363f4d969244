/* SPDX-License-Identifier: MIT
 *
 * LDAC by libldac. Of Sony's eight bytes, in capabilities (any bits) and configurations:
 *
 *     0 to 5  2d 01 00 00  aa 00    Sony, LDAC
 *     6       44.1k 0x20  48k 0x10  88.2k 0x08  96k 0x04
 *     7       mono 4  dual 2  stereo 1
 *
 * Chosen is 48 kHz, else 44.1: more is only air. A box with one channel gets it left and
 * right in stereo, which every speaker plays; mono, by the setting, is twice as good for
 * the same air. The library always fills 660 bytes, whatever the link takes:
 *
 *     rank          0    1    2    3    4
 *     stereo kbit/s 990  660  492  396  330     at 48 kHz; mono half of it
 *     blocks        2    3    4    5    6       of 128 frames in a packet; mono twice that
 *
 * Source: ldacBT.h and the library's own packets, counted (shared facts on Bluetooth, 2.3).
 */
#ifndef TANDEM_CODEC_LDAC_H
#define TANDEM_CODEC_LDAC_H

#include "base/settings.h"
#include "codec.h"

#define TANDEM_LDAC_CONFIG_BYTES 8
#define TANDEM_LDAC_PAYLOAD_BYTES 660
#define TANDEM_LDAC_RANKS 5

extern const struct tandem_codec tandem_codec_ldac;
extern const struct tandem_encoder_ops tandem_ldac_encoder; /* only with the library */

/* Of a configuration without fault. */
enum tandem_ldac_mode tandem_ldac_mode(const uint8_t *config);
const char *tandem_ldac_mode_name(uint32_t mode); /* as the setting has it: "stereo" */

/* Where in the ladder of ranks this wish begins. */
uint32_t tandem_ldac_rank(const uint8_t *config, const struct tandem_codec_wish *wish);
uint32_t tandem_ldac_kbps(const uint8_t *config, uint32_t rank);
/* Below this rank, or there: the first that takes no more than that share of its bits; the
 * last when none does. */
uint32_t tandem_ldac_share(const uint8_t *config, uint32_t rank, double share);

#endif
