/* SPDX-License-Identifier: MIT */
#include "live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <spa/utils/result.h>

#include "kept.h"
#include "memory-tell.h"
#include "tandem.h"
#include "topic.h"
#include "where.h"

/* A knob that is being turned writes once a second. Chosen: what a crash may lose. */
#define WRITE_S 1

struct tandem_live {
	struct pw_loop *loop;
	struct tandem_settings *settings;
	struct tandem_kept kept;
	struct spa_source *timer;
	bool is_armed;
	int failed; /* what was said of the last try to write; 0: it went well */
};

static void save(struct tandem_live *live)
{
	const int res = tandem_kept_save(&live->kept);
	char sentence[TANDEM_SENTENCE_SIZE];

	if (res < 0 && res != live->failed) {
		tandem_memory_say_not_kept(sentence, live->settings->name, TANDEM_KEPT_KIND,
				res);
		pw_log_warn("%s: %s", live->settings->name, sentence);
	}
	live->failed = res;
}

static void on_timer(void *data, uint64_t expirations)
{
	struct tandem_live *live = data;

	(void)expirations;
	live->is_armed = false;
	save(live);
}

static void save_soon(struct tandem_live *live)
{
	struct timespec after = { .tv_sec = WRITE_S };

	if (!live->kept.dirty || live->is_armed)
		return;
	live->is_armed = true;
	pw_loop_update_timer(live->loop, live->timer, &after, NULL, false);
}

int tandem_live_new(struct tandem_live **ret_live, struct pw_loop *loop,
		struct tandem_settings *settings, struct tandem_mistakes *mistakes)
{
	struct tandem_live *live = calloc(1, sizeof(*live));

	if (!live)
		return -ENOMEM;
	live->loop = loop;
	live->settings = settings;
	live->timer = pw_loop_add_timer(loop, on_timer, live);
	if (!live->timer) {
		free(live);
		return -ENOMEM;
	}
	tandem_kept_init(&live->kept, settings, mistakes);
	save_soon(live);
	*ret_live = live;
	return 0;
}

void tandem_live_free(struct tandem_live *live)
{
	if (!live)
		return;
	save(live);
	pw_loop_destroy_source(live->loop, live->timer);
	tandem_kept_free(&live->kept);
	free(live);
}

void tandem_live_changed(struct tandem_live *live, int32_t slot, const char *key)
{
	tandem_kept_changed(&live->kept, slot, key);
	save_soon(live);
}

static void tell_plugin(struct tandem_live *live, void *group, uint32_t slot,
		const struct tandem_speaker_settings *before)
{
	const struct tandem_speaker_settings *now = &live->settings->speakers[slot];
	char was[TANDEM_VALUE_SIZE], is[TANDEM_VALUE_SIZE];
	int res;

	for (uint32_t i = 0; i < tandem_speaker_table.n; i++) {
		const struct tandem_setting *row = &tandem_speaker_table.rows[i];

		tandem_setting_write(row, before, was);
		tandem_setting_write(row, now, is);
		if (strcmp(was, is) == 0)
			continue;
		res = tandem_group_call(group, set, (int32_t)slot, row->key, is);
		pw_log_info("%s: %s: %s is %s for this speaker%s%s", live->settings->name,
				now->label, row->key, is, res < 0 ? ": " : "",
				res < 0 ? spa_strerror(res) : "");
	}
}

void tandem_live_seated(struct tandem_live *live, void *group, uint32_t slot,
		const char *address)
{
	const struct tandem_speaker_settings before = live->settings->speakers[slot];
	struct tandem_mistakes told = { 0 };

	tandem_kept_seat(&live->kept, slot, address, &told);
	for (uint32_t i = 0; i < told.n; i++)
		pw_log_warn("%s: %s", live->settings->name, told.sentences[i]);
	tell_plugin(live, group, slot, &before);
	save_soon(live);
}
