/* SPDX-License-Identifier: MIT
 *
 * The module's place in the journal: PIPEWIRE_DEBUG="mod.tandem:4" shows the speakers'
 * life.
 */
#ifndef TANDEM_MODULE_TOPIC_H
#define TANDEM_MODULE_TOPIC_H

#include <pipewire/log.h>

extern struct spa_log_topic *const tandem_module_topic;
#define PW_LOG_TOPIC_DEFAULT tandem_module_topic

#endif
