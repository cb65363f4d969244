/* SPDX-License-Identifier: MIT
 *
 * Servo: turns what the model believes into what the path does next. Feed-forward:
 *
 *   model (latency, slope, class, sigma) --+
 *   common delay D ------------------------+--> { content rate, pace, jump }
 *   place (how far the content lags) ------+
 *
 *   media instant --- lag ---> frame due --- latency ---> at the air
 *   |------------- D -------------|.... late > 0 ........|
 *
 * Two actuators. Content rate moves what is heard, on every speaker. Pace moves the
 * speaker's buffer, and only a free one's; on a locked one it winds up. So the pace leaves
 * 1 only for a speaker known to be free whose buffer has run off, is watched to have the
 * effect it should, and is taken back when it has not.
 * Signs: base/units.h. Plants: tests/sim. Source: shared facts on clocks, 5, points 5 to 7.
 * Thread: data loop. Never allocates, never fails; outputs are bounded for any input.
 */
#ifndef TANDEM_CLOCK_SERVO_H
#define TANDEM_CLOCK_SERVO_H

#include "clock/model.h"

#define TANDEM_MAX_CONTENT 600e-6 /* of content_v: 100 ppm of correction on any drift */
#define TANDEM_MAX_PACE 500e-6    /* of pace_rho, about 1 */
#define TANDEM_MAX_SLEW 20e-6     /* of content_v, per s */

/* Where the path stands. */
struct tandem_place {
	int64_t due_ns; /* when the next codec frame is due */
	double dt_s;    /* since the last run: as long as what is made now, > 0 */
	double lag_s; /* from that frame's media instant to due_ns; 0: the least there is */
	double common_s; /* D: from a media instant to the air, for all speakers */
	bool silent;     /* nobody hears a jump: before the first sound, or while paused */
	bool at_once;    /* a hand, or a change of D, wants it in place now */
};

/* What the path does until the next run. */
struct tandem_steering {
	double content_v; /* media s consumed per host s, minus 1 */
	double pace_rho;  /* frames sent per host s / nominal; exactly 1 unless free */
	double jump_s;    /* the content skips forward by this (< 0: back); 0 nearly always.
			   * The path rounds to its frames and crossfades. */
};

struct tandem_servo {
	double content_v;
	double pull; /* part of it that corrects lateness */
	double pace_rho;
	double late_s;         /* at the last run */
	uint64_t jumps;        /* heard */
	double quiet_s;        /* since the last jump */
	uint32_t jump_seen;    /* observations by then, of ... */
	int64_t jump_since_ns; /* ... this life of the model */
	/* pace */
	bool pacing;
	double wanted_rho; /* what pace_rho follows in grains */
	bool refuted;      /* the pace has not done what it should: not free after all */
	double moved_s;    /* how far the buffer ran off since the speaker filled it */
	uint64_t steps;    /* of the model, seen */
	double began_slope;
	double expected_s; /* what latency should have done since the check began */
	double check_s;    /* how long ago that was */
	double check_latency_s;
	double check_slope;
	uint32_t check_seen;
	double blocked_s; /* no more pacing for so long */
	uint64_t taken_back;
};

void tandem_servo_init(struct tandem_servo *s);

/* m has been advanced; swell_s: what the pace has added since. */
struct tandem_steering tandem_servo_run(struct tandem_servo *s,
		const struct tandem_model *m, const struct tandem_place *place,
		double swell_s) TANDEM_RT;

/* The stream started anew, or the speaker's buffer did: the pace is 1 again. */
void tandem_servo_reset(struct tandem_servo *s) TANDEM_RT;

#endif
