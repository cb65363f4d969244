/* SPDX-License-Identifier: MIT
 *
 * Where settings come from, each with the name of its file, a later one winning key by key:
 *
 *     1  args of the module's entry in context.modules
 *     2  module.tandem.args = { ... }         in any file, drop-ins last: for all groups
 *     3  module.tandem.<name>.args = { ... }  likewise: for the group of that name
 *
 * The files are those of the process: tandem.conf and tandem.conf.d/ for one of its own,
 * pipewire.conf and pipewire.conf.d/ in the daemon. A list of speakers replaces the list
 * before it. With several groups in the process the name in 2 is nobody's.
 * Thread: main.
 */
#ifndef TANDEM_MODULE_CONF_H
#define TANDEM_MODULE_CONF_H

#include <pipewire/context.h>

#include "settings.h"

#define TANDEM_MODULE_NAME "libpipewire-module-tandem"

/* args: of the module, or NULL. s has been through tandem_settings_init(); afterwards comes
 * tandem_settings_finish(). */
void tandem_conf_read(struct pw_context *context, const char *args,
		struct tandem_settings *s, struct tandem_mistakes *m);

#endif
