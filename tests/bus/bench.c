/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* The timer is skipped when this is left of it: the waits for BlueZ's own signals are
 * shorter (300 ms in roster-life.c). */
#define LONG_WAIT_NS (400 * TANDEM_NS_PER_MS)
#define QUIET_MS 40 /* no event for so long: nothing follows from the last; chosen */

int64_t tandem_bench_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * TANDEM_NS_PER_S + t.tv_nsec;
}

static void wake(void *data)
{
	const struct bench *b = data;
	const uint64_t one = 1;

	if (write(b->wake_fd, &one, sizeof(one)) < 0)
		abort();
}

static void detach(struct bench *b, uint32_t slot)
{
	close(b->fds[slot]);
	b->fds[slot] = -1;
}

static void hear(struct bench_said *s, const struct tandem_action *a)
{
	s->state = a->state;
	s->trouble = a->on;
	memcpy(s->text, a->text, sizeof(s->text));
	if (s->sentence && s->state == s->awaited) {
		s->heard |= s->sentence[0] ? strstr(s->text, s->sentence) != NULL
					   : s->text[0] == '\0';
	}
}

void tandem_bench_await(struct bench *b, uint32_t slot, enum tandem_speaker_state state,
		const char *sentence)
{
	b->said[slot].awaited = state;
	b->said[slot].sentence = sentence;
	b->said[slot].heard = false;
}

static void run_action(struct bench *b, const struct tandem_action *a)
{
	if (a->kind == TANDEM_ACTION_ATTACH) {
		b->fds[a->slot] = a->fd;
		b->attached[a->slot]++;
		b->mtu_bytes[a->slot] = a->mtu_bytes;
		memcpy(b->config[a->slot], a->config, 4);
	} else if (a->kind == TANDEM_ACTION_DETACH) {
		detach(b, a->slot);
	} else if (a->kind == TANDEM_ACTION_OBSERVE) {
		b->delay_s[a->slot] = a->value_s;
	} else if (a->kind == TANDEM_ACTION_TELL) {
		hear(&b->said[a->slot], a);
	} else if (a->kind == TANDEM_ACTION_SAY) {
		memcpy(b->guest, a->text, sizeof(b->guest));
	} else if (a->kind == TANDEM_ACTION_TIMER) {
		b->timer_ns = a->at_ns;
	} else if (!(b->mute && a->kind == TANDEM_ACTION_ANSWER)) {
		b->drops += a->kind == TANDEM_ACTION_DROP;
		tandem_bus_post(b->bus, a); /* ignores what is not for it */
	}
}

static int64_t roster_now_ns(const struct bench *b)
{
	return tandem_bench_now_ns() + b->ahead_ns;
}

static void feed(struct bench *b, const struct tandem_event *e)
{
	const struct tandem_actions *all =
			tandem_roster_event(b->roster, roster_now_ns(b), e);
	int fd = e->fd;

	for (uint32_t i = 0; i < all->n; i++) {
		if (all->items[i].kind == TANDEM_ACTION_ATTACH)
			fd = -1;
		run_action(b, &all->items[i]);
	}
	if (fd >= 0)
		close(fd);
}

/* A call is under way, or its stream is due. */
static bool is_busy(const struct bench *b)
{
	bool busy = false;

	for (size_t i = 0; i < TANDEM_MAX_ADAPTERS; i++)
		busy |= b->roster->book.adapters[i].registering;
	for (size_t i = 0; i < TANDEM_MAX_DEVICES; i++)
		busy |= b->roster->book.devices[i].connecting;
	for (uint32_t i = 0; i < 2; i++) {
		const struct tandem_life *l = &b->roster->slots[i].life;

		busy |= (l->call && l->state != TANDEM_SPEAKER_STREAMING) ||
			l->state == TANDEM_SPEAKER_CONNECTING;
	}
	return busy;
}

void tandem_bench_turn(struct bench *b)
{
	const struct tandem_event timer = { .kind = TANDEM_EVENT_TIMER, .fd = -1 };
	struct pollfd p = { .fd = b->wake_fd, .events = POLLIN };
	const int64_t left_ns = b->timer_ns - roster_now_ns(b);
	const bool skip = b->hurry && b->timer_ns && left_ns > LONG_WAIT_NS && !is_busy(b);
	struct tandem_event e;
	uint64_t count;
	int wait_ms = 500;

	if (b->timer_ns && left_ns < wait_ms * TANDEM_NS_PER_MS)
		wait_ms = left_ns > 0 ? (int)(left_ns / TANDEM_NS_PER_MS) + 1 : 0;
	if (b->hurry && wait_ms > QUIET_MS)
		wait_ms = QUIET_MS;
	if (poll(&p, 1, wait_ms) > 0) {
		ck_assert_int_eq(read(b->wake_fd, &count, sizeof(count)), sizeof(count));
	} else if (skip) {
		b->ahead_ns += left_ns;
	}
	if (b->timer_ns && roster_now_ns(b) >= b->timer_ns) {
		b->timer_ns = 0;
		feed(b, &timer);
	}
	while (tandem_bus_take(b->bus, &e)) {
		if (e.kind == TANDEM_EVENT_BUS_UP || e.kind == TANDEM_EVENT_BUS_DOWN) {
			b->up = e.kind == TANDEM_EVENT_BUS_UP;
			memcpy(b->down, e.detail, sizeof(b->down));
		}
		feed(b, &e);
	}
}

enum tandem_speaker_state tandem_bench_state(const struct bench *b, uint32_t slot)
{
	return b->roster->slots[slot].life.state;
}

bool tandem_bench_both(const struct bench *b, enum tandem_speaker_state wanted)
{
	return tandem_bench_state(b, 0) == wanted && tandem_bench_state(b, 1) == wanted;
}

void tandem_bench_want(struct bench *b, bool wanted)
{
	const struct tandem_event e = {
		.kind = TANDEM_EVENT_WANTED, .wanted = wanted, .fd = -1
	};

	feed(b, &e);
}

void tandem_bench_lose(struct bench *b, uint32_t slot, const char *why)
{
	struct tandem_event e = { .kind = TANDEM_EVENT_LOST, .slot = slot, .fd = -1 };

	snprintf(e.detail, sizeof(e.detail), "%s", why);
	detach(b, slot);
	feed(b, &e);
}

void tandem_bench_start_bus(struct bench *b)
{
	struct tandem_roster_config pair = { .n_speakers = 2, .seed = 7 };
	const struct tandem_bus_parts parts = { .n_endpoints = 2,
		.codecs = 1,
		.group = "tandem",
		.store = b->store,
		.wake = wake,
		.data = b };

	for (uint32_t i = 0; i < 2; i++) {
		snprintf(pair.wishes[i].address, sizeof(pair.wishes[i].address),
				"00:AA:01:%02X:00:%02X", b->first + i, b->first + i);
	}
	b->wake_fd = eventfd(0, EFD_CLOEXEC);
	b->fds[0] = b->fds[1] = -1;
	b->roster = malloc(sizeof(*b->roster));
	tandem_roster_init(b->roster, &pair);
	ck_assert_int_eq(tandem_bus_new(&b->bus, &parts), 0);
}

void tandem_bench_start_bluez(struct bench *b)
{
	const char *const bluez[] = { g_getenv("TANDEM_BLUEZ_SIM"), b->option, NULL };

	b->stage.bluez = tandem_stage_spawn(bluez);
}

void tandem_bench_stop_bluez(struct bench *b)
{
	g_free(tandem_stage_end(b->stage.bluez));
	b->stage.bluez = NULL;
}

void tandem_bench_start_stage(struct bench *b)
{
	tandem_bench_start_stage_with(b, NULL, 1);
}

void tandem_bench_start_stage_with(struct bench *b, const char *option, uint32_t first)
{
	*b = (struct bench){ .option = option, .first = first };
	tandem_bench_start_stage_again(b);
}

void tandem_bench_start_stage_again(struct bench *b)
{
	const char *const bluez[] = { g_getenv("TANDEM_BLUEZ_SIM"), b->option, NULL };

	tandem_stage_start(&b->stage, bluez);
	for (uint32_t i = 0; i < 2; i++) {
		g_autofree char *adapter = g_strdup_printf("hci%u", b->first + i);
		g_autofree char *wav = tandem_stage_path(&b->stage, adapter);
		g_autofree char *t0 =
				g_strdup_printf("%" G_GINT64_FORMAT, tandem_bench_now_ns());
		const char *const argv[] = { g_getenv("TANDEM_SPEAKER"), "--adapter",
			adapter, "--wav", wav, "--t0-ns", t0, "--delay", i ? "180" : "120",
			"--reports", "static", NULL };

		b->speakers[i] = tandem_stage_spawn(argv);
	}
}

void tandem_bench_stop_bus(struct bench *b)
{
	tandem_bus_free(b->bus);
	for (uint32_t i = 0; i < 2; i++) {
		if (b->fds[i] >= 0)
			detach(b, i);
	}
	close(b->wake_fd);
	free(b->roster);
}

void tandem_bench_stop_stage(struct bench *b)
{
	for (int i = 0; i < 2; i++)
		g_free(tandem_stage_end(b->speakers[i]));
	tandem_stage_stop(&b->stage);
}
