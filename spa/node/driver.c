/* SPDX-License-Identifier: MIT
 *
 * The data loop's side: two timers and process(). The graph timer ticks only while we
 * drive; the sending timer whenever a packet is due, whoever drives.
 */
#include "node.h"

#include <errno.h>
#include <time.h>

#include <spa/utils/result.h>

#include "compat.h"

#define REPORT_NS (500 * TANDEM_NS_PER_MS)
#define N_REPORTS 16
#define RUN_OUT_NS 0 /* the sending timer is to be set anew, whatever comes */

int64_t tandem_driver_now_ns(const struct tandem_node *n)
{
	struct timespec ts = { 0 };

	if (n->data_system == NULL)
		return 0;
	spa_system_clock_gettime(n->data_system, CLOCK_MONOTONIC, &ts);
	return SPA_TIMESPEC_TO_NSEC(&ts);
}

static void arm(struct tandem_node *n, const struct spa_source *timer, int64_t at_ns)
{
	struct itimerspec ts = { 0 };

	if (at_ns != TANDEM_NEVER_NS) {
		ts.it_value.tv_sec = at_ns / TANDEM_NS_PER_S;
		ts.it_value.tv_nsec = at_ns % TANDEM_NS_PER_S;
	}
	spa_system_timerfd_settime(n->data_system, timer->fd, SPA_FD_TIMER_ABSTIME, &ts,
			NULL);
}

static void report(struct tandem_node *n, int64_t at_ns)
{
	struct tandem_report *const r = tandem_ring_write_block(&n->reports);

	if (r == NULL)
		return;
	*r = (struct tandem_report){
		.driving = n->started && !n->following,
		.quantum = n->quantum,
		.missing_frames = n->group.missing_frames,
		.latency_s = tandem_group_latency_s(&n->group),
		.share = tandem_group_share(&n->group),
		.host_ns = at_ns,
		.swaps = n->swaps,
	};
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		const struct tandem_speaker *const s = n->group.speakers[i];

		r->plays[i] = tandem_apply_plays(n, i);
		if (s != NULL) {
			r->present |= 1u << i;
			r->speakers[i] = tandem_speaker_stats(s, at_ns);
			r->clocks[i] = tandem_clock_state(tandem_speaker_clock(s));
			r->memories[i] = tandem_clock_memory(tandem_speaker_clock(s));
			r->seen[i] = tandem_speaker_clock(s)->seen;
		}
	}
	tandem_ring_write_commit(&n->reports);
	n->reported_ns = at_ns;
	n->reported_folds = n->group.folds;
	if (n->report_event != NULL)
		spa_loop_utils_signal_event(n->loop_utils, n->report_event);
}

/* Whether a transport broke since the last report, and the blocks that starved so far. */
static bool has_broken(const struct tandem_node *n, uint64_t *ret_starved)
{
	bool broken = false;

	*ret_starved = 0;
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		const struct tandem_speaker *const s = n->group.speakers[i];

		if (s != NULL) {
			broken = broken || tandem_speaker_is_gone(s);
			*ret_starved += tandem_speaker_starved(s);
		}
	}
	return broken;
}

/* It stays as it is while it stands where it should: a cycle of the graph mostly changes
 * nothing of when the next packet is due. */
static void arm_sending(struct tandem_node *n, int64_t at_ns)
{
	if (at_ns == n->send_ns)
		return;
	n->send_ns = at_ns;
	arm(n, &n->send_timer, at_ns);
}

static void run_group(struct tandem_node *n)
{
	const int64_t at_ns = tandem_driver_now_ns(n);
	uint64_t starved;
	bool broken;

	arm_sending(n, tandem_group_run(&n->group, at_ns));
	broken = has_broken(n, &starved);
	if (starved > n->starved_blocks && n->started) {
		spa_node_call_xrun(&n->callbacks, (uint64_t)at_ns / SPA_NSEC_PER_USEC, 0,
				NULL);
	}
	n->starved_blocks = starved;
	if (broken || n->group.folds != n->reported_folds ||
			at_ns - n->reported_ns >= REPORT_NS)
		report(n, at_ns);
}

/* It is always set anew, which takes its expirations away as reading them would. */
static void on_send_timer(struct spa_source *source)
{
	struct tandem_node *n = source->data;

	n->send_ns = RUN_OUT_NS;
	run_group(n);
}

/* After a stall (the process was stopped, the host slept) whole cycles are over: they are
 * left out, for running them in one go would starve the rest of the desktop. */
static uint64_t missed_cycles(const struct tandem_node *n, int64_t period_ns)
{
	const int64_t late_ns = tandem_driver_now_ns(n) - n->next_ns;

	return late_ns > period_ns ? (uint64_t)(late_ns / period_ns) : 0;
}

static void on_graph_timer(struct spa_source *source)
{
	struct tandem_node *n = source->data;
	uint64_t duration = 1024;
	uint32_t rate = n->group.timeline.rate_hz > 0 ? (uint32_t)n->group.timeline.rate_hz
						      : 48000;
	int64_t period_ns;
	int64_t cycle_ns;
	uint64_t missed, expirations;

	if (spa_system_timerfd_read(n->data_system, source->fd, &expirations) < 0)
		return;
	if (n->position != NULL) {
		duration = tandem_clock_target_duration(&n->position->clock);
		rate = tandem_clock_target_rate(&n->position->clock).denom;
	}
	period_ns = (int64_t)(duration * SPA_NSEC_PER_SEC / rate);
	missed = missed_cycles(n, period_ns);
	cycle_ns = n->next_ns + (int64_t)missed * period_ns;
	n->next_ns = cycle_ns + period_ns;
	if (n->clock != NULL) {
		n->clock->nsec = (uint64_t)cycle_ns;
		n->clock->rate = SPA_FRACTION(1, rate);
		n->clock->position += n->clock->duration + missed * duration;
		n->clock->duration = duration;
		n->clock->delay = 0;
		n->clock->rate_diff = 1.0;
		n->clock->next_nsec = (uint64_t)n->next_ns;
	}
	spa_node_call_ready(&n->callbacks, SPA_STATUS_NEED_DATA);
	arm(n, &n->graph_timer, n->next_ns);
}

/* The planes of a buffer; returns the frames they hold. */
static uint32_t map_planes(const struct tandem_node *n, const struct spa_buffer *b,
		const float *ret_planes[TANDEM_MAX_CHANNELS])
{
	uint32_t frames = UINT32_MAX;

	if (b->n_datas < n->group.channels)
		return 0;
	for (uint32_t c = 0; c < n->group.channels; c++) {
		const struct spa_data *d = &b->datas[c];
		const uint32_t offset = SPA_MIN(d->chunk->offset, d->maxsize);
		const uint32_t bytes = SPA_MIN(d->chunk->size, d->maxsize - offset);

		ret_planes[c] = SPA_PTROFF(d->data, offset, const float);
		frames = SPA_MIN(frames, bytes / (uint32_t)sizeof(float));
	}
	return frames;
}

static void consume(struct tandem_node *n, const struct spa_buffer *b)
{
	const float *planes[TANDEM_MAX_CHANNELS];
	const uint32_t frames = map_planes(n, b, planes);
	double rate_diff = 1.0;
	int64_t cycle_ns = 0;

	n->quantum = frames;
	if (n->position != NULL) {
		const struct spa_io_clock *const c = &n->position->clock;

		if (c->flags & SPA_IO_CLOCK_FLAG_FREEWHEEL)
			return;
		cycle_ns = (int64_t)c->nsec;
		rate_diff = c->rate_diff;
	}
	if (cycle_ns == 0)
		cycle_ns = tandem_driver_now_ns(n);
	if (frames > 0)
		tandem_group_write(&n->group, cycle_ns, rate_diff, planes, frames);
}

int tandem_driver_process(struct tandem_node *n)
{
	struct spa_io_buffers *const io = n->io;

	if (io == NULL)
		return -EIO;
	if (io->status != SPA_STATUS_HAVE_DATA)
		return io->status;
	if (io->buffer_id >= n->n_buffers) {
		io->status = -EINVAL;
		return io->status;
	}
	consume(n, n->buffers[io->buffer_id]);
	if (n->send_ns == TANDEM_NEVER_NS) /* else the timer is set for what is next */
		run_group(n);
	io->status = SPA_STATUS_NEED_DATA;
	return SPA_STATUS_HAVE_DATA;
}

/* ---- changes, on the data loop ---- */

static bool is_following(const struct tandem_node *n)
{
	return n->position != NULL && n->clock != NULL &&
	       n->position->clock.id != n->clock->id;
}

static void set_timers(struct tandem_node *n)
{
	n->following = is_following(n);
	if (n->started && !n->following) {
		n->next_ns = tandem_driver_now_ns(n);
		arm(n, &n->graph_timer, n->next_ns);
	} else {
		arm(n, &n->graph_timer, TANDEM_NEVER_NS);
	}
}

struct invocation {
	struct tandem_node *n;
	void (*f)(struct tandem_node *n, void *arg);
	void *arg;
};

static int do_invoke(struct spa_loop *loop SPA_UNUSED, bool async SPA_UNUSED,
		uint32_t seq SPA_UNUSED, const void *data SPA_UNUSED,
		size_t size SPA_UNUSED, void *user_data)
{
	const struct invocation *const i = user_data;

	i->f(i->n, i->arg);
	arm_sending(i->n, tandem_group_run(&i->n->group, tandem_driver_now_ns(i->n)));
	return 0;
}

void tandem_driver_invoke(struct tandem_node *n,
		void (*f)(struct tandem_node *n, void *arg), void *arg)
{
	struct invocation i = { n, f, arg };

	if (n->data_loop != NULL) {
		spa_loop_invoke(n->data_loop, do_invoke, 0, NULL, 0, true, &i);
	} else {
		f(n, arg);
	}
}

struct io_change {
	uint32_t id;
	void *data;
};

static void change_io(struct tandem_node *n, void *arg)
{
	const struct io_change *const change = arg;
	switch (change->id) {
	case SPA_IO_Clock:
		n->clock = change->data;
		if (n->clock != NULL) {
			spa_scnprintf(n->clock->name, sizeof(n->clock->name),
					"clock.tandem.%p", (void *)n);
		}
		break;
	case SPA_IO_Position:
		n->position = change->data;
		break;
	default:
		n->io = change->data;
		return;
	}
	if (n->started && is_following(n) != n->following)
		set_timers(n);
}

int tandem_driver_set_io(struct tandem_node *n, uint32_t id, void *data)
{
	struct io_change change = { id, data };

	tandem_driver_invoke(n, change_io, &change);
	return 0;
}

static void change_started(struct tandem_node *n, void *arg)
{
	n->started = *(const bool *)arg;
	tandem_group_set_flowing(&n->group, n->started);
	set_timers(n);
}

int tandem_driver_start(struct tandem_node *n, bool on)
{
	if (n->data_loop == NULL)
		return -ENOTSUP;
	tandem_driver_invoke(n, change_started, &on);
	return 0;
}

/* ---- init ---- */

static int init_timer(struct tandem_node *n, struct spa_source *timer,
		spa_source_func_t func)
{
	timer->fd = spa_system_timerfd_create(n->data_system, CLOCK_MONOTONIC,
			SPA_FD_CLOEXEC | SPA_FD_NONBLOCK);
	if (timer->fd < 0)
		return timer->fd;
	timer->func = func;
	timer->data = n;
	timer->mask = SPA_IO_IN;
	return 0;
}

static int do_add_sources(struct spa_loop *loop, bool async SPA_UNUSED,
		uint32_t seq SPA_UNUSED, const void *data SPA_UNUSED,
		size_t size SPA_UNUSED, void *user_data)
{
	struct tandem_node *n = user_data;

	spa_loop_add_source(loop, &n->graph_timer);
	spa_loop_add_source(loop, &n->send_timer);
	return 0;
}

static int do_remove_sources(struct spa_loop *loop, bool async SPA_UNUSED,
		uint32_t seq SPA_UNUSED, const void *data SPA_UNUSED,
		size_t size SPA_UNUSED, void *user_data)
{
	struct tandem_node *n = user_data;

	spa_loop_remove_source(loop, &n->graph_timer);
	spa_loop_remove_source(loop, &n->send_timer);
	return 0;
}

int tandem_driver_init(struct tandem_node *n)
{
	int res;

	if (n->data_loop == NULL)
		return 0;
	res = tandem_ring_init(&n->reports, sizeof(struct tandem_report), N_REPORTS);
	if (res == 0)
		res = init_timer(n, &n->graph_timer, on_graph_timer);
	if (res == 0)
		res = init_timer(n, &n->send_timer, on_send_timer);
	if (res < 0)
		return res;
	return spa_loop_invoke(n->data_loop, do_add_sources, 0, NULL, 0, true, n);
}

void tandem_driver_finish(struct tandem_node *n)
{
	if (n->send_timer.fd >= 0) {
		spa_loop_invoke(n->data_loop, do_remove_sources, 0, NULL, 0, true, n);
		spa_system_close(n->data_system, n->send_timer.fd);
	}
	if (n->graph_timer.fd >= 0)
		spa_system_close(n->data_system, n->graph_timer.fd);
	tandem_ring_finish(&n->reports);
}
