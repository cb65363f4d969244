/* SPDX-License-Identifier: MIT
 *
 * Book: what BlueZ shows at the moment, as far as a speaker's life needs it. Pure tables of
 * fixed size, kept up to date by events; who decides is the roster.
 *
 *     adapter  hci0
 *       device   dev_XX               paired ones only
 *         endpoint  sepN              the speaker's codecs
 *         transport fdN               a configured stream; its generation is its identity
 *
 * A path is no identity: BlueZ >= 5.85 uses a transport's path again at once. So each
 * transport gets a generation when it appears, and lookups of a stale one find nothing.
 */
#ifndef TANDEM_MODULE_BOOK_H
#define TANDEM_MODULE_BOOK_H

#include "event.h"

#define TANDEM_MAX_ADAPTERS 8    /* chosen: more radios than anybody plugs in */
#define TANDEM_MAX_DEVICES 64    /* paired devices; chosen, likewise */
#define TANDEM_MAX_ENDPOINTS 256 /* speakers show 1 to 6 each [chosen] */
#define TANDEM_MAX_TRANSPORTS 32 /* 7 links a radio is the limit of Bluetooth */

/* BlueZ tells of a transport and of our SetConfiguration in either order, within one turn
 * of its loop; chosen: three of the longest pauses seen of a busy host. */
#define TANDEM_FOREIGN_NS (300 * TANDEM_NS_PER_MS)

struct tandem_adapter {
	char path[TANDEM_PATH_SIZE]; /* empty: unused, in each table */
	char address[18];
	bool powered;
	bool sources; /* somebody's A2DP source endpoints are there, ours or not */
	bool late;    /* they were before ours: others get the streams */
	bool sharing; /* an endpoint takes several streams */
	bool stamps;  /* its sockets may tell when packets have gone out */
	bool registering;
	bool registered;
	uint32_t attempts;                  /* to register */
	int64_t register_ns;                /* not before */
	char refusal[TANDEM_SENTENCE_SIZE]; /* of the last attempt; empty: none */
};

struct tandem_device {
	char path[TANDEM_PATH_SIZE];
	char adapter[TANDEM_PATH_SIZE];
	char address[18];
	char name[64];
	bool connected;
	bool sink;
	bool loudspeaker; /* neither headphones nor headset, as far as it says */
	bool connecting;  /* a ConnectProfile of ours is under way */
	/* What it has shown for SBC, and of other codecs: its endpoints may go at once. */
	bool shows_sbc, shows_others;
	uint8_t caps[TANDEM_CONFIG_SIZE];
	uint32_t caps_bytes;
	int64_t link_ns;  /* when it last connected or left by itself; 0: neither */
	int64_t leave_ns; /* until then a Disconnect of ours may end the link; 0: none */
	bool shown;       /* its endpoint for SBC is: it can ask for a stream */
	bool served;      /* since then it has had one, or it is we who called it */
};

struct tandem_endpoint {
	char path[TANDEM_PATH_SIZE];
	char device[TANDEM_PATH_SIZE];
	uint8_t codec;
	uint8_t caps[TANDEM_CONFIG_SIZE];
	uint32_t caps_bytes;
	uint64_t order; /* of appearance; the newest is greatest */
};

struct tandem_transport {
	char path[TANDEM_PATH_SIZE];
	char device[TANDEM_PATH_SIZE];
	char adapter[TANDEM_PATH_SIZE];
	uint32_t generation;
	bool over;     /* cleared; the row waits for its object to go */
	bool ours;     /* SetConfiguration came to our endpoint */
	bool shared;   /* on an endpoint that another one occupies: Delay means nothing */
	bool doubtful; /* may be, or may not */
	uint32_t endpoint; /* of ours */
	uint8_t codec;
	uint8_t config[TANDEM_CONFIG_SIZE];
	uint32_t config_bytes;
	enum tandem_transport_state state;
	uint32_t delay_100us;
	int64_t seen_ns;
	int64_t ignore_gone_ns; /* until then one removal is its predecessor's; 0: none */
};

struct tandem_book {
	uint32_t generations;
	uint64_t orders;
	struct tandem_adapter adapters[TANDEM_MAX_ADAPTERS];
	struct tandem_device devices[TANDEM_MAX_DEVICES];
	struct tandem_endpoint endpoints[TANDEM_MAX_ENDPOINTS];
	struct tandem_transport transports[TANDEM_MAX_TRANSPORTS];
};

/* Forgets all objects; generations go on. */
void tandem_book_clear(struct tandem_book *b);

/* Which of the streams that are not ours share an endpoint, as far as one can know: they
 * have a codec and an adapter in common. Before anything is done about an event. */
void tandem_book_find_shared(struct tandem_book *b, int64_t now_ns);

/* Takes over ADAPTER, DEVICE, ENDPOINT, TRANSPORT, GONE. What does not fit is left out. */
void tandem_book_apply(struct tandem_book *b, int64_t now_ns, const struct tandem_event *e);

/* SET accepted: its transport is ours, and new even when the path is known. NULL: no room.
 * */
struct tandem_transport *tandem_book_set(struct tandem_book *b, int64_t now_ns,
		const struct tandem_event *e);

/* KEPT_HOST, KEPT: it is ours, since before this process. */
void tandem_book_keep(struct tandem_book *b, const struct tandem_event *e);

/* CLEAR: the transport at this path has ended; its object may go later or never. */
void tandem_book_cleared(struct tandem_book *b, const char *path);

/* Whether these are two streams of another program's on one endpoint (BlueZ >= 5.83). */
bool tandem_book_share_endpoint(struct tandem_book *b, const struct tandem_transport *t,
		const struct tandem_transport *o);

/* Whether this stream of another program's has company on its endpoint that is active. */
bool tandem_book_endpoint_in_use(struct tandem_book *b, const struct tandem_transport *t);

/* Each returns NULL when there is none; an empty path or generation 0 is none. */
struct tandem_adapter *tandem_book_adapter(struct tandem_book *b, const char *path);
struct tandem_device *tandem_book_device(struct tandem_book *b, const char *path);
struct tandem_adapter *tandem_book_adapter_at(struct tandem_book *b, const char *address);
/* adapter: the address of the radio that it must be paired on; empty: any. */
struct tandem_device *tandem_book_device_at(struct tandem_book *b, const char *address,
		const char *adapter);
/* The device's endpoint for a codec: of several the lowest, which BlueZ takes first. */
struct tandem_endpoint *tandem_book_offer(struct tandem_book *b, const char *device,
		const struct tandem_codec *codec);
struct tandem_transport *tandem_book_transport(struct tandem_book *b, uint32_t generation);
struct tandem_transport *tandem_book_transport_of(struct tandem_book *b,
		const char *device);

/* The last part of an adapter's path, "hci0". */
const char *tandem_book_short_name(const char *path);

#endif
