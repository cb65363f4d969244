/* SPDX-License-Identifier: MIT
 *
 * The simulated Bluetooth: one BlueZ that owns several adapters, like btvirt under one
 * bluetoothd. hci0 is the computer (and hci1, … with more hosts); the others are the
 * speakers' radios, each paired with each of the computer's both ways.
 *
 *   world ─┬─ adapter ── device ⇄ device ── adapter     device.c: the two ends of a link
 *          ├─ endpoint (a client's, on one adapter)     media.c, application.c
 *          ├─ connect (an attempt: select, configure)   connect.c
 *          ├─ stream ── transport ⇄ transport           stream.c, transport.c
 *          └─ faults (what a test has go wrong)         faults.c, rules.c, air.c
 *
 * Behaviour: shared facts on Bluetooth, section 1; BlueZ 5.82 where versions differ (one
 * stream per local endpoint), but for the habits. Thread: the GLib main context, alone.
 */
#ifndef TANDEM_TESTS_BLUEZ_SIM_H
#define TANDEM_TESTS_BLUEZ_SIM_H

#include <stdbool.h>
#include <stdint.h>
#include <gio/gio.h>

#include "store.h"

#define SIM_SOURCE_UUID "0000110a-0000-1000-8000-00805f9b34fb"
#define SIM_SINK_UUID "0000110b-0000-1000-8000-00805f9b34fb"
#define SIM_ENDPOINT_TIMEOUT_MS 3000 /* BlueZ: profiles/audio/media.c, REQUEST_TIMEOUT */

enum sim_role { SIM_SOURCE, SIM_SINK };

/* In what versions of BlueZ differ; names and sentences: faults.c. */
enum sim_habit { SIM_REUSE_PATHS, SIM_OWN_DEVICE_ONLY, SIM_HABITS };

struct sim_options {
	uint32_t adapters;  /* > hosts */
	uint32_t hosts;     /* >= 1; the first so many are the computer's */
	uint16_t mtu_bytes; /* both directions */
	char **names;       /* NULL-terminated "hciI=NAME" */
	char **icons;       /* NULL-terminated "hciI=ICON" */
	char **features;    /* NULL-terminated; NULL: Media1 has no SupportedFeatures */
	uint32_t page_ms;   /* how long a page to a speaker that is off lasts */
};

struct sim_adapter {
	struct sim_world *world;
	uint32_t index;
	struct sim_face *face;
	struct sim_face *media;
	struct sim_connect *connecting; /* one attempt at a time, as one radio pages */
};

/* One end of a link: what `adapter` knows of the radio at the other end. */
struct sim_device {
	struct sim_adapter *adapter;
	struct sim_device *peer;
	struct sim_face *face;
	GPtrArray *seps; /* struct sim_sep *: remote endpoints on show while connected */
	bool connected;
};

/* A client's endpoint. */
struct sim_endpoint {
	struct sim_adapter *adapter;
	char *owner; /* unique bus name */
	char *path;
	char *root; /* of its application; NULL: registered alone */
	enum sim_role role;
	uint8_t codec;
	GVariant *capabilities; /* ay */
	bool delay_reporting;
	uint32_t seid;
	struct sim_stream *stream; /* NULL: free */
};

/* A remote endpoint as an object below a device. */
struct sim_sep {
	struct sim_face *face;
	struct sim_device *device;
	struct sim_endpoint *endpoint;
};

struct sim_transport {
	struct sim_stream *stream;
	struct sim_device *device;
	struct sim_endpoint *endpoint;
	struct sim_face *face;
	GDBusMethodInvocation *acquire; /* waits for the other side; NULL: none */
	char *owner;                    /* who holds it; NULL: nobody */
	int fd;                         /* our copy of this side's end; -1: none */
	bool configured;                /* its client has accepted SetConfiguration */
};

struct sim_stream {
	struct sim_world *world;
	struct sim_transport side[2]; /* by enum sim_role */
	guint accept_timer;
	guint idle_timer;
};

struct sim_world {
	struct sim_options options;
	struct sim_store *store;
	GPtrArray *adapters;  /* struct sim_adapter * */
	GPtrArray *devices;   /* struct sim_device * */
	GPtrArray *endpoints; /* struct sim_endpoint *, in order of registration */
	GPtrArray *streams;   /* struct sim_stream * */
	GPtrArray *applications;
	uint32_t next_fd; /* numbers the transports' paths */
	bool habits[SIM_HABITS];
	struct sim_faults *faults;
	guint names_id;
};

/* world.c: options are borrowed for life. free closes everything, tells nobody. */
struct sim_world *tandem_sim_world_new(GDBusConnection *connection,
		const struct sim_options *options);
void tandem_sim_world_free(struct sim_world *w);

#endif
