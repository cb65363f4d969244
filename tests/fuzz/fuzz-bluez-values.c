/* SPDX-License-Identifier: MIT
 *
 * Whatever bluetoothd may say, and whatever becomes of our calls:
 *
 *     bytes -> GVariant -> bus-objects, bus-read -> struct tandem_event -> roster
 *
 * The first byte chooses the roster's configuration; then each step is a byte and its
 * arguments (steps[] below). The files of the bus are the module's own; only the queue
 * between the threads is left out: an event goes to the roster at once.
 */
#include <string.h>

#include "bluez-maker.h"
#include "bus-internal.h"
#include "roster-check.h"

#define OWNER ":1.7"
#define MAX_STEPS 64 /* chosen: a life or two, within 50 us */

struct fuzz {
	struct tandem_bus bus;
	struct roster_check check;
	uint32_t calls; /* of BlueZ to our endpoints */
	int fds;        /* sockets are numbers here */
};

void tandem_bus_emit(struct tandem_bus *bus, const struct tandem_event *event)
{
	struct fuzz *f = bus->wake_data;

	tandem_roster_check_event(&f->check, event);
}

static void signal_came(struct fuzz *f, const char *path, const char *name, GVariant *args)
{
	tandem_bus_objects_signal(NULL, OWNER, path, "", name, args, &f->bus);
}

/* As if a process before us had been there, with all that is now. */
static void inherit(struct fuzz *f)
{
	struct tandem_will *const w = &f->bus.estate.will;
	struct tandem_will_stream stream = { .adapter = "/org/bluez/hci0" };
	GHashTableIter it;
	gpointer path;

	tandem_will_add_host(w, "/org/bluez/hci0", f->calls & 2);
	g_hash_table_iter_init(&it, f->bus.objects);
	while (g_hash_table_iter_next(&it, &path, NULL)) {
		if (g_strlcpy(stream.transport, path, sizeof(stream.transport)) <
				sizeof(stream.transport))
			tandem_will_add_stream(w, &stream);
		stream.endpoint = (stream.endpoint + 1) % f->bus.estate.will.n_endpoints;
	}
	tandem_bus_objects_inherit(&f->bus);
}

static void objects_dumped(struct fuzz *f, struct bytes *b)
{
	g_autoptr(GVariant) dump = tandem_maker_objects(b);
	const struct tandem_event up = tandem_bus_event(TANDEM_EVENT_BUS_UP);

	tandem_bus_objects_dump(&f->bus, dump);
	if (f->calls & 1)
		inherit(f);
	tandem_bus_emit(&f->bus, &up);
}

static void object_added(struct fuzz *f, struct bytes *b)
{
	g_autoptr(GVariant) args = tandem_maker_object(b);

	signal_came(f, "/", "InterfacesAdded", args);
}

static void object_changed(struct fuzz *f, struct bytes *b)
{
	const char *path = tandem_maker_path(b), *interface = tandem_maker_interface(b);
	g_autoptr(GVariant) properties = tandem_maker_properties(b);
	const char *gone[] = { NULL, NULL };
	GVariant *args;

	if (take_byte(b) & 1)
		gone[0] = tandem_maker_property(b);
	args = g_variant_ref_sink(g_variant_new("(s@a{sv}^as)", interface, properties,
			gone));
	signal_came(f, path, "PropertiesChanged", args);
	g_variant_unref(args);
}

static void object_removed(struct fuzz *f, struct bytes *b)
{
	const char *path = tandem_maker_path(b);
	const char *const gone[] = { tandem_maker_interface(b), "org.bluez.Battery1",
		NULL };
	GVariant *args = g_variant_ref_sink(g_variant_new("(o^as)", path, gone));

	signal_came(f, "/", "InterfacesRemoved", args);
	g_variant_unref(args);
}

/* A call to endpoint b of adapter hci0 or hci1. */
static struct tandem_event call_came(struct fuzz *f, struct bytes *b)
{
	struct tandem_event e = tandem_bus_event(TANDEM_EVENT_SET);
	const uint8_t where = take_byte(b);

	e.call = ++f->calls;
	e.endpoint = (where >> 1 & 0x3f) % f->bus.estate.will.n_endpoints;
	if (where >> 7 && f->bus.estate.will.codecs & 2)
		e.endpoint += TANDEM_MAX_SPEAKERS;
	g_strlcpy(e.parent, where & 1 ? "/org/bluez/hci1" : "/org/bluez/hci0",
			sizeof(e.parent));
	return e;
}

static void select_came(struct fuzz *f, struct bytes *b)
{
	struct tandem_event e = call_came(f, b);
	const struct bytes caps = take_some(b, 40);
	GVariant *bytes = g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, caps.at, caps.left,
			1);
	GVariant *args = g_variant_ref_sink(g_variant_new_tuple(&bytes, 1));

	if (tandem_read_select(&e, args))
		tandem_bus_emit(&f->bus, &e);
	g_variant_unref(args);
}

static void set_came(struct fuzz *f, struct bytes *b)
{
	struct tandem_event e = call_came(f, b);
	const char *path = tandem_maker_path(b);
	g_autoptr(GVariant) properties = tandem_maker_properties(b);
	GVariant *args = g_variant_ref_sink(g_variant_new("(o@a{sv})", path, properties));

	if (tandem_read_set(&e, args))
		tandem_bus_emit(&f->bus, &e);
	g_variant_unref(args);
}

static void clear_came(struct fuzz *f, struct bytes *b)
{
	struct tandem_event e = call_came(f, b);
	GVariant *args = g_variant_ref_sink(g_variant_new("(o)", tandem_maker_path(b)));

	if (tandem_read_clear(&e, args))
		tandem_bus_emit(&f->bus, &e);
	g_variant_unref(args);
}

/* Bytes that have the right type and nothing else. */
static void raw_came(struct fuzz *f, struct bytes *b)
{
	static const char *const types[] = { "(a{oa{sa{sv}}})", "(oa{sa{sv}})", "(oas)",
		"(sa{sv}as)", "(ay)", "(oa{sv})", "(o)", "(hqq)" };
	static const char *const signals[] = { "", "InterfacesAdded", "InterfacesRemoved",
		"PropertiesChanged" };
	const uint32_t which = take_below(b, G_N_ELEMENTS(types));
	struct tandem_event e = call_came(f, b);
	const char *path = tandem_maker_path(b);
	g_autoptr(GVariant) value = tandem_maker_raw(b, types[which]);

	if (which == 0) {
		tandem_bus_objects_dump(&f->bus, value);
	} else if (which < G_N_ELEMENTS(signals)) {
		signal_came(f, path, signals[which], value);
	} else if ((which == 4 && tandem_read_select(&e, value)) ||
			(which == 5 && tandem_read_set(&e, value)) ||
			(which == 6 && tandem_read_clear(&e, value))) {
		tandem_bus_emit(&f->bus, &e);
	} else if (which == 7) {
		e.kind = TANDEM_EVENT_ACQUIRED;
		e.call = f->check.last_acquire;
		e.fd = tandem_read_acquired(&e, value) < 0 ? -1 : ++f->fds;
		if (e.fd >= 0)
			tandem_bus_emit(&f->bus, &e);
	}
}

/* One of our calls has ended; the text is what BlueZ says of it. */
static void call_ended(struct fuzz *f, struct bytes *b)
{
	static const enum tandem_event_kind kinds[] = { TANDEM_EVENT_REGISTERED,
		TANDEM_EVENT_CONNECTED, TANDEM_EVENT_ACQUIRED, TANDEM_EVENT_RELEASED };
	static const char *const errors[] = { NULL, "org.bluez.Error.Failed",
		"org.bluez.Error.AlreadyConnected", "org.freedesktop.DBus.Error.NoReply",
		"org.bluez.Error.InProgress" };
	struct tandem_event e = tandem_bus_event(kinds[take_below(b, G_N_ELEMENTS(kinds))]);
	const char *name = errors[take_below(b, G_N_ELEMENTS(errors))];

	e.call = f->check.last_acquire - take_below(b, 3);
	g_strlcpy(e.path, tandem_maker_path(b), sizeof(e.path));
	if (name) {
		g_autofree char *text = tandem_maker_text(b);
		g_autoptr(GError) error = g_dbus_error_new_for_dbus_error(name, text);

		tandem_bus_set_error(&e, error);
	} else if (e.kind == TANDEM_EVENT_ACQUIRED) {
		e.fd = ++f->fds;
		e.mtu_bytes = 4u * take_byte(b);
	}
	tandem_bus_emit(&f->bus, &e);
}

static void time_passed(struct fuzz *f, struct bytes *b)
{
	const struct tandem_event timer = tandem_bus_event(TANDEM_EVENT_TIMER);
	const uint8_t steps = take_byte(b);
	const int64_t end_ns = f->check.now_ns + steps * (int64_t)steps * TANDEM_NS_PER_MS;

	/* At most so many: each moves on by 30 ms or more, or is the roster's mistake. */
	for (int i = 0; f->check.timer_ns && f->check.timer_ns <= end_ns; i++) {
		MUST(i < 1000, "the timer goes off without end: now %lld ns, due %lld ns",
				(long long)f->check.now_ns, (long long)f->check.timer_ns);
		if (f->check.timer_ns > f->check.now_ns)
			f->check.now_ns = f->check.timer_ns;
		f->check.timer_ns = 0;
		tandem_bus_emit(&f->bus, &timer);
	}
	f->check.now_ns = end_ns;
}

static void graph_did(struct fuzz *f, struct bytes *b)
{
	struct tandem_event e = tandem_bus_event(TANDEM_EVENT_WANTED);
	const uint8_t what = take_byte(b);

	if (what < 4) {
		e.wanted = what & 1;
	} else if (what >= 248) {
		const uint32_t slot = what % f->bus.estate.will.n_endpoints;

		e.kind = TANDEM_EVENT_ASIDE;
		e.on = what & 4;
		g_strlcpy(e.address, f->check.roster->slots[slot].life.address,
				sizeof(e.address));
	} else {
		e.kind = TANDEM_EVENT_LOST;
		e.slot = what % f->bus.estate.will.n_endpoints;
		g_strlcpy(e.detail, "Connection reset by peer", sizeof(e.detail));
	}
	tandem_bus_emit(&f->bus, &e);
}

/* bluetoothd, or the program that owns what we have borrowed, has left. */
static void somebody_left(struct fuzz *f, struct bytes *b)
{
	struct tandem_event e =
			tandem_bus_event(take_byte(b) & 1 ? TANDEM_EVENT_BUS_DOWN
							  : TANDEM_EVENT_LENDER_GONE);

	if (e.kind == TANDEM_EVENT_BUS_DOWN)
		g_hash_table_remove_all(f->bus.objects);
	tandem_bus_emit(&f->bus, &e);
}

/* Somebody turns a knob, to values that the table of settings lets through. */
static void settings_changed(struct fuzz *f, struct bytes *b)
{
	const struct tandem_roster_config *c = &f->check.roster->config;
	struct tandem_event e = tandem_bus_event(TANDEM_EVENT_SETTINGS);
	struct tandem_settings s = { .automatic = c->automatic,
		.n_speakers = c->n_speakers,
		.when_empty = take_byte(b) & 1 };

	for (uint32_t i = 0; i < s.n_speakers; i++) {
		uint8_t choice;

		g_strlcpy(s.speakers[i].address, c->wishes[i].address,
				sizeof(s.speakers[i].address));
		g_strlcpy(s.speakers[i].name, c->wishes[i].name,
				sizeof(s.speakers[i].name));
		s.speakers[i].codec = take_below(b, TANDEM_CODEC_LDAC + 1);
		s.speakers[i].ldac_mode = take_below(b, TANDEM_LDAC_MODE_MONO + 1);
		s.speakers[i].sbc_mode = take_below(b, TANDEM_SBC_XQ + 1);
		s.speakers[i].bitpool = take_below(b, 251);
		choice = take_byte(b);
		s.speakers[i].release = choice >> 7;
		if (choice & 1) {
			g_snprintf(s.speakers[i].adapter, sizeof(s.speakers[i].adapter),
					"00:00:00:00:00:%02x", take_byte(b) & 3);
		}
	}
	tandem_roster_set_settings(f->check.roster, &s);
	tandem_bus_emit(&f->bus, &e);
}

static void (*const steps[])(struct fuzz *f, struct bytes *b) = { objects_dumped,
	object_added, object_changed, object_removed, select_came, set_came, clear_came,
	call_ended, time_passed, graph_did, somebody_left, raw_came, settings_changed };

static struct tandem_roster_config choose_config(uint8_t choice)
{
	struct tandem_roster_config config = { .automatic = choice & 1,
		.n_speakers = 1 + (choice >> 1) % TANDEM_MAX_SPEAKERS,
		.codecs = 1 + 2 * (choice >> 6 & 1),
		.seed = choice };

	for (uint32_t i = 0; i < config.n_speakers; i++) {
		if (config.codecs & 2)
			config.wishes[i].codec.codec = TANDEM_CODEC_LDAC;
		if (choice >> 4 & 1) {
			g_snprintf(config.remembered[i], sizeof(config.remembered[i]),
					"00:00:00:00:00:%02x", config.n_speakers - i);
		}
		if (choice >> 5 & 1 && i < 2) {
			g_strlcpy(config.wishes[i].name, i ? "Küche" : "Kitchen",
					sizeof(config.wishes[i].name));
		} else {
			g_snprintf(config.wishes[i].address,
					sizeof(config.wishes[i].address),
					"00:00:00:00:00:%02x", i + 1);
		}
	}
	return config;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tandem_roster roster;
	struct fuzz f = { .bus.owner = (char *)OWNER };
	struct bytes b = { data, size };
	const struct tandem_roster_config config = choose_config(take_byte(&b));

	f.bus.wake_data = &f;
	tandem_estate_init(&f.bus.estate, NULL, "", config.n_speakers, config.codecs);
	f.bus.objects = tandem_bus_objects_new();
	f.bus.hosts = g_hash_table_new(g_str_hash, g_str_equal);
	tandem_roster_check_init(&f.check, &roster, &config);
	for (int i = 0; i < MAX_STEPS && b.left > 0; i++)
		steps[take_below(&b, G_N_ELEMENTS(steps))](&f, &b);
	g_hash_table_unref(f.bus.hosts);
	g_hash_table_unref(f.bus.objects);
	return 0;
}
