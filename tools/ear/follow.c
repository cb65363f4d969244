/* SPDX-License-Identifier: MIT */
#include "tools/ear/follow.h"

#include <math.h>

#define MAX_DRIFT 500e-6 /* two crystals and a servo stay within 300 ppm */
#define MOVE_S 35e-3     /* a sound so far off is out of reach of a finder */
#define AGREE_S 12e-3    /* two cells of a search, and a little */
#define TRIES 4          /* searches, some 1.5 s; chosen */
#define SAME_S 0.3e-3    /* chosen: what drifts within a finding is less */
#define EARLIER 4        /* findings; they share what they are made of by pairs */
#define VAIN 8        /* findings; music that is soft or covered for a while comes back */
#define LEARN 0.25    /* of a turn's drift: all of it after a second or two */
#define CENTRE_S 2e-3 /* a fiftieth of a stretch */

void tandem_follow_init(struct tandem_follow *f, double rate_hz)
{
	*f = (struct tandem_follow){ .rate_hz = rate_hz,
		.expected_frames = (double)NAN,
		.early_frames = (double)NAN };
}

double tandem_follow_lag(const struct tandem_follow *f, double frame)
{
	return f->known ? f->lag_frames + f->drift * (frame - f->since) : 0.0;
}

bool tandem_follow_heard(const struct tandem_follow *f, uint32_t n)
{
	bool heard = true;

	for (uint32_t i = 0; i < n; i++)
		heard &= f[i].heard;
	return heard;
}

bool tandem_follow_sure(const struct tandem_follow *f, uint32_t n, uint32_t but)
{
	bool sure = true;

	for (uint32_t i = 0; i < n; i++) {
		sure &= i == but ||
			(f[i].known && f[i].vain == 0 && isfinite(f[i].expected_frames));
	}
	return sure;
}

/* Clear, or seen twice; and for a speaker that has a place, far from it, or not so far and
 * that place has been tried in vain. */
static bool is_news(struct tandem_follow *f, const struct tandem_search_guess *g,
		double frame)
{
	const double before = f->guess_frames;
	const double moved = fabs(g->lag_frames - tandem_follow_lag(f, frame));

	f->guess_frames = g->lag_frames;
	if (!g->sure && fabs(g->lag_frames - before) > AGREE_S * f->rate_hz)
		return false;
	return !f->known || moved > MOVE_S * f->rate_hz ||
	       (moved > AGREE_S * f->rate_hz && ++f->tries > TRIES);
}

bool tandem_follow_search(struct tandem_follow *f, const struct tandem_search_guess *g,
		double frame)
{
	const double drift = f->drift;

	if (f->heard || !g->found || !is_news(f, g, frame))
		return false;
	tandem_follow_init(f, f->rate_hz);
	f->known = true;
	f->lag_frames = f->guess_frames = g->lag_frames;
	f->drift = drift;
	f->since = frame;
	return true;
}

void tandem_follow_drift(struct tandem_follow *f, double later_frames, double turn_frames,
		double frame)
{
	f->lag_frames = tandem_follow_lag(f, frame) + later_frames;
	f->since = frame;
	f->drift = tandem_within(f->drift + LEARN * later_frames / turn_frames, MAX_DRIFT);
}

static bool is_same(const struct tandem_follow *f, double a_frames, double b_frames)
{
	return fabs(a_frames - b_frames) < SAME_S * f->rate_hz; /* NAN: no */
}

/* A young belief gives way to an earlier sound at once. */
static bool is_given_up(const struct tandem_follow *f)
{
	if (f->vain >= VAIN)
		return true;
	return isfinite(f->early_frames) &&
	       (f->earlier >= EARLIER || f->in_a_row < EARLIER);
}

void tandem_follow_found(struct tandem_follow *f, struct tandem_arrival *a)
{
	f->heard = a->heard.verdict == TANDEM_EAR_HEARD;
	f->earlier = is_same(f, a->early_frames, f->early_frames) ? f->earlier + 1 : 1;
	f->early_frames = a->early_frames;
	if (f->heard) {
		f->in_a_row = is_same(f, a->heard.lag_frames, f->expected_frames)
					      ? f->in_a_row + 1
					      : 1;
		f->expected_frames = a->heard.lag_frames;
		f->vain = 0;
		if (isfinite(a->early_frames))
			a->heard.verdict = TANDEM_EAR_ECHO; /* it may be that one */
		if (f->in_a_row < 2)
			a->heard.verdict = TANDEM_EAR_NOISY;
	} else {
		f->vain++;
	}
	if (is_given_up(f)) {
		f->expected_frames = (double)NAN;
		f->earlier = f->in_a_row = 0;
	}
}

bool tandem_follow_centre(struct tandem_follow *f, double offset_frames)
{
	if (!f->heard || fabs(offset_frames) < CENTRE_S * f->rate_hz)
		return false;
	f->lag_frames += offset_frames;
	f->expected_frames -= offset_frames;
	f->early_frames -= offset_frames;
	return true;
}
