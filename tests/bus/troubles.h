/* SPDX-License-Identifier: MIT
 *
 * Troubles: a table of what can go wrong between Tandem and BlueZ, what a person is told of
 * it, and whether it mends by itself once the cause is gone. Rows in troubles.c, run by
 * test-troubles.c; sources: shared facts on Bluetooth, 1.1 to 1.8 and 5.2.
 */
#ifndef TANDEM_TESTS_BUS_TROUBLES_H
#define TANDEM_TESTS_BUS_TROUBLES_H

#include "bench.h"

enum trouble_time {
	AT_START, /* before our bus starts; sound is wanted from the first */
	IDLE,     /* both speakers are connected, no sound is wanted */
	PLAYING,  /* both play */
};

enum trouble_end {
	MENDS,  /* both play, once the cause is gone */
	STAYS,  /* the first speaker has the same to say half a minute later */
	PASSES, /* it must not even be noticed: both play on without a word */
};

struct trouble {
	const char *name;
	enum trouble_time when;
	bool foreign;                    /* a session manager has the streams */
	bool late;                       /* bus deadlines are waited for: a tenth as long */
	bool both;                       /* touches both; else the second plays on */
	enum tandem_speaker_state state; /* of the first speaker */
	enum trouble_end end;
	const char *says;                   /* part of its sentence; "": nothing at all */
	const char *option;                 /* of the simulation; NULL: none */
	const char *cause[6];               /* faults (faults.h) */
	void (*stage)(struct bench *b);     /* more of the cause; NULL: none */
	bool (*met)(const struct bench *b); /* it has shown; NULL: by what is said */
	const char *cure[3];
	void (*mend)(struct bench *b);
};

/* A stage: the music stops and starts again, as a person does it. */
void tandem_trouble_pause(struct bench *b);

extern const struct trouble tandem_troubles[];
extern const int tandem_troubles_n;

#endif
