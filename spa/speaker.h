/* SPDX-License-Identifier: MIT
 *
 * Speaker: the sending side of one Bluetooth sink.
 *
 *   delay line -> split -> resample -> block -> encode -> packet -> transport
 *
 * Coded frame m is due at start + m / rate on CLOCK_MONOTONIC, whatever the graph does
 * (clock/pace; the rate is the codec's, times 1 + drift for a box that runs free): the
 * pace is exact, and what a frame carries is looked up on the group's timeline:
 *
 *   content(m) = timeline(due(m) - TANDEM_MARGIN_NS) - extra
 *
 * where extra is what the common delay leaves after the latency that the speaker's clock
 * believes in (clock/clock.h). The clock steers: rate and jumps of the content, and the
 * pace. A packet is made and leaves when its last block is due: an even stream at every
 * quantum, mute or not.
 * Thread: new and free on main, the rest on the data loop.
 */
#ifndef TANDEM_SPEAKER_H
#define TANDEM_SPEAKER_H

#include <stdbool.h>

#include "clock/clock.h"
#include "clock/timeline.h"
#include "codec/codec.h"
#include "path/delayline.h"
#include "path/split.h"
#include "path/transport.h"
#include "speaker-stats.h"

/* From a frame's place in its graph cycle to its being due: what the graph may be late.
 * Chosen: longer than the scheduling noise of a busy desktop, short against any speaker. */
#define TANDEM_MARGIN_NS (20 * TANDEM_NS_PER_MS)
#define TANDEM_MARGIN_S (TANDEM_MARGIN_NS / (double)TANDEM_NS_PER_S)

/* What PipeWire assumes of an A2DP speaker that does not report. */
#define TANDEM_DEFAULT_DELAY_NS (125 * TANDEM_NS_PER_MS)

#define TANDEM_NEVER_NS INT64_MAX

struct tandem_speaker;

struct tandem_speaker_config {
	struct tandem_mix mix;
	double trim_s;    /* by hand, > 0: plays later */
	double drift_ppm; /* by hand, 0: none */
	struct tandem_codec_wish wish;
	const struct tandem_memory *memory; /* of this device and codec; NULL: none */
	uint32_t in_hz;                     /* of the graph */
	uint32_t mtu_bytes;
	const struct tandem_codec *codec;
	struct tandem_codec_config codec_config;
};

/* Takes transport when it succeeds. 0, -EINVAL or -ENOMEM; untouched on failure. */
int tandem_speaker_new(struct tandem_speaker **ret_speaker,
		const struct tandem_speaker_config *config,
		struct tandem_transport *transport) TANDEM_CHECK;
void tandem_speaker_free(struct tandem_speaker *s); /* NULL is fine */

/* The graph's rate changed: a resampler for it, to be swapped in by set_input(), which
 * returns the old one for the caller to free. Main thread; data loop. */
struct tandem_resample;
int tandem_speaker_make_input(const struct tandem_speaker *s,
		struct tandem_resample **ret_resample, uint32_t in_hz) TANDEM_CHECK;
struct tandem_resample *tandem_speaker_set_input(struct tandem_speaker *s,
		struct tandem_resample *resample, uint32_t in_hz) TANDEM_RT;

/* Frame 0 is due at start_ns; half a second of silence comes first. */
void tandem_speaker_start(struct tandem_speaker *s, int64_t start_ns) TANDEM_RT;
bool tandem_speaker_is_started(const struct tandem_speaker *s) TANDEM_RT;
bool tandem_speaker_is_heard(const struct tandem_speaker *s)
		TANDEM_RT; /* past its silence */
bool tandem_speaker_is_gone(const struct tandem_speaker *s) TANDEM_RT; /* as in its stats */
uint64_t tandem_speaker_starved(const struct tandem_speaker *s) TANDEM_RT; /* likewise */

/* Something seen of it, raw. A report's value is from a packet's arrival to its first frame
 * at the air; a microphone's from a sound's place in the graph's cycle to the ear. Says
 * what the guard thinks of it. */
enum tandem_guarded tandem_speaker_observe(struct tandem_speaker *s,
		const struct tandem_observation *o, int64_t now_ns) TANDEM_RT;
/* From a frame being due to the air, as alignment takes it: packet, codec, delay, less the
 * trim. s. */
double tandem_speaker_latency_s(const struct tandem_speaker *s) TANDEM_RT;
/* From a sound's place in the graph's cycle to the air, s, for all: what a speaker is held
 * back to. late_s: by how much it cannot keep up with the others. A change is jumped to, to
 * the nearest frame. */
void tandem_speaker_set_common(struct tandem_speaker *s, double common_s,
		double late_s) TANDEM_RT;

/* Crossfaded over 20 ms from what is heard now, also while an earlier change still fades.
 * Gain, polarity, mute, swap and layout are all this. */
void tandem_speaker_set_mix(struct tandem_speaker *s,
		const struct tandem_mix *mix) TANDEM_RT;
/* By hand: > 0 plays later, s. Is heard once the group has aligned anew:
 * tandem_group_set_trim(). */
void tandem_speaker_set_trim(struct tandem_speaker *s, double trim_s,
		int64_t now_ns) TANDEM_RT;
/* The speaker's clock as set by hand, ppm, > 0 runs fast, 0: none. Frames are then sent at
 * rate * (1 + drift), which keeps the buffer level of a box that runs free, and what they
 * carry keeps real time. What is made already stays due when it was. */
void tandem_speaker_set_drift(struct tandem_speaker *s, double drift_ppm,
		int64_t now_ns) TANDEM_RT;
/* What is spent on the sound, within what was negotiated, from the next packet on. Returns
 * the bitpool in use, or 0: the codec has none. */
uint32_t tandem_speaker_set_wish(struct tandem_speaker *s,
		const struct tandem_codec_wish *wish) TANDEM_RT;

/* Encodes what is due at now_ns, up to one packet; true: there is more. flowing: the graph
 * delivers, so missing sound is worth a short wait. The group makes for all speakers before
 * it sends for any, for what one encodes would delay the other. */
bool tandem_speaker_make(struct tandem_speaker *s, const struct tandem_delayline *line,
		const struct tandem_timeline *timeline, int64_t now_ns,
		bool flowing) TANDEM_RT;
/* Offers the packet that is complete, if any, to the transport, unless too many are on
 * their way (path/flight.h); how long a speaker that is full lets it wait tells of that
 * speaker's clock (clock/pressure). */
void tandem_speaker_send(struct tandem_speaker *s, int64_t now_ns) TANDEM_RT;
struct tandem_speaker_queue tandem_speaker_queue(const struct tandem_speaker *s) TANDEM_RT;
/* Of the planned bytes it sends so many, 0 to 1, from its next packet on. */
void tandem_speaker_set_share(struct tandem_speaker *s, double share) TANDEM_RT;
/* When make() and send() are wanted again, or TANDEM_NEVER_NS. */
int64_t tandem_speaker_next_ns(const struct tandem_speaker *s, int64_t now_ns) TANDEM_RT;

/* For its state and memory: those cost more than the figures. */
const struct tandem_clock *tandem_speaker_clock(const struct tandem_speaker *s) TANDEM_RT;

struct tandem_speaker_stats tandem_speaker_stats(const struct tandem_speaker *s,
		int64_t now_ns) TANDEM_RT;

#endif
