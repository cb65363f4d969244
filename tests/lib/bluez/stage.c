/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>

/* Longer than any program of a test takes to end, under valgrind too. Chosen. */
#define END_MS 20000

#define BUS_CONFIG                                                                         \
	"<busconfig><type>custom</type><listen>unix:path=%s/bus</listen>"                  \
	"<auth>EXTERNAL</auth><policy context='default'>"                                  \
	"<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/>"          \
	"<allow own='*'/></policy></busconfig>"

static void die_with_parent(void *unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *launch(const char *const argv[])
{
	g_autoptr(GSubprocessLauncher) launcher =
			g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE);
	g_autoptr(GError) error = NULL;

	g_subprocess_launcher_set_child_setup(launcher, die_with_parent, NULL, NULL);

	GSubprocess *const process = g_subprocess_launcher_spawnv(launcher, argv, &error);
	if (process == NULL)
		g_error("%s: %s", argv[0], error->message);
	return process;
}

/* Byte by byte: what follows stays in the pipe. */
static char *read_line(GSubprocess *process)
{
	GInputStream *const out = g_subprocess_get_stdout_pipe(process);
	GString *const line = g_string_new(NULL);
	char c = '\0';

	while (g_input_stream_read(out, &c, 1, NULL, NULL) == 1 && c != '\n')
		g_string_append_c(line, c);
	return g_string_free(line, FALSE);
}

GSubprocess *tandem_stage_spawn(const char *const argv[])
{
	GSubprocess *const process = launch(argv);
	g_autofree char *line = read_line(process);

	if (!g_str_equal(line, "ready"))
		g_error("%s: not ready: '%s'", argv[0], line);
	return process;
}

/* Who has not ended by then is told again, and the test's log says so. */
static void wait_for_more(GSubprocess *process, GInputStream *out)
{
	struct pollfd p = {
		.fd = g_unix_input_stream_get_fd(G_UNIX_INPUT_STREAM(out)),
		.events = POLLIN,
	};

	while (poll(&p, 1, END_MS) == 0) {
		g_autofree char *path = g_strdup_printf("/proc/%s/comm",
				g_subprocess_get_identifier(process));
		g_autofree char *name = NULL;

		g_file_get_contents(path, &name, NULL, NULL);
		g_printerr("%d s after a SIGTERM there is still a %s", END_MS / 1000,
				name ? name : "zombie\n");
		g_subprocess_send_signal(process, SIGTERM);
	}
}

char *tandem_stage_end(GSubprocess *process)
{
	GInputStream *const out = g_subprocess_get_stdout_pipe(process);
	GString *const text = g_string_new(NULL);
	char part[512];
	gssize n = 0;

	g_subprocess_send_signal(process, SIGTERM);
	do {
		wait_for_more(process, out);
		n = g_input_stream_read(out, part, sizeof(part), NULL, NULL);
		g_string_append_len(text, part, MAX(n, 0));
	} while (n > 0);
	g_subprocess_wait(process, NULL, NULL);
	if (!g_subprocess_get_if_exited(process) ||
			g_subprocess_get_exit_status(process) != 0) {
		g_error("a program of the stage ended badly: status %d",
				g_subprocess_get_status(process));
	}
	g_object_unref(process);
	return g_string_free(text, FALSE);
}

char *tandem_stage_path(const struct tandem_stage *s, const char *name)
{
	return g_build_filename(s->dir, name, NULL);
}

void tandem_stage_start(struct tandem_stage *s, const char *const bluez_argv[])
{
	g_autoptr(GError) error = NULL;

	s->dir = g_dir_make_tmp("tandem-stage-XXXXXX", NULL);
	g_assert(s->dir != NULL);

	g_autofree char *config_path = tandem_stage_path(s, "bus.conf");
	g_autofree char *config = g_strdup_printf(BUS_CONFIG, s->dir);
	g_autofree char *option = g_strdup_printf("--config-file=%s", config_path);
	const char *const bus_argv[] = { "dbus-daemon", option, "--nofork", "--nopidfile",
		"--print-address=1", NULL };

	if (!g_file_set_contents(config_path, config, -1, &error))
		g_error("%s", error->message);
	s->bus = launch(bus_argv);

	g_autofree char *address = read_line(s->bus);
	g_setenv("DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);
	s->bluez = tandem_stage_spawn(bluez_argv);
	s->connection = g_dbus_connection_new_for_address_sync(address,
			G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
					G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
			NULL, NULL, &error);
	if (s->connection == NULL)
		g_error("%s", error->message);
}

static void remove_files(const char *dir)
{
	GDir *const all = g_dir_open(dir, 0, NULL);
	const char *name = NULL;

	while (all != NULL && (name = g_dir_read_name(all)) != NULL) {
		g_autofree char *path = g_build_filename(dir, name, NULL);

		g_unlink(path);
	}
	if (all != NULL)
		g_dir_close(all);
	g_rmdir(dir);
}

static void clear(struct tandem_stage *s)
{
	g_unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
	remove_files(s->dir);
	g_free(s->dir);
}

void tandem_stage_abandon(struct tandem_stage *s)
{
	GSubprocess *const both[] = { s->bluez, s->bus };

	g_object_unref(s->connection);
	for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
		g_subprocess_force_exit(both[i]);
		g_subprocess_wait(both[i], NULL, NULL);
		g_object_unref(both[i]);
	}
	clear(s);
}

void tandem_stage_stop(struct tandem_stage *s)
{
	g_dbus_connection_close_sync(s->connection, NULL, NULL);
	g_object_unref(s->connection);
	g_free(tandem_stage_end(s->bluez));
	g_free(tandem_stage_end(s->bus));
	clear(s);
}
