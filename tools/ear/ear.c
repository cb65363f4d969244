/* SPDX-License-Identifier: MIT */
#include "tools/ear/ear.h"

#include <complex.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/ear/arrival.h"
#include "tools/ear/history.h"
#include "tools/ear/search.h"
#include "tools/ear/spectra.h"
#include "tools/ear/stretch.h"

#define STRETCH_S 0.15 /* of one FFT, or a little more: most of a room's response */
#define LOW_HZ 150.0   /* boxes begin there */
#define HIGH_HZ 12500.0
#define QUIET 1e-8 /* mean square: -80 dBFS */
#define ALIKE 0.02 /* own share of a reference: what SBC alone adds is less */
#define MAX_RATE 500e-6
#define MOVE_S 10e-3 /* a sound found so far off is a new place */

/* Where a speaker is believed to be heard; lag at frame since + rate * later frames. */
struct follow {
	bool known;
	double lag_frames, rate;
	double since;
	double offset_frames; /* of the last finding */
	bool was_heard;
};

struct tandem_ear {
	struct tandem_ear_config config;
	uint32_t n_fft, first_bin, bins;
	uint32_t step_frames, steps; /* between stretches; of them in a hop */
	double overlap;
	struct tandem_history reference[TANDEM_MAX_SPEAKERS], mic;
	uint64_t fed, next_step, next_search;
	uint32_t step;
	struct tandem_stretch stretch;
	float complex *r, *m; /* [n_speakers][bins], [bins] */
	struct tandem_spectra all, hop;
	struct tandem_responses responses;
	bool solved;
	double power[TANDEM_MAX_SPEAKERS]; /* mean square of the reference in this hop */
	struct follow follow[TANDEM_MAX_SPEAKERS];
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
	e->steps = (uint32_t)ceil(hop / (e->n_fft / 2));
	e->step_frames = (uint32_t)(hop / e->steps);
	e->first_bin = (uint32_t)(LOW_HZ * e->n_fft / rate_hz) + 1;
	e->bins = (uint32_t)(fmin(HIGH_HZ, 0.48 * rate_hz) * e->n_fft / rate_hz) -
		  e->first_bin;
	e->next_step = e->n_fft;
}

static int allocate(struct tandem_ear *e)
{
	const uint32_t n = e->config.n_speakers;
	uint32_t keep;
	int res;

	res = tandem_search_new(&e->search, e->config.rate_hz, n, e->config.max_lag_s);
	if (res < 0)
		return res;
	e->next_search = tandem_search_every_frames(e->search);
	keep = tandem_search_frames(e->search) + e->n_fft;
	for (uint32_t i = 0; i < n; i++)
		res = res < 0 ? res : tandem_history_init(&e->reference[i], keep);
	res = res < 0 ? res : tandem_history_init(&e->mic, keep);
	res = res < 0 ? res : tandem_spectra_init(&e->all, n, e->bins);
	res = res < 0 ? res : tandem_spectra_init(&e->hop, n, e->bins);
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
	tandem_spectra_finish(&e->all);
	tandem_spectra_finish(&e->hop);
	tandem_responses_finish(&e->responses);
	tandem_arrival_finder_free(e->finder);
	tandem_search_free(e->search);
	tandem_stretch_finish(&e->stretch);
	free(e->r);
	free(e->m);
	free(e);
}

static double believed_lag(const struct follow *f, double frame)
{
	return f->known ? f->lag_frames + f->rate * (frame - f->since) : 0.0;
}

static void take_stretch(struct tandem_ear *e, uint64_t end)
{
	const double from = (double)end - e->n_fft;

	for (uint32_t i = 0; i < e->config.n_speakers; i++) {
		const double lag = believed_lag(&e->follow[i], from + e->n_fft / 2.0);

		e->power[i] += tandem_stretch_transform(&e->stretch, &e->reference[i],
					       from - lag, e->r + (size_t)i * e->bins) /
			       e->steps;
	}
	tandem_stretch_transform(&e->stretch, &e->mic, from, e->m);
	tandem_spectra_add(&e->hop, e->r, e->m);
}

static void forget(struct tandem_ear *e)
{
	tandem_spectra_clear(&e->all);
	e->solved = false;
	for (uint32_t i = 0; i < e->config.n_speakers; i++)
		e->follow[i].was_heard = false;
}

/* A known speaker stays unless it is found far away. */
static void search(struct tandem_ear *e)
{
	bool moved = false;

	tandem_search_run(e->search, e->reference, &e->mic, e->fed);
	for (uint32_t i = 0; i < e->config.n_speakers; i++) {
		const struct tandem_search_guess g = tandem_search_guess(e->search, i);
		struct follow *const f = &e->follow[i];

		if (f->was_heard || !g.found)
			continue;
		if (f->known && fabs(g.lag_frames - believed_lag(f, (double)e->fed)) <
						MOVE_S * e->config.rate_hz)
			continue;
		*f = (struct follow){
			.known = true, .lag_frames = g.lag_frames, .since = (double)e->fed
		};
		moved = true;
	}
	if (moved) {
		forget(e);
		tandem_spectra_clear(&e->hop);
	}
}

static bool all_heard(const struct tandem_ear *e)
{
	for (uint32_t i = 0; i < e->config.n_speakers; i++) {
		if (!e->follow[i].was_heard)
			return false;
	}
	return true;
}

/* Whether what was believed before this hop has come true in it. */
static bool is_stale(const struct tandem_ear *e, uint32_t speaker)
{
	struct tandem_presence there;

	if (!e->solved || !e->follow[speaker].was_heard || e->power[speaker] < QUIET)
		return false;
	there = tandem_responses_check(&e->responses, &e->hop, speaker);
	return there.gain < 0.5 - 3.0 * there.sigma;
}

/* Lets the frame go along with what drifts: see the header of this file's loop,
 * tests/room. */
static void follow(struct tandem_ear *e, uint32_t speaker, struct tandem_ear_arrival *a,
		double frame)
{
	struct follow *const f = &e->follow[speaker];
	const double offset = a->lag_frames;
	const double gain = e->config.hop_s / (4.0 * e->config.window_s);
	const double hop_frames = (double)e->steps * e->step_frames;

	a->lag_frames += believed_lag(f, frame);
	if (a->verdict != TANDEM_EAR_HEARD) {
		f->was_heard = false;
		return;
	}
	if (f->was_heard) {
		const double slope = (offset - f->offset_frames) / hop_frames;

		f->lag_frames = believed_lag(f, (double)e->fed);
		f->since = (double)e->fed;
		f->rate = tandem_within(f->rate + gain * slope, MAX_RATE);
	}
	f->offset_frames = offset;
	f->was_heard = true;
}

static struct tandem_ear_arrival arrival(struct tandem_ear *e, uint32_t speaker,
		double frame, bool fresh)
{
	struct tandem_ear_arrival a = { .verdict = TANDEM_EAR_NOISY };
	struct follow *const f = &e->follow[speaker];
	const size_t at = (size_t)speaker * e->bins;
	const double shared = fmax(1.0, e->config.window_s / e->config.hop_s);

	if (e->power[speaker] < QUIET) {
		f->was_heard = false;
		a.verdict = TANDEM_EAR_QUIET;
		return a;
	}
	if (!f->known || !fresh) {
		f->was_heard = false;
		if (!f->known && tandem_search_guess(e->search, speaker).own < ALIKE)
			a.verdict = TANDEM_EAR_ALIKE;
		return a;
	}
	a = tandem_arrival_find(e->finder, e->responses.h + at, e->responses.variance + at);
	a.sigma_frames *= sqrt(shared);
	a.coherence = e->responses.coherence;
	if (e->responses.own[speaker] < ALIKE)
		a.verdict = TANDEM_EAR_ALIKE;
	follow(e, speaker, &a, frame);
	return a;
}

static void end_hop(struct tandem_ear *e, uint64_t end)
{
	const double keep = exp(-e->config.hop_s / e->config.window_s);
	const double span = (double)(e->steps - 1) * e->step_frames + e->n_fft;
	struct tandem_ear_finding finding = { .frame = end - (uint64_t)(span / 2.0) };
	uint32_t mask = 0;

	for (uint32_t i = 0; i < e->config.n_speakers; i++) {
		if (is_stale(e, i)) {
			forget(e);
			break;
		}
	}
	tandem_spectra_fold(&e->all, &e->hop, keep);
	for (uint32_t i = 0; i < e->config.n_speakers; i++)
		mask |= (e->follow[i].known && e->power[i] >= QUIET ? 1u : 0u) << i;
	e->solved = tandem_responses_solve(&e->responses, &e->all, mask, e->overlap);
	for (uint32_t i = 0; i < e->config.n_speakers; i++) {
		finding.of[i] = arrival(e, i, (double)finding.frame, e->solved);
		e->power[i] = 0.0;
	}
	tandem_spectra_clear(&e->hop);
	e->step = 0;
	if (e->n_findings == TANDEM_EAR_FINDINGS) {
		e->first_finding++;
		e->n_findings--;
	}
	e->findings[(e->first_finding + e->n_findings++) % TANDEM_EAR_FINDINGS] = finding;
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
			if (!all_heard(e))
				search(e);
		}
		if (e->fed == e->next_step) {
			e->next_step += e->step_frames;
			take_stretch(e, e->fed);
			if (++e->step == e->steps)
				end_hop(e, e->fed);
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
