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

GVariant *tandem_offer_property(const char *name)
{
	if (g_str_equal(name, "UUID"))
		return g_variant_new_string(SINK_UUID);
	if (g_str_equal(name, "Codec"))
		return g_variant_new_byte(0);
	if (g_str_equal(name, "DelayReporting"))
		return g_variant_new_boolean(TRUE);
	return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, tandem_select_capabilities,
			TANDEM_SELECT_BYTES, 1);
}

GVariant *tandem_offer_objects(const char *path)
{
	static const char *const names[] = { "UUID", "Codec", "Capabilities",
		"DelayReporting" };
	GVariantBuilder props;
	GVariantBuilder faces;
	GVariantBuilder objects;

	g_variant_builder_init(&props, G_VARIANT_TYPE_VARDICT);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_variant_builder_add(&props, "{sv}", names[i],
				tandem_offer_property(names[i]));
	}
	g_variant_builder_init(&faces, G_VARIANT_TYPE("a{sa{sv}}"));
	g_variant_builder_add(&faces, "{sa{sv}}", "org.bluez.MediaEndpoint1", &props);
	g_variant_builder_init(&objects, G_VARIANT_TYPE("a{oa{sa{sv}}}"));
	g_variant_builder_add(&objects, "{oa{sa{sv}}}", path, &faces);
	return g_variant_builder_end(&objects);
}
