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
	/* sound */
	TANDEM_SAY_TOO_SLOW,
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
