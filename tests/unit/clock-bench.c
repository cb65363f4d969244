/* SPDX-License-Identifier: MIT */
#include "clock-bench.h"

#include <math.h>

double tandem_bench_uniform(struct bench *b, double from, double to)
{
	uint64_t z = b->random += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return from + (to - from) * (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

double tandem_bench_normal(struct bench *b)
{
	const double radius = sqrt(-2.0 * log(1.0 - tandem_bench_uniform(b, 0.0, 1.0)));

	return radius * cos(2.0 * M_PI * tandem_bench_uniform(b, 0.0, 1.0));
}

int64_t tandem_bench_ns(double s)
{
	return llround(s * (double)TANDEM_NS_PER_S);
}

void tandem_bench_see(struct bench *b, struct tandem_model *m, enum tandem_sensor_kind kind,
		bench_truth truth, double until_s, double every_s)
{
	const double sigma_s =
			kind == TANDEM_SENSOR_MICROPHONE ? BENCH_EAR_S : BENCH_REPORT_S;

	for (; b->now_s + every_s <= until_s + 1e-9;) {
		b->now_s += every_s;
		tandem_model_advance(m, tandem_bench_ns(b->now_s), 0.0);
		tandem_model_update(m, kind,
				truth(b->now_s) + sigma_s * tandem_bench_normal(b),
				sigma_s);
	}
}

enum tandem_guarded tandem_bench_tell(struct bench *b, struct tandem_clock *c,
		enum tandem_observed kind, double value_s, double sigma_s)
{
	const struct tandem_observation o = { tandem_bench_ns(b->now_s), 0, value_s,
		sigma_s, kind };

	return tandem_clock_observe(c, &o, o.host_ns);
}
