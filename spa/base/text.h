/* SPDX-License-Identifier: MIT
 *
 * Text in arrays of fixed size. It is UTF-8, from outside and in every language, and what
 * is too long is cut between two characters: half of one makes a node's properties
 * unreadable.
 *
 *     snprintf(to, sizeof(to), "%.*s", tandem_text_fit(from, sizeof(to) - 1), from);
 */
#ifndef TANDEM_BASE_TEXT_H
#define TANDEM_BASE_TEXT_H

#include "units.h"

/* How many bytes of text, most or fewer, hold whole characters only. Also of a text that
 * was cut already. */
int tandem_text_fit(const char *text, size_t most);

#endif
