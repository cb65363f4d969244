/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <spa/param/profile.h>
#include <spa/pod/builder.h>
#include <spa/pod/parser.h>
#include <spa/utils/result.h>

#include "aside-internal.h"
#include "where.h"

/* The session manager's own time to set up another codec (WirePlumber waits as long). */
#define SBC_NS (3 * TANDEM_NS_PER_S)
/* A list of profiles comes in one go; chosen: as long as it takes a busy host. */
#define LISTED_NS (500 * TANDEM_NS_PER_MS)
/* A profile that is set is there within 0.11 s (measured); then it is set again. */
#define FOLLOWS_NS (2 * TANDEM_NS_PER_S)
/* Who sets it on more often than we have patience is left in peace for a while. Chosen. */
#define PATIENCE 5
#define CALM_NS (30 * TANDEM_NS_PER_S)
#define REFUSED_NS (10 * TANDEM_NS_PER_S)

/* Written or not: Tandem itself has it in mind anyway. */
static void check_noted(struct tandem_aside *a, int res)
{
	char path[PATH_MAX], where[TANDEM_WHERE_SIZE];

	if (res < 0 && res != a->failed) {
		if (tandem_notes_path(path) < 0)
			snprintf(path, sizeof(path), "$XDG_RUNTIME_DIR");
		tandem_where_show(where, path);
		tandem_aside_say(a, true, TANDEM_SAY_NOTE_UNSAVED, where,
				spa_strerror(res));
	}
	a->failed = res;
}

static void note(struct tandem_aside_box *box)
{
	if (tandem_aside_note(box->noted, &box->profiles, box->asked)) {
		check_noted(box->aside,
				tandem_notes_put(box->address, box->device, box->noted));
	}
}

static void forget(struct tandem_aside_box *box)
{
	box->noted[0] = '\0';
	box->asked[0] = '\0';
	box->touched = false;
	check_noted(box->aside, tandem_notes_drop(box->address));
}

static void recall(struct tandem_aside_box *box)
{
	struct tandem_mistakes told = { 0 };
	struct tandem_notes notes;
	const struct tandem_note *found;

	if (tandem_notes_load(&notes, &told) < 0)
		return; /* said at the start */
	found = tandem_notes_find(&notes, box->address);
	if (found)
		memcpy(box->noted, found->profile, sizeof(box->noted));
}

/* A device may show up some seconds after its stream. */
static void begin_sbc(struct tandem_aside_box *box, struct tandem_aside_member *m,
		int64_t now_ns)
{
	if (now_ns >= m->sbc_by_ns || !box->profiles.is_known || box->profiles.n == 0)
		return;
	m->sbc_by_ns = 0;
	box->sbc_until_ns = now_ns + SBC_NS;
}

enum tandem_aside_goal tandem_aside_box_goal(struct tandem_aside_box *box, int64_t now_ns)
{
	struct tandem_aside *a = box->aside;
	struct tandem_aside_member *m;

	if (!box->address[0])
		return TANDEM_ASIDE_LEAVE;
	m = tandem_aside_member_of(a, box->address);
	if (m) {
		begin_sbc(box, m, now_ns);
		if (now_ns >= box->sbc_until_ns)
			return TANDEM_ASIDE_AWAY;
		tandem_aside_wake_at(a, box->sbc_until_ns);
		return TANDEM_ASIDE_SBC;
	}
	if (!box->noted[0] ||
			(a->events->is_kept && a->events->is_kept(a->data, box->address)))
		return TANDEM_ASIDE_LEAVE;
	if (!box->touched && now_ns < a->leftovers_ns) {
		tandem_aside_wake_at(a, a->leftovers_ns);
		return TANDEM_ASIDE_LEAVE;
	}
	return TANDEM_ASIDE_BACK;
}

/* That it does not change to SBC its stream tells. */
static void tell_error(struct tandem_aside_box *box, int res)
{
	struct tandem_aside *a = box->aside;

	if (box->goal == TANDEM_ASIDE_SBC)
		return;
	if (box->error != res && tandem_aside_member_of(a, box->address)) {
		tandem_aside_say(a, true, TANDEM_SAY_ASIDE_REFUSED, box->address,
				spa_strerror(res));
	} else if (box->error != res) {
		tandem_aside_say(a, true, TANDEM_SAY_BACK_REFUSED, box->address, box->noted,
				spa_strerror(res));
	}
	box->error = res;
}

/* One more try. The device of another process does not say that it refuses. */
static void count(struct tandem_aside_box *box, int64_t now_ns)
{
	const bool counts = box->goal != TANDEM_ASIDE_SBC;
	const bool is_fought = counts && ++box->sets == PATIENCE && !box->is_open;

	if (box->is_open)
		tell_error(box, -ETIMEDOUT);
	if (is_fought && tandem_aside_member_of(box->aside, box->address))
		tandem_aside_say(box->aside, true, TANDEM_SAY_ASIDE_UNDONE, box->address);
	box->is_open = true;
	box->last_ns = now_ns;
	box->not_before_ns = now_ns + (box->sets < PATIENCE && !box->error ? FOLLOWS_NS
									   : REFUSED_NS);
}

/* Asked for after each change, as the session manager itself does: a subscription is not
 * served by PipeWire 0.3.65 when the device is another client's (tried). What was asked
 * for before does not count any more. */
static void ask_active(struct tandem_aside_box *box)
{
	box->seq = pw_device_enum_params((struct pw_device *)box->proxy, 0,
			SPA_PARAM_Profile, 0, UINT32_MAX, NULL);
}

static void ask_profiles(struct tandem_aside_box *box)
{
	pw_device_enum_params((struct pw_device *)box->proxy, 0, SPA_PARAM_EnumProfile, 0,
			UINT32_MAX, NULL);
	ask_active(box);
}

static void set_profile(struct tandem_aside_box *box, const struct tandem_profile *profile)
{
	uint8_t buffer[256];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(buffer, sizeof(buffer));
	struct spa_pod *param = spa_pod_builder_add_object(&b, SPA_TYPE_OBJECT_ParamProfile,
			SPA_PARAM_Profile, SPA_PARAM_PROFILE_index,
			SPA_POD_Int(profile->index), SPA_PARAM_PROFILE_save,
			SPA_POD_Bool(false));
	char text[TANDEM_SENTENCE_SIZE];

	snprintf(text, sizeof(text), "%s: profile %s, was %s", box->device, profile->name,
			box->profiles.active.name);
	box->aside->events->said(box->aside->data, false, text);
	pw_device_set_param((struct pw_device *)box->proxy, SPA_PARAM_Profile, 0, param);
	box->profiles.is_known = false; /* until it answers */
	ask_active(box);
	tandem_aside_wake_at(box->aside, box->not_before_ns);
}

static void reached(struct tandem_aside_box *box, enum tandem_aside_goal goal)
{
	if (goal == TANDEM_ASIDE_LEAVE)
		return;
	box->is_open = false;
	box->error = 0;
	if (box->sets < PATIENCE)
		box->not_before_ns = 0;
	if (goal == TANDEM_ASIDE_BACK)
		forget(box);
}

/* Takes whatever step is due. */
void tandem_aside_box_settle(struct tandem_aside_box *box, int64_t now_ns)
{
	struct tandem_aside *a = box->aside;
	const enum tandem_aside_goal goal = tandem_aside_box_goal(box, now_ns);
	const struct tandem_aside_step step = tandem_aside_plan(&box->profiles, goal,
			box->noted, now_ns >= box->listed_ns + LISTED_NS);

	if (goal != box->goal) {
		box->is_open = false;
		box->not_before_ns = 0;
	}
	box->goal = goal;
	box->is_hopeless = step.move == TANDEM_ASIDE_HOPELESS;
	if (step.move == TANDEM_ASIDE_DONE) {
		reached(box, goal);
	} else if (step.move == TANDEM_ASIDE_WAIT && now_ns < box->listed_ns + LISTED_NS) {
		tandem_aside_wake_at(a, box->listed_ns + LISTED_NS);
	} else if (step.move == TANDEM_ASIDE_SET && now_ns < box->not_before_ns) {
		tandem_aside_wake_at(a, box->not_before_ns);
	} else if (step.move == TANDEM_ASIDE_SET) {
		if (goal != TANDEM_ASIDE_BACK)
			note(box);
		if (goal == TANDEM_ASIDE_SBC)
			memcpy(box->asked, step.profile->name, sizeof(box->asked));
		box->touched = true;
		if (now_ns - box->last_ns > CALM_NS)
			box->sets = 0;
		count(box, now_ns);
		set_profile(box, step.profile);
	}
}

enum tandem_aside_state tandem_aside_box_state(const struct tandem_aside_box *box)
{
	if (tandem_profiles_is_off(&box->profiles))
		return TANDEM_ASIDE_OFF;
	return box->error || box->sets >= PATIENCE ? TANDEM_ASIDE_REFUSED : TANDEM_ASIDE_ON;
}

static void read_props(struct tandem_aside_box *box, const struct spa_dict *props)
{
	const char *api = spa_dict_lookup(props, PW_KEY_DEVICE_API);
	const char *address = spa_dict_lookup(props, "api.bluez5.address");
	const char *name = spa_dict_lookup(props, PW_KEY_DEVICE_NAME);

	if (!api || strcmp(api, "bluez5") != 0 || !address || strlen(address) != 17)
		return;
	snprintf(box->device, sizeof(box->device), "%s", name ? name : "");
	if (strcmp(box->address, address) == 0)
		return;
	snprintf(box->address, sizeof(box->address), "%s", address);
	recall(box);
}

static void on_info(void *data, const struct pw_device_info *info)
{
	struct tandem_aside_box *box = data;

	if (info->change_mask & PW_DEVICE_CHANGE_MASK_PROPS && info->props)
		read_props(box, info->props);
	if (!box->address[0])
		return;
	if (info->change_mask & PW_DEVICE_CHANGE_MASK_PARAMS)
		ask_profiles(box);
	tandem_aside_settle(box->aside);
}

static bool read_profile(struct tandem_profile *profile, const struct spa_pod *param)
{
	uint32_t available = SPA_PARAM_AVAILABILITY_unknown;
	const char *name = NULL;

	*profile = (struct tandem_profile){ 0 };
	if (!param || spa_pod_parse_object(param, SPA_TYPE_OBJECT_ParamProfile, NULL,
				      SPA_PARAM_PROFILE_index, SPA_POD_Int(&profile->index),
				      SPA_PARAM_PROFILE_name, SPA_POD_OPT_String(&name),
				      SPA_PARAM_PROFILE_priority,
				      SPA_POD_OPT_Int(&profile->priority),
				      SPA_PARAM_PROFILE_available,
				      SPA_POD_OPT_Id(&available)) < 0)
		return false;
	profile->available = available != SPA_PARAM_AVAILABILITY_no;
	snprintf(profile->name, sizeof(profile->name), "%s", name ? name : "");
	return true;
}

/* NOLINTNEXTLINE(readability-function-size): PipeWire has them so */
static void on_param(void *data, int seq, uint32_t id, uint32_t index, uint32_t next,
		const struct spa_pod *param)
{
	struct tandem_aside_box *box = data;
	struct tandem_profile profile;

	(void)next;
	if (!read_profile(&profile, param))
		return;
	if (id == SPA_PARAM_EnumProfile) {
		tandem_profiles_add(&box->profiles, &profile, index == 0);
		box->listed_ns = tandem_aside_now_ns();
	} else if (id == SPA_PARAM_Profile && seq == box->seq) {
		box->profiles.active = profile;
		box->profiles.is_known = true;
		if (!tandem_profiles_is_off(&box->profiles)) {
			box->off_ns = 0;
		} else if (!box->off_ns) {
			box->off_ns = tandem_aside_now_ns();
		}
	}
	tandem_aside_settle(box->aside);
}

static const struct pw_device_events device_events = {
	PW_VERSION_DEVICE_EVENTS,
	.info = on_info,
	.param = on_param,
};

static void on_box_removed(void *data)
{
	struct tandem_aside_box *box = data;

	pw_proxy_destroy(box->proxy);
}

static void on_box_destroy(void *data)
{
	struct tandem_aside_box *box = data;

	spa_hook_remove(&box->device_listener);
	spa_hook_remove(&box->proxy_listener);
	spa_list_remove(&box->link);
	tandem_aside_tell(box->aside);
}

static void on_box_error(void *data, int seq, int res, const char *message)
{
	struct tandem_aside_box *box = data;

	(void)seq;
	(void)message;
	if (res == -ENOENT)
		return; /* it has just gone */
	box->not_before_ns = tandem_aside_now_ns() + REFUSED_NS;
	tell_error(box, res);
	tandem_aside_settle(box->aside);
}

static const struct pw_proxy_events box_proxy_events = {
	PW_VERSION_PROXY_EVENTS,
	.destroy = on_box_destroy,
	.removed = on_box_removed,
	.error = on_box_error,
};

void tandem_aside_box_bind(struct tandem_aside *a, uint32_t id)
{
	struct pw_proxy *proxy = pw_registry_bind(a->registry, id, PW_TYPE_INTERFACE_Device,
			PW_VERSION_DEVICE, sizeof(struct tandem_aside_box));
	struct tandem_aside_box *box = proxy ? pw_proxy_get_user_data(proxy) : NULL;

	if (!box)
		return;
	*box = (struct tandem_aside_box){ .aside = a, .proxy = proxy, .id = id };
	spa_list_append(&a->boxes, &box->link);
	pw_proxy_add_listener(proxy, &box->proxy_listener, &box_proxy_events, box);
	pw_device_add_listener((struct pw_device *)proxy, &box->device_listener,
			&device_events, box);
}
