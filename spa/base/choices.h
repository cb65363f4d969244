/* SPDX-License-Identifier: MIT
 *
 * What can be chosen by a word in the settings; the order is that of the words in the
 * table, settings.c.
 */
#ifndef TANDEM_BASE_CHOICES_H
#define TANDEM_BASE_CHOICES_H

enum tandem_layout {
	TANDEM_LAYOUT_STEREO, /* left on the first, right on the second, in turn */
	TANDEM_LAYOUT_PARTY,  /* left and right on each; a box with one driver mixes them */
	TANDEM_LAYOUT_MONO,   /* the mean of left and right on each */
	TANDEM_LAYOUT_CUSTOM, /* as the matrix says */
};

enum tandem_when_empty { TANDEM_WHEN_EMPTY_REMOVE, TANDEM_WHEN_EMPTY_KEEP };

enum tandem_tx_timestamps { TANDEM_TX_TIMESTAMPS_AUTO, TANDEM_TX_TIMESTAMPS_OFF };

enum tandem_codec_choice { TANDEM_CODEC_AUTO, TANDEM_CODEC_SBC, TANDEM_CODEC_LDAC };

/* What bits are spent for: the sound, or to leave air for others. */
enum tandem_goal { TANDEM_GOAL_QUALITY, TANDEM_GOAL_AIR };

enum tandem_sbc_mode {
	TANDEM_SBC_AUTO,
	TANDEM_SBC_JOINT,
	TANDEM_SBC_STEREO,
	TANDEM_SBC_DUAL,
	TANDEM_SBC_MONO,
	TANDEM_SBC_XQ, /* dual, with as many bits as speakers are known to take */
};

enum tandem_ldac_mode {
	TANDEM_LDAC_MODE_AUTO,
	TANDEM_LDAC_MODE_STEREO,
	TANDEM_LDAC_MODE_DUAL,
	TANDEM_LDAC_MODE_MONO,
};

enum tandem_ldac_quality {
	TANDEM_LDAC_AUTO, /* by goal, channels and company */
	TANDEM_LDAC_HQ,   /* 990 kbit/s of stereo, 495 of mono */
	TANDEM_LDAC_SQ,   /* 660, 330 */
	TANDEM_LDAC_MQ,   /* 330, 165 */
};

#endif
