/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <stdio.h>
#include <string.h>

#include <spa/utils/json.h>

#include "base/text.h"

#define AUTOMATIC_SPEAKERS 2 /* a pair, unless more are listed */
#define SHOWN_BYTES 40       /* of a value that is refused */

/* An object being read: the rows of its keys, and where their values go. */
struct reader {
	struct tandem_settings *settings;
	struct tandem_mistakes *mistakes;
	const char *where;
	const struct tandem_setting_table *table;
	void *base;
	char prefix[32]; /* of its keys in sentences: "" or "speakers[1]." */
};

char *tandem_mistakes_next(struct tandem_mistakes *m, const char *where)
{
	if (m->n < TANDEM_MAX_MISTAKES)
		return m->sentences[m->n++];
	tandem_say(m->sentences[m->n - 1], TANDEM_SAY_MORE_MISTAKES, where);
	return NULL;
}

#define MISTAKE(r, which, ...)                                                             \
	do {                                                                               \
		char *const to_ = tandem_mistakes_next((r)->mistakes, (r)->where);         \
		if (to_)                                                                   \
			tandem_say(to_, which, (r)->where, ##__VA_ARGS__);                 \
	} while (0)

/* A value as text: strings without their quotes, containers as they are written. False: it
 * is longer than any value. */
static bool to_text(const char *value, int bytes, struct spa_json *it,
		char text[TANDEM_VALUE_SIZE])
{
	text[0] = '\0';
	if (spa_json_is_container(value, bytes)) {
		bytes = spa_json_container_len(it, value, bytes);
		/* One that breaks off counts its missing bracket. */
		if (bytes <= 0 || bytes >= TANDEM_VALUE_SIZE || bytes > it->end - value)
			return false;
		memcpy(text, value, (size_t)bytes);
		text[bytes] = '\0';
		/* and may break off within a character */
		text[tandem_text_fit(text, (size_t)bytes)] = '\0';
		return true;
	}
	if (bytes >= TANDEM_VALUE_SIZE)
		return false;
	return spa_json_parse_stringn(value, bytes, text, TANDEM_VALUE_SIZE) >= 0;
}

static void shorten(char *text)
{
	if (strlen(text) > SHOWN_BYTES) {
		memcpy(text + tandem_text_fit(text, SHOWN_BYTES - 3), "...", sizeof("..."));
	} else if (!text[0]) {
		memcpy(text, "\"\"", sizeof("\"\""));
	}
}

static void read_value(struct reader *r, const struct tandem_setting *row,
		const char *value, int bytes, struct spa_json *it)
{
	char text[TANDEM_VALUE_SIZE], range[TANDEM_VALUE_SIZE], now[TANDEM_VALUE_SIZE];
	char key[64];

	if (to_text(value, bytes, it, text) && tandem_setting_read(row, r->base, text) == 0)
		return;
	shorten(text);
	snprintf(key, sizeof(key), "%s%s", r->prefix, row->key);
	tandem_setting_range(row, range);
	tandem_setting_write(row, r->base, now);
	shorten(now);
	MISTAKE(r, TANDEM_SAY_BAD_VALUE, key, text, range, now);
}

static void unknown_key(struct reader *r, const char *name)
{
	const bool of_group = r->table == &tandem_group_table;
	const struct tandem_setting *nearest = tandem_setting_nearest(r->table, name);
	char key[96];

	snprintf(key, sizeof(key), "%s%s", r->prefix, name);
	if (tandem_setting_find(of_group ? &tandem_speaker_table : &tandem_group_table,
			    name)) {
		MISTAKE(r, TANDEM_SAY_WRONG_PLACE, key,
				of_group ? "a speaker" : "the group");
	} else if (nearest) {
		MISTAKE(r, TANDEM_SAY_UNKNOWN_KEY_NEAR, key, nearest->key);
	} else {
		MISTAKE(r, TANDEM_SAY_UNKNOWN_KEY, key);
	}
}

static void only_live(struct reader *r, const char *name)
{
	char key[96];

	snprintf(key, sizeof(key), "%s%s", r->prefix, name);
	MISTAKE(r, TANDEM_SAY_ONLY_LIVE, key);
}

static void read_speakers(struct reader *r, const char *value, int bytes,
		struct spa_json *it);

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
static void read_object(struct reader *r, struct spa_json *it)
{
	const struct tandem_setting *row;
	char name[64];
	const char *value;
	bool complete = true;
	int bytes;

	while (complete && spa_json_get_string(it, name, sizeof(name)) > 0) {
		bytes = spa_json_next(it, &value);
		complete = bytes > 0;
		row = tandem_setting_find(r->table, name);
		if (row && complete && row->flags & TANDEM_SETTING_TOLD) {
			only_live(r, name);
		} else if (row && complete) {
			read_value(r, row, value, bytes, it);
		} else if (complete && !r->prefix[0] && strcmp(name, "speakers") == 0) {
			read_speakers(r, value, bytes, it);
		} else if (!row) {
			unknown_key(r, name);
		}
	}
	if (!complete || has_broken_off(it))
		MISTAKE(r, TANDEM_SAY_BROKEN_OFF);
}

static bool is_known(const struct tandem_settings *s,
		const struct tandem_speaker_settings *p)
{
	for (uint32_t i = 0; i < s->n_speakers; i++) {
		const struct tandem_speaker_settings *q = &s->speakers[i];

		if (p->address[0] ? strcmp(q->address, p->address) == 0
				  : strcmp(q->name, p->name) == 0)
			return true;
	}
	return false;
}

static void add_speaker(struct reader *r, const struct tandem_speaker_settings *p,
		const char *place)
{
	struct tandem_settings *s = r->settings;
	const char *who = p->address[0] ? p->address : p->name;

	if (!who[0]) {
		MISTAKE(r, TANDEM_SAY_NOBODY, place);
	} else if (is_known(s, p)) {
		MISTAKE(r, TANDEM_SAY_TWICE, place, who);
	} else if (s->n_speakers == TANDEM_MAX_SPEAKERS) {
		MISTAKE(r, TANDEM_SAY_TOO_MANY, place, who);
	} else {
		s->speakers[s->n_speakers++] = *p;
	}
}

static void read_speaker(struct reader *r, const char *value, int bytes,
		struct spa_json *it, uint32_t index)
{
	struct tandem_speaker_settings p;
	struct reader inner = *r;
	struct spa_json object;
	char place[24], text[TANDEM_VALUE_SIZE];

	snprintf(place, sizeof(place), "speakers[%u]", index);
	if (!spa_json_is_object(value, bytes)) {
		if (!to_text(value, bytes, it, text))
			snprintf(text, sizeof(text), "%c...", value[0]);
		shorten(text);
		MISTAKE(r, TANDEM_SAY_NO_SPEAKER_OBJECT, place, text);
		return;
	}
	tandem_speaker_settings_init(&p);
	inner.table = &tandem_speaker_table;
	inner.base = &p;
	snprintf(inner.prefix, sizeof(inner.prefix), "%s.", place);
	spa_json_enter(it, &object);
	read_object(&inner, &object);
	add_speaker(r, &p, place);
}

static void read_speakers(struct reader *r, const char *value, int bytes,
		struct spa_json *it)
{
	char text[TANDEM_VALUE_SIZE];
	struct spa_json list;
	const char *item;
	uint32_t index = 0;
	int item_bytes;

	if (!spa_json_is_array(value, bytes)) {
		const bool fits = to_text(value, bytes, it, text);

		if (!fits || strcmp(text, "auto") != 0) {
			shorten(text);
			MISTAKE(r, TANDEM_SAY_NO_SPEAKER_LIST, text);
		}
		r->settings->n_speakers = 0;
		return;
	}
	r->settings->n_speakers = 0;
	spa_json_enter(it, &list);
	while ((item_bytes = spa_json_next(&list, &item)) > 0)
		read_speaker(r, item, item_bytes, &list, index++);
	if (has_broken_off(&list))
		MISTAKE(r, TANDEM_SAY_BROKEN_OFF);
}

void tandem_settings_read(struct tandem_settings *s, struct tandem_mistakes *m,
		const char *where, const char *text, size_t bytes)
{
	struct reader r = { .settings = s,
		.mistakes = m,
		.where = where,
		.table = &tandem_group_table,
		.base = s };
	struct spa_json top, object;

	spa_json_init(&top, text, bytes);
	if (spa_json_enter_object(&top, &object) > 0) {
		read_object(&r, &object);
	} else {
		MISTAKE(&r, TANDEM_SAY_NO_OBJECT);
	}
}

void tandem_settings_finish(struct tandem_settings *s)
{
	s->automatic = s->n_speakers == 0;
	while (s->n_speakers == 0 || (s->automatic && s->n_speakers < AUTOMATIC_SPEAKERS))
		tandem_speaker_settings_init(&s->speakers[s->n_speakers++]);
	tandem_settings_label(s);
}
