/* SPDX-License-Identifier: MIT */
#include "service.h"

#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#define SYSTEMD "org.freedesktop.systemd1"
#define ANSWER_MS 1000 /* it is on this computer, and idle; chosen */

static GDBusConnection *connect_to_session(void)
{
	const GDBusConnectionFlags flags = G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
					   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION;
	g_autofree char *address =
			g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SESSION, NULL, NULL);

	return address ? g_dbus_connection_new_for_address_sync(address, flags, NULL, NULL,
					 NULL)
		       : NULL;
}

/* error: NULL: nobody wants to know. */
static GVariant *ask(GDBusConnection *c, const char *method, GVariant *args,
		const char *type, GError **error)
{
	return g_dbus_connection_call_sync(c, SYSTEMD, "/org/freedesktop/systemd1",
			SYSTEMD ".Manager", method, args, G_VARIANT_TYPE(type),
			G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_MS, NULL, error);
}

/* A job for this unit that ends with a start: it is called restart until the unit has
 * stopped (systemd: src/core/job.c, job_finish_and_invalidate). */
static bool has_job(GVariant *jobs, const char *unit)
{
	g_autoptr(GVariantIter) it = NULL;
	const char *type, *of;

	g_variant_get(jobs, "(a(usssoo))", &it);
	while (g_variant_iter_loop(it, "(u&s&s&s&o&o)", NULL, NULL, &type, NULL, NULL,
			&of)) {
		if (g_str_equal(of, unit) && strcmp(type, "stop") != 0)
			return true;
	}
	return false;
}

static bool is_restarted(void)
{
	g_autoptr(GDBusConnection) c = connect_to_session();
	g_autoptr(GVariant) unit = NULL;
	g_autoptr(GVariant) jobs = NULL;
	const char *path;

	if (c) {
		unit = ask(c, "GetUnitByPID", g_variant_new("(u)", (guint32)getpid()),
				"(o)", NULL);
	}
	if (unit)
		jobs = ask(c, "ListJobs", NULL, "(a(usssoo))", NULL);
	if (!jobs)
		return false;
	g_variant_get(unit, "(&o)", &path);
	return has_job(jobs, path);
}

bool tandem_service_comes_back(void)
{
	const char *result = g_getenv("SERVICE_RESULT");

	if (!result || !result[0])
		return false;
	/* A clean end is a stop, or the first half of a restart. */
	return strcmp(result, "success") != 0 || is_restarted();
}

static bool is_systemd_absent(const GError *error)
{
	return g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
	       g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
}

enum tandem_service_answer tandem_service_restart(const char *unit, char **ret_why)
{
	g_autoptr(GDBusConnection) c = connect_to_session();
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) job = NULL;

	if (!c)
		return TANDEM_SERVICE_NO_SYSTEMD;
	job = ask(c, "RestartUnit", g_variant_new("(ss)", unit, "replace"), "(o)", &error);
	if (job)
		return TANDEM_SERVICE_DONE;
	if (is_systemd_absent(error))
		return TANDEM_SERVICE_NO_SYSTEMD;
	g_dbus_error_strip_remote_error(error);
	*ret_why = g_strdup(error->message);
	return TANDEM_SERVICE_REFUSED;
}
