/* SPDX-License-Identifier: MIT
 *
 * The rest of the small Bluetooth world: its adapters, and the settings.
 */
#include <stdio.h>
#include <string.h>

#include "roster-world.h"

static struct tandem_event make(enum tandem_event_kind kind, int adapter)
{
	struct tandem_event e = { .kind = kind, .fd = -1 };

	snprintf(e.path, sizeof(e.path), "/org/bluez/hci%d", adapter);
	return e;
}

void tandem_world_adapter(struct world *w, int n, uint32_t flags)
{
	struct tandem_event e = make(TANDEM_EVENT_ADAPTER, n);

	snprintf(e.address, sizeof(e.address), "00:00:00:00:01:0%u", (unsigned int)n % 10);
	e.flags = flags;
	tandem_world_event(w, &e);
}

void tandem_world_adapter_gone(struct world *w, int n)
{
	const struct tandem_event e = make(TANDEM_EVENT_GONE, n);

	tandem_world_event(w, &e);
}

void tandem_world_registered(struct world *w, int n, const char *error, const char *detail)
{
	struct tandem_event e = make(TANDEM_EVENT_REGISTERED, n);

	snprintf(e.error, sizeof(e.error), "%s", error);
	snprintf(e.detail, sizeof(e.detail), "%s", detail);
	tandem_world_event(w, &e);
}

void tandem_world_aside(struct world *w, int device, bool on)
{
	struct tandem_event e = { .kind = TANDEM_EVENT_ASIDE, .on = on, .fd = -1 };

	snprintf(e.address, sizeof(e.address), "00:00:00:00:00:0%u",
			(unsigned int)device % 10);
	tandem_world_event(w, &e);
}

void tandem_world_settings(const struct world *w, struct tandem_settings *s)
{
	const struct tandem_roster_config *c = &w->roster->config;

	tandem_settings_init(s);
	s->automatic = c->automatic;
	s->when_empty = c->keep ? TANDEM_WHEN_EMPTY_KEEP : TANDEM_WHEN_EMPTY_REMOVE;
	s->n_speakers = c->n_speakers;
	for (uint32_t i = 0; i < c->n_speakers; i++) {
		struct tandem_speaker_settings *p = &s->speakers[i];

		tandem_speaker_settings_init(p);
		memcpy(p->address, c->wishes[i].address, sizeof(p->address));
		memcpy(p->name, c->wishes[i].name, sizeof(p->name));
		memcpy(p->adapter, c->wishes[i].adapter, sizeof(p->adapter));
		p->sbc_mode = c->wishes[i].codec.sbc_mode;
		p->bitpool = c->wishes[i].codec.bitpool;
		p->release = c->wishes[i].away;
	}
}

void tandem_world_set_settings(struct world *w, const struct tandem_settings *s)
{
	const struct tandem_event e = { .kind = TANDEM_EVENT_SETTINGS, .fd = -1 };

	tandem_roster_set_settings(w->roster, s);
	tandem_world_event(w, &e);
}
