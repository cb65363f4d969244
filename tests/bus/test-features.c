/* SPDX-License-Identifier: MIT
 *
 * What BlueZ says that it is able to, as far as that changes what we do.
 */
#include <check.h>

#include "bench.h"
#include "suite.h"

static const struct {
	const char *option;
	bool sharing, stamps;
} offers[] = {
	{ NULL, false, false }, /* before BlueZ 5.83 */
	{ "--feature=tx-timestamping", true, true },
	{ "--feature=another", true, false }, /* as on a kernel without */
};

START_TEST(stamps_are_asked_for_where_they_are_offered)
{
	struct bench b;

	tandem_bench_start_stage_with(&b, offers[_i].option, 1);
	tandem_bench_start_bus(&b);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_CONFIGURED));
	ck_assert(b.roster->book.adapters[0].sharing == offers[_i].sharing);
	ck_assert(b.roster->book.adapters[0].stamps == offers[_i].stamps);
	tandem_bench_stop_bus(&b);
	tandem_bench_stop_stage(&b);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("features");
	TCase *const c = tcase_create("features");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, stamps_are_asked_for_where_they_are_offered, 0,
			TANDEM_ARRAY_LEN(offers));
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
