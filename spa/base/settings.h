/* SPDX-License-Identifier: MIT
 *
 * Settings: everything a person can choose, as plain structs, and the one table that says
 * what each key means. The configuration, the node's Props and the manual all walk it.
 *
 *     text "12.5" --tandem_setting_read--> struct --tandem_setting_write--> text
 *
 * A value is text wherever it comes from: SPA JSON and pods are turned into text before.
 * Pure; any thread.
 */
#ifndef TANDEM_BASE_SETTINGS_H
#define TANDEM_BASE_SETTINGS_H

#include <stdbool.h>

#include "choices.h"
#include "heard.h"

/* Channels of the sink, FL 0 and FR 1; n 0: as the layout says. */
#define TANDEM_SINK_CHANNELS 2
extern const char *const tandem_channel_names[TANDEM_SINK_CHANNELS]; /* "FL", "FR" */
struct tandem_channels {
	uint32_t n;
	uint32_t index[TANDEM_SINK_CHANNELS];
};

/* A row per speaker: gains of FL FR for the box, or twice that: for its left driver, then
 * for its right one. */
struct tandem_matrix {
	uint32_t n_rows; /* 0: none given */
	struct {
		uint32_t n; /* 2 or 4 */
		float gains[2 * TANDEM_SINK_CHANNELS];
	} rows[TANDEM_MAX_SPEAKERS];
};

struct tandem_speaker_settings {
	char label[16];   /* "left", "right", else "1", "2", ...: not a setting */
	char address[18]; /* "00:11:22:33:44:55"; empty: by name, or the next to come */
	char name[64];
	struct tandem_channels channels;
	double delay_ms; /* > 0 plays later */
	double gain_db;
	bool invert;
	bool mute;
	bool release;              /* left to the desktop */
	uint32_t codec;            /* enum tandem_codec_choice */
	uint32_t sbc_mode;         /* enum tandem_sbc_mode */
	uint32_t bitpool;          /* 0: by mode and goal */
	uint32_t ldac_mode;        /* enum tandem_ldac_mode */
	uint32_t ldac_quality;     /* enum tandem_ldac_quality */
	char adapter[18];          /* address of the computer's radio; empty: any */
	double drift_ppm;          /* > 0: the speaker's clock runs fast; 0: none by hand */
	struct tandem_heard heard; /* the last that was taken */
};

struct tandem_settings {
	char name[64];
	char description[64];
	char remote[64]; /* of the PipeWire daemon; empty: the default */
	uint32_t layout; /* enum tandem_layout */
	struct tandem_matrix matrix;
	bool swap;
	double max_latency_ms;
	uint32_t when_empty;    /* enum tandem_when_empty */
	uint32_t tx_timestamps; /* enum tandem_tx_timestamps */
	double keep_alive_s;
	uint32_t goal; /* enum tandem_goal */
	bool log_observations;
	bool automatic; /* the speakers are whoever connects; not a setting of its own */
	uint32_t n_speakers;
	struct tandem_speaker_settings speakers[TANDEM_MAX_SPEAKERS];
};

enum tandem_setting_type {
	TANDEM_SETTING_BOOL,     /* bool */
	TANDEM_SETTING_WHOLE,    /* uint32_t */
	TANDEM_SETTING_NUMBER,   /* double */
	TANDEM_SETTING_CHOICE,   /* uint32_t: index into choices */
	TANDEM_SETTING_TEXT,     /* char[64] */
	TANDEM_SETTING_NAME,     /* char[64]: letters, digits, '.', '_', '-' */
	TANDEM_SETTING_ADDRESS,  /* char[18], upper case */
	TANDEM_SETTING_CHANNELS, /* struct tandem_channels */
	TANDEM_SETTING_MATRIX,   /* struct tandem_matrix */
	TANDEM_SETTING_HEARD,    /* struct tandem_heard; min, max: of late_ms */
};

enum tandem_setting_flag {
	TANDEM_SETTING_LIVE = 1 << 0, /* can be set while it runs */
	TANDEM_SETTING_KEPT = 1 << 1, /* and is remembered then */
	TANDEM_SETTING_TOLD = 1 << 2, /* only then: it is no state, but what happened */
};

struct tandem_setting {
	const char *key;
	enum tandem_setting_type type;
	unsigned int flags;
	size_t offset;        /* in tandem_settings, or in tandem_speaker_settings */
	const char *fallback; /* the default, as text; empty: none */
	double min, max;      /* of a TEXT: min is its least length, 0 or 1 */
	const char *unit;
	const char *const *choices; /* NULL-terminated */
	const char *help;           /* one line, no full stop */
};

struct tandem_setting_table {
	const struct tandem_setting *rows;
	uint32_t n;
};
extern const struct tandem_setting_table tandem_group_table;
extern const struct tandem_setting_table tandem_speaker_table;

/* NULL: there is no such key. */
const struct tandem_setting *tandem_setting_find(const struct tandem_setting_table *table,
		const char *key);
/* The key that was probably meant, or NULL when none is near. */
const struct tandem_setting *tandem_setting_nearest(
		const struct tandem_setting_table *table, const char *key);

/* Reads text into the row's place in base. 0, or -EINVAL (not of this type) or -ERANGE;
 * base is untouched then. */
int tandem_setting_read(const struct tandem_setting *row, void *base,
		const char *text) TANDEM_CHECK;
/* The value as text that tandem_setting_read() takes. */
#define TANDEM_VALUE_SIZE 512
void tandem_setting_write(const struct tandem_setting *row, const void *base,
		char text[TANDEM_VALUE_SIZE]);
/* What is allowed, for people: "-500 to 500 ms", "stereo, party, mono or custom". */
void tandem_setting_range(const struct tandem_setting *row, char text[TANDEM_VALUE_SIZE]);

/* All defaults, no speakers. */
void tandem_settings_init(struct tandem_settings *s);
void tandem_speaker_settings_init(struct tandem_speaker_settings *s);
/* Gives every speaker its label: of two, the one that plays FR alone is "right". */
void tandem_settings_label(struct tandem_settings *s);

#endif
