/* SPDX-License-Identifier: MIT */
#include "tail.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define HEADER_BYTES 44
#define CHUNK 256

int tandem_tail_init(struct tandem_tail *t, const char *path)
{
	*t = (struct tandem_tail){ .fd = open(path, O_RDONLY | O_CLOEXEC) };
	return t->fd < 0 ? -errno : 0;
}

void tandem_tail_finish(struct tandem_tail *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

/* Returns how many frames were there. */
static uint32_t take(const struct tandem_tail *t, int64_t first, float *out,
		uint32_t frames)
{
	uint32_t taken = 0;

	while (taken < frames) {
		int32_t pcm[CHUNK];
		const uint32_t wanted = frames - taken < CHUNK ? frames - taken : CHUNK;
		const ssize_t bytes = pread(t->fd, pcm, wanted * sizeof(*pcm),
				HEADER_BYTES + (first + taken) * (int64_t)sizeof(*pcm));
		const uint32_t got = bytes > 0 ? (uint32_t)bytes / sizeof(*pcm) : 0;

		for (uint32_t i = 0; i < got; i++)
			out[taken + i] = (float)pcm[i] * 0x1p-31f;
		taken += got;
		if (got < wanted)
			break;
	}
	return taken;
}

/* What was not there in time may be there now. */
static void look_back(struct tandem_tail *t)
{
	while (t->missed_frames > 0) {
		float then[CHUNK];
		const uint32_t wanted = t->missed_frames < CHUNK
							? (uint32_t)t->missed_frames
							: CHUNK;
		const uint32_t got = take(t, t->missed_first, then, wanted);

		for (uint32_t i = 0; i < got; i++)
			t->late_frames += then[i] != 0.0f;
		t->missed_first += got;
		t->missed_frames -= got;
		if (got < wanted)
			return;
	}
}

static void miss(struct tandem_tail *t, int64_t first, int64_t end)
{
	/* after a leap nobody asks for what lies between */
	if (first != t->missed_first + t->missed_frames)
		t->missed_first = first;
	t->missed_frames = end - t->missed_first;
}

void tandem_tail_read(struct tandem_tail *t, int64_t first, float *out, uint32_t frames)
{
	const uint32_t before =
			first >= 0 ? 0 : (uint32_t)(-first < frames ? -first : frames);
	const uint32_t got =
			before + take(t, first + before, out + before, frames - before);

	memset(out, 0, before * sizeof(*out));
	memset(out + got, 0, (frames - got) * sizeof(*out));
	look_back(t);
	if (got < frames)
		miss(t, first + got, first + frames);
}
