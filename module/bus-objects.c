/* SPDX-License-Identifier: MIT
 *
 * BlueZ signals differences; main wants whole records. So the properties of the objects
 * that matter are kept here, and an event goes out when the record made of them has
 * changed.
 */
#include "bus-internal.h"

#include <string.h>

enum kind { ADAPTER, DEVICE, ENDPOINT, TRANSPORT };

static const char *const kinds[] = {
	[ADAPTER] = "org.bluez.Adapter1",
	[DEVICE] = "org.bluez.Device1",
	[ENDPOINT] = "org.bluez.MediaEndpoint1",
	[TRANSPORT] = "org.bluez.MediaTransport1",
};

/* Of Media1, kept with the adapter whose path that has. It came with BlueZ 5.83, and with
 * it that an endpoint takes more than one stream. */
#define FEATURES "Media1.SupportedFeatures"

struct object {
	enum kind kind;
	GHashTable *properties; /* name -> GVariant */
	struct tandem_event last;
	bool told;
};

static void object_free(void *data)
{
	struct object *o = data;

	g_hash_table_unref(o->properties);
	g_free(o);
}

GHashTable *tandem_bus_objects_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, object_free);
}

static int find_kind(const char *interface)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_str_equal(kinds[i], interface))
			return (int)i;
	}
	return -1;
}

/* The property, or NULL when it is missing or of another type. Borrowed. */
static GVariant *get(const struct object *o, const char *name, const char *type)
{
	GVariant *v = g_hash_table_lookup(o->properties, name);

	return v && g_variant_is_of_type(v, G_VARIANT_TYPE(type)) ? v : NULL;
}

static void get_text(const struct object *o, const char *name, const char *type, char *to,
		size_t size)
{
	GVariant *v = get(o, name, type);

	if (v && g_variant_get_size(v) <= size)
		g_strlcpy(to, g_variant_get_string(v, NULL), size);
}

static bool get_bool(const struct object *o, const char *name)
{
	GVariant *v = get(o, name, "b");

	return v && g_variant_get_boolean(v);
}

static bool is_text(const struct object *o, const char *name, const char *wanted)
{
	GVariant *v = get(o, name, "s");

	return v && g_ascii_strcasecmp(g_variant_get_string(v, NULL), wanted) == 0;
}

static void get_bytes(const struct object *o, const char *name, struct tandem_event *e)
{
	GVariant *v = get(o, name, "ay");
	gsize n = 0;
	const void *bytes = v ? g_variant_get_fixed_array(v, &n, 1) : NULL;

	if (n == 0 || n > sizeof(e->config))
		return;
	memcpy(e->config, bytes, n);
	e->config_bytes = (uint32_t)n;
}

static uint8_t get_byte(const struct object *o, const char *name)
{
	GVariant *v = get(o, name, "y");

	return v ? g_variant_get_byte(v) : 0xff;
}

static bool has_word(const struct object *o, const char *property, const char *prefix)
{
	GVariant *v = get(o, property, "as");
	g_autofree const char **words = v ? g_variant_get_strv(v, NULL) : NULL;

	for (size_t i = 0; words && words[i]; i++) {
		if (g_ascii_strncasecmp(words[i], prefix, strlen(prefix)) == 0)
			return true;
	}
	return false;
}

static bool has_uuid(const struct object *o, const char *prefix)
{
	return has_word(o, "UUIDs", prefix);
}

static void describe_adapter(const struct object *o, struct tandem_event *e)
{
	e->kind = TANDEM_EVENT_ADAPTER;
	get_text(o, "Address", "s", e->address, sizeof(e->address));
	e->flags = (get_bool(o, "Powered") ? TANDEM_POWERED : 0) |
		   (has_uuid(o, "0000110a") ? TANDEM_SOURCES : 0) |
		   (get(o, FEATURES, "as") ? TANDEM_SHARING : 0) |
		   (has_word(o, FEATURES, "tx-timestamping") ? TANDEM_STAMPS : 0);
}

static void describe_device(const struct object *o, struct tandem_event *e)
{
	GVariant *class = get(o, "Class", "u");

	e->kind = TANDEM_EVENT_DEVICE;
	get_text(o, "Adapter", "o", e->parent, sizeof(e->parent));
	get_text(o, "Address", "s", e->address, sizeof(e->address));
	get_text(o, "Alias", "s", e->name, sizeof(e->name));
	get_text(o, "Icon", "s", e->icon, sizeof(e->icon));
	e->class = class ? g_variant_get_uint32(class) : 0;
	e->flags = (get_bool(o, "Paired") ? TANDEM_PAIRED : 0) |
		   (get_bool(o, "Connected") ? TANDEM_CONNECTED : 0) |
		   (has_uuid(o, "0000110b") ? TANDEM_SINK : 0) |
		   (has_uuid(o, "00001108") || has_uuid(o, "0000111e") ? TANDEM_HANDSFREE
								       : 0);
}

static void describe_endpoint(const struct object *o, struct tandem_event *e)
{
	e->kind = TANDEM_EVENT_ENDPOINT;
	get_text(o, "Device", "o", e->parent, sizeof(e->parent));
	get_bytes(o, "Capabilities", e);
	e->codec = get_byte(o, "Codec");
	e->flags = is_text(o, "UUID", TANDEM_UUID_SINK) ? TANDEM_SINK : 0;
}

static bool describe_transport(const struct object *o, struct tandem_event *e)
{
	GVariant *delay = get(o, "Delay", "q");

	if (!is_text(o, "UUID", TANDEM_UUID_SOURCE))
		return false; /* sound towards us, or a call */
	e->kind = TANDEM_EVENT_TRANSPORT;
	get_text(o, "Device", "o", e->parent, sizeof(e->parent));
	get_bytes(o, "Configuration", e);
	e->codec = get_byte(o, "Codec");
	e->delay_100us = delay ? g_variant_get_uint16(delay) : 0;
	e->state = is_text(o, "State", "active")    ? TANDEM_TRANSPORT_ACTIVE
		   : is_text(o, "State", "pending") ? TANDEM_TRANSPORT_PENDING
						    : TANDEM_TRANSPORT_IDLE;
	return true;
}

static void tell(struct tandem_bus *bus, const char *path, struct object *o)
{
	struct tandem_event e;

	/* Compared as bytes below: padding must be equal too. */
	memset(&e, 0, sizeof(e));
	e.fd = -1;
	if (g_strlcpy(e.path, path, sizeof(e.path)) >= sizeof(e.path))
		return;
	if (o->kind == ADAPTER) {
		describe_adapter(o, &e);
	} else if (o->kind == DEVICE) {
		describe_device(o, &e);
	} else if (o->kind == ENDPOINT) {
		describe_endpoint(o, &e);
	} else if (!describe_transport(o, &e)) {
		return;
	}
	/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): cleared as bytes above */
	if (o->told && memcmp(&o->last, &e, sizeof(e)) == 0)
		return;
	o->last = e;
	o->told = true;
	tandem_bus_emit(bus, &e);
}

static void update(struct object *o, GVariant *properties)
{
	GVariantIter it;
	const char *name;
	GVariant *value;

	g_variant_iter_init(&it, properties);
	while (g_variant_iter_next(&it, "{&sv}", &name, &value))
		g_hash_table_replace(o->properties, g_strdup(name), value);
}

static void add_features(struct tandem_bus *bus, const char *path, GVariant *interfaces)
{
	struct object *o = g_hash_table_lookup(bus->objects, path);
	g_autoptr(GVariant) media = g_variant_lookup_value(interfaces, "org.bluez.Media1",
			G_VARIANT_TYPE_VARDICT);
	GVariant *features =
			media ? g_variant_lookup_value(media, "SupportedFeatures", NULL)
			      : NULL;

	if (features && o && o->kind == ADAPTER) {
		g_hash_table_replace(o->properties, g_strdup(FEATURES), features);
		tell(bus, path, o);
	} else if (features) {
		g_variant_unref(features);
	}
}

static void add(struct tandem_bus *bus, const char *path, GVariant *interfaces)
{
	GVariantIter it;
	const char *interface;
	GVariant *properties;

	g_variant_iter_init(&it, interfaces);
	while (g_variant_iter_loop(&it, "{&s@a{sv}}", &interface, &properties)) {
		const int kind = find_kind(interface);
		struct object *o;

		if (kind < 0)
			continue;
		o = g_new0(struct object, 1);
		o->kind = (enum kind)kind;
		o->properties = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
				(GDestroyNotify)g_variant_unref);
		g_hash_table_replace(bus->objects, g_strdup(path), o);
		update(o, properties);
		tell(bus, path, o);
	}
	add_features(bus, path, interfaces);
}

static void removed(struct tandem_bus *bus, GVariant *args)
{
	struct tandem_event e = tandem_bus_event(TANDEM_EVENT_GONE);
	g_autofree const char **interfaces = NULL;
	const char *path;

	g_variant_get(args, "(&o^a&s)", &path, &interfaces);
	for (size_t i = 0; interfaces[i]; i++) {
		const struct object *o = g_hash_table_lookup(bus->objects, path);

		if (!o || !g_str_equal(kinds[o->kind], interfaces[i]))
			continue;
		if (o->kind == ADAPTER) {
			g_hash_table_remove(bus->hosts, path);
			tandem_will_drop_host(&bus->estate.will, path);
			tandem_estate_write(&bus->estate);
		}
		g_hash_table_remove(bus->objects, path);
		if (g_strlcpy(e.path, path, sizeof(e.path)) < sizeof(e.path))
			tandem_bus_emit(bus, &e);
	}
}

static void changed(struct tandem_bus *bus, const char *path, GVariant *args)
{
	struct object *o = g_hash_table_lookup(bus->objects, path);
	g_autofree const char **invalid = NULL;
	g_autoptr(GVariant) properties = NULL;
	const char *interface;

	g_variant_get(args, "(&s@a{sv}^a&s)", &interface, &properties, &invalid);
	if (!o || !g_str_equal(kinds[o->kind], interface))
		return;
	update(o, properties);
	for (size_t i = 0; invalid[i]; i++)
		g_hash_table_remove(o->properties, invalid[i]);
	tell(bus, path, o);
}

void tandem_bus_objects_dump(struct tandem_bus *bus, GVariant *dump)
{
	g_autoptr(GVariant) all = g_variant_get_child_value(dump, 0);
	GVariantIter it;
	const char *path;
	GVariant *interfaces;

	g_variant_iter_init(&it, all);
	while (g_variant_iter_loop(&it, "{&o@a{sa{sv}}}", &path, &interfaces))
		add(bus, path, interfaces);
}

bool tandem_bus_has_sources(struct tandem_bus *bus, const char *adapter)
{
	const struct object *o = g_hash_table_lookup(bus->objects, adapter);

	return o && o->kind == ADAPTER && has_uuid(o, "0000110a");
}

static bool is_there(struct tandem_bus *bus, const char *path, enum kind kind)
{
	const struct object *o = g_hash_table_lookup(bus->objects, path);

	return o && o->kind == kind;
}

void tandem_bus_objects_inherit(struct tandem_bus *bus)
{
	struct tandem_event host = tandem_bus_event(TANDEM_EVENT_KEPT_HOST);
	struct tandem_event e = tandem_bus_event(TANDEM_EVENT_KEPT);
	const struct tandem_will left = bus->estate.will;

	for (uint32_t i = 0; i < left.n_hosts; i++) {
		const struct tandem_will_host *h = &left.hosts[i];

		if (!is_there(bus, h->adapter, ADAPTER)) {
			tandem_will_drop_host(&bus->estate.will, h->adapter);
			continue;
		}
		host.on = h->late;
		memcpy(host.path, h->adapter, sizeof(host.path));
		tandem_bus_emit(bus, &host);
	}
	for (uint32_t i = 0; i < left.n_streams; i++) {
		const struct tandem_will_stream *s = &left.streams[i];

		if (!is_there(bus, s->transport, TRANSPORT)) {
			tandem_will_drop_stream(&bus->estate.will, s->transport);
			continue;
		}
		e.endpoint = s->endpoint;
		memcpy(e.parent, s->adapter, sizeof(e.parent));
		memcpy(e.path, s->transport, sizeof(e.path));
		tandem_bus_emit(bus, &e);
	}
	tandem_estate_write(&bus->estate);
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
void tandem_bus_objects_signal(GDBusConnection *connection, const char *sender,
		const char *path, const char *interface, const char *signal, GVariant *args,
		void *data)
{
	struct tandem_bus *bus = data;

	(void)connection;
	(void)interface;
	if (g_strcmp0(sender, bus->owner) != 0)
		return;
	if (g_str_equal(signal, "InterfacesAdded") &&
			g_variant_is_of_type(args, G_VARIANT_TYPE("(oa{sa{sv}})"))) {
		g_autoptr(GVariant) interfaces = g_variant_get_child_value(args, 1);
		const char *object;

		g_variant_get_child(args, 0, "&o", &object);
		add(bus, object, interfaces);
	} else if (g_str_equal(signal, "InterfacesRemoved") &&
			g_variant_is_of_type(args, G_VARIANT_TYPE("(oas)"))) {
		removed(bus, args);
	} else if (g_str_equal(signal, "PropertiesChanged") &&
			g_variant_is_of_type(args, G_VARIANT_TYPE("(sa{sv}as)"))) {
		changed(bus, path, args);
	}
}
