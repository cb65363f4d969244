/* SPDX-License-Identifier: MIT
 *
 * Aside, the notes: which devices are off because of us, and what they were, so that they
 * can be put back after a crash. One line each:
 *
 *     $XDG_RUNTIME_DIR/tandem/aside:  00:11:22:33:44:55 bluez_card.00_11.. a2dp-sink
 *
 * Written as memory.h says, and read again for each change: the groups of a process share
 * it. It ends with the login, as the devices do. Thread: main.
 */
#ifndef TANDEM_MODULE_ASIDE_NOTE_H
#define TANDEM_MODULE_ASIDE_NOTE_H

#include <limits.h>
#include <sys/types.h>

#include "aside-plan.h"
#include "settings.h"

#define TANDEM_MAX_NOTES 32 /* chosen: more than anybody's speakers; then the oldest goes */

struct tandem_note {
	char address[18];
	char device[64]; /* for people who look into the file */
	char profile[TANDEM_PROFILE_NAME_SIZE];
};

struct tandem_notes {
	uint32_t n;
	struct tandem_note items[TANDEM_MAX_NOTES];
};

/* 0, -ENOENT (no $XDG_RUNTIME_DIR) or -ENAMETOOLONG. */
TANDEM_CHECK int tandem_notes_path(char path[PATH_MAX]);

/* What the file holds; damaged lines are left out and told. Returns 0, also when there is
 * no file or no place for one, or a negative errno. */
TANDEM_CHECK int tandem_notes_load(struct tandem_notes *notes,
		struct tandem_mistakes *told);

/* Of text[bytes] and a '\0', as read from path, gives each line to take(), without its end;
 * what take() refuses, or breaks off, is told. Cuts the text up. For other lists, too. */
void tandem_notes_read_lines(char *text, ssize_t bytes, const char *path,
		struct tandem_mistakes *told, bool (*take)(void *data, char *line),
		void *data);

/* NULL: there is none. */
const struct tandem_note *tandem_notes_find(const struct tandem_notes *notes,
		const char *address);

/* Each changes the file, when it differs. A name that no line can hold is noted as another
 * that leads to the same. Return 0 or a negative errno; the old file stays then. */
TANDEM_CHECK int tandem_notes_put(const char *address, const char *device,
		const char *profile);
TANDEM_CHECK int tandem_notes_drop(const char *address);

#endif
