/* SPDX-License-Identifier: MIT
 *
 * tandem-speaker: a measured software speaker. Registers as A2DP sink with the BlueZ on
 * the system bus and records what a box with the given habits would have played, on the
 * host's timeline. Prints `ready` once registered and, at the end, one line of JSON. On
 * SIGUSR1 it suspends its stream, as when another telephone begins to play.
 * What it models: model.h; the files it writes: host-wav.h, record.h.
 */
#include <errno.h>
#include <glib-unix.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "endpoint.h"
#include "options.h"
#include "receive.h"
#include "speaker.h"

#define RUN_MS 20
#define LOOK_MS 1 /* in crowded air a packet's time comes unasked */
/* The model plays this far behind the clock, so that a packet which arrived before and is
 * read late is still in time. Chosen: five times the stall that voids a run. */
#define BEHIND_NS (100 * TANDEM_NS_PER_MS)
#define REPORT_MS 3000 /* facts on clocks, section 4: dyn-avg */
#define REPORT_SIGMA_MS 1.0
#define MAX_PACKET 65536
/* A box shares no CPU with a compiler. Below PipeWire's data loops, which have 88. */
#define PRIORITY 20

struct program {
	struct tandem_options options;
	struct tandem_speaker speaker;
	struct tandem_endpoint *endpoint;
	GMainLoop *loop;
	int fd; /* -1: no stream */
	guint fd_id;
	int64_t through_ns; /* when the packet that is on the air is here */
	int64_t end_ns;     /* set when the loop ends */
};

/* The next packet is still on the air. */
static bool is_on_its_way(struct program *p)
{
	struct tandem_crowd *const c = &p->options.crowd;
	const int64_t now_ns = tandem_receive_now_ns();
	int64_t came_ns = 0;
	ssize_t bytes;

	if (c->bytes_per_s <= 0.0)
		return false;
	bytes = tandem_receive_peek(p->fd, &came_ns);
	if (bytes <= 0)
		return false;
	p->through_ns = tandem_crowd_through_ns(c, (size_t)bytes, came_ns, now_ns);
	return p->through_ns > now_ns;
}

/* Reads what is there. False: the other end has hung up. */
static bool drain(struct program *p)
{
	static uint8_t packet[MAX_PACKET];
	int64_t at_ns = 0;
	bool stamped = false;
	ssize_t got = -EAGAIN;

	while (!is_on_its_way(p) && (got = tandem_receive_run(p->fd, packet, sizeof(packet),
						     &at_ns, &stamped)) > 0) {
		tandem_crowd_take(&p->options.crowd, p->through_ns);
		if (p->through_ns > at_ns) /* not when it was sent */
			at_ns = p->through_ns;
		tandem_speaker_packet(&p->speaker, packet, (size_t)got, at_ns, stamped);
		got = -EAGAIN;
	}
	return got == -EAGAIN || got == -EINTR;
}

static void close_stream(struct program *p)
{
	if (p->fd_id != 0)
		g_source_remove(p->fd_id);
	p->fd_id = 0;
	close(p->fd);
	p->fd = -1;
	tandem_speaker_stop(&p->speaker, tandem_receive_now_ns());
}

static gboolean look(void *data)
{
	struct program *const p = data;

	if (drain(p))
		return G_SOURCE_CONTINUE;
	p->fd_id = 0;
	close_stream(p);
	return G_SOURCE_REMOVE;
}

static gboolean readable(int fd, GIOCondition condition, void *data)
{
	(void)fd, (void)condition;
	return look(data);
}

static void report(struct program *p, double delay_ms)
{
	const double said_ms = delay_ms + p->options.bias_ms;

	tandem_record_report(&p->speaker.record,
			tandem_speaker_time_s(&p->speaker, tandem_receive_now_ns()),
			said_ms);
	tandem_endpoint_report(p->endpoint, said_ms);
}

static gboolean report_again(void *data)
{
	struct program *const p = data;
	struct tandem_box *const box = &p->speaker.box;
	const double real_ms = tandem_speaker_latency_s(&p->speaker) * 1e3;

	if (box->state == TANDEM_BOX_PLAYING)
		report(p, real_ms + REPORT_SIGMA_MS * tandem_box_noise(box));
	return G_SOURCE_CONTINUE;
}

static void registered(void *data)
{
	(void)data;
	puts("ready");
	fflush(stdout);
}

static void started(void *data, int fd, bool ldac)
{
	struct program *const p = data;

	if (p->fd >= 0)
		close_stream(p);
	p->fd = fd;
	if (tandem_receive_prepare(fd) < 0) {
		fputs("No time stamps from this kernel: arrivals are when they are read\n",
				stderr);
	}
	if (tandem_speaker_start(&p->speaker, ldac) < 0) {
		fputs("Out of memory\n", stderr);
		close_stream(p);
		return;
	}
	p->fd_id = p->options.crowd.bytes_per_s > 0.0
				   ? g_timeout_add(LOOK_MS, look, p)
				   : g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR,
						     readable, p);
	if (p->options.reports != TANDEM_REPORTS_NONE)
		report(p, p->options.box.delay_s * 1e3);
}

static void stopped(void *data)
{
	struct program *const p = data;

	if (p->fd < 0)
		return;
	drain(p);
	close_stream(p);
}

static gboolean run_model(void *data)
{
	struct program *const p = data;
	const int64_t now_ns = tandem_receive_now_ns();

	if (p->fd >= 0 && !drain(p))
		close_stream(p);
	tandem_speaker_run(&p->speaker, now_ns - BEHIND_NS);
	if (p->options.seconds > 0.0 && now_ns - BEHIND_NS >= p->end_ns)
		g_main_loop_quit(p->loop);
	return G_SOURCE_CONTINUE;
}

static gboolean terminated(void *data)
{
	struct program *const p = data;

	p->end_ns = tandem_receive_now_ns();
	g_main_loop_quit(p->loop);
	return G_SOURCE_CONTINUE;
}

static gboolean paused(void *data)
{
	const struct program *const p = data;

	tandem_endpoint_suspend(p->endpoint);
	return G_SOURCE_CONTINUE;
}

static void run(struct program *p, GDBusConnection *connection)
{
	static const struct tandem_endpoint_ops ops = { registered, started, stopped };
	guint ids[5] = { 0 };

	p->loop = g_main_loop_new(NULL, FALSE);
	p->endpoint = tandem_endpoint_new(connection, &p->options, &ops, p);
	ids[0] = g_timeout_add(RUN_MS, run_model, p);
	ids[1] = g_unix_signal_add(SIGTERM, terminated, p);
	ids[2] = g_unix_signal_add(SIGINT, terminated, p);
	ids[4] = g_unix_signal_add(SIGUSR1, paused, p);
	if (p->options.reports == TANDEM_REPORTS_DYNAMIC)
		ids[3] = g_timeout_add(REPORT_MS, report_again, p);
	g_main_loop_run(p->loop);
	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
		if (ids[i] != 0)
			g_source_remove(ids[i]);
	}
	tandem_endpoint_free(p->endpoint);
	if (p->fd >= 0)
		drain(p);
	g_main_loop_unref(p->loop);
}

/* Returns the exit status. */
static int finish(struct program *p)
{
	const int err = tandem_speaker_close(&p->speaker, p->end_ns);

	if (p->fd >= 0)
		close_stream(p);
	tandem_record_summary(&p->speaker.record, stdout,
			p->options.name != NULL ? p->options.name : p->options.adapter,
			p->options.adapter, &p->speaker.box);
	putchar('\n');
	if (err < 0)
		fprintf(stderr, "%s: %s\n", p->options.wav, g_strerror(-err));
	return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int play(struct program *p)
{
	struct tandem_options *const o = &p->options;
	const struct sched_param real_time = { .sched_priority = PRIORITY };
	g_autoptr(GError) error = NULL;
	g_autoptr(GDBusConnection) connection =
			g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, &error);

	if (connection == NULL) {
		fprintf(stderr, "No bus: %s\n", error->message);
		return EXIT_FAILURE;
	}
	g_dbus_connection_set_exit_on_close(connection, FALSE);
	if (sched_setscheduler(0, SCHED_FIFO, &real_time) < 0)
		fputs("No real-time priority: a busy host is felt\n", stderr);
	if (o->t0_ns == 0)
		o->t0_ns = tandem_receive_now_ns();
	p->end_ns = o->t0_ns + (int64_t)(o->seconds * TANDEM_NS_PER_S);

	const int err = tandem_speaker_init(&p->speaker, &o->box, o->t0_ns, o->wav, o->lean,
			o->csv);
	if (err < 0) {
		fprintf(stderr, "Cannot record: %s\n", g_strerror(-err));
		return EXIT_FAILURE;
	}
	run(p, connection);

	const int status = finish(p);
	tandem_speaker_finish(&p->speaker);
	return status;
}

int main(int argc, char **argv)
{
	static struct program p = { .fd = -1 };
	int status = EXIT_FAILURE;

	if (tandem_options_parse(&p.options, argc, argv))
		status = play(&p);
	tandem_options_finish(&p.options);
	return status;
}
