/* SPDX-License-Identifier: MIT */
#include "fake-support.h"

#include <check.h>
#include <errno.h>

#include <spa/utils/type.h>

#define FIRST_FD 1000 /* of the fake timers */

void tandem_fake_enter(struct fake *f, bool in)
{
	if (f->enter != NULL)
		f->enter(in);
}

/* ---- fake system ---- */

static int sys_clock_gettime(void *object, int clockid, struct timespec *value)
{
	const struct fake *f = object;

	(void)clockid;
	value->tv_sec = f->now_ns / TANDEM_NS_PER_S;
	value->tv_nsec = f->now_ns % TANDEM_NS_PER_S;
	return 0;
}

static int sys_timerfd_create(void *object, int clockid, int flags)
{
	struct fake *f = object;

	(void)clockid;
	(void)flags;
	for (int i = 0; i < FAKE_MAX_TIMERS; i++) {
		if (!f->timers[i].used) {
			f->timers[i].used = true;
			return FIRST_FD + i;
		}
	}
	return -EMFILE;
}

static int sys_timerfd_settime(void *object, int fd, int flags,
		const struct itimerspec *new_value, struct itimerspec *old_value)
{
	struct fake *f = object;

	(void)old_value;
	if (!(flags & SPA_FD_TIMER_ABSTIME))
		return -EINVAL;
	f->timers[fd - FIRST_FD].due_ns = new_value->it_value.tv_sec * TANDEM_NS_PER_S +
					  new_value->it_value.tv_nsec;
	return 0;
}

static int sys_timerfd_read(void *object, int fd, uint64_t *expirations)
{
	(void)object;
	(void)fd;
	*expirations = 1;
	return 0;
}

static int sys_close(void *object, int fd)
{
	struct fake *f = object;

	f->timers[fd - FIRST_FD] = (struct fake_timer){ 0 };
	return 0;
}

static const struct spa_system_methods system_methods = {
	SPA_VERSION_SYSTEM_METHODS,
	.clock_gettime = sys_clock_gettime,
	.timerfd_create = sys_timerfd_create,
	.timerfd_settime = sys_timerfd_settime,
	.timerfd_read = sys_timerfd_read,
	.close = sys_close,
};

/* ---- fake loop ---- */

static int loop_add_source(void *object, struct spa_source *source)
{
	struct fake *f = object;

	f->timers[source->fd - FIRST_FD].source = source;
	return 0;
}

static int loop_remove_source(void *object, struct spa_source *source)
{
	struct fake *f = object;

	f->timers[source->fd - FIRST_FD].source = NULL;
	return 0;
}

/* NOLINTNEXTLINE(readability-function-size): SPA's signature */
static int loop_invoke(void *object, spa_invoke_func_t func, uint32_t seq, const void *data,
		size_t size, bool block, void *user_data)
{
	struct fake *f = object;
	int res;

	if (!block) /* the data loop is only ever changed by waiting for it */
		return -EINVAL;
	tandem_fake_enter(f, true);
	res = func(&f->loop, false, seq, data, size, user_data);
	tandem_fake_enter(f, false);
	return res;
}

static const struct spa_loop_methods loop_methods = {
	SPA_VERSION_LOOP_METHODS,
	.add_source = loop_add_source,
	.remove_source = loop_remove_source,
	.invoke = loop_invoke,
};

static struct spa_source *utils_add_event(void *object, spa_source_event_func_t func,
		void *data)
{
	struct fake *f = object;

	for (int i = 0; i < FAKE_MAX_EVENTS; i++) {
		if (!f->events[i].used) {
			f->events[i] = (struct fake_event){ func, data, true, false };
			return (struct spa_source *)&f->events[i];
		}
	}
	return NULL;
}

static int utils_signal_event(void *object, struct spa_source *source)
{
	(void)object;
	((struct fake_event *)source)->signalled = true;
	return 0;
}

static void utils_destroy_source(void *object, struct spa_source *source)
{
	(void)object;
	((struct fake_event *)source)->used = false;
}

static const struct spa_loop_utils_methods utils_methods = {
	SPA_VERSION_LOOP_UTILS_METHODS,
	.add_event = utils_add_event,
	.signal_event = utils_signal_event,
	.destroy_source = utils_destroy_source,
};

/* ---- the rig's side ---- */

void tandem_fake_init(struct fake *f, int64_t now_ns)
{
	*f = (struct fake){ .now_ns = now_ns };
	f->system.iface = SPA_INTERFACE_INIT(SPA_TYPE_INTERFACE_DataSystem,
			SPA_VERSION_SYSTEM, &system_methods, f);
	f->loop.iface = SPA_INTERFACE_INIT(SPA_TYPE_INTERFACE_DataLoop, SPA_VERSION_LOOP,
			&loop_methods, f);
	f->utils.iface = SPA_INTERFACE_INIT(SPA_TYPE_INTERFACE_LoopUtils,
			SPA_VERSION_LOOP_UTILS, &utils_methods, f);
}

void tandem_fake_finish(const struct fake *f)
{
	for (int i = 0; i < FAKE_MAX_TIMERS; i++)
		ck_assert_msg(!f->timers[i].used, "timer %d leaked", i);
	for (int i = 0; i < FAKE_MAX_EVENTS; i++)
		ck_assert_msg(!f->events[i].used, "event %d leaked", i);
}

struct fake_timer *tandem_fake_next_timer(struct fake *f)
{
	struct fake_timer *next = NULL;

	for (int i = 0; i < FAKE_MAX_TIMERS; i++) {
		struct fake_timer *const t = &f->timers[i];

		if (t->source != NULL && t->due_ns > 0 &&
				(next == NULL || t->due_ns < next->due_ns))
			next = t;
	}
	return next;
}

void tandem_fake_fire(struct fake *f, struct fake_timer *t)
{
	t->due_ns = 0;
	t->source->rmask = SPA_IO_IN;
	tandem_fake_enter(f, true);
	t->source->func(t->source);
	tandem_fake_enter(f, false);
}

void tandem_fake_pump(struct fake *f)
{
	for (int i = 0; i < FAKE_MAX_EVENTS; i++) {
		if (f->events[i].used && f->events[i].signalled) {
			f->events[i].signalled = false;
			f->events[i].func(f->events[i].data, 1);
		}
	}
}
