/* SPDX-License-Identifier: MIT */
#include "tools/ear/ear.h"

#include <assert.h>
#include <complex.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/ear/arrival.h"
#include "tools/ear/follow.h"
#include "tools/ear/history.h"
#include "tools/ear/responses.h"
#include "tools/ear/rest.h"
#include "tools/ear/search.h"
#include "tools/ear/spectra.h"
#include "tools/ear/stretch.h"

#define STRETCH_S 0.15 /* of one FFT, or a little more: most of a room's response */
#define TURN_S 0.25    /* at most, between two looks at what drifts: 50 us at 200 ppm */
#define LOW_HZ 150.0   /* boxes begin there */
#define HIGH_HZ 12500.0
#define QUIET 1e-8 /* mean square: -80 dBFS */
#define LEAST 1e-3 /* of the loudest reference; chosen: 30 dB below it leaves no trace */
#define ALIKE 0.02 /* own share of a reference: what SBC alone adds is less */
#define MIXED 0.5  /* the same; chosen: of 2,300 findings it takes 9 %, and 7 of 12 lies */
#define IDLE 8     /* searches left out, some 3 s: chosen */
#define THERE 0.5  /* of gain: with less, what was believed has not come */
#define SURE 0.25  /* of gain, to learn from a turn */

struct tandem_ear {
	struct tandem_ear_config config;
	uint32_t n_fft, first_bin, bins;
	uint32_t step_frames, steps; /* between stretches; of them in a turn */
	uint32_t turns;              /* in a hop */
	double overlap;
	struct tandem_history reference[TANDEM_MAX_SPEAKERS], mic;
	struct tandem_history left; /* of mic, without the speakers that are heard */
	struct tandem_rest rest;
	uint64_t fed, next_step, next_search;
	uint32_t step, turn_of_hop, idle_searches;
	struct tandem_stretch stretch;
	float complex *r, *m; /* [n_speakers][bins], [bins] */
	struct tandem_spectra all, turn;
	struct tandem_responses responses;
	bool solved, moved; /* moved: a reference, so that the sums do not fit any more */
	double power[TANDEM_MAX_SPEAKERS]; /* mean square of the reference in this turn */
	struct tandem_follow follow[TANDEM_MAX_SPEAKERS];
	struct tandem_arrival_finder *finder;
	struct tandem_search *search;
	struct tandem_ear_finding findings[TANDEM_EAR_FINDINGS];
	uint32_t first_finding, n_findings;
};

const char *tandem_ear_verdict_name(enum tandem_ear_verdict verdict)
{
	static const char *const names[] = { [TANDEM_EAR_HEARD] = "heard",
		[TANDEM_EAR_QUIET] = "quiet",
		[TANDEM_EAR_NOISY] = "noisy",
		[TANDEM_EAR_ECHO] = "echo",
		[TANDEM_EAR_ALIKE] = "alike" };

	return names[verdict];
}

static bool is_valid(const struct tandem_ear_config *c)
{
	return c->rate_hz >= 8000 && c->rate_hz <= 192000 && c->n_speakers >= 1 &&
	       c->n_speakers <= TANDEM_MAX_SPEAKERS && c->max_lag_s > 0.0 &&
	       c->max_lag_s <= 4.0 && c->hop_s >= 0.1 && c->hop_s <= 10.0 &&
	       c->window_s >= c->hop_s && c->window_s <= 20.0;
}

static void lay_out(struct tandem_ear *e)
{
	const double rate_hz = e->config.rate_hz;
	const double hop = e->config.hop_s * rate_hz;

	e->n_fft = 1;
	while (e->n_fft < STRETCH_S * rate_hz)
		e->n_fft *= 2;
	e->turns = (uint32_t)ceil(e->config.hop_s / TURN_S);
	e->steps = (uint32_t)ceil(2.0 * hop / e->turns / e->n_fft);
	e->step_frames = (uint32_t)(hop / e->turns / e->steps);
	e->first_bin = (uint32_t)(LOW_HZ * e->n_fft / rate_hz) + 1;
	e->bins = (uint32_t)(fmin(HIGH_HZ, 0.48 * rate_hz) * e->n_fft / rate_hz) -
		  e->first_bin;
	e->next_step = e->n_fft;
}

static int start_speaker(struct tandem_ear *e, uint32_t speaker, uint32_t keep)
{
	tandem_follow_init(&e->follow[speaker], e->config.rate_hz);
	return tandem_history_init(&e->reference[speaker], keep);
}

static int allocate(struct tandem_ear *e)
{
	const struct tandem_lines lines = { e->config.rate_hz, e->n_fft, e->first_bin,
		e->bins };
	const uint32_t n = e->config.n_speakers;
	uint32_t keep;
	int res;

	assert(n > 0); /* tandem_ear_new() has looked */
	res = tandem_search_new(&e->search, e->config.rate_hz, n, e->config.max_lag_s);
	if (res < 0)
		return res;
	e->next_search = tandem_search_every_frames(e->search) + e->n_fft;
	keep = tandem_search_frames(e->search) + e->n_fft;
	for (uint32_t i = 0; i < n; i++)
		res = res < 0 ? res : start_speaker(e, i, keep);
	res = res < 0 ? res : tandem_history_init(&e->mic, keep);
	res = res < 0 ? res : tandem_history_init(&e->left, keep);
	res = res < 0 ? res : tandem_rest_init(&e->rest, e->bins);
	res = res < 0 ? res : tandem_spectra_init(&e->all, n, &lines);
	res = res < 0 ? res : tandem_spectra_init(&e->turn, n, &lines);
	res = res < 0 ? res : tandem_responses_init(&e->responses, n, e->bins);
	res = res < 0 ? res
		      : tandem_arrival_finder_new(&e->finder, e->config.rate_hz, e->n_fft,
					e->first_bin, e->bins);
	res = res < 0 ? res
		      : tandem_stretch_init(&e->stretch, e->n_fft, e->first_bin, e->bins);
	e->r = calloc((size_t)n * e->bins, sizeof(*e->r));
	e->m = calloc(e->bins, sizeof(*e->m));
	return e->r == NULL || e->m == NULL ? -ENOMEM : res;
}

int tandem_ear_new(struct tandem_ear **ret_ear, const struct tandem_ear_config *config)
{
	struct tandem_ear *e;
	int res;

	if (!is_valid(config))
		return -EINVAL;
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return -ENOMEM;
	e->config = *config;
	lay_out(e);
	res = allocate(e);
	if (res < 0) {
		tandem_ear_free(e);
		return res;
	}
	e->overlap = tandem_stretch_overlap(&e->stretch, e->step_frames);
	*ret_ear = e;
	return 0;
}

void tandem_ear_free(struct tandem_ear *e)
{
	if (e == NULL)
		return;
	for (uint32_t i = 0; i < e->config.n_speakers; i++)
		tandem_history_finish(&e->reference[i]);
	tandem_history_finish(&e->mic);
	tandem_history_finish(&e->left);
	tandem_rest_finish(&e->rest);
	tandem_spectra_finish(&e->all);
	tandem_spectra_finish(&e->turn);
	tandem_responses_finish(&e->responses);
	tandem_arrival_finder_free(e->finder);
	tandem_search_free(e->search);
	tandem_stretch_finish(&e->stretch);
	free(e->r);
	free(e->m);
	free(e);
}

/* To search in for those not heard yet, and to know what the stretch is worth. */
static void take_rest(struct tandem_ear *e, uint64_t from)
{
	const double keep = exp(-(double)e->step_frames / e->config.rate_hz /
				e->config.window_s);
	uint32_t mask = 0;

	for (uint32_t i = 0; i < e->config.n_speakers; i++)
		mask |= (e->solved && e->follow[i].heard ? 1u : 0u) << i;
	tandem_rest_subtract(&e->rest, &e->responses, mask, e->r, e->m);
	tandem_history_extend(&e->left, from + e->n_fft);
	tandem_history_add(&e->left, from, tandem_stretch_restore(&e->stretch, e->rest.e),
			e->n_fft);
	if (mask != 0)
		tandem_rest_weigh(&e->rest, keep, e->config.n_speakers, e->r, e->m);
}

static void take_stretch(struct tandem_ear *e, uint64_t end)
{
	const double from = (double)end - e->n_fft;

	for (uint32_t i = 0; i < e->config.n_speakers; i++) {
		const double lag = tandem_follow_lag(&e->follow[i], from + e->n_fft / 2.0);

		e->power[i] += tandem_stretch_transform(&e->stretch, &e->reference[i],
					       from - lag, e->r + (size_t)i * e->bins) /
			       e->steps;
	}
	tandem_stretch_transform(&e->stretch, &e->mic, from, e->m);
	take_rest(e, end - e->n_fft);
	tandem_spectra_add(&e->turn, e->r, e->m);
}

static void forget(struct tandem_ear *e)
{
	tandem_spectra_clear(&e->all);
	e->solved = e->moved = false;
	for (uint32_t i = 0; i < e->config.n_speakers; i++)
		e->follow[i].heard = false;
}

static void search(struct tandem_ear *e)
{
	tandem_search_run(e->search, e->reference, &e->left, e->fed - e->n_fft);
	for (uint32_t i = 0; i < e->config.n_speakers; i++) {
		const struct tandem_search_guess g = tandem_search_guess(e->search, i);

		e->moved |= tandem_follow_search(&e->follow[i], &g,
				(double)(e->fed - e->n_fft));
	}
	if (e->moved) {
		forget(e);
		tandem_spectra_clear(&e->turn);
	}
}

/* When all are heard, now and then, for it tells too whether references are alike. */
static void search_if_due(struct tandem_ear *e)
{
	if (tandem_follow_heard(e->follow, e->config.n_speakers) &&
			++e->idle_searches < IDLE)
		return;
	e->idle_searches = 0;
	search(e);
}

/* Lets a reference go along with what drifts. false: what was believed before this turn has
 * not come true in it. */
static bool go_along(struct tandem_ear *e, uint32_t speaker)
{
	struct tandem_follow *const f = &e->follow[speaker];
	struct tandem_presence there;

	if (!e->solved || !f->known || e->power[speaker] < QUIET)
		return true;
	there = tandem_responses_check(&e->responses, &e->turn, speaker);
	if (f->heard && there.gain < THERE - 3.0 * there.sigma)
		return false;
	if (there.sigma < SURE && there.gain > THERE) {
		tandem_follow_drift(f, there.later_frames,
				(double)e->steps * e->step_frames, (double)e->fed);
		tandem_spectra_delay(&e->turn, speaker, there.later_frames);
	}
	return true;
}

/* By the references as they were given, and as they are moved. */
static bool is_alike(const struct tandem_ear *e, uint32_t speaker)
{
	return tandem_search_own(e->search, speaker) < ALIKE ||
	       (e->solved && e->follow[speaker].known && e->responses.own[speaker] < ALIKE);
}

/* What was found may be another one's, that plays much the same and has no sure place. */
static bool is_mixed_up(const struct tandem_ear *e, uint32_t speaker)
{
	return tandem_search_own(e->search, speaker) < MIXED &&
	       !tandem_follow_sure(e->follow, e->config.n_speakers, speaker);
}

/* Of a speaker that has a place and plays. */
static struct tandem_ear_arrival listen(struct tandem_ear *e, uint32_t speaker,
		double frame)
{
	struct tandem_follow *const f = &e->follow[speaker];
	const size_t at = (size_t)speaker * e->bins;
	struct tandem_arrival a = tandem_arrival_find(e->finder, e->responses.h + at,
			e->responses.variance + at, f->expected_frames);
	const double lag = tandem_follow_lag(f, frame);

	tandem_follow_found(f, &a);
	e->moved |= tandem_follow_centre(f, a.heard.lag_frames);
	a.heard.lag_frames += lag;
	a.heard.sigma_frames *= sqrt(e->config.window_s / e->config.hop_s);
	a.heard.coherence = e->responses.coherence;
	if (is_mixed_up(e, speaker))
		a.heard.verdict = TANDEM_EAR_NOISY;
	if (is_alike(e, speaker))
		a.heard.verdict = TANDEM_EAR_ALIKE;
	return a.heard;
}

static struct tandem_ear_arrival arrival(struct tandem_ear *e, uint32_t speaker,
		double frame)
{
	struct tandem_ear_arrival a = { .verdict = TANDEM_EAR_NOISY };
	struct tandem_follow *const f = &e->follow[speaker];

	if (f->known && e->solved && e->power[speaker] >= QUIET)
		return listen(e, speaker, frame);
	f->heard = false;
	if (e->power[speaker] < QUIET) {
		a.verdict = TANDEM_EAR_QUIET;
	} else if (is_alike(e, speaker)) {
		a.verdict = TANDEM_EAR_ALIKE;
	}
	return a;
}

static void report(struct tandem_ear *e, uint64_t end)
{
	const double span = (double)(e->steps - 1) * e->step_frames + e->n_fft;
	struct tandem_ear_finding finding = { .frame = end - (uint64_t)(span / 2.0) };

	for (uint32_t i = 0; i < e->config.n_speakers; i++)
		finding.of[i] = arrival(e, i, (double)finding.frame);
	if (e->n_findings == TANDEM_EAR_FINDINGS) {
		e->first_finding++;
		e->n_findings--;
	}
	e->findings[(e->first_finding + e->n_findings++) % TANDEM_EAR_FINDINGS] = finding;
}

/* Also one that is quiet by now: its sound would be taken for that of another one which has
 * played the same. */
static uint32_t sounding(const struct tandem_ear *e)
{
	uint32_t mask = tandem_spectra_who(&e->all, LEAST);

	for (uint32_t i = 0; i < e->config.n_speakers; i++)
		mask &= e->follow[i].known ? ~0u : ~(1u << i);
	return mask;
}

static void end_turn(struct tandem_ear *e)
{
	const double keep = exp(-e->config.hop_s / e->turns / e->config.window_s);
	bool as_believed = true;

	for (uint32_t i = 0; i < e->config.n_speakers; i++)
		as_believed &= go_along(e, i);
	if (!as_believed)
		forget(e);
	tandem_spectra_fold(&e->all, &e->turn, keep);
	tandem_spectra_clear(&e->turn);
	e->step = 0;
	e->solved = tandem_responses_solve(&e->responses, &e->all, sounding(e), e->overlap);
	if (++e->turn_of_hop == e->turns) {
		e->turn_of_hop = 0;
		report(e, e->fed);
	}
	memset(e->power, 0, sizeof(e->power));
	if (e->moved)
		forget(e);
}

/* To the next frame at which there is something to do. */
static uint32_t take(struct tandem_ear *e, const float *const reference[], const float *mic,
		uint32_t done, uint32_t frames)
{
	const uint64_t wait =
			(e->next_step < e->next_search ? e->next_step : e->next_search) -
			e->fed;
	const uint32_t n = wait < frames - done ? (uint32_t)wait : frames - done;

	for (uint32_t i = 0; i < e->config.n_speakers; i++)
		tandem_history_write(&e->reference[i], reference[i] + done, n);
	tandem_history_write(&e->mic, mic + done, n);
	e->fed += n;
	return n;
}

void tandem_ear_feed(struct tandem_ear *e, const float *const reference[], const float *mic,
		uint32_t frames)
{
	for (uint32_t done = 0; done < frames;) {
		done += take(e, reference, mic, done, frames);
		if (e->fed == e->next_search) {
			e->next_search += tandem_search_every_frames(e->search);
			search_if_due(e);
		}
		if (e->fed == e->next_step) {
			e->next_step += e->step_frames;
			take_stretch(e, e->fed);
			if (++e->step == e->steps)
				end_turn(e);
		}
	}
}

bool tandem_ear_next(struct tandem_ear *e, struct tandem_ear_finding *ret)
{
	if (e->n_findings == 0)
		return false;
	*ret = e->findings[e->first_finding % TANDEM_EAR_FINDINGS];
	e->first_finding++;
	e->n_findings--;
	return true;
}
