/* SPDX-License-Identifier: MIT */
#include "kept.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory-tell.h"
#include "memory.h"

#define GROUP "group"

static bool is_kept(const struct tandem_setting *row)
{
	return row->flags & TANDEM_SETTING_KEPT;
}

/* What is in force for who becomes a line; none when the configuration says it too. */
static void note(struct tandem_kept *k, const char *who, const struct tandem_setting *row,
		const char *value, const char *configured)
{
	const struct tandem_kept_line *line = tandem_kept_find(&k->lines, who, row);

	if (strcmp(value, configured) == 0) {
		k->dirty |= tandem_kept_drop(&k->lines, who, row);
	} else if (!line || strcmp(line->value, value) != 0 ||
			strcmp(line->configured, configured) != 0) {
		k->dirty |= tandem_kept_put(&k->lines, who, row, value, configured) == 0;
	}
}

/* Reads a line's value into base. What cannot be, or was configured otherwise since, is
 * told and goes. Returns whether the value is in base now. */
static bool recall(struct tandem_kept *k, const char *who, const struct tandem_setting *row,
		void *base, struct tandem_mistakes *told)
{
	const struct tandem_kept_line *line = tandem_kept_find(&k->lines, who, row);
	char configured[TANDEM_VALUE_SIZE], range[TANDEM_VALUE_SIZE];
	char where[TANDEM_WHERE_SIZE], key[64];
	char *to;

	if (!line)
		return false;
	tandem_setting_write(row, base, configured);
	if (strcmp(line->configured, configured) == 0 &&
			tandem_setting_read(row, base, line->value) == 0)
		return true;
	tandem_memory_where(where, k->settings->name, TANDEM_KEPT_KIND);
	snprintf(key, sizeof(key), "%s %s", who, row->key);
	to = tandem_mistakes_next(told, where);
	if (to && strcmp(line->configured, configured) != 0) {
		tandem_say(to, TANDEM_SAY_CONFIGURED_SINCE, where, key, line->value,
				configured);
	} else if (to) {
		tandem_setting_range(row, range);
		tandem_say(to, TANDEM_SAY_BAD_VALUE, where, key, line->value, range,
				configured);
	}
	k->dirty |= tandem_kept_drop(&k->lines, who, row);
	return false;
}

static void read_file(struct tandem_kept *k, struct tandem_mistakes *told)
{
	char *text = malloc(TANDEM_KEPT_BYTES);
	ssize_t bytes = -ENOMEM;
	int res;

	if (text) {
		bytes = tandem_memory_read(k->settings->name, TANDEM_KEPT_KIND, text,
				TANDEM_KEPT_BYTES);
	}
	res = bytes < 0 ? (int)bytes : tandem_kept_parse(&k->lines, text, (size_t)bytes);
	free(text);
	if (res < 0) {
		tandem_memory_tell_unread(told, k->settings->name, TANDEM_KEPT_KIND,
				TANDEM_SAY_DAMAGED, res);
	}
}

void tandem_kept_init(struct tandem_kept *k, struct tandem_settings *settings,
		struct tandem_mistakes *told)
{
	*k = (struct tandem_kept){ .settings = settings, .configured = *settings };
	read_file(k, told);
	for (uint32_t i = 0; i < tandem_group_table.n; i++)
		recall(k, GROUP, &tandem_group_table.rows[i], settings, told);
	for (uint32_t i = 0; i < settings->n_speakers; i++)
		tandem_kept_seat(k, i, settings->speakers[i].address, told);
}

void tandem_kept_changed(struct tandem_kept *k, int32_t slot, const char *key)
{
	const struct tandem_setting *row =
			tandem_setting_find(slot < 0 ? &tandem_group_table
						     : &tandem_speaker_table,
					key);
	const void *now = slot < 0 ? (void *)k->settings : &k->settings->speakers[slot];
	const void *was = slot < 0 ? (void *)&k->configured : &k->configured.speakers[slot];
	const char *who = slot < 0 ? GROUP : k->seats[slot];
	char value[TANDEM_VALUE_SIZE], configured[TANDEM_VALUE_SIZE];

	if (!row || !is_kept(row) || !who[0])
		return;
	tandem_setting_write(row, now, value);
	tandem_setting_write(row, was, configured);
	note(k, who, row, value, configured);
}

void tandem_kept_seat(struct tandem_kept *k, uint32_t slot, const char *address,
		struct tandem_mistakes *told)
{
	const struct tandem_speaker_settings *configured = &k->configured.speakers[slot];
	struct tandem_speaker_settings *p = &k->settings->speakers[slot];
	const bool is_first = !k->seats[slot][0];
	char now[TANDEM_VALUE_SIZE], was[TANDEM_VALUE_SIZE];

	if (!address[0] || strcasecmp(k->seats[slot], address) == 0)
		return;
	snprintf(k->seats[slot], sizeof(k->seats[slot]), "%s", address);
	for (uint32_t i = 0; i < tandem_speaker_table.n; i++) {
		const struct tandem_setting *row = &tandem_speaker_table.rows[i];

		if (!is_kept(row))
			continue;
		tandem_setting_write(row, p, now);
		tandem_setting_write(row, configured, was);
		if (is_first && strcmp(now, was) != 0) {
			note(k, address, row, now, was);
		} else if (tandem_setting_read(row, p, was) == 0) {
			recall(k, address, row, p, told);
		}
	}
}

int tandem_kept_save(struct tandem_kept *k)
{
	char *text;
	ssize_t bytes;
	int res;

	if (!k->dirty)
		return 0;
	text = malloc(TANDEM_KEPT_BYTES);
	if (!text)
		return -ENOMEM;
	bytes = tandem_kept_print(&k->lines, text, TANDEM_KEPT_BYTES);
	res = bytes < 0 ? (int)bytes
			: tandem_memory_write(k->settings->name, TANDEM_KEPT_KIND, text,
					  (size_t)bytes);
	free(text);
	k->dirty = res < 0;
	return res;
}

void tandem_kept_free(struct tandem_kept *k)
{
	tandem_kept_finish(&k->lines);
}
