/* SPDX-License-Identifier: MIT
 *
 * Rig: the built libspa-tandem.so under a graph of our own, in virtual time, so order is
 * exact and a minute takes a blink.
 */
#ifndef TANDEM_TESTS_RIG_H
#define TANDEM_TESTS_RIG_H

#include <stdbool.h>

#include <spa/node/io.h>
#include <spa/node/node.h>
#include <spa/support/plugin.h>

#include "fake-support.h"
#include "tandem.h"

#define RIG_N_BUFFERS 3
#define RIG_MAX_FRAMES 8192

struct rig {
	struct fake fake;

	/* the node */
	void *library;
	const struct spa_handle_factory *factory;
	struct spa_handle *handle;
	struct spa_node *node;
	struct tandem_group_interface *door;
	struct spa_hook node_hook;
	struct spa_hook door_hook;

	/* the graph */
	struct spa_io_position position;
	struct spa_io_clock clock;
	struct spa_io_buffers io;
	struct spa_buffer buffers[RIG_N_BUFFERS];
	struct spa_buffer *buffer_list[RIG_N_BUFFERS];
	struct spa_data datas[RIG_N_BUFFERS][2];
	struct spa_chunk chunks[RIG_N_BUFFERS][2];
	float *planes[RIG_N_BUFFERS][2];
	uint32_t cycles;          /* ready() calls */
	int64_t ready_ns;         /* of the last */
	int64_t deliver_after_ns; /* from ready() or the driver's tick to process() */
	int64_t deliver_ns;       /* pending process(), 0 none */
	uint32_t xruns;
	/* another driver, when following */
	bool following;
	int64_t tick_ns;

	/* what the module would hear */
	uint32_t n_wanted;
	bool wanted;
	uint32_t n_lost;
	uint32_t lost_slot;
	int lost_err;
	uint32_t n_changed;
	int32_t changed_slot;
	const struct tandem_setting *changed;
	struct tandem_settings settings;
	struct tandem_status status;
	uint32_t n_params_changed; /* node info events */
};

/* Loads the library named by TANDEM_PLUGIN and makes room for a handle; the handle's own
 * init, as it answers; and the way back, when the handle has been cleared. */
void tandem_rig_load(struct rig *r);
int tandem_rig_init_handle(struct rig *r);
void tandem_rig_unload(struct rig *r);

/* All of it: two speakers, left and right, and IO areas, before a format is set. */
void tandem_rig_init(struct rig *r);
void tandem_rig_finish(struct rig *r);

int tandem_rig_set_format(struct rig *r, uint32_t rate_hz); /* 0: clears it */
void tandem_rig_use_buffers(struct rig *r);
int tandem_rig_command(struct rig *r, uint32_t id);
/* Format, buffers and the Start command, all of which must succeed. */
void tandem_rig_start(struct rig *r, uint32_t rate_hz);
/* Who drives: us, or a driver whose ticks the rig makes. Live. */
void tandem_rig_set_following(struct rig *r, bool following);
void tandem_rig_set_quantum(struct rig *r, uint32_t frames);
/* Attaches one end of a socket pair, SBC joint 48 kHz, MTU 672; returns the other end,
 * or the error. */
int tandem_rig_attach(struct rig *r, uint32_t slot);
/* Lets virtual time pass. on_step: after every event, may be NULL. */
void tandem_rig_run(struct rig *r, double seconds,
		void (*on_step)(struct rig *r, void *data), void *data);
/* An on_step: the far ends fds, int[2], take all that comes. */
void tandem_rig_drain(struct rig *r, void *fds);

#endif
