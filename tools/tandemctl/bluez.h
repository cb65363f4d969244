/* SPDX-License-Identifier: MIT
 *
 * BlueZ at one look: all its objects, and who reads which of them.
 *
 *     system bus --connect--> connection --objects--> a{oa{sa{sv}}} --each(interface)-->
 *
 * The connection is our own, not GLib's shared one, so that closing it ends the calls.
 * Thread: main.
 */
#ifndef TANDEM_TOOLS_BLUEZ_H
#define TANDEM_TOOLS_BLUEZ_H

#include <gio/gio.h>
#include <stdbool.h>

#define TANDEM_BLUEZ "org.bluez"
#define TANDEM_BLUEZ_UUID_SOURCE "0000110a-0000-1000-8000-00805f9b34fb"
#define TANDEM_BLUEZ_UUID_SINK "0000110b-0000-1000-8000-00805f9b34fb"

/* NULL: there is no system bus. */
GDBusConnection *tandem_bluez_connect(void);

/* NULL: BlueZ does not answer within ms. The caller unrefs it. */
GVariant *tandem_bluez_objects(GDBusConnection *connection, int ms);

/* Hands each object of this interface ("org.bluez.Device1") to read(). */
typedef void (*tandem_bluez_read)(void *data, const char *path, GVariant *properties);
void tandem_bluez_each(GVariant *objects, const char *interface, tandem_bluez_read read,
		void *data);

/* Of what read() was given. Missing, or of another type: false and "", which lives as long
 * as the properties. */
bool tandem_bluez_bool(GVariant *properties, const char *name);
const char *tandem_bluez_text(GVariant *properties, const char *name);
/* "as", case aside. */
bool tandem_bluez_has_word(GVariant *properties, const char *name, const char *word);

#endif
