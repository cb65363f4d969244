/* SPDX-License-Identifier: MIT */
#include "model.h"

#include <math.h>
#include <string.h>

#define CHUNK_FRAMES 32 /* step of the time map; chosen: 0.7 ms, rates are constant in it */

/* Hidden part of the delay: decode and DSP take 10 to 60 ms (facts on clocks, 4). */
#define HIDDEN_MAX_S 0.040
#define FILL_MIN_S 0.005
/* Room above the start fill. Chosen: an ESP32's ring holds twice its start level. */
#define ROOM_MIN_S 0.200

/* PI loop, critically damped: s^2 + 2 w s + w^2. Chosen: w = 0.7 rad/s settles within
 * seconds; 2 ms of packet jitter moves the latency by 0.2 ms, as PipeWire's loop does. */
#define LOOP_W 0.7
#define LOOP_FILTER_S 0.2
#define LOOP_MAX_PPM 3000.0

/* BTstack, a2dp_sink_demo.c: 60 to 80 frames of SBC, +-0x100 in 16.16 outside. */
#define BAND_FRAMES (20.0 * 128.0)
#define BAND_PPM 3906.0

#define WARMUP_S 600.0
#define WANDER_S 300.0
#define WANDER_STEP_S 1.0
#define WANDER_BOUND 3.0 /* rms */

/* splitmix64: good enough for spreads and noise, and the same everywhere. */
static double uniform(struct tandem_box *b)
{
	uint64_t z = b->random += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

double tandem_box_noise(struct tandem_box *b)
{
	const double radius = sqrt(-2.0 * log(1.0 - uniform(b)));

	return radius * cos(2.0 * M_PI * uniform(b));
}

static void event(struct tandem_box *b, double at_s, enum tandem_box_event e, double value)
{
	b->ops->event(b->data, at_s, e, value);
}

/* Ornstein-Uhlenbeck: the discrete step that keeps the rms. */
static void walk(struct tandem_box *b)
{
	const double keep = exp(-WANDER_STEP_S / WANDER_S);
	const double kick = b->config.wander_ppm * sqrt(1.0 - keep * keep);
	const double bound = WANDER_BOUND * b->config.wander_ppm;
	const double next = b->wander_now_ppm * keep + kick * tandem_box_noise(b);

	b->wander_now_ppm = fmax(-bound, fmin(bound, next));
	b->wander_at_s += WANDER_STEP_S;
}

static void age_dac(struct tandem_box *b, double now_s)
{
	const struct tandem_box_config *const c = &b->config;

	if (isnan(b->switched_on_s)) {
		b->switched_on_s = now_s;
		b->wander_at_s = now_s;
		b->wander_now_ppm =
				c->wander_ppm *
				fmax(-WANDER_BOUND,
						fmin(WANDER_BOUND, tandem_box_noise(b)));
	}
	while (b->wander_at_s < now_s)
		walk(b);
	b->dac_ppm = c->drift_ppm + b->wander_now_ppm;
	if (c->warmup_ppm != 0.0)
		b->dac_ppm += c->warmup_ppm * exp(-(now_s - b->switched_on_s) / WARMUP_S);
}

/* Content frames per host second at the mouth of the buffer. */
static double consumption_hz(const struct tandem_box *b)
{
	return b->rate_hz * (1.0 + b->dac_ppm * 1e-6) * (1.0 + b->loop_ppm * 1e-6);
}

static void run_pi(struct tandem_box *b, double late_s, double dt_s)
{
	const double gain = 1.0 - exp(-dt_s / LOOP_FILTER_S);

	b->error_s += gain * (late_s - b->error_s);

	const double integral = b->integral_ppm + LOOP_W * LOOP_W * b->error_s * dt_s * 1e6;
	const double wanted = 2.0 * LOOP_W * b->error_s * 1e6 + integral;

	b->loop_ppm = fmax(-LOOP_MAX_PPM, fmin(LOOP_MAX_PPM, wanted));
	if (b->loop_ppm == wanted)
		b->integral_ppm = integral;
}

static void run_band(struct tandem_box *b, double late_s)
{
	if (late_s < 0.0) {
		b->loop_ppm = -BAND_PPM;
	} else if (late_s > BAND_FRAMES / b->rate_hz) {
		b->loop_ppm = BAND_PPM;
	} else {
		b->loop_ppm = 0.0;
	}
}

/* The loop looks once per packet, at the latency of its first frame. */
static void steer(struct tandem_box *b, double now_s)
{
	const double dt_s = now_s - b->arrived_s;
	const double late_s = b->measured_s - b->fill_s;

	if (b->config.type == TANDEM_BOX_T1) {
		run_pi(b, late_s, dt_s);
	} else if (b->config.type == TANDEM_BOX_DEADBAND) {
		run_band(b, late_s);
	}
}

/* A new start: how full the buffer shall be. The DAC's age decides nothing here. */
static void start_filling(struct tandem_box *b, double now_s)
{
	const double spread_s = b->config.start_spread_s * (2.0 * uniform(b) - 1.0);

	b->fill_s = fmax(FILL_MIN_S, b->config.delay_s - b->hidden_s + spread_s);
	if (b->stepped)
		b->fill_s = fmax(FILL_MIN_S, b->fill_s + b->config.step_s);
	b->play_s = now_s + b->fill_s;
	b->error_s = 0.0;
	b->loop_ppm = b->config.type == TANDEM_BOX_T1 ? b->integral_ppm : 0.0;
	b->state = TANDEM_BOX_FILLING;
}

static void begin_playing(struct tandem_box *b)
{
	b->state = TANDEM_BOX_PLAYING;
	if (isnan(b->first_s))
		b->first_s = b->play_s;
	event(b, b->play_s + b->hidden_s, TANDEM_BOX_START, b->fill_s + b->hidden_s);
}

static bool step_is_due(const struct tandem_box *b)
{
	return !b->stepped && b->config.step_s != 0.0 &&
	       b->play_s >= b->first_s + b->config.step_at_s;
}

/* Later: the buffer pauses. Earlier: it throws away. */
static void step(struct tandem_box *b)
{
	const double step_s = b->config.step_s;

	b->stepped = true;
	b->fill_s = fmax(FILL_MIN_S, b->fill_s + step_s);
	event(b, b->play_s + b->hidden_s, TANDEM_BOX_STEP, step_s);
	if (step_s > 0.0) {
		b->play_s += step_s;
		return;
	}

	const double frames = fmin(b->level, round(-step_s * b->rate_hz));
	b->level -= frames;
	b->ops->drop(b->data, (uint32_t)frames);
}

static void play_chunk(struct tandem_box *b)
{
	const double frames = fmin(b->level, CHUNK_FRAMES);

	age_dac(b, b->play_s);

	const double span_s = frames / consumption_hz(b);
	const double from_s = b->play_s + b->hidden_s;

	b->ops->play(b->data, (uint32_t)frames, from_s, from_s + span_s);
	b->level -= frames;
	b->play_s += span_s;
	b->ppm_seconds += b->dac_ppm * span_s;
	b->played_s += span_s;
}

void tandem_box_run(struct tandem_box *b, double now_s)
{
	if (b->state == TANDEM_BOX_FILLING && b->play_s < now_s)
		begin_playing(b);
	while (b->state == TANDEM_BOX_PLAYING && b->play_s < now_s) {
		if (step_is_due(b)) {
			step(b);
		} else if (b->level > 0.0) {
			play_chunk(b);
		} else {
			b->state = TANDEM_BOX_EMPTY;
			event(b, b->play_s + b->hidden_s, TANDEM_BOX_UNDERRUN, 0.0);
		}
	}
}

/* Lost frames keep their place only where there is a place to keep. */
static uint32_t fill_gap(struct tandem_box *b, double now_s, uint32_t lost_frames)
{
	if (lost_frames == 0)
		return 0;
	event(b, now_s, TANDEM_BOX_GAP, lost_frames);
	if (b->state == TANDEM_BOX_EMPTY)
		return 0;
	b->level += lost_frames;
	return lost_frames;
}

static bool has_room(const struct tandem_box *b, uint32_t frames)
{
	const double fill_s = b->config.delay_s - b->hidden_s;
	const double room_s = fmax(2.0 * fill_s, fill_s + ROOM_MIN_S);

	return (b->level + frames) / b->rate_hz <= room_s;
}

struct tandem_box_taken tandem_box_arrive(struct tandem_box *b, double now_s,
		uint32_t lost_frames, uint32_t frames)
{
	struct tandem_box_taken taken = { 0 };

	tandem_box_run(b, now_s);
	age_dac(b, now_s);
	taken.silence_frames = fill_gap(b, now_s, lost_frames);
	if (!has_room(b, frames)) {
		event(b, now_s, TANDEM_BOX_OVERRUN, frames);
		return taken;
	}
	if (b->state == TANDEM_BOX_EMPTY)
		start_filling(b, now_s);
	b->measured_s = b->play_s - now_s + b->level / consumption_hz(b);
	if (b->state == TANDEM_BOX_PLAYING)
		steer(b, now_s);
	b->arrived_s = now_s;
	b->level += frames;
	taken.frames = frames;
	return taken;
}

void tandem_box_init(struct tandem_box *b, const struct tandem_box_config *config,
		const struct tandem_box_ops *ops, void *data)
{
	*b = (struct tandem_box){
		.config = *config,
		.ops = ops,
		.data = data,
		.rate_hz = 48000.0,
		.hidden_s = fmin(HIDDEN_MAX_S, config->delay_s / 3.0),
		.first_s = NAN,
		.switched_on_s = NAN,
		.dac_ppm = config->drift_ppm,
		.random = config->seed,
	};
}

void tandem_box_open(struct tandem_box *b, double rate_hz)
{
	b->rate_hz = rate_hz;
	b->state = TANDEM_BOX_EMPTY;
	b->level = 0.0;
}

void tandem_box_close(struct tandem_box *b, double now_s)
{
	tandem_box_run(b, now_s);
	if (b->level > 0.0)
		b->ops->drop(b->data, (uint32_t)b->level);
	b->level = 0.0;
	b->state = TANDEM_BOX_EMPTY;
	event(b, now_s, TANDEM_BOX_STOP, 0.0);
}

double tandem_box_level_s(const struct tandem_box *b)
{
	return b->level / b->rate_hz;
}

double tandem_box_latency_s(const struct tandem_box *b)
{
	return b->measured_s + b->hidden_s;
}

double tandem_box_mean_ppm(const struct tandem_box *b)
{
	return b->played_s > 0.0 ? b->ppm_seconds / b->played_s : b->config.drift_ppm;
}
