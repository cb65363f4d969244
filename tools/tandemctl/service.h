/* SPDX-License-Identifier: MIT
 *
 * Service: what systemd does next, when it is systemd that runs us (ExecStopPost=); and
 * what it is asked to do. Thread: main.
 */
#ifndef TANDEM_TOOLS_SERVICE_H
#define TANDEM_TOOLS_SERVICE_H

#include <stdbool.h>

/* Whether Tandem is about to start again: it has crashed, or is being restarted. False by
 * hand. */
bool tandem_service_comes_back(void);

/* Tandem's own unit, unless it is loaded into the PipeWire daemon. */
#define TANDEM_SERVICE "pipewire-tandem.service"

enum tandem_service_answer {
	TANDEM_SERVICE_DONE,
	TANDEM_SERVICE_NO_SYSTEMD, /* nobody to be asked */
	TANDEM_SERVICE_REFUSED,    /* there is no such unit, or it may not be started */
};

/* Starts this unit of the user's, again if it runs; systemd does so by itself from here on.
 * Sets *ret_why to systemd's words when it refuses, which the caller frees. */
enum tandem_service_answer tandem_service_restart(const char *unit, char **ret_why);

#endif
