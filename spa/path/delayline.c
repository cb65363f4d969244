/* SPDX-License-Identifier: MIT */
#include "delayline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"

int tandem_delayline_init(struct tandem_delayline *l, uint32_t channels,
		uint32_t capacity_frames)
{
	*l = (struct tandem_delayline){ .channels = channels,
		.capacity_frames = capacity_frames };
	l->samples = calloc((size_t)channels * capacity_frames, sizeof(float));
	return l->samples == NULL ? -ENOMEM : 0;
}

void tandem_delayline_finish(struct tandem_delayline *l)
{
	free(l->samples);
	l->samples = NULL;
}

/* in NULL: silence. At most capacity_frames. */
static void put(struct tandem_delayline *l, uint32_t channel, int64_t frame,
		const float *in, uint32_t frames)
{
	float *const plane = l->samples + (size_t)channel * l->capacity_frames;
	const uint32_t at = (uint32_t)(frame & (l->capacity_frames - 1));
	const uint32_t room = l->capacity_frames - at;
	const uint32_t first = frames < room ? frames : room;

	if (in == NULL) {
		memset(plane + at, 0, first * sizeof(float));
		memset(plane, 0, (frames - first) * sizeof(float));
		return;
	}
	memcpy(plane + at, in, first * sizeof(float));
	memcpy(plane, in + first, (frames - first) * sizeof(float));
}

static void silence(struct tandem_delayline *l, int64_t frame, int64_t frames)
{
	const uint32_t n =
			frames < l->capacity_frames ? (uint32_t)frames : l->capacity_frames;

	for (uint32_t c = 0; c < l->channels; c++)
		put(l, c, frame + frames - n, NULL, n);
}

void tandem_delayline_write(struct tandem_delayline *l, int64_t frame,
		const float *const in[], uint32_t frames)
{
	const uint32_t skip = frames > l->capacity_frames ? frames - l->capacity_frames : 0;

	if (frame > l->end)
		silence(l, l->end, frame - l->end);
	for (uint32_t c = 0; c < l->channels; c++) {
		put(l, c, frame + skip, in == NULL ? NULL : in[c] + skip, frames - skip);
	}
	if (frame + frames > l->end)
		l->end = frame + frames;
}

/* Frames that lie one after the other in a plane, as seen from where a reader begins. */
struct part {
	const float *samples;
	uint32_t offset;
	uint32_t frames;
};

/* Those of [frame, frame + frames) that there are; the rest is silent. */
static uint32_t find_parts(const struct tandem_delayline *l, uint32_t channel,
		int64_t frame, uint32_t frames, struct part ret_parts[2])
{
	const float *const plane = l->samples + (size_t)channel * l->capacity_frames;
	const int64_t begin = l->end - l->capacity_frames;
	const int64_t to = frame + frames < l->end ? frame + frames : l->end;
	int64_t from = frame > begin ? frame : begin;
	uint32_t n = 0;

	while (from < to) {
		const uint32_t at = (uint32_t)(from & (l->capacity_frames - 1));
		const int64_t room = l->capacity_frames - at;
		const int64_t here = to - from < room ? to - from : room;

		ret_parts[n++] = (struct part){ plane + at, (uint32_t)(from - frame),
			(uint32_t)here };
		from += here;
	}
	return n;
}

void tandem_delayline_read(const struct tandem_delayline *l, uint32_t channel,
		int64_t frame, float *out, uint32_t frames)
{
	struct part parts[2];
	const uint32_t n = find_parts(l, channel, frame, frames, parts);

	if (n != 1 || parts[0].frames < frames)
		memset(out, 0, frames * sizeof(float));
	for (uint32_t i = 0; i < n; i++) {
		memcpy(out + parts[i].offset, parts[i].samples,
				parts[i].frames * sizeof(float));
	}
}

void tandem_delayline_mix(const struct tandem_delayline *l, uint32_t channel, int64_t frame,
		float gain, float *out, uint32_t frames)
{
	struct part parts[2];
	const uint32_t n = find_parts(l, channel, frame, frames, parts);

	for (uint32_t i = 0; i < n; i++) {
		tandem_samples_mix(out + parts[i].offset, parts[i].samples, gain,
				parts[i].frames);
	}
}
