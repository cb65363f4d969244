/* SPDX-License-Identifier: MIT
 *
 * What others hear of it: the sink that comes and goes, the speakers' states and sentences,
 * the group's sentence. Each is told when it has changed, and only then.
 */
#include <stdio.h>
#include <string.h>

#include "roster-internal.h"

/* When bluetoothd starts it shows its adapters, powers them and takes our endpoints within
 * a second: trouble that lasts longer is told. Chosen. */
#define TROUBLE_NS (1 * TANDEM_NS_PER_S)

void tandem_roster_tell_expected(struct tandem_roster *r)
{
	uint32_t slots = 0;

	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		if (r->slots[i].life.state == TANDEM_SPEAKER_ACQUIRING)
			slots |= 1u << i;
	}
	if (slots != r->expected)
		tandem_roster_act(r, TANDEM_ACTION_EXPECT, 0)->slots = slots;
	r->expected = slots;
}

static void tell_empty(struct tandem_roster *r, bool empty)
{
	if (empty != r->empty)
		tandem_roster_act(r, TANDEM_ACTION_EMPTY, 0)->on = empty;
	r->empty = empty;
}

/* The sink is there from the first connected member until 30 s after the last, or
 * always. */
void tandem_roster_export(struct tandem_roster *r, int64_t now_ns)
{
	bool any = false, on;

	for (uint32_t i = 0; i < r->config.n_speakers; i++)
		any |= r->slots[i].life.transport != 0;
	if (any) {
		r->empty_ns = 0;
	} else if (!r->empty_ns) {
		r->empty_ns = now_ns;
	}
	r->occupied = any || (r->occupied && now_ns < r->empty_ns + TANDEM_LINGER_NS);
	on = r->config.keep || r->occupied;
	if (on)
		tell_empty(r, !r->occupied); /* before it is seen */
	if (on != r->exported)
		tandem_roster_act(r, TANDEM_ACTION_EXPORT, 0)->on = on;
	r->exported = on;
	if (!on)
		tell_empty(r, false);
}

/* What is worth knowing of a speaker that is well; empty: nothing. */
static void say_note(struct tandem_roster *r, const struct tandem_life *l,
		char to[TANDEM_SENTENCE_SIZE])
{
	const struct tandem_transport *t = tandem_book_transport(&r->book, l->transport);
	const struct tandem_device *d = t ? tandem_book_device(&r->book, t->device) : NULL;
	const struct tandem_adapter *a =
			d ? tandem_book_adapter(&r->book, d->adapter) : NULL;

	if (a && a->late && l->borrowed) {
		tandem_say(to, t->shared     ? TANDEM_SAY_LATE_AND_SHARED
				: a->sharing ? TANDEM_SAY_LATE
					     : TANDEM_SAY_LATE_AND_TAKEN);
	} else if (t && t->shared) {
		tandem_say(to, TANDEM_SAY_SHARED);
	}
}

/* What lasts, and is not the whole group's already. */
static bool is_trouble(struct tandem_roster *r, const struct tandem_life *l,
		const char *message)
{
	if (!message[0] || !r->up || !tandem_roster_has_adapter(r) || l->renewal)
		return false;
	if (l->state == TANDEM_SPEAKER_ABSENT && r->config.automatic)
		return false;
	return l->state != TANDEM_SPEAKER_ACQUIRING &&
	       l->state != TANDEM_SPEAKER_RELEASING &&
	       strcmp(message, PLAIN(TANDEM_SAY_ASKS_SBC)) != 0 &&
	       strcmp(message, PLAIN(TANDEM_SAY_LEFT_TO_DESKTOP)) != 0;
}

void tandem_roster_tell(struct tandem_roster *r, uint32_t slot)
{
	struct tandem_slot *s = &r->slots[slot];
	const struct tandem_life *l = &s->life;
	const struct tandem_device *d = tandem_roster_device(r, slot);
	const char *name = d && d->name[0] ? d->name
			   : l->address[0] ? s->told.name
					   : r->config.wishes[slot].name;
	char message[TANDEM_SENTENCE_SIZE];
	struct tandem_action *a;
	bool trouble;

	memcpy(message, l->message, sizeof(message));
	if (!message[0])
		tandem_roster_say_difference(r, slot, message);
	trouble = is_trouble(r, l, message);
	if (!message[0])
		say_note(r, l, message);
	if (s->told.said && s->told.state == l->state && strcmp(s->told.name, name) == 0 &&
			strcmp(s->told.address, l->address) == 0 &&
			strcmp(s->told.message, message) == 0)
		return;
	a = tandem_roster_act(r, TANDEM_ACTION_TELL, slot);
	a->state = l->state;
	a->on = trouble;
	snprintf(a->name, sizeof(a->name), "%s", name);
	memcpy(a->address, l->address, sizeof(a->address));
	memcpy(a->text, message, sizeof(a->text));
	s->told.said = true;
	s->told.state = l->state;
	memcpy(s->told.name, a->name, sizeof(s->told.name));
	memcpy(s->told.address, l->address, sizeof(s->told.address));
	memcpy(s->told.message, message, sizeof(s->told.message));
}

/* Every adapter that is there has our endpoints, or refuses them. */
static bool has_registered(const struct tandem_roster *r)
{
	for (size_t i = 0; i < TANDEM_MAX_ADAPTERS; i++) {
		const struct tandem_adapter *a = &r->book.adapters[i];

		if (a->path[0] && !a->registered && a->attempts == 0)
			return false;
	}
	return r->up;
}

void tandem_roster_tell_ready(struct tandem_roster *r, int64_t now_ns)
{
	const bool without_bluez = r->failed && !r->up;

	if (r->ready || (!without_bluez && !has_registered(r) &&
					now_ns < r->start_ns + TANDEM_READY_NS))
		return;
	r->ready = true;
	tandem_roster_act(r, TANDEM_ACTION_READY, 0);
}

bool tandem_roster_has_adapter(const struct tandem_roster *r)
{
	for (size_t i = 0; i < TANDEM_MAX_ADAPTERS; i++) {
		if (r->book.adapters[i].path[0])
			return true;
	}
	return false;
}

/* Trouble with the adapters: none, none that is on, none that takes us. Where another one
 * does, only the speakers of the one that refuses have a reason to say so. */
static bool say_adapters(const struct tandem_roster *r, char to[TANDEM_SENTENCE_SIZE])
{
	const struct tandem_adapter *off = NULL, *refuses = NULL;
	bool on = false, takes_us = false;

	for (size_t i = 0; i < TANDEM_MAX_ADAPTERS; i++) {
		const struct tandem_adapter *a = &r->book.adapters[i];

		if (a->path[0] && !a->powered && !off)
			off = a;
		on |= a->path[0] && a->powered;
		takes_us |= a->path[0] && a->powered && a->registered;
		if (a->path[0] && a->powered && a->refusal[0] && !refuses)
			refuses = a;
	}
	if (!off && !on) {
		tandem_say(to, TANDEM_SAY_NO_ADAPTER);
	} else if (!on) {
		tandem_roster_say_off(off, to);
	} else if (refuses && !takes_us) {
		memcpy(to, refuses->refusal, TANDEM_SENTENCE_SIZE);
	}
	return to[0] != '\0';
}

/* The group's sentence, empty when all is well; true: it is trouble. */
static bool say_group(struct tandem_roster *r, char to[TANDEM_SENTENCE_SIZE])
{
	bool anybody = !r->config.automatic;

	to[0] = '\0';
	if (!r->up) {
		memcpy(to, r->down, TANDEM_SENTENCE_SIZE);
		return r->failed;
	}
	if (say_adapters(r, to))
		return true;
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		const struct tandem_device *d = tandem_roster_device(r, i);

		anybody |= r->slots[i].life.transport || (d && d->connected) ||
			   r->slots[i].life.renewal;
	}
	if (!anybody)
		tandem_say(to, TANDEM_SAY_WAITS_FOR_ONE);
	return false;
}

void tandem_roster_tell_group(struct tandem_roster *r, int64_t now_ns)
{
	char message[TANDEM_SENTENCE_SIZE];
	const bool trouble = say_group(r, message);
	struct tandem_action *a;

	if (strcmp(message, r->group.message) == 0) {
		r->group.trouble_ns = 0;
		return;
	}
	if (trouble && r->up && !r->group.trouble_ns)
		r->group.trouble_ns = now_ns + TROUBLE_NS;
	if (trouble && r->up && now_ns < r->group.trouble_ns)
		return;
	r->group.trouble_ns = 0;
	memcpy(r->group.message, message, sizeof(message));
	a = tandem_roster_act(r, TANDEM_ACTION_TELL_GROUP, 0);
	a->on = trouble;
	memcpy(a->text, message, sizeof(a->text));
}
