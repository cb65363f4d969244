/* SPDX-License-Identifier: MIT */
#include "tools/room/room.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "tools/room/band.h"

#define EARLY_M 14.0 /* 40 ms beyond the direct sound: some 400 images, dense by then */
#define ORDERS 24    /* walls met within EARLY_M + MAX_M, lowest room: no more */
#define HALF_TAPS 32 /* of the windowed sinc that places an image between samples */
#define WALL_A 0.12  /* one-pole low-pass of a wall: -1 dB at 8 kHz, 48 kHz; chosen */
#define BUMPS 3

/* One stream of numbers for each purpose. */
enum stream { DRAW, SHAPE, PLACE, TAIL, BUMP };

struct shoebox {
	double size_m[3];
	double seat_m[3];
	double box_m[3];
	double volume_m3;
	double rate_hz;
	double beta; /* amplitude that a wall gives back */
};

static struct tandem_random stream(const struct tandem_room *r, enum stream purpose,
		uint32_t speaker)
{
	return tandem_random_init(r->seed, purpose * (TANDEM_MAX_SPEAKERS + 1) + speaker);
}

void tandem_room_draw(struct tandem_room *r, uint64_t seed, uint32_t n_speakers)
{
	struct tandem_random random;

	*r = (struct tandem_room){ .seed = seed, .n_speakers = n_speakers };
	random = stream(r, DRAW, 0);
	r->rt60_s = tandem_random_uniform(&random, 0.2, 0.8);
	r->snr_db = tandem_random_uniform(&random, 5.0, 40.0);
	r->mic_ppm = tandem_random_uniform(&random, -80.0, 80.0);
	for (uint32_t i = 0; i < n_speakers; i++) {
		struct tandem_room_speaker *const s = &r->of[i];

		s->distance_m = tandem_random_uniform(&random, TANDEM_ROOM_MIN_M,
				TANDEM_ROOM_MAX_M);
		s->gain_db = tandem_random_uniform(&random, -3.0, 3.0);
		s->inverted = tandem_random_uniform(&random, 0.0, 1.0) < 0.25;
		s->low_hz = tandem_random_uniform(&random, 100.0, 200.0);
		s->high_hz = tandem_random_uniform(&random, 12e3, 20e3);
	}
}

static bool fits(const struct shoebox *b, const double place_m[3])
{
	for (int i = 0; i < 3; i++) {
		if (place_m[i] < 0.2 || place_m[i] > b->size_m[i] - 0.2)
			return false;
	}
	return true;
}

/* Somewhere on the sphere around the seat, if need be along the room: that always fits. */
static void place_box(struct shoebox *b, double distance_m, struct tandem_random *random)
{
	for (int tries = 0; tries < 1000; tries++) {
		const double up = tandem_random_uniform(random, -0.3, 0.3);
		const double turn = tandem_random_uniform(random, 0.0, 2.0 * M_PI);
		const double flat = distance_m * sqrt(1.0 - up * up);

		b->box_m[0] = b->seat_m[0] + flat * cos(turn);
		b->box_m[1] = b->seat_m[1] + flat * sin(turn);
		b->box_m[2] = b->seat_m[2] + distance_m * up;
		if (fits(b, b->box_m))
			return;
	}
	b->box_m[0] = b->seat_m[0] + distance_m;
	b->box_m[1] = b->seat_m[1];
	b->box_m[2] = b->seat_m[2];
}

static struct shoebox build(const struct tandem_room *r, uint32_t speaker)
{
	struct tandem_random shape = stream(r, SHAPE, 0);
	struct tandem_random place = stream(r, PLACE, speaker);
	struct shoebox b;
	double walls_m2;

	b.size_m[0] = tandem_random_uniform(&shape, 5.5, 8.0);
	b.size_m[1] = tandem_random_uniform(&shape, 3.0, 5.5);
	b.size_m[2] = tandem_random_uniform(&shape, 2.3, 3.0);
	b.seat_m[0] = tandem_random_uniform(&shape, 0.5, 1.2);
	b.seat_m[1] = tandem_random_uniform(&shape, 0.7, b.size_m[1] - 0.7);
	b.seat_m[2] = tandem_random_uniform(&shape, 0.8, 1.4);
	place_box(&b, r->of[speaker].distance_m, &place);
	b.volume_m3 = b.size_m[0] * b.size_m[1] * b.size_m[2];
	walls_m2 = 2.0 * (b.size_m[0] * b.size_m[1] + b.size_m[1] * b.size_m[2] +
					 b.size_m[2] * b.size_m[0]);
	/* Eyring: 60 dB in rt60 when a wall keeps 1 - beta^2 of the power */
	b.beta = exp(-0.161 * b.volume_m3 / (2.0 * walls_m2 * r->rt60_s));
	return b;
}

/* A unit pulse at a fractional place, band-limited; what falls before 0 is lost. */
static void add_pulse(float *x, uint32_t n, double at, double amplitude)
{
	const int64_t middle = (int64_t)floor(at);

	for (int64_t i = middle - HALF_TAPS + 1; i <= middle + HALF_TAPS; i++) {
		const double t = (double)i - at;
		const double window = cos(M_PI * t / (2.0 * HALF_TAPS));
		const double sinc = fabs(t) < 1e-9 ? 1.0 : sin(M_PI * t) / (M_PI * t);

		if (i >= 0 && i < n)
			x[i] += (float)(amplitude * sinc * window * window);
	}
}

static double image_m(const struct shoebox *b, int axis, int m)
{
	const double inside = m % 2 ? b->size_m[axis] - b->box_m[axis] : b->box_m[axis];

	return m * b->size_m[axis] + inside - b->seat_m[axis];
}

/* early[ORDERS][n]: images sorted by how many walls they have met. */
static void add_images(const struct shoebox *b, float *early, uint32_t n, double until_m,
		double frames_per_m)
{
	const int reach[3] = { (int)(until_m / b->size_m[0]) + 1,
		(int)(until_m / b->size_m[1]) + 1, (int)(until_m / b->size_m[2]) + 1 };
	const int across = (2 * reach[1] + 1) * (2 * reach[2] + 1);

	for (int i = 0; i < (2 * reach[0] + 1) * across; i++) {
		const int m[3] = { i / across - reach[0],
			i % across / (2 * reach[2] + 1) - reach[1],
			i % (2 * reach[2] + 1) - reach[2] };
		const int order = abs(m[0]) + abs(m[1]) + abs(m[2]);
		const double far_m = hypot(hypot(image_m(b, 0, m[0]), image_m(b, 1, m[1])),
				image_m(b, 2, m[2]));

		if (order < ORDERS && far_m < until_m) {
			add_pulse(early + order * n, n, far_m * frames_per_m,
					pow(b->beta, order) / far_m);
		}
	}
}

/* taps += what has met k walls, k times dulled. */
static void pass_walls(const float *early, uint32_t n, float *taps)
{
	float *const sum = taps;

	for (int order = ORDERS - 1; order > 0; order--) {
		float dull = 0.0f;

		for (uint32_t i = 0; i < n; i++) {
			dull += (1.0f - (float)WALL_A) *
				(sum[i] + early[order * n + i] - dull);
			sum[i] = dull;
		}
	}
	for (uint32_t i = 0; i < n; i++)
		sum[i] += early[i];
}

static void add_tail(const struct tandem_room *r, const struct shoebox *b, uint32_t speaker,
		float *taps, uint32_t from, uint32_t n)
{
	struct tandem_random random = stream(r, TAIL, speaker);
	const double density =
			4.0 * M_PI * TANDEM_ROOM_SOUND_M_PER_S / b->volume_m3 / b->rate_hz;
	double dull = 0.0;

	for (uint32_t i = from; i < n; i++) {
		const double t_s = i / b->rate_hz;
		const double decay = sqrt(density) * pow(10.0, -3.0 * t_s / r->rt60_s);

		/* one wall each 8 ms or so */
		dull += (1.0 - fmin(WALL_A * t_s / 8e-3, 0.7)) *
			(decay * tandem_random_normal(&random) - dull);
		taps[i] = (float)dull;
	}
}

static void pass_box(const struct tandem_room *r, uint32_t speaker, float *taps, uint32_t n,
		double rate_hz)
{
	const struct tandem_room_speaker *const s = &r->of[speaker];
	const float gain =
			(float)((s->inverted ? -1.0 : 1.0) * pow(10.0, s->gain_db / 20.0));
	struct tandem_random random = stream(r, BUMP, speaker);
	struct tandem_band_section sections[2 + BUMPS] = {
		tandem_band_highpass(s->low_hz, rate_hz),
		tandem_band_lowpass(s->high_hz, rate_hz),
	};

	for (int i = 0; i < BUMPS; i++) {
		const double octave = tandem_random_uniform(&random, 0.0, 4.5);
		const double gain_db = tandem_random_uniform(&random, -4.0, 4.0);

		sections[2 + i] = tandem_band_peak(300.0 * exp2(octave), rate_hz, gain_db,
				1.0);
	}
	for (uint32_t i = 0; i < TANDEM_ARRAY_LEN(sections); i++)
		tandem_band_run(&sections[i], taps, n);
	for (uint32_t i = 0; i < n; i++)
		taps[i] *= gain;
}

static bool is_valid(const struct tandem_room *r, uint32_t speaker, uint32_t rate_hz)
{
	return speaker < r->n_speakers && rate_hz >= 8000 && rate_hz <= 192000 &&
	       r->rt60_s >= 0.0 && r->rt60_s <= 10.0 &&
	       r->of[speaker].distance_m >= TANDEM_ROOM_MIN_M &&
	       r->of[speaker].distance_m <= TANDEM_ROOM_MAX_M &&
	       r->of[speaker].low_hz > 0.0 &&
	       r->of[speaker].high_hz > r->of[speaker].low_hz;
}

int tandem_room_response(const struct tandem_room *r, uint32_t speaker, uint32_t rate_hz,
		float **ret_taps, uint32_t *ret_n)
{
	const double frames_per_m = rate_hz / TANDEM_ROOM_SOUND_M_PER_S;
	double until_m;
	uint32_t early_n, n;
	struct shoebox b;
	float *early, *taps;

	if (!is_valid(r, speaker, rate_hz))
		return -EINVAL;
	until_m = r->of[speaker].distance_m + EARLY_M;
	early_n = (uint32_t)(until_m * frames_per_m);
	n = early_n + (uint32_t)(r->rt60_s * rate_hz);
	early = calloc((size_t)early_n * ORDERS, sizeof(*early));
	taps = calloc(n, sizeof(*taps));
	if (early == NULL || taps == NULL) {
		free(early);
		free(taps);
		return -ENOMEM;
	}
	if (r->rt60_s > 0.0) {
		b = build(r, speaker);
		b.rate_hz = rate_hz;
		add_images(&b, early, early_n, until_m, frames_per_m);
		add_tail(r, &b, speaker, taps, early_n, n);
	} else {
		add_pulse(early, early_n, r->of[speaker].distance_m * frames_per_m,
				1.0 / r->of[speaker].distance_m);
	}
	pass_walls(early, early_n, taps);
	free(early);
	pass_box(r, speaker, taps, n, rate_hz);
	*ret_taps = taps;
	*ret_n = n;
	return 0;
}
