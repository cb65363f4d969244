/* SPDX-License-Identifier: MIT */
#include "members.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "aside-note.h"
#include "memory.h"
#include "where.h"

#define ENDING ".members"
#define LINE_BYTES 18 /* "00:11:22:33:44:55\n" */

int tandem_members_path(char path[PATH_MAX], const char *group)
{
	char folder[PATH_MAX];
	const int res = tandem_memory_run_folder(folder);

	if (res < 0)
		return res;
	return snprintf(path, PATH_MAX, "%s/%s" ENDING, folder, group) < PATH_MAX
			       ? 0
			       : -ENAMETOOLONG;
}

int tandem_members_save(const char *group, const char (*addresses)[18], uint32_t n)
{
	char folder[PATH_MAX], path[PATH_MAX], text[TANDEM_MAX_SPEAKERS * LINE_BYTES + 1];
	size_t bytes = 0;
	int res;

	if ((res = tandem_members_path(path, group)) < 0)
		return res;
	if (n == 0)
		return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
	if ((res = tandem_memory_make_run_folder(folder)) < 0)
		return res;
	for (uint32_t i = 0; i < n && i < TANDEM_MAX_SPEAKERS; i++) {
		bytes += (size_t)snprintf(text + bytes, sizeof(text) - bytes, "%s\n",
				addresses[i]);
	}
	return tandem_memory_write_at(path, text, bytes);
}

bool tandem_members_has(const struct tandem_members *m, const char *address)
{
	for (uint32_t i = 0; i < m->n; i++) {
		if (strcasecmp(m->items[i], address) == 0)
			return true;
	}
	return false;
}

static bool take_member(void *data, char *line)
{
	struct tandem_members *m = data;

	if (!tandem_memory_is_address(line))
		return false;
	if (m->n < TANDEM_MAX_MEMBERS && !tandem_members_has(m, line))
		memcpy(m->items[m->n++], line, sizeof(m->items[0]));
	return true;
}

struct reader {
	struct tandem_members *members;
	struct tandem_mistakes *told;
};

static void read_file(void *data, const char *path)
{
	const struct reader *r = data;
	char text[64 * LINE_BYTES], where[TANDEM_WHERE_SIZE]; /* ours is 8 lines at most */
	const ssize_t bytes = tandem_memory_read_at(path, text, sizeof(text));
	char *to;

	if (bytes >= 0) {
		tandem_notes_read_lines(text, bytes, path, r->told, take_member,
				r->members);
		return;
	}
	tandem_where_show(where, path);
	to = tandem_mistakes_next(r->told, where);
	if (to) {
		/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
		tandem_say(to, TANDEM_SAY_UNREADABLE, where, strerror((int)-bytes));
	}
}

static void remove_file(void *data, const char *path)
{
	(void)data;
	unlink(path);
}

static bool is_list(const char *name)
{
	const size_t length = strlen(name), ending = sizeof(ENDING) - 1;

	return length > ending && strcmp(name + length - ending, ENDING) == 0;
}

static void each_file(void (*run)(void *data, const char *path), void *data)
{
	char folder[PATH_MAX], path[PATH_MAX];
	DIR *const dir = tandem_memory_run_folder(folder) < 0 ? NULL : opendir(folder);
	const struct dirent *entry;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): a folder of its own */
	while (dir && (entry = readdir(dir))) {
		if (is_list(entry->d_name) && snprintf(path, sizeof(path), "%s/%s", folder,
							      entry->d_name) < PATH_MAX)
			run(data, path);
	}
	if (dir)
		closedir(dir);
}

void tandem_members_load(struct tandem_members *m, struct tandem_mistakes *told)
{
	struct reader reader = { m, told };

	m->n = 0;
	each_file(read_file, &reader);
}

void tandem_members_forget(void)
{
	each_file(remove_file, NULL);
}
