/* SPDX-License-Identifier: MIT
 *
 * Live: remembers what is set while Tandem runs (module/kept.h), on the disk a second
 * later at most, and brings it back when the speaker it belongs to takes a slot.
 *
 *     Props --changed--> kept --timer, 1 s--> file
 *     a device takes a slot --seated--> kept --> settings, plugin (door's set)
 *
 * Thread: main.
 */
#ifndef TANDEM_MODULE_LIVE_H
#define TANDEM_MODULE_LIVE_H

#include <pipewire/loop.h>

#include "settings.h"

struct tandem_live;

/* settings: as configured, borrowed for its life; what the file says of the group comes
 * into them. Sets *ret_live; 0 or -ENOMEM. */
TANDEM_CHECK int tandem_live_new(struct tandem_live **ret_live, struct pw_loop *loop,
		struct tandem_settings *settings, struct tandem_mistakes *mistakes);

/* Writes what is not on the disk yet. NULL is fine. */
void tandem_live_free(struct tandem_live *live);

/* This was set and stands in the settings; slot -1: of the group. */
void tandem_live_changed(struct tandem_live *live, int32_t slot, const char *key);

/* This device sits in the slot; group: the plugin's, which gets its values. */
void tandem_live_seated(struct tandem_live *live, void *group, uint32_t slot,
		const char *address);

#endif
