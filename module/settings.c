/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <spa/param/audio/raw.h>
#include <spa/utils/json.h>

/* One key of an object, its value still unread in `it`. */
struct reader {
	struct tandem_settings *settings;
	struct tandem_settings_speaker *speaker;
	struct tandem_mistakes *mistakes;
};

struct key {
	const char *name;
	void (*read)(struct reader *r, const char *value, int bytes, struct spa_json *it);
};

static const char *const channel_names[] = { "FL", "FR" };

static const uint32_t channel_positions[] = { SPA_AUDIO_CHANNEL_FL, SPA_AUDIO_CHANNEL_FR };

static const char *const layout_names[] = {
	[TANDEM_LAYOUT_STEREO] = "stereo",
	[TANDEM_LAYOUT_PARTY] = "party",
	[TANDEM_LAYOUT_MONO] = "mono",
};

static void __attribute__((format(printf, 2, 3))) mistake(struct tandem_mistakes *m,
		const char *format, ...)
{
	va_list args;

	if (m->n == TANDEM_MAX_MISTAKES) {
		snprintf(m->sentences[m->n - 1], sizeof(m->sentences[0]),
				"... and more mistakes: mend these first.");
		return;
	}
	va_start(args, format);
	vsnprintf(m->sentences[m->n++], sizeof(m->sentences[0]), format, args);
	va_end(args);
}

/* Copies a string value; false, with a mistake told, when it is none or too long. */
static bool read_text(struct reader *r, const char *what, const char *value, int bytes,
		char to[64])
{
	if (spa_json_is_container(value, bytes) || bytes >= 64 ||
			spa_json_parse_stringn(value, bytes, to, 64) <= 0 || !to[0]) {
		to[0] = '\0';
		mistake(r->mistakes, "%s = %.*s: a text of 1 to 63 bytes is wanted.", what,
				bytes < 40 ? bytes : 40, value);
		return false;
	}
	return true;
}

static int find_name(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(names[i], name) == 0)
			return (int)i;
	}
	return -1;
}

/* Since 1.1 the parser knows that its text was cut; before, a last value is missed only. */
static bool has_broken_off(const struct spa_json *it)
{
#ifdef SPA_JSON_ERROR_FLAG
	return it->state & SPA_JSON_ERROR_FLAG;
#else
	(void)it;
	return false;
#endif
}

/* Reads the object `it` is in, key by key. */
static void read_object(struct reader *r, struct spa_json *it, const struct key *keys,
		const char *where)
{
	char name[64];
	const char *value;
	bool complete = true;
	int bytes;

	while (complete && spa_json_get_string(it, name, sizeof(name)) > 0) {
		const struct key *k = keys;

		bytes = spa_json_next(it, &value);
		complete = bytes > 0;
		while (k->name && strcmp(k->name, name) != 0)
			k++;
		if (!k->name) {
			mistake(r->mistakes, "%s%s is not a setting of Tandem.", where,
					name);
		} else if (complete) {
			k->read(r, value, bytes, it);
		}
	}
	if (!complete || has_broken_off(it)) {
		mistake(r->mistakes,
				"%sthe text breaks off: a value, a quote or a bracket is "
				"missing.",
				where);
	}
}

static bool is_address(const char *text)
{
	for (int i = 0; i < 17; i++) {
		if (i % 3 == 2 ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return text[17] == '\0';
}

static void read_address(struct reader *r, const char *value, int bytes,
		struct spa_json *it)
{
	char text[64];

	(void)it;
	if (!read_text(r, "address", value, bytes, text))
		return;
	if (!is_address(text)) {
		mistake(r->mistakes,
				"address = %.40s is not a Bluetooth address like "
				"00:11:22:33:44:55.",
				text);
		return;
	}
	for (int i = 0; i < 18; i++)
		r->speaker->wish.address[i] = (char)toupper((unsigned char)text[i]);
}

static void read_speaker_name(struct reader *r, const char *value, int bytes,
		struct spa_json *it)
{
	(void)it;
	read_text(r, "speaker's name", value, bytes, r->speaker->wish.name);
}

static void read_channels(struct reader *r, const char *value, int bytes,
		struct spa_json *it)
{
	struct tandem_settings_speaker *s = r->speaker;
	struct spa_json list;
	char name[64];

	s->n_channels = 0;
	if (!spa_json_is_array(value, bytes)) {
		mistake(r->mistakes, "channels: a list like [ FL FR ] is wanted.");
		return;
	}
	spa_json_enter(it, &list);
	while (spa_json_get_string(&list, name, sizeof(name)) > 0) {
		const int channel = find_name(channel_names,
				TANDEM_ARRAY_LEN(channel_names), name);

		if (channel < 0) {
			mistake(r->mistakes,
					"channel %.40s is unknown: the sink has FL and FR.",
					name);
		} else if (s->n_channels < TANDEM_MAX_CHANNELS) {
			s->channels[s->n_channels++] = (uint32_t)channel;
		}
	}
}

static const struct key speaker_keys[] = {
	{ "address", read_address },
	{ "name", read_speaker_name },
	{ "channels", read_channels },
	{ NULL, NULL },
};

static bool is_known(struct reader *r, const struct tandem_wish *wish)
{
	for (uint32_t i = 0; i < r->settings->n_speakers; i++) {
		const struct tandem_wish *w = &r->settings->speakers[i].wish;

		if (wish->address[0] ? strcmp(w->address, wish->address) == 0
				     : strcmp(w->name, wish->name) == 0)
			return true;
	}
	return false;
}

static void read_speaker(struct reader *r, const char *value, int bytes,
		struct spa_json *it)
{
	struct tandem_settings_speaker s = { 0 };
	struct spa_json object;

	if (!spa_json_is_object(value, bytes)) {
		mistake(r->mistakes,
				"speakers: { address = ... } is wanted instead of %.*s.",
				bytes < 40 ? bytes : 40, value);
		return;
	}
	spa_json_enter(it, &object);
	r->speaker = &s;
	read_object(r, &object, speaker_keys, "speakers: ");
	r->speaker = NULL;
	if (!s.wish.address[0] && !s.wish.name[0]) {
		mistake(r->mistakes,
				"A speaker without a valid address or name is left out.");
	} else if (is_known(r, &s.wish)) {
		mistake(r->mistakes, "Speaker %s is listed twice: the second is left out.",
				s.wish.address[0] ? s.wish.address : s.wish.name);
	} else if (r->settings->n_speakers == TANDEM_MAX_SPEAKERS) {
		mistake(r->mistakes, "More than %d speakers: %s is left out.",
				TANDEM_MAX_SPEAKERS,
				s.wish.address[0] ? s.wish.address : s.wish.name);
	} else {
		r->settings->speakers[r->settings->n_speakers++] = s;
	}
}

static void read_speakers(struct reader *r, const char *value, int bytes,
		struct spa_json *it)
{
	struct spa_json list;
	const char *item;
	char text[64];
	int item_bytes;

	if (!spa_json_is_array(value, bytes)) {
		if (bytes >= 64 || spa_json_parse_stringn(value, bytes, text, 64) <= 0 ||
				strcmp(text, "auto") != 0) {
			mistake(r->mistakes, "speakers = %.*s: auto or a list is wanted.",
					bytes < 40 ? bytes : 40, value);
		}
		return;
	}
	spa_json_enter(it, &list);
	while ((item_bytes = spa_json_next(&list, &item)) > 0)
		read_speaker(r, item, item_bytes, &list);
}

static void read_name(struct reader *r, const char *value, int bytes, struct spa_json *it)
{
	char text[64];

	(void)it;
	if (!read_text(r, "name", value, bytes, text))
		return;
	for (const char *c = text; *c; c++) {
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c)) {
			mistake(r->mistakes,
					"name = %.40s: letters, digits, '.', '_' and '-' "
					"only; the words for people go into description.",
					text);
			return;
		}
	}
	memcpy(r->settings->name, text, sizeof(text));
}

static void read_description(struct reader *r, const char *value, int bytes,
		struct spa_json *it)
{
	char text[64];

	(void)it;
	if (read_text(r, "description", value, bytes, text))
		memcpy(r->settings->description, text, sizeof(text));
}

static void read_remote(struct reader *r, const char *value, int bytes, struct spa_json *it)
{
	(void)it;
	read_text(r, "remote.name", value, bytes, r->settings->remote);
}

static void read_layout(struct reader *r, const char *value, int bytes, struct spa_json *it)
{
	char text[64];
	int layout;

	(void)it;
	if (!read_text(r, "layout", value, bytes, text))
		return;
	layout = find_name(layout_names, TANDEM_ARRAY_LEN(layout_names), text);
	if (layout < 0) {
		mistake(r->mistakes, "layout = %.40s: stereo, party or mono is wanted.",
				text);
	} else {
		r->settings->layout = (enum tandem_layout)layout;
	}
}

static const struct key keys[] = {
	{ "name", read_name },
	{ "description", read_description },
	{ "layout", read_layout },
	{ "speakers", read_speakers },
	{ "remote.name", read_remote },
	{ NULL, NULL },
};

void tandem_settings_parse(struct tandem_settings *s, struct tandem_mistakes *m,
		const char *args)
{
	struct reader r = { .settings = s, .mistakes = m };
	struct spa_json top, object;

	*s = (struct tandem_settings){ .name = "tandem", .description = "Tandem" };
	m->n = 0;
	if (args && args[0]) {
		spa_json_init(&top, args, strlen(args));
		if (spa_json_enter_object(&top, &object) > 0) {
			read_object(&r, &object, keys, "");
		} else {
			mistake(m, "The arguments are not an object { key = value ... }.");
		}
	}
	if (s->n_speakers == 0) {
		s->automatic = true;
		s->n_speakers = 2;
	}
}

/* One channel: the box plays this mix of FL FR on whatever it has. */
static void set_mix(struct tandem_speaker_setup *to, const uint32_t *channels, uint32_t n)
{
	to->n_channels = 1;
	for (uint32_t i = 0; i < n; i++)
		to->gains[0][channels[i]] += 1.0f / (float)n;
}

/* Two: stereo within the box. */
static void set_stereo(struct tandem_speaker_setup *to, const uint32_t channels[2])
{
	to->n_channels = 2;
	for (uint32_t i = 0; i < 2; i++)
		to->gains[i][channels[i]] = 1.0f;
}

static void set_gains(struct tandem_speaker_setup *to,
		const struct tandem_settings_speaker *s, enum tandem_layout layout,
		uint32_t index)
{
	static const uint32_t all[] = { 0, 1 };

	if (s->n_channels == 2) {
		set_stereo(to, s->channels);
	} else if (s->n_channels > 0) {
		set_mix(to, s->channels, s->n_channels);
	} else if (layout == TANDEM_LAYOUT_STEREO) {
		set_mix(to, &all[index % 2], 1);
	} else if (layout == TANDEM_LAYOUT_PARTY) {
		set_stereo(to, all);
	} else {
		set_mix(to, all, 2);
	}
}

/* Whether this speaker plays that channel alone. */
static bool plays_only(const struct tandem_speaker_setup *s, uint32_t channel)
{
	return s->n_channels == 1 && s->gains[0][channel] >= 1.0f;
}

void tandem_settings_group(const struct tandem_settings *s,
		struct tandem_group_setup *setup)
{
	*setup = (struct tandem_group_setup){
		.n_channels = TANDEM_ARRAY_LEN(channel_positions),
		.n_speakers = s->n_speakers
	};
	memcpy(setup->position, channel_positions, sizeof(channel_positions));
	for (uint32_t i = 0; i < s->n_speakers; i++) {
		struct tandem_speaker_setup *to = &setup->speakers[i];

		set_gains(to, &s->speakers[i], s->layout, i);
		snprintf(to->label, sizeof(to->label), "%u", i + 1);
	}
	for (uint32_t i = 0; s->n_speakers == 2 && i < 2; i++) {
		const struct tandem_speaker_setup *other = &setup->speakers[1 - i];
		struct tandem_speaker_setup *one = &setup->speakers[i];

		if (plays_only(one, 0) && plays_only(other, 1)) {
			snprintf(one->label, sizeof(one->label), "left");
		} else if (plays_only(one, 1) && plays_only(other, 0)) {
			snprintf(one->label, sizeof(one->label), "right");
		}
	}
}
