/* SPDX-License-Identifier: MIT
 *
 * Sentences: everything Tandem says to a person, in one table, so that the node's Props,
 * the journal and the manual have the same words. A check compares the manual with it.
 *
 * Form: what is wrong, of whom, why, and what happens next or is to be done. Any thread.
 */
#ifndef TANDEM_BASE_SENTENCE_H
#define TANDEM_BASE_SENTENCE_H

#include "sentences.h"
#include "units.h"

#define TANDEM_SENTENCE_SIZE 256

struct tandem_sentence_row {
	const char *text; /* with %s for each of args */
	const char *args; /* their names for the manual: "where, key" */
	const char *cure; /* what it means and what to do, for the manual */
};
extern const struct tandem_sentence_row tandem_sentences[TANDEM_N_SENTENCES];

/* Fills in the arguments, each a const char *; what does not fit is cut off. */
void tandem_say(char to[TANDEM_SENTENCE_SIZE], enum tandem_sentence which, ...);

#endif
