/* SPDX-License-Identifier: MIT
 *
 * bench [--rounds N] [--kernel NAME] [--only TEXT]...
 *
 * Measures all resamplers in this program, and our path, and writes JSON to standard
 * output; tools/bench builds it, runs it and makes tables. --only: peers whose name begins
 * so.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "path/resample-kernel.h"

#define MAX_ONLY 8

/* A library of peers, in the order of the report. */
static const struct {
	const char *name;
	const char *version; /* NULL: not in this program */
	const struct bench_peer *peers;
} libraries[] = {
	{ "tandem", VERSION_TANDEM, tandem_bench_tandem },
	{ "PipeWire", VERSION_PIPEWIRE, tandem_bench_pipewire },
#ifdef VERSION_ZITA
	{ "zita-resampler", VERSION_ZITA, tandem_bench_zita },
#else
	{ "zita-resampler", NULL, NULL },
#endif
#ifdef VERSION_SAMPLERATE
	{ "libsamplerate", VERSION_SAMPLERATE, tandem_bench_samplerate },
#else
	{ "libsamplerate", NULL, NULL },
#endif
#ifdef VERSION_SOXR
	{ "soxr", VERSION_SOXR, tandem_bench_soxr },
#else
	{ "soxr", NULL, NULL },
#endif
#ifdef VERSION_SPEEX
	{ "speexdsp", VERSION_SPEEX, tandem_bench_speex },
#else
	{ "speexdsp", NULL, NULL },
#endif
#ifdef VERSION_SWR
	{ "swresample", VERSION_SWR, tandem_bench_swr },
#else
	{ "swresample", NULL, NULL },
#endif
};

struct options {
	uint32_t rounds;
	const char *kernel;
	const char *only[MAX_ONLY];
	uint32_t n_only;
};

static bool parse(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "rounds", required_argument, NULL, 'r' },
		{ "kernel", required_argument, NULL, 'k' },
		{ "only", required_argument, NULL, 'o' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) { /* NOLINT */
		if (c == 'r') {
			o->rounds = (uint32_t)strtoul(optarg, NULL, 10);
		} else if (c == 'k') {
			o->kernel = optarg;
		} else if (c == 'o' && o->n_only < MAX_ONLY) {
			o->only[o->n_only++] = optarg;
		} else {
			return false;
		}
	}
	return optind == argc && o->rounds > 0 && tandem_bench_set_kernel(o->kernel);
}

static bool is_wanted(const struct options *o, const char *name)
{
	for (uint32_t i = 0; i < o->n_only; i++) {
		if (strncmp(name, o->only[i], strlen(o->only[i])) == 0)
			return true;
	}
	return o->n_only == 0;
}

static bool works(const struct bench_peer *peer)
{
	static const struct bench_rates rates = { 48000, 48000, 1 };
	void *const state = peer->open(&rates, peer->setting);

	if (state != NULL)
		peer->close(state);
	return state != NULL;
}

/* Fills results, and writes who is in the program and who is not. */
static uint32_t gather(struct bench_result *results, const struct options *o)
{
	uint32_t n = 0;

	printf("\"versions\": {");
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(libraries); i++) {
		const struct bench_peer *peer = libraries[i].peers;
		const bool here = peer != NULL && works(peer);

		printf(here ? "%s\"%s\": \"%s\"" : "%s\"%s\": null", i == 0 ? "" : ", ",
				libraries[i].name, libraries[i].version);
		for (; here && peer->name != NULL; peer++) {
			if (!is_wanted(o, peer->name) || n == BENCH_MAX_PEERS)
				continue;
			results[n].peer = peer;
			for (int f = 0; f < BENCH_N_FIGURES; f++)
				results[n].figures[f] = NAN;
			n++;
		}
	}
	printf("},\n");
	return n;
}

int main(int argc, char **argv)
{
	static struct bench_result results[BENCH_MAX_PEERS];
	struct options o = { .rounds = 100 };
	struct bench_path path;
	uint32_t n;

	if (!parse(&o, argc, argv)) {
		fputs("usage: bench [--rounds N] [--kernel NAME] [--only TEXT]...\n"
		      "NAME: an instruction set that this processor has\n",
				stderr);
		return 2;
	}
	printf("{\"kernel\": \"%s\", \"rounds\": %u,\n",
			tandem_resample_kernel_named(o.kernel)->name, o.rounds);
	n = gather(results, &o);
	tandem_bench_speed(results, n, o.rounds);
	for (uint32_t i = 0; i < n; i++)
		tandem_bench_tones(&results[i]);
	tandem_bench_path(&path, o.rounds);
	tandem_bench_report(results, n, &path);
	printf("}\n");
	return 0;
}
