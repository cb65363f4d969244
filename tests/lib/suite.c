/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <stdlib.h>

int tandem_suite_run(Suite *suite)
{
	SRunner *const runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
