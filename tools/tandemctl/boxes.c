/* SPDX-License-Identifier: MIT */
#include "boxes.h"

#include <stdlib.h>
#include <string.h>

#include "bluez.h"
#include "tandemctl.h"

#define LOOK_MS 2000 /* BlueZ answers within 20 ms; chosen */

struct look {
	GPtrArray *boxes;
	GHashTable *paths; /* device -> struct tandem_box, borrowed */
};

static void free_box(void *data)
{
	struct tandem_box *b = data;

	for (uint32_t i = 0; i < b->n_codecs; i++)
		g_free(b->codecs[i]);
	g_free(b->name);
	g_free(b->adapter);
	g_free(b->kind);
	g_free(b->group);
	g_free(b->label);
	g_free(b->message);
	g_free(b);
}

static struct tandem_box *add_box(GPtrArray *boxes, const char *address, const char *name)
{
	struct tandem_box *b = g_new0(struct tandem_box, 1);

	g_strlcpy(b->address, address, sizeof(b->address));
	b->name = g_strdup(name);
	b->volume_percent = -1;
	g_ptr_array_add(boxes, b);
	return b;
}

/* ---- BlueZ ---- */

static const char *kind_of(const char *icon)
{
	if (strcmp(icon, "audio-headset") == 0)
		return "headset";
	return strcmp(icon, "audio-headphones") == 0 ? "headphones" : "loudspeaker";
}

static void read_device(void *data, const char *path, GVariant *properties)
{
	struct look *look = data;
	const char *adapter = strrchr(tandem_bluez_text(properties, "Adapter"), '/');
	struct tandem_box *b;

	if (!tandem_bluez_has_word(properties, "UUIDs", TANDEM_BLUEZ_UUID_SINK))
		return;
	b = add_box(look->boxes, tandem_bluez_text(properties, "Address"),
			tandem_bluez_text(properties, "Alias"));
	b->adapter = g_strdup(adapter ? adapter + 1 : "");
	b->kind = g_strdup(kind_of(tandem_bluez_text(properties, "Icon")));
	b->is_paired = tandem_bluez_bool(properties, "Paired");
	b->is_connected = tandem_bluez_bool(properties, "Connected");
	g_hash_table_insert(look->paths, g_strdup(path), b);
}

static struct tandem_box *box_of(const struct look *look, GVariant *properties)
{
	return g_hash_table_lookup(look->paths, tandem_bluez_text(properties, "Device"));
}

static void read_endpoint(void *data, const char *path, GVariant *properties)
{
	struct tandem_box *b = box_of(data, properties);
	g_autoptr(GVariant) caps = g_variant_lookup_value(properties, "Capabilities",
			G_VARIANT_TYPE_BYTESTRING);
	gsize bytes = 0;
	const void *blob = caps ? g_variant_get_fixed_array(caps, &bytes, 1) : NULL;
	guchar codec;

	(void)path;
	if (!b || !blob || b->n_codecs == TANDEM_BOX_CODECS ||
			!g_variant_lookup(properties, "Codec", "y", &codec) ||
			g_ascii_strcasecmp(tandem_bluez_text(properties, "UUID"),
					TANDEM_BLUEZ_UUID_SINK) != 0)
		return;
	b->codecs[b->n_codecs++] =
			tandem_boxes_describe_codec(codec, blob, (uint32_t)bytes);
}

/* AVRCP's volume is 0 to 127. */
static void read_transport(void *data, const char *path, GVariant *properties)
{
	struct tandem_box *b = box_of(data, properties);
	guint16 volume;

	(void)path;
	if (!b || g_ascii_strcasecmp(tandem_bluez_text(properties, "UUID"),
				  TANDEM_BLUEZ_UUID_SOURCE) != 0)
		return;
	b->holder = TANDEM_BOX_OTHER; /* unless we know better */
	if (g_variant_lookup(properties, "Volume", "q", &volume))
		b->volume_percent = (volume * 100 + 63) / 127;
}

/* ---- Tandem, and the session manager ---- */

/* In these its stream is Tandem's: base/status.h. */
static bool is_held(const char *state)
{
	static const char *const held[] = { "configured", "borrowed", "acquiring",
		"streaming", "releasing" };

	for (size_t i = 0; i < G_N_ELEMENTS(held); i++) {
		if (g_strcmp0(state, held[i]) == 0)
			return true;
	}
	return false;
}

static struct tandem_box *box_at(GPtrArray *boxes, const char *address)
{
	for (uint32_t i = 0; i < boxes->len; i++) {
		struct tandem_box *b = boxes->pdata[i];

		if (g_ascii_strcasecmp(b->address, address) == 0)
			return b;
	}
	return NULL;
}

static struct tandem_box *box_called(GPtrArray *boxes, const char *name)
{
	for (uint32_t i = 0; i < boxes->len; i++) {
		struct tandem_box *b = boxes->pdata[i];

		if (strcmp(b->name, name) == 0)
			return b;
	}
	return NULL;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static void read_member(GPtrArray *boxes, const struct tandem_client_node *sink,
		const char *label)
{
	const char *address = or_empty(tandem_client_speaker_row(sink, label, "address"));
	const char *name = or_empty(tandem_client_speaker_row(sink, label, "name"));
	const char *message = or_empty(tandem_client_speaker_row(sink, label, "message"));
	struct tandem_box *b;

	if (!address[0] && !name[0])
		return; /* a place that nobody has taken yet */
	b = address[0] ? box_at(boxes, address) : box_called(boxes, name);
	if (!b) {
		b = add_box(boxes, address, name);
		b->adapter = g_strdup("");
		b->kind = g_strdup("loudspeaker");
	}
	if (b->group)
		return;
	b->group = g_strdup(sink->name);
	b->label = g_strdup(label);
	b->message = message[0] ? g_strdup(message) : NULL;
	if (is_held(tandem_client_speaker_row(sink, label, "state")))
		b->holder = TANDEM_BOX_TANDEM;
}

static void read_sinks(GPtrArray *boxes, const struct tandem_client *c)
{
	char label[TANDEM_CLIENT_LABEL_SIZE];
	const struct tandem_client_node *sink;

	for (uint32_t i = 0; (sink = tandem_client_node(c, TANDEM_CLIENT_SINK, i)); i++) {
		const char *address =
				pw_properties_get(sink->properties, "api.bluez5.address");
		struct tandem_box *b = address ? box_at(boxes, address) : NULL;

		if (b)
			b->holder = TANDEM_BOX_MANAGER;
	}
	for (uint32_t i = 0; (sink = tandem_client_node(c, TANDEM_CLIENT_TANDEM, i)); i++) {
		for (uint32_t k = 0; tandem_client_label(sink, k, label); k++)
			read_member(boxes, sink, label);
	}
}

GPtrArray *tandem_boxes_look(const struct tandem_client *client)
{
	g_autoptr(GDBusConnection) connection = tandem_bluez_connect();
	g_autoptr(GVariant) objects =
			connection ? tandem_bluez_objects(connection, LOOK_MS) : NULL;
	struct look look;

	if (!objects) {
		tandem_ctl_say("the Bluetooth service (org.bluez) is not running: "
			       "start it: sudo systemctl enable --now bluetooth");
		return NULL;
	}
	look.boxes = g_ptr_array_new_with_free_func(free_box);
	look.paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	tandem_bluez_each(objects, TANDEM_BLUEZ ".Device1", read_device, &look);
	tandem_bluez_each(objects, TANDEM_BLUEZ ".MediaEndpoint1", read_endpoint, &look);
	tandem_bluez_each(objects, TANDEM_BLUEZ ".MediaTransport1", read_transport, &look);
	g_hash_table_unref(look.paths);
	if (client)
		read_sinks(look.boxes, client);
	return look.boxes;
}

/* "Kitchen (00:11:22:33:44:55), Sofa (...)" */
static char *all_names(const GPtrArray *boxes)
{
	GString *names = g_string_new(NULL);

	for (uint32_t i = 0; i < boxes->len; i++) {
		const struct tandem_box *b = boxes->pdata[i];

		if (b->is_paired) {
			g_string_append_printf(names, "%s%s (%s)", names->len ? ", " : "",
					b->name, b->address);
		}
	}
	return g_string_free(names, FALSE);
}

const struct tandem_box *tandem_boxes_find(const GPtrArray *boxes, const char *who)
{
	g_autofree char *names = all_names(boxes);
	const struct tandem_box *found = NULL;
	uint32_t n = 0;

	for (uint32_t i = 0; i < boxes->len; i++) {
		const struct tandem_box *b = boxes->pdata[i];
		const bool is_again = found && strcmp(found->address, b->address) == 0;

		if (b->is_paired && !is_again &&
				(g_ascii_strcasecmp(b->address, who) == 0 ||
						strcmp(b->name, who) == 0)) {
			found = b;
			n++;
		}
	}
	if (n == 0) {
		tandem_ctl_say("no paired speaker is called %s: pair it in the Bluetooth "
			       "settings; there %s %s",
				who, names[0] ? "is" : "is none", names);
	} else if (n > 1) {
		tandem_ctl_say("more than one speaker is called %s: say its address, of %s",
				who, names);
	}
	return n == 1 ? found : NULL;
}
