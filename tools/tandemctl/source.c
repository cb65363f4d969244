/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <string.h>

bool tandem_source_is_plain(const struct tandem_source *s)
{
	return !s->is_sink && !s->is_virtual && !s->is_bluetooth;
}

static const struct tandem_source *find(const struct tandem_source all[], uint32_t n,
		const char *name)
{
	for (uint32_t i = 0; i < n; i++) {
		if (strcmp(all[i].name, name) == 0 || strcmp(all[i].description, name) == 0)
			return &all[i];
	}
	return NULL;
}

static struct tandem_source_choice by_name(const struct tandem_source *s)
{
	struct tandem_source_choice choice = { TANDEM_SOURCE_UNKNOWN, NULL };

	if (!s)
		return choice;
	if (s->is_sink) {
		choice.verdict = TANDEM_SOURCE_SINK;
		return choice;
	}
	choice.source = s;
	choice.verdict =
			tandem_source_is_plain(s) ? TANDEM_SOURCE_GOOD : TANDEM_SOURCE_WARY;
	return choice;
}

struct tandem_source_choice tandem_source_choose(const struct tandem_source all[],
		uint32_t n, const char *named, const char *by_default)
{
	struct tandem_source_choice choice = { TANDEM_SOURCE_NONE, NULL };
	const struct tandem_source *best;

	if (named)
		return by_name(find(all, n, named));
	best = find(all, n, by_default);
	if (best && !tandem_source_is_plain(best))
		best = NULL;
	for (uint32_t i = 0; i < n && !(best && strcmp(best->name, by_default) == 0); i++) {
		if (tandem_source_is_plain(&all[i]) &&
				(!best || all[i].priority > best->priority))
			best = &all[i];
	}
	if (best) {
		choice.verdict = TANDEM_SOURCE_GOOD;
		choice.source = best;
	}
	return choice;
}
