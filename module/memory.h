/* SPDX-License-Identifier: MIT
 *
 * Memory: what is kept across restarts, small text files per group and kind:
 *
 *     $XDG_STATE_HOME/tandem/<group>.<kind>     (else ~/.local/state/tandem/...)
 *
 * Written whole to a new file of mode 0600, brought to the disk and renamed over the old
 * one. The kind "speakers" says which speaker sits on which side, an address per line.
 * Thread: main.
 */
#ifndef TANDEM_MODULE_MEMORY_H
#define TANDEM_MODULE_MEMORY_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/units.h"

/* 0, -ENOENT (neither $XDG_STATE_HOME nor $HOME) or -ENAMETOOLONG. */
TANDEM_CHECK int tandem_memory_path(char path[PATH_MAX], const char *group,
		const char *kind);

/* Fills text[size] and terminates it. Returns its bytes, 0 when there is no file or no
 * place for one; -EFBIG: it does not fit; or a negative errno. */
TANDEM_CHECK ssize_t tandem_memory_read(const char *group, const char *kind, char *text,
		size_t size);
/* Returns 0 or a negative errno; the old file stays then. */
TANDEM_CHECK int tandem_memory_write(const char *group, const char *kind, const char *text,
		size_t bytes);

/* Adds to the file, which is made if need be and never grows beyond most_bytes: -EFBIG. A
 * crash may cut the last line. Otherwise as above. */
TANDEM_CHECK int tandem_memory_append(const char *group, const char *kind, const char *text,
		size_t bytes, size_t most_bytes);

/* Both for a file elsewhere, whose folder is there. */
TANDEM_CHECK ssize_t tandem_memory_read_at(const char *path, char *text, size_t size);
TANDEM_CHECK int tandem_memory_write_at(const char *path, const char *text, size_t bytes);

/* "00:11:22:33:44:55", in either case. */
bool tandem_memory_is_address(const char *text);

/* $XDG_RUNTIME_DIR/tandem, for what ends with the login: 0, -ENOENT or -ENAMETOOLONG. The
 * other makes it, too, and may return any negative errno. */
TANDEM_CHECK int tandem_memory_run_folder(char folder[PATH_MAX]);
TANDEM_CHECK int tandem_memory_make_run_folder(char folder[PATH_MAX]);

/* Renames it to end in ".damaged". Returns 0 or a negative errno. */
TANDEM_CHECK int tandem_memory_set_aside(const char *group, const char *kind);

/* Fills n addresses from the file. Returns how many it held, 0 when there is no file or no
 * place for one; -EBADMSG: it was damaged and has been set aside. */
TANDEM_CHECK int tandem_memory_load(const char *group, char (*addresses)[18], uint32_t n);

/* Returns 0 or a negative errno. */
TANDEM_CHECK int tandem_memory_save(const char *group, const char (*addresses)[18],
		uint32_t n);

#endif
