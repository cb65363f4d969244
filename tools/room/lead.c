/* SPDX-License-Identifier: MIT */
#include "lead.h"

#include <errno.h>
#include <time.h>

#include "node/compat.h"

#define IDLE_NS (20 * TANDEM_NS_PER_MS) /* to the next look whether the graph wants us */

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return SPA_TIMESPEC_TO_NSEC(&ts);
}

static void wake_at(struct tandem_lead *l, int64_t at_ns)
{
	struct timespec at = { .tv_sec = at_ns / TANDEM_NS_PER_S,
		.tv_nsec = at_ns % TANDEM_NS_PER_S };

	l->next_ns = at_ns;
	pw_loop_update_timer(l->loop, l->timer, &at, NULL, true);
}

static bool leads(const struct tandem_lead *l)
{
	return atomic_load(&l->streams) && l->clock != NULL && l->position != NULL &&
	       pw_stream_is_driving(l->stream);
}

/* The cycle that begins at next_ns. Returns when the one after it begins. */
static int64_t tell_time(struct tandem_lead *l)
{
	struct spa_io_clock *const c = l->clock;
	const uint64_t duration = tandem_clock_target_duration(&l->position->clock);
	const struct spa_fraction rate = tandem_clock_target_rate(&l->position->clock);
	const double cycle_ns = (double)duration * 1e9 / (rate.denom * l->speed);

	c->nsec = (uint64_t)l->next_ns;
	c->rate = rate;
	c->position += c->duration;
	c->duration = duration;
	c->delay = 0;
	c->rate_diff = l->speed;
	c->next_nsec = (uint64_t)(l->next_ns + (int64_t)cycle_ns);
	return (int64_t)c->next_nsec;
}

static void on_timer(void *data, uint64_t expirations)
{
	struct tandem_lead *const l = data;
	const int64_t now = now_ns();

	(void)expirations;
	if (!leads(l)) {
		wake_at(l, now + IDLE_NS);
		return;
	}
	if (now - l->next_ns > IDLE_NS) /* the host stood still: these cycles are lost */
		l->next_ns = now;
	wake_at(l, tell_time(l));
	pw_stream_trigger_process(l->stream);
}

static int begin(struct spa_loop *loop, bool async, uint32_t seq, const void *data,
		size_t size, void *user_data)
{
	struct tandem_lead *const l = user_data;

	(void)loop, (void)async, (void)seq, (void)data, (void)size;
	l->timer = pw_loop_add_timer(l->loop, on_timer, l);
	if (l->timer == NULL)
		return -errno;
	wake_at(l, now_ns() + IDLE_NS);
	return 0;
}

static int end(struct spa_loop *loop, bool async, uint32_t seq, const void *data,
		size_t size, void *user_data)
{
	struct tandem_lead *const l = user_data;

	(void)loop, (void)async, (void)seq, (void)data, (void)size;
	pw_loop_destroy_source(l->loop, l->timer);
	l->timer = NULL;
	return 0;
}

int tandem_lead_init(struct tandem_lead *l)
{
	return pw_loop_invoke(l->loop, begin, 0, NULL, 0, true, l);
}

void tandem_lead_finish(struct tandem_lead *l)
{
	if (l->timer != NULL)
		pw_loop_invoke(l->loop, end, 0, NULL, 0, true, l);
}
