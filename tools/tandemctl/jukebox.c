/* SPDX-License-Identifier: MIT */
#include "jukebox.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

#include "base/ring.h"

struct tandem_jukebox {
	/* main */
	struct tandem_play *play;
	uint32_t asked, ended; /* pieces */

	/* crosses: pieces to be played, from main to the data loop; played ones, back */
	struct tandem_ring to_play, played;

	/* data loop */
	const struct tandem_piece *piece; /* NULL: silence */
	uint32_t next_frame;
};

static void take_next(struct tandem_jukebox *j)
{
	const struct tandem_piece *const *next;

	if (j->piece)
		return;
	next = tandem_ring_read_block(&j->to_play);
	if (!next)
		return;
	j->piece = *next;
	j->next_frame = 0;
	tandem_ring_read_commit(&j->to_play);
}

static void hand_back(struct tandem_jukebox *j)
{
	const struct tandem_piece **done = tandem_ring_write_block(&j->played);

	if (done) {
		*done = j->piece;
		tandem_ring_write_commit(&j->played);
	}
	j->piece = NULL;
}

static void fill(void *data, float *const out[], uint32_t channels, uint32_t frames)
{
	struct tandem_jukebox *j = data;
	uint32_t n = 0;

	take_next(j);
	if (j->piece)
		n = MIN(frames, j->piece->frames - j->next_frame);
	for (uint32_t c = 0; c < channels; c++) {
		if (n > 0)
			memcpy(out[c], j->piece->out[c] + j->next_frame, n * sizeof(float));
		memset(out[c] + n, 0, (frames - n) * sizeof(float));
	}
	j->next_frame += n;
	if (j->piece && j->next_frame == j->piece->frames)
		hand_back(j);
}

static int start(struct tandem_jukebox *j, struct pw_core *core, const char *sink)
{
	const struct tandem_play_sound sound = { 2, TANDEM_PIECE_HZ, fill, j };

	if (tandem_ring_init(&j->to_play, sizeof(struct tandem_piece *),
			    TANDEM_JUKEBOX_PIECES) < 0 ||
			tandem_ring_init(&j->played, sizeof(struct tandem_piece *),
					TANDEM_JUKEBOX_PIECES) < 0)
		return -ENOMEM;
	return tandem_play_new(&j->play, core, sink, &sound);
}

int tandem_jukebox_new(struct tandem_jukebox **ret_jukebox, struct pw_core *core,
		const char *sink)
{
	struct tandem_jukebox *j = g_new0(struct tandem_jukebox, 1);
	const int res = start(j, core, sink);

	if (res < 0) {
		tandem_jukebox_free(j);
		return res;
	}
	*ret_jukebox = j;
	return 0;
}

void tandem_jukebox_free(struct tandem_jukebox *j)
{
	if (!j)
		return;
	tandem_play_free(j->play);
	tandem_ring_finish(&j->to_play);
	tandem_ring_finish(&j->played);
	g_free(j);
}

void tandem_jukebox_put(struct tandem_jukebox *j, const struct tandem_piece *piece)
{
	const struct tandem_piece **next = tandem_ring_write_block(&j->to_play);

	g_assert(next); /* the caller has not waited */
	*next = piece;
	tandem_ring_write_commit(&j->to_play);
	j->asked++;
}

bool tandem_jukebox_is_idle(struct tandem_jukebox *j)
{
	while (tandem_ring_read_block(&j->played)) {
		tandem_ring_read_commit(&j->played);
		j->ended++;
	}
	return j->ended == j->asked;
}

const struct tandem_play_news *tandem_jukebox_news(const struct tandem_jukebox *j)
{
	return tandem_play_news(j->play);
}
