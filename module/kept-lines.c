/* SPDX-License-Identifier: MIT
 *
 * The lines of a file of kept settings.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kept.h"

#define HEADING                                                                            \
	"# Set while Tandem ran. A line counts as long as the configuration says what it " \
	"said then.\n"
#define GROUP "group"
#define EQUALS " = "
#define INSTEAD " instead of "

static bool is_text(const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if (iscntrl((unsigned char)text[i]) && !strchr("\n\t", text[i]))
			return false;
		if (text[i] == '\0')
			return false;
	}
	return bytes == 0 || text[bytes - 1] == '\n';
}

static bool is_address(const char *who)
{
	const struct tandem_setting *row =
			tandem_setting_find(&tandem_speaker_table, "address");
	struct tandem_speaker_settings s;

	return who[0] != '\0' && tandem_setting_read(row, &s, who) == 0;
}

/* The row of "group swap" or "00:11:22:33:44:55 delay-ms", cut into who and key. */
static const struct tandem_setting *find_row(char *who)
{
	char *key = strchr(who, ' ');
	const bool of_group = key && (size_t)(key - who) == strlen(GROUP) &&
			      strncmp(who, GROUP, strlen(GROUP)) == 0;
	const struct tandem_setting *row;

	if (!key)
		return NULL;
	*key++ = '\0';
	if (!of_group && !is_address(who))
		return NULL;
	row = tandem_setting_find(of_group ? &tandem_group_table : &tandem_speaker_table,
			key);
	return row && (row->flags & TANDEM_SETTING_KEPT) ? row : NULL;
}

static char *find_last(char *text, const char *words)
{
	char *found = NULL;

	for (char *at = strstr(text, words); at; at = strstr(at + 1, words))
		found = at;
	return found;
}

/* 0, -ENOENT: no line that we understand, or -ENOMEM. */
static int take_line(struct tandem_kept_lines *l, const char *text, size_t bytes)
{
	char line[2 * TANDEM_VALUE_SIZE + 64];
	const struct tandem_setting *row;
	char *value, *configured;

	if (bytes >= sizeof(line))
		return -ENOENT;
	memcpy(line, text, bytes);
	line[bytes] = '\0';
	value = strstr(line, EQUALS);
	if (!value)
		return -ENOENT;
	*value = '\0';
	value += strlen(EQUALS);
	configured = find_last(value, INSTEAD);
	row = find_row(line);
	if (!row || !configured)
		return -ENOENT;
	*configured = '\0';
	configured += strlen(INSTEAD);
	if (strlen(value) >= TANDEM_VALUE_SIZE || strlen(configured) >= TANDEM_VALUE_SIZE)
		return -ENOENT;
	return tandem_kept_put(l, line, row, value, configured);
}

static int keep_other(struct tandem_kept_lines *l, const char *text, size_t bytes)
{
	const size_t used = l->others ? strlen(l->others) : 0;
	char *grown;

	if (strncmp(text, HEADING, strlen(HEADING)) == 0)
		return 0;
	grown = realloc(l->others, used + bytes + 2);
	if (!grown)
		return -ENOMEM;
	memcpy(grown + used, text, bytes);
	memcpy(grown + used + bytes, "\n", 2);
	l->others = grown;
	return 0;
}

int tandem_kept_parse(struct tandem_kept_lines *l, const char *text, size_t bytes)
{
	int res = 0;

	*l = (struct tandem_kept_lines){ 0 };
	if (!is_text(text, bytes))
		return -EBADMSG;
	while (res == 0 && bytes > 0) {
		const char *end = memchr(text, '\n', bytes);
		const size_t length = (size_t)(end - text);

		res = take_line(l, text, length);
		if (res == -ENOENT)
			res = keep_other(l, text, length);
		text += length + 1;
		bytes -= length + 1;
	}
	if (res < 0)
		tandem_kept_finish(l);
	return res;
}

ssize_t tandem_kept_print(const struct tandem_kept_lines *l, char *text, size_t size)
{
	size_t used = (size_t)snprintf(text, size, "%s", HEADING);

	for (uint32_t i = 0; i < l->n && used < size; i++) {
		const struct tandem_kept_line *line = &l->lines[i];

		used += (size_t)snprintf(text + used, size - used, "%s %s%s%s%s%s\n",
				line->who, line->row->key, EQUALS, line->value, INSTEAD,
				line->configured);
	}
	if (l->others && used < size)
		used += (size_t)snprintf(text + used, size - used, "%s", l->others);
	return used < size ? (ssize_t)used : -EFBIG;
}

void tandem_kept_finish(struct tandem_kept_lines *l)
{
	free(l->lines);
	free(l->others);
	*l = (struct tandem_kept_lines){ 0 };
}

static struct tandem_kept_line *find(const struct tandem_kept_lines *l, const char *who,
		const struct tandem_setting *row)
{
	for (uint32_t i = 0; i < l->n; i++) {
		if (l->lines[i].row == row && strcasecmp(l->lines[i].who, who) == 0)
			return &l->lines[i];
	}
	return NULL;
}

const struct tandem_kept_line *tandem_kept_find(const struct tandem_kept_lines *l,
		const char *who, const struct tandem_setting *row)
{
	return find(l, who, row);
}

int tandem_kept_put(struct tandem_kept_lines *l, const char *who,
		const struct tandem_setting *row, const char *value, const char *configured)
{
	struct tandem_kept_line *line = find(l, who, row);

	if (!line) {
		line = realloc(l->lines, (l->n + 1) * sizeof(*line));
		if (!line)
			return -ENOMEM;
		l->lines = line;
		line += l->n++;
	}
	snprintf(line->who, sizeof(line->who), "%s", who);
	line->row = row;
	snprintf(line->value, sizeof(line->value), "%s", value);
	snprintf(line->configured, sizeof(line->configured), "%s", configured);
	return 0;
}

bool tandem_kept_drop(struct tandem_kept_lines *l, const char *who,
		const struct tandem_setting *row)
{
	struct tandem_kept_line *line = find(l, who, row);
	size_t behind;

	if (!line)
		return false;
	behind = (size_t)(&l->lines[--l->n] - line);
	memmove(line, line + 1, behind * sizeof(*line));
	return true;
}
