/* SPDX-License-Identifier: MIT */
#include "listen.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#include <pipewire/filter.h>
#include <pipewire/pipewire.h>

#include "base/text.h"
#include "client.h"
#include "mic.h"
#include "tape.h"
#include "wire.h"

#define WHY_BYTES 256
static const char *const port_names[TANDEM_TAPE_PLANES] = { "left", "right", "microphone" };

struct tandem_listen {
	/* constant once the filter runs */
	struct tandem_client *client;
	struct pw_core *core;
	struct pw_loop *loop;
	struct pw_filter *filter;
	struct spa_hook listener;
	struct spa_source *woken;
	void *ports[TANDEM_TAPE_PLANES];
	const char *sink;
	const char *wanted; /* NULL: the best */
	const struct tandem_listen_events *events;
	void *data;

	struct tandem_tape tape; /* both loops'; see there */

	/* main */
	struct tandem_ports ports_there;
	struct tandem_wire wires[TANDEM_TAPE_PLANES];
	struct spa_latency_info mic; /* as the microphone says of itself */
	uint32_t sink_id;            /* its node; 0: none yet */
	bool open;
	bool looked;          /* all that was there at the start is known */
	int64_t joined_ns;    /* when the links were asked for */
	bool is_fresh;        /* the next block is */
	uint64_t first_frame; /* of the last fresh block */
	struct tandem_listen_news news;
	char why[WHY_BYTES];
};

/* ---- data loop ---- */

static void on_process(void *data, struct spa_io_position *position)
{
	struct tandem_listen *const l = data;
	const uint32_t frames = (uint32_t)position->clock.duration;
	float *planes[TANDEM_TAPE_PLANES];

	for (uint32_t i = 0; i < TANDEM_TAPE_PLANES; i++)
		planes[i] = pw_filter_get_dsp_buffer(l->ports[i], frames);
	tandem_tape_write(&l->tape, &position->clock, planes);
	pw_loop_signal_event(l->loop, l->woken);
}

/* ---- main ---- */

static void tell(struct tandem_listen *l, enum tandem_listen_state state)
{
	if (l->news.state == state)
		return;
	l->news.state = state;
	l->events->news(l->data, &l->news);
}

/* What was heard before these links were made is of others. */
static void hand_on(struct tandem_listen *l, const struct tandem_tape_piece *p)
{
	struct tandem_block b = {
		.cycle_ns = p->ns,
		.rate_hz = p->rate_hz,
		.frames = p->frames,
		.mic = p->has_mic ? p->planes[TANDEM_TAPE_MIC] : NULL,
		.mic_own_s = tandem_mic_own_s(&l->mic, p->cycle_frames, p->rate_hz),
		.monitor_late_frames = p->clock_id == l->sink_id ? p->cycle_frames : 0,
	};

	if (l->news.state == TANDEM_LISTEN_WAITS && p->has_mic && p->ns >= l->joined_ns) {
		l->is_fresh = true;
		tell(l, TANDEM_LISTEN_HEARS);
	}
	if (l->news.state != (p->has_mic ? TANDEM_LISTEN_HEARS : TANDEM_LISTEN_CLOSED))
		return;
	b.fresh = l->is_fresh || p->broken;
	l->is_fresh = false;
	if (b.fresh)
		l->first_frame = p->frame;
	b.frame = p->frame - l->first_frame;
	for (uint32_t c = 0; c < TANDEM_SINK_CHANNELS; c++)
		b.monitor[c] = p->planes[c];
	l->events->block(l->data, &b);
}

static void on_woken(void *data, uint64_t count)
{
	struct tandem_listen *const l = data;
	const struct tandem_tape_piece *p;

	(void)count;
	while ((p = tandem_tape_read_block(&l->tape))) {
		hand_on(l, p);
		tandem_tape_read_commit(&l->tape);
	}
}

static void cut_all(struct tandem_listen *l)
{
	for (uint32_t i = 0; i < TANDEM_TAPE_PLANES; i++)
		tandem_wire_cut(&l->wires[i]);
}

/* All, once the ports are there, which come after a new node; without a microphone, what
 * plays. */
static bool join_all(struct tandem_listen *l, uint32_t sink_id)
{
	const uint32_t own = pw_filter_get_node_id(l->filter);
	bool all = true;

	for (uint32_t i = 0; i < TANDEM_TAPE_PLANES; i++) {
		const bool mic = i == TANDEM_TAPE_MIC;
		const struct tandem_port *from = tandem_ports_at(&l->ports_there,
				mic ? l->news.source.id : sink_id, true, mic ? 0 : i);
		const struct tandem_port *to = tandem_ports_named(&l->ports_there, own,
				false, port_names[i]);

		if (from && to && (!mic || l->open)) {
			tandem_wire_join(&l->wires[i], l->core, from, to);
		} else {
			tandem_wire_cut(&l->wires[i]);
		}
		all = all && tandem_wire_is_joined(&l->wires[i]);
	}
	return all;
}

/* False: nobody can listen. */
static bool choose(struct tandem_listen *l)
{
	struct tandem_source all[TANDEM_MAX_SOURCES];
	const uint32_t n = tandem_source_gather(all, l->client);
	const struct tandem_source_choice choice = tandem_source_choose(all, n, l->wanted,
			l->ports_there.default_source);

	l->news.verdict = choice.verdict;
	if (!choice.source)
		return false;
	if (choice.source->id != l->news.source.id && l->news.state == TANDEM_LISTEN_HEARS)
		l->news.state = TANDEM_LISTEN_LOOKS; /* said again, as another one */
	l->news.source = *choice.source;
	return true;
}

/* Brings the links in line with what is there. */
static void rewire(struct tandem_listen *l)
{
	const struct tandem_client_node *sink =
			tandem_client_find(l->client, TANDEM_CLIENT_TANDEM, l->sink);
	bool has_source;

	if (!l->looked || l->news.state == TANDEM_LISTEN_BROKEN)
		return;
	has_source = choose(l);
	if (!sink || !has_source) {
		cut_all(l);
		tell(l, sink ? TANDEM_LISTEN_NO_SOURCE : TANDEM_LISTEN_NO_SINK);
		return;
	}
	l->sink_id = sink->id;
	if (!join_all(l, sink->id)) {
		if (!l->open)
			tell(l, TANDEM_LISTEN_CLOSED);
		return;
	}
	if (l->news.state == TANDEM_LISTEN_HEARS)
		return;
	if (l->news.state != TANDEM_LISTEN_WAITS)
		l->joined_ns = g_get_monotonic_time() * 1000;
	tell(l, TANDEM_LISTEN_WAITS);
}

static void on_ports(void *data)
{
	struct tandem_listen *const l = data;

	l->looked = true;
	rewire(l);
}

static void on_state_changed(void *data, enum pw_filter_state old,
		enum pw_filter_state state, const char *error)
{
	struct tandem_listen *const l = data;

	(void)old;
	if (state != PW_FILTER_STATE_ERROR)
		return;
	snprintf(l->why, sizeof(l->why), "%.*s",
			tandem_text_fit(error ? error : "", WHY_BYTES - 1),
			error ? error : "");
	l->news.why = l->why;
	tell(l, TANDEM_LISTEN_BROKEN);
}

static void on_param_changed(void *data, void *port, uint32_t id,
		const struct spa_pod *param)
{
	struct tandem_listen *const l = data;
	struct spa_latency_info said;

	if (port != l->ports[TANDEM_TAPE_MIC] || id != SPA_PARAM_Latency || !param ||
			spa_latency_parse(param, &said) < 0)
		return;
	if (said.direction == SPA_DIRECTION_OUTPUT)
		l->mic = said;
}

static const struct pw_filter_events filter_events = {
	PW_VERSION_FILTER_EVENTS,
	.process = on_process,
	.param_changed = on_param_changed,
	.state_changed = on_state_changed,
};

static int add_ports(struct tandem_listen *l)
{
	for (uint32_t i = 0; i < TANDEM_TAPE_PLANES; i++) {
		l->ports[i] = pw_filter_add_port(l->filter, PW_DIRECTION_INPUT,
				PW_FILTER_PORT_FLAG_MAP_BUFFERS, sizeof(void *),
				pw_properties_new(PW_KEY_FORMAT_DSP,
						"32 bit float mono audio", PW_KEY_PORT_NAME,
						port_names[i], NULL),
				NULL, 0);
		if (!l->ports[i])
			return -errno;
	}
	return 0;
}

static int start(struct tandem_listen *l)
{
	struct pw_properties *props = pw_properties_new(PW_KEY_MEDIA_TYPE, "Audio",
			PW_KEY_MEDIA_CATEGORY, "Capture", PW_KEY_MEDIA_ROLE, "DSP",
			PW_KEY_NODE_NAME, "tandemctl-listens", PW_KEY_NODE_DESCRIPTION,
			"Tandem listens", NULL);
	int res = tandem_tape_init(&l->tape);

	if (res < 0 || !props) {
		pw_properties_free(props);
		return -ENOMEM;
	}
	l->woken = pw_loop_add_event(l->loop, on_woken, l);
	l->filter = pw_filter_new(l->core, "Tandem listens", props); /* takes props */
	if (!l->woken || !l->filter)
		return -errno;
	pw_filter_add_listener(l->filter, &l->listener, &filter_events, l);
	res = add_ports(l);
	/* custom: else nobody is told what a port hears of the latency before it */
	if (res == 0) {
		res = pw_filter_connect(l->filter,
				PW_FILTER_FLAG_RT_PROCESS | PW_FILTER_FLAG_CUSTOM_LATENCY,
				NULL, 0);
	}
	return res < 0 ? res : tandem_ports_init(&l->ports_there, l->core, on_ports, l);
}

int tandem_listen_new(struct tandem_listen **ret_listen, struct tandem_client *client,
		const char *sink, const char *source,
		const struct tandem_listen_events *events, void *data)
{
	struct tandem_listen *l = calloc(1, sizeof(*l));
	int res;

	if (!l)
		return -ENOMEM;
	l->client = client;
	l->core = tandem_client_core(client);
	l->loop = tandem_client_loop(client);
	l->sink = sink;
	l->wanted = source;
	l->events = events;
	l->data = data;
	l->open = true;
	l->news.why = "";
	res = start(l);
	if (res < 0) {
		tandem_listen_free(l);
		return res;
	}
	*ret_listen = l;
	return 0;
}

void tandem_listen_free(struct tandem_listen *l)
{
	if (!l)
		return;
	cut_all(l);
	tandem_ports_finish(&l->ports_there);
	if (l->filter)
		pw_filter_destroy(l->filter);
	if (l->woken)
		pw_loop_destroy_source(l->loop, l->woken);
	tandem_tape_finish(&l->tape);
	free(l);
}

void tandem_listen_open(struct tandem_listen *l, bool open)
{
	l->open = open;
	rewire(l);
}
