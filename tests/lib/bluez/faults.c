/* SPDX-License-Identifier: MIT */
#include "faults.h"

#include <string.h>

#include "parts.h"

struct sim_faults {
	struct sim_world *world;
	GDBusNodeInfo *node;
	guint object_id;
};

/* A method's arguments, in the order of its row, and its call. */
struct request {
	struct sim_world *world;
	struct sim_rules *rules;
	GVariant *args;
	GDBusMethodInvocation *call; /* set to NULL by who answers it */
};

static const char *text(const struct request *q, size_t i)
{
	const char *s = NULL;

	g_variant_get_child(q->args, i, "&s", &s);
	return s;
}

static uint32_t number(const struct request *q, size_t i)
{
	guint32 n = 0;

	g_variant_get_child(q->args, i, "u", &n);
	return n;
}

static bool yes(const struct request *q, size_t i)
{
	gboolean b = FALSE;

	g_variant_get_child(q->args, i, "b", &b);
	return b;
}

static struct sim_adapter *adapter_at(const struct request *q, size_t i)
{
	for (guint k = 0; k < q->world->adapters->len; k++) {
		struct sim_adapter *const a = q->world->adapters->pdata[k];
		const char *const path = tandem_sim_face_path(a->face);

		if (g_str_equal(strrchr(path, '/') + 1, text(q, i)))
			return a;
	}
	return NULL;
}

/* The speaker whose device path is the first argument. */
static struct sim_device *speaker(const struct request *q)
{
	for (guint k = 0; k < q->world->devices->len; k++) {
		struct sim_device *const d = q->world->devices->pdata[k];

		if (g_str_equal(tandem_sim_face_path(d->face), text(q, 0)) &&
				tandem_sim_adapter_is_host(d->adapter))
			return d;
	}
	return NULL;
}

static struct sim_rule *rule(const struct request *q, enum sim_rule_kind kind)
{
	return tandem_sim_rules_add(q->rules, kind, text(q, 0), text(q, 1));
}

static const char *run_fail(struct request *q)
{
	struct sim_rule *const r = rule(q, SIM_FAIL);

	r->error = g_strdup(text(q, 2));
	r->message = g_strdup(text(q, 3));
	r->times = number(q, 4);
	return NULL;
}

static const char *run_delay(struct request *q)
{
	rule(q, SIM_DELAY)->ms = number(q, 2);
	return NULL;
}

static const char *run_mute(struct request *q)
{
	rule(q, SIM_MUTE);
	return NULL;
}

static const char *run_hold(struct request *q)
{
	rule(q, SIM_HOLD);
	return NULL;
}

static const char *run_let(struct request *q)
{
	tandem_sim_rules_end(q->rules, SIM_HOLD, text(q, 0), text(q, 1));
	return NULL;
}

static const char *run_lose(struct request *q)
{
	rule(q, SIM_LOSE);
	return NULL;
}

static const char *run_lie(struct request *q)
{
	if (strchr(text(q, 0), '.') == NULL)
		return "a property is \"Interface1.Name\"";
	g_variant_get_child(q->args, 2, "v", &rule(q, SIM_LIE)->value);
	tandem_sim_store_tell(q->world->store, text(q, 0), text(q, 1));
	return NULL;
}

static const char *run_hide(struct request *q)
{
	if (strchr(text(q, 0), '.') == NULL)
		return "a property is \"Interface1.Name\"";
	rule(q, SIM_LIE);
	tandem_sim_store_tell(q->world->store, text(q, 0), text(q, 1));
	return NULL;
}

static const char *run_clear(struct request *q)
{
	tandem_sim_rules_end(q->rules, (unsigned int)~SIM_LIE, NULL, NULL);
	return NULL;
}

static const char *run_truth(struct request *q)
{
	tandem_sim_rules_end(q->rules, SIM_LIE, text(q, 0), NULL);
	tandem_sim_store_tell(q->world->store, text(q, 0), "");
	return NULL;
}

static const char *run_power(struct request *q)
{
	struct sim_adapter *const a = adapter_at(q, 0);

	if (a == NULL)
		return "no such adapter";
	tandem_sim_adapter_power(a, yes(q, 1));
	return NULL;
}

static const char *run_plug(struct request *q)
{
	struct sim_adapter *const a = adapter_at(q, 0);

	if (a == NULL)
		return "no such adapter";
	tandem_sim_adapter_plug(a, yes(q, 1));
	return NULL;
}

static const char *run_take(struct request *q)
{
	struct sim_device *const d = speaker(q);

	return d != NULL ? tandem_sim_air_take(d) : "no such speaker";
}

static const char *run_give_back(struct request *q)
{
	struct sim_device *const d = speaker(q);

	return d != NULL ? tandem_sim_air_give_back(d) : "no such speaker";
}

static const char *run_drop(struct request *q)
{
	struct sim_device *const d = speaker(q);

	return d != NULL ? tandem_sim_air_drop(d, text(q, 1)) : "no such speaker";
}

static const char *run_forget(struct request *q)
{
	struct sim_device *const d = speaker(q);

	if (d == NULL)
		return "no such speaker";
	if (d->connected)
		tandem_sim_device_unlink(d);
	tandem_sim_face_withdraw(d->face);
	return NULL;
}

static const char *run_pair(struct request *q)
{
	struct sim_device *const d = speaker(q);

	if (d == NULL || tandem_sim_face_is_published(d->face))
		return "no such speaker, or paired already";
	tandem_sim_face_publish(d->face);
	return NULL;
}

static const char *run_again(struct request *q)
{
	struct sim_device *const d = speaker(q);
	struct sim_stream *const s =
			d != NULL ? tandem_sim_stream_between(d, SIM_SOURCE) : NULL;

	if (s == NULL || d->adapter->connecting != NULL)
		return "no such speaker, or no stream to it";
	tandem_sim_connect_again(s, g_steal_pointer(&q->call));
	return NULL;
}

static const char *run_capabilities(struct request *q)
{
	struct sim_device *const d = speaker(q);
	g_autoptr(GVariant) bytes = g_variant_get_child_value(q->args, 2);
	guchar codec = 0;

	g_variant_get_child(q->args, 1, "y", &codec);
	return d != NULL ? tandem_sim_air_capabilities(d, codec, bytes) : "no such speaker";
}

static const char *run_habit(struct request *q)
{
	static const char *const habits[SIM_HABITS] = {
		[SIM_REUSE_PATHS] = "reuse-paths",
		[SIM_OWN_DEVICE_ONLY] = "own-device-only",
	};

	for (int i = 0; i < SIM_HABITS; i++) {
		if (g_str_equal(habits[i], text(q, 0))) {
			q->world->habits[i] = yes(q, 1);
			return NULL;
		}
	}
	return "no such habit";
}

/* clang-format off */
static const struct {
	const char *name;
	const char *args; /* types, with spaces between */
	const char *(*run)(struct request *q); /* returns why it cannot be, or NULL */
	const char *sentence;
} faults[] = {
	{ "Fail", "s s s s u", run_fail,
	  "The calls are answered with this error and message, so many times, 0: always." },
	{ "Delay", "s s u", run_delay, "The calls are carried out so many ms later." },
	{ "Mute", "s s", run_mute, "The calls are never answered, nor carried out." },
	{ "Hold", "s s", run_hold, "The signals are kept back until Let or Clear." },
	{ "Let", "s s", run_let, "What Hold kept back with these arguments comes now." },
	{ "Lose", "s s", run_lose, "The signals never come." },
	{ "Lie", "s s v", run_lie, "The property is told with this value of any type." },
	{ "Hide", "s s", run_hide, "The property is told as if it were not there." },
	{ "Truth", "s", run_truth, "The property is told as it is again." },
	{ "Clear", "", run_clear, "All rules on calls and signals end." },
	{ "Power", "s b", run_power, "The adapter is switched off or on." },
	{ "Plug", "s b", run_plug, "The adapter is pulled out or plugged in again." },
	{ "Take", "s", run_take,
	  "Another source takes the speaker: suspended without our Release, the old "
	  "socket still swallows what is written, a new start is refused." },
	{ "GiveBack", "s", run_give_back, "The other source lets go of the speaker." },
	{ "Drop", "s s", run_drop,
	  "The link breaks, for this reason (org.bluez.Reason.Timeout, .Remote, ...)." },
	{ "Forget", "s", run_forget, "The speaker is unpaired: its objects go." },
	{ "Pair", "s", run_pair, "A forgotten speaker is paired again." },
	{ "Again", "s", run_again,
	  "The speaker closes its stream and configures it once more at once." },
	{ "Capabilities", "s y ay", run_capabilities,
	  "The speaker's endpoint is of this codec and offers these bytes." },
	{ "Habit", "s b", run_habit,
	  "reuse-paths: a transport's path is used again at once (BlueZ 5.85). "
	  "own-device-only: SetConfiguration minds foreign streams of this device alone, "
	  "not of any on the adapter (5.83)." },
};
/* clang-format on */

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void fault_call(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *method, GVariant *args,
		GDBusMethodInvocation *call, void *data)
{
	const struct sim_faults *const f = data;
	struct request q = { f->world, tandem_sim_store_rules(f->world->store), args,
		call };
	const char *why = NULL;

	(void)connection, (void)sender, (void)path, (void)interface;
	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		if (g_str_equal(faults[i].name, method))
			why = faults[i].run(&q);
	}
	if (why != NULL) {
		tandem_sim_refuse(call, SIM_FAULTS_ERROR, why);
	} else if (q.call != NULL) {
		g_dbus_method_invocation_return_value(call, NULL);
	}
}

static GDBusNodeInfo *describe(void)
{
	GString *const xml =
			g_string_new("<node><interface name='" SIM_FAULTS_INTERFACE "'>");
	GDBusNodeInfo *node = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		g_auto(GStrv) types = g_strsplit(faults[i].args, " ", -1);
		g_autofree char *sentence = g_markup_escape_text(faults[i].sentence, -1);

		g_string_append_printf(xml,
				"<method name='%s'><annotation "
				"name='org.gtk.GDBus.DocString' value='%s'/>",
				faults[i].name, sentence);
		for (char **type = types; *type != NULL; type++)
			g_string_append_printf(xml, "<arg type='%s'/>", *type);
		g_string_append(xml, "</method>");
	}
	g_string_append(xml, "</interface></node>");
	node = g_dbus_node_info_new_for_xml(xml->str, NULL);
	g_string_free(xml, TRUE);
	g_assert(node != NULL);
	return node;
}

struct sim_faults *tandem_sim_faults_new(struct sim_world *w)
{
	static const GDBusInterfaceVTable table = { fault_call, NULL, NULL, { 0 } };
	struct sim_faults *const f = g_new0(struct sim_faults, 1);

	f->world = w;
	f->node = describe();
	f->object_id = g_dbus_connection_register_object(
			tandem_sim_store_connection(w->store), SIM_FAULTS_PATH,
			f->node->interfaces[0], &table, f, NULL, NULL);
	g_assert(f->object_id != 0);
	return f;
}

void tandem_sim_faults_free(struct sim_faults *f)
{
	if (f == NULL)
		return;
	g_dbus_connection_unregister_object(tandem_sim_store_connection(f->world->store),
			f->object_id);
	g_dbus_node_info_unref(f->node);
	g_free(f);
}
