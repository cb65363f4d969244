/* SPDX-License-Identifier: MIT
 *
 * Kept: what was set while Tandem ran, and outlives it. A trim belongs to the box, so rows
 * of a speaker are kept by the device's address, not by its side:
 *
 *     set by Props --changed--> lines --save--> <group>.settings (module/memory.h)
 *     start, a device takes a slot --seat--> settings
 *
 *     group swap = true instead of false
 *     00:11:22:33:44:55 delay-ms = 12.5 instead of 0
 *
 * Each line has the configured value that it replaced. It counts as long as the
 * configuration still says so; once somebody has edited that, the line goes. Lines that
 * are not understood (of a later version) stay as they are.
 * No clock and no PipeWire. Thread: main.
 */
#ifndef TANDEM_MODULE_KEPT_H
#define TANDEM_MODULE_KEPT_H

#include <sys/types.h>

#include "settings.h"

#define TANDEM_KEPT_KIND "settings"
#define TANDEM_KEPT_BYTES 65536 /* of the file; 600 lines, chosen */

struct tandem_kept_line {
	char who[18]; /* "group" or an address */
	const struct tandem_setting *row;
	char value[TANDEM_VALUE_SIZE];
	char configured[TANDEM_VALUE_SIZE];
};

struct tandem_kept_lines {
	struct tandem_kept_line *lines;
	uint32_t n;
	char *others; /* lines that are not understood, each with its '\n'; or NULL */
};

/* ---- kept-lines.c ---- */

/* Takes the lines of a file; the later one of two for one value. 0, -EBADMSG (damaged: not
 * lines of text) or -ENOMEM; l is empty then. */
TANDEM_CHECK int tandem_kept_parse(struct tandem_kept_lines *l, const char *text,
		size_t bytes);
/* The file's text. Returns its bytes or -EFBIG. */
TANDEM_CHECK ssize_t tandem_kept_print(const struct tandem_kept_lines *l, char *text,
		size_t size);
void tandem_kept_finish(struct tandem_kept_lines *l);

/* NULL: there is none. Valid until the next change. */
const struct tandem_kept_line *tandem_kept_find(const struct tandem_kept_lines *l,
		const char *who, const struct tandem_setting *row);
/* Adds or replaces a line. 0 or -ENOMEM. */
TANDEM_CHECK int tandem_kept_put(struct tandem_kept_lines *l, const char *who,
		const struct tandem_setting *row, const char *value,
		const char *configured);
/* Returns whether there was one. */
bool tandem_kept_drop(struct tandem_kept_lines *l, const char *who,
		const struct tandem_setting *row);

/* ---- kept.c ---- */

struct tandem_kept {
	struct tandem_settings *settings;  /* in force; borrowed */
	struct tandem_settings configured; /* as the configuration has them */
	struct tandem_kept_lines lines;
	char seats[TANDEM_MAX_SPEAKERS][18]; /* who sits, or last sat, in the slot */
	bool dirty;                          /* differs from the file */
};

/* settings: as configured. Reads the file and brings back what it says of the group and of
 * the speakers that are listed by address. What is wrong or over is told. */
void tandem_kept_init(struct tandem_kept *k, struct tandem_settings *settings,
		struct tandem_mistakes *told);

/* This was set and stands in the settings; slot -1: of the group. By its key, because the
 * plugin's table is another copy than ours. */
void tandem_kept_changed(struct tandem_kept *k, int32_t slot, const char *key);

/* This device takes the slot, "" : nobody does. Its kept values come into the settings, or
 * the configured ones. What was set before anybody sat there counts for the first. */
void tandem_kept_seat(struct tandem_kept *k, uint32_t slot, const char *address,
		struct tandem_mistakes *told);

/* Writes the file, if it would differ. 0 or a negative errno: try again later. */
TANDEM_CHECK int tandem_kept_save(struct tandem_kept *k);

/* Does not save. */
void tandem_kept_free(struct tandem_kept *k);

#endif
