/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <spa/utils/result.h>

#include "control-internal.h"
#include "memory-tell.h"
#include "observations.h"
#include "topic.h"

void tandem_control_load_clocks(struct tandem_control *c)
{
	struct tandem_mistakes told = { 0 };

	c->learnt = calloc(1, sizeof(*c->learnt));
	if (!c->learnt)
		return; /* Tandem learns, and forgets at the end */
	tandem_learnt_init(c->learnt, c->settings->name, &told);
	for (uint32_t i = 0; i < told.n; i++)
		pw_log_warn("%s: %s", c->settings->name, told.sentences[i]);
}

static const char *address_of(const struct tandem_control *c, uint32_t slot)
{
	return c->roster->slots[slot].life.address;
}

const struct tandem_memory *tandem_control_recall(struct tandem_control *c, uint32_t slot,
		const struct tandem_codec *codec)
{
	snprintf(c->codecs[slot], sizeof(c->codecs[slot]), "%s",
			codec ? codec->name : "other");
	snprintf(c->boxes[slot], sizeof(c->boxes[slot]), "%s", address_of(c, slot));
	return c->learnt ? tandem_learnt_find(c->learnt, c->boxes[slot], c->codecs[slot])
			 : NULL;
}

void tandem_control_learnt(void *data, uint32_t slot, const struct tandem_memory *memory)
{
	struct tandem_control *c = data;
	const time_t now = time(NULL);
	char why[TANDEM_SENTENCE_SIZE];
	struct tm day = { 0 };
	char on[11] = "";
	int res;

	if (!c->learnt || !c->boxes[slot][0])
		return;
	if (localtime_r(&now, &day))
		strftime(on, sizeof(on), "%Y-%m-%d", &day);
	res = tandem_learnt_put(c->learnt, c->boxes[slot], c->codecs[slot], on, memory);
	if (res < 0 && res != c->unlearnt) {
		tandem_memory_say_not_kept(why, c->settings->name, TANDEM_LEARNT_KIND, res);
		pw_log_warn("%s: %s", c->settings->name, why);
	}
	c->unlearnt = res;
}

void tandem_control_observed(void *data, uint32_t slot,
		const struct tandem_observation *seen, uint32_t n_seen, uint64_t lost)
{
	struct tandem_control *c = data;
	const char *label = tandem_control_label(c, slot);
	char why[TANDEM_SENTENCE_SIZE], where[TANDEM_WHERE_SIZE], kind[64];
	int res;

	if (!c->settings->log_observations)
		return;
	res = tandem_observations_add(c->settings->name, label, seen, n_seen, lost);
	if (res < 0 && res != c->unlogged) {
		snprintf(kind, sizeof(kind), TANDEM_OBSERVATIONS_KIND, label);
		tandem_memory_where(where, c->settings->name, kind);
		tandem_say(why, TANDEM_SAY_LOG_STOPS, where, spa_strerror(res));
		pw_log_warn("%s: %s", c->settings->name, why);
	}
	c->unlogged = res;
}

void tandem_control_end_streams(struct tandem_control *c)
{
	if (!c->listening)
		return;
	for (uint32_t i = 0; i < c->settings->n_speakers; i++)
		tandem_group_call(tandem_sink_group(c->sink), detach, i);
	spa_hook_remove(&c->group_listener);
	c->listening = false;
}
