/* SPDX-License-Identifier: MIT */
#include "status.h"

const char *tandem_speaker_state_name(enum tandem_speaker_state state)
{
	static const char *const names[] = {
		[TANDEM_SPEAKER_ABSENT] = "absent",
		[TANDEM_SPEAKER_KNOWN] = "known",
		[TANDEM_SPEAKER_CONNECTING] = "connecting",
		[TANDEM_SPEAKER_CONFIGURED] = "configured",
		[TANDEM_SPEAKER_BORROWED] = "borrowed",
		[TANDEM_SPEAKER_ACQUIRING] = "acquiring",
		[TANDEM_SPEAKER_STREAMING] = "streaming",
		[TANDEM_SPEAKER_RELEASING] = "releasing",
		[TANDEM_SPEAKER_BACKING_OFF] = "backing off",
	};

	return state < TANDEM_ARRAY_LEN(names) ? names[state] : "?";
}
