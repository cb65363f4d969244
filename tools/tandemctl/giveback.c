/* SPDX-License-Identifier: MIT */
#include "giveback.h"

#include <string.h>

#include "bluez.h"

#define LOOK_MS 100 /* between two looks; chosen */
/* A first look must not hold up the profiles. BlueZ answers within 20 ms. Chosen. */
#define FIRST_LOOK_MS 2000
/* BlueZ's own work with the last connection is over after that, or once more (facts on
 * coexistence, section 3: the second or third try succeeds). */
#define AGAIN_NS (500 * TANDEM_NS_PER_MS)
/* What goes with Tandem, its streams and its endpoints, has gone after that. Chosen: ten
 * times what it takes a simulated BlueZ. */
#define SETTLED_NS (300 * TANDEM_NS_PER_MS)
#define MAX_FAILURES 3 /* but for busy; chosen */

/* A member at one adapter. */
struct seat {
	char *device, *adapter; /* paths */
	char address[18];
	bool is_connected;
	bool was_connected; /* at any look */
	bool has_taker;     /* somebody has an endpoint at this adapter */
	bool has_stream;
	int64_t stream_ns; /* has it since */
	bool is_calling;
	bool was_called;
	uint32_t failures;
	int64_t not_before_ns;
	char *reason; /* of the last failure; NULL: none */
};

struct tandem_giveback {
	GDBusConnection *connection;
	const struct tandem_members *members; /* during new only */
	uint32_t n_seats;
	struct seat seats[TANDEM_MAX_MEMBERS];
};

static int64_t now_ns(void)
{
	return g_get_monotonic_time() * 1000;
}

/* As a time limit: 1 when it has passed. */
static int ms_until(int64_t end_ns)
{
	return (int)MAX((end_ns - now_ns()) / TANDEM_NS_PER_MS, 1);
}

static struct seat *seat_of(struct tandem_giveback *g, const char *device)
{
	for (uint32_t i = 0; i < g->n_seats; i++) {
		if (g_str_equal(g->seats[i].device, device))
			return &g->seats[i];
	}
	return NULL;
}

/* Seats are made at the first look. */
static struct seat *take_seat(struct tandem_giveback *g, const char *path,
		GVariant *properties)
{
	const char *address = tandem_bluez_text(properties, "Address");
	struct seat *seat;

	if (!g->members || g->n_seats == TANDEM_MAX_MEMBERS ||
			!tandem_members_has(g->members, address))
		return NULL;
	seat = &g->seats[g->n_seats++];
	seat->not_before_ns = now_ns() + SETTLED_NS;
	seat->device = g_strdup(path);
	seat->adapter = g_strdup(tandem_bluez_text(properties, "Adapter"));
	g_strlcpy(seat->address, address, sizeof(seat->address));
	return seat;
}

static void read_device(void *data, const char *path, GVariant *properties)
{
	struct tandem_giveback *g = data;
	struct seat *seat = seat_of(g, path);

	if (!seat)
		seat = take_seat(g, path, properties);
	if (!seat)
		return;
	seat->is_connected = tandem_bluez_bool(properties, "Connected");
	seat->was_connected |=
			seat->is_connected && tandem_bluez_bool(properties, "Paired");
}

static void read_adapter(void *data, const char *path, GVariant *properties)
{
	struct tandem_giveback *g = data;
	const bool has_taker = tandem_bluez_has_word(properties, "UUIDs",
			TANDEM_BLUEZ_UUID_SOURCE);

	for (uint32_t i = 0; i < g->n_seats; i++) {
		if (g_str_equal(g->seats[i].adapter, path))
			g->seats[i].has_taker = has_taker;
	}
}

static void read_transport(void *data, const char *path, GVariant *properties)
{
	struct tandem_giveback *g = data;
	struct seat *seat = seat_of(g, tandem_bluez_text(properties, "Device"));

	(void)path;
	if (seat && g_ascii_strcasecmp(tandem_bluez_text(properties, "UUID"),
				    TANDEM_BLUEZ_UUID_SOURCE) == 0)
		seat->has_stream = true;
}

static void read_all(struct tandem_giveback *g, GVariant *objects)
{
	bool had_stream[TANDEM_MAX_MEMBERS] = { false }; /* more seats may come */

	for (uint32_t i = 0; i < g->n_seats; i++) {
		struct seat *seat = &g->seats[i];

		had_stream[i] = seat->has_stream;
		seat->is_connected = seat->has_taker = seat->has_stream = false;
	}
	tandem_bluez_each(objects, TANDEM_BLUEZ ".Device1", read_device, g);
	tandem_bluez_each(objects, TANDEM_BLUEZ ".Adapter1", read_adapter, g);
	tandem_bluez_each(objects, TANDEM_BLUEZ ".MediaTransport1", read_transport, g);
	for (uint32_t i = 0; i < g->n_seats; i++) {
		if (g->seats[i].has_stream && !had_stream[i])
			g->seats[i].stream_ns = now_ns();
	}
}

/* False: BlueZ does not answer; all stays as it was. */
static bool look(struct tandem_giveback *g, int ms)
{
	g_autoptr(GVariant) objects = tandem_bluez_objects(g->connection, ms);

	if (objects)
		read_all(g, objects);
	return objects != NULL;
}

static bool is_busy(const GError *error)
{
	g_autofree char *name = g_dbus_error_get_remote_error(error);

	return g_strcmp0(name, TANDEM_BLUEZ ".Error.InProgress") == 0 ||
	       strstr(error->message, "busy") != NULL;
}

static void on_answer(GObject *source, GAsyncResult *result, void *data)
{
	struct seat *seat = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, &error);

	seat->is_calling = false;
	seat->not_before_ns = now_ns() + AGAIN_NS;
	g_clear_pointer(&seat->reason, g_free);
	if (reply)
		return; /* mostly with a stream, and else once more */
	seat->failures += !is_busy(error);
	g_dbus_error_strip_remote_error(error);
	seat->reason = g_strdup(error->message);
}

static bool wants(const struct seat *seat)
{
	return seat->was_connected && seat->has_taker && !seat->has_stream &&
	       seat->failures < MAX_FAILURES;
}

static bool is_pending(const struct seat *seat)
{
	return seat->is_calling || wants(seat) ||
	       (seat->has_stream && now_ns() < seat->stream_ns + SETTLED_NS);
}

static bool is_in_use(const struct tandem_giveback *g, const char *adapter)
{
	for (uint32_t i = 0; i < g->n_seats; i++) {
		if (g->seats[i].is_calling && g_str_equal(g->seats[i].adapter, adapter))
			return true;
	}
	return false;
}

static void connect_due(struct tandem_giveback *g, int ms)
{
	for (uint32_t i = 0; i < g->n_seats; i++) {
		struct seat *seat = &g->seats[i];

		if (!wants(seat) || now_ns() < seat->not_before_ns ||
				is_in_use(g, seat->adapter))
			continue;
		seat->is_calling = seat->was_called = true;
		g_dbus_connection_call(g->connection, TANDEM_BLUEZ, seat->device,
				TANDEM_BLUEZ ".Device1", "ConnectProfile",
				g_variant_new("(s)", TANDEM_BLUEZ_UUID_SINK), NULL,
				G_DBUS_CALL_FLAGS_NO_AUTO_START, ms, NULL, on_answer, seat);
	}
}

static bool is_anybody_pending(const struct tandem_giveback *g)
{
	for (uint32_t i = 0; i < g->n_seats; i++) {
		if (is_pending(&g->seats[i]))
			return true;
	}
	return false;
}

static gboolean on_timeout(void *data)
{
	bool *over = data;

	*over = true;
	return G_SOURCE_REMOVE;
}

static void wait_for_look(void)
{
	bool over = false;

	g_timeout_add(LOOK_MS, on_timeout, &over);
	while (!over)
		g_main_context_iteration(NULL, TRUE);
}

/* Who has gone meanwhile is not missed: it was switched off. */
static bool tell(const struct seat *seat, void (*said)(void *data, const char *sentence),
		void *data)
{
	const bool is_back = seat->has_stream || !seat->is_connected;
	char sentence[TANDEM_SENTENCE_SIZE];

	if (!seat->was_called)
		return true;
	if (!is_back) {
		tandem_say(sentence, TANDEM_SAY_NOT_GIVEN_BACK, seat->address,
				seat->reason ? seat->reason : "nobody took it");
		said(data, sentence);
	} else if (seat->has_stream) {
		g_snprintf(sentence, sizeof(sentence), "%s: has an output of its own again",
				seat->address);
		said(data, sentence);
	}
	return is_back;
}

bool tandem_giveback_run(struct tandem_giveback *g, uint32_t ms,
		void (*said)(void *data, const char *sentence), void *data)
{
	const int64_t end_ns = now_ns() + ms * TANDEM_NS_PER_MS;
	bool all = true;

	while (look(g, ms_until(end_ns)) && is_anybody_pending(g) && now_ns() < end_ns) {
		connect_due(g, ms_until(end_ns));
		wait_for_look();
	}
	for (uint32_t i = 0; i < g->n_seats; i++)
		all = tell(&g->seats[i], said, data) && all;
	return all;
}

struct tandem_giveback *tandem_giveback_new(const struct tandem_members *members)
{
	struct tandem_giveback *g = g_new0(struct tandem_giveback, 1);

	g->connection = tandem_bluez_connect();
	g->members = members;
	if (!g->connection || !look(g, FIRST_LOOK_MS))
		g_clear_pointer(&g, tandem_giveback_free);
	if (g)
		g->members = NULL;
	return g;
}

static bool is_anybody_calling(const struct tandem_giveback *g)
{
	for (uint32_t i = 0; i < g->n_seats; i++) {
		if (g->seats[i].is_calling)
			return true;
	}
	return false;
}

void tandem_giveback_free(struct tandem_giveback *g)
{
	if (!g)
		return;
	if (g->connection)
		g_dbus_connection_close_sync(g->connection, NULL, NULL);
	/* The calls under way are answered, by that at the latest. */
	while (g->connection && is_anybody_calling(g))
		g_main_context_iteration(NULL, TRUE);
	for (uint32_t i = 0; i < g->n_seats; i++) {
		g_free(g->seats[i].device);
		g_free(g->seats[i].adapter);
		g_free(g->seats[i].reason);
	}
	g_clear_object(&g->connection);
	g_free(g);
}
