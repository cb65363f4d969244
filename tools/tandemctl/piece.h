/* SPDX-License-Identifier: MIT
 *
 * Piece: a short stereo sound, made before it is played.
 *
 *     new (silence) --> beep, click, sweep, each added at its time --> out[2][frames]
 *
 * Times are in s from the start of the piece; what would stand beyond its end is left out.
 * Levels are chosen: heard in a room, and no fright at full volume. Thread: any.
 */
#ifndef TANDEM_TOOLS_PIECE_H
#define TANDEM_TOOLS_PIECE_H

#include "base/units.h"

#define TANDEM_PIECE_HZ 48000 /* what boxes mostly have; PipeWire makes others of it */

struct tandem_piece {
	uint32_t frames;
	float *out[2]; /* left, right */
};

struct tandem_piece *tandem_piece_new(double seconds);
void tandem_piece_free(struct tandem_piece *p); /* NULL is fine */

/* A soft tone of 0.2 s, in both channels, a quarter of a turn apart: no sum and no
 * difference of the two is silent, whatever a box plays. */
#define TANDEM_PIECE_BEEP_S 0.2
void tandem_piece_beep(struct tandem_piece *p, double at_s);

/* A click of about 1 ms around 2 kHz, where ears are sharp and every box plays, with its
 * middle at at_s, fraction of a frame kept. channel: 0 left, 1 right. */
void tandem_piece_click(struct tandem_piece *p, uint32_t channel, double at_s);

/* Pink noise from left to right and back, all of the piece, equally loud throughout. */
void tandem_piece_sweep(struct tandem_piece *p);

#endif
