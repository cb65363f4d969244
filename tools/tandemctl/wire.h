/* SPDX-License-Identifier: MIT
 *
 * Wire: a link of ours between two ports. Passive: it keeps nobody awake. It ends with this
 * process, however that ends. Thread: main.
 */
#ifndef TANDEM_TOOLS_WIRE_H
#define TANDEM_TOOLS_WIRE_H

#include "ports.h"

struct tandem_wire {            /* zeroed: not linked */
	struct pw_proxy *proxy; /* NULL: not linked */
	struct spa_hook listener;
	uint32_t from, to; /* ids of the ports */
	bool is_refused;   /* PipeWire has said no, since it was told last to link */
};

/* Links them, unless they are; a link to others is cut. */
void tandem_wire_join(struct tandem_wire *w, struct pw_core *core,
		const struct tandem_port *from, const struct tandem_port *to);
void tandem_wire_cut(struct tandem_wire *w);

/* As far as is known: it was asked for, and neither refused nor taken away. */
bool tandem_wire_is_joined(const struct tandem_wire *w);

#endif
