/* SPDX-License-Identifier: MIT
 *
 * tandem-bluez-sim: a simulated BlueZ on the bus of DBUS_SYSTEM_BUS_ADDRESS. Prints
 * `ready` once it owns org.bluez; ends on SIGTERM or SIGINT. What it simulates: sim.h.
 */
#include "faults.h"
#include "sim.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct program {
	GMainLoop *loop;
	int status;
};

static void name_acquired(GDBusConnection *connection, const char *name, void *data)
{
	(void)connection, (void)name, (void)data;
	puts("ready");
	fflush(stdout);
}

static void name_lost(GDBusConnection *connection, const char *name, void *data)
{
	struct program *const p = data;

	(void)connection;
	fprintf(stderr, "%s: not ours (any more); is a BlueZ on this bus?\n", name);
	p->status = EXIT_FAILURE;
	g_main_loop_quit(p->loop);
}

static gboolean stop(void *data)
{
	const struct program *const p = data;

	g_main_loop_quit(p->loop);
	return G_SOURCE_CONTINUE;
}

static bool parse(struct sim_options *o, int *argc, char ***argv)
{
	int hosts = 1;
	int adapters = 0;
	int mtu = 672; /* L2CAP's default; most speakers of facts/bluetooth.md 3.3 */
	int page_ms = 5120;
	const GOptionEntry entries[] = {
		{ "adapters", 0, 0, G_OPTION_ARG_INT, &adapters,
				"All radios; hosts + 2 unless told", "N" },
		{ "hosts", 0, 0, G_OPTION_ARG_INT, &hosts,
				"The computer's among them, 1 unless told", "N" },
		{ "mtu", 0, 0, G_OPTION_ARG_INT, &mtu, "MTU of the streams", "BYTES" },
		{ "name", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->names, "Name of a radio",
				"hciI=NAME" },
		{ "icon", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->icons, "Icon of a radio",
				"hciI=ICON" },
		{ "feature", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->features,
				"Media1.SupportedFeatures", "NAME" },
		{ "page-timeout", 0, 0, G_OPTION_ARG_INT, &page_ms,
				"Time until a page to a silent radio fails", "MS" },
		{ NULL },
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- a simulated BlueZ");
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, argc, argv, &error)) {
		fprintf(stderr, "%s\n", error->message);
		return false;
	}
	if (adapters == 0)
		adapters = hosts + 2;
	if (*argc != 1 || hosts < 1 || adapters <= hosts || adapters > 256 || mtu < 48 ||
			mtu > 65535 || page_ms < 0) {
		fprintf(stderr, "adapters: > hosts, <= 256, mtu: 48 to 65535 bytes\n");
		return false;
	}
	o->adapters = (uint32_t)adapters;
	o->hosts = (uint32_t)hosts;
	o->mtu_bytes = (uint16_t)mtu;
	o->page_ms = (uint32_t)page_ms;
	return true;
}

static void run(struct program *p, GDBusConnection *connection, const struct sim_options *o)
{
	struct sim_world *const world = tandem_sim_world_new(connection, o);
	const guint faults_id = g_bus_own_name_on_connection(connection, SIM_FAULTS_NAME,
			G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, NULL, NULL, NULL, NULL);
	const guint name_id = g_bus_own_name_on_connection(connection, "org.bluez",
			G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, name_acquired, name_lost, p,
			NULL);
	const guint term_id = g_unix_signal_add(SIGTERM, stop, p);
	const guint int_id = g_unix_signal_add(SIGINT, stop, p);

	g_main_loop_run(p->loop);
	g_source_remove(term_id);
	g_source_remove(int_id);
	g_bus_unown_name(name_id);
	g_bus_unown_name(faults_id);
	tandem_sim_world_free(world);
	g_dbus_connection_flush_sync(connection, NULL, NULL);
}

int main(int argc, char **argv)
{
	struct sim_options options = { 0 };
	struct program p = { .status = EXIT_FAILURE };

	if (parse(&options, &argc, &argv)) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GDBusConnection) connection =
				g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, &error);

		if (connection == NULL) {
			fprintf(stderr, "No bus: %s\n", error->message);
		} else {
			p.status = EXIT_SUCCESS;
			p.loop = g_main_loop_new(NULL, FALSE);
			g_dbus_connection_set_exit_on_close(connection, FALSE);
			run(&p, connection, &options);
			g_main_loop_unref(p.loop);
		}
	}
	g_strfreev(options.names);
	g_strfreev(options.icons);
	g_strfreev(options.features);
	return p.status;
}
