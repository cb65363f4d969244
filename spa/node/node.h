/* SPDX-License-Identifier: MIT
 *
 * The SPA node around a group: one input port, F32P, 44.1 or 48 kHz.
 *
 *   handle.c  birth, death, and the factory
 *   node.c    the spa_node's methods
 *   port.c    the port: formats, buffers, latency
 *   driver.c  the data loop: graph clock, process, sending timer
 *   props.c   Props and PropInfo: the settings, then the status
 *   settings.c, pod-text.c  live settings: shown, set, refused
 *   apply.c   settings on their way to the sound
 *   door.c    the interface for the module (tandem.h)
 *
 * Private to this folder. Threads: "main" members belong to the main loop, "data" ones
 * to the data loop and are changed from main only inside a blocking invoke.
 */
#ifndef TANDEM_NODE_NODE_H
#define TANDEM_NODE_NODE_H

#include <spa/node/io.h>
#include <spa/node/keys.h>
#include <spa/node/utils.h>
#include <spa/param/audio/format-utils.h>
#include <spa/param/latency-utils.h>
#include <spa/support/log.h>
#include <spa/support/loop.h>
#include <spa/support/plugin.h>
#include <spa/support/system.h>
#include <spa/utils/string.h>

#include "base/ring.h"
#include "report.h"
#include "tandem.h"

#define TANDEM_MAX_BUFFERS 32

/* What main keeps of a slot. */
struct tandem_slot {
	struct tandem_speaker *speaker;     /* NULL: nobody; used by the data loop */
	struct tandem_observation reported; /* the last report; host_ns 0: none */
	int64_t learnt_ns;                  /* when the module was last told */
	uint64_t n_seen;                    /* observations, that the module was told */
	char message[TANDEM_SENTENCE_SIZE]; /* as the module has told it */
	uint64_t last_bytes;                /* for the rate in kbps */
	int64_t last_ns;
};

enum tandem_port_param {
	TANDEM_PORT_ENUM_FORMAT,
	TANDEM_PORT_META,
	TANDEM_PORT_IO,
	TANDEM_PORT_FORMAT,
	TANDEM_PORT_BUFFERS,
	TANDEM_PORT_LATENCY,
	TANDEM_PORT_N_PARAMS,
};

enum tandem_node_param {
	TANDEM_NODE_PROP_INFO,
	TANDEM_NODE_PROPS,
	TANDEM_NODE_IO,
	TANDEM_NODE_N_PARAMS,
};

struct tandem_node {
	struct spa_handle handle; /* first */
	struct spa_node node;
	struct tandem_group_interface door;

	/* constant after init */
	struct spa_log *log;
	struct spa_loop *data_loop;     /* both NULL under spa-inspect: the node answers, */
	struct spa_system *data_system; /* but does not start */
	struct spa_loop_utils *loop_utils; /* NULL under spa-inspect */
	struct spa_source *report_event;   /* NULL without loop_utils */

	/* main */
	struct spa_hook_list hooks;
	struct spa_hook_list door_hooks;
	struct spa_node_info info;
	struct spa_param_info params[TANDEM_NODE_N_PARAMS];
	struct spa_port_info port_info;
	struct spa_param_info port_params[TANDEM_PORT_N_PARAMS];
	struct tandem_settings settings;
	bool has_settings;                     /* setup() has been called */
	char configured[TANDEM_MISTAKES_SIZE]; /* mistakes of the configuration */
	char refused[TANDEM_MISTAKES_SIZE];    /* mistakes of the last set_param */
	char message[TANDEM_SENTENCE_SIZE];    /* of the group, as told by the module */
	struct spa_audio_info_raw format;      /* rate 0: none set */
	struct tandem_status status;
	struct tandem_slot slots[TANDEM_MAX_SPEAKERS];
	bool wanted;                      /* as last told to the module */
	bool crowded;                     /* the air, so long that it is said */
	double told_latency_s;            /* in the Latency param */
	struct spa_latency_info upstream; /* as it told us */
	int64_t told_ns;                  /* when Props were last announced */
	int64_t squeezed_ns; /* since when less is sent than was planned; 0: it is not */

	/* data */
	struct spa_callbacks callbacks;
	struct spa_io_clock *clock;
	struct spa_io_position *position;
	struct spa_io_buffers *io;
	struct spa_buffer *buffers[TANDEM_MAX_BUFFERS];
	uint32_t n_buffers;
	struct spa_source graph_timer;
	struct spa_source send_timer;
	int64_t send_ns; /* when that one runs out; TANDEM_NEVER_NS: it does not */
	bool started;
	bool following;
	int64_t next_ns; /* our next graph cycle, when driving */
	uint32_t quantum;
	uint32_t swaps; /* of speakers */
	struct tandem_group group;
	int64_t reported_ns;
	uint32_t reported_folds; /* of the group, until then */
	uint64_t starved_blocks; /* as last told as xrun */

	/* crosses: written by data, read by main */
	struct tandem_ring reports;
};

/* ---- driver.c ---- */
int tandem_driver_init(struct tandem_node *n);
void tandem_driver_finish(struct tandem_node *n);
int tandem_driver_process(struct tandem_node *n);
int tandem_driver_set_io(struct tandem_node *n, uint32_t id, void *data);
int tandem_driver_start(struct tandem_node *n, bool on);
/* CLOCK_MONOTONIC, 0 under spa-inspect. Any thread. */
int64_t tandem_driver_now_ns(const struct tandem_node *n);
/* What the slot plays now, for people; constant text. Data loop. */
const char *tandem_apply_plays(const struct tandem_node *n, uint32_t slot) TANDEM_RT;
/* Runs f(n, arg) on the data loop and waits for it; the sending timer is set anew. */
void tandem_driver_invoke(struct tandem_node *n,
		void (*f)(struct tandem_node *n, void *arg), void *arg);

#endif
