/* SPDX-License-Identifier: MIT
 *
 * Store: the simulated daemon's objects on the bus. A face is one interface at one path
 * with its property values; the store answers ObjectManager at "/" and signals what
 * comes, goes and changes, so that the rest of the simulation only sets values.
 *
 *   face_new → face_set … → face_publish → (calls, Set) … face_set … → face_free
 *                             ↖ face_withdraw ↙
 *
 * What goes wrong on the way is told by rules.h.
 * Thread: the GLib main context of the process, alone.
 */
#ifndef TANDEM_TESTS_BLUEZ_STORE_H
#define TANDEM_TESTS_BLUEZ_STORE_H

#include <stdbool.h>
#include <gio/gio.h>

#include "rules.h"

struct sim_store;
struct sim_face;

/* What one kind of interface does when it is called. */
struct sim_face_ops {
	const char *interface; /* "org.bluez.Device1": described in interfaces.c */
	/* Answers the call now or later, exactly once. */
	void (*call)(void *data, GDBusMethodInvocation *call);
	/* A client sets a writable property; false: refused. NULL: nothing is writable. */
	bool (*set)(void *data, const char *name, GVariant *value);
};

/* Exports ObjectManager at "/" of the connection, which is borrowed for life. */
struct sim_store *tandem_sim_store_new(GDBusConnection *connection);
void tandem_sim_store_free(struct sim_store *s); /* all faces are gone before */
GDBusConnection *tandem_sim_store_connection(const struct sim_store *s);
struct sim_rules *tandem_sim_store_rules(const struct sim_store *s);
/* Signals "Interface1.Name" of the objects at and below the path, "": all, as it is to be
 * told now. */
void tandem_sim_store_tell(struct sim_store *s, const char *property, const char *path);

/* Nobody sees the face before publish. ops and data are borrowed for its life. */
struct sim_face *tandem_sim_face_new(struct sim_store *s, const char *path,
		const struct sim_face_ops *ops, void *data);
/* Registers the interface and signals InterfacesAdded. */
void tandem_sim_face_publish(struct sim_face *f);
/* Signals InterfacesRemoved when it was published; may be published again. */
void tandem_sim_face_withdraw(struct sim_face *f);
/* Withdraws it. NULL is fine. */
void tandem_sim_face_free(struct sim_face *f);
bool tandem_sim_face_is_published(const struct sim_face *f);

const char *tandem_sim_face_path(const struct sim_face *f);
/* Takes a floating value; NULL takes the property away. A change is signalled. */
void tandem_sim_face_set(struct sim_face *f, const char *name, GVariant *value);
/* The truth, borrowed; NULL when the property is not there. */
GVariant *tandem_sim_face_get(const struct sim_face *f, const char *name);
/* As it is to be told, to unref; NULL: it is not there. */
GVariant *tandem_sim_face_told(const struct sim_face *f, const char *name);
/* What a client asks for: its ops' answer. */
void tandem_sim_face_call(struct sim_face *f, GDBusMethodInvocation *call);
bool tandem_sim_face_assign(struct sim_face *f, const char *name, GVariant *value);
const char *tandem_sim_face_interface(const struct sim_face *f);
/* All properties as they are to be told: a{sv}, floating. */
GVariant *tandem_sim_face_properties(const struct sim_face *f);

/* The description of an interface of the simulation; never NULL for a known name. */
GDBusInterfaceInfo *tandem_sim_interface(const char *name);

#endif
