/* SPDX-License-Identifier: MIT
 *
 * Staircase: two speakers brought into time by a person's answers, without a microphone.
 *
 *     offset ---> click on A, click on B so much later ---> ears
 *       ^                                                    |
 *       |     which came first, and were they far apart?     |
 *       '---- what says most next <--- belief <--- answer <--'
 *
 * The belief is the probability of each lateness of B against A, and of what kind of
 * listener this is: how fine the ear, from which gap on two clicks are two, what counts as
 * far apart. Nobody must know that of himself. The next offset is the one whose answer is
 * expected to say most. One answer in 20 is taken for a slip, so a wrong one is outvoted by
 * the next ones. (An adaptive procedure of maximum information; tests/sim/test-staircase
 * has the figures: 12 answers are enough.)
 *
 * Signs: late > 0: B is heard after A when both are given the same at once. Pure; thread:
 * any one at a time.
 */
#ifndef TANDEM_EAR_STAIRCASE_H
#define TANDEM_EAR_STAIRCASE_H

#include <stdbool.h>

#include "base/units.h"

#define TANDEM_STAIRCASE_ANSWERS 12 /* at most; 7.6 bits are wanted, one has about one */
#define TANDEM_STAIRCASE_RANGE_MS                                                          \
	500.0                        /* either way; facts on peers: pairs have 40 to 400 */
#define TANDEM_STAIRCASE_GOAL_MS 2.0 /* what "sure" is about */

struct tandem_staircase;

/* What came first. Far apart: two clicks that one could count; else they run into one. */
enum tandem_staircase_answer {
	TANDEM_ANSWER_A_FAR,
	TANDEM_ANSWER_A,
	TANDEM_ANSWER_TOGETHER,
	TANDEM_ANSWER_B,
	TANDEM_ANSWER_B_FAR,
	TANDEM_N_ANSWERS
};

struct tandem_staircase_found {
	double late_ms;   /* of B */
	double sigma_ms;  /* one standard deviation of what is still believed possible */
	double sure;      /* probability that it is within TANDEM_STAIRCASE_GOAL_MS */
	uint32_t answers; /* given so far */
	bool done;        /* sure, or as many as are worth asking for */
};

/* What is thought of it before the first answer, ms; sigma_ms 0: nothing. Half believed
 * only: what a speaker tells of itself can be anything. Sets *ret_staircase, which the
 * caller frees; untouched on failure. 0 or -ENOMEM. */
TANDEM_CHECK int tandem_staircase_new(struct tandem_staircase **ret_staircase,
		double late_ms, double sigma_ms);
void tandem_staircase_free(struct tandem_staircase *s); /* NULL is fine */

/* The next pair: B's click is given so much after A's, ms; below 0 before it. The same
 * until there is an answer. */
double tandem_staircase_offset_ms(const struct tandem_staircase *s);
void tandem_staircase_answer(struct tandem_staircase *s,
		enum tandem_staircase_answer answer);

struct tandem_staircase_found tandem_staircase_found(const struct tandem_staircase *s);

/* How far apart the next two clicks may be heard, ms: of what is still likely. */
double tandem_staircase_widest_ms(const struct tandem_staircase *s);

#endif
