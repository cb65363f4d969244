/* SPDX-License-Identifier: MIT */
#include "neighbours.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Who else lists a speaker of this address or name; empty ones are nobody's. */
static const struct tandem_neighbour *who_lists(const struct tandem_neighbour *n,
		const char *address, const char *name)
{
	for (const struct tandem_neighbour *o = n->next; o != n; o = o->next) {
		const struct tandem_settings *s = o->settings;

		for (uint32_t i = 0; i < s->n_speakers; i++) {
			const struct tandem_speaker_settings *p = &s->speakers[i];

			if (p->address[0] ? strcasecmp(p->address, address) == 0
					  : p->name[0] && strcmp(p->name, name) == 0)
				return o;
		}
	}
	return NULL;
}

static bool is_name_taken(const struct tandem_neighbour *n, const char *name)
{
	for (const struct tandem_neighbour *o = n->next; o != n; o = o->next) {
		if (strcmp(o->settings->name, name) == 0)
			return true;
	}
	return false;
}

/* "tandem" becomes "tandem-2", as long a name as it may be. */
static void find_name(struct tandem_neighbour *n, struct tandem_settings *s,
		struct tandem_mistakes *told)
{
	char old[sizeof(s->name)], ending[16];
	char *to;

	if (!is_name_taken(n, s->name))
		return;
	memcpy(old, s->name, sizeof(old));
	for (unsigned int i = 2; is_name_taken(n, s->name); i++) {
		const size_t end = (size_t)snprintf(ending, sizeof(ending), "-%u", i);

		snprintf(s->name, sizeof(s->name), "%.*s%s", (int)(sizeof(old) - 1 - end),
				old, ending);
	}
	to = tandem_mistakes_next(told, "name");
	if (to)
		tandem_say(to, TANDEM_SAY_NAME_TAKEN, old, s->name);
}

static void leave_out_double(struct tandem_neighbour *n, struct tandem_settings *s,
		struct tandem_mistakes *told)
{
	uint32_t stay = 0;

	for (uint32_t i = 0; i < s->n_speakers; i++) {
		const struct tandem_speaker_settings *p = &s->speakers[i];
		const struct tandem_neighbour *other = who_lists(n, p->address, p->name);
		char place[24];
		char *to;

		if (!other) {
			s->speakers[stay++] = *p;
			continue;
		}
		snprintf(place, sizeof(place), "speakers[%u]", i);
		to = tandem_mistakes_next(told, place);
		if (to) {
			tandem_say(to, TANDEM_SAY_IN_OTHER_GROUP, place,
					p->address[0] ? p->address : p->name,
					other->settings->name);
		}
	}
	if (stay == s->n_speakers)
		return;
	s->n_speakers = stay;
	tandem_settings_label(s);
}

bool tandem_neighbour_join(struct tandem_neighbour *n, struct tandem_neighbour *other,
		struct tandem_settings *settings, struct tandem_mistakes *told)
{
	char *to;

	*n = (struct tandem_neighbour){ .next = n, .before = n, .settings = settings };
	if (other) {
		n->next = other;
		n->before = other->before;
		n->before->next = n;
		other->before = n;
	}
	find_name(n, settings, told);
	if (!settings->automatic)
		leave_out_double(n, settings, told);
	to = settings->n_speakers == 0 ? tandem_mistakes_next(told, "speakers") : NULL;
	if (to)
		tandem_say(to, TANDEM_SAY_GROUP_EMPTY);
	return settings->n_speakers > 0;
}

struct tandem_neighbour *tandem_neighbour_leave(struct tandem_neighbour *n)
{
	struct tandem_neighbour *stays = n->next == n ? NULL : n->next;

	if (n->next) {
		n->next->before = n->before;
		n->before->next = n->next;
	}
	*n = (struct tandem_neighbour){ 0 };
	return stays;
}

void tandem_neighbour_hold(struct tandem_neighbour *n, uint32_t slot, const char *address)
{
	if (address[0])
		snprintf(n->held[slot], sizeof(n->held[slot]), "%s", address);
}

bool tandem_neighbour_has(void *data, const char *address, const char *name)
{
	const struct tandem_neighbour *n = data;

	if (who_lists(n, address, name))
		return true;
	for (const struct tandem_neighbour *o = n->next; o != n; o = o->next) {
		for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
			if (address[0] && strcasecmp(o->held[i], address) == 0)
				return true;
		}
	}
	return false;
}
