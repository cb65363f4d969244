/* SPDX-License-Identifier: MIT
 *
 * Between the files of the bus only. Thread: bus, except where bus.h says main.
 *
 *     bus.c            thread, queue, bluetoothd's coming and going
 *     bus-link.c       the connection, fresh or left by the process before
 *     bus-objects.c    its objects, as whole records
 *     bus-endpoints.c  our endpoints, and the questions BlueZ asks them
 *     bus-offer.c      what those endpoints are
 *     bus-calls.c      what we ask of BlueZ
 *     bus-read.c       arguments and replies, as events; pure
 *     bus-loans.c      borrowed transports on connections of their own
 */
#ifndef TANDEM_MODULE_BUS_INTERNAL_H
#define TANDEM_MODULE_BUS_INTERNAL_H

#include <gio/gio.h>

#include "bus-read.h"
#include "bus.h"
#include "estate.h"

#define TANDEM_BLUEZ "org.bluez"
#define TANDEM_UUID_SOURCE "0000110a-0000-1000-8000-00805f9b34fb"
#define TANDEM_UUID_SINK "0000110b-0000-1000-8000-00805f9b34fb"

/* START may take BlueZ 6 s, twice after a collision (AVDTP's request timeout). */
#define TANDEM_ACQUIRE_TIMEOUT_MS 12000

struct tandem_bus {
	/* constant */
	void (*wake)(void *data);
	void *wake_data;
	GThread *thread;
	GMainContext *context;
	GMainLoop *loop;
	GDBusNodeInfo *interfaces;

	/* written by bus, read by main */
	GAsyncQueue *events; /* struct tandem_event, by g_new() */

	/* bus thread */
	bool stopping;
	uint32_t inflight; /* calls whose callback must still come */
	char *address;     /* of the system bus */
	GDBusConnection *connection;
	GCancellable *attempt; /* of this connection */
	gulong closed_handler;
	bool is_inherited; /* the process before has begun it */
	struct tandem_estate estate;
	GSource *retry;
	char *owner;           /* bluetoothd's unique name, NULL while it is away */
	GSource *ask_again;    /* it has not told its objects */
	GCancellable *session; /* of calls to this owner */
	guint subscriptions[2];
	bool is_told;          /* its objects have been: before that, calls are held */
	uint32_t letting_go;   /* streams whose Release is awaited */
	GQueue held;           /* struct held */
	GHashTable *objects;   /* path -> struct object */
	GHashTable *hosts;     /* adapter's path -> struct host */
	GHashTable *questions; /* call -> struct question */
	uint32_t last_question;
	GHashTable *loans;   /* call -> struct loan */
	GHashTable *lenders; /* unique names of programs that own transports */
	bool lender_watch;
};

void tandem_bus_emit(struct tandem_bus *bus, const struct tandem_event *event);

/* Runs function(data) after so many ms; the caller destroys and unrefs the source. */
GSource *tandem_bus_after(struct tandem_bus *bus, guint ms, GSourceFunc function,
		void *data);

/* The session: all that is known of one bluetoothd. begin: again with the same one is
 * fine. */
void tandem_bus_session_begin(struct tandem_bus *bus, const char *owner);
void tandem_bus_session_lost(struct tandem_bus *bus);

/* Link. The one of a process before, if there is one to be gone on with. */
bool tandem_bus_link_inherit(struct tandem_bus *bus);
/* Takes the connection, which has been authenticated and nothing else. */
void tandem_bus_link_connected(struct tandem_bus *bus, GDBusConnection *connection);
/* It has ended, or is of no use: ends it, and tries for another. */
void tandem_bus_link_failed(struct tandem_bus *bus, const char *why);
/* Whether tandem_bus_lender_changed() is to hear of every name on the bus. */
void tandem_bus_watch_names(struct tandem_bus *bus, bool on);
/* The number of a call as GDBus has it and as it travels, or back; 0: no call's. Pure. */
guint32 tandem_bus_number(guint32 base, guint32 number, bool incoming);

/* Objects: dump is the reply to GetManagedObjects. */
void tandem_bus_objects_dump(struct tandem_bus *bus, GVariant *dump);
void tandem_bus_objects_signal(GDBusConnection *connection, const char *sender,
		const char *path, const char *interface, const char *signal, GVariant *args,
		void *data);
GHashTable *tandem_bus_objects_new(void);
/* Somebody has A2DP source endpoints on this adapter. */
bool tandem_bus_has_sources(struct tandem_bus *bus, const char *adapter);
/* Told already: tells what of it is the process before's, and forgets the rest. */
void tandem_bus_objects_inherit(struct tandem_bus *bus);

/* Endpoints. */
/* Our endpoints, by number: codec x TANDEM_MAX_SPEAKERS + n. */
#define TANDEM_MAX_ENDPOINT (TANDEM_N_CODECS * TANDEM_MAX_SPEAKERS)
extern const char tandem_bus_interfaces_xml[];
bool tandem_bus_offers(const struct tandem_bus *bus, uint32_t number);
char *tandem_bus_offer_path(const char *root, uint32_t number); /* to be freed */
uint32_t tandem_bus_offer_number(const char *path);
GVariant *tandem_bus_offer_property(uint32_t number, const char *name);
GVariant *tandem_bus_offer_objects(const struct tandem_bus *bus, const char *root);
GHashTable *tandem_bus_hosts_new(void);
GHashTable *tandem_bus_questions_new(void);
void tandem_bus_register(struct tandem_bus *bus, const char *adapter);
void tandem_bus_answer(struct tandem_bus *bus, const struct tandem_action *action);
/* Those of the process before, as they are registered with BlueZ. */
void tandem_bus_hosts_inherit(struct tandem_bus *bus);
/* The objects have been told: calls that were held are heard now. False: refused. */
void tandem_bus_held_flush(struct tandem_bus *bus, bool is_heard);

/* Calls. */
void tandem_bus_connect_device(struct tandem_bus *bus, const char *device);
void tandem_bus_disconnect_device(struct tandem_bus *bus, const char *device);
void tandem_bus_acquire(struct tandem_bus *bus, GDBusConnection *connection,
		GCancellable *cancel, const char *transport, uint32_t call);
void tandem_bus_release(struct tandem_bus *bus, GDBusConnection *connection,
		const char *transport, uint32_t call);
/* Calls done(bus) when BlueZ has let go of the streams of our endpoints that we, or the
 * process before, hold, or has not answered for timeout_ms; not, when the session ends. */
void tandem_bus_let_go(struct tandem_bus *bus, int timeout_ms,
		void (*done)(struct tandem_bus *bus));

/* Loans. */
GHashTable *tandem_bus_loans_new(void);
void tandem_bus_loan_acquire(struct tandem_bus *bus, const char *transport, uint32_t call);
void tandem_bus_loan_release(struct tandem_bus *bus, const char *transport, uint32_t call);
/* Closes its connection, if it has one. */
void tandem_bus_loan_drop(struct tandem_bus *bus, uint32_t call);
/* No loan is left to watch over, or the session is over. */
void tandem_bus_lenders_forget(struct tandem_bus *bus);
/* after: the owner of this name by now, "": nobody. */
void tandem_bus_lender_changed(struct tandem_bus *bus, const char *name, const char *after);

#endif
