/* SPDX-License-Identifier: MIT */
#include "air.h"

bool tandem_air_is_full(const struct tandem_air *air)
{
	return air->count == TANDEM_AIR_PACKETS;
}

struct tandem_air_packet *tandem_air_free(struct tandem_air *air)
{
	if (tandem_air_is_full(air))
		return NULL;
	return &air->packets[(air->first + air->count) % TANDEM_AIR_PACKETS];
}

void tandem_air_commit(struct tandem_air *air)
{
	air->count++;
}

struct tandem_air_packet *tandem_air_first(struct tandem_air *air)
{
	return air->count > 0 ? &air->packets[air->first] : NULL;
}

void tandem_air_drop(struct tandem_air *air)
{
	air->first = (air->first + 1) % TANDEM_AIR_PACKETS;
	air->count--;
}
