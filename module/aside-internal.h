/* SPDX-License-Identifier: MIT
 *
 * Between the files of aside only.
 *
 *     aside.c        members, the registry, what others hear of it
 *     aside-box.c    one device: its next step, its notes
 *     aside-stray.c  nodes: those that outlive their device's profile are ended
 */
#ifndef TANDEM_MODULE_ASIDE_INTERNAL_H
#define TANDEM_MODULE_ASIDE_INTERNAL_H

#include <pipewire/pipewire.h>

#include "aside-note.h"
#include "aside-plan.h"
#include "aside.h"

struct tandem_aside_member {
	char address[18];
	enum tandem_aside_state told;
	int64_t sbc_by_ns; /* asked for, and its device has not been seen since; 0: not */
};

struct tandem_aside {
	/* constant */
	struct pw_core *core;
	struct pw_loop *loop;
	const struct tandem_aside_events *events;
	void *data;

	/* main */
	struct pw_registry *registry; /* NULL: the core is gone */
	struct spa_hook registry_listener, registry_proxy_listener, core_listener;
	struct spa_source *timer;
	struct spa_list boxes;
	struct spa_list nodes;    /* of devices; aside-stray.c knows what they are */
	bool had_manager;         /* one has been seen, which may have gone */
	struct pw_array managers; /* uint32_t: the clients of one that are there */
	uint32_t n_members;
	struct tandem_aside_member members[TANDEM_MAX_SPEAKERS];
	int64_t leftovers_ns;
	int64_t due_ns;
	int failed;      /* what was said of the last try to note; 0: it went well */
	int seq;         /* of the sync under way */
	uint32_t rounds; /* of syncs to come */
};

/* A device of the session manager; its proxy holds the memory. */
struct tandem_aside_box {
	struct tandem_aside *aside;
	struct spa_list link;
	struct pw_proxy *proxy;
	struct spa_hook device_listener, proxy_listener;
	uint32_t id;
	char address[18]; /* empty: not told yet */
	char device[64];
	char noted[TANDEM_PROFILE_NAME_SIZE]; /* empty: nothing */
	char asked[TANDEM_PROFILE_NAME_SIZE]; /* set by us for SBC */
	struct tandem_profiles profiles;
	enum tandem_aside_goal goal; /* as of the last turn */
	bool touched;                /* by this process */
	bool is_hopeless;            /* nothing to put back */
	int64_t listed_ns;           /* the last of its profiles came */
	int64_t off_ns;              /* since when, as far as it has told; 0: it is on */
	int64_t sbc_until_ns;        /* has SBC's profile until then, as a member */
	int64_t last_ns;             /* set */
	int64_t not_before_ns;
	uint32_t sets; /* one after the other */
	bool is_open;  /* what was set last has not been seen yet */
	int error;     /* that has been told */
	int seq;       /* of the last question for the active profile */
};

#define tandem_aside_say(a, is_trouble, ...)                                               \
	do {                                                                               \
		char sentence_[TANDEM_SENTENCE_SIZE];                                      \
		tandem_say(sentence_, __VA_ARGS__);                                        \
		(a)->events->said((a)->data, is_trouble, sentence_);                       \
	} while (0)

int64_t tandem_aside_now_ns(void);

/* All want a turn then, at the latest. */
void tandem_aside_wake_at(struct tandem_aside *a, int64_t at_ns);

/* Something has changed: each device takes whatever step is due; tells. */
void tandem_aside_settle(struct tandem_aside *a);
void tandem_aside_tell(struct tandem_aside *a);

struct tandem_aside_member *tandem_aside_member_of(struct tandem_aside *a,
		const char *address);

/* The registry shows it. */
void tandem_aside_box_bind(struct tandem_aside *a, uint32_t id);

void tandem_aside_box_settle(struct tandem_aside_box *box, int64_t now_ns);

enum tandem_aside_goal tandem_aside_box_goal(struct tandem_aside_box *box, int64_t now_ns);

/* The registry shows it, and it is of some device. */
void tandem_aside_node_bind(struct tandem_aside *a, uint32_t id);

/* After the devices. */
void tandem_aside_nodes_settle(struct tandem_aside *a, int64_t now_ns);

void tandem_aside_nodes_free(struct tandem_aside *a);

/* Not TANDEM_ASIDE_ABSENT. */
enum tandem_aside_state tandem_aside_box_state(const struct tandem_aside_box *box);

#endif
