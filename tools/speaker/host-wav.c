/* SPDX-License-Identifier: MIT */
#include "host-wav.h"

#include <errno.h>
#include <math.h>
#include <samplerate.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Zeros around a run: the converter reads 144 frames to each side at ratios near 1
 * (libsamplerate's table: 340238 / 2381). */
#define PAD_FRAMES 512
#define BLOCK 64              /* outputs between two looks at the map; a divisor of PAD */
#define KEEP (3 * PAD_FRAMES) /* outputs a following run may still add to */
#define PENDING (1 << 15)
#define HEADER_BYTES 44
#define JOINT_S 1e-9 /* far below a sample, far above the rounding of sums */

/* One stretch of the map: input frames [from, from + frames) of the run. */
struct stretch {
	double from;
	double frames;
	double from_s;
	double to_s;
};

struct tandem_host_wav {
	FILE *file;
	SRC_STATE *src;
	int err; /* first negative errno */

	bool running;
	double end_s;     /* of the last stretch */
	double step_s;    /* duration of its frames */
	double position;  /* read position of the converter, frames of the padded run */
	double in_frames; /* of the padded run, handed in so far */
	int64_t next;     /* index of the next output */

	struct stretch *map;
	size_t map_len;
	size_t map_size;
	float *in; /* handed in, not yet taken by the converter */
	size_t in_len;
	size_t in_size;

	int64_t written;        /* outputs in the file */
	float pending[PENDING]; /* outputs from `written` on, later runs add */
};

static void note(struct tandem_host_wav *w, int err)
{
	if (w->err == 0)
		w->err = err;
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

/* Canonical RIFF header, PCM, one channel of 32 bits. */
static void write_header(struct tandem_host_wav *w)
{
	const uint32_t bytes = (uint32_t)(w->written * 4);
	uint8_t h[HEADER_BYTES] = "RIFF....WAVEfmt ";

	put32(h + 4, HEADER_BYTES - 8 + bytes);
	put32(h + 16, 16);
	put32(h + 20, 1 | 1 << 16);
	put32(h + 24, TANDEM_HOST_WAV_HZ);
	put32(h + 28, TANDEM_HOST_WAV_HZ * 4);
	put32(h + 32, 4 | 32 << 16);
	put32(h + 36, 0x61746164); /* "data" */
	put32(h + 40, bytes);
	if (fseek(w->file, 0, SEEK_SET) != 0 || fwrite(h, sizeof(h), 1, w->file) != 1)
		note(w, -errno);
}

static void write_pending(struct tandem_host_wav *w, int64_t n)
{
	uint8_t bytes[4];

	for (int64_t i = 0; i < n; i++) {
		const double v = fmax(-1.0, fmin(1.0, (double)w->pending[i]));

		put32(bytes, (uint32_t)(int32_t)lrint(v * 2147483647.0));
		if (fwrite(bytes, sizeof(bytes), 1, w->file) != 1)
			note(w, -errno);
	}
}

/* Nothing before `end` changes any more: bring it to the file. */
static void commit(struct tandem_host_wav *w, int64_t end)
{
	while (w->written < end) {
		const int64_t left = end - w->written;
		const int64_t n = left < PENDING ? left : PENDING;

		write_pending(w, n);
		memmove(w->pending, w->pending + n, (size_t)(PENDING - n) * sizeof(float));
		memset(w->pending + PENDING - n, 0, (size_t)n * sizeof(float));
		w->written += n;
	}
}

static void add(struct tandem_host_wav *w, const float *out, long n)
{
	if (w->next + n - w->written > PENDING)
		commit(w, w->next - KEEP);
	for (long i = 0; i < n; i++) {
		const int64_t at = w->next + i - w->written;

		if (at >= 0 && at < PENDING)
			w->pending[at] += out[i];
	}
	w->next += n;
}

/* Room for one more in an array that doubles. False: no memory. */
static bool grow(void **array, size_t *size, size_t need, size_t each)
{
	if (need <= *size)
		return true;

	const size_t wanted = need * 2;
	void *const more = realloc(*array, wanted * each);
	if (more == NULL)
		return false;
	*array = more;
	*size = wanted;
	return true;
}

static void extend(struct tandem_host_wav *w, const float *in, uint32_t frames,
		double from_s, double to_s)
{
	if (!grow((void **)&w->map, &w->map_size, w->map_len + 1, sizeof(*w->map)) ||
			!grow((void **)&w->in, &w->in_size, w->in_len + frames,
					sizeof(*w->in))) {
		note(w, -ENOMEM);
		return;
	}
	w->map[w->map_len++] = (struct stretch){ w->in_frames, frames, from_s, to_s };
	if (in != NULL) {
		memcpy(w->in + w->in_len, in, frames * sizeof(float));
	} else {
		memset(w->in + w->in_len, 0, frames * sizeof(float));
	}
	w->in_len += frames;
	w->in_frames += frames;
}

/* Read position at a host time; the first stretches before it are forgotten. */
static double position_at(struct tandem_host_wav *w, double at_s)
{
	size_t past = 0;

	while (past + 1 < w->map_len && w->map[past].to_s <= at_s)
		past++;
	memmove(w->map, w->map + past, (w->map_len - past) * sizeof(*w->map));
	w->map_len -= past;

	const struct stretch *const m = &w->map[0];
	return m->from + m->frames * (at_s - m->from_s) / (m->to_s - m->from_s);
}

static double time_of(int64_t output)
{
	return (double)output / TANDEM_HOST_WAV_HZ;
}

/* One block of outputs, with the ratio that ends where the map says. */
static bool convert_block(struct tandem_host_wav *w)
{
	const double target = position_at(w, time_of(w->next + BLOCK));
	float out[BLOCK];
	SRC_DATA d = {
		.data_in = w->in,
		.data_out = out,
		.input_frames = (long)w->in_len,
		.output_frames = BLOCK,
		.src_ratio = BLOCK / (target - w->position),
	};

	src_set_ratio(w->src, d.src_ratio);
	if (src_process(w->src, &d) != 0 || d.output_frames_gen != BLOCK) {
		note(w, -EINVAL);
		return false;
	}
	w->position += (double)BLOCK / d.src_ratio;
	w->in_len -= (size_t)d.input_frames_used;
	memmove(w->in, w->in + d.input_frames_used, w->in_len * sizeof(float));
	add(w, out, BLOCK);
	return true;
}

/* As far as the converter can look ahead. */
static void convert(struct tandem_host_wav *w)
{
	const double ahead_s = PAD_FRAMES * w->step_s;

	while (w->map_len > 0 && time_of(w->next + BLOCK) + ahead_s <= w->end_s) {
		if (!convert_block(w))
			break;
	}
}

/* The run before ends in zeros, long enough for its last outputs. */
static void end_run(struct tandem_host_wav *w)
{
	if (!w->running)
		return;
	for (int i = 0; i < 2; i++) {
		const double to_s = w->end_s + PAD_FRAMES * w->step_s;

		extend(w, NULL, PAD_FRAMES, w->end_s, to_s);
		w->end_s = to_s;
	}
	convert(w);
	w->running = false;
}

/* Begins in zeros: there the ratio may be off while the position finds the grid. */
static void begin_run(struct tandem_host_wav *w, double from_s, double step_s)
{
	const double zeros_s = from_s - PAD_FRAMES * step_s;

	src_reset(w->src);
	w->running = true;
	w->map_len = 0;
	w->in_len = 0;
	w->in_frames = 0.0;
	w->position = 0.0;
	w->next = (int64_t)ceil(zeros_s * TANDEM_HOST_WAV_HZ);
	commit(w, w->next - KEEP);
	extend(w, NULL, PAD_FRAMES, zeros_s, from_s);
}

void tandem_host_wav_play(struct tandem_host_wav *w, const float *in, uint32_t frames,
		double from_s, double to_s)
{
	const double step_s = (to_s - from_s) / frames;

	if (frames == 0)
		return;
	if (!w->running || fabs(from_s - w->end_s) > JOINT_S || step_s > 1.02 * w->step_s ||
			step_s < 0.98 * w->step_s) {
		end_run(w);
		begin_run(w, from_s, step_s);
	}
	w->step_s = step_s;
	w->end_s = to_s;
	extend(w, in, frames, from_s, to_s);
	convert(w);
}

void tandem_host_wav_flush(struct tandem_host_wav *w, double until_s)
{
	if (w->running && until_s > w->end_s + JOINT_S)
		end_run(w);
	if (!w->running && time_of(w->next) < until_s)
		w->next = (int64_t)floor(until_s * TANDEM_HOST_WAV_HZ);
	commit(w, w->next - KEEP);
	if (fflush(w->file) != 0)
		note(w, -errno);
}

int tandem_host_wav_new(struct tandem_host_wav **ret_wav, const char *path, bool lean)
{
	struct tandem_host_wav *const w = calloc(1, sizeof(*w));
	int unused = 0;

	if (w == NULL)
		return -ENOMEM;
	w->src = src_new(lean ? SRC_SINC_MEDIUM_QUALITY : SRC_SINC_BEST_QUALITY, 1,
			&unused);
	w->file = fopen(path, "wbe");
	if (w->file == NULL) {
		note(w, -errno);
	} else if (w->src == NULL) {
		note(w, -ENOMEM);
	} else {
		write_header(w);
	}
	if (w->err != 0)
		return tandem_host_wav_close(w, 0.0);
	*ret_wav = w;
	return 0;
}

int tandem_host_wav_close(struct tandem_host_wav *w, double end_s)
{
	const int64_t wanted = llrint(end_s * TANDEM_HOST_WAV_HZ);

	if (w == NULL)
		return 0;
	if (w->file != NULL && w->src != NULL) {
		end_run(w);
		commit(w, wanted);
		w->written = wanted;
		write_header(w);
	}
	if (w->file != NULL && fflush(w->file) != 0)
		note(w, -errno);
	if (w->file != NULL && ftruncate(fileno(w->file), HEADER_BYTES + 4 * wanted) != 0)
		note(w, -errno);
	if (w->file != NULL)
		fclose(w->file);
	if (w->src != NULL)
		src_delete(w->src);

	const int err = w->err;
	free(w->map);
	free(w->in);
	free(w);
	return err;
}
