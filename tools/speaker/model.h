/* SPDX-License-Identifier: MIT
 *
 * Model of a Bluetooth speaker's clockwork: a jitter buffer that arrivals fill and a DAC
 * with a clock of its own empties, a rate loop between them, and a hidden delay behind.
 *
 *   arrive → [ jitter buffer ] → rate (1+u) → DAC (1+e) → hidden DSP delay → the air
 *                    └── latency ── loop ──┘
 *
 * It counts frames and never sees a sample: `play` says which stretch of host time the
 * next frames of the content take, and whoever holds the samples follows. Latency is from
 * the arrival of a packet's first frame to that frame's leaving the box; the codec's own
 * delay is not in it. drift > 0: the DAC runs fast, so the latency of a free one shrinks.
 *
 * Times are seconds of host time from any origin, as double (1 ns in 100 days). Time is
 * handed in, so the same model runs in virtual time. Types and constants: shared facts
 * on Bluetooth, 4.1, and on clocks, 3 and 4. Thread: any one; never fails or allocates.
 */
#ifndef TANDEM_TOOLS_SPEAKER_MODEL_H
#define TANDEM_TOOLS_SPEAKER_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum tandem_box_type {
	TANDEM_BOX_T1,       /* PI loop: follows the sender's average packet rate */
	TANDEM_BOX_DEADBAND, /* free inside a band of fill, +-3906 ppm outside */
	TANDEM_BOX_T2,       /* free */
};

struct tandem_box_config {
	enum tandem_box_type type;
	double delay_s;        /* nominal latency at a start, >= 0.01 */
	double start_spread_s; /* each start draws its latency from delay +- spread */
	double drift_ppm;      /* of the DAC when warm */
	double warmup_ppm;     /* on top when switched on, dies away over 600 s */
	double wander_ppm;     /* rms of a bounded random walk, 300 s */
	double step_s;         /* the latency jumps by this, 0: never, */
	double step_at_s;      /* this long after the first start of a stream */
	uint64_t seed;
};

enum tandem_box_event {
	TANDEM_BOX_START,    /* value: latency in s */
	TANDEM_BOX_UNDERRUN, /* value: 0; silence until the next start */
	TANDEM_BOX_OVERRUN,  /* value: frames of the packet that found no room */
	TANDEM_BOX_GAP,      /* value: lost frames, replaced by silence */
	TANDEM_BOX_STEP,     /* value: s */
	TANDEM_BOX_STOP,     /* value: 0 */
};

/* Where the model's results go, called from within its functions. */
struct tandem_box_ops {
	/* The next frames of the content leave the box, evenly, in [from_s, to_s). */
	void (*play)(void *data, uint32_t frames, double from_s, double to_s);
	/* The next frames of the content are never heard. */
	void (*drop)(void *data, uint32_t frames);
	void (*event)(void *data, double at_s, enum tandem_box_event event, double value);
};

enum tandem_box_state {
	TANDEM_BOX_EMPTY,   /* waits for a packet */
	TANDEM_BOX_FILLING, /* has one, starts at play_s */
	TANDEM_BOX_PLAYING,
};

struct tandem_box {
	struct tandem_box_config config;
	const struct tandem_box_ops *ops;
	void *data;
	double rate_hz;  /* of the stream */
	double hidden_s; /* DSP behind the buffer */

	enum tandem_box_state state;
	double play_s;  /* when the next frame leaves the buffer */
	double level;   /* frames in the buffer */
	double fill_s;  /* latency of the buffer this start aims at */
	double first_s; /* first start of all; NAN: none yet */
	bool stepped;

	double loop_ppm;     /* what the rate loop adds */
	double integral_ppm; /* its memory, kept over rebuffering */
	double error_s;      /* filtered */
	double measured_s;   /* latency of the buffer at the last arrival */
	double arrived_s;    /* when that was */

	double switched_on_s; /* NAN: not yet */
	double wander_at_s;   /* the walk is known up to here */
	double wander_now_ppm;
	double dac_ppm;     /* as it is now */
	double ppm_seconds; /* integral of dac_ppm over played_s */
	double played_s;
	uint64_t random;
};

/* What became of an arrival: how much of it the holder of the samples must keep. */
struct tandem_box_taken {
	uint32_t silence_frames; /* to put before the packet's own */
	uint32_t frames;         /* 0: no room, the packet is lost */
};

void tandem_box_init(struct tandem_box *b, const struct tandem_box_config *config,
		const struct tandem_box_ops *ops, void *data);

/* A stream of this rate is configured. Only while no stream is open. */
void tandem_box_open(struct tandem_box *b, double rate_hz);
/* The stream ends at now_s: what is still in the buffer is dropped. */
void tandem_box_close(struct tandem_box *b, double now_s);

/* A packet arrives after lost_frames that will never come. Times must not go back: one
 * earlier than the model has played counts as arriving now. */
struct tandem_box_taken tandem_box_arrive(struct tandem_box *b, double now_s,
		uint32_t lost_frames, uint32_t frames);

/* Plays all that begins to leave the buffer before now_s. Arrivals up to now_s must have
 * been handed in. */
void tandem_box_run(struct tandem_box *b, double now_s);

double tandem_box_level_s(const struct tandem_box *b);
/* Of the last packet, as the box's own firmware could know it. */
double tandem_box_latency_s(const struct tandem_box *b);
/* Mean error of the DAC over all that was played; the nominal one before. */
double tandem_box_mean_ppm(const struct tandem_box *b);
/* Gaussian, sigma 1, from the box's own seeded source. */
double tandem_box_noise(struct tandem_box *b);

#endif
