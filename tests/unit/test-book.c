/* SPDX-License-Identifier: MIT
 *
 * The book keeps apart what BlueZ keeps apart: objects whose paths begin alike, those of
 * other adapters, several endpoints of one speaker for the same codec.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "codec/sbc-config.h"
#include "suite.h"

#define HCI "/org/bluez/hci1"
#define DEV HCI "/dev_00_11_22_33_44_55"

static struct tandem_book *book;

static void set_up(void)
{
	book = calloc(1, sizeof(*book));
}

static void tear_down(void)
{
	free(book);
}

static void show(enum tandem_event_kind kind, const char *path, const char *parent)
{
	struct tandem_event e = { .kind = kind,
		.flags = TANDEM_PAIRED | TANDEM_SINK | TANDEM_CONNECTED,
		.config_bytes = TANDEM_SBC_CONFIG_BYTES,
		.fd = -1 };

	snprintf(e.path, sizeof(e.path), "%s", path);
	snprintf(e.parent, sizeof(e.parent), "%s", parent);
	tandem_book_apply(book, TANDEM_NS_PER_S, &e);
}

static void take_away(const char *path)
{
	show(TANDEM_EVENT_GONE, path, "");
}

static bool has_endpoint(const char *path)
{
	for (size_t i = 0; i < TANDEM_MAX_ENDPOINTS; i++) {
		if (strcmp(book->endpoints[i].path, path) == 0)
			return true;
	}
	return false;
}

static bool has_transport(const char *path)
{
	for (size_t i = 0; i < TANDEM_MAX_TRANSPORTS; i++) {
		if (strcmp(book->transports[i].path, path) == 0)
			return true;
	}
	return false;
}

static bool has(const char *path)
{
	return tandem_book_adapter(book, path) || tandem_book_device(book, path) ||
	       has_endpoint(path) || has_transport(path);
}

/* The first is how the second begins; either may go. */
static const struct {
	enum tandem_event_kind kind;
	const char *paths[2];
} alike[] = {
	{ TANDEM_EVENT_ADAPTER, { HCI, HCI "0" } },
	{ TANDEM_EVENT_DEVICE, { DEV, DEV "_6" } },
	{ TANDEM_EVENT_DEVICE, { DEV, HCI "0/dev_00_11_22_33_44_55" } },
	{ TANDEM_EVENT_ENDPOINT, { DEV "/sep1", DEV "/sep10" } },
	{ TANDEM_EVENT_TRANSPORT, { DEV "/fd1", DEV "/fd10" } },
	{ TANDEM_EVENT_TRANSPORT, { DEV "/sep1/fd0", DEV "/sep10/fd0" } },
};

START_TEST(paths_that_begin_alike_are_others)
{
	const char *const gone = alike[_i / 2].paths[_i % 2];
	const char *const stays = alike[_i / 2].paths[1 - _i % 2];

	show(alike[_i / 2].kind, gone, DEV);
	show(alike[_i / 2].kind, stays, DEV);
	ck_assert(has(gone) && has(stays));
	take_away(gone);
	ck_assert(!has(gone) && has(stays));
	take_away(gone); /* once more */
	ck_assert(has(stays));
}
END_TEST

/* An interface that goes somewhere else is nobody's here. */
START_TEST(another_adapter_takes_only_its_own_along)
{
	static const char *const elsewhere[] = { "/org/bluez/hci0",
		"/org/bluez/hci0/dev_00_11_22_33_44_55",
		"/org/bluez/hci0/dev_00_11_22_33_44_55/sep1",
		"/org/bluez/hci0/dev_00_11_22_33_44_55/sep1/fd0" };

	show(TANDEM_EVENT_ADAPTER, HCI, "");
	show(TANDEM_EVENT_DEVICE, DEV, HCI);
	show(TANDEM_EVENT_ENDPOINT, DEV "/sep1", DEV);
	show(TANDEM_EVENT_TRANSPORT, DEV "/sep1/fd0", DEV);
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(elsewhere); i++)
		take_away(elsewhere[i]);
	ck_assert(has(HCI) && has(DEV) && has(DEV "/sep1") && has(DEV "/sep1/fd0"));
}
END_TEST

/* BlueZ goes through a speaker's endpoints in their order and takes the first that fits. */
static const struct {
	const char *seps[4]; /* in the order in which they are shown */
	const char *lowest;
} equals[] = {
	{ { DEV "/sep1", DEV "/sep2" }, DEV "/sep1" },
	{ { DEV "/sep2", DEV "/sep1" }, DEV "/sep1" },
	{ { DEV "/sep10", DEV "/sep9", DEV "/sep11" }, DEV "/sep9" },
	{ { DEV "/sep3", DEV "_6/sep1", HCI "0/dev_1/sep1" }, DEV "/sep3" },
};

START_TEST(of_equal_endpoints_the_lowest)
{
	struct tandem_endpoint *p;

	show(TANDEM_EVENT_DEVICE, DEV, HCI);
	for (size_t i = 0; i < 4 && equals[_i].seps[i]; i++) {
		const char *const path = equals[_i].seps[i];
		char device[TANDEM_PATH_SIZE];

		snprintf(device, sizeof(device), "%.*s", (int)(strrchr(path, '/') - path),
				path);
		show(TANDEM_EVENT_ENDPOINT, path, device);
	}
	p = tandem_book_offer(book, DEV, tandem_codecs[0]);
	ck_assert_ptr_nonnull(p);
	ck_assert_str_eq(p->path, equals[_i].lowest);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("book");
	TCase *const c = tcase_create("book");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, paths_that_begin_alike_are_others, 0,
			2 * TANDEM_ARRAY_LEN(alike));
	tcase_add_test(c, another_adapter_takes_only_its_own_along);
	tcase_add_loop_test(c, of_equal_endpoints_the_lowest, 0, TANDEM_ARRAY_LEN(equals));
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}
