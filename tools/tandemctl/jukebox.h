/* SPDX-License-Identifier: MIT
 *
 * Jukebox: a stream that plays pieces one after the other, and silence between them.
 *
 *     put --ring--> [ piece, piece ] --> stream --> sink
 *     is_idle <--ring-- played ones        data loop
 *
 * Thread: main.
 */
#ifndef TANDEM_TOOLS_JUKEBOX_H
#define TANDEM_TOOLS_JUKEBOX_H

#include <stdbool.h>

#include "piece.h"
#include "play.h"

struct tandem_jukebox;

#define TANDEM_JUKEBOX_PIECES 4

/* As tandem_play_new(). */
TANDEM_CHECK int tandem_jukebox_new(struct tandem_jukebox **ret_jukebox,
		struct pw_core *core, const char *sink);
void tandem_jukebox_free(struct tandem_jukebox *j); /* NULL is fine */

/* Borrowed until it is idle again; at most TANDEM_JUKEBOX_PIECES wait. */
void tandem_jukebox_put(struct tandem_jukebox *j, const struct tandem_piece *piece);
/* The graph has taken all of them. */
bool tandem_jukebox_is_idle(struct tandem_jukebox *j);

/* Of the stream. */
const struct tandem_play_news *tandem_jukebox_news(const struct tandem_jukebox *j);

#endif
