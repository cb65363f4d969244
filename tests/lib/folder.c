/* SPDX-License-Identifier: MIT */
#include "folder.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[32];
static char path[128];

void tandem_folder_make(const char *variable)
{
	snprintf(folder, sizeof(folder), "/tmp/tandem-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
	ck_assert_int_eq(setenv(variable, folder, 1), 0);
}

const char *tandem_folder_path(const char *name)
{
	snprintf(path, sizeof(path), "%s/tandem%s%s", folder, name[0] ? "/" : "", name);
	return path;
}

void tandem_folder_remove(const char *const left[])
{
	for (; *left; left++)
		remove(tandem_folder_path(*left));
	rmdir(tandem_folder_path(""));
	rmdir(folder);
	ck_assert_int_eq(access(folder, F_OK), -1); /* nothing else was left there */
}

void tandem_folder_write(const char *name, const char *text, size_t bytes)
{
	FILE *f;

	mkdir(tandem_folder_path(""), 0700);
	f = fopen(tandem_folder_path(name), "we");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, bytes, f), bytes);
	ck_assert_int_eq(fclose(f), 0);
}

void tandem_folder_block(void)
{
	FILE *const f = fopen(tandem_folder_path(""), "we");

	ck_assert_ptr_nonnull(f);
	fclose(f);
}

void tandem_folder_unblock(void)
{
	ck_assert_int_eq(unlink(tandem_folder_path("")), 0);
}
