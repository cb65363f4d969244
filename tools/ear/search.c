/* SPDX-License-Identifier: MIT */
#include "tools/ear/search.h"

#include <complex.h>
#include <errno.h>
#include <kiss_fftr.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/ear/matrix.h"

#define LOOK_S 0.7  /* at least; chosen: 100 ppm of drift blur the highs of it, no more */
#define CELL_S 5e-3 /* chosen: the first echoes of a box belong to it */
#define LOW_HZ 300.0
#define HIGH_HZ 8000.0
#define BLOCK 32   /* lines that share one matrix: 12 Hz */
#define RIDGE 1e-3 /* of the mean reference */
#define KEEP 0.7   /* of earlier runs: some three count */
#define CLEAR 7.0  /* times the scatter: one of 400 cells by chance in 10^9 */
#define SURE 3.0   /* times both of these: need not be seen twice */
#define AHEAD 1.5  /* times what any other place has */
#define BACK_S                                                                             \
	40e-3      /* echoes gain on the direct sound for so long, at 4 m and RT60 0.8 s */
#define SHARE 0.3  /* of the strongest, before it: the direct sound's cell */
#define GIVEN 0.05 /* of the most in one look; less is a pause in the reference */
#define FLOOR 1e-20

struct tandem_search {
	double rate_hz;
	uint32_t n_speakers, n, look_frames, first_bin, bins;
	uint32_t cells, cell_frames;
	double weight, weight_square; /* of runs */
	kiss_fftr_cfg forward, back;
	float *stretch;          /* [n] */
	kiss_fft_cpx *mic;       /* [n / 2 + 1] */
	kiss_fft_cpx *reference; /* [n_speakers][n / 2 + 1] */
	kiss_fft_cpx *lines;     /* [n / 2 + 1] */
	double *energy;          /* [n_speakers][cells] */
	double *own;             /* [n_speakers] */
	double *given, *here;    /* [cells]: of one speaker in this run */
	double *sorted;          /* [cells] */
	double complex *inverse; /* [blocks][n_speakers][n_speakers] */
};

static kiss_fft_cpx *reference_of(const struct tandem_search *s, uint32_t speaker)
{
	return s->reference + (size_t)speaker * (s->n / 2 + 1);
}

static uint32_t blocks(const struct tandem_search *s)
{
	return s->bins / BLOCK;
}

static int allocate(struct tandem_search *s)
{
	const size_t lines = s->n / 2 + 1;

	s->forward = kiss_fftr_alloc((int)s->n, 0, NULL, NULL);
	s->back = kiss_fftr_alloc((int)s->n, 1, NULL, NULL);
	s->stretch = calloc(s->n, sizeof(*s->stretch));
	s->mic = calloc(lines, sizeof(*s->mic));
	s->reference = calloc(lines * s->n_speakers, sizeof(*s->reference));
	s->lines = calloc(lines, sizeof(*s->lines));
	s->energy = calloc((size_t)s->n_speakers * s->cells, sizeof(*s->energy));
	s->own = calloc(s->n_speakers, sizeof(*s->own));
	s->given = calloc(s->cells, sizeof(*s->given));
	s->here = calloc(s->cells, sizeof(*s->here));
	s->sorted = calloc(s->cells, sizeof(*s->sorted));
	s->inverse = calloc((size_t)blocks(s) * s->n_speakers * s->n_speakers,
			sizeof(*s->inverse));
	if (s->forward == NULL || s->back == NULL || s->stretch == NULL || s->mic == NULL ||
			s->reference == NULL || s->lines == NULL || s->energy == NULL ||
			s->own == NULL || s->given == NULL || s->here == NULL ||
			s->sorted == NULL || s->inverse == NULL)
		return -ENOMEM;
	return 0;
}

int tandem_search_new(struct tandem_search **ret_search, uint32_t rate_hz,
		uint32_t n_speakers, double max_lag_s)
{
	struct tandem_search *const s = calloc(1, sizeof(*s));
	const double high_hz = fmin(HIGH_HZ, 0.45 * rate_hz);

	if (s == NULL)
		return -ENOMEM;
	s->rate_hz = rate_hz;
	s->n_speakers = n_speakers;
	s->cell_frames = (uint32_t)(CELL_S * rate_hz);
	s->cells = (uint32_t)(max_lag_s * rate_hz) / s->cell_frames + 1;
	s->n = 1;
	while (s->n < s->cells * s->cell_frames + LOOK_S * rate_hz)
		s->n *= 2;
	s->look_frames = s->n - s->cells * s->cell_frames;
	s->first_bin = (uint32_t)(LOW_HZ * s->n / rate_hz);
	s->bins = (uint32_t)((high_hz - LOW_HZ) * s->n / rate_hz) / BLOCK * BLOCK;
	if (allocate(s) < 0) {
		tandem_search_free(s);
		return -ENOMEM;
	}
	*ret_search = s;
	return 0;
}

void tandem_search_free(struct tandem_search *s)
{
	if (s == NULL)
		return;
	kiss_fftr_free(s->forward);
	kiss_fftr_free(s->back);
	free(s->stretch);
	free(s->mic);
	free(s->reference);
	free(s->lines);
	free(s->energy);
	free(s->own);
	free(s->given);
	free(s->here);
	free(s->sorted);
	free(s->inverse);
	free(s);
}

uint32_t tandem_search_frames(const struct tandem_search *s)
{
	return s->n;
}

uint32_t tandem_search_every_frames(const struct tandem_search *s)
{
	return s->look_frames / 2;
}

double tandem_search_own(const struct tandem_search *s, uint32_t speaker)
{
	return s->weight > 0.0 ? s->own[speaker] : 1.0;
}

static void transform(struct tandem_search *s, const struct tandem_history *h, uint64_t end,
		uint32_t frames, kiss_fft_cpx *lines)
{
	memset(s->stretch, 0, (s->n - frames) * sizeof(*s->stretch));
	tandem_history_read(h, (int64_t)end - frames, s->stretch + s->n - frames, frames);
	kiss_fftr(s->forward, s->stretch, lines);
}

static double complex line(const kiss_fft_cpx *x, uint32_t k)
{
	return (double)x[k].r + I * (double)x[k].i;
}

/* What the references have in common around one line, turned round. */
static void invert_block(struct tandem_search *s, uint32_t block)
{
	const uint32_t n = s->n_speakers, from = s->first_bin + block * BLOCK;
	double complex *const a = s->inverse + (size_t)block * n * n;
	double diagonal[TANDEM_MAX_SPEAKERS];
	double mean = 0.0;

	for (uint32_t i = 0; i < n * n; i++) {
		const kiss_fft_cpx *const x = reference_of(s, i / n) + from;
		const kiss_fft_cpx *const y = reference_of(s, i % n) + from;

		a[i] = 0.0;
		for (uint32_t k = 0; k < BLOCK; k++)
			a[i] += conj(line(x, k)) * line(y, k);
		mean += i / n == i % n ? creal(a[i]) / n : 0.0;
	}
	for (uint32_t i = 0; i < n; i++)
		diagonal[i] = creal(a[i * n + i] += RIDGE * mean + FLOOR);
	tandem_matrix_invert(a, n);
	for (uint32_t i = 0; i < n; i++)
		s->own[i] += 1.0 / (diagonal[i] * creal(a[i * n + i])) / blocks(s);
}

/* Lines of a speaker's reference as no other one has it, played backwards. */
static void whiten_block(struct tandem_search *s, uint32_t speaker, uint32_t block)
{
	const uint32_t n = s->n_speakers, from = s->first_bin + block * BLOCK;
	const double complex *const row = s->inverse + ((size_t)block * n + speaker) * n;
	const double scale = 1.0 / sqrt(creal(row[speaker]));

	for (uint32_t k = from; k < from + BLOCK; k++) {
		double complex x = 0.0;

		for (uint32_t u = 0; u < n; u++)
			x += row[u] * conj(line(reference_of(s, u), k));
		x *= scale;
		s->lines[k] = (kiss_fft_cpx){ (float)creal(x), (float)cimag(x) };
	}
}

static void whiten_mic(struct tandem_search *s)
{
	for (uint32_t b = 0; b < blocks(s); b++) {
		const uint32_t from = s->first_bin + b * BLOCK;
		double loud = FLOOR;

		for (uint32_t k = from; k < from + BLOCK; k++)
			loud += creal(line(s->mic, k) * conj(line(s->mic, k)));
		for (uint32_t k = from; k < from + BLOCK; k++) {
			s->mic[k].r *= (float)(1.0 / sqrt(loud));
			s->mic[k].i *= (float)(1.0 / sqrt(loud));
		}
	}
}

static int ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(struct tandem_search *s, const double *x, uint32_t n)
{
	memmove(s->sorted, x, n * sizeof(*x));
	qsort(s->sorted, n, sizeof(*s->sorted), ascending);
	return s->sorted[n / 2] + FLOOR;
}

static double energy_of(const float *x, uint32_t n)
{
	double sum = 0.0;

	for (uint32_t i = 0; i < n; i++)
		sum += (double)x[i] * (double)x[i];
	return sum;
}

/* How much of the reference there was, at the lag of each cell. */
static void measure_given(struct tandem_search *s)
{
	double sum = energy_of(s->stretch, s->look_frames);

	for (uint32_t c = 0; c < s->cells; c++) {
		const float *const x = s->stretch + (size_t)c * s->cell_frames;

		s->given[c] = sum;
		sum += energy_of(x + s->look_frames, s->cell_frames) -
		       energy_of(x, s->cell_frames);
	}
}

/* Noise makes as much energy everywhere as there was of reference: what is left is 1 in a
 * cell of noise. Cells where hardly anything was given say nothing. */
static void add_energy(struct tandem_search *s, uint32_t speaker)
{
	double *const energy = s->energy + (size_t)speaker * s->cells;
	double most = FLOOR, noise;
	uint32_t n = 0;

	for (uint32_t c = 0; c < s->cells; c++)
		most = fmax(most, s->given[c]);
	for (uint32_t c = 0; c < s->cells; c++) {
		const float *const x = s->stretch + (size_t)c * s->cell_frames;

		s->here[c] = -1.0;
		if (s->given[c] > GIVEN * most) {
			s->sorted[n++] = s->here[c] =
					energy_of(x, s->cell_frames) / s->given[c];
		}
	}
	noise = median(s, s->sorted, n);
	for (uint32_t c = 0; c < s->cells; c++) {
		energy[c] = KEEP * energy[c] +
			    (s->here[c] < 0.0 ? 1.0 : s->here[c] / noise);
	}
}

static void multiply_mic(struct tandem_search *s)
{
	for (uint32_t k = s->first_bin; k < s->first_bin + s->bins; k++) {
		const double complex x = line(s->lines, k) * line(s->mic, k);

		s->lines[k] = (kiss_fft_cpx){ (float)creal(x), (float)cimag(x) };
	}
}

void tandem_search_run(struct tandem_search *s, const struct tandem_history *references,
		const struct tandem_history *mic, uint64_t end)
{
	for (uint32_t i = 0; i < s->n_speakers; i++) {
		transform(s, &references[i], end, s->n, reference_of(s, i));
		s->own[i] = 0.0;
	}
	transform(s, mic, end, s->look_frames, s->mic);
	whiten_mic(s);
	for (uint32_t b = 0; b < blocks(s); b++)
		invert_block(s, b);
	memset(s->lines, 0, (s->n / 2 + 1) * sizeof(*s->lines));
	for (uint32_t i = 0; i < s->n_speakers; i++) {
		for (uint32_t b = 0; b < blocks(s); b++)
			whiten_block(s, i, b);
		kiss_fftri(s->back, s->lines, s->stretch);
		measure_given(s);
		multiply_mic(s);
		kiss_fftri(s->back, s->lines, s->stretch);
		add_energy(s, i);
	}
	s->weight = KEEP * s->weight + 1.0;
	s->weight_square = KEEP * KEEP * s->weight_square + 1.0;
}

/* Of two cells, so that an edge between them does no harm. */
static double pair(const double *energy, uint32_t c)
{
	return energy[c] + energy[c + 1];
}

/* The strongest beside its echoes: 15 ms before, 200 ms after. */
static double elsewhere(const struct tandem_search *s, const double *energy, uint32_t best)
{
	double most = 0.0;

	for (uint32_t c = 0; c + 1 < s->cells; c++) {
		if (c + 15e-3 / CELL_S < best || c > best + 200e-3 / CELL_S)
			most = fmax(most, pair(energy, c));
	}
	return most;
}

/* Echoes may be stronger than what comes first, by not much and not much later. */
static uint32_t first(const double *energy, double noise, uint32_t best)
{
	const uint32_t back = best < BACK_S / CELL_S ? best : (uint32_t)(BACK_S / CELL_S);
	const double enough = noise + SHARE * (pair(energy, best) - noise);

	for (uint32_t c = best - back; c < best; c++) {
		if (pair(energy, c) > enough)
			return c;
	}
	return best;
}

struct tandem_search_guess tandem_search_guess(const struct tandem_search *s,
		uint32_t speaker)
{
	const double *const energy = s->energy + (size_t)speaker * s->cells;
	const double runs = s->weight * s->weight / (s->weight_square + FLOOR) / 1.3;
	const double freedom = 4.0 * (HIGH_HZ - LOW_HZ) * CELL_S * runs;
	struct tandem_search_guess g;
	uint32_t best = 0;
	double noise, excess, other, scatter;

	noise = 2.0 * s->weight + FLOOR;
	for (uint32_t c = 1; c + 1 < s->cells; c++) {
		if (pair(energy, c) > pair(energy, best))
			best = c;
	}
	excess = pair(energy, best) / noise - 1.0;
	other = elsewhere(s, energy, best) / noise - 1.0;
	scatter = sqrt(2.0 / (freedom + FLOOR));
	g.found = excess > CLEAR * scatter && excess > AHEAD * other;
	g.sure = excess > SURE * CLEAR * scatter && excess > SURE * other;
	g.lag_frames = (first(energy, noise, best) + 1.0) * s->cell_frames;
	return g;
}
