/* SPDX-License-Identifier: MIT */
#include "observe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const names[TANDEM_N_OBSERVED] = {
	[TANDEM_OBSERVED_REPORT] = "report",
	[TANDEM_OBSERVED_PRESSURE] = "pressure",
	[TANDEM_OBSERVED_MICROPHONE] = "microphone",
	[TANDEM_OBSERVED_QUEUE] = "queue",
	[TANDEM_OBSERVED_COMPLETION] = "completion",
	[TANDEM_OBSERVED_TRIM] = "trim",
	[TANDEM_OBSERVED_DRIFT] = "drift",
	[TANDEM_OBSERVED_START] = "start",
	[TANDEM_OBSERVED_SUSPEND] = "suspend",
	[TANDEM_OBSERVED_RESUME] = "resume",
	[TANDEM_OBSERVED_RECONNECT] = "reconnect",
	[TANDEM_OBSERVED_CODEC] = "codec",
	[TANDEM_OBSERVED_CLOCK_GAP] = "clock-gap",
	[TANDEM_OBSERVED_XRUN] = "xrun",
};

const char *tandem_observed_name(enum tandem_observed kind)
{
	return (unsigned)kind < TANDEM_N_OBSERVED ? names[kind] : NULL;
}

size_t tandem_observation_write(const struct tandem_observation *o, char *line, size_t size)
{
	const char *const name = tandem_observed_name(o->kind);

	if (size < TANDEM_OBSERVATION_LINE_BYTES || name == NULL)
		return 0;
	snprintf(line, size, "%" PRId64 " ns %s frame %" PRIu64 " %.17g s +- %.17g s\n",
			o->host_ns, name, o->frame, o->value_s, o->sigma_s);
	for (char *c = line; *c != '\0'; c++)
		*c = *c == ',' ? '.' : *c; /* the locale's */
	return strlen(line);
}
