/* SPDX-License-Identifier: MIT
 *
 * Offer: the speaker's endpoint as BlueZ reads it over D-Bus. Thread: any one.
 */
#ifndef TANDEM_TOOLS_SPEAKER_OFFER_H
#define TANDEM_TOOLS_SPEAKER_OFFER_H

#include <gio/gio.h>

/* Interfaces: ObjectManager and MediaEndpoint1, in this order. To unref. */
GDBusNodeInfo *tandem_offer_describe(void);

/* A property of MediaEndpoint1 by its name in the description, floating. */
GVariant *tandem_offer_property(const char *name);

/* a{oa{sa{sv}}} with the endpoint at this path, floating. */
GVariant *tandem_offer_objects(const char *path);

#endif
