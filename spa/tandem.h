/* SPDX-License-Identifier: MIT
 *
 * The door between the module, which talks to Bluetooth, and the plugin, which makes the
 * sound: one custom SPA interface of the handle of factory "api.tandem.sink".
 *
 *     module  -- setup, expect, attach, detach, observe, tell -->  plugin
 *     module  <-- wanted, lost, status ---------------------------  plugin
 *
 * Every method is called, and every event arrives, on the main loop's thread.
 * A slot is the index of a speaker in setup(). Methods return 0 or a negative errno.
 */
#ifndef TANDEM_H
#define TANDEM_H

#include <spa/utils/defs.h>
#include <spa/utils/hook.h>

#include "base/status.h"

#define TANDEM_FACTORY_SINK "api.tandem.sink"
#define TANDEM_LIBRARY "tandem/libspa-tandem"

#define TANDEM_TYPE_INTERFACE_Group "Tandem:Interface:Group"
#define TANDEM_VERSION_GROUP 0
struct tandem_group_interface {
	struct spa_interface iface;
};

/* A speaker as the layout wants it. */
struct tandem_speaker_setup {
	char label[16];      /* "left", "right", "1", ... */
	uint32_t n_channels; /* 1: the box plays one mix; 2: stereo within the box */
	float gains[2][TANDEM_MAX_CHANNELS]; /* [channel of the box][channel of the sink] */
};

/* The sink's channels are FL FR for two, and follow the setup's count. */
struct tandem_group_setup {
	uint32_t n_channels;                    /* of the sink, 1 to TANDEM_MAX_CHANNELS */
	uint32_t position[TANDEM_MAX_CHANNELS]; /* enum spa_audio_channel */
	uint32_t n_speakers;
	struct tandem_speaker_setup speakers[TANDEM_MAX_SPEAKERS];
};

/* An acquired A2DP transport. */
struct tandem_link {
	int fd;             /* SOCK_SEQPACKET; attach() takes it, even when it fails */
	uint32_t mtu_bytes; /* of our sending direction */
	uint8_t codec;      /* A2DP media codec type: 0x00 SBC */
	uint8_t config[32]; /* the transport's Configuration */
	uint32_t config_bytes;
};

/* Something seen of a speaker. Raw: nobody smooths it on the way. */
enum tandem_observation_kind {
	TANDEM_OBSERVED_DELAY, /* AVDTP delay report: value is s from socket to air */
};

struct tandem_observation {
	enum tandem_observation_kind kind;
	double value;
	int64_t host_ns; /* when it was seen */
};

struct tandem_group_events {
#define TANDEM_VERSION_GROUP_EVENTS 0
	uint32_t version;
	/* The graph wants sound (node started: acquire) or lets go (suspended: release). */
	void (*wanted)(void *data, bool wanted);
	/* The socket of this slot broke (err: negative errno); it is already detached. */
	void (*lost)(void *data, uint32_t slot, int err);
	/* About once a second while running, and on each change worth telling. */
	void (*status)(void *data, const struct tandem_status *status);
};

struct tandem_group_methods {
#define TANDEM_VERSION_GROUP_METHODS 0
	uint32_t version;
	/* events is borrowed until spa_hook_remove(). `wanted` is told at once. */
	int (*add_listener)(void *object, struct spa_hook *listener,
			const struct tandem_group_events *events, void *data);
	/* Once, before the node gets a format. -EINVAL: out of range; -EBUSY: too late. */
	int (*setup)(void *object, const struct tandem_group_setup *setup);
	/* Mask of the slots whose attach() is coming: the start waits, 3 s at most. */
	int (*expect)(void *object, uint32_t slots);
	/* -EINVAL: slot, MTU, configuration; -ENOTSUP: codec; -EBUSY: taken; -ENOMEM. */
	int (*attach)(void *object, uint32_t slot, const struct tandem_link *link);
	/* Closes the socket. Fine without one. */
	int (*detach)(void *object, uint32_t slot);
	int (*observe)(void *object, uint32_t slot,
			const struct tandem_observation *observation);
	/* Who sits in the slot and how it is. Strings are copied, NULL keeps. */
	int (*tell)(void *object, uint32_t slot, enum tandem_speaker_state state,
			const char *address, const char *name, const char *message);
};

#define tandem_group_call(o, method, ...)                                                  \
	({                                                                                 \
		int res_ = -ENOTSUP;                                                       \
		struct tandem_group_interface *g_ = (struct tandem_group_interface *)(o);  \
		spa_interface_call_res(&g_->iface, struct tandem_group_methods, res_,      \
				method, 0, ##__VA_ARGS__);                                 \
		res_;                                                                      \
	})

#endif
