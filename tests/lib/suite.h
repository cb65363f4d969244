/* SPDX-License-Identifier: MIT
 *
 * What every test program ends with.
 */
#ifndef TANDEM_TESTS_SUITE_H
#define TANDEM_TESTS_SUITE_H

#include <check.h>

/* Runs all cases (CK_ENV decides how much is printed) and frees the suite. Returns main's
 * exit status: 0 when none failed. */
int tandem_suite_run(Suite *suite);

#endif
