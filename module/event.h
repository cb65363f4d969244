/* SPDX-License-Identifier: MIT
 *
 * What passes between the bus thread, the roster and the edges: plain data, by value.
 *
 *     BlueZ --> bus --- struct tandem_event ---> roster --- struct tandem_action ---> bus,
 *     plugin ----------------------------------^                             plugin, module
 *
 * An event about an object is the whole record, never a difference. Strings are always
 * terminated and whole UTF-8; paths that do not fit are not passed on at all.
 */
#ifndef TANDEM_MODULE_EVENT_H
#define TANDEM_MODULE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/units.h"
#include "codec/codec.h"

#define TANDEM_PATH_SIZE 96 /* "/org/bluez/hci0/dev_00_11_22_33_44_55/sep12/fd999" is 50 */

enum tandem_event_kind {
	/* the bus */
	TANDEM_EVENT_BUS_UP,   /* bluetoothd answers; its objects have been told already */
	TANDEM_EVENT_BUS_DOWN, /* detail: why. Nothing known before holds any more */

	/* BlueZ's objects: appeared or changed; _GONE needs path only */
	TANDEM_EVENT_ADAPTER, /* path, address, flags */
	TANDEM_EVENT_DEVICE,  /* path, parent: adapter, address, name, icon, class, flags */
	TANDEM_EVENT_ENDPOINT,  /* path, parent: device, codec, config: caps, flags */
	TANDEM_EVENT_TRANSPORT, /* path, parent: device, codec, config, state, delay */
	TANDEM_EVENT_GONE,      /* path: whatever was there */

	/* what BlueZ asks of our endpoints: path of the endpoint's adapter in parent */
	TANDEM_EVENT_SELECT, /* call, endpoint, config: capabilities */
	TANDEM_EVENT_SET, /* call, endpoint, path: transport, name: device's path, config */
	TANDEM_EVENT_CLEAR, /* endpoint, path: transport; the bus has answered already */

	/* our calls have ended: error is empty on success */
	TANDEM_EVENT_REGISTERED,  /* path: adapter */
	TANDEM_EVENT_CONNECTED,   /* path: device */
	TANDEM_EVENT_ACQUIRED,    /* call; fd, mtu_bytes */
	TANDEM_EVENT_RELEASED,    /* call */
	TANDEM_EVENT_KEPT_HOST,   /* before BUS_UP: path: adapter, registered; on: late */
	TANDEM_EVENT_KEPT,        /* likewise: path: transport, parent: adapter, endpoint */
	TANDEM_EVENT_LENDER_GONE, /* whoever may own borrowed transports has left the bus */

	/* from the session manager's devices: aside.h */
	TANDEM_EVENT_ASIDE, /* address of a member; on: its profile is off */

	/* from the plugin and the clock */
	TANDEM_EVENT_WANTED,   /* wanted */
	TANDEM_EVENT_LOST,     /* slot, err */
	TANDEM_EVENT_SETTINGS, /* tandem_roster_set_settings() has been called */
	TANDEM_EVENT_TIMER,
};

enum tandem_object_flag {
	TANDEM_POWERED = 1 << 0,   /* adapter */
	TANDEM_PAIRED = 1 << 1,    /* device */
	TANDEM_CONNECTED = 1 << 2, /* device */
	TANDEM_SINK = 1 << 3,      /* device, endpoint: A2DP sink */
	TANDEM_HANDSFREE = 1 << 4, /* device: offers HFP or HSP */
	TANDEM_SOURCES = 1 << 5,   /* adapter: somebody has A2DP source endpoints there */
	TANDEM_SHARING = 1 << 6,   /* adapter: an endpoint takes several streams */
	TANDEM_STAMPS = 1 << 7,    /* adapter: sockets may tell when packets are out */
};

enum tandem_transport_state {
	TANDEM_TRANSPORT_IDLE,
	TANDEM_TRANSPORT_PENDING, /* the speaker has started it, nobody has acquired it */
	TANDEM_TRANSPORT_ACTIVE,
};

struct tandem_event {
	enum tandem_event_kind kind;
	char path[TANDEM_PATH_SIZE];
	char parent[TANDEM_PATH_SIZE];
	char name[TANDEM_PATH_SIZE];
	char address[18];
	char icon[32];
	uint32_t class; /* Bluetooth class of device, 0 unknown */
	uint32_t flags; /* enum tandem_object_flag */
	uint8_t codec;
	uint8_t config[TANDEM_CONFIG_SIZE];
	uint32_t config_bytes;
	enum tandem_transport_state state;
	uint32_t delay_100us; /* of a delay report, 0 unknown */
	uint32_t endpoint;    /* of ours on its adapter: codec x TANDEM_MAX_SPEAKERS + n */
	uint32_t call;
	int fd; /* -1 none. The caller closes it unless an ATTACH came of it */
	uint32_t mtu_bytes;
	bool wanted, on;
	uint32_t slot;
	int err;
	char error[96];                    /* D-Bus error name */
	char detail[TANDEM_SENTENCE_SIZE]; /* its message; of BUS_DOWN: the sentence */
};

enum tandem_action_kind {
	/* for the bus */
	TANDEM_ACTION_REGISTER,   /* path: adapter */
	TANDEM_ACTION_CONNECT,    /* path: device; A2DP only */
	TANDEM_ACTION_DISCONNECT, /* path: device, wholly; only BlueZ's events follow */
	TANDEM_ACTION_ACQUIRE,    /* call, path, borrowed */
	TANDEM_ACTION_RELEASE,    /* call of the ACQUIRE, path, borrowed */
	TANDEM_ACTION_DROP,   /* call of the ACQUIRE: close its connection, no Release */
	TANDEM_ACTION_ANSWER, /* call of SELECT or SET; config; text set: refused by name */

	/* for the plugin */
	TANDEM_ACTION_EXPECT,  /* slots */
	TANDEM_ACTION_ATTACH,  /* slot, fd, mtu_bytes, stamps, codec, config */
	TANDEM_ACTION_DETACH,  /* slot */
	TANDEM_ACTION_OBSERVE, /* slot, value_s: delay report */
	TANDEM_ACTION_TELL,    /* slot, state, address, name, text: message, on: trouble */
	TANDEM_ACTION_TELL_GROUP, /* text: how the group is, empty: well; on: trouble */

	/* for the module */
	TANDEM_ACTION_EMPTY,    /* on: the sink stays, and nobody has been there for 30 s */
	TANDEM_ACTION_EXPORT,   /* on */
	TANDEM_ACTION_SAY,      /* text: of a device that is none of ours; on: trouble */
	TANDEM_ACTION_READY,    /* once: at the start, nobody needs to wait any longer */
	TANDEM_ACTION_ASK_SBC,  /* address: its stream is to be set up anew, by its owner */
	TANDEM_ACTION_REMEMBER, /* the assignment has changed: tandem_roster_assignment() */
	TANDEM_ACTION_TIMER, /* at_ns: send TIMER then; replaces the one before; 0: none */
};

struct tandem_action {
	enum tandem_action_kind kind;
	char path[TANDEM_PATH_SIZE];
	uint32_t call;
	bool borrowed, on;
	uint32_t slot;
	uint32_t slots; /* bit mask */
	int fd;
	uint32_t mtu_bytes;
	bool stamps; /* BlueZ allows for time stamps of what has gone out */
	uint8_t codec;
	uint8_t config[TANDEM_CONFIG_SIZE];
	uint32_t config_bytes;
	double value_s;
	enum tandem_speaker_state state;
	char address[18];
	char name[64];
	char text[TANDEM_SENTENCE_SIZE];
	int64_t at_ns;
};

#endif
