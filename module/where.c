/* SPDX-License-Identifier: MIT */
#include "where.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tandem_where_show(char where[TANDEM_WHERE_SIZE], const char *path)
{
	const char *home = getenv("HOME"); /* NOLINT(concurrency-mt-unsafe) */
	const size_t skip = home && home[0] == '/' ? strlen(home) : 0;
	const bool at_home =
			skip > 1 && strncmp(path, home, skip) == 0 && path[skip] == '/';
	const char *shown = at_home ? path + skip : path;
	const size_t room = TANDEM_WHERE_SIZE - sizeof("...");

	if (strlen(shown) > room) {
		snprintf(where, TANDEM_WHERE_SIZE, "...%s", shown + strlen(shown) - room);
	} else {
		snprintf(where, TANDEM_WHERE_SIZE, "%s%s", at_home ? "~" : "", shown);
	}
}
