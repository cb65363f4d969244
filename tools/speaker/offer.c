/* SPDX-License-Identifier: MIT */
#include "offer.h"

#include "select.h"

#define SINK_UUID "0000110b-0000-1000-8000-00805f9b34fb"

static const char description[] =
		"<node><interface name='org.freedesktop.DBus.ObjectManager'>"
		" <method name='GetManagedObjects'>"
		"  <arg type='a{oa{sa{sv}}}' direction='out'/></method>"
		"</interface><interface name='org.bluez.MediaEndpoint1'>"
		" <method name='SelectConfiguration'><arg type='ay'/>"
		"  <arg type='ay' direction='out'/></method>"
		" <method name='SetConfiguration'><arg type='o'/><arg "
		"type='a{sv}'/></method>"
		" <method name='ClearConfiguration'><arg type='o'/></method>"
		" <method name='Release'/>"
		" <property name='UUID' type='s' access='read'/>"
		" <property name='Codec' type='y' access='read'/>"
		" <property name='Capabilities' type='ay' access='read'/>"
		" <property name='DelayReporting' type='b' access='read'/>"
		"</interface></node>";

GDBusNodeInfo *tandem_offer_describe(void)
{
	GDBusNodeInfo *const node = g_dbus_node_info_new_for_xml(description, NULL);

	g_assert(node != NULL);
	return node;
}

const char *const tandem_offer_paths[TANDEM_OFFERS] = { TANDEM_OFFER_ROOT "/sbc",
	TANDEM_OFFER_ROOT "/ldac" };

static GVariant *bytes(const uint8_t *from, size_t n)
{
	return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, from, n, 1);
}

GVariant *tandem_offer_property(bool ldac, const char *name)
{
	if (g_str_equal(name, "UUID"))
		return g_variant_new_string(SINK_UUID);
	if (g_str_equal(name, "Codec"))
		return g_variant_new_byte(ldac ? 0xff : 0);
	if (g_str_equal(name, "DelayReporting"))
		return g_variant_new_boolean(TRUE);
	return ldac ? bytes(tandem_select_ldac_capabilities, TANDEM_SELECT_LDAC_BYTES)
		    : bytes(tandem_select_capabilities, TANDEM_SELECT_BYTES);
}

static void add_object(GVariantBuilder *objects, int which)
{
	static const char *const names[] = { "UUID", "Codec", "Capabilities",
		"DelayReporting" };
	GVariantBuilder props;
	GVariantBuilder faces;

	g_variant_builder_init(&props, G_VARIANT_TYPE_VARDICT);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_variant_builder_add(&props, "{sv}", names[i],
				tandem_offer_property(which == TANDEM_OFFER_LDAC,
						names[i]));
	}
	g_variant_builder_init(&faces, G_VARIANT_TYPE("a{sa{sv}}"));
	g_variant_builder_add(&faces, "{sa{sv}}", "org.bluez.MediaEndpoint1", &props);
	g_variant_builder_add(objects, "{oa{sa{sv}}}", tandem_offer_paths[which], &faces);
}

GVariant *tandem_offer_objects(bool ldac)
{
	GVariantBuilder objects;

	g_variant_builder_init(&objects, G_VARIANT_TYPE("a{oa{sa{sv}}}"));
	if (ldac)
		add_object(&objects, TANDEM_OFFER_LDAC);
	add_object(&objects, TANDEM_OFFER_SBC);
	return g_variant_builder_end(&objects);
}
