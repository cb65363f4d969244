/* SPDX-License-Identifier: MIT */
#include "pressure.h"

#include <math.h>

#define EVERY_NS TANDEM_NS_PER_S

/* A full socket is tried again each 2 ms (spa/speaker-run.c): so much is a wait uncertain
 * by, and the box may look after its buffer a little unevenly, too. */
#define EVEN_S 4e-3
#define SIGMA_S 1e-3

/* Just after a packet was left out there is room at once, for as long as its place takes to
 * run off: 2 ms at 40 ppm. */
#define EMPTY_NS (60 * TANDEM_NS_PER_S)

static void begin(struct tandem_pressure *p, int64_t now_ns)
{
	p->since_ns = now_ns;
	p->at_once = false;
	p->least_s = INFINITY;
	p->greatest_s = 0.0;
}

static bool is_dac(const struct tandem_pressure *p)
{
	return !p->at_once && p->greatest_s - p->least_s < EVEN_S;
}

bool tandem_pressure_take(struct tandem_pressure *p, int64_t now_ns, double wait_s,
		bool at_once, double believed_s, struct tandem_observation *ret_o)
{
	bool seen;

	if (p->since_ns == 0)
		begin(p, now_ns);
	p->at_once = p->at_once || at_once;
	p->least_s = fmin(p->least_s, wait_s);
	p->greatest_s = fmax(p->greatest_s, wait_s);
	if (!at_once)
		p->waited_ns = now_ns;
	p->full = p->full && now_ns - p->waited_ns < EMPTY_NS;
	if (now_ns - p->since_ns < EVERY_NS)
		return false;
	seen = is_dac(p);
	if (seen && !p->full) {
		p->full = true;
		p->constant_s = believed_s - p->least_s;
	}
	*ret_o = (struct tandem_observation){
		.kind = TANDEM_OBSERVED_PRESSURE,
		.host_ns = now_ns,
		.value_s = p->constant_s + p->least_s,
		.sigma_s = SIGMA_S,
	};
	begin(p, now_ns);
	return seen;
}
