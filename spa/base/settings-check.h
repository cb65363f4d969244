/* SPDX-License-Identifier: MIT
 *
 * Settings that are right one by one and contradict each other. Pure; any thread.
 */
#ifndef TANDEM_BASE_SETTINGS_CHECK_H
#define TANDEM_BASE_SETTINGS_CHECK_H

#include "settings.h"

/* Calls tell(data, sentence) for each contradiction. */
void tandem_settings_check(const struct tandem_settings *s,
		void (*tell)(void *data, const char *sentence), void *data);

#endif
