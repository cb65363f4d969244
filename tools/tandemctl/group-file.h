/* SPDX-License-Identifier: MIT
 *
 * Group, the file: a drop-in for a group of two, and where it belongs:
 *
 *     $XDG_CONFIG_HOME/pipewire/tandem.conf.d/50-<name>.conf
 *
 * PipeWire reads $PIPEWIRE_CONFIG_DIR instead of $XDG_CONFIG_HOME/pipewire where that is
 * set, and so do we. Thread: main.
 */
#ifndef TANDEM_TOOLS_GROUP_FILE_H
#define TANDEM_TOOLS_GROUP_FILE_H

#include <glib.h>
#include <stdbool.h>

struct tandem_group_file {
	const char *name;        /* of the group: a name as settings have it */
	const char *description; /* as settings have it, no control characters */
	const char *layout;
	struct {
		const char *address, *name;
	} speakers[2]; /* left, right */
};

/* What the file says; the caller frees it. */
char *tandem_group_file_text(const struct tandem_group_file *g);

/* Where it is; the caller frees it. NULL: there is no home. */
char *tandem_group_file_path(const char *name);

/* Makes the folder, and writes it whole. 0 or a negative errno; the old one stays then. */
int tandem_group_file_write(const char *path, const char *text);

#endif
