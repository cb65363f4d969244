/* SPDX-License-Identifier: MIT
 *
 * Judge: the results of all seeds of a scenario against its limits, as a row of a table.
 */
#ifndef TANDEM_TESTS_SIM_JUDGE_H
#define TANDEM_TESTS_SIM_JUDGE_H

#include "scenario.h"

#define SIM_MAX_SEEDS 256

void tandem_sim_judge_head(void);

/* results[n] of seeds[n], 1 <= n <= SIM_MAX_SEEDS. Prints the row, and a line for each
 * limit that does not hold, with the seed that is furthest from it. True: all hold. */
bool tandem_sim_judge(const struct sim_scenario *s, const struct sim_result *results,
		const uint64_t *seeds, int n);

#endif
