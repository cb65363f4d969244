/* SPDX-License-Identifier: MIT */
#include "staircase.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define STEP_MS 0.5 /* of the lateness; chosen: a quarter of the goal */
enum {
	SIDE = 1000, /* steps of TANDEM_STAIRCASE_RANGE_MS */
	N_LATE = 2 * SIDE + 1,
	N_GAPS = 4 * SIDE + 1, /* a gap is a lateness and an offset */
};

/* The listeners that it may be; chosen, each about a factor of three from the next. */
static const double fineness_ms[] = { 1.0, 3.0 };          /* of a gap as it is perceived */
static const double together_ms[] = { 0.0, 1.0, 4.0 };     /* up to here it is one click */
static const double far_ms[] = { 15.0, 45.0, 135.0, 1e6 }; /* from here on; never */
enum {
	N_FINENESS = TANDEM_ARRAY_LEN(fineness_ms),
	N_TOGETHER = TANDEM_ARRAY_LEN(together_ms),
	N_FAR = TANDEM_ARRAY_LEN(far_ms),
	N_ORDERS = N_FINENESS * N_TOGETHER,
	N_LISTENERS = N_ORDERS * N_FAR,
};

#define FAR_POWER 4.0      /* chosen: twice the gap is called far by 94 % of 50 % */
#define SLIP 0.05          /* issue: lapses */
#define BELIEVED 0.5       /* chosen: of what was thought before */
#define LEAST_SIGMA_MS 5.0 /* likewise */
#define SURE 0.98          /* chosen: no more is asked then, 12 answers leave 95 % */
#define UNLIKELY 1e-7      /* what is less likely says nothing about the next offset */
#define ENOUGH 250         /* latenesses to judge an offset by; chosen: a fast one */
#define N_QUANTILES 9
#define WIDEST 0.02 /* chosen: of the belief that is left out on either side */

/* Steps about the median that are worth a look when it is nearly found; chosen. */
static const int near_steps[] = { -8, -4, -2, 2, 4, 8 };
#define N_NEAR (int)TANDEM_ARRAY_LEN(near_steps)

struct tandem_staircase {
	/* constant: how likely each listener says A, together, B of a gap; and far */
	double order[N_ORDERS][3][N_GAPS];
	double far[N_FAR][N_GAPS];
	/* the belief */
	double p[N_LISTENERS][N_LATE];
	double late[N_LATE]; /* of all listeners together */
	int at;              /* the next pair cancels this lateness */
	uint32_t answers;
};

static double late_ms(int i)
{
	return (i - SIDE) * STEP_MS;
}

static double below(double x)
{
	return 0.5 * erfc(-x / M_SQRT2);
}

static void fill_listeners(struct tandem_staircase *s)
{
	for (int g = 0; g < N_GAPS; g++) {
		const double gap_ms = (g - 2 * SIDE) * STEP_MS;

		for (int k = 0; k < N_ORDERS; k++) {
			const double fine_ms = fineness_ms[k / N_TOGETHER];
			const double one_ms = together_ms[k % N_TOGETHER];
			const double a = below((gap_ms - one_ms) / fine_ms);
			const double b = below((-gap_ms - one_ms) / fine_ms);

			s->order[k][0][g] = a;
			s->order[k][1][g] = fmax(0.0, 1.0 - a - b);
			s->order[k][2][g] = b;
		}
		for (int k = 0; k < N_FAR; k++) {
			const double part = pow(fabs(gap_ms) / far_ms[k], FAR_POWER);

			s->far[k][g] = part / (1.0 + part);
		}
	}
}

/* How likely a listener gives each answer to a gap. */
static void answers_to(const struct tandem_staircase *s, int listener, int gap,
		double ret[TANDEM_N_ANSWERS])
{
	const int k = listener / N_FAR;
	const double far = s->far[listener % N_FAR][gap];
	const double slip = SLIP / (double)TANDEM_N_ANSWERS;
	const double a = (1.0 - SLIP) * s->order[k][0][gap];
	const double b = (1.0 - SLIP) * s->order[k][2][gap];

	ret[TANDEM_ANSWER_A_FAR] = slip + a * far;
	ret[TANDEM_ANSWER_A] = slip + a * (1.0 - far);
	ret[TANDEM_ANSWER_TOGETHER] = slip + (1.0 - SLIP) * s->order[k][1][gap];
	ret[TANDEM_ANSWER_B] = slip + b * (1.0 - far);
	ret[TANDEM_ANSWER_B_FAR] = slip + b * far;
}

/* Where in the tables lateness i is when the pair cancels lateness `at`. */
static int gap_of(int i, int at)
{
	return i - at + 2 * SIDE;
}

/* To a sum of 1; late likewise. */
static void normalise(struct tandem_staircase *s)
{
	double sum = 0.0;

	for (int i = 0; i < N_LATE; i++) {
		s->late[i] = 0.0;
		for (int h = 0; h < N_LISTENERS; h++)
			s->late[i] += s->p[h][i];
		sum += s->late[i];
	}
	for (int i = 0; i < N_LATE; i++) {
		s->late[i] /= sum;
		for (int h = 0; h < N_LISTENERS; h++)
			s->p[h][i] /= sum;
	}
}

/* Of lateness i together with each answer to a pair that cancels `at`: the sum of
 * answers_to() over all listeners, with what they share taken out. */
static void joint(const struct tandem_staircase *s, int i, int at,
		double ret[TANDEM_N_ANSWERS])
{
	const int gap = gap_of(i, at);
	double said[TANDEM_N_ANSWERS] = { 0.0 };

	for (int k = 0; k < N_ORDERS; k++) {
		double far = 0.0, near = 0.0;

		for (int f = 0; f < N_FAR; f++) {
			far += s->p[k * N_FAR + f][i] * s->far[f][gap];
			near += s->p[k * N_FAR + f][i] * (1.0 - s->far[f][gap]);
		}
		said[TANDEM_ANSWER_A_FAR] += s->order[k][0][gap] * far;
		said[TANDEM_ANSWER_A] += s->order[k][0][gap] * near;
		said[TANDEM_ANSWER_TOGETHER] += s->order[k][1][gap] * (near + far);
		said[TANDEM_ANSWER_B] += s->order[k][2][gap] * near;
		said[TANDEM_ANSWER_B_FAR] += s->order[k][2][gap] * far;
	}
	for (int a = 0; a < TANDEM_N_ANSWERS; a++) {
		ret[a] = SLIP / (double)TANDEM_N_ANSWERS * s->late[i] +
			 (1.0 - SLIP) * said[a];
	}
}

/* Bits that the answer to a pair that cancels `at` is expected to say of the lateness. */
static double information(const struct tandem_staircase *s, int at, int stride)
{
	double sums[TANDEM_N_ANSWERS] = { 0.0 };
	double bits = 0.0, all = 0.0;

	for (int i = 0; i < N_LATE; i += stride) {
		double both[TANDEM_N_ANSWERS];

		if (s->late[i] < UNLIKELY)
			continue;
		joint(s, i, at, both);
		for (int a = 0; a < TANDEM_N_ANSWERS; a++) {
			bits += both[a] * log2(both[a] / s->late[i]);
			sums[a] += both[a];
			all += both[a];
		}
	}
	for (int a = 0; a < TANDEM_N_ANSWERS; a++)
		bits -= sums[a] * log2(sums[a] / all);
	return bits / all;
}

static int likely_ones(const struct tandem_staircase *s)
{
	int n = 0;

	for (int i = 0; i < N_LATE; i++)
		n += s->late[i] >= UNLIKELY;
	return n;
}

/* The lateness below which that part of the belief is. */
static int quantile(const struct tandem_staircase *s, double part)
{
	double sum = 0.0;

	for (int i = 0; i < N_LATE; i++) {
		sum += s->late[i];
		if (sum >= part)
			return i;
	}
	return N_LATE - 1;
}

static void choose(struct tandem_staircase *s)
{
	const int median = quantile(s, 0.5);
	const int stride = 1 + likely_ones(s) / ENOUGH;
	double best = -1.0;

	for (int k = 0; k < N_QUANTILES + N_NEAR; k++) {
		int at = k < N_QUANTILES ? quantile(s, (k + 1.0) / (N_QUANTILES + 1.0))
					 : median + near_steps[k - N_QUANTILES];
		double bits;

		at = at < 0 ? 0 : at >= N_LATE ? N_LATE - 1 : at;
		bits = information(s, at, stride);
		if (bits > best) {
			best = bits;
			s->at = at;
		}
	}
}

int tandem_staircase_new(struct tandem_staircase **ret_staircase, double believed_ms,
		double sigma_ms)
{
	struct tandem_staircase *s = calloc(1, sizeof(*s));
	const double wide_ms = fmax(sigma_ms, LEAST_SIGMA_MS);
	const double believed = sigma_ms > 0.0 ? BELIEVED : 0.0;

	if (s == NULL)
		return -ENOMEM;
	fill_listeners(s);
	for (int i = 0; i < N_LATE; i++) {
		const double off = (late_ms(i) - believed_ms) / wide_ms;
		const double bell = exp(-0.5 * off * off) * M_2_SQRTPI / M_SQRT2 * 0.5 *
				    STEP_MS / wide_ms;

		for (int h = 0; h < N_LISTENERS; h++)
			s->p[h][i] = believed * bell + (1.0 - believed) / (double)N_LATE;
	}
	normalise(s);
	choose(s);
	*ret_staircase = s;
	return 0;
}

void tandem_staircase_free(struct tandem_staircase *s)
{
	free(s);
}

double tandem_staircase_offset_ms(const struct tandem_staircase *s)
{
	return -late_ms(s->at);
}

void tandem_staircase_answer(struct tandem_staircase *s,
		enum tandem_staircase_answer answer)
{
	for (int i = 0; i < N_LATE; i++) {
		for (int h = 0; h < N_LISTENERS; h++) {
			double likely[TANDEM_N_ANSWERS];

			answers_to(s, h, gap_of(i, s->at), likely);
			s->p[h][i] *= likely[answer];
		}
	}
	normalise(s);
	s->answers++;
	choose(s);
}

/* Where the most of the belief is within the goal, and the mean of that part. */
struct tandem_staircase_found tandem_staircase_found(const struct tandem_staircase *s)
{
	const int half = (int)(TANDEM_STAIRCASE_GOAL_MS / STEP_MS);
	struct tandem_staircase_found f = { .answers = s->answers };
	double variance = 0.0;

	for (int middle = 0; middle < N_LATE; middle++) {
		double sum = 0.0, moment = 0.0;

		for (int i = middle - half; i <= middle + half; i++) {
			const double p = i < 0 || i >= N_LATE ? 0.0 : s->late[i];

			sum += p;
			moment += p * late_ms(i);
		}
		if (sum > f.sure) {
			f.sure = sum;
			f.late_ms = moment / sum;
		}
	}
	for (int i = 0; i < N_LATE; i++) {
		const double off_ms = late_ms(i) - f.late_ms;

		variance += s->late[i] * off_ms * off_ms;
	}
	f.sigma_ms = sqrt(variance);
	f.done = f.sure >= SURE || f.answers >= TANDEM_STAIRCASE_ANSWERS;
	return f;
}

double tandem_staircase_widest_ms(const struct tandem_staircase *s)
{
	return STEP_MS *
	       fmax(s->at - quantile(s, WIDEST), quantile(s, 1.0 - WIDEST) - s->at);
}
