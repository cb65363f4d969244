/* SPDX-License-Identifier: MIT
 *
 * Service: what systemd does next, when it is systemd that runs us (ExecStopPost=).
 * Thread: main.
 */
#ifndef TANDEM_TOOLS_SERVICE_H
#define TANDEM_TOOLS_SERVICE_H

#include <stdbool.h>

/* Whether Tandem is about to start again: it has crashed, or is being restarted. False by
 * hand. */
bool tandem_service_comes_back(void);

#endif
