/* SPDX-License-Identifier: MIT
 *
 * What is pure of going on with a connection: whole messages, and the numbers of calls.
 */
#include <check.h>
#include <string.h>

#include "bus-internal.h"
#include "suite.h"

static GDBusMessage *example(void)
{
	GDBusMessage *const m = g_dbus_message_new_signal("/a", "a.b", "C");

	g_dbus_message_set_body(m, g_variant_new("(s)", "what it says"));
	g_dbus_message_set_serial(m, 7);
	return m;
}

/* Only what begins with a whole message is believed, wherever it is cut. */
START_TEST(whole_messages)
{
	g_autoptr(GDBusMessage) m = example();
	gsize n;
	g_autofree guchar *bytes =
			g_dbus_message_to_blob(m, &n, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);
	g_autofree guchar *two = g_malloc(2 * n);

	memcpy(two, bytes, n);
	memcpy(two + n, bytes, n);
	ck_assert(tandem_estate_is_whole(two, 0));
	for (gsize from = 0; from <= n; from++) {
		ck_assert_int_eq(tandem_estate_is_whole(two + from, 2 * n - from),
				from == 0 || from == n);
	}
	for (gsize to = 1; to < n; to++)
		ck_assert(!tandem_estate_is_whole(two, to));
}
END_TEST

START_TEST(numbers_of_calls)
{
	static const guint32 bases[] = { 0, 1, G_MAXINT32, G_MAXUINT32 };

	for (size_t i = 0; i < G_N_ELEMENTS(bases); i++) {
		const guint32 out = tandem_bus_number(bases[i], 5, false);

		ck_assert_uint_eq(tandem_bus_number(bases[i], out, true), 5);
	}
	ck_assert_uint_ne(tandem_bus_number(1000, 5, true), 5);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("link");
	TCase *const c = tcase_create("link");

	tcase_add_test(c, whole_messages);
	tcase_add_test(c, numbers_of_calls);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
