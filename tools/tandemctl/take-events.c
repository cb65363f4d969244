/* SPDX-License-Identifier: MIT
 *
 * What happens while a take goes on: findings, levels, news, signals.
 */
#include <stdio.h>
#include <unistd.h>

#include "hear-say.h"
#include "take-internal.h"
#include "tandemctl.h"

#define SURE_FIRST 3 /* findings before Tandem is told of any; chosen */

bool tandem_take_counts(const struct take *t, uint32_t i)
{
	return t->turn_of[i] == t->turn;
}

bool tandem_take_heard(const struct take *t, uint32_t times)
{
	for (uint32_t i = 0; i < t->n; i++) {
		if (tandem_take_counts(t, i) && t->tallies[i].n < times)
			return false;
	}
	return true;
}

static void show_progress(const struct take *t)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%4.1f s ", t->listened_s);
	for (uint32_t i = 0; i < t->n; i++) {
		if (tandem_take_counts(t, i)) {
			fprintf(stderr, "  %s: heard %u times", t->speakers[i].label,
					t->tallies[i].n);
		}
	}
	fprintf(stderr, "   ");
}

void tandem_take_end_progress(void)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%60s\r", "");
}

/* Those of this turn, as bits. */
static uint32_t turn_mask(const struct take *t)
{
	uint32_t mask = 0;

	for (uint32_t i = 0; i < t->n; i++)
		mask |= (tandem_take_counts(t, i) ? 1u : 0u) << i;
	return mask;
}

/* The first that Tandem is told has all of them in it. */
static void on_finding(void *data, const struct tandem_hear_finding *f)
{
	struct take *const t = data;
	const uint32_t mask = turn_mask(t);

	t->mic_ms = f->mic_ms;
	for (uint32_t i = 0; i < t->n; i++) {
		if (mask >> i & 1)
			tandem_tally_add(&t->tallies[i], &f->ear.of[i], f->rate_hz);
	}
	if (!t->is_telling && tandem_take_heard(t, SURE_FIRST) &&
			(tandem_hear_who(t->hear, f, TANDEM_EAR_HEARD) & mask) == mask) {
		t->is_telling = true;
		for (uint32_t i = 0; i < t->n; i++) {
			if (mask >> i & 1)
				tandem_tally_sum(&t->tallies[i], &t->before[i]);
		}
	}
	if (t->is_telling && !t->config->is_dry)
		tandem_hear_push(t->hear, f, mask);
	show_progress(t);
}

static void on_levels(void *data, const struct tandem_hear_levels *l)
{
	struct take *const t = data;

	t->listened_s += (double)l->frames / l->rate_hz;
	t->has_heard |= l->heard > 0.0;
	if (!t->is_hearing_noise)
		return;
	t->noise_power += l->heard * l->heard * l->frames;
	t->noise_frames += l->frames;
}

static void on_news(void *data, const struct tandem_listen_news *news)
{
	struct take *const t = data;

	tandem_take_end_progress();
	tandem_hear_say_news(news, t->config->source);
	t->news = *news;
}

static const struct tandem_hear_events hear_events = {
	.finding = on_finding,
	.levels = on_levels,
	.news = on_news,
};

static void on_interrupt(void *data, int number)
{
	struct take *const t = data;

	(void)number;
	t->is_stopped = true;
}

/* ---- waiting ---- */

bool tandem_take_is_over(const struct take *t)
{
	return t->is_stopped || tandem_client_is_gone(t->client) ||
	       t->news.state == TANDEM_LISTEN_NO_SINK ||
	       t->news.state == TANDEM_LISTEN_NO_SOURCE ||
	       t->news.state == TANDEM_LISTEN_BROKEN || tandem_chirp_trouble(t->chirp)[0];
}

struct wait {
	struct take *take;
	bool (*is_done)(struct take *t);
};

static bool check(struct tandem_client *c, void *data)
{
	const struct wait *const w = data;

	(void)c;
	return tandem_take_is_over(w->take) || w->is_done(w->take);
}

/* False: not within that time, or all is over. */
bool tandem_take_wait(struct take *t, bool (*is_done)(struct take *t), double seconds)
{
	struct wait w = { t, is_done };

	return tandem_client_wait(t->client, check, &w, (int)(seconds * 1e3)) &&
	       !tandem_take_is_over(t);
}

int tandem_take_open(struct take *t)
{
	struct tandem_client *const c = t->client;
	int res;

	tandem_interrupt_watch(&t->interrupt, tandem_client_loop(c), on_interrupt, t);
	res = tandem_chirp_new(&t->chirp, tandem_client_core(c), t->config->sink,
			TANDEM_TAKE_RATE_HZ);
	if (res < 0)
		return res;
	return tandem_hear_new(&t->hear, c, t->config->sink, t->config->source,
			&hear_events, t);
}

void tandem_take_close(struct take *t)
{
	tandem_hear_free(t->hear);
	tandem_chirp_free(t->chirp);
	tandem_interrupt_unwatch(&t->interrupt);
}
