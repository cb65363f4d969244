/* SPDX-License-Identifier: MIT */
#include "patience.h"

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#define DEFAULT_MS 25000 /* what GDBus takes -1 for */

static guint divisor = 1;

void tandem_patience_divide(guint by)
{
	divisor = by;
}

static gint shorter(gint timeout_ms)
{
	if (divisor == 1)
		return timeout_ms;
	return (timeout_ms < 0 ? DEFAULT_MS : timeout_ms) / (gint)divisor;
}

/* NOLINTBEGIN(readability-*,bugprone-reserved-identifier): the linker's names, GLib's
 * arguments */
void __real_g_dbus_connection_call(GDBusConnection *connection, const gchar *name,
		const gchar *path, const gchar *interface, const gchar *method,
		GVariant *args, const GVariantType *reply, GDBusCallFlags flags,
		gint timeout_ms, GCancellable *cancel, GAsyncReadyCallback done,
		gpointer data);
void __wrap_g_dbus_connection_call(GDBusConnection *connection, const gchar *name,
		const gchar *path, const gchar *interface, const gchar *method,
		GVariant *args, const GVariantType *reply, GDBusCallFlags flags,
		gint timeout_ms, GCancellable *cancel, GAsyncReadyCallback done,
		gpointer data);
void __real_g_dbus_connection_call_with_unix_fd_list(GDBusConnection *connection,
		const gchar *name, const gchar *path, const gchar *interface,
		const gchar *method, GVariant *args, const GVariantType *reply,
		GDBusCallFlags flags, gint timeout_ms, GUnixFDList *fds,
		GCancellable *cancel, GAsyncReadyCallback done, gpointer data);
void __wrap_g_dbus_connection_call_with_unix_fd_list(GDBusConnection *connection,
		const gchar *name, const gchar *path, const gchar *interface,
		const gchar *method, GVariant *args, const GVariantType *reply,
		GDBusCallFlags flags, gint timeout_ms, GUnixFDList *fds,
		GCancellable *cancel, GAsyncReadyCallback done, gpointer data);
GSource *__real_g_timeout_source_new(guint ms);
GSource *__wrap_g_timeout_source_new(guint ms);

void __wrap_g_dbus_connection_call(GDBusConnection *connection, const gchar *name,
		const gchar *path, const gchar *interface, const gchar *method,
		GVariant *args, const GVariantType *reply, GDBusCallFlags flags,
		gint timeout_ms, GCancellable *cancel, GAsyncReadyCallback done,
		gpointer data)
{
	__real_g_dbus_connection_call(connection, name, path, interface, method, args,
			reply, flags, shorter(timeout_ms), cancel, done, data);
}

void __wrap_g_dbus_connection_call_with_unix_fd_list(GDBusConnection *connection,
		const gchar *name, const gchar *path, const gchar *interface,
		const gchar *method, GVariant *args, const GVariantType *reply,
		GDBusCallFlags flags, gint timeout_ms, GUnixFDList *fds,
		GCancellable *cancel, GAsyncReadyCallback done, gpointer data)
{
	__real_g_dbus_connection_call_with_unix_fd_list(connection, name, path, interface,
			method, args, reply, flags, shorter(timeout_ms), fds, cancel, done,
			data);
}

GSource *__wrap_g_timeout_source_new(guint ms)
{
	return __real_g_timeout_source_new(ms / divisor);
}
/* NOLINTEND(readability-*,bugprone-reserved-identifier) */
