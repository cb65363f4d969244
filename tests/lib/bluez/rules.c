/* SPDX-License-Identifier: MIT */
#include "rules.h"

#include <string.h>

struct held {
	char *path;
	char *interface;
	char *name;
	GVariant *args;
};

struct sim_rules {
	GDBusConnection *connection; /* borrowed */
	GPtrArray *all;              /* struct sim_rule *, oldest first */
	GPtrArray *muted;            /* GDBusMethodInvocation * */
};

char *tandem_sim_subject(const char *interface, const char *member)
{
	return g_strdup_printf("%s.%s", strrchr(interface, '.') + 1, member);
}

static void held_free(void *data)
{
	struct held *const h = data;

	g_free(h->path);
	g_free(h->interface);
	g_free(h->name);
	g_variant_unref(h->args);
	g_free(h);
}

static void rule_free(void *data)
{
	struct sim_rule *const rule = data;

	g_free(rule->subject);
	g_free(rule->path);
	g_free(rule->error);
	g_free(rule->message);
	if (rule->value != NULL)
		g_variant_unref(rule->value);
	g_ptr_array_unref(rule->held);
	g_free(rule);
}

struct sim_rules *tandem_sim_rules_new(GDBusConnection *connection)
{
	struct sim_rules *const r = g_new0(struct sim_rules, 1);

	r->connection = connection;
	r->all = g_ptr_array_new_with_free_func(rule_free);
	r->muted = g_ptr_array_new_with_free_func(g_object_unref);
	return r;
}

void tandem_sim_rules_free(struct sim_rules *r)
{
	if (r == NULL)
		return;
	g_ptr_array_unref(r->all);
	g_ptr_array_unref(r->muted);
	g_free(r);
}

struct sim_rule *tandem_sim_rules_add(struct sim_rules *r, enum sim_rule_kind kind,
		const char *subject, const char *path)
{
	struct sim_rule *const rule = g_new0(struct sim_rule, 1);

	rule->kind = kind;
	rule->subject = g_strdup(subject);
	rule->path = g_strdup(path);
	rule->held = g_ptr_array_new_with_free_func(held_free);
	g_ptr_array_add(r->all, rule);
	return rule;
}

static void send(struct sim_rules *r, const struct held *h)
{
	g_dbus_connection_emit_signal(r->connection, NULL, h->path, h->interface, h->name,
			h->args, NULL);
}

void tandem_sim_rules_end(struct sim_rules *r, unsigned int kinds, const char *subject,
		const char *path)
{
	for (guint i = 0; i < r->all->len;) {
		const struct sim_rule *const rule = r->all->pdata[i];

		if (!(rule->kind & kinds) ||
				(subject != NULL && !g_str_equal(rule->subject, subject)) ||
				(path != NULL && !g_str_equal(rule->path, path))) {
			i++;
			continue;
		}
		for (guint k = 0; k < rule->held->len; k++)
			send(r, rule->held->pdata[k]);
		g_ptr_array_remove_index(r->all, i);
	}
}

/* Itself or something below it; "" covers everything. */
static bool covers(const char *whole, const char *part, char separator)
{
	const size_t n = strlen(whole);

	return n == 0 ||
	       (strncmp(whole, part, n) == 0 && (part[n] == '\0' || part[n] == separator));
}

static struct sim_rule *find(const struct sim_rules *r, unsigned int kinds,
		const char *subject, const char *path)
{
	for (guint i = 0; i < r->all->len; i++) {
		struct sim_rule *const rule = r->all->pdata[i];

		if ((rule->kind & kinds) && rule->times != UINT32_MAX &&
				covers(rule->subject, subject, '.') &&
				covers(rule->path, path, '/'))
			return rule;
	}
	return NULL;
}

const struct sim_rule *tandem_sim_rules_meet(struct sim_rules *r, unsigned int kinds,
		const char *subject, const char *path)
{
	struct sim_rule *const rule = find(r, kinds, subject, path);

	if (rule != NULL && rule->times > 0 && --rule->times == 0)
		rule->times = UINT32_MAX; /* used up */
	return rule;
}

void tandem_sim_rules_keep(struct sim_rules *r, GDBusMethodInvocation *call)
{
	g_ptr_array_add(r->muted, call);
}

void tandem_sim_rules_signal(struct sim_rules *r, const struct sim_signal *s)
{
	const struct sim_rule *const rule =
			tandem_sim_rules_meet(r, SIM_SIGNAL_RULES, s->subject, s->object);
	struct held *const h = g_new(struct held, 1);

	*h = (struct held){ g_strdup(s->path), g_strdup(s->interface), g_strdup(s->name),
		g_variant_ref_sink(s->args) };
	if (rule != NULL && rule->kind == SIM_HOLD) {
		g_ptr_array_add(rule->held, h);
		return;
	}
	if (rule == NULL)
		send(r, h);
	held_free(h);
}
