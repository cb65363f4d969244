/* SPDX-License-Identifier: MIT
 *
 * Guests whose call BlueZ < 5.83 refuses by itself, because one of ours plays on the
 * endpoint that they chose: nobody is told, and all that is seen is endpoints that come and
 * go.
 */
#include <check.h>

#include "roster-world.h"
#include "suite.h"

/* Device 3 comes, shows its endpoint, and hangs up a second later. */
static void call_in_vain(struct world *w)
{
	tandem_world_device(w, 3, TANDEM_CONNECTED, "audio-headset");
	tandem_world_sep(w, 3, 53);
	tandem_world_pass_ms(w, 850);
	SAYS(w, "");
	tandem_world_sep_gone(w, 3);
}

/* It chose an endpoint that one of ours plays on: BlueZ 5.66 tells nobody. */
START_TEST(who_is_refused_unheard_is_a_guest)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	call_in_vain(&w);
	SAYS(&w, "connect 3");
	tandem_world_sep(&w, 3, 53);
	tandem_world_transport(&w, 3, 4, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_connected(&w, 3, "");
	tandem_world_pass_ms(&w, 300);
	SAYS(&w, "say");
	HEARS(w.guest, TANDEM_SAY_GUEST, "Box 3", "the session manager");
	tandem_world_transport_gone(&w, 3, 4); /* as it leaves for good */
	tandem_world_sep_gone(&w, 3);
	tandem_world_pass_ms(&w, 100000);
	SAYS(&w, "");
	tandem_world_finish(&w);
}
END_TEST

/* The calls are ours, and end in nothing as well: they are no calls of its. */
START_TEST(who_is_called_in_vain_does_not_call)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	call_in_vain(&w);
	SAYS(&w, "connect 3");
	w.detail = "br-connection-unknown";
	while (!w.guest.times) {
		tandem_world_sep(&w, 3, 53);
		tandem_world_connected(&w, 3, "org.bluez.Error.Failed");
		tandem_world_sep_gone(&w, 3);
		tandem_world_pass_ms(&w, 1000);
	}
	HEARS(w.guest, TANDEM_SAY_GUEST_STRANDED, "Box 3", "the session manager",
			"br-connection-unknown");
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 100000);
	SAYS(&w, "");
	tandem_world_finish(&w);
}
END_TEST

/* Nothing of ours was in its way. */
START_TEST(who_has_hung_up_is_left_alone)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_automatic);
	tandem_world_up(&w);
	tandem_world_said(&w);
	call_in_vain(&w);
	tandem_world_pass_ms(&w, 20000);
	SAYS(&w, "");
	ck_assert_uint_eq(w.guest.times, 0);
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("guests refused unheard");
	TCase *const c = tcase_create("roster");

	tcase_add_test(c, who_is_refused_unheard_is_a_guest);
	tcase_add_test(c, who_is_called_in_vain_does_not_call);
	tcase_add_test(c, who_has_hung_up_is_left_alone);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
