/* SPDX-License-Identifier: MIT
 *
 * Hear: what a microphone hears of each speaker of a Tandem sink, told to Tandem.
 *
 *   monitor --mix of each speaker--> references --+
 *   microphone -----------------------------------+--> ear --> finding --> caller
 *   rows: layout, swap, mute, who plays --^                        |
 *                              speaker.<label>.heard <-------------+  on request
 *
 * A speaker's reference is what it is given of the sink's channels now, by its row of the
 * layout or, while it plays for one that is away, by the row "plays". Gain and polarity
 * from the settings are left out of it: what is heard of them is part of the finding, so
 * that a box which has been set right is found right.
 * Thread: main, the client's loop.
 */
#ifndef TANDEM_TOOLS_HEAR_H
#define TANDEM_TOOLS_HEAR_H

#include "base/settings.h"
#include "client.h"
#include "ear.h"
#include "listen.h"

struct tandem_hear;

/* Of one speaker of the sink, in the order of its rows. */
struct tandem_hear_speaker {
	char label[TANDEM_CLIENT_LABEL_SIZE];
	bool is_playing;                   /* its stream runs */
	float gains[TANDEM_SINK_CHANNELS]; /* of what it is given; all 0: nothing */
};

struct tandem_hear_finding {
	struct tandem_ear_finding ear; /* lags to the air, as far as the microphone says */
	uint32_t rate_hz;
	double mic_ms; /* what it has said that it adds, and is taken off; 0: nothing */
	int64_t at_ns; /* CLOCK_MONOTONIC: when what is in ear.frame was in the air */
};

/* What was given and heard in the last block, rms, full scale 1. */
struct tandem_hear_levels {
	double given, heard;
	uint32_t frames;
	uint32_t rate_hz;
};

struct tandem_hear_events {
	void (*finding)(void *data, const struct tandem_hear_finding *f);
	void (*levels)(void *data, const struct tandem_hear_levels *levels); /* or NULL */
	void (*news)(void *data, const struct tandem_listen_news *news);
};

/* sink: its node name. source: as in listen.h. Client, strings and events are borrowed. It
 * pauses at first. Sets *ret_hear, which the caller frees before the
 * client; untouched on failure. 0 or a negative errno. */
int tandem_hear_new(struct tandem_hear **ret_hear, struct tandem_client *client,
		const char *sink, const char *source,
		const struct tandem_hear_events *events, void *data) TANDEM_CHECK;
void tandem_hear_free(struct tandem_hear *h); /* NULL is fine */

/* Findings from now on, without what was heard before. hop_s, window_s: as in ear.h. */
void tandem_hear_begin(struct tandem_hear *h, double hop_s, double window_s);
/* No more findings. */
void tandem_hear_pause(struct tandem_hear *h);
void tandem_hear_open(struct tandem_hear *h, bool open); /* as in listen.h */

/* Borrowed, as of now. */
uint32_t tandem_hear_speakers(struct tandem_hear *h,
		const struct tandem_hear_speaker **ret_speakers);

/* Speakers, as bits: of whom this is said. */
uint32_t tandem_hear_who(const struct tandem_hear *h, const struct tandem_hear_finding *f,
		enum tandem_ear_verdict verdict);

/* Tells Tandem what was heard of each speaker that is HEARD in its finding; NULL: nothing
 * of that one. All at once: Tandem would align one that it knows with one that it does not
 * know yet. False: nobody is HEARD, or the sink has gone. */
bool tandem_hear_push_each(struct tandem_hear *h,
		const struct tandem_hear_finding *const of[TANDEM_MAX_SPEAKERS]);
/* The same, of those in mask (bit i), and one finding. */
bool tandem_hear_push(struct tandem_hear *h, const struct tandem_hear_finding *f,
		uint32_t mask);

/* From the sink to the air at the microphone, ms. */
double tandem_hear_late_ms(const struct tandem_hear_finding *f, uint32_t speaker);
double tandem_hear_sigma_ms(const struct tandem_hear_finding *f, uint32_t speaker);

#endif
