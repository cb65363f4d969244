/* SPDX-License-Identifier: MIT */
#include "box.h"

#include <math.h>

#include "params.h"

#define P (&sim_params)
#define EDGE_S 0.2 /* of packets in a row beyond the band: an edge */

static double packet_s(void)
{
	return P->block_frames * P->packet_blocks / P->rate_hz;
}

static double time_constant_s(const struct sim_box *b)
{
	return b->type == SIM_T1_FAST ? 1.0 : b->type == SIM_T1_SLOW ? 10.0 : 60.0;
}

void tandem_sim_box_init(struct sim_box *b, enum sim_type type, uint64_t seed, int which)
{
	struct tandem_random r = tandem_random_init(seed, 10 + which);
	double sign;

	*b = (struct sim_box){ .type = type, .scale = 1.0, .step_at_s = INFINITY };
	b->air_s = tandem_random_uniform(&r, P->air_min_s, P->air_max_s);
	b->hidden_s = tandem_random_uniform(&r, P->hidden_min_s, P->hidden_max_s);
	b->fill_s = tandem_random_uniform(&r, P->fill_min_s, P->fill_max_s);
	sign = tandem_random_uniform(&r, -1.0, 1.0) < 0.0 ? -1e-6 : 1e-6;
	b->drift = sign * tandem_random_uniform(&r, P->drift_min_ppm, P->drift_max_ppm);
	b->warmup = 1e-6 * tandem_random_uniform(&r, -P->warmup_ppm, P->warmup_ppm);
	b->thermal_phase = tandem_random_uniform(&r, 0.0, 2.0 * M_PI);
	b->bias_s = P->bias_rms_s * tandem_random_normal(&r);
	b->wander = P->wander_ppm * 1e-6 * tandem_random_normal(&r);
	b->dac = b->drift;
	b->radio = tandem_random_init(seed, 20 + which);
	b->chance = tandem_random_init(seed, 30 + which);
	b->stall_at_s = tandem_random_exponential(&b->radio, P->stall_every_s);
}

void tandem_sim_box_send(struct sim_box *b, int64_t packet, double sent_s)
{
	double at_s = sent_s + b->air_s +
		      tandem_random_exponential(&b->radio, P->jitter_s * b->scale);
	const uint32_t slot = (b->head + b->n_in + b->n_way) % SIM_FIFO;

	if (sent_s >= b->stall_at_s) {
		b->stall_until_s = sent_s + b->scale * tandem_random_uniform(&b->radio,
								       P->stall_min_s,
								       P->stall_max_s);
		b->stall_at_s = sent_s +
				tandem_random_exponential(&b->radio, P->stall_every_s);
	}
	at_s = fmax(fmax(at_s, b->stall_until_s), b->last_arrival_s);
	b->last_arrival_s = at_s;
	b->fifo[slot].packet = packet;
	b->fifo[slot].at_s = at_s;
	b->n_way++;
}

/* Once per second: the DAC's rate. */
static void age(struct sim_box *b)
{
	const double keep = exp(-1.0 / P->wander_s);
	const double rms = P->wander_ppm * 1e-6;

	while (b->aged_s <= b->now_s) {
		b->wander = b->wander * keep +
			    rms * sqrt(1.0 - keep * keep) *
					    tandem_random_normal(&b->chance);
		b->wander = fmax(-3.0 * rms, fmin(3.0 * rms, b->wander));
		b->dac = b->drift + b->warmup * exp(-b->aged_s / P->warmup_s) + b->wander +
			 P->thermal_ppm * 1e-6 *
					 sin(2.0 * M_PI * b->aged_s / P->thermal_s +
							 b->thermal_phase);
		b->aged_s += 1.0;
	}
}

double tandem_sim_box_level_s(const struct sim_box *b)
{
	return packet_s() * ((double)b->n_in - b->part);
}

static double rate(const struct sim_box *b)
{
	return (1.0 + b->dac) * (1.0 + b->loop);
}

static void drop_head(struct sim_box *b)
{
	b->head = (b->head + 1) % SIM_FIFO;
	b->n_in--;
	b->part = 0.0;
}

/* Plays until t, in which nothing arrives. */
static void play(struct sim_box *b, double t_s)
{
	while (b->playing && b->now_s < t_s) {
		const double left_s = packet_s() * (1.0 - b->part) / rate(b);

		if (b->n_in == 0) {
			b->playing = false;
			b->rebuffers++;
			break;
		}
		if (b->now_s + left_s > t_s) {
			b->part += (t_s - b->now_s) * rate(b) / packet_s();
			break;
		}
		b->now_s += left_s;
		drop_head(b);
	}
	b->now_s = t_s;
	age(b);
}

static void steer_pi(struct sim_box *b, double off_s)
{
	const double kp = 1.0 / time_constant_s(b);
	const double limit = P->loop_max_ppm * 1e-6;

	b->integral += P->loop_integral * kp * kp * off_s * packet_s();
	b->loop = fmax(-limit, fmin(limit, kp * off_s + b->integral));
}

static void steer_band(struct sim_box *b, double off_s)
{
	const double half_s = P->band_frames / P->rate_hz / 2.0;

	if (fabs(off_s) <= half_s) {
		b->loop = 0.0;
		b->edge_s = 0.0;
		return;
	}
	/* a stall looks like an edge until its packets come, all at once */
	b->loop = copysign(P->band_ppm * 1e-6, off_s);
	if (b->edge_s < EDGE_S && b->edge_s + packet_s() >= EDGE_S)
		b->edges++;
	b->edge_s += packet_s();
}

/* The loop looks at each arrival, before the packet is in. */
static void steer(struct sim_box *b)
{
	double off_s = tandem_sim_box_level_s(b) - b->fill_s;

	if (b->type == SIM_T1_LAZY)
		off_s += P->slow_off_s;
	if (b->type == SIM_BAND) {
		steer_band(b, off_s);
	} else if (b->type != SIM_T2) {
		steer_pi(b, off_s);
	}
}

static void begin_filling(struct sim_box *b)
{
	const bool again = b->rebuffers > 0;

	b->play_at_s = b->now_s + b->fill_s;
	if (again)
		b->play_at_s += P->refill_rms_s * tandem_random_normal(&b->chance);
}

/* Too full: throws away what is too much. */
static void overrun(struct sim_box *b)
{
	if (tandem_sim_box_level_s(b) <= b->began_s + P->room_s || b->type == SIM_BAND)
		return;
	b->rebuffers++;
	while (tandem_sim_box_level_s(b) > b->began_s)
		drop_head(b);
}

static void arrive(struct sim_box *b)
{
	if (b->playing) {
		steer(b);
	} else if (b->n_in == 0) {
		begin_filling(b);
	}
	b->n_in++;
	b->n_way--;
	if (b->playing)
		overrun(b);
}

/* Later: it pauses. Earlier: it throws away. */
static void step(struct sim_box *b)
{
	b->step_at_s = INFINITY;
	if (b->step_s > 0.0) {
		b->playing = false;
		b->play_at_s = b->now_s + b->step_s;
		b->fill_s += b->step_s;
		return;
	}
	for (double left = -b->step_s; left > 0.0 && b->n_in > 1; left -= packet_s())
		drop_head(b);
	b->fill_s += b->step_s;
}

static void run(struct sim_box *b, double t_s)
{
	for (;;) {
		double next_s = t_s;
		const uint32_t slot = (b->head + b->n_in) % SIM_FIFO;
		const bool comes = b->n_way > 0 && b->fifo[slot].at_s <= t_s;

		if (comes)
			next_s = fmax(b->now_s, b->fifo[slot].at_s);
		if (!b->playing && b->n_in > 0 && b->play_at_s <= next_s) {
			b->now_s = fmax(b->now_s, b->play_at_s);
			b->playing = true;
			b->began_s = tandem_sim_box_level_s(b) + packet_s();
		}
		play(b, next_s);
		if (b->playing && b->now_s >= b->step_at_s)
			step(b);
		if (!comes)
			return;
		arrive(b);
	}
}

bool tandem_sim_box_hear(struct sim_box *b, double t_s, int64_t *ret_packet,
		double *ret_part)
{
	run(b, t_s - b->hidden_s);
	if (!b->playing || b->n_in == 0)
		return false;
	*ret_packet = b->fifo[b->head].packet;
	*ret_part = b->part;
	return true;
}
