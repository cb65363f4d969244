/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "00:11:22:33:44:55\n" */
#define LINE_BYTES 18

static int find_folder(char folder[PATH_MAX])
{
	const char *state = getenv("XDG_STATE_HOME"); /* NOLINT(concurrency-mt-unsafe) */
	const char *home = getenv("HOME");            /* NOLINT(concurrency-mt-unsafe) */
	int n;

	if (state && state[0] == '/') {
		n = snprintf(folder, PATH_MAX, "%s/tandem", state);
	} else if (home && home[0] == '/') {
		n = snprintf(folder, PATH_MAX, "%s/.local/state/tandem", home);
	} else {
		return -ENOENT;
	}
	return n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int find_file(char path[PATH_MAX], const char *group, const char *ending)
{
	char folder[PATH_MAX];
	const int res = find_folder(folder);

	if (res < 0)
		return res;
	if (snprintf(path, PATH_MAX, "%s/%s.speakers%s", folder, group, ending) >= PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

static int make_folders(void)
{
	char folder[PATH_MAX];
	const int res = find_folder(folder);

	if (res < 0)
		return res;
	for (char *slash = folder + 1; slash; slash = strchr(slash + 1, '/')) {
		const char c = *slash;

		if (c != '/')
			continue;
		*slash = '\0';
		if (mkdir(folder, 0700) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(folder, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static bool is_line(const char *text)
{
	for (int i = 0; i < LINE_BYTES; i++) {
		const char *allowed = i == 17      ? "\n"
				      : i % 3 == 2 ? ":"
						   : "0123456789ABCDEF";

		if (!text[i] || !strchr(allowed, text[i]))
			return false;
	}
	return true;
}

/* The whole file, or as much as n lines and one byte more. */
static ssize_t read_file(const char *path, char *text, size_t size)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t bytes;

	if (fd < 0)
		return -errno;
	bytes = read(fd, text, size);
	if (bytes < 0)
		bytes = -errno;
	close(fd);
	return bytes;
}

int tandem_memory_load(const char *group, char (*addresses)[18], uint32_t n)
{
	char path[PATH_MAX], aside[PATH_MAX], text[64 * LINE_BYTES] = "";
	ssize_t bytes, used;
	int count = 0;

	if (find_file(path, group, "") < 0 || find_file(aside, group, ".damaged") < 0)
		return 0;
	bytes = read_file(path, text, sizeof(text));
	if (bytes == -ENOENT)
		return 0;
	for (used = 0; used + LINE_BYTES <= bytes && is_line(text + used);
			used += LINE_BYTES) {
		if ((uint32_t)count == n)
			break;
		memcpy(addresses[count], text + used, 17);
		addresses[count++][17] = '\0';
	}
	if (bytes > 0 && used == bytes)
		return count;
	memset(addresses, 0, n * sizeof(addresses[0]));
	if (rename(path, aside) < 0)
		return -errno;
	return -EBADMSG;
}

static int write_lines(int fd, const char (*addresses)[18], uint32_t n)
{
	char text[64 * LINE_BYTES];
	size_t bytes = 0;

	for (uint32_t i = 0; i < n && bytes + LINE_BYTES < sizeof(text); i++) {
		memcpy(text + bytes, addresses[i], 17);
		text[bytes + 17] = '\n';
		bytes += LINE_BYTES;
	}
	if (write(fd, text, bytes) != (ssize_t)bytes || fsync(fd) < 0)
		return errno ? -errno : -EIO;
	return 0;
}

int tandem_memory_save(const char *group, const char (*addresses)[18], uint32_t n)
{
	char path[PATH_MAX], fresh[PATH_MAX];
	int res, fd;

	res = make_folders();
	if (res < 0 || (res = find_file(path, group, "")) < 0 ||
			(res = find_file(fresh, group, ".new")) < 0)
		return res;
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	res = write_lines(fd, addresses, n);
	close(fd);
	if (res == 0 && rename(fresh, path) < 0)
		res = -errno;
	if (res < 0)
		unlink(fresh);
	return res;
}
