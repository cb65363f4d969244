/* SPDX-License-Identifier: MIT */
#include "observations.h"

#include <inttypes.h>
#include <stdio.h>

#include "memory.h"

int tandem_observations_add(const char *group, const char *label,
		const struct tandem_observation *seen, uint32_t n, uint64_t lost)
{
	char text[(TANDEM_SEEN + 1) * TANDEM_OBSERVATION_LINE_BYTES];
	char kind[64];
	size_t bytes = 0;

	snprintf(kind, sizeof(kind), TANDEM_OBSERVATIONS_KIND, label);
	if (lost > 0)
		bytes = (size_t)snprintf(text, sizeof(text), "lost %" PRIu64 "\n", lost);
	for (uint32_t i = 0; i < n && i < TANDEM_SEEN; i++) {
		bytes += tandem_observation_write(&seen[i], text + bytes,
				sizeof(text) - bytes);
	}
	return tandem_memory_append(group, kind, text, bytes, TANDEM_OBSERVATIONS_BYTES);
}
