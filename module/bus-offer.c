/* SPDX-License-Identifier: MIT
 *
 * What our endpoints are, always the same number in the same order on each adapter, because
 * BlueZ hands out the SEIDs by which speakers remember us in that order, and asks them in
 * that order: what is wished for beside SBC comes first.
 *
 *     /org/tandem/hci0           ObjectManager, given to RegisterApplication
 *     /org/tandem/hci0/ldac/0    MediaEndpoint1, one per speaker, if one is to have LDAC
 *     /org/tandem/hci0/ldac/1
 *     /org/tandem/hci0/sbc/0     likewise, always
 *     /org/tandem/hci0/sbc/1
 */
#include "bus-internal.h"

#include <string.h>

const char tandem_bus_interfaces_xml[] =
		"<node>"
		"<interface name='org.freedesktop.DBus.ObjectManager'>"
		" <method name='GetManagedObjects'>"
		"  <arg type='a{oa{sa{sv}}}' direction='out'/></method>"
		"</interface>"
		"<interface name='org.bluez.MediaEndpoint1'>"
		" <method name='SelectConfiguration'>"
		"  <arg type='ay' direction='in'/><arg type='ay' direction='out'/></method>"
		" <method name='SetConfiguration'>"
		"  <arg type='o' direction='in'/><arg type='a{sv}' "
		"direction='in'/></method>"
		" <method name='ClearConfiguration'><arg type='o' direction='in'/></method>"
		" <method name='Release'/>"
		" <property name='UUID' type='s' access='read'/>"
		" <property name='Codec' type='y' access='read'/>"
		" <property name='Capabilities' type='ay' access='read'/>"
		" <property name='DelayReporting' type='b' access='read'/>"
		"</interface>"
		"</node>";

bool tandem_bus_offers(const struct tandem_bus *bus, uint32_t number)
{
	const struct tandem_will *const will = &bus->estate.will;

	return (will->codecs >> (number / TANDEM_MAX_SPEAKERS) & 1) &&
	       number % TANDEM_MAX_SPEAKERS < will->n_endpoints;
}

char *tandem_bus_offer_path(const char *root, uint32_t number)
{
	return g_strdup_printf("%s/%s/%u", root,
			tandem_codecs[number / TANDEM_MAX_SPEAKERS]->name,
			number % TANDEM_MAX_SPEAKERS);
}

uint32_t tandem_bus_offer_number(const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, "/", -1);
	const guint n = g_strv_length(parts);
	uint32_t codec = 0;

	g_return_val_if_fail(n >= 2, 0);
	while (codec < TANDEM_N_CODECS - 1 &&
			!g_str_equal(tandem_codecs[codec]->name, parts[n - 2]))
		codec++;
	return codec * TANDEM_MAX_SPEAKERS +
	       (uint32_t)g_ascii_strtoull(parts[n - 1], NULL, 10);
}

GVariant *tandem_bus_offer_property(uint32_t number, const char *name)
{
	const struct tandem_codec *const codec =
			tandem_codecs[number / TANDEM_MAX_SPEAKERS];

	if (g_str_equal(name, "UUID"))
		return g_variant_new_string(TANDEM_UUID_SOURCE);
	if (g_str_equal(name, "Codec"))
		return g_variant_new_byte(codec->media_type);
	if (g_str_equal(name, "Capabilities")) {
		return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, codec->capabilities,
				codec->capabilities_bytes, 1);
	}
	return g_variant_new_boolean(TRUE); /* DelayReporting */
}

static void add_object(GVariantBuilder *objects, const char *root, uint32_t number)
{
	static const char *const names[] = { "UUID", "Codec", "Capabilities",
		"DelayReporting" };
	g_autofree char *path = tandem_bus_offer_path(root, number);

	g_variant_builder_open(objects, G_VARIANT_TYPE("{oa{sa{sv}}}"));
	g_variant_builder_add(objects, "o", path);
	g_variant_builder_open(objects, G_VARIANT_TYPE("a{sa{sv}}"));
	g_variant_builder_open(objects, G_VARIANT_TYPE("{sa{sv}}"));
	g_variant_builder_add(objects, "s", "org.bluez.MediaEndpoint1");
	g_variant_builder_open(objects, G_VARIANT_TYPE("a{sv}"));
	for (size_t k = 0; k < G_N_ELEMENTS(names); k++) {
		g_variant_builder_add(objects, "{sv}", names[k],
				tandem_bus_offer_property(number, names[k]));
	}
	for (int depth = 0; depth < 4; depth++)
		g_variant_builder_close(objects);
}

GVariant *tandem_bus_offer_objects(const struct tandem_bus *bus, const char *root)
{
	GVariantBuilder objects;

	g_variant_builder_init(&objects, G_VARIANT_TYPE("a{oa{sa{sv}}}"));
	for (uint32_t codec = TANDEM_N_CODECS; codec-- > 0;) {
		for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
			const uint32_t number = codec * TANDEM_MAX_SPEAKERS + i;

			if (tandem_bus_offers(bus, number))
				add_object(&objects, root, number);
		}
	}
	return g_variant_new("(a{oa{sa{sv}}})", &objects);
}
