/* SPDX-License-Identifier: MIT
 *
 * The interface for the module (tandem.h): all on main, into the data loop by blocking
 * invoke, out of it by the ring of reports.
 */
#include "params.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "layout.h"
#include "path/resample.h"
#include "path/transport-l2cap.h"

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
		n->status.speakers[i].measured_drift_ppm = NAN;
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

struct speaker_change {
	uint32_t slot;
	double delay_s;                 /* 0: none known */
	struct tandem_speaker *speaker; /* in: the new one; out: the old one */
};

static void change_speaker(struct tandem_node *n, void *arg)
{
	struct speaker_change *const change = arg;

	change->speaker =
			tandem_group_set_speaker(&n->group, change->slot, change->speaker);
	if (change->delay_s > 0.0)
		tandem_group_observe_delay(&n->group, change->slot, change->delay_s);
	n->reported_ns = 0; /* the next run reports */
}

/* Puts a speaker, or nobody, into the slot and frees who was there. */
static void swap_speaker(struct tandem_node *n, uint32_t slot,
		struct tandem_speaker *speaker)
{
	struct speaker_change change = { slot, n->slots[slot].reported_delay_s, speaker };

	n->slots[slot].speaker = speaker;
	n->slots[slot].last_bytes = 0;
	n->slots[slot].last_ns = 0;
	tandem_driver_invoke(n, change_speaker, &change);
	tandem_speaker_free(change.speaker);
}

static void clear_stream(struct tandem_speaker_status *s)
{
	s->codec[0] = '\0';
	s->mode[0] = '\0';
	s->rate_hz = 0;
	s->bitpool = 0;
	s->kbps = 0.0;
	s->packets = 0;
	s->skipped = 0;
	s->due_frames = 0;
	s->sent_frames = 0;
	s->late_ms = 0.0;
}

static int make_speaker(struct tandem_node *n, uint32_t slot,
		const struct tandem_link *link, struct tandem_speaker **ret_speaker,
		struct tandem_codec_config *ret_codec)
{
	const struct tandem_speaker_settings *const settings = &n->settings.speakers[slot];
	struct tandem_speaker_config config = {
		.mix = tandem_layout_mix(&n->settings, slot),
		.trim_s = settings->delay_ms / 1e3,
		.drift_ppm = settings->drift_ppm,
		.bitpool = settings->bitpool,
		.in_hz = n->format.rate != 0 ? n->format.rate : 48000,
		.mtu_bytes = link->mtu_bytes,
		.codec = tandem_codec_find(link->codec),
	};
	struct tandem_transport *transport = NULL;
	int res;

	res = tandem_transport_l2cap_new(&transport, link->fd, link->mtu_bytes);
	if (res < 0)
		return res;
	if (config.codec == NULL)
		res = -ENOTSUP;
	if (res == 0) {
		res = config.codec->parse(&config.codec_config, link->config,
				link->config_bytes);
	}
	if (res == 0)
		res = tandem_speaker_new(ret_speaker, &config, transport);
	if (res < 0) {
		transport->ops->free(transport);
		return res;
	}
	*ret_codec = config.codec_config;
	return 0;
}

static int door_attach(void *object, uint32_t slot, const struct tandem_link *link)
{
	struct tandem_node *n = object;
	struct tandem_codec_config codec;
	struct tandem_speaker *speaker = NULL;
	struct tandem_speaker_status *s;
	int res;

	if (slot >= n->settings.n_speakers || n->slots[slot].speaker != NULL) {
		close(link->fd);
		return slot >= n->settings.n_speakers ? -EINVAL : -EBUSY;
	}
	res = make_speaker(n, slot, link, &speaker, &codec);
	if (res < 0)
		return res;
	s = &n->status.speakers[slot];
	clear_stream(s);
	spa_scnprintf(s->codec, sizeof(s->codec), "%s", codec.name);
	spa_scnprintf(s->mode, sizeof(s->mode), "%s", codec.mode);
	s->rate_hz = codec.rate_hz;
	s->bitpool = codec.bitpool;
	swap_speaker(n, slot, speaker);
	tandem_door_announce(n);
	return 0;
}

static int door_detach(void *object, uint32_t slot)
{
	struct tandem_node *n = object;

	if (slot >= n->settings.n_speakers)
		return -EINVAL;
	if (n->slots[slot].speaker == NULL)
		return 0;
	swap_speaker(n, slot, NULL);
	clear_stream(&n->status.speakers[slot]);
	tandem_door_announce(n);
	return 0;
}

static void change_delay(struct tandem_node *n, void *arg)
{
	const struct speaker_change *const change = arg;

	tandem_group_observe_delay(&n->group, change->slot, change->delay_s);
}

static int door_observe(void *object, uint32_t slot,
		const struct tandem_observation *observation)
{
	struct tandem_node *n = object;
	struct speaker_change change = { slot, observation->value, NULL };

	if (slot >= n->settings.n_speakers || observation->kind != TANDEM_OBSERVED_DELAY)
		return -EINVAL;
	n->slots[slot].reported_delay_s = observation->value;
	tandem_driver_invoke(n, change_delay, &change);
	return 0;
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
			n->slots[slot].reported_delay_s = 0.0;
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

	spa_scnprintf(n->status.message, sizeof(n->status.message), "%s", message);
	tandem_door_announce(n);
	return 0;
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

			door_detach(n, i);
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
		drop_broken(n, &report);
		any = true;
	}
	if (any)
		emit(n, status, 0, &n->status);
}

struct rate_change {
	uint32_t rate_hz;
	struct tandem_resample *resamples[TANDEM_MAX_SPEAKERS]; /* in: new; out: old */
};

static void change_rate(struct tandem_node *n, void *arg)
{
	struct rate_change *const change = arg;

	tandem_group_set_rate(&n->group, change->rate_hz);
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (n->group.speakers[i] != NULL) {
			change->resamples[i] =
					tandem_speaker_set_input(n->group.speakers[i],
							change->resamples[i],
							change->rate_hz);
		}
	}
}

int tandem_door_set_rate(struct tandem_node *n, uint32_t rate_hz)
{
	struct rate_change change = { .rate_hz = rate_hz };
	int res = 0;

	if (n->status.rate_hz == rate_hz)
		return 0;
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS && res == 0; i++) {
		if (n->slots[i].speaker != NULL) {
			res = tandem_speaker_make_input(n->slots[i].speaker,
					&change.resamples[i], rate_hz);
		}
	}
	if (res == 0) {
		tandem_driver_invoke(n, change_rate, &change);
		n->status.rate_hz = rate_hz;
	}
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++)
		tandem_resample_free(change.resamples[i]);
	return res;
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
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (n->slots[i].speaker != NULL)
			swap_speaker(n, i, NULL);
	}
	spa_hook_list_clean(&n->door_hooks);
}
