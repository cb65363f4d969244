/* SPDX-License-Identifier: MIT
 *
 * The door between the module, which talks to Bluetooth, and the plugin, which makes the
 * sound: one custom SPA interface of the handle of factory "api.tandem.sink".
 *
 *     module  -- setup, set, expect, attach, detach, observe, tell -->  plugin
 *     module  <-- wanted, lost, changed, status -----------------------  plugin
 *
 * Every method is called, and every event arrives, on the main loop's thread.
 * A slot is the index of a speaker in setup(). Methods return 0 or a negative errno.
 */
#ifndef TANDEM_H
#define TANDEM_H

#include <spa/utils/defs.h>
#include <spa/utils/hook.h>

#include "base/settings.h"
#include "base/status.h"
#include "clock/memory.h"
#include "clock/observe.h"

#define TANDEM_FACTORY_SINK "api.tandem.sink"
#define TANDEM_LIBRARY "tandem/libspa-tandem"

#define TANDEM_TYPE_INTERFACE_Group "Tandem:Interface:Group"
#define TANDEM_VERSION_GROUP 0
struct tandem_group_interface {
	struct spa_interface iface;
};

/* An acquired A2DP transport. */
struct tandem_link {
	int fd;             /* SOCK_SEQPACKET; attach() takes it, even when it fails */
	uint32_t mtu_bytes; /* of our sending direction */
	uint8_t codec;      /* A2DP media codec type: 0x00 SBC, 0xff vendor */
	uint8_t config[32]; /* the transport's Configuration */
	uint32_t config_bytes;
	const struct tandem_memory *memory; /* of this device and codec; NULL: none */
	bool stamps; /* BlueZ and the kernel let us ask when packets have gone out */
};

struct tandem_group_events {
#define TANDEM_VERSION_GROUP_EVENTS 0
	uint32_t version;
	/* The graph wants sound (node started: acquire) or lets go (suspended: release). */
	void (*wanted)(void *data, bool wanted);
	/* The socket of this slot broke (err: negative errno); it is already detached. */
	void (*lost)(void *data, uint32_t slot, int err);
	/* Somebody has set this row by the node's Props; slot -1: of the group. settings:
	 * all of them, the new value included; for the call only. */
	void (*changed)(void *data, int32_t slot, const struct tandem_setting *row,
			const struct tandem_settings *settings);
	/* What is now known of the clock of the device in the slot, worth keeping for its
	 * next start: when it is detached, and now and then before. */
	void (*learnt)(void *data, uint32_t slot, const struct tandem_memory *memory);
	/* All that the clock of the device in the slot was told since the last time, by
	 * whomever, as it came; lost: so many before them came too fast to be kept. For the
	 * call only. */
	void (*observed)(void *data, uint32_t slot, const struct tandem_observation *seen,
			uint32_t n_seen, uint64_t lost);
	/* About once a second while running, and on each change worth telling. */
	void (*status)(void *data, const struct tandem_status *status);
};

struct tandem_group_methods {
#define TANDEM_VERSION_GROUP_METHODS 0
	uint32_t version;
	/* events is borrowed until spa_hook_remove(). `wanted` is told at once. */
	int (*add_listener)(void *object, struct spa_hook *listener,
			const struct tandem_group_events *events, void *data);
	/* Once, before the node gets a format; copied. mistakes: sentences about the
	 * configuration for the status, one per line, or "". -EBUSY: too late. */
	int (*setup)(void *object, const struct tandem_settings *settings,
			const char *mistakes);
	/* A live setting, as by Props but without `changed`; slot -1: of the group.
	 * -ENOENT: no such slot or key; -EPERM: not live; -EINVAL, -ERANGE: the value. */
	int (*set)(void *object, int32_t slot, const char *key, const char *value);
	/* Mask of the slots whose attach() is coming: the start waits, 3 s at most. */
	int (*expect)(void *object, uint32_t slots);
	/* -EINVAL: slot, MTU, configuration; -ENOTSUP: codec; -EBUSY: taken; -ENOMEM. */
	int (*attach)(void *object, uint32_t slot, const struct tandem_link *link);
	/* Closes the socket. Fine without one. */
	int (*detach)(void *object, uint32_t slot);
	/* Something seen of it, raw: nobody smooths it on the way. Of the kinds, a report
	 * (value: s from socket to air) and a microphone's (s from a sound's place in the
	 * graph's cycle to the ear) may come from here; host_ns 0: now. -EINVAL: slot or
	 * kind; -ENOTCONN: nothing of it can be heard yet. */
	int (*observe)(void *object, uint32_t slot,
			const struct tandem_observation *observation);
	/* Who sits in the slot and how it is. Strings are copied, NULL keeps. */
	int (*tell)(void *object, uint32_t slot, enum tandem_speaker_state state,
			const char *address, const char *name, const char *message);
	/* How the group is: one sentence, empty when all is well. */
	int (*tell_group)(void *object, const char *message);
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
