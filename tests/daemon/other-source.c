/* SPDX-License-Identifier: MIT
 *
 * Another A2DP source beside Tandem, as a session manager is one, for test-giveback.py: it
 * registers its endpoints, connects nobody, and prints which transports it is given, one
 * line at each change: "has [TRANSPORT...]".
 */
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "source-client.h"

#define LOOK_MS 20

struct program {
	GMainLoop *loop;
	struct tandem_source source;
	char *told;
};

static gboolean on_end(void *data)
{
	g_main_loop_quit(data);
	return G_SOURCE_REMOVE;
}

static gboolean on_look(void *data)
{
	struct program *p = data;
	g_autoptr(GString) line = g_string_new("has");

	for (size_t i = 0; i < TANDEM_SOURCE_SLOTS; i++) {
		if (p->source.slots[i].transport)
			g_string_append_printf(line, " %s", p->source.slots[i].transport);
	}
	if (g_strcmp0(p->told, line->str) != 0) {
		printf("%s\n", line->str);
		fflush(stdout);
		g_free(p->told);
		p->told = g_strdup(line->str);
	}
	return G_SOURCE_CONTINUE;
}

int main(void)
{
	static const uint8_t config[4] = { 0x11, 0x15, 2, 53 };
	GDBusConnection *c = g_dbus_connection_new_for_address_sync(
			g_getenv("DBUS_SYSTEM_BUS_ADDRESS"),
			G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
					G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
			NULL, NULL, NULL);
	struct program p = { .loop = g_main_loop_new(NULL, FALSE) };

	tandem_source_init(&p.source, c, config);
	g_unix_signal_add(SIGTERM, on_end, p.loop);
	g_timeout_add(LOOK_MS, on_look, &p);
	g_main_loop_run(p.loop);
	tandem_source_finish(&p.source);
	g_main_loop_unref(p.loop);
	g_object_unref(c);
	g_free(p.told);
	return 0;
}
