/* SPDX-License-Identifier: MIT */
#include "tape.h"

#include <string.h>

/* 2.7 s at 48 kHz: main may be away for that long. Chosen. */
#define PIECES 128
#define MOST_MISSED 2 /* as a part of a second: half of one; chosen */

int tandem_tape_init(struct tandem_tape *t)
{
	*t = (struct tandem_tape){ .broken = true };
	return tandem_ring_init(&t->pieces, sizeof(struct tandem_tape_piece), PIECES);
}

void tandem_tape_finish(struct tandem_tape *t)
{
	tandem_ring_finish(&t->pieces);
}

/* What a cycle brings: frames, by how many were missed before them. */
struct cycle {
	int64_t ns;
	uint32_t frames;
	float *const *planes; /* NULL: missed, silence */
};

static void fill(struct tandem_tape_piece *p, float *const planes[], uint32_t at)
{
	const size_t bytes = p->frames * sizeof(float);

	for (uint32_t i = 0; i < TANDEM_TAPE_PLANES; i++) {
		if (planes && planes[i]) {
			memcpy(p->planes[i], planes[i] + at, bytes);
		} else {
			memset(p->planes[i], 0, bytes);
		}
	}
}

static void push(struct tandem_tape *t, const struct cycle *c)
{
	for (uint32_t at = 0; at < c->frames; at += TANDEM_TAPE_FRAMES) {
		struct tandem_tape_piece *p = tandem_ring_write_block(&t->pieces);

		if (!p) {
			t->broken = true;
			return;
		}
		p->frame = t->next_frame;
		p->broken = t->broken;
		p->has_mic = t->had_mic;
		p->rate_hz = t->rate_hz;
		p->cycle_frames = t->cycle_frames;
		p->clock_id = t->clock_id;
		p->ns = c->ns + (int64_t)(at * TANDEM_NS_PER_S / t->rate_hz);
		p->frames = SPA_MIN(c->frames - at, (uint32_t)TANDEM_TAPE_FRAMES);
		fill(p, c->planes, at);
		t->next_frame += p->frames;
		t->broken = false;
		tandem_ring_write_commit(&t->pieces);
	}
}

/* Frames between the last cycle and this one; below 0: it has been here before, as happens
 * when we come so late that the clock is already at the next one. */
static int64_t missed(const struct tandem_tape *t, const struct spa_io_clock *c)
{
	return (int64_t)(c->position - t->next_position);
}

static bool is_another(const struct tandem_tape *t, const struct spa_io_clock *c)
{
	const int64_t most = (int64_t)c->rate.denom / MOST_MISSED;

	return t->broken || c->id != t->clock_id || c->rate.denom != t->rate_hz ||
	       missed(t, c) > most || missed(t, c) < -most;
}

static void push_hole(struct tandem_tape *t, const struct cycle *before, int64_t frames)
{
	const int64_t ns = before->ns - frames * TANDEM_NS_PER_S / t->rate_hz;
	const struct cycle hole = { ns, (uint32_t)frames, NULL };

	push(t, &hole);
}

void tandem_tape_write(struct tandem_tape *t, const struct spa_io_clock *c,
		float *const planes[])
{
	const struct cycle cycle = { (int64_t)c->nsec, (uint32_t)c->duration, planes };
	const bool has_mic = planes[TANDEM_TAPE_MIC] != NULL;

	t->broken = is_another(t, c) || t->had_mic != has_mic;
	t->had_mic = has_mic;
	if (!t->broken && missed(t, c) < 0)
		return;
	t->cycle_frames = cycle.frames;
	if (!t->broken && missed(t, c) > 0)
		push_hole(t, &cycle, missed(t, c));
	t->next_position = c->position + c->duration;
	t->clock_id = c->id;
	t->rate_hz = c->rate.denom;
	push(t, &cycle);
}

const struct tandem_tape_piece *tandem_tape_read_block(struct tandem_tape *t)
{
	return tandem_ring_read_block(&t->pieces);
}

void tandem_tape_read_commit(struct tandem_tape *t)
{
	tandem_ring_read_commit(&t->pieces);
}
