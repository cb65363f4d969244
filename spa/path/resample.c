/* SPDX-License-Identifier: MIT */
#include "resample.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "resample-kernel.h"

#define HISTORY_FRAMES 1024 /* chosen: a few blocks, so that moving it down is rare */
#define CHUNK_FRAMES 256    /* chosen: outputs whose places are worked out at once */
#define NEED_MAX_FRAMES 16384
#define MAX_DEVIATION 0.005

/* Places and steps are integers of this part of an input frame: 2^-48. Over a day the
 * rounding of a step adds up to 1e-5 frames. */
#define FRAME_LOG2 48
#define FRAME (1ULL << FRAME_LOG2)
#define POINT_LOG2 (FRAME_LOG2 - 1) /* of the grid of 2 x in_hz */

#define PLANE_FRAMES (HISTORY_FRAMES + TANDEM_KERNEL_OVERREAD_FRAMES)

/* Frames and grid points of one channel, at the same index: even[i] and odd[i] come of
 * frames[i] and those after it. With a half-band filter the even points are frames. */
struct plane {
	float frames[PLANE_FRAMES];
	float odd[PLANE_FRAMES];
	float even[PLANE_FRAMES];
};

struct tandem_resample {
	/* constant after new() */
	double nominal_step;
	uint32_t channels;
	bool one_to_one; /* equal rates: long stretches without a change of segment */
	double segments_per_part; /* of a place */
	const struct tandem_resample_kernel *kernel;
	struct tandem_resample_design design;
	/* data loop */
	uint64_t place; /* of the next output: where its first points stand in the planes */
	int64_t step;
	int64_t target_step;
	int64_t step_change; /* per output, while slew_left > 0 */
	uint32_t slew_left;
	uint32_t filled;     /* frames in the planes */
	bool alike;          /* both channels get the same */
	uint32_t alike_from; /* the first place from which on both are the same */
	uint32_t made;       /* channels that are made: 1 while both are the same */
	struct plane planes[2];
};

static bool is_rate(uint32_t hz)
{
	return hz == 44100 || hz == 48000;
}

static int64_t in_parts(double frames)
{
	return llround(frames * (double)FRAME);
}

/* Frames from the one at its place on without which an output cannot be made. */
static uint32_t span_frames(const struct tandem_resample *r)
{
	return r->design.kernel_taps / 2 + r->design.fir_taps - 1;
}

int tandem_resample_new(struct tandem_resample **ret_resample, uint32_t in_hz,
		uint32_t out_hz, uint32_t channels, enum tandem_resample_tier tier)
{
	struct tandem_resample *r;
	int res;

	if (!is_rate(in_hz) || !is_rate(out_hz) || channels < 1 || channels > 2)
		return -EINVAL;
	r = calloc(1, sizeof(*r));
	if (r == NULL)
		return -ENOMEM;
	res = tandem_resample_design(&r->design, in_hz, out_hz, tier);
	if (res < 0) {
		tandem_resample_free(r);
		return res;
	}
	r->nominal_step = (double)in_hz / out_hz;
	r->step = in_parts(r->nominal_step);
	r->target_step = r->step;
	r->channels = channels;
	r->made = channels;
	r->one_to_one = in_hz == out_hz;
	r->segments_per_part = ldexp(1.0, (int)r->design.segments_log2 - POINT_LOG2);
	r->kernel = tandem_resample_kernel_named(NULL);
	r->filled = span_frames(r) - 1; /* silence before the first frame */
	r->place = FRAME / 2;           /* the first output stands on a frame */
	*ret_resample = r;
	return 0;
}

void tandem_resample_free(struct tandem_resample *r)
{
	free(r);
}

int tandem_resample_set_kernel(struct tandem_resample *r, const char *name)
{
	const struct tandem_resample_kernel *const kernel =
			tandem_resample_kernel_named(name);

	if (kernel == NULL)
		return -ENOTSUP;
	r->kernel = kernel;
	return 0;
}

void tandem_resample_set_step(struct tandem_resample *r, double step, uint32_t slew_frames)
{
	const double low = r->nominal_step * (1.0 - MAX_DEVIATION);
	const double high = r->nominal_step * (1.0 + MAX_DEVIATION);
	int64_t way;

	r->target_step = in_parts(step > low ? step < high ? step : high
					     : low); /* NaN: low */
	way = r->target_step - r->step;
	r->step_change = way / slew_frames;
	r->slew_left = way == 0 ? 0 : slew_frames;
	r->step += way % slew_frames; /* so that the slew ends at the target: < 1e-9 ppm */
}

/* The place and step after n more outputs. n: not beyond the end of a slew under way. */
static void advance(struct tandem_resample *r, uint32_t n)
{
	const int64_t bend = r->slew_left > 0 ? r->step_change : 0;

	r->place += (uint64_t)(n * r->step + bend * ((int64_t)n * (n + 1) / 2));
	r->step += bend * n;
	r->slew_left -= r->slew_left > 0 ? n : 0;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Outputs from this one on that lie in its segment, at most max: a lower bound. */
static uint32_t count_stretch(const struct tandem_resample *r, uint32_t max)
{
	const int64_t segment = 1LL << (POINT_LOG2 - r->design.segments_log2);
	const int64_t below = (int64_t)(r->place & (uint64_t)(segment - 1));
	const int64_t above = segment - 1 - below;
	const int64_t bend = r->slew_left > 0 ? r->step_change : 0;
	const int64_t first = r->step + bend - (int64_t)FRAME;
	const int64_t last = r->step + bend * max - (int64_t)FRAME;
	const int64_t up = first > last ? first : last;
	const int64_t down = first < last ? -first : -last;

	if (up > 0 && above / up + 1 < max)
		max = (uint32_t)(above / up + 1);
	if (down > 0 && below / down + 1 < max)
		max = (uint32_t)(below / down + 1);
	return max;
}

/* The planes of a channel's even and odd points. */
static void find_points(const struct tandem_resample *r, uint32_t c,
		const float *ret_points[2])
{
	const struct plane *const p = &r->planes[c];

	ret_points[0] = r->design.half_band ? p->frames + r->design.fir_taps / 2 - 1
					    : p->even;
	ret_points[1] = p->odd;
}

/* Which segment a place lies in. */
static const float *find_segment(const struct tandem_resample *r, uint64_t place)
{
	const uint32_t log2 = r->design.segments_log2;
	const uint32_t segment =
			(uint32_t)(place >> (POINT_LOG2 - log2)) & ((1u << log2) - 1);

	return r->design.kernel + segment * TANDEM_KERNEL_ROWS * r->design.kernel_taps;
}

/* Up to max outputs one frame apart, all in one segment. */
static uint32_t make_stretch(struct tandem_resample *r, float *const out[], uint32_t offset,
		uint32_t max)
{
	const double scale = r->segments_per_part;
	const uint64_t segment = 1ULL << (POINT_LOG2 - r->design.segments_log2);
	const double bend = r->slew_left > 0 ? 0.5 * (double)r->step_change : 0.0;
	const struct tandem_stretch s = {
		.place = scale * (double)(r->place & (segment - 1)),
		.change = scale * ((double)(r->step - (int64_t)FRAME) + bend),
		.bend = scale * bend,
	};
	const uint32_t at = (uint32_t)(r->place >> FRAME_LOG2);
	const uint32_t odd = (uint32_t)(r->place >> POINT_LOG2) & 1;
	const uint32_t n = count_stretch(r, max);
	float u[CHUNK_FRAMES + TANDEM_KERNEL_OVERREAD_FRAMES];

	r->kernel->places(&s, u, n);
	for (uint32_t c = 0; c < r->made; c++) {
		const float *points[2];
		const float *first[2];

		find_points(r, c, points);
		first[0] = points[odd] + at;
		first[1] = points[!odd] + at + odd;
		r->kernel->stretch(find_segment(r, r->place), r->design.kernel_taps, first,
				u, out[c] + offset, n);
	}
	advance(r, n);
	return n;
}

/* Up to max outputs, wherever they lie. */
static uint32_t make_spots(struct tandem_resample *r, float *const out[], uint32_t offset,
		uint32_t max)
{
	const int64_t bend = r->slew_left > 0 ? r->step_change : 0;
	/* of the place in the segment, 24 bits: what a float holds */
	const uint32_t shift = POINT_LOG2 - r->design.segments_log2 - 24;
	struct tandem_spot spots[CHUNK_FRAMES];
	uint64_t place = r->place;
	int64_t step = r->step;
	uint32_t n = 0;

	while (n < max && (uint32_t)(place >> FRAME_LOG2) + span_frames(r) <= r->filled) {
		const uint32_t at = (uint32_t)(place >> FRAME_LOG2);
		const uint32_t odd = (uint32_t)(place >> POINT_LOG2) & 1;

		spots[n++] = (struct tandem_spot){
			.segment = find_segment(r, place),
			.first = { at, at + odd },
			.odd = odd,
			.u = (float)(int32_t)((place >> shift) & 0xffffff) * 0x1p-24f,
		};
		step += bend;
		place += (uint64_t)step;
	}
	advance(r, n);
	for (uint32_t c = 0; c < r->made; c++) {
		const float *points[2];

		find_points(r, c, points);
		r->kernel->spots(spots, points, out[c] + offset, n);
	}
	return n;
}

static uint32_t make(struct tandem_resample *r, float *const out[], uint32_t offset,
		uint32_t out_frames)
{
	const uint32_t end = offset + out_frames;
	uint32_t done = offset;

	while (done < end) {
		const uint32_t first = (uint32_t)(r->place >> FRAME_LOG2) + span_frames(r);
		uint32_t max = least(CHUNK_FRAMES, end - done);

		if (first > r->filled)
			break;
		if (r->slew_left > 0)
			max = least(max, r->slew_left);
		if (r->one_to_one) {
			max = least(max, r->filled - first + 1);
			done += make_stretch(r, out, done, max);
		} else {
			done += make_spots(r, out, done, max);
		}
	}
	return done - offset;
}

/* Room at the end of the planes, by moving what is still wanted to their beginning. */
static void make_room(struct tandem_resample *r)
{
	const uint32_t used = (uint32_t)(r->place >> FRAME_LOG2);
	const size_t bytes = (r->filled - used) * sizeof(float);

	for (uint32_t c = 0; c < r->made; c++) {
		struct plane *const p = &r->planes[c];

		memmove(p->frames, p->frames + used, bytes);
		memmove(p->odd, p->odd + used, bytes);
		if (!r->design.half_band)
			memmove(p->even, p->even + used, bytes);
	}
	r->filled -= used;
	r->alike_from -= least(used, r->alike_from);
	r->place -= used * FRAME;
}

static uint32_t take(struct tandem_resample *r, const float *const in[], uint32_t offset,
		uint32_t in_frames)
{
	const uint32_t taps = r->design.fir_taps;
	uint32_t points; /* that there are: odd ones, and one even one more */
	uint32_t n;

	if (HISTORY_FRAMES - r->filled < in_frames)
		make_room(r);
	n = least(HISTORY_FRAMES - r->filled, in_frames);
	points = r->filled - (taps - 1);
	for (uint32_t c = 0; c < r->made; c++) {
		struct plane *const p = &r->planes[c];
		const float *const x = p->frames + points;

		memcpy(p->frames + r->filled, in[c] + offset, n * sizeof(float));
		r->kernel->fir(r->design.fir_odd, taps, x, p->odd + points, n);
		if (!r->design.half_band) {
			r->kernel->fir(r->design.fir_even, taps, x, p->even + points + 1,
					n);
		}
	}
	r->filled += n;
	if (!r->alike) /* a frame has a part in the point before it */
		r->alike_from = r->filled + 1;
	return n;
}

struct tandem_progress tandem_resample_run(struct tandem_resample *r,
		const float *const in[], uint32_t in_frames, float *const out[],
		uint32_t out_frames)
{
	struct tandem_progress p = { 0, 0 };

	while (p.made_frames < out_frames) {
		p.made_frames += make(r, out, p.made_frames, out_frames - p.made_frames);
		if (p.made_frames == out_frames || p.taken_frames == in_frames)
			break;
		p.taken_frames += take(r, in, p.taken_frames, in_frames - p.taken_frames);
	}
	return p;
}

uint32_t tandem_resample_set_alike(struct tandem_resample *r, bool alike)
{
	const bool same = alike && (r->place >> FRAME_LOG2) >= r->alike_from;

	if (r->made == 1 && !same && r->channels == 2)
		r->planes[1] = r->planes[0];
	r->alike = alike;
	r->made = same ? 1 : r->channels;
	return r->made;
}

uint32_t tandem_resample_need_frames(const struct tandem_resample *r, uint32_t out_frames)
{
	const int64_t step = r->step < r->target_step ? r->step : r->target_step;
	const uint64_t ahead = least(out_frames, NEED_MAX_FRAMES) - 1ULL;
	const uint64_t last = r->place + ahead * (uint64_t)step;
	const uint32_t end = (uint32_t)(last >> FRAME_LOG2) + span_frames(r);

	return out_frames == 0 || end <= r->filled ? 0 : end - r->filled;
}

double tandem_resample_delay_frames(const struct tandem_resample *r)
{
	/* The output stands `fraction` after the kernel's middle point, see the design. */
	const double centre =
			r->design.kernel_taps / 4.0 - 0.5 + r->design.fir_taps / 2.0 - 1.0;

	return r->filled - ((double)r->place / (double)FRAME + centre);
}
