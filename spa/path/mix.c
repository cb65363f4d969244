/* SPDX-License-Identifier: MIT */
#include "mix.h"

bool tandem_mix_is_alike(const struct tandem_mix *mix)
{
	bool same = true;

	for (uint32_t c = 0; c < TANDEM_MAX_CHANNELS; c++)
		same = same && mix->gains[0][c] == mix->gains[1][c];
	return same;
}
