/* SPDX-License-Identifier: MIT */
#include "interrupt.h"

#include <signal.h>

static const int numbers[TANDEM_INTERRUPTS] = { SIGINT, SIGTERM, SIGHUP };

static void mask(int how)
{
	sigset_t set;

	sigemptyset(&set);
	for (int k = 0; k < TANDEM_INTERRUPTS; k++)
		sigaddset(&set, numbers[k]);
	pthread_sigmask(how, &set, NULL);
}

void tandem_interrupt_block(void)
{
	mask(SIG_BLOCK);
	signal(SIGPIPE, SIG_IGN);
}

void tandem_interrupt_watch(struct tandem_interrupt *i, struct pw_loop *loop,
		void (*called)(void *data, int number), void *data)
{
	i->loop = loop;
	for (int k = 0; k < TANDEM_INTERRUPTS; k++)
		i->sources[k] = pw_loop_add_signal(loop, numbers[k], called, data);
}

void tandem_interrupt_unwatch(struct tandem_interrupt *i)
{
	for (int k = 0; k < TANDEM_INTERRUPTS; k++) {
		if (i->sources[k])
			pw_loop_destroy_source(i->loop, i->sources[k]);
	}
	*i = (struct tandem_interrupt){ 0 };
	mask(SIG_UNBLOCK);
}
