/* SPDX-License-Identifier: MIT
 *
 * Manager: a session manager that was there first and has both speakers' streams, as a
 * process of its own: this program again with --manager, under the name that WirePlumber
 * has. It configures joint stereo at 48 kHz. Thread: main.
 */
#ifndef TANDEM_TESTS_BUS_MANAGER_H
#define TANDEM_TESTS_BUS_MANAGER_H

#include <gio/gio.h>
#include <stdint.h>

extern const uint8_t tandem_manager_config[4];

/* Returns when both are connected; to be ended by tandem_stage_end(). */
GSubprocess *tandem_manager_start(void);

/* What main() does with --manager: returns its exit status, after SIGTERM. */
int tandem_manager_run(void);

#endif
