/* SPDX-License-Identifier: MIT
 *
 * Clock: all that keeps one speaker in time. Owned by its speaker, by value.
 *
 *   observation --> guard --> model --> servo --> steering
 *                               |                    |
 *                               '----- state, memory '--> resampler, pace, split
 *
 *   speaker made     tandem_clock_init, then tandem_clock_recall if something is known
 *   anything seen    tandem_clock_observe
 *   each block       tandem_clock_steer, before the block is made; then
 *                        split.jump(jump_s * in_hz)
 *                        pace.set_drift((pace_rho - 1) * 1e6)
 *                        resample.set_step(timeline_rate / pace.rate_hz * (1 + content_v))
 *   each second      tandem_clock_state, for the status
 *   speaker gone     tandem_clock_memory
 *
 * Signs: base/units.h; terms: clock/servo.h. Thread: data loop; init and recall also on
 * main, before the data loop has it. Never allocates, never fails, any input is fine.
 */
#ifndef TANDEM_CLOCK_CLOCK_H
#define TANDEM_CLOCK_CLOCK_H

#include "clock/guard.h"
#include "clock/model.h"
#include "clock/servo.h"

/* Where the belief about the latency comes from; later ones are better. */
enum tandem_knowledge {
	TANDEM_KNOWS_NOTHING, /* what a speaker usually has */
	TANDEM_KNOWS_REPORT,  /* a delay report: constant error unknown */
	TANDEM_KNOWS_MEMORY,  /* calibrated in an earlier start */
	TANDEM_KNOWS_HAND,    /* a trim by hand */
	TANDEM_KNOWS_EAR,     /* a microphone, in this start */
};

/* "nothing", "report", "memory", "hand", "microphone": constant text. */
const char *tandem_knowledge_name(enum tandem_knowledge k);

struct tandem_clock {
	struct tandem_guard guard;
	struct tandem_model model;
	struct tandem_servo servo;
	double trim_s;
	bool trimmed;   /* a change of the trim waits to be jumped to */
	double swell_s; /* integral of pace - 1 since the model was advanced */
	int64_t steered_ns;
	double attended_s;       /* until the model looks at the time again */
	double radio_s;          /* recent mean from due to gone out; 0: not seen */
	struct tandem_seen seen; /* whatever was told, before the guard */
};

/* For the status: what is believed at the last steered instant. */
struct tandem_clock_state {
	enum tandem_clock_class class;
	enum tandem_knowledge knows;
	double drift_ppm;       /* DAC fast > 0; NAN: unknown, or locked */
	double drift_sigma_ppm; /* NAN likewise */
	double latency_s;       /* from due to the air; the trim is not in it */
	double lateness_s;      /* > 0: plays too late, as believed */
	double sigma_s;         /* of both: one standard deviation, honest when blind */
	bool blind;             /* nothing seen for a while: holds what it learnt */
	bool remembered;        /* what a microphone heard of this start will be */
	bool left_alone;        /* locked and calibrated: reports do not move it */
	uint64_t steps;         /* times the speaker's latency stepped */
	double last_step_s;     /* by so much; 0: never */
	int64_t last_step_ns;
	uint64_t jumps;      /* heard crossfaded jumps of the content */
	uint64_t taken_back; /* times the pace was */
	double content_ppm;
	double pace_ppm;
	double radio_s;
	uint64_t dropped; /* observations, by the guard */
};

/* latency_s: from due to the air, of a speaker that says nothing. */
void tandem_clock_init(struct tandem_clock *c, double latency_s);

/* now_ns: the host's clock. Hand and events are obeyed at once; observations of latency
 * move the model as far as they deserve. Says what became of it. */
enum tandem_guarded tandem_clock_observe(struct tandem_clock *c,
		const struct tandem_observation *o, int64_t now_ns) TANDEM_RT;

struct tandem_steering tandem_clock_steer(struct tandem_clock *c,
		const struct tandem_place *place) TANDEM_RT;

/* What alignment takes, at the last steered instant: latency from due to the air, less the
 * trim, s. */
double tandem_clock_latency_s(const struct tandem_clock *c) TANDEM_RT;

/* By how much more than that it may run off before the pace holds it, s: alignment keeps it
 * to spare where that costs no sound. */
double tandem_clock_spare_s(const struct tandem_clock *c) TANDEM_RT;

/* The integral of the pace less 1, up to the last steered instant, s: by so much has the
 * latency grown since that was 0. */
double tandem_clock_swell_s(const struct tandem_clock *c) TANDEM_RT;
/* By how much it grows without the pace, s per s; 0: not known. */
double tandem_clock_slope(const struct tandem_clock *c) TANDEM_RT;

struct tandem_clock_state tandem_clock_state(const struct tandem_clock *c) TANDEM_RT;

/* What is worth keeping about this device and codec; plain data. */
struct tandem_memory tandem_clock_memory(const struct tandem_clock *c) TANDEM_RT;
/* Before the first START. What cannot be true in it is not taken. */
void tandem_clock_recall(struct tandem_clock *c, const struct tandem_memory *m) TANDEM_RT;

#endif
