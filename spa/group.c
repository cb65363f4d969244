/* SPDX-License-Identifier: MIT */
#include "group.h"

#include <assert.h>
#include <math.h>

#include "fold.h"

#define LINE_FRAMES (1u << 17)           /* 2.7 s at 48 kHz */
#define BARRIER_NS (3 * TANDEM_NS_PER_S) /* then whoever is there */
#define LEAD_NS (20 * TANDEM_NS_PER_MS)  /* from the decision to the first packet */
#define STALE_NS TANDEM_NS_PER_S         /* five cycles of the greatest quantum */

int tandem_group_init(struct tandem_group *g, uint32_t channels, uint32_t rate_hz)
{
	*g = (struct tandem_group){ .channels = channels };
	tandem_timeline_init(&g->timeline, rate_hz);
	tandem_air_init(&g->air);
	return tandem_delayline_init(&g->line, channels, LINE_FRAMES);
}

void tandem_group_finish(struct tandem_group *g)
{
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++)
		assert(g->speakers[i] == NULL);
	tandem_delayline_finish(&g->line);
}

void tandem_group_set_rate(struct tandem_group *g, uint32_t rate_hz)
{
	tandem_timeline_init(&g->timeline, rate_hz);
	g->line.end = 0;
}

void tandem_group_set_flowing(struct tandem_group *g, bool flowing)
{
	g->flowing = flowing;
}

static bool is_heard(const struct tandem_group *g)
{
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (g->speakers[i] != NULL && tandem_speaker_is_heard(g->speakers[i]))
			return true;
	}
	return false;
}

static void align(struct tandem_group *g)
{
	struct tandem_need needs[TANDEM_MAX_SPEAKERS];
	double common_s;
	uint32_t n = 0;

	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		const struct tandem_speaker *const s = g->speakers[i];

		if (s != NULL) {
			needs[n++] = (struct tandem_need){
				.latency_s = tandem_speaker_latency_s(s),
				.spare_s = tandem_clock_spare_s(tandem_speaker_clock(s)),
			};
		}
	}
	common_s = tandem_align_update(&g->align, needs, n, is_heard(g));
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		struct tandem_speaker *const s = g->speakers[i];

		if (s != NULL) {
			const double extra_s = tandem_align_extra_s(&g->align,
					tandem_speaker_latency_s(s));
			const double late_s = fmax(0.0, -extra_s);

			tandem_speaker_set_common(s, TANDEM_MARGIN_S + common_s + late_s,
					late_s);
		}
	}
}

/* While somebody listens, what is seen moves one speaker, not the common delay. */
static void review(struct tandem_group *g)
{
	bool due = false;

	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		const struct tandem_speaker *const s = g->speakers[i];

		due = due || (s != NULL && tandem_speaker_is_heard(s) &&
					     tandem_align_is_short(&g->align,
							     tandem_speaker_latency_s(s)));
	}
	if (due)
		align(g);
}

static bool is_empty(const struct tandem_group *g)
{
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (g->speakers[i] != NULL)
			return false;
	}
	return true;
}

/* What is decided for one counts for all. */
static void share(struct tandem_group *g)
{
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (g->speakers[i] != NULL)
			tandem_speaker_set_share(g->speakers[i], tandem_air_share(&g->air));
	}
}

double tandem_group_share(const struct tandem_group *g)
{
	return tandem_air_share(&g->air);
}

static void watch_air(struct tandem_group *g, int64_t now_ns)
{
	const uint32_t step = g->air.step;

	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		struct tandem_speaker_queue queue;

		if (g->speakers[i] == NULL)
			continue;
		queue = tandem_speaker_queue(g->speakers[i]);
		if (queue.n == g->seen_queues[i])
			continue;
		g->seen_queues[i] = queue.n;
		tandem_air_see(&g->air, i, queue.counts ? queue.packets : 0,
				TANDEM_FLIGHT_LIMIT, now_ns);
	}
	if (g->air.step != step)
		share(g);
}

struct tandem_speaker *tandem_group_set_speaker(struct tandem_group *g, uint32_t slot,
		struct tandem_speaker *speaker)
{
	struct tandem_speaker *const old = g->speakers[slot];

	g->speakers[slot] = speaker;
	g->start_ns[slot] = 0;
	g->seen_queues[slot] = 0;
	tandem_air_forget(&g->air, slot);
	if (is_empty(g))
		tandem_air_init(&g->air);
	share(g);
	g->played[slot] = g->mixes[slot];
	if (speaker != NULL)
		align(g);
	return old;
}

void tandem_group_set_expected(struct tandem_group *g, uint32_t slots)
{
	g->expected = slots;
}

enum tandem_guarded tandem_group_observe(struct tandem_group *g, uint32_t slot,
		const struct tandem_observation *o, int64_t now_ns)
{
	enum tandem_guarded guarded;

	if (g->speakers[slot] == NULL)
		return TANDEM_GUARD_PASSED;
	guarded = tandem_speaker_observe(g->speakers[slot], o, now_ns);
	if (!is_heard(g))
		align(g);
	return guarded;
}

/* Those who started together are heard together, to the packet. */
static uint32_t companions(const struct tandem_group *g, uint32_t slot)
{
	uint32_t slots = 0;

	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (g->start_ns[i] == g->start_ns[slot])
			slots |= 1u << i;
	}
	return slots;
}

static struct tandem_presence find_presence(const struct tandem_group *g)
{
	struct tandem_presence p = { 0 };

	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		const struct tandem_speaker *const s = g->speakers[i];

		if (s == NULL || tandem_speaker_is_gone(s))
			continue;
		p.attached |= 1u << i;
		if (tandem_speaker_is_heard(s))
			p.heard |= companions(g, i);
	}
	p.heard &= p.attached;
	return p;
}

/* While nobody is heard yet, those who will be start together. */
static struct tandem_mix fold(const struct tandem_group *g, const struct tandem_presence *p,
		uint32_t slot)
{
	if (!(p->attached & (1u << slot)))
		return g->mixes[slot];
	return tandem_fold_mix(g->mixes, p->heard != 0 ? p->heard : p->attached, slot);
}

struct tandem_mix tandem_group_mix(const struct tandem_group *g, uint32_t slot)
{
	const struct tandem_presence p = find_presence(g);

	return fold(g, &p, slot);
}

/* Who is alone fades once, to what it plays then. */
void tandem_group_set_mix(struct tandem_group *g, uint32_t slot,
		const struct tandem_mix *mix)
{
	g->mixes[slot] = *mix;
	g->played[slot] = tandem_group_mix(g, slot);
	g->presence = (struct tandem_presence){ 0 }; /* the next run folds the others */
	if (g->speakers[slot] != NULL)
		tandem_speaker_set_mix(g->speakers[slot], &g->played[slot]);
}

static bool is_same(const struct tandem_mix *a, const struct tandem_mix *b)
{
	bool same = true;

	for (uint32_t row = 0; row < TANDEM_ARRAY_LEN(a->gains); row++) {
		for (uint32_t c = 0; c < TANDEM_MAX_CHANNELS; c++)
			same = same && a->gains[row][c] == b->gains[row][c];
	}
	return same;
}

/* Who came, is heard or has gone since the last run changes what the others play. */
static void refold(struct tandem_group *g)
{
	const struct tandem_presence p = find_presence(g);

	if (p.attached == g->presence.attached && p.heard == g->presence.heard)
		return;
	g->presence = p;
	g->folds++;
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		const struct tandem_mix mix = fold(g, &p, i);

		if (g->speakers[i] == NULL || is_same(&mix, &g->played[i]))
			continue;
		g->played[i] = mix;
		tandem_speaker_set_mix(g->speakers[i], &mix);
	}
}

void tandem_group_set_trim(struct tandem_group *g, uint32_t slot, double trim_s,
		int64_t now_ns)
{
	if (g->speakers[slot] == NULL)
		return;
	tandem_speaker_set_trim(g->speakers[slot], trim_s, now_ns);
	align(g);
}

void tandem_group_set_drift(struct tandem_group *g, uint32_t slot, double drift_ppm,
		int64_t now_ns)
{
	if (g->speakers[slot] != NULL)
		tandem_speaker_set_drift(g->speakers[slot], drift_ppm, now_ns);
}

uint32_t tandem_group_set_wish(struct tandem_group *g, uint32_t slot,
		const struct tandem_codec_wish *wish)
{
	if (g->speakers[slot] == NULL)
		return 0;
	return tandem_speaker_set_wish(g->speakers[slot], wish);
}

void tandem_group_set_max_latency(struct tandem_group *g, double max_latency_s)
{
	g->align.max_s = max_latency_s;
	align(g);
}

void tandem_group_write(struct tandem_group *g, int64_t cycle_ns, double rate_diff,
		const float *const in[], uint32_t frames)
{
	const int64_t first =
			tandem_timeline_cycle(&g->timeline, cycle_ns, frames, rate_diff);

	if (first > g->line.end)
		g->missing_frames += (uint64_t)(first - g->line.end);
	tandem_delayline_write(&g->line, first, in, frames);
}

/* When frame 0 of those who start now is due, once all that is due has been sent. In step
 * with a speaker that plays already, at the next end of a packet of its: packets that are
 * due at nearly the same time are sent together, or wait for each other. */
static int64_t starting_ns(const struct tandem_group *g, int64_t now_ns)
{
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		const struct tandem_speaker *const s = g->speakers[i];

		if (s != NULL && tandem_speaker_next_ns(s, now_ns) != TANDEM_NEVER_NS)
			return tandem_speaker_next_ns(s, now_ns);
	}
	return now_ns + LEAD_NS;
}

/* Starts together all who wait, when nobody is missing or the patience is over. */
static int64_t run_barrier(struct tandem_group *g, int64_t now_ns)
{
	uint32_t waiting = 0;
	uint32_t present = 0;
	int64_t start_ns;

	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (g->speakers[i] == NULL)
			continue;
		present |= 1u << i;
		if (!tandem_speaker_is_started(g->speakers[i]))
			waiting |= 1u << i;
	}
	if (waiting == 0 || !g->timeline.running) {
		g->barrier_ns = 0;
		return TANDEM_NEVER_NS;
	}
	if (g->barrier_ns == 0)
		g->barrier_ns = now_ns;
	if ((g->expected & ~present) != 0 && now_ns < g->barrier_ns + BARRIER_NS)
		return g->barrier_ns + BARRIER_NS;
	start_ns = starting_ns(g, now_ns); /* the same for all */
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (waiting & (1u << i)) {
			tandem_speaker_start(g->speakers[i], start_ns);
			g->start_ns[i] = start_ns;
		}
	}
	g->barrier_ns = 0;
	return TANDEM_NEVER_NS;
}

/* A graph that has delivered nothing for long is not worth waiting for at every block. */
static bool is_flowing(const struct tandem_group *g, int64_t now_ns)
{
	return g->flowing && now_ns - g->timeline.origin_ns < STALE_NS;
}

int64_t tandem_group_run(struct tandem_group *g, int64_t now_ns)
{
	const bool flowing = is_flowing(g, now_ns);
	int64_t next_ns;
	bool more = true;

	review(g);
	refold(g);
	while (more) {
		more = false;
		for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
			if (g->speakers[i] != NULL) {
				more |= tandem_speaker_make(g->speakers[i], &g->line,
						&g->timeline, now_ns, flowing);
			}
		}
		for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
			if (g->speakers[i] != NULL)
				tandem_speaker_send(g->speakers[i], now_ns);
		}
		watch_air(g, now_ns);
	}
	next_ns = run_barrier(g, now_ns);
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (g->speakers[i] != NULL) {
			const int64_t t = tandem_speaker_next_ns(g->speakers[i], now_ns);

			next_ns = t < next_ns ? t : next_ns;
		}
	}
	return next_ns;
}

double tandem_group_latency_s(const struct tandem_group *g)
{
	const double fallback_s = TANDEM_DEFAULT_DELAY_NS / (double)TANDEM_NS_PER_S;

	if (g->align.common_s > 0.0)
		return TANDEM_MARGIN_S + g->align.common_s;
	return TANDEM_MARGIN_S + tandem_align_limit_s(&g->align, fallback_s);
}
