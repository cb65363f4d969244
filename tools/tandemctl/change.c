/* SPDX-License-Identifier: MIT */
#include "change.h"

#include <glib.h>
#include <string.h>

#include <spa/utils/result.h>

#include "base/settings.h"
#include "tandemctl.h"

/* Tandem tells at once what it has made of a setting; a host under load takes a second.
 * Chosen. */
#define ANSWER_MS 5000
/* What a refusal begins with: spa/node/settings.c. */
#define REFUSAL "set-param: "

struct change {
	uint32_t id; /* of the sink */
	const char *key;
	const struct tandem_setting *row;
	char wanted[TANDEM_VALUE_SIZE]; /* as settings are written; empty: no value */
	uint32_t updates;               /* before it was set */
	char *mistakes;                 /* likewise */
	char *refusal;
};

static const struct tandem_setting *row_of(const char *key)
{
	const char *dot;

	if (g_str_has_prefix(key, "tandem."))
		return tandem_setting_find(&tandem_group_table, key + strlen("tandem."));
	if (!g_str_has_prefix(key, "speaker."))
		return NULL;
	dot = strchr(key + strlen("speaker."), '.');
	return dot ? tandem_setting_find(&tandem_speaker_table, dot + 1) : NULL;
}

/* The same value always as the same text. False: it is none. */
static bool write_as_setting(const struct tandem_setting *row, const char *value,
		char text[TANDEM_VALUE_SIZE])
{
	union {
		struct tandem_settings group;
		struct tandem_speaker_settings speaker;
	} base;

	memset(&base, 0, sizeof(base));
	if (tandem_setting_read(row, &base, value) < 0)
		return false;
	tandem_setting_write(row, &base, text);
	return true;
}

static bool shows_it(const struct change *ch, const struct tandem_client_node *sink)
{
	const char *now = tandem_client_row(sink, ch->key);
	char text[TANDEM_VALUE_SIZE];

	return ch->wanted[0] && now && write_as_setting(ch->row, now, text) &&
	       strcmp(text, ch->wanted) == 0;
}

static bool is_line(const char *line, void *data)
{
	const struct change *ch = data;
	const size_t length = strlen(ch->key);

	return g_str_has_prefix(line, REFUSAL) &&
	       strncmp(line + strlen(REFUSAL), ch->key, length) == 0 &&
	       line[strlen(REFUSAL) + length] == ' ';
}

/* The first of these lines that fits; NULL: none. */
static char *find_line(const char *lines, bool (*fits)(const char *line, void *data),
		void *data)
{
	g_auto(GStrv) all = g_strsplit(lines ? lines : "", "\n", -1);

	for (char **line = all; *line; line++) {
		if (fits(*line, data))
			return g_strdup(*line);
	}
	return NULL;
}

static bool is_answered(struct tandem_client *c, void *data)
{
	struct change *ch = data;
	const struct tandem_client_node *sink = tandem_client_at(c, ch->id);

	if (!sink)
		return true;
	if (sink->updates == ch->updates)
		return false;
	if (shows_it(ch, sink))
		return true;
	ch->refusal = find_line(tandem_client_row(sink, "tandem.mistakes"), is_line, ch);
	return ch->refusal != NULL;
}

static bool is_new(const char *line, void *data)
{
	const struct change *ch = data;

	return line[0] && !g_str_has_prefix(line, REFUSAL) && !strstr(ch->mistakes, line);
}

static int tell(struct change *ch, const struct tandem_client_node *sink, bool is_answered)
{
	g_autofree char *more = NULL;

	if (ch->refusal) {
		tandem_ctl_say("%s", ch->refusal);
		return TANDEM_CTL_FAILED;
	}
	if (!sink || !is_answered) {
		tandem_ctl_say("%s: %s", ch->key,
				sink ? "Tandem has not answered within 5 s"
				     : "the sink has gone meanwhile");
		return TANDEM_CTL_FAILED;
	}
	more = find_line(tandem_client_row(sink, "tandem.mistakes"), is_new, ch);
	if (more)
		tandem_ctl_say("%s", more);
	return TANDEM_CTL_DONE;
}

int tandem_change_make(struct tandem_client *c, const struct tandem_client_node *sink,
		const char *key, const char *value)
{
	const char *mistakes = tandem_client_row(sink, "tandem.mistakes");
	struct change ch = {
		.id = sink->id, .key = key, .row = row_of(key), .updates = sink->updates
	};
	int res, status;

	g_assert(ch.row);
	if (!write_as_setting(ch.row, value, ch.wanted))
		ch.wanted[0] = '\0';
	ch.mistakes = g_strdup(mistakes ? mistakes : "");
	res = tandem_client_set(c, ch.id, key, value);
	if (res < 0) {
		tandem_ctl_say("%s cannot be set: %s", key, spa_strerror(res));
		status = TANDEM_CTL_FAILED;
	} else {
		const bool is_there = tandem_client_wait(c, is_answered, &ch, ANSWER_MS);

		status = tell(&ch, tandem_client_at(c, ch.id), is_there);
	}
	g_free(ch.mistakes);
	g_free(ch.refusal);
	return status;
}
