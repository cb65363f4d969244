/* SPDX-License-Identifier: MIT
 *
 * What differs between PipeWire 0.3.65 and 1.6, in one place.
 */
#ifndef TANDEM_NODE_COMPAT_H
#define TANDEM_NODE_COMPAT_H

#include <pipewire/version.h>
#include <spa/node/io.h>

/* Since 0.3.68 the graph says what it wants next apart from what it does now. */
static inline struct spa_fraction tandem_clock_target_rate(const struct spa_io_clock *c)
{
#if PW_CHECK_VERSION(0, 3, 68)
	return c->target_rate;
#else
	return c->rate;
#endif
}

static inline uint64_t tandem_clock_target_duration(const struct spa_io_clock *c)
{
#if PW_CHECK_VERSION(0, 3, 68)
	return c->target_duration;
#else
	return c->duration;
#endif
}

#endif
