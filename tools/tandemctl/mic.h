/* SPDX-License-Identifier: MIT
 *
 * Mic: what a microphone adds to what it hears, as it says of itself.
 *
 *   air --> converter, driver, a period --> its place in the graph's cycle
 *   |------------------- own_s --------------------|
 *
 * The same for all speakers, so it makes no skew; but left in, each would count as that
 * much later, and players would be told so: pictures would come too late. PipeWire's
 * Latency param of the source's port says it, as cycles, frames and ns, each with its least
 * and its greatest; what links add is in what arrives at our port.
 * Pure.
 */
#ifndef TANDEM_TOOLS_MIC_H
#define TANDEM_TOOLS_MIC_H

#include <spa/param/latency-utils.h>

#include "ear.h"

/* said: as that port does; the middle of it counts. cycle_frames: of a cycle, at rate_hz.
 * s, > 0; 0: it says nothing, or what cannot be. */
double tandem_mic_own_s(const struct spa_latency_info *said, uint32_t cycle_frames,
		uint32_t rate_hz);

/* Takes it off the lags of a finding, of all or of nobody: what is said to be more than all
 * of a lag is not believed. Returns what was taken off, frames. */
double tandem_mic_take_off(struct tandem_ear_finding *f, uint32_t n_speakers,
		double own_frames);

#endif
