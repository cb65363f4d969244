/* SPDX-License-Identifier: MIT */
#include "memory-tell.h"

#include <errno.h>
#include <stdio.h>

#include <spa/utils/result.h>

#include "memory.h"

void tandem_memory_where(char where[TANDEM_WHERE_SIZE], const char *group, const char *kind)
{
	char path[PATH_MAX];

	if (tandem_memory_path(path, group, kind) < 0)
		snprintf(path, sizeof(path), "$XDG_STATE_HOME");
	tandem_where_show(where, path);
}

void tandem_memory_tell_unread(struct tandem_mistakes *told, const char *group,
		const char *kind, enum tandem_sentence damaged, int res)
{
	char where[TANDEM_WHERE_SIZE];
	char *to;

	tandem_memory_where(where, group, kind);
	to = tandem_mistakes_next(told, where);
	if (res == -EBADMSG || res == -EFBIG)
		res = tandem_memory_set_aside(group, kind);
	if (to && res == 0) {
		tandem_say(to, damaged, where);
	} else if (to) {
		tandem_say(to, TANDEM_SAY_UNREADABLE, where, spa_strerror(res));
	}
}

void tandem_memory_say_not_kept(char sentence[TANDEM_SENTENCE_SIZE], const char *group,
		const char *kind, int res)
{
	char where[TANDEM_WHERE_SIZE];

	tandem_memory_where(where, group, kind);
	tandem_say(sentence, TANDEM_SAY_NOT_KEPT, where, spa_strerror(res));
}
