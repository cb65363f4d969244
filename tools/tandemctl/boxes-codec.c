/* SPDX-License-Identifier: MIT
 *
 * What a speaker's codec can do, for people.
 */
#include <string.h>

#include "boxes.h"
#include "codec/codec.h"
#include "codec/ldac.h"
#include "codec/sbc-config.h"

/* Which bit of a byte of the capabilities is which rate. */
struct rate {
	uint8_t bit;
	const char *khz;
};

static char *rates(uint8_t bits, const struct rate *table)
{
	GString *text = g_string_new(NULL);

	for (; table->khz; table++) {
		if (bits & table->bit) {
			g_string_append_printf(text, "%s%s", text->len ? "/" : "",
					table->khz);
		}
	}
	return g_string_free(text, FALSE);
}

/* A2DP 1.3, clause 4.3.2: as codec/sbc-config.h has it. */
static char *describe_sbc(const uint8_t *caps)
{
	static const struct rate table[] = { { 0x80, "16" }, { 0x40, "32" },
		{ 0x20, "44.1" }, { 0x10, "48" }, { 0, NULL } };
	g_autofree char *khz = rates(caps[0], table);

	return g_strdup_printf("SBC %s kHz, bitpool %u to %u", khz, caps[2], caps[3]);
}

static char *describe_ldac(const uint8_t *caps)
{
	static const struct rate table[] = { { 0x20, "44.1" }, { 0x10, "48" },
		{ 0x08, "88.2" }, { 0x04, "96" }, { 0, NULL } };
	g_autofree char *khz = rates(caps[6], table);

	return g_strdup_printf("LDAC %s kHz", khz);
}

/* Those that we do not play: A2DP assigned numbers, and a vendor's id with the codec's,
 * least byte first (shared facts on Bluetooth, 2.3). */
static char *describe_other(uint8_t media_type, const uint8_t *caps, uint32_t bytes)
{
	static const struct {
		uint8_t media_type, id[6];
		const char *name;
	} table[] = {
		{ 0x01, { 0 }, "MP3" },
		{ 0x02, { 0 }, "AAC" },
		{ 0x04, { 0 }, "ATRAC" },
		{ 0xff, { 0x4f, 0, 0, 0, 0x01, 0 }, "aptX" },
		{ 0xff, { 0xd7, 0, 0, 0, 0x24, 0 }, "aptX HD" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		const uint32_t id_bytes =
				table[i].media_type == 0xff ? sizeof(table[i].id) : 0;

		if (table[i].media_type == media_type && bytes >= id_bytes &&
				memcmp(caps, table[i].id, id_bytes) == 0)
			return g_strdup(table[i].name);
	}
	return g_strdup_printf("another codec (type 0x%02x)", media_type);
}

char *tandem_boxes_describe_codec(uint8_t media_type, const uint8_t *caps, uint32_t bytes)
{
	const struct tandem_codec *codec = tandem_codec_find(media_type, caps, bytes);

	if (codec && strcmp(codec->name, "sbc") == 0 && bytes >= TANDEM_SBC_CONFIG_BYTES)
		return describe_sbc(caps);
	if (codec == &tandem_codec_ldac && bytes >= TANDEM_LDAC_CONFIG_BYTES)
		return describe_ldac(caps);
	return describe_other(media_type, caps, bytes);
}
