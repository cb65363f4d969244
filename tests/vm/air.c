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

int64_t tandem_air_due_ns(struct tandem_air *air, int64_t now_ns, int64_t air_ns, size_t n,
		int64_t bytes_per_s)
{
	const int64_t begin_ns = air->carried_ns > now_ns ? air->carried_ns : now_ns;

	if (bytes_per_s <= 0)
		return now_ns + air_ns;
	air->carried_ns = begin_ns + (int64_t)n * 1000000000LL / bytes_per_s;
	return air->carried_ns > now_ns + air_ns ? air->carried_ns : now_ns + air_ns;
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
