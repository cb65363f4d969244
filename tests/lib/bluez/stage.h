/* SPDX-License-Identifier: MIT
 *
 * Stage: a private system bus with a simulated BlueZ on it, for a test. Children die with
 * the test. DBUS_SYSTEM_BUS_ADDRESS of this process points to the bus while it stands.
 * Everything waits for a line of output, nothing sleeps. Failures abort the test.
 * Thread: main.
 */
#ifndef TANDEM_TESTS_BLUEZ_STAGE_H
#define TANDEM_TESTS_BLUEZ_STAGE_H

#include <gio/gio.h>

struct tandem_stage {
	char *dir; /* private, removed at the end with the files named in it by path() */
	GSubprocess *bus;
	GSubprocess *bluez;
	GDBusConnection *connection; /* of this process */
};

/* bluez_argv: path of tandem-bluez-sim and its options, NULL-terminated. */
void tandem_stage_start(struct tandem_stage *s, const char *const bluez_argv[]);
void tandem_stage_stop(struct tandem_stage *s);
/* Likewise, when the test has killed its bus. */
void tandem_stage_abandon(struct tandem_stage *s);

/* A file in the stage's directory; release with g_free(). */
char *tandem_stage_path(const struct tandem_stage *s, const char *name);

/* Starts a program and waits for its first line, which must be `ready`. */
GSubprocess *tandem_stage_spawn(const char *const argv[]);
/* SIGTERM, and one more every 20 s until it ends; waits for an exit with status 0
 * (sanitizers speak up there); returns what it printed after `ready`, release with
 * g_free(). */
char *tandem_stage_end(GSubprocess *process);

#endif
