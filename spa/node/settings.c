/* SPDX-License-Identifier: MIT
 *
 * The live settings as Props and PropInfo, read and set:
 *
 *     tandem.<key>           of the group
 *     speaker.<label>.<key>  of one speaker
 *
 * A value may arrive as any pod; None sets the default. What is refused is told in the
 * status and the journal, and changes nothing.
 */
#include "door.h"
#include "params.h"

#include <errno.h>

#include <spa/param/props.h>
#include <spa/pod/iter.h>

#define GROUP_PREFIX "tandem."
#define SPEAKER_PREFIX "speaker."
#define GROUP_SLOT (-1)
#define WHERE "set-param"

static bool is_live(const struct tandem_setting *row)
{
	return row->flags & TANDEM_SETTING_LIVE;
}

static void *base_of(struct tandem_node *n, int32_t slot)
{
	return slot == GROUP_SLOT ? (void *)&n->settings
				  : (void *)&n->settings.speakers[slot];
}

/* The index-th live setting of all: its key, row and slot. */
struct place {
	char key[48];
	int32_t slot;
	const struct tandem_setting *row;
};

static bool find_live(const struct tandem_setting_table *table, uint32_t *index,
		const struct tandem_setting **ret_row)
{
	for (uint32_t i = 0; i < table->n; i++) {
		if (is_live(&table->rows[i]) && (*index)-- == 0) {
			*ret_row = &table->rows[i];
			return true;
		}
	}
	return false;
}

static bool find_place(const struct tandem_node *n, uint32_t index, struct place *ret)
{
	if (find_live(&tandem_group_table, &index, &ret->row)) {
		ret->slot = GROUP_SLOT;
		spa_scnprintf(ret->key, sizeof(ret->key), GROUP_PREFIX "%s", ret->row->key);
		return true;
	}
	for (uint32_t i = 0; i < n->settings.n_speakers; i++) {
		if (find_live(&tandem_speaker_table, &index, &ret->row)) {
			ret->slot = (int32_t)i;
			spa_scnprintf(ret->key, sizeof(ret->key), SPEAKER_PREFIX "%s.%s",
					n->settings.speakers[i].label, ret->row->key);
			return true;
		}
	}
	return false;
}

static uint32_t count_live(const struct tandem_setting_table *table)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < table->n; i++)
		count += is_live(&table->rows[i]);
	return count;
}

uint32_t tandem_settings_count(const struct tandem_node *n)
{
	return count_live(&tandem_group_table) +
	       n->settings.n_speakers * count_live(&tandem_speaker_table);
}

static void add_value(struct spa_pod_builder *b, const struct tandem_setting *row,
		const void *base)
{
	const void *const at = (const char *)base + row->offset;
	char text[TANDEM_VALUE_SIZE];

	if (row->type == TANDEM_SETTING_BOOL) {
		spa_pod_builder_bool(b, *(const bool *)at);
	} else if (row->type == TANDEM_SETTING_WHOLE) {
		spa_pod_builder_int(b, (int32_t)*(const uint32_t *)at);
	} else if (row->type == TANDEM_SETTING_NUMBER) {
		spa_pod_builder_double(b, *(const double *)at);
	} else {
		tandem_setting_write(row, base, text);
		spa_pod_builder_string(b, text);
	}
}

void tandem_settings_add_props(struct tandem_node *n, struct spa_pod_builder *b)
{
	struct place p;

	for (uint32_t i = 0; find_place(n, i, &p); i++) {
		spa_pod_builder_string(b, p.key);
		add_value(b, p.row, base_of(n, p.slot));
	}
}

/* The default, and the range where a pod can say one. */
static void add_type(struct spa_pod_builder *b, const struct place *p)
{
	union {
		struct tandem_settings group;
		struct tandem_speaker_settings speaker;
	} base;
	const struct tandem_setting *const row = p->row;
	const void *const at = (const char *)&base + row->offset;

	/* The default of this row alone, an empty one is what zeroed memory holds: PipeWire
	 * asks for every PropInfo whenever the status is announced. */
	memset(&base, 0, sizeof(base));
	if (row->fallback[0] != '\0' && tandem_setting_read(row, &base, row->fallback) < 0)
		return; /* never: tandem_settings_init() asserts so */
	if (row->type == TANDEM_SETTING_WHOLE) {
		spa_pod_builder_add(b, SPA_PROP_INFO_type,
				SPA_POD_CHOICE_RANGE_Int((int)*(const uint32_t *)at,
						(int)row->min, (int)row->max),
				0);
	} else if (row->type == TANDEM_SETTING_NUMBER) {
		spa_pod_builder_add(b, SPA_PROP_INFO_type,
				SPA_POD_CHOICE_RANGE_Double(*(const double *)at, row->min,
						row->max),
				0);
	} else if (row->type == TANDEM_SETTING_BOOL) {
		spa_pod_builder_add(b, SPA_PROP_INFO_type,
				SPA_POD_CHOICE_Bool(*(const bool *)at), 0);
	} else {
		spa_pod_builder_prop(b, SPA_PROP_INFO_type, 0);
		add_value(b, row, &base);
	}
}

static void add_labels(struct spa_pod_builder *b, const char *const *choices)
{
	struct spa_pod_frame f;

	spa_pod_builder_prop(b, SPA_PROP_INFO_labels, 0);
	spa_pod_builder_push_struct(b, &f);
	for (; *choices != NULL; choices++) {
		spa_pod_builder_string(b, *choices);
		spa_pod_builder_string(b, *choices);
	}
	spa_pod_builder_pop(b, &f);
}

struct spa_pod *tandem_settings_make_info(struct tandem_node *n, uint32_t index,
		struct spa_pod_builder *b)
{
	char range[TANDEM_VALUE_SIZE];
	char help[2 * TANDEM_VALUE_SIZE];
	struct spa_pod_frame object;
	struct place p;

	if (!find_place(n, index, &p))
		return NULL;
	tandem_setting_range(p.row, range);
	spa_scnprintf(help, sizeof(help), "%s (%s; default: %s)", p.row->help, range,
			p.row->fallback[0] != '\0' ? p.row->fallback : "none");
	spa_pod_builder_push_object(b, &object, SPA_TYPE_OBJECT_PropInfo,
			SPA_PARAM_PropInfo);
	spa_pod_builder_add(b, SPA_PROP_INFO_name, SPA_POD_String(p.key),
			SPA_PROP_INFO_description, SPA_POD_String(help), 0);
	add_type(b, &p);
	if (p.row->choices != NULL)
		add_labels(b, p.row->choices);
	spa_pod_builder_add(b, SPA_PROP_INFO_params, SPA_POD_Bool(true), 0);
	return spa_pod_builder_pop(b, &object);
}

/* ---- setting ---- */

static void refuse(struct tandem_node *n, const char *sentence)
{
	const size_t used = strlen(n->refused);

	if (n->log != NULL)
		spa_log_warn(n->log, "%s: %s", n->settings.name, sentence);
	spa_scnprintf(n->refused + used, sizeof(n->refused) - used, "%s%s",
			used > 0 ? "\n" : "", sentence);
}

static const struct tandem_setting_table *table_of(int32_t slot)
{
	return slot == GROUP_SLOT ? &tandem_group_table : &tandem_speaker_table;
}

int tandem_settings_set(struct tandem_node *n, int32_t slot, const char *key,
		const char *value)
{
	const struct tandem_setting *row;
	int res;

	if (slot < GROUP_SLOT || slot >= (int32_t)n->settings.n_speakers)
		return -ENOENT;
	row = tandem_setting_find(table_of(slot), key);
	if (row == NULL)
		return -ENOENT;
	if (!is_live(row) || row->flags & TANDEM_SETTING_TOLD)
		return -EPERM;
	res = tandem_setting_read(row, base_of(n, slot), value);
	if (res == 0)
		tandem_apply_settings(n);
	return res;
}

static void say_unknown(struct tandem_node *n, int32_t slot, const char *full,
		const char *key)
{
	const struct tandem_setting *const nearest =
			tandem_setting_nearest(table_of(slot), key);
	char sentence[TANDEM_SENTENCE_SIZE];

	if (tandem_setting_find(table_of(slot == GROUP_SLOT ? 0 : GROUP_SLOT), key) !=
			NULL) {
		tandem_say(sentence, TANDEM_SAY_WRONG_PLACE, WHERE, full,
				slot == GROUP_SLOT ? "a speaker" : "the group");
	} else if (nearest != NULL) {
		tandem_say(sentence, TANDEM_SAY_UNKNOWN_KEY_NEAR, WHERE, full,
				nearest->key);
	} else {
		tandem_say(sentence, TANDEM_SAY_UNKNOWN_KEY, WHERE, full);
	}
	refuse(n, sentence);
}

static void say_bad_value(struct tandem_node *n, int32_t slot, const char *full,
		const struct tandem_setting *row, const char *value)
{
	char sentence[TANDEM_SENTENCE_SIZE];
	char range[TANDEM_VALUE_SIZE];
	char now[TANDEM_VALUE_SIZE];
	char shown[40];

	tandem_setting_range(row, range);
	tandem_setting_write(row, base_of(n, slot), now);
	spa_scnprintf(shown, sizeof(shown), "%s", value);
	tandem_say(sentence, TANDEM_SAY_BAD_VALUE, WHERE, full, shown, range, now);
	refuse(n, sentence);
}

static void say_no_such_speaker(struct tandem_node *n, const char *full)
{
	char sentence[TANDEM_SENTENCE_SIZE];
	char labels[TANDEM_MAX_SPEAKERS * sizeof(n->settings.speakers[0].label)] = "";

	for (uint32_t i = 0; i < n->settings.n_speakers; i++) {
		const size_t used = strlen(labels);

		spa_scnprintf(labels + used, sizeof(labels) - used, "%s%s",
				i > 0 ? ", " : "", n->settings.speakers[i].label);
	}
	tandem_say(sentence, TANDEM_SAY_NO_SUCH_SPEAKER, WHERE, full, labels);
	refuse(n, sentence);
}

/* "tandem.swap" -> -1, "swap"; "speaker.left.mute" -> slot, "mute". -ENOENT: not ours,
 * -ESRCH: no such speaker. */
static int find_slot(const struct tandem_node *n, const char *full, int32_t *ret_slot,
		const char **ret_key)
{
	if (spa_strstartswith(full, GROUP_PREFIX)) {
		*ret_slot = GROUP_SLOT;
		*ret_key = full + strlen(GROUP_PREFIX);
		return 0;
	}
	if (!spa_strstartswith(full, SPEAKER_PREFIX))
		return -ENOENT;
	full += strlen(SPEAKER_PREFIX);
	for (uint32_t i = 0; i < n->settings.n_speakers; i++) {
		const char *const label = n->settings.speakers[i].label;

		if (spa_strstartswith(full, label) && full[strlen(label)] == '.') {
			*ret_slot = (int32_t)i;
			*ret_key = full + strlen(label) + 1;
			return 0;
		}
	}
	return -ESRCH;
}

/* What it thinks of the value is told, and nothing else of the settings moves. */
static void hear(struct tandem_node *n, int32_t slot, const char *full,
		const struct tandem_setting *row, const char *value)
{
	struct tandem_speaker_settings *const s = &n->settings.speakers[slot];
	struct tandem_speaker_settings told = *s;
	enum tandem_guarded guarded = TANDEM_GUARD_PASSED;
	struct tandem_observation o = { .kind = TANDEM_OBSERVED_MICROPHONE };
	char sentence[TANDEM_SENTENCE_SIZE];
	int res = 0;

	if (tandem_setting_read(row, &told, value) < 0) {
		say_bad_value(n, slot, full, row, value);
		return;
	}
	o.value_s = told.heard.late_ms / 1e3;
	o.sigma_s = told.heard.sigma_ms / 1e3;
	o.host_ns = told.heard.at_ns;
	if (o.sigma_s > 0.0)
		res = tandem_slots_observe(n, (uint32_t)slot, &o, &guarded);
	if (res < 0 || guarded != TANDEM_GUARD_PASSED) {
		tandem_say(sentence, TANDEM_SAY_NOT_TAKEN, WHERE, full,
				res < 0 ? "nothing plays there"
					: tandem_guarded_name(guarded));
		refuse(n, sentence);
		return;
	}
	s->heard = told.heard;
}

/* value NULL: the default. Keys of others (the adapter sees them too) are passed over. */
static void set_full_key(struct tandem_node *n, const char *full, const char *value)
{
	const struct tandem_setting *row;
	char sentence[TANDEM_SENTENCE_SIZE];
	const char *key;
	int32_t slot;
	int res = find_slot(n, full, &slot, &key);

	if (res == -ESRCH)
		say_no_such_speaker(n, full);
	if (res < 0)
		return;
	row = tandem_setting_find(table_of(slot), key);
	if (row != NULL && value == NULL)
		value = row->fallback;
	if (row != NULL && row->flags & TANDEM_SETTING_TOLD) {
		hear(n, slot, full, row, value);
		return;
	}
	res = row == NULL ? -ENOENT : tandem_settings_set(n, slot, key, value);
	switch (res) {
	case 0:
		tandem_door_changed(n, slot, row);
		break;
	case -ENOENT:
		say_unknown(n, slot, full, key);
		break;
	case -EPERM:
		tandem_say(sentence, TANDEM_SAY_NOT_LIVE, WHERE, full);
		refuse(n, sentence);
		break;
	default:
		say_bad_value(n, slot, full, row, value);
		break;
	}
}

void tandem_settings_set_props(struct tandem_node *n, const struct spa_pod *params)
{
	char value[TANDEM_VALUE_SIZE];
	const char *key = NULL;
	struct spa_pod *pod;

	n->refused[0] = '\0';
	if (!spa_pod_is_struct(params))
		return;
	SPA_POD_STRUCT_FOREACH(params, pod)
	{
		if (key == NULL) {
			if (spa_pod_get_string(pod, &key) < 0)
				return;
			continue;
		}
		tandem_pod_to_text(pod, value);
		set_full_key(n, key, spa_pod_is_none(pod) ? NULL : value);
		key = NULL;
	}
	tandem_apply_mistakes(n);
	tandem_door_announce(n);
}
