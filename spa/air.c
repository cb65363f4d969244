/* SPDX-License-Identifier: MIT */
#include "air.h"

/* Chosen: SBC joint of bitpool 53 then has 53 45 38 32 28 23, 3 to 5 dB of noise apart (by
 * the 15 dB that lie between 53 and 31, measured for one channel on both), and a half is as
 * far as a listener should have to follow. */
static const double shares[TANDEM_AIR_STEPS] = { 1.00, 0.87, 0.75, 0.66, 0.58, 0.50 };

/* Down by so many at a crowd that comes anew: a link that suddenly carries 60 % of what
 * was planned then loses nothing. A try that failed was one step too much. Chosen by trial
 * in tests/whole. */
#define STEPS_DOWN 3

/* Chosen: by then what has grown by a step too much, a tenth, has shrunk again. */
#define SETTLE_NS (100 * TANDEM_NS_PER_MS)

/* From the last step to the first, the ceiling in between, takes 4 s and five times 0.5 or
 * 1 s: within the 10 s that a listener may wait for the full sound. */
#define CLIMB_NS (500 * TANDEM_NS_PER_MS)
#define HOLD_NS TANDEM_NS_PER_S
#define MAX_HOLD_NS (4 * TANDEM_NS_PER_S)

/* A try that has lasted longer has not failed: what comes then is another crowd. */
#define TRY_NS (5 * TANDEM_NS_PER_S)

void tandem_air_init(struct tandem_air *a)
{
	*a = (struct tandem_air){ .hold_ns = HOLD_NS };
}

double tandem_air_share(const struct tandem_air *a)
{
	return shares[a->step];
}

static bool is_calm(const struct tandem_air *a)
{
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (a->queues[i].packets >= TANDEM_AIR_LONG)
			return false;
	}
	return true;
}

static void change(struct tandem_air *a, uint32_t step, int64_t now_ns)
{
	a->tried = step < a->step;
	a->step = step;
	a->changed_ns = now_ns;
	a->calm_ns = now_ns;
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++)
		a->queues[i].before = a->queues[i].packets;
}

static void step_down(struct tandem_air *a, bool full, int64_t now_ns)
{
	const bool failed = a->tried && now_ns - a->changed_ns < TRY_NS;
	const bool anew = a->tried || now_ns - a->calm_ns > CLIMB_NS;
	const uint32_t last = TANDEM_AIR_STEPS - 1;
	const uint32_t by = full ? last : failed || !anew ? 1 : STEPS_DOWN;

	if (anew) {
		a->hold_ns = failed ? 2 * a->hold_ns : HOLD_NS;
		a->hold_ns = a->hold_ns < MAX_HOLD_NS ? a->hold_ns : MAX_HOLD_NS;
		a->ceiling = a->step;
	}
	a->downs++;
	change(a, a->step + by < last ? a->step + by : last, now_ns);
}

/* One step at a time: quickly to below the ceiling, after a while to it, and then on. */
static void maybe_up(struct tandem_air *a, int64_t now_ns)
{
	int64_t wait_ns = HOLD_NS;

	if (a->step > a->ceiling + 1) {
		wait_ns = CLIMB_NS;
	} else if (a->step == a->ceiling + 1) {
		wait_ns = a->hold_ns;
	}
	if (a->step > 0 && now_ns - a->calm_ns >= wait_ns)
		change(a, a->step - 1, now_ns);
}

void tandem_air_see(struct tandem_air *a, uint32_t slot, uint32_t packets, uint32_t full,
		int64_t now_ns)
{
	const uint32_t before = a->queues[slot].before;
	const bool settled = now_ns - a->changed_ns >= SETTLE_NS;

	a->queues[slot].packets = packets;
	if (packets < TANDEM_AIR_LONG) {
		if (settled)
			a->queues[slot].before = 0;
		if (is_calm(a))
			maybe_up(a, now_ns);
		return;
	}
	if (a->step < TANDEM_AIR_STEPS - 1 && (packets > before || settled))
		step_down(a, packets >= full, now_ns);
	a->calm_ns = now_ns;
}

void tandem_air_forget(struct tandem_air *a, uint32_t slot)
{
	a->queues[slot].packets = 0;
	a->queues[slot].before = 0;
}
