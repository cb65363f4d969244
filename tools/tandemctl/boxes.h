/* SPDX-License-Identifier: MIT
 *
 * Boxes: the Bluetooth devices that play music, as BlueZ and Tandem know them.
 *
 *     BlueZ  Device1, MediaEndpoint1, MediaTransport1 --+--> a box each: what it can do,
 *     client rows of Tandem's sinks, other sinks -------'    and who holds it
 *
 * A snapshot. Thread: main.
 */
#ifndef TANDEM_TOOLS_BOXES_H
#define TANDEM_TOOLS_BOXES_H

#include <glib.h>

#include "client.h"

#define TANDEM_BOX_CODECS 8 /* chosen: two more than any speaker shows */

/* Who plays on it, or could at once. */
enum tandem_box_holder {
	TANDEM_BOX_NOBODY,
	TANDEM_BOX_TANDEM,  /* a group of Tandem's has its stream */
	TANDEM_BOX_MANAGER, /* the session manager: it has an output of its own */
	TANDEM_BOX_OTHER,   /* another program has its stream */
};

struct tandem_box {
	char address[18]; /* empty: Tandem knows it by its name only */
	char *name;
	char *adapter; /* "hci0"; empty: BlueZ does not know it */
	char *kind;    /* "loudspeaker" "headphones" "headset", as it says itself */
	bool is_paired, is_connected;
	uint32_t n_codecs;               /* 0: not known, it shows them while connected */
	char *codecs[TANDEM_BOX_CODECS]; /* "SBC 44.1/48 kHz, bitpool 2 to 53" */
	int volume_percent;              /* its own; -1: not known, or it has none */
	enum tandem_box_holder holder;
	char *group, *label; /* of Tandem's that lists it; NULL: none */
	char *message;       /* what Tandem says of it; NULL: nothing */
};

/* Of struct tandem_box, by g_ptr_array_unref(). client: NULL: Tandem is not asked. NULL:
 * BlueZ is not there; said. */
GPtrArray *tandem_boxes_look(const struct tandem_client *client);

/* Who is meant by this address or name. NULL: nobody, or more than one; said. */
const struct tandem_box *tandem_boxes_find(const GPtrArray *boxes, const char *who);

/* What this codec can do, of an endpoint's capabilities; the caller frees it. */
char *tandem_boxes_describe_codec(uint8_t media_type, const uint8_t *caps, uint32_t bytes);

#endif
