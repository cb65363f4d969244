/* SPDX-License-Identifier: MIT */
#include "convolve.h"

#include <errno.h>
#include <kiss_fftr.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK TANDEM_CONVOLVE_BLOCK
#define SIZE (2 * BLOCK)
#define BINS (BLOCK + 1)

struct tandem_convolve {
	/* constant after new() */
	kiss_fftr_cfg forward, back;
	uint32_t n_parts;
	kiss_fft_cpx (*response)[BINS]; /* [n_parts], scaled for the way back */

	kiss_fft_cpx (*past)[BINS]; /* [n_parts], a ring */
	uint32_t newest;
	float window[SIZE]; /* the block before, and this one */
	kiss_fft_cpx sum[BINS];
	float sound[SIZE];
};

static void transform_response(struct tandem_convolve *c, const float *taps, uint32_t n)
{
	for (uint32_t p = 0; p < c->n_parts; p++) {
		const uint32_t left = n - p * BLOCK;

		memset(c->sound, 0, sizeof(c->sound));
		for (uint32_t i = 0; i < BLOCK && i < left; i++) {
			c->sound[i] = taps[p * BLOCK + i] /
				      SIZE; /* kissfft scales nothing */
		}
		kiss_fftr(c->forward, c->sound, c->response[p]);
	}
}

int tandem_convolve_new(struct tandem_convolve **ret_convolve, const float *taps,
		uint32_t n)
{
	struct tandem_convolve *c;

	if (n == 0)
		return -EINVAL;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return -ENOMEM;
	c->n_parts = (n + BLOCK - 1) / BLOCK;
	c->forward = kiss_fftr_alloc(SIZE, 0, NULL, NULL);
	c->back = kiss_fftr_alloc(SIZE, 1, NULL, NULL);
	c->response = calloc(c->n_parts, sizeof(*c->response));
	c->past = calloc(c->n_parts, sizeof(*c->past));
	if (c->forward == NULL || c->back == NULL || c->response == NULL ||
			c->past == NULL) {
		tandem_convolve_free(c);
		return -ENOMEM;
	}
	transform_response(c, taps, n);
	*ret_convolve = c;
	return 0;
}

void tandem_convolve_free(struct tandem_convolve *c)
{
	if (c == NULL)
		return;
	kiss_fftr_free(c->forward);
	kiss_fftr_free(c->back);
	free(c->response);
	free(c->past);
	free(c);
}

/* sum += a * b */
static void meet(kiss_fft_cpx *restrict sum, const kiss_fft_cpx *restrict a,
		const kiss_fft_cpx *restrict b)
{
	for (uint32_t k = 0; k < BINS; k++) {
		sum[k].r += a[k].r * b[k].r - a[k].i * b[k].i;
		sum[k].i += a[k].r * b[k].i + a[k].i * b[k].r;
	}
}

void tandem_convolve_run(struct tandem_convolve *c, const float *in, float *out)
{
	memcpy(c->window, c->window + BLOCK, BLOCK * sizeof(float));
	memcpy(c->window + BLOCK, in, BLOCK * sizeof(float));
	c->newest = (c->newest + c->n_parts - 1) % c->n_parts;
	kiss_fftr(c->forward, c->window, c->past[c->newest]);
	memset(c->sum, 0, sizeof(c->sum));
	for (uint32_t p = 0; p < c->n_parts; p++)
		meet(c->sum, c->response[p], c->past[(c->newest + p) % c->n_parts]);
	kiss_fftri(c->back, c->sum, c->sound);
	/* the first half is wrapped around */
	for (uint32_t i = 0; i < BLOCK; i++)
		out[i] += c->sound[BLOCK + i];
}

void tandem_convolve_reset(struct tandem_convolve *c)
{
	memset(c->past, 0, c->n_parts * sizeof(*c->past));
	memset(c->window, 0, sizeof(c->window));
}
