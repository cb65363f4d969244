/* SPDX-License-Identifier: MIT
 *
 * The factories of libspa-tandem.so.
 */
#ifndef TANDEM_PLUGIN_H
#define TANDEM_PLUGIN_H

#include <spa/support/plugin.h>

extern const struct spa_handle_factory tandem_sink_factory; /* "api.tandem.sink" */

#endif
