/* SPDX-License-Identifier: MIT
 *
 * Sounding: a command that makes a sound on a group, and leaves everything as it was.
 *
 *     open --> set (mute all others, ...) --> start --> play, play, ... --> close
 *                |                                                           |
 *                '--- what it was before -------------------------- put back '
 *
 * Put back on every way out, by Ctrl-C or a closed terminal too; the settings used for it
 * are live ones, so that even a killed tandemctl leaves nothing behind a restart of Tandem.
 * What fails has been said. Thread: main; the sound itself is played by the data loop.
 */
#ifndef TANDEM_TOOLS_SOUNDING_H
#define TANDEM_TOOLS_SOUNDING_H

#include "client.h"
#include "piece.h"

struct tandem_sounding;

/* group: by name, NULL: the only one, or that of the speaker `who`, whose label is then
 * written; who NULL: none in particular, label is empty. Sets *ret_sounding, which the
 * caller closes; untouched on failure. Returns TANDEM_CTL_DONE, FAILED or ABSENT. */
TANDEM_CHECK int tandem_sounding_open(struct tandem_sounding **ret_sounding,
		const char *group, const char *who, char label[TANDEM_CLIENT_LABEL_SIZE]);
/* NULL is fine. status: the command's so far. Returns it, or FAILED: it was ended by a
 * person, or something could not be put back. */
int tandem_sounding_close(struct tandem_sounding *s, int status);

struct tandem_client *tandem_sounding_client(struct tandem_sounding *s);
/* NULL: it has gone. Valid until the next wait, set, start or play. */
const struct tandem_client_node *tandem_sounding_sink(const struct tandem_sounding *s);

/* A live setting for as long as this lasts. DONE or FAILED. */
TANDEM_CHECK int tandem_sounding_set(struct tandem_sounding *s, const char *key,
		const char *value);

/* All are mute but a and b, which are not; labels. DONE or FAILED. */
TANDEM_CHECK int tandem_sounding_mute_all_but(struct tandem_sounding *s, const char *a,
		const char *b);

/* Opens the stream, plays silence, and waits until the speakers have settled; not all may
 * play then. DONE or FAILED. */
TANDEM_CHECK int tandem_sounding_start(struct tandem_sounding *s);
/* Whether it has sound; says why not. label: as the rows have it. */
bool tandem_sounding_has(struct tandem_sounding *s, const char *label);

/* Plays it and waits until all of it has been heard. DONE or FAILED. */
TANDEM_CHECK int tandem_sounding_play(struct tandem_sounding *s,
		const struct tandem_piece *piece);

/* Nothing more can be played: by a person's will, or for a reason that has been or will be
 * said by the next of these that fails. */
bool tandem_sounding_is_over(const struct tandem_sounding *s);

/* As tandem_client_wait(), and false as soon as a person or PipeWire ends it. */
bool tandem_sounding_wait(struct tandem_sounding *s,
		bool (*check)(struct tandem_client *c, void *data), void *data, int ms);

#endif
