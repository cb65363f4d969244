/* SPDX-License-Identifier: MIT */
#include "manager.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>

#include "source-client.h"
#include "stage.h"

#define SINK_UUID "0000110b-0000-1000-8000-00805f9b34fb"

const uint8_t tandem_manager_config[4] = { 0x11, 0x15, 2, 40 };

GSubprocess *tandem_manager_start(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	const char *const argv[] = { self, "--manager", NULL };

	return tandem_stage_spawn(argv);
}

static gboolean on_end(void *data)
{
	g_main_loop_quit(data);
	return G_SOURCE_REMOVE;
}

int tandem_manager_run(void)
{
	static const char *const devices[] = { "/org/bluez/hci0/dev_00_AA_01_01_00_01",
		"/org/bluez/hci0/dev_00_AA_01_02_00_02" };
	GMainLoop *loop = g_main_loop_new(NULL, FALSE);
	struct tandem_source source;
	GDBusConnection *c;

	prctl(PR_SET_NAME, "wireplumber"); /* before anybody can ask who connects */
	c = g_dbus_connection_new_for_address_sync(g_getenv("DBUS_SYSTEM_BUS_ADDRESS"),
			G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
					G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
			NULL, NULL, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	tandem_source_init(&source, c, tandem_manager_config);
	for (int i = 0; i < 2; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GVariant) reply = tandem_source_call(&source, devices[i],
				"org.bluez.Device1", "ConnectProfile",
				g_variant_new("(s)", SINK_UUID), &error);

		if (!reply)
			fprintf(stderr, "%s\n", error->message);
	}
	printf("ready\n");
	fflush(stdout);
	g_unix_signal_add(SIGTERM, on_end, loop);
	g_main_loop_run(loop);
	tandem_source_finish(&source);
	g_main_loop_unref(loop);
	g_object_unref(c);
	return 0;
}
