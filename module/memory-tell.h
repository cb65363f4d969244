/* SPDX-License-Identifier: MIT
 *
 * What people are told of the files of memory.h. Thread: main.
 */
#ifndef TANDEM_MODULE_MEMORY_TELL_H
#define TANDEM_MODULE_MEMORY_TELL_H

#include "settings.h"
#include "where.h"

/* The file as people call it; without a place for one, the variable that names it. */
void tandem_memory_where(char where[TANDEM_WHERE_SIZE], const char *group,
		const char *kind);

/* res: why it was not read; -EBADMSG, -EFBIG: it is damaged, is set aside, and `damaged` is
 * told. */
void tandem_memory_tell_unread(struct tandem_mistakes *told, const char *group,
		const char *kind, enum tandem_sentence damaged, int res);

/* res: why it was not written. */
void tandem_memory_say_not_kept(char sentence[TANDEM_SENTENCE_SIZE], const char *group,
		const char *kind, int res);

#endif
