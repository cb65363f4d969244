/* SPDX-License-Identifier: MIT
 *
 * The slots: streams come, are looked at, and go. All on main, into the data loop by
 * blocking invoke.
 */
#include "door.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "layout.h"
#include "params.h"
#include "path/resample.h"
#include "path/transport-l2cap.h"

#define LEARN_NS (60 * TANDEM_NS_PER_S)

static void tell_learnt(struct tandem_node *n, uint32_t slot,
		const struct tandem_memory *memory)
{
	n->slots[slot].learnt_ns = tandem_driver_now_ns(n);
	tandem_door_learnt(n, slot, memory);
}

static void tell_seen(struct tandem_node *n, uint32_t slot, const struct tandem_seen *seen)
{
	uint64_t *const n_seen = &n->slots[slot].n_seen;
	struct tandem_observation fresh[TANDEM_SEEN];
	uint64_t lost = 0;
	uint32_t n_fresh = 0;

	if (seen->n - *n_seen > TANDEM_SEEN)
		lost = seen->n - *n_seen - TANDEM_SEEN;
	for (uint64_t i = *n_seen + lost; i < seen->n; i++)
		fresh[n_fresh++] = seen->latest[i % TANDEM_SEEN];
	*n_seen = seen->n;
	if (n_fresh > 0)
		tandem_door_observed(n, slot, fresh, n_fresh, lost);
}

struct speaker_change {
	uint32_t slot;
	struct tandem_observation observed; /* host_ns 0: none */
	struct tandem_speaker *speaker;     /* in: the new one; out: the old one */
};

static void change_speaker(struct tandem_node *n, void *arg)
{
	struct speaker_change *const change = arg;

	change->speaker =
			tandem_group_set_speaker(&n->group, change->slot, change->speaker);
	if (change->observed.host_ns != 0) { /* still holds */
		change->observed.host_ns = tandem_driver_now_ns(n);
		tandem_group_observe(&n->group, change->slot, &change->observed,
				change->observed.host_ns);
	}
	n->swaps++;
	n->reported_ns = 0; /* the next run reports */
}

/* Puts a speaker, or nobody, into the slot; frees who was there, tells what it taught. */
static void swap_speaker(struct tandem_node *n, uint32_t slot,
		struct tandem_speaker *speaker)
{
	struct speaker_change change = { slot, n->slots[slot].reported, speaker };

	n->slots[slot].speaker = speaker;
	n->slots[slot].last_bytes = 0;
	n->slots[slot].last_ns = 0;
	tandem_driver_invoke(n, change_speaker, &change);
	if (change.speaker != NULL) {
		const struct tandem_clock *const clock =
				tandem_speaker_clock(change.speaker);
		const struct tandem_memory memory = tandem_clock_memory(clock);

		tell_seen(n, slot, &clock->seen);
		tell_learnt(n, slot, &memory);
	}
	n->slots[slot].n_seen = 0;
	tandem_speaker_free(change.speaker);
}

static void clear_clock(struct tandem_speaker_status *s)
{
	s->latency_source = tandem_knowledge_name(TANDEM_KNOWS_NOTHING);
	s->remembered = false;
	s->sigma_ms = NAN;
	s->lateness_ms = NAN;
	s->clock_class = tandem_clock_class_name(TANDEM_CLASS_UNKNOWN);
	s->measured_drift_ppm = NAN;
	s->drift_sigma_ppm = NAN;
	s->content_ppm = 0.0;
	s->pace_ppm = 0.0;
	s->steps = 0;
	s->last_step_ms = NAN;
	s->jumps = 0;
}

static void clear_way(struct tandem_speaker_status *s)
{
	s->air_percent = 100;
	s->queue_source = tandem_flight_source_name(TANDEM_FLIGHT_UNKNOWN);
	s->queue_packets = 0;
	s->most_queue = 0;
	s->completed = 0;
	for (uint32_t i = 0; i < TANDEM_RADIO_PERCENTILES; i++)
		s->radio_ms[i] = NAN;
}

void tandem_slots_clear(struct tandem_node *n, uint32_t slot)
{
	clear_way(&n->status.speakers[slot]);
	clear_clock(&n->status.speakers[slot]);
}

static void clear_stream(struct tandem_speaker_status *s)
{
	s->codec[0] = '\0';
	s->mode[0] = '\0';
	s->rate_hz = 0;
	s->bitpool = 0;
	s->kbps = 0.0;
	s->packets = 0;
	s->skipped = 0;
	s->due_frames = 0;
	s->sent_frames = 0;
	s->late_ms = 0.0;
	clear_way(s);
	clear_clock(s);
}

static int make_speaker(struct tandem_node *n, uint32_t slot,
		const struct tandem_link *link, struct tandem_speaker **ret_speaker,
		struct tandem_codec_config *ret_codec)
{
	const struct tandem_speaker_settings *const settings = &n->settings.speakers[slot];
	struct tandem_speaker_config config = {
		.mix = tandem_layout_mix(&n->settings, slot),
		.trim_s = settings->delay_ms / 1e3,
		.drift_ppm = settings->drift_ppm,
		.wish = tandem_layout_wish(&n->settings, slot),
		.memory = link->memory,
		.in_hz = n->format.rate != 0 ? n->format.rate : 48000,
		.codec = tandem_codec_find(link->codec, link->config, link->config_bytes),
	};
	struct tandem_transport *transport = NULL;
	int res;

	res = tandem_transport_l2cap_new(&transport, link->fd, link->mtu_bytes,
			link->stamps);
	if (res < 0)
		return res;
	config.mtu_bytes = transport->packet_bytes;
	if (config.codec == NULL || config.codec->encoder == NULL)
		res = -ENOTSUP;
	if (res == 0) {
		res = config.codec->parse(&config.codec_config, link->config,
				link->config_bytes);
	}
	if (res == 0)
		res = tandem_speaker_new(ret_speaker, &config, transport);
	if (res < 0) {
		transport->ops->free(transport);
		return res;
	}
	*ret_codec = config.codec_config;
	return 0;
}

int tandem_slots_attach(struct tandem_node *n, uint32_t slot,
		const struct tandem_link *link)
{
	struct tandem_codec_config codec;
	struct tandem_speaker *speaker = NULL;
	struct tandem_speaker_status *s;
	int res;

	if (slot >= n->settings.n_speakers || n->slots[slot].speaker != NULL) {
		close(link->fd);
		return slot >= n->settings.n_speakers ? -EINVAL : -EBUSY;
	}
	res = make_speaker(n, slot, link, &speaker, &codec);
	if (res < 0)
		return res;
	s = &n->status.speakers[slot];
	clear_stream(s);
	spa_scnprintf(s->codec, sizeof(s->codec), "%s", codec.name);
	spa_scnprintf(s->mode, sizeof(s->mode), "%s", codec.mode);
	s->rate_hz = codec.rate_hz;
	s->bitpool = codec.bitpool;
	swap_speaker(n, slot, speaker);
	tandem_door_announce(n);
	return 0;
}

static bool is_empty(const struct tandem_node *n)
{
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (n->slots[i].speaker != NULL)
			return false;
	}
	return true;
}

void tandem_slots_detach(struct tandem_node *n, uint32_t slot)
{
	if (n->slots[slot].speaker == NULL)
		return;
	swap_speaker(n, slot, NULL);
	clear_stream(&n->status.speakers[slot]);
	if (is_empty(n)) /* nobody reports any more */
		tandem_props_take_air(n, 1.0, tandem_driver_now_ns(n));
	tandem_door_announce(n);
}

struct observed_change {
	uint32_t slot;
	struct tandem_observation observed;
	enum tandem_guarded guarded;
	bool silent; /* an ear has heard something else */
};

static void change_observed(struct tandem_node *n, void *arg)
{
	struct observed_change *const change = arg;
	const struct tandem_speaker *const s = n->group.speakers[change->slot];

	change->silent = change->observed.kind == TANDEM_OBSERVED_MICROPHONE &&
			 (s == NULL || !tandem_speaker_is_heard(s));
	if (change->silent)
		return;
	change->guarded = tandem_group_observe(&n->group, change->slot, &change->observed,
			tandem_driver_now_ns(n));
}

int tandem_slots_observe(struct tandem_node *n, uint32_t slot,
		const struct tandem_observation *observation,
		enum tandem_guarded *ret_guarded)
{
	struct observed_change change = { .slot = slot, .observed = *observation };

	if (slot >= n->settings.n_speakers ||
			(observation->kind != TANDEM_OBSERVED_REPORT &&
					observation->kind != TANDEM_OBSERVED_MICROPHONE))
		return -EINVAL;
	if (change.observed.host_ns == 0)
		change.observed.host_ns = tandem_driver_now_ns(n);
	if (observation->kind == TANDEM_OBSERVED_REPORT)
		n->slots[slot].reported = change.observed;
	tandem_driver_invoke(n, change_observed, &change);
	if (change.silent)
		return -ENOTCONN;
	*ret_guarded = change.guarded;
	return 0;
}

/* A crash, ours or the desktop's, shall not cost more than a minute of it. */
void tandem_slots_learn(struct tandem_node *n, const struct tandem_report *report)
{
	for (uint32_t i = 0; i < n->settings.n_speakers; i++) {
		if ((report->present & (1u << i)) && n->slots[i].speaker != NULL &&
				report->host_ns - n->slots[i].learnt_ns > LEARN_NS)
			tell_learnt(n, i, &report->memories[i]);
		/* of one that has been taken out since, all is told */
		if ((report->present & (1u << i)) && report->swaps == n->swaps)
			tell_seen(n, i, &report->seen[i]);
	}
}

struct rate_change {
	uint32_t rate_hz;
	struct tandem_resample *resamples[TANDEM_MAX_SPEAKERS]; /* in: new; out: old */
};

static void change_rate(struct tandem_node *n, void *arg)
{
	struct rate_change *const change = arg;

	tandem_group_set_rate(&n->group, change->rate_hz);
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (n->group.speakers[i] != NULL) {
			change->resamples[i] =
					tandem_speaker_set_input(n->group.speakers[i],
							change->resamples[i],
							change->rate_hz);
		}
	}
}

int tandem_slots_set_rate(struct tandem_node *n, uint32_t rate_hz)
{
	struct rate_change change = { .rate_hz = rate_hz };
	int res = 0;

	if (n->status.rate_hz == rate_hz)
		return 0;
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS && res == 0; i++) {
		if (n->slots[i].speaker != NULL) {
			res = tandem_speaker_make_input(n->slots[i].speaker,
					&change.resamples[i], rate_hz);
		}
	}
	if (res == 0) {
		tandem_driver_invoke(n, change_rate, &change);
		n->status.rate_hz = rate_hz;
	}
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++)
		tandem_resample_free(change.resamples[i]);
	return res;
}
