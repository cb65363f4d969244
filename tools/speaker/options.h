/* SPDX-License-Identifier: MIT
 *
 * Options of tandem-speaker: `tandem-speaker --help` lists them. Thread: main.
 */
#ifndef TANDEM_TOOLS_SPEAKER_OPTIONS_H
#define TANDEM_TOOLS_SPEAKER_OPTIONS_H

#include "crowd.h"
#include "model.h"

enum tandem_reports {
	TANDEM_REPORTS_NONE,
	TANDEM_REPORTS_STATIC,  /* once at each start of a stream: the nominal delay */
	TANDEM_REPORTS_DYNAMIC, /* that, then every 3 s the real one with 1 ms of noise */
};

struct tandem_options {
	char *adapter; /* "hci1" */
	char *name;    /* NULL: not named */
	char *wav;     /* NULL: not recorded */
	int lean;      /* true: by a shorter filter; GLib has it as an int */
	char *csv;
	int ldac;       /* true: takes LDAC beside SBC */
	int64_t t0_ns;  /* 0: now */
	double seconds; /* 0: until SIGTERM */
	double bias_ms; /* added to every report */
	enum tandem_reports reports;
	struct tandem_crowd crowd;
	struct tandem_box_config box;
};

/* False: said what is wrong, on stderr. */
bool tandem_options_parse(struct tandem_options *o, int argc, char **argv);
void tandem_options_finish(struct tandem_options *o);

#endif
