/* SPDX-License-Identifier: MIT
 *
 * Aside, the decisions: what to do with a device of the session manager, given what it can
 * be and what it is.
 *
 *     profiles, goal, noted --> wait | done | set this profile | nothing can be set
 *
 * Profiles are known by name: their indexes differ between versions of PipeWire and from
 * one connection to the next. Pure; thread: main.
 */
#ifndef TANDEM_MODULE_ASIDE_PLAN_H
#define TANDEM_MODULE_ASIDE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/units.h"

#define TANDEM_PROFILE_NAME_SIZE 64 /* "a2dp-sink-opus_05_duplex" is 25 */
#define TANDEM_MAX_PROFILES 48      /* a dozen codecs in both directions; chosen */

struct tandem_profile {
	int32_t index;
	int32_t priority; /* the higher the better */
	bool available;
	char name[TANDEM_PROFILE_NAME_SIZE];
};

struct tandem_profiles {
	uint32_t n;
	struct tandem_profile items[TANDEM_MAX_PROFILES];
	bool is_known; /* the active one has been told */
	struct tandem_profile active;
};

enum tandem_aside_goal {
	TANDEM_ASIDE_LEAVE, /* not ours: never touched */
	TANDEM_ASIDE_AWAY,  /* off */
	TANDEM_ASIDE_SBC,   /* with SBC, so that its stream is set up anew; else off */
	TANDEM_ASIDE_BACK,  /* as noted */
};

enum tandem_aside_move {
	TANDEM_ASIDE_WAIT, /* too little is known yet */
	TANDEM_ASIDE_DONE,
	TANDEM_ASIDE_SET,
	TANDEM_ASIDE_HOPELESS, /* no profile that could be put back */
};

struct tandem_aside_step {
	enum tandem_aside_move move;
	const struct tandem_profile *profile; /* to be SET; belongs to the profiles */
};

/* Adds it, or takes it for the one of its index; one too many is left out. is_first: a new
 * list begins with it. */
void tandem_profiles_add(struct tandem_profiles *p, const struct tandem_profile *profile,
		bool is_first);

/* Whether the active one is known and is off. */
bool tandem_profiles_is_off(const struct tandem_profiles *p);

/* noted: name of a profile, or empty. is_settled: the list of profiles is whole. */
struct tandem_aside_step tandem_aside_plan(const struct tandem_profiles *p,
		enum tandem_aside_goal goal, const char *noted, bool is_settled);

/* factory: of a node, or NULL. Whether it is made of a device's stream, and so belongs to a
 * profile. What the session manager adds, such as WirePlumber's microphone that changes to
 * hands-free when somebody records, stays whatever the profile. */
bool tandem_aside_is_stream(const char *factory);

/* A node of a device's stream: when it is one too many; INT64_MAX: it belongs there.
 * off_ns: since when the device is off, 0: it is on; seen_ns: of the node, since when. */
int64_t tandem_aside_stray_ns(const struct tandem_profiles *p, enum tandem_aside_goal goal,
		int64_t off_ns, int64_t seen_ns);

/* Before the active one is set to another: takes its name into noted when that is what a
 * person would want back. Music counts more than calls: the hands-free profile is often
 * all there is while our own stream holds the speaker. asked: the name we have set
 * ourselves, which does not count. True: noted has changed. */
bool tandem_aside_note(char noted[TANDEM_PROFILE_NAME_SIZE],
		const struct tandem_profiles *p, const char *asked);

#endif
