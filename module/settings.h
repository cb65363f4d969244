/* SPDX-License-Identifier: MIT
 *
 * Settings: the module's arguments as a plain struct. Whatever is right in them counts;
 * each mistake becomes one sentence, and all of them are told, not only the first.
 *
 *     { name = tandem  description = "Living room"  layout = stereo
 *       speakers = [ { address = "00:11:22:33:44:55" channels = [ FL ] }
 *                    { name = "Kitchen"              channels = [ FR ] } ] }
 *
 * Pure; any thread. The manual of the keys stands on top of module.c.
 */
#ifndef TANDEM_MODULE_SETTINGS_H
#define TANDEM_MODULE_SETTINGS_H

#include "roster.h"
#include "tandem.h"

enum tandem_layout {
	TANDEM_LAYOUT_STEREO, /* left on the first, right on the second, in turn */
	TANDEM_LAYOUT_PARTY,  /* left and right on each; a box with one driver mixes them */
	TANDEM_LAYOUT_MONO,   /* the mean of left and right on each */
};

struct tandem_settings_speaker {
	struct tandem_wish wish;
	uint32_t n_channels;                    /* 0: as the layout says */
	uint32_t channels[TANDEM_MAX_CHANNELS]; /* index into FL FR */
};

struct tandem_settings {
	char name[64];
	char description[64];
	char remote[64]; /* of the PipeWire daemon; empty: the default */
	enum tandem_layout layout;
	bool automatic;
	uint32_t n_speakers;
	struct tandem_settings_speaker speakers[TANDEM_MAX_SPEAKERS];
};

/* Sentences, one per mistake; the last one may say that there are more. */
#define TANDEM_MAX_MISTAKES 16
struct tandem_mistakes {
	uint32_t n;
	char sentences[TANDEM_MAX_MISTAKES][160];
};

/* args: SPA JSON, or NULL for none. Sets all of s and m. */
void tandem_settings_parse(struct tandem_settings *s, struct tandem_mistakes *m,
		const char *args);

/* Who hears what: the sink is FL FR. A speaker with two channels plays them as stereo
 * within the box. Two speakers that play one channel each are labelled "left" and "right",
 * others "1", "2", ... */
void tandem_settings_group(const struct tandem_settings *s,
		struct tandem_group_setup *setup);

#endif
