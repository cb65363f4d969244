/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include <spa/utils/result.h>
#include <spa/utils/string.h>

#include "control-internal.h"
#include "memory.h"
#include "stamps.h"
#include "topic.h"

#define REPORT_SIGMA_S 1e-3 /* facts on clocks, 4: of what a firmware says */

int64_t tandem_control_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return SPA_TIMESPEC_TO_NSEC(&ts);
}

static bool may_stamp(const struct tandem_control *c, const struct tandem_action *a)
{
	struct utsname system;

	return a->stamps && c->settings->tx_timestamps == TANDEM_TX_TIMESTAMPS_AUTO &&
	       uname(&system) == 0 && tandem_stamps_are_safe(system.release);
}

static void attach(struct tandem_control *c, const struct tandem_action *a)
{
	struct tandem_link link = { .fd = a->fd,
		.mtu_bytes = a->mtu_bytes,
		.codec = a->codec,
		.config_bytes = a->config_bytes,
		.memory = tandem_control_recall(c, a->slot,
				tandem_codec_find(a->codec, a->config, a->config_bytes)),
		.stamps = may_stamp(c, a) };
	struct tandem_event lost = { .kind = TANDEM_EVENT_LOST, .slot = a->slot, .fd = -1 };
	int res;

	memcpy(link.config, a->config, sizeof(link.config));
	res = tandem_group_call(tandem_sink_group(c->sink), attach, a->slot, &link);
	if (res >= 0)
		return;
	lost.err = res;
	snprintf(lost.detail, sizeof(lost.detail), "%s", spa_strerror(res));
	tandem_control_queue(c, &lost);
}

static void observe(struct tandem_control *c, const struct tandem_action *a)
{
	const struct tandem_observation o = { .kind = TANDEM_OBSERVED_REPORT,
		.value_s = a->value_s,
		.sigma_s = REPORT_SIGMA_S,
		.host_ns = tandem_control_now_ns() };

	pw_log_debug("%s: reports a delay of %.1f ms", tandem_control_label(c, a->slot),
			a->value_s * 1e3);
	tandem_group_call(tandem_sink_group(c->sink), observe, a->slot, &o);
}

/* For `systemctl --user status`, of the group that has spoken last. What is not heard is
 * not lost: the journal has it, too. */
static void tell_service(struct tandem_control *c, const char *trouble)
{
	const struct tandem_fdstore *const systemd = c->ready->store;
	char word[2 * TANDEM_SENTENCE_SIZE];
	size_t used;

	if (!systemd)
		return;
	used = (size_t)spa_scnprintf(word, sizeof(word), "STATUS=%s: %s", c->settings->name,
			trouble);
	for (uint32_t i = 0; !trouble[0] && i < c->settings->n_speakers; i++) {
		const struct tandem_life *const l = &c->roster->slots[i].life;

		used += (size_t)spa_scnprintf(word + used, sizeof(word) - used, "%s%s %s",
				i ? ", " : "", tandem_control_label(c, i),
				tandem_speaker_state_name(l->state));
	}
	(void)!tandem_notify(systemd->address, word, -1);
}

static void tell(struct tandem_control *c, const struct tandem_action *a)
{
	char *const warned = c->warned[a->slot];
	const bool warn = a->on && strcmp(warned, a->text) != 0;

	pw_log(warn ? SPA_LOG_LEVEL_WARN : SPA_LOG_LEVEL_INFO, "%s: %s speaker%s%s: %s%s%s",
			c->settings->name, tandem_control_label(c, a->slot),
			a->name[0] ? " " : "", a->name, tandem_speaker_state_name(a->state),
			a->text[0] ? ": " : "", a->text);
	/* The same trouble is told once, until the speaker has been well in between. */
	if (warn || a->state == TANDEM_SPEAKER_STREAMING)
		memcpy(warned, a->on ? a->text : "", a->on ? sizeof(a->text) : 1);
	tandem_neighbour_hold(c->neighbour, a->slot, a->address);
	tandem_live_seated(c->live, tandem_sink_group(c->sink), a->slot, a->address);
	tandem_group_call(tandem_sink_group(c->sink), tell, a->slot, a->state, a->address,
			a->name, a->text);
	if (!c->trouble)
		tell_service(c, "");
}

static void tell_group(struct tandem_control *c, const struct tandem_action *a)
{
	if (a->on) {
		pw_log_warn("%s: %s", c->settings->name, a->text);
	} else if (a->text[0]) {
		pw_log_info("%s: %s", c->settings->name, a->text);
	} else if (c->trouble) {
		pw_log_info("%s: %s", c->settings->name,
				tandem_sentences[TANDEM_SAY_WELL_AGAIN].text);
	}
	c->trouble = a->on;
	tandem_group_call(tandem_sink_group(c->sink), tell_group, a->text);
	tell_service(c, a->text);
}

static void export(struct tandem_control *c, bool on)
{
	char why[TANDEM_SENTENCE_SIZE];
	int res;

	if (!on) {
		pw_log_info("%s: no speaker for 30 s: the sink goes", c->settings->name);
		tandem_sink_unexport(c->sink);
		return;
	}
	res = tandem_sink_export(c->sink, c->core);
	if (res == -ENOENT) {
		pw_log_error("%s: %s", c->settings->name,
				tandem_sentences[TANDEM_SAY_NO_ADAPTER_MODULE].text);
	} else if (res < 0) {
		tandem_say(why, TANDEM_SAY_NO_EXPORT, spa_strerror(res));
		pw_log_error("%s: %s", c->settings->name, why);
	} else {
		pw_log_info("%s: the sink \"%s\" is there", c->settings->name,
				c->settings->description);
	}
}

static void remember(struct tandem_control *c)
{
	char addresses[TANDEM_MAX_SPEAKERS][18], why[TANDEM_SENTENCE_SIZE];
	int res;

	for (uint32_t i = 0; i < c->settings->n_speakers; i++) {
		snprintf(addresses[i], sizeof(addresses[i]), "%s",
				tandem_roster_assignment(c->roster, i));
		pw_log_info("%s: %s is now the %s speaker", c->settings->name, addresses[i],
				tandem_control_label(c, i));
	}
	res = tandem_memory_save(c->settings->name, addresses, c->settings->n_speakers);
	if (res < 0) {
		tandem_say(why, TANDEM_SAY_SIDES_UNSAVED, spa_strerror(res));
		pw_log_warn("%s: %s", c->settings->name, why);
	}
}

static void tell_ready(struct tandem_control *c)
{
	const int res = tandem_ready_done(c->ready);
	char why[TANDEM_SENTENCE_SIZE];

	if (res == 0)
		return;
	tandem_say(why, TANDEM_SAY_NOT_NOTIFIED, spa_strerror(res));
	pw_log_warn("%s: %s", c->settings->name, why);
}

/* The name tells the fault of a configuration: the last part of what BlueZ passes on. */
static void answer(struct tandem_control *c, const struct tandem_action *a)
{
	if (a->text[0]) {
		pw_log_info("%s: what BlueZ asks is refused: %s (%s)", c->settings->name,
				a->text, a->name);
	}
	tandem_bus_post(c->bus, a);
}

static void set_timer(struct tandem_control *c, int64_t at_ns)
{
	struct timespec at = { .tv_sec = at_ns / SPA_NSEC_PER_SEC,
		.tv_nsec = at_ns % SPA_NSEC_PER_SEC };

	pw_loop_update_timer(c->loop, c->timer, &at, NULL, true);
}

void tandem_control_act(struct tandem_control *c, const struct tandem_action *a)
{
	void *group = tandem_sink_group(c->sink);

	switch (a->kind) {
	case TANDEM_ACTION_REGISTER:
	case TANDEM_ACTION_CONNECT:
	case TANDEM_ACTION_DISCONNECT:
	case TANDEM_ACTION_ACQUIRE:
	case TANDEM_ACTION_RELEASE:
	case TANDEM_ACTION_DROP:
		tandem_bus_post(c->bus, a);
		break;
	case TANDEM_ACTION_ANSWER:
		answer(c, a);
		break;
	case TANDEM_ACTION_EXPECT:
		tandem_group_call(group, expect, a->slots);
		break;
	case TANDEM_ACTION_ATTACH:
		attach(c, a);
		break;
	case TANDEM_ACTION_DETACH:
		tandem_group_call(group, detach, a->slot);
		break;
	case TANDEM_ACTION_OBSERVE:
		observe(c, a);
		break;
	case TANDEM_ACTION_TELL:
		tell(c, a);
		break;
	case TANDEM_ACTION_TELL_GROUP:
		tell_group(c, a);
		break;
	case TANDEM_ACTION_EMPTY:
		pw_log_info("%s: %s", c->settings->name,
				a->on ? "nobody is there: the sink stays, silent"
				      : "somebody is there again");
		tandem_sink_set_empty(c->sink, a->on);
		break;
	case TANDEM_ACTION_EXPORT:
		export(c, a->on);
		break;
	case TANDEM_ACTION_SAY:
		pw_log(a->on ? SPA_LOG_LEVEL_WARN : SPA_LOG_LEVEL_INFO, "%s: %s",
				c->settings->name, a->text);
		break;
	case TANDEM_ACTION_READY:
		tell_ready(c);
		break;
	case TANDEM_ACTION_ASK_SBC:
		if (c->aside)
			tandem_aside_ask_sbc(c->aside, a->address);
		break;
	case TANDEM_ACTION_REMEMBER:
		remember(c);
		break;
	case TANDEM_ACTION_TIMER:
		set_timer(c, a->at_ns);
		break;
	}
}
