/* SPDX-License-Identifier: MIT
 *
 * Members: who sits in each group, so that tandemctl restore knows after its end whom to
 * give back. One file per group, one line per speaker:
 *
 *     $XDG_RUNTIME_DIR/tandem/<group>.members:  00:11:22:33:44:55
 *
 * Written as memory.h says. It outlives Tandem, and ends with the login. Thread: main.
 */
#ifndef TANDEM_MODULE_MEMBERS_H
#define TANDEM_MODULE_MEMBERS_H

#include <limits.h>

#include "settings.h"

#define TANDEM_MAX_MEMBERS 32 /* of all groups; chosen: more than anybody's speakers */

struct tandem_members {
	uint32_t n;
	char items[TANDEM_MAX_MEMBERS][18];
};

/* 0, -ENOENT (no $XDG_RUNTIME_DIR) or -ENAMETOOLONG. */
TANDEM_CHECK int tandem_members_path(char path[PATH_MAX], const char *group);

/* addresses[n], n <= TANDEM_MAX_SPEAKERS; 0: no file. Returns 0 or a negative errno; the
 * old file stays then. */
TANDEM_CHECK int tandem_members_save(const char *group, const char (*addresses)[18],
		uint32_t n);

/* Those of all groups, each once. Damaged lines and files that cannot be read are left out
 * and told. */
void tandem_members_load(struct tandem_members *m, struct tandem_mistakes *told);

/* True: this one is among them. */
bool tandem_members_has(const struct tandem_members *m, const char *address);

/* The files of all groups go. */
void tandem_members_forget(void);

#endif
