/* SPDX-License-Identifier: MIT
 *
 * libpipewire-module-tandem: two or more Bluetooth speakers as one sink
 * =====================================================================
 *
 * Loaded by tandem.conf in a process of its own, or by a drop-in in the daemon:
 *
 *     context.modules = [
 *         {   name = libpipewire-module-tandem
 *             args = {
 *                 name = tandem
 *                 speakers = [
 *                     { address = "00:11:22:33:44:55" channels = [ FL ] }
 *                     { name = "Kitchen" channels = [ FR ] }
 *                 ]
 *             }
 *             flags = [ ifexists nofail ]
 *         }
 *     ]
 *
 * libpipewire-module-tandem(7) says what it does, tandem.conf(5) all its settings.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <pipewire/impl.h>
#include <pipewire/version.h>
#include <spa/utils/result.h>

#include "base/settings-check.h"
#include "base/status.h"
#include "conf.h"
#include "control.h"
#include "live.h"
#include "neighbours.h"
#include "ready.h"
#include "settings.h"
#include "sink.h"
#include "topic.h"

static struct spa_log_topic topic = SPA_LOG_TOPIC(0, "mod.tandem");
struct spa_log_topic *const tandem_module_topic = &topic;

/* Since PipeWire 1.1 a topic has the level that was asked for if it is registered. */
static void begin_topic(void)
{
#if PW_CHECK_VERSION(1, 1, 0)
	pw_log_topic_register(&topic);
#else
	PW_LOG_TOPIC_INIT(tandem_module_topic);
#endif
}

static void end_topic(void)
{
#if PW_CHECK_VERSION(1, 1, 0)
	pw_log_topic_unregister(&topic);
#endif
}

/* In the context: one of its groups, through which a new one finds the others. */
#define NEIGHBOURS "Tandem:Neighbours"
#define READY "Tandem:Ready" /* likewise; in a process of our own only */

struct impl {
	/* constant */
	struct pw_impl_module *module;
	struct spa_hook module_listener;
	struct pw_context *context;
	struct spa_hook context_listener;

	/* main */
	struct tandem_settings settings; /* changed by control, when the node's are */
	struct pw_core *core;
	bool core_is_ours;
	struct spa_hook core_listener;
	struct spa_hook core_proxy_listener;
	struct tandem_neighbour neighbour;
	struct tandem_ready ready;
	struct tandem_live *live;
	struct tandem_sink *sink;
	struct tandem_control *control;
	bool ending; /* with the whole context */
};

static void log_mistake(void *data, const char *sentence)
{
	const struct impl *impl = data;

	pw_log_error("%s: %s", impl->settings.name, sentence);
}

#define say(impl, ...)                                                                     \
	do {                                                                               \
		char sentence_[TANDEM_SENTENCE_SIZE];                                      \
		tandem_say(sentence_, __VA_ARGS__);                                        \
		log_mistake(impl, sentence_);                                              \
	} while (0)

static void impl_free(struct impl *impl)
{
	spa_hook_remove(&impl->context_listener);
	tandem_control_free(impl->control);
	tandem_sink_free(impl->sink);
	tandem_live_free(impl->live);
	pw_context_set_object(impl->context, NEIGHBOURS,
			tandem_neighbour_leave(&impl->neighbour));
	pw_context_set_object(impl->context, READY, tandem_ready_leave(&impl->ready));
	if (impl->core) {
		spa_hook_remove(&impl->core_listener);
		spa_hook_remove(&impl->core_proxy_listener);
		if (impl->core_is_ours)
			pw_core_disconnect(impl->core);
	}
	free(impl);
	end_topic();
}

/* module/aside speaks of devices and their nodes, which may go at any time. */
static bool is_of_no_matter(const struct impl *impl, uint32_t id, int res)
{
	struct pw_proxy *proxy = pw_core_find_proxy(impl->core, id);
	uint32_t version;
	const char *type = proxy ? pw_proxy_get_type(proxy, &version) : "";

	return strcmp(type, PW_TYPE_INTERFACE_Device) == 0 ||
	       strcmp(type, PW_TYPE_INTERFACE_Node) == 0 ||
	       (strcmp(type, PW_TYPE_INTERFACE_Registry) == 0 && res == -ENOENT);
}

static void on_core_error(void *data, uint32_t id, int seq, int res, const char *message)
{
	struct impl *impl = data;
	char number[16];

	(void)seq;
	if (impl->ending || is_of_no_matter(impl, id, res) ||
			strncmp(message, "unknown resource", 16) == 0)
		return;
	if (id == PW_ID_CORE && res == -EPIPE) {
		say(impl, TANDEM_SAY_PIPEWIRE_GONE);
		pw_impl_module_schedule_destroy(impl->module);
		return;
	}
	spa_scnprintf(number, sizeof(number), "%u", id);
	say(impl, TANDEM_SAY_PIPEWIRE_ERROR, number, message);
}

static const struct pw_core_events core_events = {
	PW_VERSION_CORE_EVENTS,
	.error = on_core_error,
};

static void on_core_destroy(void *data)
{
	struct impl *impl = data;

	spa_hook_remove(&impl->core_listener);
	spa_hook_remove(&impl->core_proxy_listener);
	impl->core = NULL;
	pw_impl_module_schedule_destroy(impl->module);
}

static const struct pw_proxy_events core_proxy_events = {
	PW_VERSION_PROXY_EVENTS,
	.destroy = on_core_destroy,
};

/* Then its core goes, before the modules do. */
static void on_context_destroy(void *data)
{
	struct impl *impl = data;

	impl->ending = true;
	tandem_control_end(impl->control);
}

static const struct pw_context_events context_events = {
	PW_VERSION_CONTEXT_EVENTS,
	.destroy = on_context_destroy,
};

static void on_module_destroy(void *data)
{
	struct impl *impl = data;

	spa_hook_remove(&impl->module_listener);
	impl_free(impl);
}

static const struct pw_impl_module_events module_events = {
	PW_VERSION_IMPL_MODULE_EVENTS,
	.destroy = on_module_destroy,
};

static int connect_core(struct impl *impl)
{
	impl->core = pw_context_get_object(impl->context, PW_TYPE_INTERFACE_Core);
	if (!impl->core) {
		/* By this name tandemctl knows that a Tandem runs, without a sink too. */
		struct pw_properties *properties =
				pw_properties_new(PW_KEY_APP_NAME, "Tandem", NULL);

		if (properties && impl->settings.remote[0]) {
			pw_properties_set(properties, PW_KEY_REMOTE_NAME,
					impl->settings.remote);
		}
		impl->core = pw_context_connect(impl->context, properties, 0);
		impl->core_is_ours = true;
	}
	if (!impl->core) {
		const int res = errno ? -errno : -EIO;

		say(impl, TANDEM_SAY_NO_PIPEWIRE, spa_strerror(res));
		return res;
	}
	pw_core_add_listener(impl->core, &impl->core_listener, &core_events, impl);
	pw_proxy_add_listener((struct pw_proxy *)impl->core, &impl->core_proxy_listener,
			&core_proxy_events, impl);
	return 0;
}

static int make_sink(struct impl *impl, const char *mistakes)
{
	const int res = tandem_sink_new(&impl->sink, impl->context, &impl->settings,
			mistakes);

	if (res == -ENOENT) {
		say(impl, TANDEM_SAY_NO_PLUGIN, TANDEM_LIBRARY);
	} else if (res < 0) {
		say(impl, TANDEM_SAY_OTHER_PLUGIN, TANDEM_LIBRARY, spa_strerror(res));
	}
	return res;
}

static int start(struct impl *impl, const char *mistakes)
{
	struct tandem_control_parts parts = {
		.loop = pw_context_get_main_loop(impl->context),
		.settings = &impl->settings,
		.live = impl->live,
		.neighbour = &impl->neighbour,
		.ready = &impl->ready,
	};
	int res;

	if ((res = connect_core(impl)) < 0 || (res = make_sink(impl, mistakes)) < 0)
		return res;
	parts.core = impl->core;
	parts.sink = impl->sink;
	return tandem_control_new(&impl->control, &parts);
}

/* Finds the neighbours, and what was set the last time. 1: a group that can play, 0: its
 * speakers are all another's; or -ENOMEM. */
static int settle(struct impl *impl, struct tandem_mistakes *mistakes)
{
	struct tandem_neighbour *other = pw_context_get_object(impl->context, NEIGHBOURS);
	const bool can_play = tandem_neighbour_join(&impl->neighbour, other,
			&impl->settings, mistakes);
	int res;

	res = pw_context_set_object(impl->context, NEIGHBOURS, &impl->neighbour);
	if (res == 0 && can_play) {
		res = tandem_live_new(&impl->live, pw_context_get_main_loop(impl->context),
				&impl->settings, mistakes);
	}
	return res < 0 ? res : can_play;
}

/* Reads the settings and tells what is wrong with them; ret_lines: the same for the status,
 * which looks for contradictions itself. As settle(). */
static int read_settings(struct impl *impl, const char *args,
		char ret_lines[TANDEM_MISTAKES_SIZE])
{
	struct tandem_mistakes mistakes = { 0 };
	size_t used = 0;
	int res;

	tandem_settings_init(&impl->settings);
	tandem_conf_read(impl->context, args, &impl->settings, &mistakes);
	tandem_settings_finish(&impl->settings);
	res = settle(impl, &mistakes);
	ret_lines[0] = '\0';
	for (uint32_t i = 0; i < mistakes.n; i++) {
		log_mistake(impl, mistakes.sentences[i]);
		used += (size_t)spa_scnprintf(ret_lines + used, TANDEM_MISTAKES_SIZE - used,
				"%s%s", i ? "\n" : "", mistakes.sentences[i]);
	}
	tandem_settings_check(&impl->settings, log_mistake, impl);
	return res;
}

/* The daemon, where others connect, says itself when it is ready; and in one that says
 * nothing we must not: what systemd starts there is more than us. */
static int join_ready(struct impl *impl)
{
	const struct pw_properties *p = pw_context_get_properties(impl->context);
	int res;

	if (spa_atob(pw_properties_get(p, PW_KEY_CORE_DAEMON)))
		return 0;
	res = tandem_ready_join(&impl->ready, pw_context_get_object(impl->context, READY));
	return res < 0 ? res : pw_context_set_object(impl->context, READY, &impl->ready);
}

SPA_EXPORT int pipewire__module_init(struct pw_impl_module *module, const char *args);

int pipewire__module_init(struct pw_impl_module *module, const char *args)
{
	static const struct spa_dict_item info[] = {
		{ PW_KEY_MODULE_DESCRIPTION, "Bluetooth speakers as one sink" },
		{ PW_KEY_MODULE_USAGE,
				"[ name=<node.name> ] [ description=<text> ] "
				"[ layout=stereo|party|mono ] [ speakers=auto|[ ... ] ]" },
		{ PW_KEY_MODULE_VERSION, TANDEM_VERSION },
	};
	char mistakes[TANDEM_MISTAKES_SIZE];
	struct impl *impl;
	int res, told;

	impl = calloc(1, sizeof(*impl));
	if (!impl)
		return -errno;
	begin_topic();
	impl->module = module;
	impl->context = pw_impl_module_get_context(module);
	pw_context_add_listener(impl->context, &impl->context_listener, &context_events,
			impl);
	res = join_ready(impl);
	if (res == 0)
		res = read_settings(impl, args, mistakes);
	if (res > 0) {
		res = start(impl, mistakes);
	} else if (res == 0 && (told = tandem_ready_done(&impl->ready)) < 0) {
		say(impl, TANDEM_SAY_NOT_NOTIFIED, spa_strerror(told));
	}
	if (res < 0) {
		impl_free(impl);
		return res;
	}
	pw_impl_module_add_listener(module, &impl->module_listener, &module_events, impl);
	pw_impl_module_update_properties(module, &SPA_DICT_INIT_ARRAY(info));
	return 0;
}
