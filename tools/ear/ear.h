/* SPDX-License-Identifier: MIT
 *
 * Ear: what a microphone hears of several speakers that play at once: when each speaker's
 * sound arrives, which way round, how loud and with what tone. The sound may be a probe
 * (probe.h) or the music itself.
 *
 *   reference of each speaker --> history --+--> search: roughly when, 0 to max_lag
 *   microphone -----------------> history --+        |
 *                                           |        v
 *                                           +--> spectra, each reference moved to where it
 *                                                is believed to be heard
 *                                                    | least squares over all references
 *                                                    v
 *                                                response of each speaker --> arrival of
 *                                                the first sound (arrival.h) --> finding
 *
 * Lags count from a frame of the reference to the frame of the microphone at which that is
 * heard; both streams are of one clock (rate_hz) and count from the first feed. A lag is
 * that of the direct sound, which need not be the loudest. A finding is new: nothing in it
 * is older than a few window_s, and a speaker whose sound has moved since is not HEARD.
 *
 * HEARD takes two findings at one place: the first one is NOISY. That is 1 to 3 s after the
 * first sound with probes, more with music, as it is sparse and left and right have much in
 * common. Speech over it makes findings rarer, not worse.
 *
 * What it cannot know: how much of a lag is the microphone's own, which is the same for
 * all (tandemctl takes off what it says); and what a box itself delays by its phase, some
 * 20 us.
 *
 * Thread: any one at a time, not the data loop: feed() works for up to some 20 ms when it
 * searches. Allocates in new() alone: about 10 MB for two speakers at 48 kHz. Any input is
 * survived; what is not a number counts as silence.
 */
#ifndef TANDEM_EAR_H
#define TANDEM_EAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/units.h"

#define TANDEM_EAR_BANDS 5         /* octaves from 250 Hz to 8 kHz */
#define TANDEM_EAR_MAX_LAG_S 2.0   /* of the slowest boxes known, 1.5 s; facts on peers */
#define TANDEM_EAR_PROBE_HOP_S 0.2 /* with these a probe gives 5 findings a second, */
#define TANDEM_EAR_PROBE_WINDOW_S 0.6
#define TANDEM_EAR_MUSIC_HOP_S 1.0 /* and music one */
#define TANDEM_EAR_MUSIC_WINDOW_S 2.0

struct tandem_ear_config {
	uint32_t rate_hz;    /* 8000 to 192000 */
	uint32_t n_speakers; /* 1 to TANDEM_MAX_SPEAKERS */
	double max_lag_s;    /* > 0, to 4 */
	double hop_s;        /* from one finding to the next: 0.1 to 10 */
	double window_s;     /* how far back one looks (time constant): hop_s to 20 */
};

enum tandem_ear_verdict {
	TANDEM_EAR_HEARD, /* all figures hold */
	TANDEM_EAR_QUIET, /* it was given nothing to play */
	TANDEM_EAR_NOISY, /* not heard, or not well enough: other sounds are louder */
	TANDEM_EAR_ECHO,  /* heard, but the direct sound does not stand out of its echoes */
	TANDEM_EAR_ALIKE, /* plays what another one plays: nobody can tell them apart */
};

/* Of one speaker. The figures mean something with HEARD; with ECHO they are a guess. */
struct tandem_ear_arrival {
	enum tandem_ear_verdict verdict;
	double lag_frames;
	/* One standard deviation, of what one finding adds to those before: findings share
	 * some of their window, and sigma is wider by as much. */
	double sigma_frames;
	bool inverted;
	double polarity_quality; /* 0: either way round; 1: without doubt */
	/* Of the first 20 ms against the reference, 250 Hz to 8 kHz, each octave alike. */
	double level_db;
	double tone_db[TANDEM_EAR_BANDS]; /* the same per octave, against level_db */
	double snr_db; /* of the direct sound in the response against what lies before it */
	double coherence; /* share of the microphone's power that all speakers explain */
};

struct tandem_ear_finding {
	uint64_t frame; /* of the microphone: to which the lags belong */
	struct tandem_ear_arrival of[TANDEM_MAX_SPEAKERS];
};

struct tandem_ear;

/* Sets *ret_ear, which the caller frees; untouched on failure. 0, -EINVAL or -ENOMEM. */
int tandem_ear_new(struct tandem_ear **ret_ear,
		const struct tandem_ear_config *config) TANDEM_CHECK;
void tandem_ear_free(struct tandem_ear *e); /* NULL is fine */

/* reference[n_speakers][frames]: what each speaker was given; mic[frames]. Borrowed. Any
 * number of frames. */
void tandem_ear_feed(struct tandem_ear *e, const float *const reference[], const float *mic,
		uint32_t frames);

/* The oldest finding not yet taken; false: none. The last TANDEM_EAR_FINDINGS are kept. */
#define TANDEM_EAR_FINDINGS 16
bool tandem_ear_next(struct tandem_ear *e, struct tandem_ear_finding *ret);

/* "heard", "quiet" and so on, for people and for JSON. */
const char *tandem_ear_verdict_name(enum tandem_ear_verdict verdict);

#endif
