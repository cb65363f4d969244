/* SPDX-License-Identifier: MIT */
#include "roster-world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct tandem_roster_config tandem_world_pair = {
	.n_speakers = 2,
	.codecs = 1,
	.wishes = { { .address = "00:00:00:00:00:01" },
			{ .address = "00:00:00:00:00:02" } },
	.seed = 7,
};

const struct tandem_roster_config tandem_world_automatic = {
	.automatic = true,
	.n_speakers = 2,
	.codecs = 1,
	.seed = 7,
};

static const uint8_t config_48[4] = { 0x11, 0x15, 2, 51 };

static void __attribute__((format(printf, 2, 3))) say(struct world *w, const char *format,
		...)
{
	const size_t used = strlen(w->said);
	va_list args;

	if (used > 0)
		strncat(w->said, "; ", sizeof(w->said) - used - 1);
	va_start(args, format);
	vsnprintf(w->said + strlen(w->said), sizeof(w->said) - strlen(w->said), format,
			args);
	va_end(args);
}

static int device_of(const char *path)
{
	return (int)strtol(strstr(path, "dev_") + strlen("dev_"), NULL, 10);
}

static int last_digit(const char *path)
{
	return path[strlen(path) - 1] - '0';
}

static void say_answer(struct world *w, const struct tandem_action *a)
{
	if (a->text[0]) {
		say(w, "refuse %u", a->call);
	} else if (a->config_bytes > 0) {
		say(w, "answer %u %02x%02x%02x%02x", a->call, a->config[0], a->config[1],
				a->config[2], a->config[3]);
	} else {
		say(w, "accept %u", a->call);
	}
}

static void say_action(struct world *w, const struct tandem_action *a)
{
	static const char *const calls[] = {
		[TANDEM_ACTION_CONNECT] = "connect",
		[TANDEM_ACTION_DISCONNECT] = "disconnect",
		[TANDEM_ACTION_ACQUIRE] = "acquire",
		[TANDEM_ACTION_RELEASE] = "release",
	};

	if (a->kind == TANDEM_ACTION_CONNECT || a->kind == TANDEM_ACTION_DISCONNECT) {
		say(w, "%s %d", calls[a->kind], device_of(a->path));
	} else if (a->kind == TANDEM_ACTION_ACQUIRE || a->kind == TANDEM_ACTION_RELEASE) {
		say(w, "%s %u fd%d%s", calls[a->kind], a->call, last_digit(a->path),
				a->borrowed ? " borrowed" : "");
	} else if (a->kind == TANDEM_ACTION_DROP) {
		say(w, "drop %u", a->call);
	} else if (a->kind == TANDEM_ACTION_ANSWER) {
		say_answer(w, a);
	} else if (a->kind == TANDEM_ACTION_EXPECT) {
		say(w, "expect %u", a->slots);
	} else if (a->kind == TANDEM_ACTION_ATTACH) {
		say(w, "attach %u %d%s", a->slot, a->fd, a->stamps ? " stamps" : "");
	} else if (a->kind == TANDEM_ACTION_DETACH) {
		say(w, "detach %u", a->slot);
	} else if (a->kind == TANDEM_ACTION_OBSERVE) {
		say(w, "observe %u %.1f", a->slot, a->value_s * 1e3);
	} else if (a->kind == TANDEM_ACTION_TELL) {
		say(w, "tell %u %s", a->slot, tandem_speaker_state_name(a->state));
	} else if (a->kind == TANDEM_ACTION_EXPORT) {
		say(w, "export %d", a->on);
	} else if (a->kind == TANDEM_ACTION_EMPTY) {
		say(w, "empty %d", a->on);
	} else if (a->kind == TANDEM_ACTION_ASK_SBC) {
		say(w, "ask sbc %s", a->address + sizeof(a->address) - 2);
	} else if (a->kind == TANDEM_ACTION_REMEMBER) {
		say(w, "remember");
	} else if (a->kind == TANDEM_ACTION_SAY) {
		say(w, "say");
	}
}

static void hear(struct world *w, const struct tandem_action *a)
{
	struct world_sentence *s = &w->group;

	if (a->kind == TANDEM_ACTION_TELL) {
		s = &w->speakers[a->slot];
	} else if (a->kind == TANDEM_ACTION_SAY) {
		s = &w->guest;
	} else if (a->kind == TANDEM_ACTION_READY) {
		w->ready++;
		return;
	} else if (a->kind != TANDEM_ACTION_TELL_GROUP) {
		return;
	}
	memcpy(s->text, a->text, sizeof(s->text));
	s->trouble = a->on;
	s->times++;
}

void tandem_world_event(struct world *w, const struct tandem_event *e)
{
	const struct tandem_actions *all = tandem_roster_event(w->roster, w->now_ns, e);

	for (uint32_t i = 0; i < all->n; i++) {
		const struct tandem_action *a = &all->items[i];

		if (a->kind == TANDEM_ACTION_TIMER) {
			w->timer_ns = a->at_ns;
		} else {
			hear(w, a);
		}
		if (!w->hook || !w->hook(w->hook_data, a))
			say_action(w, a);
	}
}

void tandem_world_start(struct world *w, const struct tandem_roster_config *config)
{
	*w = (struct world){ .now_ns = TANDEM_NS_PER_S, .detail = "" };
	w->roster = malloc(sizeof(*w->roster));
	tandem_roster_init(w->roster, config);
}

void tandem_world_finish(struct world *w)
{
	free(w->roster);
}

void tandem_world_pass_ms(struct world *w, int64_t ms)
{
	const struct tandem_event timer = { .kind = TANDEM_EVENT_TIMER, .fd = -1 };
	const int64_t end_ns = w->now_ns + ms * TANDEM_NS_PER_MS;

	while (w->timer_ns && w->timer_ns <= end_ns) {
		w->now_ns = w->timer_ns > w->now_ns ? w->timer_ns : w->now_ns;
		w->timer_ns = 0;
		tandem_world_event(w, &timer);
	}
	w->now_ns = end_ns;
}

const char *tandem_world_said(struct world *w)
{
	static char said[sizeof(w->said)];

	memcpy(said, w->said, sizeof(said));
	w->said[0] = '\0';
	return said;
}

static struct tandem_event make(enum tandem_event_kind kind)
{
	return (struct tandem_event){ .kind = kind, .fd = -1 };
}

static void device_path(char *path, int n)
{
	snprintf(path, TANDEM_PATH_SIZE, "/org/bluez/hci%d/dev_%d", n / 10, n);
}

static void transport_path(char *path, int device, int n)
{
	snprintf(path, TANDEM_PATH_SIZE, "/org/bluez/hci%d/dev_%d/fd%d", device / 10,
			device, n);
}

void tandem_world_up(struct world *w)
{
	const struct tandem_event up = make(TANDEM_EVENT_BUS_UP);

	tandem_world_adapter(w, 0, TANDEM_POWERED);
	tandem_world_event(w, &up);
	tandem_world_registered(w, 0, "", "");
}

void tandem_world_down(struct world *w)
{
	struct tandem_event e = make(TANDEM_EVENT_BUS_DOWN);

	strcpy(e.detail, "it is gone");
	tandem_world_event(w, &e);
}

void tandem_world_device(struct world *w, int n, uint32_t flags, const char *icon)
{
	struct tandem_event e = make(TANDEM_EVENT_DEVICE);

	device_path(e.path, n);
	snprintf(e.parent, sizeof(e.parent), "/org/bluez/hci%d", n / 10);
	snprintf(e.address, sizeof(e.address), "00:00:00:00:00:0%u", (unsigned int)n % 10);
	snprintf(e.name, sizeof(e.name), "Box %d", n % 10);
	snprintf(e.icon, sizeof(e.icon), "%s", icon);
	e.flags = flags | TANDEM_PAIRED | TANDEM_SINK;
	tandem_world_event(w, &e);
}

void tandem_world_sep(struct world *w, int n, uint8_t bitpool)
{
	struct tandem_event e = make(TANDEM_EVENT_ENDPOINT);

	snprintf(e.path, sizeof(e.path), "/org/bluez/hci%d/dev_%d/sep1", n / 10, n);
	device_path(e.parent, n);
	memcpy(e.config, (uint8_t[]){ 0xff, 0xff, 2, bitpool }, 4);
	e.config_bytes = 4;
	e.flags = TANDEM_SINK;
	tandem_world_event(w, &e);
}

void tandem_world_sep_gone(struct world *w, int n)
{
	struct tandem_event e = make(TANDEM_EVENT_GONE);

	snprintf(e.path, sizeof(e.path), "/org/bluez/hci0/dev_%d/sep1", n);
	tandem_world_event(w, &e);
}

void tandem_world_transport(struct world *w, int device, int n,
		enum tandem_transport_state state, uint32_t delay_100us)
{
	struct tandem_event e = make(TANDEM_EVENT_TRANSPORT);

	transport_path(e.path, device, n);
	device_path(e.parent, device);
	memcpy(e.config, w->config ? w->config : config_48, 4);
	e.config_bytes = 4;
	e.codec = w->codec;
	e.state = state;
	e.delay_100us = delay_100us;
	tandem_world_event(w, &e);
}

void tandem_world_transport_gone(struct world *w, int device, int n)
{
	struct tandem_event e = make(TANDEM_EVENT_GONE);

	transport_path(e.path, device, n);
	tandem_world_event(w, &e);
}

void tandem_world_select(struct world *w, uint32_t call, uint32_t endpoint, uint8_t bitpool)
{
	struct tandem_event e = make(TANDEM_EVENT_SELECT);

	strcpy(e.parent, "/org/bluez/hci0");
	e.call = call;
	e.endpoint = endpoint;
	memcpy(e.config, (uint8_t[]){ 0xff, 0xff, 2, bitpool }, 4);
	e.config_bytes = 4;
	tandem_world_event(w, &e);
}

void tandem_world_set(struct world *w, uint32_t call, uint32_t endpoint, int device, int n)
{
	struct tandem_event e = make(TANDEM_EVENT_SET);

	snprintf(e.parent, sizeof(e.parent), "/org/bluez/hci%d", device / 10);
	e.call = call;
	e.endpoint = endpoint;
	transport_path(e.path, device, n);
	device_path(e.name, device);
	memcpy(e.config, w->config ? w->config : config_48, 4);
	e.config_bytes = 4;
	tandem_world_event(w, &e);
}

void tandem_world_clear(struct world *w, int device, int n)
{
	struct tandem_event e = make(TANDEM_EVENT_CLEAR);

	transport_path(e.path, device, n);
	tandem_world_event(w, &e);
}

void tandem_world_connected(struct world *w, int device, const char *error)
{
	struct tandem_event e = make(TANDEM_EVENT_CONNECTED);

	device_path(e.path, device);
	snprintf(e.error, sizeof(e.error), "%s", error);
	snprintf(e.detail, sizeof(e.detail), "%s", error[0] ? w->detail : "");
	tandem_world_event(w, &e);
}

void tandem_world_acquired(struct world *w, uint32_t call, const char *error)
{
	struct tandem_event e = make(TANDEM_EVENT_ACQUIRED);

	e.call = call;
	e.fd = error[0] ? -1 : (int)(100 + call);
	e.mtu_bytes = 672;
	snprintf(e.error, sizeof(e.error), "%s", error);
	snprintf(e.detail, sizeof(e.detail), "%s", error[0] ? w->detail : "");
	tandem_world_event(w, &e);
}

void tandem_world_released(struct world *w, uint32_t call)
{
	struct tandem_event e = make(TANDEM_EVENT_RELEASED);

	e.call = call;
	tandem_world_event(w, &e);
}

void tandem_world_lost(struct world *w, uint32_t slot)
{
	struct tandem_event e = make(TANDEM_EVENT_LOST);

	e.slot = slot;
	strcpy(e.detail, "Connection reset by peer");
	tandem_world_event(w, &e);
}

void tandem_world_wanted(struct world *w, bool wanted)
{
	struct tandem_event e = make(TANDEM_EVENT_WANTED);

	e.wanted = wanted;
	tandem_world_event(w, &e);
}

void tandem_world_connect_bare(struct world *w)
{
	tandem_world_up(w);
	tandem_world_device(w, 1, 0, "audio-card");
	tandem_world_device(w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_connected(w, 1, "");
}

void tandem_world_configure_both(struct world *w)
{
	tandem_world_up(w);
	for (int n = 1; n <= 2; n++) {
		tandem_world_device(w, n, TANDEM_CONNECTED, "audio-card");
		tandem_world_sep(w, n, 53);
		tandem_world_set(w, (uint32_t)n, (uint32_t)(n - 1), n, n);
		tandem_world_transport(w, n, n, TANDEM_TRANSPORT_IDLE, 0);
	}
	tandem_world_said(w);
}

void tandem_world_stream_both(struct world *w)
{
	tandem_world_configure_both(w);
	tandem_world_wanted(w, true);
	for (uint32_t n = 1; n <= 2; n++) {
		tandem_world_acquired(w, n, "");
		tandem_world_transport(w, (int)n, (int)n, TANDEM_TRANSPORT_ACTIVE, 0);
	}
	tandem_world_said(w);
}
