/* SPDX-License-Identifier: MIT */
#include "plain.h"

#include <stdlib.h>
#include <string.h>

const uint8_t tandem_plain_config[4] = { 0x21, 0x15, 2, 53 };

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void write_down(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *signal, GVariant *args, void *data)
{
	g_autofree char *text = g_variant_print(args, FALSE);

	struct plain *const p = data;

	(void)connection, (void)sender, (void)interface;
	g_string_append_printf(p->journal, "%s %s %s\n", signal, path, text);
}

void tandem_plain_fault(struct plain *p, const char *text)
{
	tandem_fault(p->stage.connection, text);
}

bool tandem_plain_seen(const struct plain *p, const char *text)
{
	return strstr(p->journal->str, text) != NULL;
}

void tandem_plain_wait(const struct plain *p, const char *text)
{
	while (!tandem_plain_seen(p, text))
		g_main_context_iteration(NULL, TRUE);
}

void tandem_plain_start(struct plain *p)
{
	const char *const bluez[] = { g_getenv("TANDEM_BLUEZ_SIM"), "--page-timeout=50",
		NULL };
	static const char *const adapters[] = { "hci1", "hci2" };

	*p = (struct plain){ 0 };
	tandem_stage_start(&p->stage, bluez);
	for (int i = 0; i < 2; i++) {
		const char *const argv[] = { g_getenv("TANDEM_SPEAKER"), "--adapter",
			adapters[i], NULL };

		p->speakers[i] = tandem_stage_spawn(argv);
	}
	p->journal = g_string_new("");
	p->journal_id = g_dbus_connection_signal_subscribe(p->stage.connection, "org.bluez",
			NULL, NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, write_down, p,
			NULL);
	tandem_source_init(&p->source, p->stage.connection, tandem_plain_config);
}

void tandem_plain_stop(struct plain *p)
{
	tandem_source_finish(&p->source);
	g_dbus_connection_signal_unsubscribe(p->stage.connection, p->journal_id);
	for (int i = 0; i < 2; i++)
		g_free(tandem_stage_end(p->speakers[i]));
	tandem_stage_stop(&p->stage);
	g_string_free(p->journal, TRUE);
}

char *tandem_plain_connect(struct plain *p, const char *device)
{
	return tandem_source_try(&p->source, device, "org.bluez.Device1", "ConnectProfile",
			g_variant_new("(s)", SINK_UUID));
}

void tandem_plain_expect(char *is, const char *expected)
{
	ck_assert_str_eq(is, expected);
	g_free(is);
}

char *tandem_plain_acquire(struct plain *p, uint32_t slot)
{
	return tandem_source_try(&p->source, p->source.slots[slot].transport,
			"org.bluez.MediaTransport1", "Acquire", NULL);
}

static char *shown(struct plain *p, const char *path, const char *interface,
		const char *name)
{
	g_autoptr(GVariant) value = tandem_source_get(&p->source, path, interface, name);

	return value != NULL ? g_variant_print(value, TRUE) : g_strdup("none");
}

void tandem_plain_expect_shown(struct plain *p, const char *path, const char *interface,
		const char *name, const char *expected)
{
	g_autofree char *is = shown(p, path, interface, name);

	ck_assert_str_eq(is, expected);
}

void tandem_plain_expect_connected(struct plain *p, const char *device, bool expected)
{
	tandem_plain_expect_shown(p, device, "org.bluez.Device1", "Connected",
			expected ? "true" : "false");
}

char *tandem_plain_register(struct plain *p)
{
	return tandem_source_try(&p->source, HOST, "org.bluez.Media1",
			"RegisterApplication",
			g_variant_new("(oa{sv})", "/test/source", NULL));
}
