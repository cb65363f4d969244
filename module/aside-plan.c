/* SPDX-License-Identifier: MIT */
#include "aside-plan.h"

#include <stdio.h>
#include <string.h>

#define OFF "off"
#define MUSIC "a2dp-sink" /* and "a2dp-sink-<codec>" */
#define STREAM "api.bluez5."
/* The session manager ends the nodes of a profile within 0.1 s (measured); what it would
 * have ended later, it finds ended. Chosen. */
#define OUTLIVES_NS TANDEM_NS_PER_S

/* Index 0 is off wherever we looked. */
static const struct tandem_profile plain_off = { .available = true, .name = OFF };

static bool is_music(const char *name)
{
	return strncmp(name, MUSIC, strlen(MUSIC)) == 0;
}

static const struct tandem_profile *find(const struct tandem_profiles *p, const char *name)
{
	for (uint32_t i = 0; i < p->n; i++) {
		if (strcmp(p->items[i].name, name) == 0)
			return &p->items[i];
	}
	return NULL;
}

static const struct tandem_profile *find_available(const struct tandem_profiles *p,
		const char *name)
{
	const struct tandem_profile *found = find(p, name);

	return found && found->available ? found : NULL;
}

static const struct tandem_profile *best_music(const struct tandem_profiles *p)
{
	const struct tandem_profile *best = NULL;

	for (uint32_t i = 0; i < p->n; i++) {
		const struct tandem_profile *one = &p->items[i];

		if (is_music(one->name) && one->available &&
				(!best || one->priority > best->priority))
			best = one;
	}
	return best;
}

void tandem_profiles_add(struct tandem_profiles *p, const struct tandem_profile *profile,
		bool is_first)
{
	uint32_t i = 0;

	if (is_first)
		p->n = 0;
	while (i < p->n && p->items[i].index != profile->index)
		i++;
	if (i == TANDEM_MAX_PROFILES)
		return;
	p->items[i] = *profile;
	p->n = i == p->n ? i + 1 : p->n;
}

bool tandem_profiles_is_off(const struct tandem_profiles *p)
{
	if (!p->is_known)
		return false;
	return strcmp(p->active.name, OFF) == 0 ||
	       (p->active.index == plain_off.index && !find(p, OFF));
}

static struct tandem_aside_step away(const struct tandem_profiles *p)
{
	const struct tandem_profile *off = find(p, OFF);

	if (tandem_profiles_is_off(p))
		return (struct tandem_aside_step){ .move = TANDEM_ASIDE_DONE };
	return (struct tandem_aside_step){ TANDEM_ASIDE_SET, off ? off : &plain_off };
}

static struct tandem_aside_step to_sbc(const struct tandem_profiles *p)
{
	const struct tandem_profile *sbc = find_available(p, MUSIC "-sbc");

	if (!sbc)
		sbc = find_available(p, MUSIC "-sbc_xq");
	if (!sbc)
		return away(p);
	if (strcmp(p->active.name, sbc->name) == 0)
		return (struct tandem_aside_step){ .move = TANDEM_ASIDE_DONE };
	return (struct tandem_aside_step){ TANDEM_ASIDE_SET, sbc };
}

/* Whatever it is by now, if it is not off, somebody has chosen since. */
static struct tandem_aside_step back(const struct tandem_profiles *p, const char *noted,
		bool is_settled)
{
	const struct tandem_profile *found = find_available(p, noted);

	if (!tandem_profiles_is_off(p))
		return (struct tandem_aside_step){ .move = TANDEM_ASIDE_DONE };
	if (!found && !is_settled)
		return (struct tandem_aside_step){ .move = TANDEM_ASIDE_WAIT };
	if (!found)
		found = best_music(p);
	if (!found)
		return (struct tandem_aside_step){ .move = TANDEM_ASIDE_HOPELESS };
	return (struct tandem_aside_step){ TANDEM_ASIDE_SET, found };
}

struct tandem_aside_step tandem_aside_plan(const struct tandem_profiles *p,
		enum tandem_aside_goal goal, const char *noted, bool is_settled)
{
	if (goal == TANDEM_ASIDE_LEAVE)
		return (struct tandem_aside_step){ .move = TANDEM_ASIDE_DONE };
	if (!p->is_known || p->n == 0)
		return (struct tandem_aside_step){ .move = TANDEM_ASIDE_WAIT };
	if (goal == TANDEM_ASIDE_AWAY)
		return away(p);
	if (goal == TANDEM_ASIDE_SBC)
		return to_sbc(p);
	return back(p, noted, is_settled);
}

bool tandem_aside_is_stream(const char *factory)
{
	return factory && strncmp(factory, STREAM, strlen(STREAM)) == 0;
}

int64_t tandem_aside_stray_ns(const struct tandem_profiles *p, enum tandem_aside_goal goal,
		int64_t off_ns, int64_t seen_ns)
{
	if (goal != TANDEM_ASIDE_AWAY || !off_ns || !tandem_profiles_is_off(p))
		return INT64_MAX;
	return (off_ns > seen_ns ? off_ns : seen_ns) + OUTLIVES_NS;
}

bool tandem_aside_note(char noted[TANDEM_PROFILE_NAME_SIZE],
		const struct tandem_profiles *p, const char *asked)
{
	const char *name = p->active.name;

	if (!p->is_known || tandem_profiles_is_off(p) || strcmp(name, asked) == 0 ||
			strcmp(name, noted) == 0)
		return false;
	if (is_music(noted) && !is_music(name))
		return false;
	snprintf(noted, TANDEM_PROFILE_NAME_SIZE, "%s", name);
	return true;
}
