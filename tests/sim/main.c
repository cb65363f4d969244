/* SPDX-License-Identifier: MIT
 *
 * tandem-sim [--scenario NAME]... [--seed N] [--record FILE] [--list] [--parameters]
 *
 * Speakers in virtual time against limits: all scenarios, or those named; 25 fixed seeds
 * each, or the one given. --record writes what is observed of the first speaker, for
 * tests/sim/replay.c. Exits 0 when all limits hold, 1 when not, 2 on wrong use.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "params.h"

#define SEEDS 25

struct choice {
	const char *names[64];
	int n_names;
	uint64_t seed; /* 0: the fixed ones */
	const char *record;
	bool list, parameters;
};

static int usage(void)
{
	fprintf(stderr, "tandem-sim [--scenario NAME]... [--seed N] [--record FILE] "
			"[--list] [--parameters]\n");
	return 2;
}

static bool parse_seed(const char *text, uint64_t *ret_seed)
{
	char *end;

	errno = 0;
	*ret_seed = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0' && *ret_seed > 0;
}

static bool parse(int argc, char **argv, struct choice *c)
{
	for (int i = 1; i < argc; i++) {
		const bool more = i + 1 < argc;

		if (!strcmp(argv[i], "--list")) {
			c->list = true;
		} else if (!strcmp(argv[i], "--parameters")) {
			c->parameters = true;
		} else if (!strcmp(argv[i], "--seed") && more) {
			if (!parse_seed(argv[++i], &c->seed))
				return false;
		} else if (!strcmp(argv[i], "--record") && more) {
			c->record = argv[++i];
		} else if (!strcmp(argv[i], "--scenario") && more && c->n_names < 64) {
			c->names[c->n_names++] = argv[++i];
		} else {
			return false;
		}
	}
	return true;
}

static bool is_chosen(const struct choice *c, const char *name)
{
	for (int i = 0; i < c->n_names; i++) {
		if (!strcmp(c->names[i], name))
			return true;
	}
	return c->n_names == 0;
}

static bool all_exist(const struct choice *c)
{
	for (int i = 0; i < c->n_names; i++) {
		int k = 0;

		while (k < sim_n_scenarios &&
				strcmp(c->names[i], sim_scenarios[k].name) != 0)
			k++;
		if (k == sim_n_scenarios) {
			fprintf(stderr, "%s: no such scenario; --list has them\n",
					c->names[i]);
			return false;
		}
	}
	return true;
}

static bool run(const struct sim_scenario *s, uint64_t seed, FILE *log)
{
	static struct sim_result results[SIM_MAX_SEEDS];
	uint64_t seeds[SIM_MAX_SEEDS];
	const int n = seed > 0 ? 1 : s->seeds > 0 ? s->seeds : SEEDS;

	for (int i = 0; i < n; i++) {
		seeds[i] = seed > 0 ? seed : (uint64_t)i + 1;
		tandem_sim_run(s, seeds[i], log, &results[i]);
	}
	return tandem_sim_judge(s, results, seeds, n);
}

int main(int argc, char **argv)
{
	struct choice c = { 0 };
	FILE *log = NULL;
	int failed = 0, passed = 0;

	if (!parse(argc, argv, &c))
		return usage();
	if (!all_exist(&c))
		return 2;
	if (c.list) {
		for (int i = 0; i < sim_n_scenarios; i++)
			printf("%s\n", sim_scenarios[i].name);
		return 0;
	}
	tandem_sim_params_print();
	if (c.parameters)
		return 0;
	if (c.record != NULL && (log = fopen(c.record, "w")) == NULL) {
		perror(c.record);
		return 2;
	}
	tandem_sim_judge_head();
	for (int i = 0; i < sim_n_scenarios; i++) {
		if (!is_chosen(&c, sim_scenarios[i].name))
			continue;
		if (run(&sim_scenarios[i], c.seed, log)) {
			passed++;
		} else {
			failed++;
		}
		fflush(stdout);
	}
	if (log != NULL && fclose(log) != 0) {
		perror(c.record);
		return 2;
	}
	printf("%d scenarios hold, %d do not\n", passed, failed);
	return failed > 0;
}
