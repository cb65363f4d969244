/* SPDX-License-Identifier: MIT */
#include "listen.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pipewire/filter.h>
#include <pipewire/pipewire.h>
#include <spa/node/io.h>

#include "base/ring.h"
#include "base/text.h"
#include "client.h"
#include "wire.h"

#define WHY_BYTES 256
/* 2.7 s at 48 kHz: main may be away for that long. Chosen. */
#define RECORDS 128
#define MOST_MISSED 2 /* as a part of a second: half of one; chosen */
#define N_PORTS (TANDEM_SINK_CHANNELS + 1)
#define MIC TANDEM_SINK_CHANNELS /* the last port */

static const char *const port_names[N_PORTS] = { "left", "right", "microphone" };

#define RECORD_FRAMES 1024 /* at most; chosen: the usual cycle is one record */
struct record {
	uint64_t frame; /* since the filter runs */
	int64_t ns;     /* of that frame */
	uint32_t rate_hz;
	uint32_t frames;
	bool broken; /* does not hang together with what was before */
	bool has_mic;
	float planes[N_PORTS][RECORD_FRAMES];
};

struct tandem_listen {
	/* constant once the filter runs */
	struct tandem_client *client;
	struct pw_core *core;
	struct pw_loop *loop;
	struct pw_filter *filter;
	struct spa_hook listener;
	struct spa_source *woken;
	void *ports[N_PORTS];
	const char *sink;
	const char *wanted; /* NULL: the best */
	const struct tandem_listen_events *events;
	void *data;

	/* data loop */
	uint64_t next_frame;
	uint64_t next_position; /* of the graph's clock */
	uint32_t clock_id;
	uint32_t rate_hz;
	bool had_mic;
	bool broken; /* the next record does not hang together with the last */

	/* written by the data loop, read by main */
	struct tandem_ring records;

	/* main */
	struct tandem_ports ports_there;
	struct tandem_wire wires[N_PORTS];
	bool open;
	bool looked;          /* all that was there at the start is known */
	int64_t joined_ns;    /* when the links were asked for */
	bool is_fresh;        /* the next block is */
	uint64_t first_frame; /* of the last fresh block */
	struct tandem_listen_news news;
	char why[WHY_BYTES];
};

/* ---- data loop ---- */

/* What a cycle brings: frames, by how many were missed before them. */
struct cycle {
	int64_t ns;
	uint32_t frames;
	float *const *planes; /* NULL: missed, silence */
};

static void fill(struct record *r, float *const planes[], uint32_t at)
{
	const size_t bytes = r->frames * sizeof(float);

	for (uint32_t i = 0; i < N_PORTS; i++) {
		if (planes && planes[i]) {
			memcpy(r->planes[i], planes[i] + at, bytes);
		} else {
			memset(r->planes[i], 0, bytes);
		}
	}
}

static void push(struct tandem_listen *l, const struct cycle *c)
{
	for (uint32_t at = 0; at < c->frames; at += RECORD_FRAMES) {
		struct record *r = tandem_ring_write_block(&l->records);

		if (!r) {
			l->broken = true;
			return;
		}
		r->frame = l->next_frame;
		r->broken = l->broken;
		r->has_mic = l->had_mic;
		r->rate_hz = l->rate_hz;
		r->ns = c->ns + (int64_t)(at * TANDEM_NS_PER_S / l->rate_hz);
		r->frames = SPA_MIN(c->frames - at, (uint32_t)RECORD_FRAMES);
		fill(r, c->planes, at);
		l->next_frame += r->frames;
		l->broken = false;
		tandem_ring_write_commit(&l->records);
	}
}

/* Frames between the last cycle and this one; below 0: it has been here before, as happens
 * when we come so late that the clock is already at the next one. */
static int64_t missed(const struct tandem_listen *l, const struct spa_io_clock *c)
{
	return (int64_t)(c->position - l->next_position);
}

static bool is_another(const struct tandem_listen *l, const struct spa_io_clock *c)
{
	const int64_t most = (int64_t)c->rate.denom / MOST_MISSED;

	return l->broken || c->id != l->clock_id || c->rate.denom != l->rate_hz ||
	       missed(l, c) > most || missed(l, c) < -most;
}

static void push_hole(struct tandem_listen *l, const struct cycle *before, int64_t frames)
{
	const int64_t ns = before->ns - frames * TANDEM_NS_PER_S / l->rate_hz;
	const struct cycle hole = { ns, (uint32_t)frames, NULL };

	push(l, &hole);
}

static void on_process(void *data, struct spa_io_position *position)
{
	struct tandem_listen *const l = data;
	const struct spa_io_clock *const c = &position->clock;
	float *planes[N_PORTS];
	const struct cycle cycle = { (int64_t)c->nsec, (uint32_t)c->duration, planes };

	for (uint32_t i = 0; i < N_PORTS; i++)
		planes[i] = pw_filter_get_dsp_buffer(l->ports[i], cycle.frames);
	l->broken = is_another(l, c) || l->had_mic != (planes[MIC] != NULL);
	l->had_mic = planes[MIC] != NULL;
	if (!l->broken && missed(l, c) < 0)
		return;
	if (!l->broken && missed(l, c) > 0)
		push_hole(l, &cycle, missed(l, c));
	l->next_position = c->position + c->duration;
	l->clock_id = c->id;
	l->rate_hz = c->rate.denom;
	push(l, &cycle);
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
static void hand_on(struct tandem_listen *l, const struct record *r)
{
	struct tandem_block b = {
		.cycle_ns = r->ns,
		.rate_hz = r->rate_hz,
		.frames = r->frames,
		.mic = r->has_mic ? r->planes[MIC] : NULL,
	};

	if (l->news.state == TANDEM_LISTEN_WAITS && r->has_mic && r->ns >= l->joined_ns) {
		l->is_fresh = true;
		tell(l, TANDEM_LISTEN_HEARS);
	}
	if (l->news.state != (r->has_mic ? TANDEM_LISTEN_HEARS : TANDEM_LISTEN_CLOSED))
		return;
	b.fresh = l->is_fresh || r->broken;
	l->is_fresh = false;
	if (b.fresh)
		l->first_frame = r->frame;
	b.frame = r->frame - l->first_frame;
	for (uint32_t c = 0; c < TANDEM_SINK_CHANNELS; c++)
		b.monitor[c] = r->planes[c];
	l->events->block(l->data, &b);
}

static void on_woken(void *data, uint64_t count)
{
	struct tandem_listen *const l = data;
	const struct record *r;

	(void)count;
	while ((r = tandem_ring_read_block(&l->records))) {
		hand_on(l, r);
		tandem_ring_read_commit(&l->records);
	}
}

static void cut_all(struct tandem_listen *l)
{
	for (uint32_t i = 0; i < N_PORTS; i++)
		tandem_wire_cut(&l->wires[i]);
}

/* All, once the ports are there, which come after a new node; without a microphone, what
 * plays. */
static bool join_all(struct tandem_listen *l, uint32_t sink_id)
{
	const uint32_t own = pw_filter_get_node_id(l->filter);
	bool all = true;

	for (uint32_t i = 0; i < N_PORTS; i++) {
		const bool mic = i == MIC;
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

static const struct pw_filter_events filter_events = {
	PW_VERSION_FILTER_EVENTS,
	.process = on_process,
	.state_changed = on_state_changed,
};

static int add_ports(struct tandem_listen *l)
{
	for (uint32_t i = 0; i < N_PORTS; i++) {
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
	int res = tandem_ring_init(&l->records, sizeof(struct record), RECORDS);

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
	if (res == 0)
		res = pw_filter_connect(l->filter, PW_FILTER_FLAG_RT_PROCESS, NULL, 0);
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
	l->broken = true;
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
	tandem_ring_finish(&l->records);
	free(l);
}

void tandem_listen_open(struct tandem_listen *l, bool open)
{
	l->open = open;
	rewire(l);
}
