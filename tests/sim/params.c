/* SPDX-License-Identifier: MIT */
#include "params.h"

#include <stdio.h>

const struct sim_params sim_params = {
#define SIM_VALUE(name, value, what) .name = (value),
	SIM_PARAMS(SIM_VALUE)
#undef SIM_VALUE
};

void tandem_sim_params_print(void)
{
#define SIM_PRINT(name, value, what)                                                       \
	printf("# %-18s %10g  %s\n", #name, (double)(value), what);
	SIM_PARAMS(SIM_PRINT)
#undef SIM_PRINT
}
