/* SPDX-License-Identifier: MIT
 *
 * Settings on their way to the sound: what a change means for the group on the data loop,
 * and for the status.
 */
#include "params.h"

#include "base/settings-check.h"
#include "layout.h"

struct settings_change {
	double max_latency_s;
	uint32_t n;
	struct {
		struct tandem_mix mix;
		double trim_s;
		double drift_ppm;
		struct tandem_codec_wish wish;
		const char *plays; /* out: constant text */
	} slots[TANDEM_MAX_SPEAKERS];
};

const char *tandem_apply_plays(const struct tandem_node *n, uint32_t slot)
{
	const struct tandem_mix mix = tandem_group_mix(&n->group, slot);

	return tandem_layout_plays(&mix);
}

static void change_settings(struct tandem_node *n, void *arg)
{
	struct settings_change *const change = arg;
	const int64_t at_ns = tandem_driver_now_ns(n);

	tandem_group_set_max_latency(&n->group, change->max_latency_s);
	for (uint32_t i = 0; i < change->n; i++) {
		tandem_group_set_mix(&n->group, i, &change->slots[i].mix);
		tandem_group_set_trim(&n->group, i, change->slots[i].trim_s, at_ns);
		tandem_group_set_drift(&n->group, i, change->slots[i].drift_ppm, at_ns);
		tandem_group_set_wish(&n->group, i, &change->slots[i].wish);
	}
	for (uint32_t i = 0; i < change->n; i++)
		change->slots[i].plays = tandem_apply_plays(n, i);
}

void tandem_apply_settings(struct tandem_node *n)
{
	const struct tandem_settings *const s = &n->settings;
	struct settings_change change = { .max_latency_s = s->max_latency_ms / 1e3,
		.n = s->n_speakers };

	for (uint32_t i = 0; i < s->n_speakers; i++) {
		change.slots[i].mix = tandem_layout_mix(s, i);
		change.slots[i].trim_s = s->speakers[i].delay_ms / 1e3;
		change.slots[i].drift_ppm = s->speakers[i].drift_ppm;
		change.slots[i].wish = tandem_layout_wish(s, i);
	}
	tandem_driver_invoke(n, change_settings, &change);
	for (uint32_t i = 0; i < s->n_speakers; i++)
		n->status.speakers[i].plays = change.slots[i].plays;
	tandem_apply_mistakes(n);
}

static void add_line(void *data, const char *sentence)
{
	struct tandem_node *n = data;
	const size_t used = strlen(n->status.mistakes);

	if (sentence[0] == '\0')
		return;
	spa_scnprintf(n->status.mistakes + used, sizeof(n->status.mistakes) - used, "%s%s",
			used > 0 ? "\n" : "", sentence);
}

void tandem_apply_mistakes(struct tandem_node *n)
{
	n->status.mistakes[0] = '\0';
	add_line(n, n->configured);
	tandem_settings_check(&n->settings, add_line, n);
	add_line(n, n->refused);
}
