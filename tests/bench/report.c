/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>

#include "bench.h"

static const char *const figure_names[BENCH_N_FIGURES] = {
	[BENCH_MONO_NS] = "mono_ns",
	[BENCH_MINUS_NS] = "minus_ns",
	[BENCH_STEREO_NS] = "stereo_ns",
	[BENCH_RATES_NS] = "rates_ns",
	[BENCH_CHANGE_US] = "change_us",
	[BENCH_REST_1K_DB] = "rest_1k_db",
	[BENCH_REST_15K_DB] = "rest_15k_db",
	[BENCH_REST_18K_DB] = "rest_18k_db",
	[BENCH_REST_20K_DB] = "rest_20k_db",
	[BENCH_GAIN_20K_DB] = "gain_20k_db",
	[BENCH_RATIO_PPM] = "ratio_ppm",
	[BENCH_SWAY_DB] = "sway_db",
	[BENCH_TOUCH_DB] = "touch_db",
};

static const char *const stage_names[BENCH_N_STAGES] = { "split_ns", "resample_ns",
	"encode_ns", "packet_ns" };

static void write_figure(const char *name, double value)
{
	if (isfinite(value)) {
		printf(", \"%s\": %.7g", name, value);
	} else {
		printf(", \"%s\": null", name);
	}
}

static void write_path(const struct bench_path *path)
{
	for (uint32_t n = BENCH_MIN_SPEAKERS; n <= BENCH_MAX_SPEAKERS; n++) {
		printf("%s\n  {\"speakers\": %u", n == BENCH_MIN_SPEAKERS ? "" : ",", n);
		for (int stage = 0; stage < BENCH_N_STAGES; stage++)
			write_figure(stage_names[stage], path->stages_ns[n][stage]);
		printf("}");
	}
}

void tandem_bench_report(const struct bench_result *results, uint32_t n,
		const struct bench_path *path)
{
	printf("\"peers\": [");
	for (uint32_t i = 0; i < n; i++) {
		printf("%s\n  {\"name\": \"%s\"", i == 0 ? "" : ",", results[i].peer->name);
		for (int figure = 0; figure < BENCH_N_FIGURES; figure++)
			write_figure(figure_names[figure], results[i].figures[figure]);
		printf("}");
	}
	printf("],\n\"path\": [");
	write_path(path);
	printf("]");
}
