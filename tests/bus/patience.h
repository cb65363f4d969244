/* SPDX-License-Identifier: MIT
 *
 * Patience: the bus thread's deadlines and pauses, shortened for a test. The linker puts
 * these in the place of GLib's functions for this program alone (--wrap): the module is
 * the one that is shipped. Thread: any.
 */
#ifndef TANDEM_TESTS_BUS_PATIENCE_H
#define TANDEM_TESTS_BUS_PATIENCE_H

#include <glib.h>

/* From now on divided by this; 1: as they are. Set before the bus starts. */
void tandem_patience_divide(guint by);

#endif
