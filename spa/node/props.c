/* SPDX-License-Identifier: MIT
 *
 * What a person reads of the sink: rows of the Props param's `params`, each explained by a
 * PropInfo: the settings (settings.c), then the status. One table for the group, one per
 * speaker; the code walks them.
 */
#include "params.h"

#include <math.h>

#include <spa/param/props.h>

#include "base/status-rows.h"

#define LATENCY_HYSTERESIS_S 0.001 /* players should not chase our fractions */
#define LATE_MS 1.0                /* less is nobody's trouble */
/* Each time PipeWire reads all params of the node, and the session manager all that it
 * keeps of it: 3 million instructions on Debian sid, as much as 0.2 s of the sound. */
#define ANNOUNCE_NS (10 * TANDEM_NS_PER_S)
#define CROWDED_NS TANDEM_NS_PER_S /* a shorter squeeze is nobody's trouble, too */

/* The row-th row of all: its name, description, and where its value is. */
struct place {
	char key[48];
	const struct tandem_status_row *row;
	const void *value;
};

static bool find_place(const struct tandem_status *status, uint32_t index,
		struct place *ret)
{
	const uint32_t n_group = tandem_group_status_table.n;
	const uint32_t n_speaker = tandem_speaker_status_table.n;
	const struct tandem_speaker_status *s;

	if (index < n_group) {
		ret->row = &tandem_group_status_table.rows[index];
		ret->value = (const char *)status + ret->row->offset;
		snprintf(ret->key, sizeof(ret->key), "tandem.%s", ret->row->key);
		return true;
	}
	index -= n_group;
	if (index / n_speaker >= status->n_speakers)
		return false;
	s = &status->speakers[index / n_speaker];
	ret->row = &tandem_speaker_status_table.rows[index % n_speaker];
	ret->value = (const char *)s + ret->row->offset;
	snprintf(ret->key, sizeof(ret->key), "speaker.%s.%s", s->label, ret->row->key);
	return true;
}

static void add_value(struct spa_pod_builder *b, const struct place *p)
{
	switch (p->row->type) {
	case TANDEM_STATUS_BOOL:
		spa_pod_builder_bool(b, *(const bool *)p->value);
		break;
	case TANDEM_STATUS_U32:
		spa_pod_builder_int(b, (int32_t)*(const uint32_t *)p->value);
		break;
	case TANDEM_STATUS_U64:
		spa_pod_builder_long(b, (int64_t)*(const uint64_t *)p->value);
		break;
	case TANDEM_STATUS_DOUBLE:
		spa_pod_builder_double(b, *(const double *)p->value);
		break;
	case TANDEM_STATUS_TEXT:
		spa_pod_builder_string(b, p->value);
		break;
	case TANDEM_STATUS_CONSTANT:
		spa_pod_builder_string(b, *(const char *const *)p->value != NULL
							  ? *(const char *const *)p->value
							  : "");
		break;
	case TANDEM_STATUS_STATE:
		spa_pod_builder_string(b,
				tandem_speaker_state_name(*(const enum tandem_speaker_state
								*)p->value));
		break;
	}
}

static bool is_known(const struct place *p)
{
	return p->row->type != TANDEM_STATUS_DOUBLE || !isnan(*(const double *)p->value);
}

static struct spa_pod *make_props(struct tandem_node *n, struct spa_pod_builder *b)
{
	struct spa_pod_frame object;
	struct spa_pod_frame rows;
	struct place p;

	spa_pod_builder_push_object(b, &object, SPA_TYPE_OBJECT_Props, SPA_PARAM_Props);
	spa_pod_builder_prop(b, SPA_PROP_params, 0);
	spa_pod_builder_push_struct(b, &rows);
	tandem_settings_add_props(n, b);
	for (uint32_t i = 0; find_place(&n->status, i, &p); i++) {
		if (is_known(&p)) {
			spa_pod_builder_string(b, p.key);
			add_value(b, &p);
		}
	}
	spa_pod_builder_pop(b, &rows);
	return spa_pod_builder_pop(b, &object);
}

static struct spa_pod *make_status_info(struct tandem_node *n, uint32_t index,
		struct spa_pod_builder *b)
{
	struct spa_pod_frame object;
	struct place p;

	if (!find_place(&n->status, index, &p))
		return NULL;
	spa_pod_builder_push_object(b, &object, SPA_TYPE_OBJECT_PropInfo,
			SPA_PARAM_PropInfo);
	spa_pod_builder_add(b, SPA_PROP_INFO_name, SPA_POD_String(p.key),
			SPA_PROP_INFO_description, SPA_POD_String(p.row->help), 0);
	spa_pod_builder_prop(b, SPA_PROP_INFO_type, 0);
	add_value(b, &p);
	spa_pod_builder_add(b, SPA_PROP_INFO_params, SPA_POD_Bool(true), 0);
	return spa_pod_builder_pop(b, &object);
}

static struct spa_pod *make_prop_info(struct tandem_node *n, uint32_t index,
		struct spa_pod_builder *b)
{
	const uint32_t n_settings = tandem_settings_count(n);

	return index < n_settings ? tandem_settings_make_info(n, index, b)
				  : make_status_info(n, index - n_settings, b);
}

struct spa_pod *tandem_props_make(struct tandem_node *n, uint32_t id, uint32_t index,
		struct spa_pod_builder *b)
{
	switch (id) {
	case SPA_PARAM_Props:
		return index == 0 ? make_props(n, b) : NULL;
	case SPA_PARAM_PropInfo:
		return make_prop_info(n, index, b);
	case SPA_PARAM_IO:
		if (index > 1)
			return NULL;
		return spa_pod_builder_add_object(b, SPA_TYPE_OBJECT_ParamIO, id,
				SPA_PARAM_IO_id,
				SPA_POD_Id(index == 0 ? SPA_IO_Clock : SPA_IO_Position),
				SPA_PARAM_IO_size,
				SPA_POD_Int(index == 0 ? sizeof(struct spa_io_clock)
						       : sizeof(struct spa_io_position)));
	default:
		return NULL;
	}
}

/* The module knows what is wrong with a connection; we, what is wrong with the time. */
void tandem_props_say(struct tandem_node *n, uint32_t index)
{
	const struct tandem_slot *const slot = &n->slots[index];
	struct tandem_speaker_status *const s = &n->status.speakers[index];
	const bool said = s->message[0] != '\0';
	char ms[16];

	if (slot->message[0] != '\0' || s->late_ms < LATE_MS) {
		memcpy(s->message, slot->message, sizeof(s->message));
		return;
	}
	spa_scnprintf(ms, sizeof(ms), "%.0f", s->late_ms);
	tandem_say(s->message, TANDEM_SAY_TOO_SLOW, ms);
	if (!said && n->log != NULL)
		spa_log_warn(n->log, "%s: %s: %s", n->settings.name, s->label, s->message);
}

/* The module's word goes before: without a speaker no air is crowded. */
void tandem_props_say_group(struct tandem_node *n)
{
	char percent[16];

	memcpy(n->status.message, n->message, sizeof(n->status.message));
	if (n->message[0] != '\0' || !n->crowded)
		return;
	spa_scnprintf(percent, sizeof(percent), "%u", n->status.air_percent);
	tandem_say(n->status.message, TANDEM_SAY_CROWDED, percent);
}

static uint32_t to_percent(double share)
{
	return (uint32_t)lround(100.0 * share);
}

/* It is said when it has lasted, and no more once there is room for all. */
void tandem_props_take_air(struct tandem_node *n, double share, int64_t host_ns)
{
	const bool crowded = share < 1.0;
	const bool said = n->status.message[0] != '\0' && n->message[0] == '\0';

	n->status.air_percent = to_percent(share);
	if (!crowded) {
		n->squeezed_ns = 0;
	} else if (n->squeezed_ns == 0) {
		n->squeezed_ns = host_ns;
	}
	n->crowded = crowded && host_ns - n->squeezed_ns >= CROWDED_NS;
	tandem_props_say_group(n);
	if (n->crowded == said)
		return;
	n->told_ns = 0; /* at once */
	if (n->log == NULL)
		return;
	if (n->crowded) {
		spa_log_info(n->log, "%s: %s", n->settings.name, n->status.message);
	} else {
		spa_log_info(n->log, "%s: the air has room again", n->settings.name);
	}
}

static void take_speaker(struct tandem_slot *slot, struct tandem_speaker_status *status,
		const struct tandem_speaker_stats *stats, int64_t host_ns)
{
	const double seconds = (double)(host_ns - slot->last_ns) / (double)TANDEM_NS_PER_S;

	if (seconds >= 1.0) {
		const uint64_t bytes = stats->bytes - slot->last_bytes;

		status->kbps = slot->last_ns > 0 ? (double)bytes * 8e-3 / seconds : 0.0;
		slot->last_bytes = stats->bytes;
		slot->last_ns = host_ns;
	}
	status->bitpool = stats->bitpool;
	status->packets = stats->packets;
	status->skipped = stats->skipped;
	status->due_frames = stats->due_frames;
	status->sent_frames = stats->sent_frames;
	status->air_percent = to_percent(stats->share);
	status->queue_source = tandem_flight_source_name(stats->queue_source);
	status->queue_packets = stats->queue_packets;
	status->most_queue = stats->most_queue_packets;
	status->completed = stats->completed;
	for (uint32_t i = 0; i < TANDEM_RADIO_PERCENTILES; i++)
		status->radio_ms[i] = stats->radio_s[i] * 1e3;
	status->latency_ms = stats->delay_s * 1e3;
	status->extra_ms = stats->extra_s * 1e3;
	status->late_ms = stats->late_s * 1e3;
}

static void take_clock(struct tandem_speaker_status *status,
		const struct tandem_clock_state *c)
{
	status->latency_source = tandem_knowledge_name(c->knows);
	status->remembered = c->remembered;
	status->sigma_ms = c->sigma_s * 1e3;
	status->lateness_ms = c->lateness_s * 1e3;
	status->clock_class = tandem_clock_class_name(c->class);
	status->measured_drift_ppm = c->drift_ppm;
	status->drift_sigma_ppm = c->drift_sigma_ppm;
	status->content_ppm = c->content_ppm;
	status->pace_ppm = c->pace_ppm;
	status->steps = c->steps;
	status->last_step_ms = c->steps > 0 ? c->last_step_s * 1e3 : NAN;
	status->jumps = c->jumps;
}

/* What somebody may be waiting for; all else is figures. */
static bool is_news(const struct tandem_speaker_status *was,
		const struct tandem_speaker_status *now)
{
	return was->plays != now->plays || (was->packets == 0) != (now->packets == 0) ||
	       (was->message[0] == '\0') != (now->message[0] == '\0') ||
	       was->latency_source != now->latency_source ||
	       was->remembered != now->remembered || was->clock_class != now->clock_class ||
	       was->steps != now->steps || was->jumps != now->jumps;
}

void tandem_props_take(struct tandem_node *n, const struct tandem_report *report)
{
	n->status.driving = report->driving;
	n->status.quantum = report->quantum;
	n->status.xruns = report->missing_frames;
	n->status.latency_ms = report->latency_s * 1e3;
	tandem_props_take_air(n, report->share, report->host_ns);
	for (uint32_t i = 0; i < n->status.n_speakers; i++) {
		struct tandem_speaker_status *const s = &n->status.speakers[i];
		const struct tandem_speaker_status was = *s;

		s->plays = report->plays[i];
		if (report->present & (1u << i)) {
			take_speaker(&n->slots[i], s, &report->speakers[i],
					report->host_ns);
			take_clock(s, &report->clocks[i]);
			tandem_props_say(n, i);
		}
		if (is_news(&was, s))
			n->told_ns = 0; /* told at once */
	}
	if (fabs(report->latency_s - n->told_latency_s) > LATENCY_HYSTERESIS_S) {
		n->told_latency_s = report->latency_s;
		tandem_node_touch_port_param(n, TANDEM_PORT_LATENCY);
	}
	if (report->host_ns - n->told_ns >= ANNOUNCE_NS) {
		n->told_ns = report->host_ns;
		tandem_node_touch_param(n, TANDEM_NODE_PROPS);
	}
}
