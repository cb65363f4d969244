/* SPDX-License-Identifier: MIT */
#include "aside-note.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "where.h"

/* A line is 148 bytes at most. */
#define FILE_SIZE (TANDEM_MAX_NOTES * sizeof(struct tandem_note) + 2048)
/* Of a name that cannot be written, what is put back is the best one for music. */
#define ANY_PROFILE "a2dp-sink"
#define ANY_DEVICE "-"

int tandem_notes_path(char path[PATH_MAX])
{
	char folder[PATH_MAX];
	const int res = tandem_memory_run_folder(folder);

	if (res < 0)
		return res;
	return snprintf(path, PATH_MAX, "%s/aside", folder) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static bool is_word(const char *text, size_t size)
{
	const size_t length = strlen(text);

	for (size_t i = 0; i < length; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	}
	return length > 0 && length < size;
}

/* line: cut up. */
static bool read_line(struct tandem_note *note, char *line)
{
	char *const device = strchr(line, ' ');
	char *const profile = device ? strchr(device + 1, ' ') : NULL;

	if (!profile)
		return false;
	*device = '\0';
	*profile = '\0';
	if (!tandem_memory_is_address(line) || !is_word(device + 1, sizeof(note->device)) ||
			!is_word(profile + 1, sizeof(note->profile)))
		return false;
	memcpy(note->address, line, sizeof(note->address));
	snprintf(note->device, sizeof(note->device), "%s", device + 1);
	snprintf(note->profile, sizeof(note->profile), "%s", profile + 1);
	return true;
}

static struct tandem_note *find(struct tandem_notes *notes, const char *address)
{
	for (uint32_t i = 0; i < notes->n; i++) {
		if (strcasecmp(notes->items[i].address, address) == 0)
			return &notes->items[i];
	}
	return NULL;
}

const struct tandem_note *tandem_notes_find(const struct tandem_notes *notes,
		const char *address)
{
	return find((struct tandem_notes *)notes, address);
}

static void take_out(struct tandem_notes *notes, uint32_t i)
{
	notes->n--;
	memmove(&notes->items[i], &notes->items[i + 1],
			(notes->n - i) * sizeof(notes->items[0]));
}

static void add(struct tandem_notes *notes, const struct tandem_note *note)
{
	struct tandem_note *there = find(notes, note->address);

	if (!there) {
		if (notes->n == TANDEM_MAX_NOTES)
			take_out(notes, 0);
		there = &notes->items[notes->n++];
	}
	*there = *note;
}

static void tell_damaged(struct tandem_mistakes *told, const char *path, uint32_t line)
{
	char where[TANDEM_WHERE_SIZE], number[12];
	char *to;

	tandem_where_show(where, path);
	to = tandem_mistakes_next(told, where);
	snprintf(number, sizeof(number), "%u", line);
	if (to)
		tandem_say(to, TANDEM_SAY_NOTE_LINE, where, number);
}

void tandem_notes_read_lines(char *text, ssize_t bytes, const char *path,
		struct tandem_mistakes *told, bool (*take)(void *data, char *line),
		void *data)
{
	uint32_t number = 0;

	for (ssize_t i = 0; i < bytes; i++)
		text[i] = text[i] ? text[i] : '\1'; /* the lines behind it count */
	for (char *line = text; *line;) {
		char *const end = strchr(line, '\n');

		number++;
		if (end)
			*end = '\0';
		/* A line that breaks off may be half a name. */
		if (!end || !take(data, line))
			tell_damaged(told, path, number);
		line = end ? end + 1 : line + strlen(line);
	}
}

static bool take_note(void *data, char *line)
{
	struct tandem_note note;

	if (!read_line(&note, line))
		return false;
	add(data, &note);
	return true;
}

int tandem_notes_load(struct tandem_notes *notes, struct tandem_mistakes *told)
{
	char path[PATH_MAX], text[FILE_SIZE];
	ssize_t bytes;

	notes->n = 0;
	if (tandem_notes_path(path) < 0)
		return 0;
	bytes = tandem_memory_read_at(path, text, sizeof(text));
	if (bytes < 0)
		return (int)bytes;
	tandem_notes_read_lines(text, bytes, path, told, take_note, notes);
	return 0;
}

static int save(const struct tandem_notes *notes)
{
	char folder[PATH_MAX], path[PATH_MAX], text[FILE_SIZE];
	size_t bytes = 0;
	int res;

	if ((res = tandem_notes_path(path)) < 0)
		return res;
	if (notes->n == 0)
		return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
	if ((res = tandem_memory_make_run_folder(folder)) < 0)
		return res;
	for (uint32_t i = 0; i < notes->n; i++) {
		const struct tandem_note *note = &notes->items[i];

		bytes += (size_t)snprintf(text + bytes, sizeof(text) - bytes, "%s %s %s\n",
				note->address, note->device, note->profile);
	}
	return tandem_memory_write_at(path, text, bytes);
}

/* A file that cannot be read is written anew. */
static void load_quietly(struct tandem_notes *notes)
{
	struct tandem_mistakes told = { 0 };

	if (tandem_notes_load(notes, &told) < 0)
		notes->n = 0;
}

int tandem_notes_put(const char *address, const char *device, const char *profile)
{
	struct tandem_notes notes;
	struct tandem_note note = { .device = ANY_DEVICE, .profile = ANY_PROFILE };
	const struct tandem_note *there;

	if (!tandem_memory_is_address(address))
		return -EINVAL;
	memcpy(note.address, address, sizeof(note.address));
	if (is_word(device, sizeof(note.device)))
		snprintf(note.device, sizeof(note.device), "%s", device);
	if (is_word(profile, sizeof(note.profile)))
		snprintf(note.profile, sizeof(note.profile), "%s", profile);
	load_quietly(&notes);
	there = find(&notes, address);
	if (there && strcmp(there->device, note.device) == 0 &&
			strcmp(there->profile, note.profile) == 0)
		return 0;
	add(&notes, &note);
	return save(&notes);
}

int tandem_notes_drop(const char *address)
{
	struct tandem_notes notes;
	const struct tandem_note *there;

	load_quietly(&notes);
	there = find(&notes, address);
	if (!there)
		return 0;
	take_out(&notes, (uint32_t)(there - notes.items));
	return save(&notes);
}
