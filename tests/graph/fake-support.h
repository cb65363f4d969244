/* SPDX-License-Identifier: MIT
 *
 * What PipeWire hands to a plugin, in virtual time: a system whose clock only the test
 * moves, a data loop whose timers fire when told, and events for the main loop.
 */
#ifndef TANDEM_TESTS_FAKE_SUPPORT_H
#define TANDEM_TESTS_FAKE_SUPPORT_H

#include <stdbool.h>

#include <spa/support/loop.h>
#include <spa/support/system.h>

#include "base/units.h"

#define FAKE_MAX_TIMERS 8
#define FAKE_MAX_EVENTS 8

struct fake_timer {
	bool used;
	int64_t due_ns; /* 0: disarmed */
	struct spa_source *source;
};

struct fake_event {
	spa_source_event_func_t func;
	void *data;
	bool used;
	bool signalled;
};

struct fake {
	struct spa_system system;
	struct spa_loop loop;
	struct spa_loop_utils utils;
	int64_t now_ns;
	struct fake_timer timers[FAKE_MAX_TIMERS];
	struct fake_event events[FAKE_MAX_EVENTS];
	/* called round every entry into data-loop functions; may be NULL */
	void (*enter)(bool in);
};

void tandem_fake_init(struct fake *f, int64_t now_ns);
/* Asserts that nothing was left behind. */
void tandem_fake_finish(const struct fake *f);
void tandem_fake_enter(struct fake *f, bool in);

/* The armed timer due first, or NULL; and letting it fire. */
struct fake_timer *tandem_fake_next_timer(struct fake *f);
void tandem_fake_fire(struct fake *f, struct fake_timer *t);
/* Calls the events signalled since, as the main loop would. */
void tandem_fake_pump(struct fake *f);

#endif
