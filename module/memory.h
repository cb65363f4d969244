/* SPDX-License-Identifier: MIT
 *
 * Memory: which speaker sits on which side, kept across restarts, one small file per group:
 *
 *     $XDG_STATE_HOME/tandem/<group>.speakers     (else ~/.local/state/tandem/...)
 *     00:11:22:33:44:55
 *     00:11:22:33:44:66
 *
 * Written whole to a new file of mode 0600 and renamed over the old one. Thread: main.
 */
#ifndef TANDEM_MODULE_MEMORY_H
#define TANDEM_MODULE_MEMORY_H

#include "base/units.h"

/* Fills n addresses from the file. Returns how many it held, 0 when there is no file or no
 * place for one; -EBADMSG: it was damaged and has been renamed to end in ".damaged". */
TANDEM_CHECK int tandem_memory_load(const char *group, char (*addresses)[18], uint32_t n);

/* Returns 0 or a negative errno. */
TANDEM_CHECK int tandem_memory_save(const char *group, const char (*addresses)[18],
		uint32_t n);

#endif
