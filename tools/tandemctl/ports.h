/* SPDX-License-Identifier: MIT
 *
 * Ports: those of all nodes, and which microphone is the desktop's default one: what a
 * client (client.h) does not need to know until it links something.
 *
 *   registry --+--> ports
 *              '--> metadata "default" --> name of the default source
 *
 * After something has come or gone, changed() is called once all that was already on its
 * way has come, too: what the client knows of the nodes is as new as the ports then.
 * Thread: main, from the callbacks of the core. What is found is borrowed until the loop
 * goes on.
 */
#ifndef TANDEM_TOOLS_PORTS_H
#define TANDEM_TOOLS_PORTS_H

#include <stdbool.h>

#include <pipewire/pipewire.h>

#include "base/units.h"

struct tandem_port {
	uint32_t id;
	uint32_t node_id;
	uint32_t number; /* among the node's, per direction */
	bool is_output;
	char name[64];
	struct spa_list link; /* tandem_ports.all */
};

struct tandem_ports {
	/* constant */
	struct pw_core *core;
	struct pw_registry *registry;
	struct spa_hook registry_listener, core_listener;
	void (*changed)(void *data);
	void *data;
	/* main */
	struct spa_list all; /* tandem_port.link */
	struct pw_proxy *metadata;
	uint32_t metadata_id;
	struct spa_hook metadata_listener;
	char default_source[128]; /* node name; empty: none */
	int asked;                /* of the last question whether all has come */
};

/* After the client, which then hears of each node first. 0, or a negative errno. */
int tandem_ports_init(struct tandem_ports *p, struct pw_core *core,
		void (*changed)(void *data), void *data) TANDEM_CHECK;
void tandem_ports_finish(struct tandem_ports *p); /* zeroed is fine */

/* The port of a node with that number, at; NULL: there is none. */
const struct tandem_port *tandem_ports_at(const struct tandem_ports *p, uint32_t node_id,
		bool is_output, uint32_t at);
/* Likewise by its name. */
const struct tandem_port *tandem_ports_named(const struct tandem_ports *p, uint32_t node_id,
		bool is_output, const char *name);

#endif
