/* SPDX-License-Identifier: MIT
 *
 * Model: what is believed of one speaker's clock, and how surely.
 *
 *                  +--> filter, locked --+
 *   observation ---+--> filter, free ----+--> belief { latency, slope, sigma }
 *                  '--> track (straight?) --> class, which says who is believed
 *
 * A locked speaker (T1) follows our packets: its latency stays, its drift is nothing. A
 * free one (T2) runs on its own crystal: latency at pace 1 changes by slope = -drift. Until
 * a straight line says which, the free filter is believed as long as something is seen,
 * and its slope never in the dark. A locked speaker that a microphone has heard for long
 * enough is frozen: reports no longer move it, unless they agree on a step.
 *
 * Here is the one place where drift (base/units.h: DAC fast > 0) and slope change sign.
 * Source: shared facts on clocks, 5, points 1 to 4, 8, 9. Thread: data loop.
 */
#ifndef TANDEM_CLOCK_MODEL_H
#define TANDEM_CLOCK_MODEL_H

#include "clock/filter.h"
#include "clock/memory.h"
#include "clock/observe.h"
#include "clock/track.h"

/* What is believed for one instant. */
struct tandem_belief {
	double latency_s;
	double slope; /* s per s at pace 1: -drift; 0 unless it is to be relied upon */
};

struct tandem_model {
	struct tandem_filter locked;
	struct tandem_filter free;
	struct tandem_track tracks[TANDEM_N_SENSORS];
	enum tandem_clock_class class;
	/* time */
	bool running;       /* the times below mean something */
	int64_t born_ns;    /* first seen: the box warms up since then */
	int64_t at_ns;      /* both filters are about this instant */
	int64_t since_ns;   /* last start, step or disturbance */
	int64_t settled_ns; /* last start or disturbance */
	double swell_s;     /* what the pace put into the buffer since it was born */
	int64_t last_ns[TANDEM_N_SENSORS];
	double every_s[TANDEM_N_SENSORS]; /* mean distance of observations */
	/* counts since since_ns and settled_ns */
	uint32_t seen_since;
	uint32_t seen;
	uint32_t heard; /* by a microphone */
	/* knowledge */
	double wobble_s; /* rms; the speaker's own */
	double last_step_s;
	int64_t last_step_ns;
	uint64_t steps;
	bool by_hand;              /* the drift is */
	double told_s;             /* by the last report */
	bool reports_move;         /* they were not all the same */
	double ear_sigma_s;        /* claimed by the microphone */
	double report_sigma_s;     /* likewise, by the last report */
	struct tandem_memory past; /* as recalled */
	bool counted;              /* this start is among its calibrations */
};

/* latency_s: of a speaker that says nothing. */
void tandem_model_init(struct tandem_model *m, double latency_s);

/* To host_ns; swell_s: the integral of pace - 1 since the last call. Times that go back
 * count as no time. */
void tandem_model_advance(struct tandem_model *m, int64_t host_ns,
		double swell_s) TANDEM_RT;

/* Likewise, but nothing moved meanwhile: nothing was sent. */
void tandem_model_wait(struct tandem_model *m, int64_t host_ns) TANDEM_RT;

/* The model must have been advanced to the time of the observation. */
enum tandem_taken tandem_model_update(struct tandem_model *m, enum tandem_sensor_kind kind,
		double value_s, double sigma_s) TANDEM_RT;

/* A stream event (START and later) at the time advanced to: the latency is open again,
 * drift and bias stay. moved_s: as for tandem_model_memory. */
void tandem_model_disturb(struct tandem_model *m, enum tandem_observed event,
		double moved_s) TANDEM_RT;

/* By hand, s per s, > 0: the DAC runs fast; 0: not by hand any more. */
void tandem_model_set_drift(struct tandem_model *m, double drift) TANDEM_RT;

/* At host_ns, not before the instant advanced to; swell_s: as above, since then. */
struct tandem_belief tandem_model_belief(const struct tandem_model *m, int64_t host_ns,
		double swell_s) TANDEM_RT;
/* Of that latency, the speaker's own wobble included; costs more. */
double tandem_model_sigma_s(const struct tandem_model *m, int64_t host_ns) TANDEM_RT;

/* To be called now and then (each second), for what happens by nothing being seen. */
void tandem_model_attend(struct tandem_model *m, int64_t host_ns) TANDEM_RT;

/* Nothing that tells of its latency has been seen for a while. */
bool tandem_model_is_blind(const struct tandem_model *m, int64_t host_ns) TANDEM_RT;
/* Enough was seen since the start to act upon, or no more is to come. */
bool tandem_model_is_sure(const struct tandem_model *m, int64_t host_ns) TANDEM_RT;
/* A microphone heard this start of the stream for long enough. */
bool tandem_model_is_calibrated(const struct tandem_model *m) TANDEM_RT;
/* This start is, or would be if it ended now, among the calibrations of the memory. */
bool tandem_model_is_remembered(const struct tandem_model *m) TANDEM_RT;

/* Of the DAC, ppm, > 0 fast; NAN unless the class is free. sigma: one deviation. */
double tandem_model_drift_ppm(const struct tandem_model *m) TANDEM_RT;
double tandem_model_drift_sigma_ppm(const struct tandem_model *m) TANDEM_RT;

/* A free speaker turned out to follow the pace after all. */
void tandem_model_unfree(struct tandem_model *m) TANDEM_RT;

/* All that is worth keeping, what was recalled included. moved_s: how far the speaker's
 * buffer ran off since it was filled, which the next start will not have. */
struct tandem_memory tandem_model_memory(const struct tandem_model *m,
		double moved_s) TANDEM_RT;
/* Before anything is seen. What cannot be true is not taken. */
void tandem_model_recall(struct tandem_model *m, const struct tandem_memory *k) TANDEM_RT;

#endif
