/* SPDX-License-Identifier: MIT
 *
 * Doors: where calls come in. A door is an interface at a path; behind it is a face, or
 * nobody any more, which is answered as BlueZ does for an object that has gone. Calls meet
 * the rules here. Thread: the GLib main context.
 */
#ifndef TANDEM_TESTS_BLUEZ_DOOR_H
#define TANDEM_TESTS_BLUEZ_DOOR_H

#include "store.h"

struct sim_doors;
struct sim_door;

/* Both are borrowed for life. */
struct sim_doors *tandem_sim_doors_new(GDBusConnection *connection,
		struct sim_rules *rules);
void tandem_sim_doors_free(struct sim_doors *all);

/* Nobody is behind this face's door yet. */
struct sim_door *tandem_sim_door_open(struct sim_doors *all, struct sim_face *f);
void tandem_sim_door_close(struct sim_door *d);

#endif
