/* SPDX-License-Identifier: MIT
 *
 * Offer: the speaker's endpoints as BlueZ reads them over D-Bus. Thread: any one.
 */
#ifndef TANDEM_TOOLS_SPEAKER_OFFER_H
#define TANDEM_TOOLS_SPEAKER_OFFER_H

#include <gio/gio.h>
#include <stdbool.h>

/* Interfaces: ObjectManager and MediaEndpoint1, in this order. To unref. */
GDBusNodeInfo *tandem_offer_describe(void);

/* One for each codec, below the root. */
#define TANDEM_OFFER_ROOT "/org/tandem/speaker"
enum { TANDEM_OFFER_SBC, TANDEM_OFFER_LDAC, TANDEM_OFFERS };
extern const char *const tandem_offer_paths[TANDEM_OFFERS];

/* A property of MediaEndpoint1 by its name in the description, floating. */
GVariant *tandem_offer_property(bool ldac, const char *name);

/* a{oa{sa{sv}}} with the endpoints, that of LDAC only when it is wanted; floating. */
GVariant *tandem_offer_objects(bool ldac);

#endif
