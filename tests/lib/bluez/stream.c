/* SPDX-License-Identifier: MIT */
#include "parts.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* A socketpair has no receive buffer at the far end like L2CAP. So the start counts as
 * accepted when the sink holds its end, or after this time without it. Chosen: far more
 * than a local call needs, far less than AVDTP's 6 s. */
#define ACCEPT_MS 1000
#define UNCLAIMED_MS 5000 /* BlueZ: a2dp.c, SUSPEND_TIMEOUT of a remote start */

static struct sim_transport *other(struct sim_transport *t)
{
	return &t->stream->side[t == &t->stream->side[SIM_SOURCE] ? SIM_SINK : SIM_SOURCE];
}

static void stop_timers(struct sim_stream *s)
{
	if (s->accept_timer != 0)
		g_source_remove(s->accept_timer);
	if (s->idle_timer != 0)
		g_source_remove(s->idle_timer);
	s->accept_timer = 0;
	s->idle_timer = 0;
}

static void drop_fd(struct sim_transport *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

static gboolean accepted(void *data)
{
	struct sim_stream *const s = data;

	s->accept_timer = 0;
	for (int role = SIM_SOURCE; role <= SIM_SINK; role++) {
		if (s->side[role].acquire != NULL)
			tandem_sim_transport_grant(&s->side[role]);
	}
	return G_SOURCE_REMOVE;
}

static gboolean unclaimed(void *data)
{
	struct sim_stream *const s = data;

	s->idle_timer = 0;
	if (tandem_sim_transport_is(&s->side[SIM_SOURCE], "pending") ||
			tandem_sim_transport_is(&s->side[SIM_SINK], "pending"))
		tandem_sim_stream_suspend(s);
	return G_SOURCE_REMOVE;
}

/* The sink's packets are stamped from the first, whenever its client gets to read. */
static int open_pair(struct sim_stream *s)
{
	const int on = 1;
	int fds[2] = { -1, -1 };

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	if (setsockopt(fds[SIM_SINK], SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0)
		g_warning("no time stamps: %s", g_strerror(errno));
	for (int role = SIM_SOURCE; role <= SIM_SINK; role++) {
		drop_fd(&s->side[role]);
		s->side[role].fd = fds[role];
	}
	return 0;
}

int tandem_sim_stream_start(struct sim_stream *s, enum sim_role starter)
{
	const int err = open_pair(s);

	if (err < 0)
		return err;
	stop_timers(s);
	tandem_sim_transport_set_state(other(&s->side[starter]), "pending");
	s->accept_timer = g_timeout_add(ACCEPT_MS, accepted, s);
	s->idle_timer = g_timeout_add(UNCLAIMED_MS, unclaimed, s);
	return 0;
}

/* Our copies stay open: a client that goes on writing writes into nothing, as on L2CAP. */
void tandem_sim_stream_suspend(struct sim_stream *s)
{
	stop_timers(s);
	for (int role = SIM_SOURCE; role <= SIM_SINK; role++) {
		struct sim_transport *const t = &s->side[role];
		GDBusMethodInvocation *const waiting = t->acquire;

		t->acquire = NULL;
		g_clear_pointer(&t->owner, g_free);
		tandem_sim_transport_set_state(t, "idle");
		if (waiting != NULL)
			tandem_sim_refuse(waiting, "Failed", "Operation canceled");
	}
}

static void hang_up(struct sim_transport *t)
{
	if (t->fd >= 0)
		shutdown(t->fd, SHUT_RDWR);
	drop_fd(t);
	if (t->configured) {
		tandem_sim_endpoint_ask(t->endpoint, "ClearConfiguration",
				g_variant_new("(o)", tandem_sim_face_path(t->face)), NULL,
				NULL);
	}
	tandem_sim_face_free(t->face);
	t->endpoint->stream = NULL;
}

void tandem_sim_stream_free(struct sim_stream *s)
{
	tandem_sim_connect_lost_stream(s->world, s);
	tandem_sim_stream_suspend(s);
	g_ptr_array_remove(s->world->streams, s);
	hang_up(&s->side[SIM_SOURCE]);
	hang_up(&s->side[SIM_SINK]);
	g_free(s);
}

static void show_side(struct sim_stream *s, enum sim_role role, GVariant *config)
{
	struct sim_transport *const t = &s->side[role];
	const struct sim_endpoint *const remote = other(t)->endpoint;
	const char *const sep = tandem_sim_device_sep(t->device, remote);
	/* a remote endpoint has one stream: 0 is free when it begins */
	g_autofree char *path = g_strdup_printf("%s/fd%u",
			sep != NULL ? sep : tandem_sim_face_path(t->device->face),
			s->world->habits[SIM_REUSE_PATHS] ? 0 : s->world->next_fd++);

	t->endpoint->stream = s;
	tandem_sim_transport_show(t, path, config);
}

struct sim_stream *tandem_sim_stream_new(struct sim_device *source_device,
		struct sim_endpoint *source, struct sim_endpoint *sink, GVariant *config)
{
	struct sim_stream *const s = g_new0(struct sim_stream, 1);

	s->world = source_device->adapter->world;
	s->side[SIM_SOURCE] = (struct sim_transport){
		.stream = s, .device = source_device, .endpoint = source, .fd = -1
	};
	s->side[SIM_SINK] = (struct sim_transport){
		.stream = s, .device = source_device->peer, .endpoint = sink, .fd = -1
	};
	show_side(s, SIM_SINK, config);
	show_side(s, SIM_SOURCE, config);
	g_ptr_array_add(s->world->streams, s);
	return s;
}

struct sim_stream *tandem_sim_stream_between(const struct sim_device *d,
		enum sim_role local)
{
	const GPtrArray *const all = d->adapter->world->streams;

	for (guint i = 0; i < all->len; i++) {
		struct sim_stream *const s = all->pdata[i];

		if (s->side[local].device == d)
			return s;
	}
	return NULL;
}
