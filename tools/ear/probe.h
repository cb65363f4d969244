/* SPDX-License-Identifier: MIT
 *
 * Probe: what is played to find out where the boxes stand. Soft noise with as much power in
 * each octave (pink), another one for each speaker, so that all may play at once:
 *
 *   level |      ________________________________
 *         |     /    falls by 3 dB per octave     \       rms -21 dBFS, peak <= -12 dBFS
 *         +----200 Hz-----------------------12 kHz--> f
 *
 * Lines of random phase over one period of 2.7 s at 48 kHz, longer than any lag that is
 * looked for, so that none is taken for another; peaks cut down by turns of clipping and
 * setting the magnitudes right again. All of it passes SBC at bitpool 31
 * (tests/unit/test-probe). No two speakers or frames are special: any stretch will do.
 */
#ifndef TANDEM_PROBE_H
#define TANDEM_PROBE_H

#include <stdint.h>

#include "base/units.h"

#define TANDEM_PROBE_LOW_HZ 200.0
#define TANDEM_PROBE_HIGH_HZ 12000.0 /* boxes are said to end there; SBC does at 16 kHz */
#define TANDEM_PROBE_PEAK 0.25       /* -12 dBFS: chosen, loud enough and never startling */
#define TANDEM_PROBE_FADE_S 0.3 /* chosen: begins softly, and delays nothing for long */
#define TANDEM_PROBE_TURN_S 1.5 /* of each, in turn: the ear finds it within 1 s */

enum tandem_probe_mode { TANDEM_PROBE_AT_ONCE, TANDEM_PROBE_IN_TURN };

struct tandem_probe_config {
	uint32_t rate_hz;    /* 32000 to 192000 */
	uint32_t n_speakers; /* 1 to TANDEM_MAX_SPEAKERS */
	enum tandem_probe_mode mode;
	double seconds; /* after which it has faded out; > 0 */
};

struct tandem_probe;

/* Sets *ret_probe, which the caller frees; untouched on failure. 0, -EINVAL or -ENOMEM.
 * Takes some 0.1 s per speaker. */
int tandem_probe_new(struct tandem_probe **ret_probe,
		const struct tandem_probe_config *config) TANDEM_CHECK;
void tandem_probe_free(struct tandem_probe *p); /* NULL is fine */

/* out[frames]: what that speaker is given from that frame of the probe on, which may lie
 * past its end. The same whenever it is asked for. */
void tandem_probe_run(const struct tandem_probe *p, uint32_t speaker, uint64_t frame,
		float *out, uint32_t frames) TANDEM_RT;

#endif
