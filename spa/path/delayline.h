/* SPDX-License-Identifier: MIT
 *
 * Delay line: the last seconds of what the graph played, by absolute frame number of the
 * group's counter. Written once per cycle, read by every speaker where its clock says.
 *
 *      end - capacity                         end
 *   ........|====================================|........
 *    zeros       what was written                 zeros
 *
 * Frames outside read as silence, so a reader never waits and never fails.
 * Thread: init and finish on main, the rest on the data loop.
 */
#ifndef TANDEM_PATH_DELAYLINE_H
#define TANDEM_PATH_DELAYLINE_H

#include "base/units.h"

struct tandem_delayline {
	/* constant after init */
	uint32_t channels;
	uint32_t capacity_frames; /* a power of two */
	float *samples;           /* [channels][capacity_frames] */
	/* data loop */
	int64_t end; /* the frame after the last one written */
};

/* channels: 1 to TANDEM_MAX_CHANNELS; capacity_frames: a power of two. 0 or -ENOMEM. */
int tandem_delayline_init(struct tandem_delayline *l, uint32_t channels,
		uint32_t capacity_frames) TANDEM_CHECK;
void tandem_delayline_finish(struct tandem_delayline *l); /* a zeroed one is fine */

/* in[channels][frames], or NULL for silence; `frame` is the number of its first frame.
 * A gap after the present end becomes silence; frames before the end are replaced. */
void tandem_delayline_write(struct tandem_delayline *l, int64_t frame,
		const float *const in[], uint32_t frames) TANDEM_RT;

/* out[frames] = channel[frame ...]. */
void tandem_delayline_read(const struct tandem_delayline *l, uint32_t channel,
		int64_t frame, float *out, uint32_t frames) TANDEM_RT;

/* out[frames] += gain * channel[frame ...]. */
void tandem_delayline_mix(const struct tandem_delayline *l, uint32_t channel, int64_t frame,
		float gain, float *out, uint32_t frames) TANDEM_RT;

#endif
