/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <spa/utils/result.h>

#include "aside-internal.h"
#include "where.h"

/* A device shows up that long after its stream, at the latest (measured). */
#define DEVICE_NS (8 * TANDEM_NS_PER_S)
/* Speakers are seated by then after a start, those that are connected. Chosen. */
#define LEFTOVERS_NS (5 * TANDEM_NS_PER_S)

int64_t tandem_aside_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return SPA_TIMESPEC_TO_NSEC(&ts);
}

void tandem_aside_wake_at(struct tandem_aside *a, int64_t at_ns)
{
	if (at_ns < a->due_ns)
		a->due_ns = at_ns;
}

static void set_timer(struct tandem_aside *a)
{
	struct timespec at = { .tv_sec = a->due_ns / SPA_NSEC_PER_SEC,
		.tv_nsec = a->due_ns % SPA_NSEC_PER_SEC };
	struct timespec never = { 0, 0 };

	pw_loop_update_timer(a->loop, a->timer, a->due_ns < INT64_MAX ? &at : &never, NULL,
			true);
}

struct tandem_aside_member *tandem_aside_member_of(struct tandem_aside *a,
		const char *address)
{
	for (uint32_t i = 0; i < a->n_members; i++) {
		if (strcasecmp(a->members[i].address, address) == 0)
			return &a->members[i];
	}
	return NULL;
}

static enum tandem_aside_state state_of(struct tandem_aside *a, const char *address)
{
	enum tandem_aside_state worst = TANDEM_ASIDE_ABSENT;
	struct tandem_aside_box *box;

	spa_list_for_each (box, &a->boxes, link) {
		if (strcasecmp(box->address, address) == 0)
			worst = SPA_MAX(worst, tandem_aside_box_state(box));
	}
	return worst;
}

void tandem_aside_tell(struct tandem_aside *a)
{
	for (uint32_t i = 0; i < a->n_members; i++) {
		struct tandem_aside_member *m = &a->members[i];
		const enum tandem_aside_state state = state_of(a, m->address);

		if (state == m->told)
			continue;
		m->told = state;
		a->events->told(a->data, m->address, state);
	}
}

void tandem_aside_settle(struct tandem_aside *a)
{
	const int64_t now_ns = tandem_aside_now_ns();
	struct tandem_aside_box *box;

	a->due_ns = INT64_MAX;
	spa_list_for_each (box, &a->boxes, link)
		tandem_aside_box_settle(box, now_ns);
	tandem_aside_nodes_settle(a, now_ns);
	set_timer(a);
	tandem_aside_tell(a);
}

static void on_timer(void *data, uint64_t expirations)
{
	(void)expirations;
	tandem_aside_settle(data);
}

/* A client of that name is the session manager, by its own account. One that can make calls
 * has further ones: a loop-back in WirePlumber for each device with hands-free connects by
 * itself. */
static void meet_client(struct tandem_aside *a, uint32_t id, const char *name)
{
	uint32_t *known;

	if (!name || (strcmp(name, "WirePlumber") != 0 &&
				     strcmp(name, "pipewire-media-session") != 0))
		return;
	if (a->had_manager && a->managers.size == 0 && a->events->manager_came)
		a->events->manager_came(a->data);
	a->had_manager = true;
	known = pw_array_add(&a->managers, sizeof(*known));
	if (known)
		*known = id;
}

/* NOLINTNEXTLINE(readability-function-size): PipeWire has them so */
static void on_global(void *data, uint32_t id, uint32_t permissions, const char *type,
		uint32_t version, const struct spa_dict *props)
{
	struct tandem_aside *a = data;
	const char *api = props ? spa_dict_lookup(props, PW_KEY_DEVICE_API) : NULL;

	(void)permissions;
	(void)version;
	if (strcmp(type, PW_TYPE_INTERFACE_Device) == 0 &&
			(!api || strcmp(api, "bluez5") == 0))
		tandem_aside_box_bind(a, id);
	if (strcmp(type, PW_TYPE_INTERFACE_Node) == 0 && props &&
			spa_dict_lookup(props, PW_KEY_DEVICE_ID))
		tandem_aside_node_bind(a, id);
	if (strcmp(type, PW_TYPE_INTERFACE_Client) == 0 && props)
		meet_client(a, id, spa_dict_lookup(props, PW_KEY_APP_NAME));
}

static void on_global_remove(void *data, uint32_t id)
{
	struct tandem_aside *a = data;
	uint32_t *manager = a->managers.data;

	while (pw_array_check(&a->managers, manager) && *manager != id)
		manager++;
	if (pw_array_check(&a->managers, manager))
		pw_array_remove(&a->managers, manager);
}

static const struct pw_registry_events registry_events = {
	PW_VERSION_REGISTRY_EVENTS,
	.global = on_global,
	.global_remove = on_global_remove,
};

static void on_registry_destroy(void *data)
{
	struct tandem_aside *a = data;

	spa_hook_remove(&a->registry_listener);
	spa_hook_remove(&a->registry_proxy_listener);
	spa_hook_remove(&a->core_listener);
	a->registry = NULL;
}

static const struct pw_proxy_events registry_proxy_events = {
	PW_VERSION_PROXY_EVENTS,
	.destroy = on_registry_destroy,
};

static void on_done(void *data, uint32_t id, int seq)
{
	struct tandem_aside *a = data;

	if (id != PW_ID_CORE || seq != a->seq || a->rounds == 0)
		return;
	a->rounds--;
	if (a->rounds > 0)
		a->seq = pw_core_sync(a->core, PW_ID_CORE, 0);
}

static const struct pw_core_events core_events = {
	PW_VERSION_CORE_EVENTS,
	.done = on_done,
};

/* What the file holds is read again for each device; here its mistakes are told. */
static void check_notes(struct tandem_aside *a)
{
	char path[PATH_MAX], where[TANDEM_WHERE_SIZE];
	struct tandem_mistakes told = { 0 };
	struct tandem_notes notes;
	const int res = tandem_notes_load(&notes, &told);

	for (uint32_t i = 0; i < told.n; i++)
		a->events->said(a->data, true, told.sentences[i]);
	if (res < 0 && tandem_notes_path(path) == 0) {
		tandem_where_show(where, path);
		tandem_aside_say(a, true, TANDEM_SAY_UNREADABLE, where, spa_strerror(res));
	}
}

int tandem_aside_new(struct tandem_aside **ret_aside, struct pw_core *core,
		const struct tandem_aside_events *events, void *data)
{
	struct tandem_aside *a = calloc(1, sizeof(*a));

	if (!a)
		return -ENOMEM;
	a->core = core;
	a->loop = pw_context_get_main_loop(pw_core_get_context(core));
	a->events = events;
	a->data = data;
	a->leftovers_ns = tandem_aside_now_ns() + LEFTOVERS_NS;
	spa_list_init(&a->boxes);
	spa_list_init(&a->nodes);
	pw_array_init(&a->managers, 4 * sizeof(uint32_t));
	a->timer = pw_loop_add_timer(a->loop, on_timer, a);
	a->registry = a->timer ? pw_core_get_registry(core, PW_VERSION_REGISTRY, 0) : NULL;
	if (!a->registry) {
		tandem_aside_free(a);
		return -ENOMEM;
	}
	pw_registry_add_listener(a->registry, &a->registry_listener, &registry_events, a);
	pw_proxy_add_listener((struct pw_proxy *)a->registry, &a->registry_proxy_listener,
			&registry_proxy_events, a);
	pw_core_add_listener(core, &a->core_listener, &core_events, a);
	check_notes(a);
	*ret_aside = a;
	return 0;
}

void tandem_aside_free(struct tandem_aside *a)
{
	struct tandem_aside_box *box;

	if (!a)
		return;
	a->n_members = 0;
	tandem_aside_nodes_free(a);
	spa_list_consume (box, &a->boxes, link)
		pw_proxy_destroy(box->proxy);
	if (a->registry)
		pw_proxy_destroy((struct pw_proxy *)a->registry);
	if (a->timer)
		pw_loop_destroy_source(a->loop, a->timer);
	pw_array_clear(&a->managers);
	free(a);
}

static bool is_same(const struct tandem_aside *a, const char (*addresses)[18], uint32_t n)
{
	if (n != a->n_members)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		if (strcasecmp(a->members[i].address, addresses[i]) != 0)
			return false;
	}
	return true;
}

void tandem_aside_set_members(struct tandem_aside *a, const char (*addresses)[18],
		uint32_t n)
{
	struct tandem_aside before = { .n_members = a->n_members };

	n = SPA_MIN(n, (uint32_t)TANDEM_MAX_SPEAKERS);
	if (is_same(a, addresses, n))
		return;
	memcpy(before.members, a->members, sizeof(before.members));
	a->n_members = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct tandem_aside_member *was =
				tandem_aside_member_of(&before, addresses[i]);
		struct tandem_aside_member *m = &a->members[i];

		m->told = was ? was->told : TANDEM_ASIDE_ABSENT;
		m->sbc_by_ns = was ? was->sbc_by_ns : 0;
		snprintf(m->address, sizeof(m->address), "%s", addresses[i]);
	}
	for (uint32_t i = 0; i < before.n_members; i++) {
		const struct tandem_aside_member *was = &before.members[i];

		if (was->told != TANDEM_ASIDE_ABSENT &&
				!tandem_aside_member_of(a, was->address))
			a->events->told(a->data, was->address, TANDEM_ASIDE_ABSENT);
	}
	tandem_aside_settle(a);
}

void tandem_aside_ask_sbc(struct tandem_aside *a, const char *address)
{
	struct tandem_aside_member *m = tandem_aside_member_of(a, address);

	if (!m)
		return;
	m->sbc_by_ns = tandem_aside_now_ns() + DEVICE_NS;
	tandem_aside_settle(a);
}

void tandem_aside_restore_all(struct tandem_aside *a)
{
	a->n_members = 0;
	a->leftovers_ns = 0;
	tandem_aside_settle(a);
}

/* Nothing is to be put back any more. */
static bool is_finished(struct tandem_aside *a)
{
	const int64_t now_ns = tandem_aside_now_ns();
	struct tandem_aside_box *box;

	if (a->rounds > 0)
		return false;
	spa_list_for_each (box, &a->boxes, link) {
		if (tandem_aside_box_goal(box, now_ns) == TANDEM_ASIDE_BACK &&
				!box->is_hopeless)
			return false;
	}
	return true;
}

bool tandem_aside_finish(struct tandem_aside *a, uint32_t ms)
{
	const int64_t end_ns = tandem_aside_now_ns() + ms * TANDEM_NS_PER_MS;
	int64_t left_ns = end_ns - tandem_aside_now_ns();

	if (!a->registry)
		return false;
	/* Devices that are there, what they are, their profiles: each takes one round. */
	a->rounds = 3;
	a->seq = pw_core_sync(a->core, PW_ID_CORE, 0);
	pw_loop_enter(a->loop);
	while (a->registry && !is_finished(a) && left_ns > 0) {
		pw_loop_iterate(a->loop, (int)(left_ns / TANDEM_NS_PER_MS) + 1);
		left_ns = end_ns - tandem_aside_now_ns();
	}
	pw_loop_leave(a->loop);
	return a->registry && is_finished(a);
}
