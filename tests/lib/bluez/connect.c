/* SPDX-License-Identifier: MIT
 *
 * An attempt to connect audio, as BlueZ makes it (profiles/audio/a2dp.c, select_cb and
 * a2dp_config): offer to local endpoints in order of registration; the first that
 * selects gets the stream, provided both clients accept the configuration.
 *
 *   begin → paged → offer ⇄ selected → configure(remote) → configure(local) → done
 *                                choose ↗    (a client, by the remote endpoint's object)
 *                     again → configure(local) → configure(remote) → done   (the speaker)
 */
#include "parts.h"

#define PAGE_MS 10 /* a page answered at once; chosen: enough for calls to cross */

struct sim_connect {
	struct sim_world *world;
	struct sim_device *device; /* the end that began */
	enum sim_role local;       /* role of that end */
	GDBusMethodInvocation *call;
	bool chosen;                 /* not by us: the link is not ours to take down */
	guint offered;               /* how many of the world's endpoints were considered */
	struct sim_endpoint *ours;   /* being asked; NULL: gone */
	struct sim_endpoint *theirs; /* chosen for it; NULL: gone */
	struct sim_stream *stream;   /* being configured; NULL: none or gone */
	enum sim_role asked;         /* which side of the stream is being asked */
};

static void offer(struct sim_connect *c);

/* why NULL: well done. Frees the attempt. */
static void finish(struct sim_connect *c, const char *why)
{
	struct sim_device *const d = c->device;

	d->adapter->connecting = NULL;
	d->peer->adapter->connecting = NULL;
	if (why == NULL) {
		g_dbus_method_invocation_return_value(c->call, NULL);
	} else {
		if (c->stream != NULL)
			tandem_sim_stream_free(c->stream);
		if (d->connected && !c->chosen &&
				tandem_sim_stream_between(d, c->local) == NULL)
			tandem_sim_device_unlink(d);
		tandem_sim_refuse(c->call, "Failed", why);
	}
	g_free(c);
}

static void configured(GObject *source, GAsyncResult *result, void *data);

static void configure(struct sim_connect *c, enum sim_role side)
{
	const struct sim_transport *const t = &c->stream->side[side];
	const struct sim_rule *const refusal =
			side == SIM_SINK
					? tandem_sim_air_refusal(c->stream->side[SIM_SOURCE]
										 .device,
							  "AVDTP.SetConfiguration")
					: NULL;

	if (refusal != NULL) {
		finish(c, refusal->message);
		return;
	}
	c->asked = side;
	tandem_sim_endpoint_ask(t->endpoint, "SetConfiguration",
			g_variant_new("(o@a{sv})", tandem_sim_face_path(t->face),
					tandem_sim_face_properties(t->face)),
			configured, c);
}

/* The acceptor's client was asked first, then our own. */
static void configured(GObject *source, GAsyncResult *result, void *data)
{
	struct sim_connect *const c = data;
	g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, NULL);

	if (reply == NULL || c->stream == NULL) {
		finish(c, "br-connection-refused");
		return;
	}
	c->stream->side[c->asked].configured = true;
	if (c->asked == c->local) {
		finish(c, NULL);
	} else {
		configure(c, c->local);
	}
}

static void open_stream(struct sim_connect *c, GVariant *config)
{
	struct sim_device *const ends[] = { c->device, c->device->peer };
	struct sim_endpoint *const points[] = { c->ours, c->theirs };
	const int source = c->local == SIM_SOURCE ? 0 : 1;

	c->stream = tandem_sim_stream_new(ends[source], points[source], points[1 - source],
			config);
	configure(c, c->local == SIM_SOURCE ? SIM_SINK : SIM_SOURCE);
}

static void selected(GObject *source, GAsyncResult *result, void *data)
{
	struct sim_connect *const c = data;
	g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, NULL);
	g_autoptr(GVariant) config = NULL;

	if (!c->device->connected) {
		finish(c, "br-connection-aborted-by-local");
		return;
	}
	if (reply != NULL && g_variant_is_of_type(reply, G_VARIANT_TYPE("(ay)")))
		config = g_variant_get_child_value(reply, 0);
	if (config == NULL || c->ours == NULL || c->theirs == NULL ||
			c->ours->stream != NULL || c->theirs->stream != NULL) {
		offer(c);
	} else {
		open_stream(c, config);
	}
}

/* First free endpoint at the other end that speaks the same codec, NULL: none. */
static struct sim_endpoint *counterpart(const struct sim_connect *c,
		const struct sim_endpoint *ours)
{
	const GPtrArray *const all = c->world->endpoints;

	for (guint i = 0; i < all->len; i++) {
		struct sim_endpoint *const e = all->pdata[i];

		if (e->adapter == c->device->peer->adapter && e->stream == NULL &&
				tandem_sim_endpoint_matches(ours, e))
			return e;
	}
	return NULL;
}

/* Asks the next local endpoint that is free and has a counterpart. */
static void offer(struct sim_connect *c)
{
	const GPtrArray *const all = c->world->endpoints;

	while (c->offered < all->len) {
		struct sim_endpoint *const e = all->pdata[c->offered++];

		if (e->adapter != c->device->adapter || e->role != c->local ||
				e->stream != NULL)
			continue;
		c->ours = e;
		c->theirs = counterpart(c, e);
		if (c->theirs == NULL)
			continue;
		tandem_sim_endpoint_ask(e, "SelectConfiguration",
				g_variant_new("(@ay)", c->theirs->capabilities), selected,
				c);
		return;
	}
	finish(c, "br-connection-profile-unavailable");
}

static gboolean paged(void *data)
{
	struct sim_connect *const c = data;

	if (!tandem_sim_adapter_is_powered(c->device->adapter)) {
		finish(c, "br-connection-canceled");
		return G_SOURCE_REMOVE;
	}
	if (!tandem_sim_adapter_answers(c->device->peer->adapter)) {
		finish(c, "br-connection-page-timeout");
		return G_SOURCE_REMOVE;
	}
	tandem_sim_device_link(c->device);
	offer(c);
	return G_SOURCE_REMOVE;
}

/* True when there is nothing to do but answer. */
static bool answered_at_once(struct sim_device *d, enum sim_role local,
		GDBusMethodInvocation *call)
{
	const bool whole = g_str_equal(g_dbus_method_invocation_get_method_name(call),
			"Connect");

	if (!tandem_sim_adapter_is_powered(d->adapter)) {
		tandem_sim_refuse(call, "NotReady", "br-connection-adapter-not-powered");
		return true;
	}
	if (d->adapter->connecting != NULL || d->peer->adapter->connecting != NULL) {
		tandem_sim_refuse(call, "InProgress", "br-connection-busy");
		return true;
	}
	if (tandem_sim_stream_between(d, local) == NULL)
		return false;
	if (whole) {
		g_dbus_method_invocation_return_value(call, NULL);
	} else {
		tandem_sim_refuse(call, "AlreadyConnected", "Already Connected");
	}
	return true;
}

static struct sim_connect *begin(struct sim_device *d, enum sim_role local,
		GDBusMethodInvocation *call)
{
	struct sim_connect *const c = g_new0(struct sim_connect, 1);

	c->world = d->adapter->world;
	c->device = d;
	c->local = local;
	c->call = call;
	d->adapter->connecting = c;
	d->peer->adapter->connecting = c;
	return c;
}

void tandem_sim_connect(struct sim_device *d, enum sim_role local,
		GDBusMethodInvocation *call)
{
	const bool off = !tandem_sim_adapter_answers(d->peer->adapter);

	if (!answered_at_once(d, local, call)) {
		g_timeout_add(off ? d->adapter->world->options.page_ms : PAGE_MS, paged,
				begin(d, local, call));
	}
}

/* A stream of another client is in the way: of this session, before BlueZ 5.83 of any
 * session on the adapter (facts 1.4). */
static bool is_foreign(const struct sim_device *d, const char *sender)
{
	const struct sim_world *const w = d->adapter->world;

	for (guint i = 0; i < w->streams->len; i++) {
		const struct sim_stream *const s = w->streams->pdata[i];
		const struct sim_transport *const t = &s->side[SIM_SOURCE];

		if (t->device->adapter == d->adapter &&
				!g_str_equal(t->endpoint->owner, sender) &&
				(t->device == d || !w->habits[SIM_OWN_DEVICE_ONLY]))
			return true;
	}
	return false;
}

/* The checks in BlueZ's order; NULL: none fails. */
static const char *objection(const struct sim_sep *sep, const struct sim_endpoint *ours,
		const char *sender)
{
	const struct sim_device *const d = sep->device;
	const struct sim_stream *const own = tandem_sim_stream_between(d, SIM_SOURCE);

	if (!d->connected)
		return "Transport endpoint is not connected";
	if (is_foreign(d, sender))
		return "Operation not permitted";
	if (d->adapter->connecting != NULL || d->peer->adapter->connecting != NULL ||
			(ours->stream != NULL && ours->stream != own) ||
			(sep->endpoint->stream != NULL && sep->endpoint->stream != own))
		return "Device or resource busy";
	return NULL;
}

void tandem_sim_connect_choose(struct sim_sep *sep, GDBusMethodInvocation *call)
{
	const char *const sender = g_dbus_method_invocation_get_sender(call);
	struct sim_world *const w = sep->device->adapter->world;
	const char *path = NULL;
	const char *why = NULL;
	g_autoptr(GVariant) props = NULL;
	g_autoptr(GVariant) config = NULL;

	g_variant_get(g_dbus_method_invocation_get_parameters(call), "(&o@a{sv})", &path,
			&props);
	config = g_variant_lookup_value(props, "Capabilities", G_VARIANT_TYPE_BYTESTRING);

	struct sim_endpoint *const ours = tandem_sim_endpoint_find(w, sender, path);
	if (ours == NULL || config == NULL || ours->adapter != sep->device->adapter ||
			!tandem_sim_endpoint_matches(ours, sep->endpoint)) {
		tandem_sim_refuse(call, "InvalidArguments",
				"Invalid arguments in method call");
		return;
	}
	why = objection(sep, ours, sender);
	if (why != NULL) {
		tandem_sim_refuse(call, "Failed", why);
		return;
	}

	struct sim_stream *const old = tandem_sim_stream_between(sep->device, SIM_SOURCE);
	struct sim_connect *const c = begin(sep->device, SIM_SOURCE, call);
	if (old != NULL)
		tandem_sim_stream_free(old);
	c->chosen = true;
	c->ours = ours;
	c->theirs = sep->endpoint;
	open_stream(c, config);
}

void tandem_sim_connect_again(struct sim_stream *s, GDBusMethodInvocation *call)
{
	struct sim_transport *const far = &s->side[SIM_SINK];
	struct sim_connect *const c = begin(far->device, SIM_SINK, call);
	g_autoptr(GVariant) config =
			g_variant_ref(tandem_sim_face_get(far->face, "Configuration"));

	c->chosen = true;
	c->ours = far->endpoint;
	c->theirs = s->side[SIM_SOURCE].endpoint;
	tandem_sim_stream_free(s);
	open_stream(c, config);
}

void tandem_sim_connect_lost_endpoint(struct sim_world *w, const struct sim_endpoint *e)
{
	for (guint i = 0; i < w->adapters->len; i++) {
		const struct sim_adapter *const a = w->adapters->pdata[i];
		struct sim_connect *const c = a->connecting;

		if (c == NULL)
			continue;
		if (c->ours == e)
			c->ours = NULL;
		if (c->theirs == e)
			c->theirs = NULL;
	}
}

void tandem_sim_connect_lost_stream(struct sim_world *w, const struct sim_stream *s)
{
	for (guint i = 0; i < w->adapters->len; i++) {
		const struct sim_adapter *const a = w->adapters->pdata[i];

		if (a->connecting != NULL && a->connecting->stream == s)
			a->connecting->stream = NULL;
	}
}
