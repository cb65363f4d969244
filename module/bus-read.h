/* SPDX-License-Identifier: MIT
 *
 * What BlueZ says to our endpoints and answers to our calls, read into events. Pure: no
 * connection, no thread of its own; the types of the values have been checked by GDBus or
 * by the caller, what is in them has not. Strings that do not fit are never cut.
 */
#ifndef TANDEM_MODULE_BUS_READ_H
#define TANDEM_MODULE_BUS_READ_H

#include <gio/gio.h>

#include "event.h"

/* A fresh event of this kind, without fd. */
struct tandem_event tandem_bus_event(enum tandem_event_kind kind);

/* Sets error and detail of an event from a GError, NULL: success. */
void tandem_bus_set_error(struct tandem_event *event, const GError *error);

/* The arguments of a call to one of our endpoints. False: what is in them does not fit
 * (capabilities are longer than any, a path too), and e is of no use. */
TANDEM_CHECK bool tandem_read_select(struct tandem_event *e, GVariant *args);
TANDEM_CHECK bool tandem_read_set(struct tandem_event *e, GVariant *args);
TANDEM_CHECK bool tandem_read_clear(struct tandem_event *e, GVariant *args);

/* The reply to Acquire, (hqq). Returns the index of its socket among the fds that came. */
int tandem_read_acquired(struct tandem_event *e, GVariant *reply);

#endif
