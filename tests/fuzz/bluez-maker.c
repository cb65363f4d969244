/* SPDX-License-Identifier: MIT */
#include "bluez-maker.h"

#define UUID(n) "0000" n "-0000-1000-8000-00805f9b34fb"

static const char long_path[] = "/org/bluez/hci0/dev_00_00_00_00_00_01/sep1/fd0/"
				"that_is_longer_than_any_path_of_bluetoothd_so_far";

static const char *const paths[] = {
	"/org/bluez/hci0",
	"/org/bluez/hci1",
	"/org/bluez/hci0/dev_1",
	"/org/bluez/hci0/dev_2",
	"/org/bluez/hci0/dev_3",
	"/org/bluez/hci1/dev_1",
	"/org/bluez/hci0/dev_1/sep1",
	"/org/bluez/hci0/dev_2/sep1",
	"/org/bluez/hci0/dev_3/sep1",
	"/org/bluez/hci1/dev_1/sep1",
	"/org/bluez/hci0/dev_1/fd1",
	"/org/bluez/hci0/dev_2/fd2",
	"/org/bluez/hci0/dev_3/fd3",
	"/org/bluez/hci1/dev_1/fd4",
	"/org/bluez/hci0/dev_1/fd5",
	"/",
	long_path,
};

static const char *const interfaces[] = { "org.bluez.Adapter1", "org.bluez.Device1",
	"org.bluez.MediaEndpoint1", "org.bluez.MediaTransport1", "org.bluez.Battery1" };

/* Texts a property may have; its first ones are right. */
static const char *const addresses[] = { "00:00:00:00:00:01", "00:00:00:00:00:02",
	"00:00:00:00:00:03", "00:00:00:00:00:0a", "00:00:00:00:00:0A", "",
	"00:00:00:00:00:012", NULL };
static const char *const aliases[] = { "Kitchen", "Küche", "Living room", "", NULL };
static const char *const icons[] = { "audio-card", "audio-headset", "audio-headphones",
	"phone", "multimedia-player-with-a-long-name", NULL };
static const char *const uuids[] = { UUID("110b"), UUID("110a"), UUID("1108"), UUID("111e"),
	"0000110B-0000-1000-8000-00805F9B34FB", "", NULL };
static const char *const states[] = { "idle", "pending", "active", "broadcasting", NULL };

/* Configurations and capabilities, then wrong ones. */
static const struct {
	uint8_t n, bytes[5];
} configs[] = {
	{ 4, { 0x11, 0x15, 2, 53 } },
	{ 4, { 0x21, 0x15, 2, 53 } },
	{ 4, { 0xff, 0xff, 2, 53 } },
	{ 4, { 0xff, 0xff, 2, 250 } },
	{ 4, { 0x80, 0x15, 2, 53 } },
	{ 5, { 0xff, 0xff, 2, 53, 1 } },
	{ 0, { 0 } },
};

static const struct {
	const char *name;
	char type; /* of GVariant; A: strings, Y: bytes */
	const char *const *texts;
} properties[] = {
	{ "Address", 's', addresses },
	{ "Adapter", 'o', NULL },
	{ "Alias", 's', aliases },
	{ "Capabilities", 'Y', NULL },
	{ "Class", 'u', NULL },
	{ "Codec", 'y', NULL },
	{ "Configuration", 'Y', NULL },
	{ "Connected", 'b', NULL },
	{ "Delay", 'q', NULL },
	{ "Device", 'o', NULL },
	{ "Icon", 's', icons },
	{ "Paired", 'b', NULL },
	{ "Powered", 'b', NULL },
	{ "State", 's', states },
	{ "UUID", 's', uuids },
	{ "UUIDs", 'A', uuids },
};

const char *tandem_maker_path(struct bytes *b)
{
	return paths[take_below(b, G_N_ELEMENTS(paths))];
}

const char *tandem_maker_interface(struct bytes *b)
{
	return interfaces[take_below(b, G_N_ELEMENTS(interfaces))];
}

const char *tandem_maker_property(struct bytes *b)
{
	return properties[take_below(b, G_N_ELEMENTS(properties))].name;
}

char *tandem_maker_text(struct bytes *b)
{
	const struct bytes some = take_some(b, 200);

	return g_utf8_make_valid((const char *)some.at, (gssize)some.left);
}

static GVariant *make_text(struct bytes *b, const char *const *texts)
{
	const uint32_t n = texts ? g_strv_length((char **)texts) : 0;
	const uint32_t i = take_below(b, n + 1);

	return i < n ? g_variant_new_string(texts[i])
		     : g_variant_new_take_string(tandem_maker_text(b));
}

static GVariant *make_texts(struct bytes *b, const char *const *texts)
{
	GVariantBuilder all;

	g_variant_builder_init(&all, G_VARIANT_TYPE("as"));
	for (uint32_t n = take_below(b, 4); n > 0; n--)
		g_variant_builder_add_value(&all, make_text(b, texts));
	return g_variant_builder_end(&all);
}

static GVariant *make_bytes(struct bytes *b)
{
	const uint32_t i = take_below(b, G_N_ELEMENTS(configs) + 1);
	struct bytes some;

	if (i < G_N_ELEMENTS(configs)) {
		return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, configs[i].bytes,
				configs[i].n, 1);
	}
	some = take_some(b, 40);
	return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, some.at, some.left, 1);
}

static GVariant *make_value(struct bytes *b, char type, const char *const *texts)
{
	switch (type) {
	case 's':
		return make_text(b, texts);
	case 'o':
		return g_variant_new_object_path(tandem_maker_path(b));
	case 'b':
		return g_variant_new_boolean(!take_below(b, 2)); /* mostly true */
	case 'y':
		return g_variant_new_byte(take_byte(b));
	case 'q':
		return g_variant_new_uint16((guint16)(take_byte(b) * 257u));
	case 'u':
		return g_variant_new_uint32(take_byte(b) * 0x0404u);
	case 'A':
		return make_texts(b, texts);
	default:
		return make_bytes(b);
	}
}

/* One property: its row, then its value; a row beyond the table has another's type. */
static void add_property(struct bytes *b, GVariantBuilder *all)
{
	const uint32_t n = G_N_ELEMENTS(properties);
	const uint8_t choice = take_byte(b);
	const uint32_t row = choice % n;
	const char type = choice < 0xf0 ? properties[row].type
					: properties[take_below(b, n)].type;
	GVariant *value = make_value(b, type, properties[row].texts);

	g_variant_builder_open(all, G_VARIANT_TYPE("{sv}"));
	g_variant_builder_add_value(all, g_variant_new_string(properties[row].name));
	g_variant_builder_add_value(all, g_variant_new_variant(value));
	g_variant_builder_close(all);
}

static void add_properties(struct bytes *b, GVariantBuilder *all)
{
	g_variant_builder_open(all, G_VARIANT_TYPE_VARDICT);
	for (uint32_t n = take_below(b, 12); n > 0; n--)
		add_property(b, all);
	g_variant_builder_close(all);
}

/* The two values of an object, into the open tuple or entry: oa{sa{sv}}. */
static void add_object(struct bytes *b, GVariantBuilder *all)
{
	g_variant_builder_add_value(all, g_variant_new_object_path(tandem_maker_path(b)));
	g_variant_builder_open(all, G_VARIANT_TYPE("a{sa{sv}}"));
	for (uint32_t n = 1 + take_below(b, 2); n > 0; n--) {
		g_variant_builder_open(all, G_VARIANT_TYPE("{sa{sv}}"));
		g_variant_builder_add_value(all,
				g_variant_new_string(tandem_maker_interface(b)));
		add_properties(b, all);
		g_variant_builder_close(all);
	}
	g_variant_builder_close(all);
}

GVariant *tandem_maker_properties(struct bytes *b)
{
	GVariantBuilder all;

	g_variant_builder_init(&all, G_VARIANT_TYPE_VARDICT);
	for (uint32_t n = take_below(b, 12); n > 0; n--)
		add_property(b, &all);
	return g_variant_ref_sink(g_variant_builder_end(&all));
}

GVariant *tandem_maker_object(struct bytes *b)
{
	GVariantBuilder all;

	g_variant_builder_init(&all, G_VARIANT_TYPE("(oa{sa{sv}})"));
	add_object(b, &all);
	return g_variant_ref_sink(g_variant_builder_end(&all));
}

GVariant *tandem_maker_objects(struct bytes *b)
{
	GVariantBuilder all;

	g_variant_builder_init(&all, G_VARIANT_TYPE("(a{oa{sa{sv}}})"));
	g_variant_builder_open(&all, G_VARIANT_TYPE("a{oa{sa{sv}}}"));
	for (uint32_t n = take_below(b, 8); n > 0; n--) {
		g_variant_builder_open(&all, G_VARIANT_TYPE("{oa{sa{sv}}}"));
		add_object(b, &all);
		g_variant_builder_close(&all);
	}
	g_variant_builder_close(&all);
	return g_variant_ref_sink(g_variant_builder_end(&all));
}

GVariant *tandem_maker_raw(struct bytes *b, const char *type)
{
	const struct bytes some = take_some(b, 255);
	g_autoptr(GBytes) own = g_bytes_new(some.at, some.left); /* aligned */
	g_autoptr(GVariant) any =
			g_variant_new_from_bytes(G_VARIANT_TYPE(type), own, FALSE);

	g_variant_ref_sink(any);
	return g_variant_get_normal_form(any);
}
