/* SPDX-License-Identifier: MIT
 *
 * The interface for the module (tandem.h): all on main, into the data loop by blocking
 * invoke, out of it by the ring of reports.
 */
#include "door.h"

#include <errno.h>

#include "params.h"

#define emit(n, method, version, ...)                                                      \
	spa_hook_list_call(&(n)->door_hooks, struct tandem_group_events, method, version,  \
			##__VA_ARGS__)

void tandem_door_announce(struct tandem_node *n)
{
	tandem_node_touch_param(n, TANDEM_NODE_PROPS);
	emit(n, status, 0, &n->status);
}

static int door_add_listener(void *object, struct spa_hook *listener,
		const struct tandem_group_events *events, void *data)
{
	struct tandem_node *n = object;
	struct spa_hook_list save;

	spa_hook_list_isolate(&n->door_hooks, &save, listener, events, data);
	emit(n, wanted, 0, n->wanted);
	spa_hook_list_join(&n->door_hooks, &save);
	return 0;
}

static int door_setup(void *object, const struct tandem_settings *settings,
		const char *mistakes)
{
	struct tandem_node *n = object;

	if (settings->n_speakers < 1 || settings->n_speakers > TANDEM_MAX_SPEAKERS)
		return -EINVAL;
	if (n->format.rate != 0 || n->has_settings)
		return -EBUSY;
	n->has_settings = true;
	n->settings = *settings;
	spa_scnprintf(n->configured, sizeof(n->configured), "%s", mistakes);
	n->status.n_speakers = settings->n_speakers;
	for (uint32_t i = 0; i < settings->n_speakers; i++) {
		spa_scnprintf(n->status.speakers[i].label,
				sizeof(n->status.speakers[i].label), "%s",
				settings->speakers[i].label);
		tandem_slots_clear(n, i);
	}
	tandem_apply_settings(n);
	return 0;
}

static int door_set(void *object, int32_t slot, const char *key, const char *value)
{
	struct tandem_node *n = object;
	const int res = tandem_settings_set(n, slot, key, value);

	if (res == 0)
		tandem_door_announce(n);
	return res;
}

void tandem_door_changed(struct tandem_node *n, int32_t slot,
		const struct tandem_setting *row)
{
	emit(n, changed, 0, slot, row, &n->settings);
}

static void change_expected(struct tandem_node *n, void *arg)
{
	tandem_group_set_expected(&n->group, *(const uint32_t *)arg);
}

static int door_expect(void *object, uint32_t slots)
{
	struct tandem_node *n = object;

	tandem_driver_invoke(n, change_expected, &slots);
	return 0;
}

static int door_attach(void *object, uint32_t slot, const struct tandem_link *link)
{
	return tandem_slots_attach(object, slot, link);
}

static int door_detach(void *object, uint32_t slot)
{
	struct tandem_node *n = object;

	if (slot >= n->settings.n_speakers)
		return -EINVAL;
	tandem_slots_detach(n, slot);
	return 0;
}

static int door_observe(void *object, uint32_t slot,
		const struct tandem_observation *observation)
{
	enum tandem_guarded guarded;

	return tandem_slots_observe(object, slot, observation, &guarded);
}

static int door_tell(void *object, uint32_t slot, enum tandem_speaker_state state,
		const char *address, const char *name, const char *message)
{
	struct tandem_node *n = object;
	struct tandem_speaker_status *s;

	if (slot >= n->settings.n_speakers)
		return -EINVAL;
	s = &n->status.speakers[slot];
	s->state = state;
	if (address != NULL) {
		if (strcmp(s->address, address) != 0) /* another device: its own latency */
			n->slots[slot].reported.host_ns = 0;
		spa_scnprintf(s->address, sizeof(s->address), "%s", address);
	}
	if (name != NULL)
		spa_scnprintf(s->name, sizeof(s->name), "%s", name);
	if (message != NULL) {
		spa_scnprintf(n->slots[slot].message, sizeof(n->slots[slot].message), "%s",
				message);
		tandem_props_say(n, slot);
	}
	tandem_door_announce(n);
	return 0;
}

static int door_tell_group(void *object, const char *message)
{
	struct tandem_node *n = object;

	spa_scnprintf(n->message, sizeof(n->message), "%s", message);
	tandem_props_say_group(n);
	tandem_door_announce(n);
	return 0;
}

void tandem_door_learnt(struct tandem_node *n, uint32_t slot,
		const struct tandem_memory *memory)
{
	emit(n, learnt, 0, slot, memory);
}

void tandem_door_observed(struct tandem_node *n, uint32_t slot,
		const struct tandem_observation *seen, uint32_t n_seen, uint64_t lost)
{
	emit(n, observed, 0, slot, seen, n_seen, lost);
}

void tandem_door_want(struct tandem_node *n, bool wanted)
{
	n->status.running = wanted;
	if (n->wanted == wanted)
		return;
	n->wanted = wanted;
	emit(n, wanted, 0, wanted);
}

static void drop_broken(struct tandem_node *n, const struct tandem_report *report)
{
	for (uint32_t i = 0; i < n->settings.n_speakers; i++) {
		if ((report->present & (1u << i)) && report->speakers[i].gone &&
				n->slots[i].speaker != NULL) {
			const int err = report->speakers[i].error;

			tandem_slots_detach(n, i);
			emit(n, lost, 0, i, err);
		}
	}
}

void tandem_door_drain(struct tandem_node *n)
{
	const struct tandem_report *next;
	bool any = false;

	while ((next = tandem_ring_read_block(&n->reports)) != NULL) {
		const struct tandem_report report = *next;

		tandem_ring_read_commit(&n->reports);
		tandem_props_take(n, &report);
		tandem_slots_learn(n, &report);
		drop_broken(n, &report);
		any = true;
	}
	if (any)
		emit(n, status, 0, &n->status);
}

static const struct tandem_group_methods door_methods = {
	TANDEM_VERSION_GROUP_METHODS,
	.add_listener = door_add_listener,
	.setup = door_setup,
	.set = door_set,
	.expect = door_expect,
	.attach = door_attach,
	.detach = door_detach,
	.observe = door_observe,
	.tell = door_tell,
	.tell_group = door_tell_group,
};

void tandem_door_init(struct tandem_node *n)
{
	spa_hook_list_init(&n->door_hooks);
	n->door.iface = SPA_INTERFACE_INIT(TANDEM_TYPE_INTERFACE_Group,
			TANDEM_VERSION_GROUP, &door_methods, n);
}

void tandem_door_finish(struct tandem_node *n)
{
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++)
		tandem_slots_detach(n, i);
	spa_hook_list_clean(&n->door_hooks);
}
