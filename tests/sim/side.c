/* SPDX-License-Identifier: MIT */
#include "side.h"

#include <math.h>

#include "params.h"

#define P (&sim_params)

static int64_t to_ns(double s)
{
	return (int64_t)llround(s * (double)TANDEM_NS_PER_S);
}

static double due_s(const struct sim_side *s, uint64_t frame)
{
	return (double)tandem_pace_due_ns(&s->pace, frame) / (double)TANDEM_NS_PER_S;
}

/* Doubles below 2^20 s are multiples of 2^-33, and steps of far less: nothing is lost. */
static __int128 exact(double s)
{
	return (__int128)(s * 0x1p80);
}

static double off_s(__int128 exact_value, double value_s)
{
	return fabs((double)(exact(value_s) - exact_value) * 0x1p-80);
}

static void watch_phase(struct sim_side *s)
{
	const double late_s = off_s(s->exact_due, due_s(s, s->frame));

	s->worst_phase_s =
			fmax(s->worst_phase_s, off_s(s->exact_media, (double)s->media_s));
	s->worst_phase_s = fmax(s->worst_phase_s, late_s);
}

void tandem_sim_side_init(struct sim_side *s, double start_s)
{
	*s = (struct sim_side){ .media_s = start_s, .pace_rho = 1.0 };
	tandem_clock_init(&s->clock, P->default_s);
	tandem_pace_init(&s->pace, (uint32_t)P->rate_hz);
	tandem_pace_start(&s->pace, to_ns(start_s));
	s->exact_media = s->exact_due = exact(start_s);
}

double tandem_sim_side_next_s(const struct sim_side *s)
{
	return due_s(s, s->frame + (uint64_t)(P->block_frames * P->packet_blocks));
}

static void make_block(struct sim_side *s, struct sim_block *b,
		const struct sim_group_word *word)
{
	const double block_s = P->block_frames / P->rate_hz;
	const struct tandem_place place = {
		.due_ns = tandem_pace_due_ns(&s->pace, s->frame),
		.dt_s = block_s,
		.lag_s = (double)(due_s(s, s->frame) - s->media_s),
		.common_s = word->common_s,
		.silent = word->silent,
		.at_once = word->at_once,
	};
	const struct tandem_steering st = tandem_clock_steer(&s->clock, &place);
	const double slew = fabs(st.content_v - s->content_v) / block_s;
	double jump_s;

	s->worst_slew = fmax(s->worst_slew, slew * 1e6);
	s->worst_pace = fmax(s->worst_pace, fabs(st.pace_rho - 1.0) * 1e6);
	s->content_v = st.content_v;
	if (st.pace_rho != s->pace_rho)
		tandem_pace_set_drift(&s->pace, (st.pace_rho - 1.0) * 1e6, s->frame);
	s->pace_rho = st.pace_rho;
	jump_s = round(st.jump_s * P->rate_hz) / P->rate_hz;
	s->media_s += jump_s;
	s->exact_media += exact(jump_s);
	*b = (struct sim_block){
		.due_s = due_s(s, s->frame),
		.due_step = 1.0 / st.pace_rho,
		.media_s = (double)s->media_s,
		.media_step = (1.0 + st.content_v) / st.pace_rho,
		.late_s = s->clock.servo.late_s - st.jump_s,
	};
	s->media_s += block_s * b->media_step;
	s->frame += (uint64_t)P->block_frames;
	s->exact_media += exact(block_s * b->media_step);
	s->exact_due += exact(block_s * b->due_step);
}

double tandem_sim_side_phase_error_s(const struct sim_side *s)
{
	return s->worst_phase_s;
}

int64_t tandem_sim_side_make(struct sim_side *s, const struct sim_group_word *word)
{
	struct sim_block *const record = s->records[s->packets % SIM_RECORDS];

	for (int i = 0; i < SIM_PACKET_BLOCKS; i++)
		make_block(s, &record[i], word);
	watch_phase(s);
	return s->packets++;
}

bool tandem_sim_side_find(const struct sim_side *s, int64_t packet, double part,
		double *ret_due_s, double *ret_media_s, double *ret_late_s)
{
	const struct sim_block *const record = s->records[packet % SIM_RECORDS];
	const double block = part * SIM_PACKET_BLOCKS;
	const int i = block < SIM_PACKET_BLOCKS - 1 ? (int)block : SIM_PACKET_BLOCKS - 1;
	const double into_s = (block - i) * P->block_frames / P->rate_hz;

	if (packet < s->packets - SIM_RECORDS)
		return false;
	*ret_due_s = record[i].due_s + into_s * record[i].due_step;
	*ret_media_s = record[i].media_s + into_s * record[i].media_step;
	*ret_late_s = record[i].late_s;
	return true;
}
