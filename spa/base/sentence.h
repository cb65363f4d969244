/* SPDX-License-Identifier: MIT
 *
 * Sentences: everything Tandem says to a person, in one table, so that the node's Props,
 * the journal and the manual have the same words. A check compares the manual with it.
 *
 * Form: what is wrong, of whom, why, and what happens next or is to be done.
 * Pure; any thread.
 */
#ifndef TANDEM_BASE_SENTENCE_H
#define TANDEM_BASE_SENTENCE_H

#include "units.h"

#define TANDEM_SENTENCE_SIZE 256

enum tandem_sentence {
	/* settings: the first word is where: a file, "arguments" or "set-param" */
	TANDEM_SAY_UNKNOWN_KEY,
	TANDEM_SAY_UNKNOWN_KEY_NEAR,
	TANDEM_SAY_WRONG_PLACE,
	TANDEM_SAY_BAD_VALUE,
	TANDEM_SAY_NOT_LIVE,
	TANDEM_SAY_BROKEN_OFF,
	TANDEM_SAY_NO_OBJECT,
	TANDEM_SAY_NO_SPEAKER_LIST,
	TANDEM_SAY_NO_SPEAKER_OBJECT,
	TANDEM_SAY_NOBODY,
	TANDEM_SAY_TWICE,
	TANDEM_SAY_TOO_MANY,
	TANDEM_SAY_MORE_MISTAKES,
	TANDEM_SAY_NO_SUCH_SPEAKER,
	/* settings that contradict each other */
	TANDEM_SAY_MATRIX_MISSING,
	TANDEM_SAY_MATRIX_UNUSED,
	TANDEM_SAY_MATRIX_ROWS,
	TANDEM_SAY_CHANNELS_UNUSED,
	TANDEM_SAY_LAYOUT_UNUSED,
	TANDEM_SAY_NOBODY_PLAYS,
	/* files and groups: the first word is where, or the file */
	TANDEM_SAY_NAME_FOR_ALL,
	TANDEM_SAY_NAME_TAKEN,
	TANDEM_SAY_IN_OTHER_GROUP,
	TANDEM_SAY_GROUP_EMPTY,
	TANDEM_SAY_CONFIGURED_SINCE,
	TANDEM_SAY_DAMAGED,
	TANDEM_SAY_UNREADABLE,
	TANDEM_SAY_NOT_KEPT,
	/* sound */
	TANDEM_SAY_TOO_SLOW,
	/* Bluetooth as a whole: of the group, and of each speaker meanwhile */
	TANDEM_SAY_STARTS,
	TANDEM_SAY_NO_BUS,
	TANDEM_SAY_NO_BLUEZ,
	TANDEM_SAY_BLUEZ_SILENT,
	TANDEM_SAY_NO_ADAPTER,
	TANDEM_SAY_ADAPTER_OFF,
	TANDEM_SAY_ENDPOINTS_REFUSED,
	TANDEM_SAY_NO_A2DP,
	TANDEM_SAY_ENDPOINTS_EMPTY,
	TANDEM_SAY_POLICY,
	TANDEM_SAY_REGISTER_SILENT,
	TANDEM_SAY_REGISTER_FAILED,
	TANDEM_SAY_WAITS_FOR_ONE,
	TANDEM_SAY_WELL_AGAIN,
	/* a speaker: finding and connecting it */
	TANDEM_SAY_NOT_PAIRED,
	TANDEM_SAY_PIN_MISSING,
	TANDEM_SAY_PIN_ELSEWHERE,
	TANDEM_SAY_OUT_OF_RANGE,
	TANDEM_SAY_REFUSES,
	TANDEM_SAY_KEY_LOST,
	TANDEM_SAY_NOT_READY,
	TANDEM_SAY_IN_PROGRESS,
	TANDEM_SAY_NO_SINK,
	TANDEM_SAY_CONNECT_SILENT,
	TANDEM_SAY_CONNECT_FAILED,
	TANDEM_SAY_NO_STREAM,
	TANDEM_SAY_LENDER_GONE,
	/* a speaker: its codec and configuration */
	TANDEM_SAY_CONFIG_REFUSED,
	TANDEM_SAY_CAPS_MALFORMED,
	TANDEM_SAY_NOTHING_COMMON,
	TANDEM_SAY_NO_SBC,
	TANDEM_SAY_OTHER_CODEC,
	TANDEM_SAY_MODE_NOT_OFFERED,
	TANDEM_SAY_MODE_INSISTED,
	TANDEM_SAY_MODE_BORROWED,
	TANDEM_SAY_BITPOOL_LIMITED,
	TANDEM_SAY_AGAIN_MODE,
	TANDEM_SAY_AGAIN_ADAPTER,
	/* a speaker: its stream */
	TANDEM_SAY_USED_BY_OTHER,
	TANDEM_SAY_STILL_BUSY,
	TANDEM_SAY_GOING_DOWN,
	TANDEM_SAY_START_DENIED,
	TANDEM_SAY_START_SILENT,
	TANDEM_SAY_START_FAILED,
	TANDEM_SAY_SUSPENDED,
	TANDEM_SAY_BROKEN_LINK,
	/* the module */
	TANDEM_SAY_NO_ADAPTER_MODULE,
	TANDEM_SAY_NO_EXPORT,
	TANDEM_SAY_SIDES_DAMAGED,
	TANDEM_SAY_SIDES_UNSAVED,
	TANDEM_N_SENTENCES,
};

struct tandem_sentence_row {
	const char *text; /* with %s for each of args */
	const char *args; /* their names for the manual: "where, key" */
	const char *cure; /* what it means and what to do, for the manual */
};
extern const struct tandem_sentence_row tandem_sentences[TANDEM_N_SENTENCES];

/* Fills in the arguments, each a const char *; what does not fit is cut off. */
void tandem_say(char to[TANDEM_SENTENCE_SIZE], enum tandem_sentence which, ...);

#endif
