/* SPDX-License-Identifier: MIT
 *
 * Turns: which speakers can be listened to at once. Those who are given the sink's channels
 * in different parts can be told apart (left on one, right on the other); those who are
 * given the same (party, mono, two boxes on the left) take turns, the others being mute.
 *
 *   gains [speaker][channel of the sink] --> turn of each speaker
 *
 * Pure.
 */
#ifndef TANDEM_TOOLS_TURNS_H
#define TANDEM_TOOLS_TURNS_H

#include "base/settings.h"

/* Sets turn[n], counted from 0, each as full as can be; returns how many there are. */
uint32_t tandem_turns_plan(const float gains[][TANDEM_SINK_CHANNELS], uint32_t n,
		uint32_t turn[]);

#endif
