/* SPDX-License-Identifier: MIT
 *
 * Speed. All peers are open at once and take turns, so that whatever else the machine does
 * meets all of them; the least of the rounds is what the code itself takes. Time is that of
 * the processor: another program's turn in between does not count.
 */
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "bench.h"

#define POOL 8192  /* input frames, played over and over */
#define AHEAD 2048 /* more than any peer looks at */
#define BLOCKS 40  /* of one turn */

enum { MONO, STEREO, RATES, N_RUNS };

static const struct bench_rates run_rates[N_RUNS] = {
	{ 48000, 48000, 1 },
	{ 48000, 48000, 2 },
	{ 48000, 44100, 1 },
};

struct runner {
	const struct bench_peer *peer;
	void *state;
	uint32_t channels;
	uint32_t at; /* in the pool */
};

/* Two planes, or one of interleaved frames. */
static float pool[2 * (POOL + AHEAD)];

static void fill_pool(void)
{
	uint32_t seed = 1;

	for (uint32_t i = 0; i < TANDEM_ARRAY_LEN(pool); i++) {
		seed = seed * 1664525u + 1013904223u;
		pool[i] = (float)(int32_t)seed * 0x1p-32f;
	}
}

static void run_block(struct runner *r)
{
	static float space[2 * 2 * BENCH_MAX_BLOCK];
	uint32_t made = 0;

	while (made < BENCH_MAX_BLOCK) {
		const float *const in[2] = { pool + r->at, pool + POOL + AHEAD + r->at };
		float *const out[2] = { space, space + 2 * BENCH_MAX_BLOCK };
		const struct tandem_progress p = r->peer->run(r->state, in, AHEAD / 2, out,
				BENCH_MAX_BLOCK - made);

		made += p.made_frames;
		r->at = (r->at + p.taken_frames) % POOL;
	}
}

static double busy_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* ns per block, the ratio being set to ratios[block % 2] before each. */
static double time_blocks(struct runner *r, const double ratios[2])
{
	const double begin = busy_ns();

	for (int i = 0; i < BLOCKS; i++) {
		r->peer->set(r->state, ratios[i % 2]);
		run_block(r);
	}
	return (busy_ns() - begin) / BLOCKS;
}

static void keep_least(double *figure, double value)
{
	if (!(*figure <= value))
		*figure = value;
}

struct turn {
	struct runner runs[N_RUNS];
	double blocks_ns[N_RUNS];
	double minus_ns;
	double changing_ns;
};

static void open_runs(struct turn *t, const struct bench_peer *peer)
{
	for (int i = 0; i < N_RUNS; i++) {
		t->runs[i] = (struct runner){
			.peer = peer,
			.state = peer->open(&run_rates[i], peer->setting),
			.channels = run_rates[i].channels,
		};
		t->blocks_ns[i] = NAN;
	}
	t->minus_ns = NAN;
	t->changing_ns = NAN;
}

static void take_turn(struct turn *t)
{
	static const double steady[2] = { 1.0 + 100e-6, 1.0 + 100e-6 };
	static const double minus[2] = { 1.0 - 100e-6, 1.0 - 100e-6 };
	static const double changing[2] = { 1.0 + 100e-6, 1.0 + 117e-6 };

	for (int i = 0; i < N_RUNS; i++) {
		if (t->runs[i].state != NULL)
			keep_least(&t->blocks_ns[i], time_blocks(&t->runs[i], steady));
	}
	if (t->runs[MONO].state == NULL)
		return;
	keep_least(&t->minus_ns, time_blocks(&t->runs[MONO], minus));
	keep_least(&t->changing_ns, time_blocks(&t->runs[MONO], changing));
}

static void close_runs(struct turn *t)
{
	for (int i = 0; i < N_RUNS; i++) {
		if (t->runs[i].state != NULL)
			t->runs[i].peer->close(t->runs[i].state);
	}
}

void tandem_bench_speed(struct bench_result *results, uint32_t n, uint32_t rounds)
{
	struct turn *const turns = calloc(n, sizeof(*turns));

	if (turns == NULL)
		abort();
	fill_pool();
	for (uint32_t i = 0; i < n; i++)
		open_runs(&turns[i], results[i].peer);
	for (uint32_t round = 0; round < rounds; round++) {
		for (uint32_t i = 0; i < n; i++)
			take_turn(&turns[i]);
	}
	for (uint32_t i = 0; i < n; i++) {
		const struct turn *const t = &turns[i];
		double *const f = results[i].figures;

		f[BENCH_MONO_NS] = t->blocks_ns[MONO] / BENCH_MAX_BLOCK;
		f[BENCH_MINUS_NS] = t->minus_ns / BENCH_MAX_BLOCK;
		f[BENCH_STEREO_NS] = t->blocks_ns[STEREO] / BENCH_MAX_BLOCK;
		f[BENCH_RATES_NS] = t->blocks_ns[RATES] / BENCH_MAX_BLOCK;
		f[BENCH_CHANGE_US] = fmax(t->changing_ns - t->blocks_ns[MONO], 0.0) * 1e-3;
		close_runs(&turns[i]);
	}
	free(turns);
}
