/* SPDX-License-Identifier: MIT
 *
 * Answers: lines that a person types, or a script writes, while the loop runs on.
 * Thread: main.
 */
#ifndef TANDEM_TOOLS_ANSWERS_H
#define TANDEM_TOOLS_ANSWERS_H

#include "client.h"

struct tandem_answers;

/* Reads stdin from now on, in that client's loop. */
struct tandem_answers *tandem_answers_new(struct tandem_client *c);
void tandem_answers_free(struct tandem_answers *a); /* NULL is fine; before the client */

/* The first letter of the next line that has any, in lower case; '\0': none yet. After the
 * last line: TANDEM_ANSWERS_END. */
#define TANDEM_ANSWERS_END '\4'
char tandem_answers_next(struct tandem_answers *a);

#endif
