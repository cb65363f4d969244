/* SPDX-License-Identifier: MIT
 *
 * Hear-say: what people are told of a microphone and of what it hears. Thread: main.
 */
#ifndef TANDEM_TOOLS_HEAR_SAY_H
#define TANDEM_TOOLS_HEAR_SAY_H

#include "ear.h"
#include "listen.h"

/* Says on stderr who listens, or why nobody does. wanted: as asked for by --source; NULL:
 * not. */
void tandem_hear_say_news(const struct tandem_listen_news *news, const char *wanted);

/* Of a speaker that is not HEARD, what is wrong and what to do: "is not heard ...". */
const char *tandem_hear_say_verdict(enum tandem_ear_verdict verdict);

#endif
