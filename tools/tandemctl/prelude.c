/* SPDX-License-Identifier: MIT */
#include "prelude.h"

#include <math.h>

#define DRIFT 100e-6 /* of a box against the graph: as two crystals are at the worst */

static uint32_t who_plays(struct tandem_hear *h)
{
	const struct tandem_hear_speaker *of;
	const uint32_t n = tandem_hear_speakers(h, &of);
	uint32_t mask = 0;

	for (uint32_t i = 0; i < n; i++) {
		bool is_given = false;

		for (uint32_t c = 0; c < TANDEM_SINK_CHANNELS; c++)
			is_given |= of[i].gains[c] != 0.0f;
		mask |= (is_given ? 1u : 0u) << i;
	}
	return mask;
}

/* As of f: nothing has been moved since, but by the clocks. */
static void bring_on(struct tandem_hear_finding *last, uint32_t speaker,
		const struct tandem_hear_finding *f)
{
	const double age_s = (double)(f->at_ns - last->at_ns) / (double)TANDEM_NS_PER_S;
	double *const sigma_frames = &last->ear.of[speaker].sigma_frames;

	*sigma_frames = hypot(*sigma_frames, DRIFT * age_s * f->rate_hz);
	last->at_ns = f->at_ns;
}

static void tell(struct tandem_prelude *p, struct tandem_hear *h,
		const struct tandem_hear_finding *f)
{
	const struct tandem_hear_finding *of[TANDEM_MAX_SPEAKERS] = { 0 };

	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (!(p->heard >> i & 1))
			continue;
		bring_on(&p->last[i], i, f);
		of[i] = &p->last[i];
	}
	tandem_hear_push_each(h, of);
}

void tandem_prelude_take(struct tandem_prelude *p, struct tandem_hear *h,
		const struct tandem_hear_finding *f)
{
	const uint32_t playing = who_plays(h);
	const uint32_t heard = tandem_hear_who(h, f, TANDEM_EAR_HEARD);

	if (p->is_over) {
		tandem_hear_push(h, f, UINT32_MAX);
		return;
	}
	if (playing != p->playing)
		*p = (struct tandem_prelude){ .playing = playing };
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (heard >> i & 1)
			p->last[i] = *f;
	}
	p->heard |= heard;
	p->is_over = p->heard != 0 && (p->heard & playing) == playing;
	if (p->is_over)
		tell(p, h, f);
}
