/* SPDX-License-Identifier: MIT
 *
 * Fault client: makes things go wrong in the simulated BlueZ of a stage (faults.h), each
 * fault as one line of text, so that tables of tests can hold it:
 *
 *     "Fail('MediaTransport1.Acquire', '', 'NotAuthorized', 'Operation Not Authorized', 0)"
 *
 * Arguments are in GVariant's text format; their types come from the simulation. Calls
 * wait for the answer while the main context runs. Thread: main.
 */
#ifndef TANDEM_TESTS_BLUEZ_FAULT_CLIENT_H
#define TANDEM_TESTS_BLUEZ_FAULT_CLIENT_H

#include <gio/gio.h>

/* Aborts the test when the simulation does not take it. */
void tandem_fault(GDBusConnection *connection, const char *text);

/* The same while turn(data) is called over and over, for what the fault needs to be
 * answered meanwhile; turn may wait a moment. */
void tandem_fault_with(GDBusConnection *connection, const char *text,
		void (*turn)(void *data), void *data);

/* The simulation's own table; release with g_dbus_node_info_unref(). */
GDBusNodeInfo *tandem_fault_table(GDBusConnection *connection);

#endif
