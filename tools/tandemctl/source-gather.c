/* SPDX-License-Identifier: MIT
 *
 * What could listen, of all that is in the graph.
 */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "source.h"

static struct tandem_source describe(const struct tandem_client_node *node)
{
	const struct pw_properties *const p = node->properties;
	const char *const api = pw_properties_get(p, PW_KEY_DEVICE_API);
	const char *const class = pw_properties_get(p, PW_KEY_MEDIA_CLASS);
	struct tandem_source s = {
		.id = node->id,
		.priority = pw_properties_get_int32(p, PW_KEY_PRIORITY_SESSION, 0),
		.is_sink = node->kind != TANDEM_CLIENT_SOURCE,
		/* what shares a link group with another node is made by software */
		.is_virtual = pw_properties_get_bool(p, PW_KEY_NODE_VIRTUAL, false) ||
			      pw_properties_get(p, PW_KEY_NODE_LINK_GROUP) != NULL ||
			      !class || strcmp(class, "Audio/Source") != 0,
		.is_bluetooth = api && strncmp(api, "bluez", strlen("bluez")) == 0,
	};

	snprintf(s.name, sizeof(s.name), "%s", node->name);
	snprintf(s.description, sizeof(s.description), "%s", node->description);
	return s;
}

uint32_t tandem_source_gather(struct tandem_source all[TANDEM_MAX_SOURCES],
		const struct tandem_client *c)
{
	static const enum tandem_client_kind kinds[] = { TANDEM_CLIENT_SOURCE,
		TANDEM_CLIENT_SINK, TANDEM_CLIENT_TANDEM };
	const struct tandem_client_node *node;
	uint32_t n = 0;

	for (uint32_t k = 0; k < TANDEM_ARRAY_LEN(kinds); k++) {
		for (uint32_t i = 0; (node = tandem_client_node(c, kinds[k], i)); i++) {
			if (n < TANDEM_MAX_SOURCES)
				all[n++] = describe(node);
		}
	}
	return n;
}
