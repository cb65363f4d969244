/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "00:11:22:33:44:55\n" */
#define LINE_BYTES 18
#define SIDES "speakers"

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

int tandem_memory_path(char path[PATH_MAX], const char *group, const char *kind)
{
	char folder[PATH_MAX];
	const int res = find_folder(folder);

	if (res < 0)
		return res;
	if (snprintf(path, PATH_MAX, "%s/%s.%s", folder, group, kind) >= PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

/* The same with something behind it: ".new". */
static int find_beside(char beside[PATH_MAX], const char *path, const char *ending)
{
	return snprintf(beside, PATH_MAX, "%s%s", path, ending) < PATH_MAX ? 0
									   : -ENAMETOOLONG;
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

ssize_t tandem_memory_read_at(const char *path, char *text, size_t size)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t bytes;

	text[0] = '\0';
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	bytes = read(fd, text, size);
	if (bytes < 0)
		bytes = -errno;
	close(fd);
	if (bytes == (ssize_t)size)
		bytes = -EFBIG;
	text[bytes < 0 ? 0 : bytes] = '\0';
	return bytes;
}

ssize_t tandem_memory_read(const char *group, const char *kind, char *text, size_t size)
{
	char path[PATH_MAX];

	text[0] = '\0';
	if (tandem_memory_path(path, group, kind) < 0)
		return 0;
	return tandem_memory_read_at(path, text, size);
}

static int write_file(const char *path, const char *text, size_t bytes)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
			0600);
	int res = 0;

	if (fd < 0)
		return -errno;
	errno = 0;
	if (write(fd, text, bytes) != (ssize_t)bytes || fsync(fd) < 0)
		res = errno ? -errno : -EIO;
	close(fd);
	return res;
}

int tandem_memory_write_at(const char *path, const char *text, size_t bytes)
{
	char fresh[PATH_MAX];
	int res = find_beside(fresh, path, ".new");

	if (res < 0)
		return res;
	res = write_file(fresh, text, bytes);
	if (res == 0 && rename(fresh, path) < 0)
		res = -errno;
	if (res < 0)
		unlink(fresh);
	return res;
}

int tandem_memory_write(const char *group, const char *kind, const char *text, size_t bytes)
{
	char path[PATH_MAX];
	int res;

	if ((res = make_folders()) < 0 || (res = tandem_memory_path(path, group, kind)) < 0)
		return res;
	return tandem_memory_write_at(path, text, bytes);
}

static int append(int fd, const char *text, size_t bytes, size_t most_bytes)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if ((size_t)st.st_size + bytes > most_bytes)
		return -EFBIG;
	errno = 0;
	if (write(fd, text, bytes) != (ssize_t)bytes)
		return errno ? -errno : -EIO;
	return 0;
}

int tandem_memory_append(const char *group, const char *kind, const char *text,
		size_t bytes, size_t most_bytes)
{
	char path[PATH_MAX];
	int fd, res;

	if ((res = make_folders()) < 0 || (res = tandem_memory_path(path, group, kind)) < 0)
		return res;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
			0600);
	if (fd < 0)
		return -errno;
	res = append(fd, text, bytes, most_bytes);
	close(fd);
	return res;
}

bool tandem_memory_is_address(const char *text)
{
	for (int i = 0; i < 17; i++) {
		if (!text[i] || !strchr(i % 3 == 2 ? ":" : "0123456789ABCDEFabcdef",
						text[i]))
			return false;
	}
	return text[17] == '\0';
}

int tandem_memory_run_folder(char folder[PATH_MAX])
{
	const char *run = getenv("XDG_RUNTIME_DIR"); /* NOLINT(concurrency-mt-unsafe) */

	if (!run || run[0] != '/')
		return -ENOENT;
	return snprintf(folder, PATH_MAX, "%s/tandem", run) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int tandem_memory_make_run_folder(char folder[PATH_MAX])
{
	const int res = tandem_memory_run_folder(folder);

	if (res < 0)
		return res;
	return mkdir(folder, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

int tandem_memory_set_aside(const char *group, const char *kind)
{
	char path[PATH_MAX], aside[PATH_MAX];
	int res;

	if ((res = tandem_memory_path(path, group, kind)) < 0 ||
			(res = find_beside(aside, path, ".damaged")) < 0)
		return res;
	return rename(path, aside) < 0 ? -errno : 0;
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

int tandem_memory_load(const char *group, char (*addresses)[18], uint32_t n)
{
	char text[64 * LINE_BYTES];
	const ssize_t bytes = tandem_memory_read(group, SIDES, text, sizeof(text));
	ssize_t used;
	int count = 0;
	int res;

	for (used = 0; used + LINE_BYTES <= bytes && is_line(text + used);
			used += LINE_BYTES) {
		if ((uint32_t)count == n)
			break;
		memcpy(addresses[count], text + used, 17);
		addresses[count++][17] = '\0';
	}
	if (used == bytes)
		return count;
	memset(addresses, 0, n * sizeof(addresses[0]));
	res = tandem_memory_set_aside(group, SIDES);
	return res < 0 ? res : -EBADMSG;
}

int tandem_memory_save(const char *group, const char (*addresses)[18], uint32_t n)
{
	char text[64 * LINE_BYTES];
	size_t bytes = 0;

	for (uint32_t i = 0; i < n && bytes + LINE_BYTES < sizeof(text); i++) {
		memcpy(text + bytes, addresses[i], 17);
		text[bytes + 17] = '\n';
		bytes += LINE_BYTES;
	}
	return tandem_memory_write(group, SIDES, text, bytes);
}
