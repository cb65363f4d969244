/* SPDX-License-Identifier: MIT
 *
 * Interrupt: Ctrl-C, SIGTERM and a closed terminal as events of the loop, so that what was
 * changed for a while can be put back.
 *
 *   block --> (PipeWire's threads begin) --> watch --> called --> unwatch
 *
 * Thread: main.
 */
#ifndef TANDEM_TOOLS_INTERRUPT_H
#define TANDEM_TOOLS_INTERRUPT_H

#include <pipewire/pipewire.h>

#define TANDEM_INTERRUPTS 3

struct tandem_interrupt { /* zeroed: does not watch */
	struct pw_loop *loop;
	struct spa_source *sources[TANDEM_INTERRUPTS];
};

/* Before the client is there: a thread that does not block them would die of them, and
 * all others with it. A pipe that nobody reads any more is no reason to die, either. */
void tandem_interrupt_block(void);

/* called(data, signal) on each of them. */
void tandem_interrupt_watch(struct tandem_interrupt *i, struct pw_loop *loop,
		void (*called)(void *data, int number), void *data);
/* From now on they end the program again. */
void tandem_interrupt_unwatch(struct tandem_interrupt *i);

#endif
