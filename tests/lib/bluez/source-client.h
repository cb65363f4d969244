/* SPDX-License-Identifier: MIT
 *
 * Source client: the smallest A2DP source there can be, to try speakers and simulations
 * with: it registers one endpoint per slot, connects, acquires. One stream per slot.
 * Calls wait for their answer while the main context runs. Failures of the set-up abort
 * the test. Thread: main.
 */
#ifndef TANDEM_TESTS_BLUEZ_SOURCE_CLIENT_H
#define TANDEM_TESTS_BLUEZ_SOURCE_CLIENT_H

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#define TANDEM_SOURCE_SLOTS 2

struct tandem_source_slot {
	char *path;
	char *transport;   /* NULL: not configured */
	uint32_t selected; /* how often SelectConfiguration was asked */
	uint32_t cleared;
	bool refuse; /* answers the next offers with an error */
	guint object_id;
};

struct tandem_source {
	GDBusConnection *connection;
	uint8_t config[4]; /* of SBC, what every slot selects */
	struct tandem_source_slot slots[TANDEM_SOURCE_SLOTS];
	guint manager_id;
};

/* Registers at hci0. The connection is borrowed for life. */
void tandem_source_init(struct tandem_source *s, GDBusConnection *connection,
		const uint8_t config[4]);
void tandem_source_finish(struct tandem_source *s);

/* A method of BlueZ; returns its reply to unref, NULL with *ret_error on an error. */
GVariant *tandem_source_call(struct tandem_source *s, const char *path,
		const char *interface, const char *method, GVariant *args,
		GError **ret_error);

/* The name of the method's error, "" when there was none; release with g_free(). */
char *tandem_source_try(struct tandem_source *s, const char *path, const char *interface,
		const char *method, GVariant *args);

/* A property to unref, NULL when there is none. */
GVariant *tandem_source_get(struct tandem_source *s, const char *path,
		const char *interface, const char *name);

/* Acquires the slot's transport; returns the socket, < 0 when refused. */
int tandem_source_acquire(struct tandem_source *s, uint32_t slot, uint16_t *ret_mtu_bytes);

/* A property of the slot's transport to unref, NULL when there is none. */
GVariant *tandem_source_property(struct tandem_source *s, uint32_t slot, const char *name);

#endif
