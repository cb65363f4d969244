/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "roster-internal.h"

struct tandem_device *tandem_roster_device(struct tandem_roster *r, uint32_t slot)
{
	return tandem_book_device_at(&r->book, r->slots[slot].life.address,
			r->config.wishes[slot].adapter);
}

bool tandem_roster_suits(struct tandem_roster *r, uint32_t slot,
		const struct tandem_device *d)
{
	const char *const wanted = r->config.wishes[slot].adapter;
	const struct tandem_adapter *a = tandem_book_adapter(&r->book, d->adapter);

	return !wanted[0] || (a && strcasecmp(a->address, wanted) == 0);
}

int tandem_roster_slot_of(struct tandem_roster *r, const struct tandem_device *d)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		if (strcasecmp(r->slots[i].life.address, d->address) == 0 &&
				tandem_roster_suits(r, i, d) && !r->config.wishes[i].away)
			return (int)i;
	}
	return -1;
}

static bool has_transport(struct tandem_roster *r, const struct tandem_life *life)
{
	return life->call || tandem_book_transport(&r->book, life->transport);
}

/* A slot nobody needs at the moment. */
static bool is_vacant(struct tandem_roster *r, uint32_t slot)
{
	const struct tandem_life *life = &r->slots[slot].life;
	const struct tandem_device *d = tandem_roster_device(r, slot);

	return !has_transport(r, life) && !(d && d->connected) && !life->renewal &&
	       !r->config.wishes[slot].away;
}

bool tandem_roster_is_taken(const struct tandem_roster *r, const struct tandem_device *d)
{
	return r->config.is_taken &&
	       r->config.is_taken(r->config.is_taken_data, d->address, d->name);
}

/* The slot for a loudspeaker without one: where it was, else nobody's, else a vacant one.
 * */
static int find_slot(struct tandem_roster *r, const struct tandem_device *d)
{
	int best = -1;
	bool best_is_known = true;

	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		const struct tandem_life *l = &r->slots[i].life;
		const bool known = r->config.remembered[i][0] || l->address[0];

		if (!is_vacant(r, i) || !tandem_roster_suits(r, i, d))
			continue;
		if (strcasecmp(r->config.remembered[i], d->address) == 0)
			return (int)i;
		if (best < 0 || (best_is_known && !known)) {
			best = (int)i;
			best_is_known = known;
		}
	}
	return best;
}

/* In use by way of another adapter, which that slot asks for: it can play once only. */
static bool is_held(struct tandem_roster *r, const struct tandem_device *d)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		if (strcasecmp(r->slots[i].life.address, d->address) == 0 &&
				!is_vacant(r, i))
			return true;
	}
	return false;
}

int tandem_roster_slot_for(struct tandem_roster *r, const struct tandem_device *d)
{
	const int slot = tandem_roster_slot_of(r, d);

	if (slot >= 0 || !r->config.automatic || !d->loudspeaker ||
			tandem_roster_is_taken(r, d) || tandem_roster_is_away(r, d) ||
			is_held(r, d))
		return slot;
	return find_slot(r, d);
}

static void take_slot(struct tandem_roster *r, uint32_t slot, const char *address)
{
	struct tandem_life *l = &r->slots[slot].life;

	*l = (struct tandem_life){ 0 };
	snprintf(l->address, sizeof(l->address), "%s", address);
}

/* Whichever of its adapters that slot asks for. */
static bool is_seated(const struct tandem_roster *r, const struct tandem_device *d)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		if (strcasecmp(r->slots[i].life.address, d->address) == 0)
			return true;
	}
	return false;
}

/* Speakers asked for by name get the address of the first device called so. */
static void assign_by_name(struct tandem_roster *r)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		const struct tandem_wish *w = &r->config.wishes[i];

		for (size_t k = 0; w->name[0] && k < TANDEM_MAX_DEVICES; k++) {
			const struct tandem_device *d = &r->book.devices[k];

			if (!r->slots[i].life.address[0] && d->path[0] &&
					strcmp(d->name, w->name) == 0 &&
					tandem_roster_suits(r, i, d) && !is_seated(r, d))
				take_slot(r, i, d->address);
		}
	}
}

/* The speakers change sides, and each keeps its transport; sockets cannot move, so a
 * speaker that streams is let go first and comes back on the other side. */
static void change_sides(struct tandem_roster *r)
{
	struct tandem_life first;

	for (uint32_t i = 0; i < 2; i++) {
		if (r->slots[i].life.attached)
			tandem_life_let_go(r, i);
	}
	first = r->slots[0].life;
	r->slots[0].life = r->slots[1].life;
	r->slots[1].life = first;
}

static bool is_pair_of_strangers(struct tandem_roster *r)
{
	for (uint32_t i = 0; i < 2; i++) {
		const struct tandem_device *d = tandem_roster_device(r, i);

		if (!d || !d->connected || r->config.remembered[i][0] ||
				!tandem_roster_suits(r, 1 - i, d) ||
				r->config.wishes[i].away)
			return false;
	}
	return r->config.n_speakers == 2;
}

static void remember(struct tandem_roster *r)
{
	bool changed = false;

	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		if (!r->slots[i].life.address[0])
			return; /* only a whole group is worth it */
	}
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		changed |= strcasecmp(r->config.remembered[i], r->slots[i].life.address) !=
			   0;
		memcpy(r->config.remembered[i], r->slots[i].life.address,
				sizeof(r->config.remembered[i]));
	}
	if (changed)
		tandem_roster_act(r, TANDEM_ACTION_REMEMBER, 0);
}

/* Whoever was expected elsewhere, on an adapter that counted there, is not any more. */
static void move_in(struct tandem_roster *r, uint32_t slot, const char *address)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		if (strcasecmp(r->slots[i].life.address, address) == 0 && is_vacant(r, i))
			take_slot(r, i, "");
	}
	take_slot(r, slot, address);
}

static void assign_automatically(struct tandem_roster *r)
{
	for (size_t k = 0; k < TANDEM_MAX_DEVICES; k++) {
		const struct tandem_device *d = &r->book.devices[k];
		int slot;

		if (!d->path[0] || !d->connected || !d->sink || !d->loudspeaker ||
				tandem_roster_slot_of(r, d) >= 0)
			continue;
		slot = tandem_roster_slot_for(r, d);
		if (slot >= 0)
			move_in(r, (uint32_t)slot, d->address);
	}
	/* The first time, the lower address is left. */
	if (is_pair_of_strangers(r) &&
			strcasecmp(r->slots[0].life.address, r->slots[1].life.address) > 0)
		change_sides(r);
	remember(r);
}

void tandem_roster_assign(struct tandem_roster *r)
{
	if (r->config.automatic) {
		assign_automatically(r);
	} else {
		assign_by_name(r);
	}
}
