/* SPDX-License-Identifier: MIT */
#include "plugin.h"

#include <errno.h>

#include <spa/utils/defs.h>

static const struct spa_handle_factory *const factories[] = {
	&tandem_sink_factory,
};

SPA_EXPORT
int spa_handle_factory_enum(const struct spa_handle_factory **factory, uint32_t *index)
{
	if (factory == NULL || index == NULL)
		return -EINVAL;
	if (*index >= SPA_N_ELEMENTS(factories))
		return 0;
	*factory = factories[(*index)++];
	return 1;
}
