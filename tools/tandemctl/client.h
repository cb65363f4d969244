/* SPDX-License-Identifier: MIT
 *
 * Client: what tandemctl sees of PipeWire, kept up to date while it waits:
 *
 *     registry --> nodes: Audio/Sink, Audio/Source
 *     Props    --> rows of a Tandem sink: "speaker.left.state" is "streaming" ...
 *     set -------> Tandem; what came of it shows in the rows: wait for it
 *
 * A sink is Tandem's when it says device.api = tandem (module/sink.c). Its rows are its
 * live settings, and its status as base/status-rows.h has it.
 * Nothing moves but within new() and wait(): what is borrowed holds until then. Thread:
 * main. Not a PipeWire main loop of its own: pw_init() has been called.
 */
#ifndef TANDEM_TOOLS_CLIENT_H
#define TANDEM_TOOLS_CLIENT_H

#include <pipewire/pipewire.h>

#include "base/units.h"

enum tandem_client_type {
	TANDEM_CLIENT_TEXT,
	TANDEM_CLIENT_BOOL,
	TANDEM_CLIENT_NUMBER, /* written with a point */
};

struct tandem_client_row {
	char *key, *text;
	enum tandem_client_type type;
};

enum tandem_client_kind {
	TANDEM_CLIENT_TANDEM, /* a sink of Tandem's */
	TANDEM_CLIENT_SINK,   /* any other */
	TANDEM_CLIENT_SOURCE, /* a microphone; no monitor of a sink is one */
};

struct tandem_client_node {
	uint32_t id;                      /* of the object in PipeWire */
	char *name;                       /* node.name, by which programs know it */
	char *description;                /* by which people do; never NULL */
	struct pw_properties *properties; /* all that it says */
	enum tandem_client_kind kind;
	uint32_t n_rows; /* 0: of another kind than TANDEM, or not told yet */
	struct tandem_client_row *rows;
	uint32_t updates; /* how often all rows were told */
};

struct tandem_client;

/* Connects, and waits until all that is there is known. Sets *ret_client; returns 0,
 * -ETIMEDOUT, -ENOMEM or why PipeWire cannot be reached. */
TANDEM_CHECK int tandem_client_new(struct tandem_client **ret_client);
void tandem_client_free(struct tandem_client *c); /* NULL is fine */

/* For streams of one's own. */
struct pw_core *tandem_client_core(struct tandem_client *c);
struct pw_loop *tandem_client_loop(struct tandem_client *c);

/* Whether a Tandem runs, with a sink or without. */
bool tandem_client_has_tandem(const struct tandem_client *c);

/* PipeWire has ended the connection: nothing will come any more. */
bool tandem_client_is_gone(const struct tandem_client *c);

/* Runs the loop until check() is true, which is asked first and after whatever happened.
 * False: it was not within ms, or PipeWire has gone. ms < 0: for ever. */
bool tandem_client_wait(struct tandem_client *c,
		bool (*check)(struct tandem_client *c, void *data), void *data, int ms);

/* The i-th of this kind, in the order in which PipeWire told of them; NULL: no more. */
const struct tandem_client_node *tandem_client_node(const struct tandem_client *c,
		enum tandem_client_kind kind, uint32_t i);
/* By node.name, or by what people call it, or by id. NULL: there is none. */
const struct tandem_client_node *tandem_client_find(const struct tandem_client *c,
		enum tandem_client_kind kind, const char *name);
/* By id, for what was borrowed before a wait. NULL: it has gone. */
const struct tandem_client_node *tandem_client_at(const struct tandem_client *c,
		uint32_t id);

/* The text of a row, NULL: there is none: numbers that are not known are left out. */
const char *tandem_client_row(const struct tandem_client_node *node, const char *key);
/* Of speaker.<label>.<key>. */
const char *tandem_client_speaker_row(const struct tandem_client_node *node,
		const char *label, const char *key);
/* Sets *ret_value; false: there is no such row, or it is no number. */
bool tandem_client_number(const char *text, double *ret_value);

/* The i-th speaker's label, "left"; false: no more. */
#define TANDEM_CLIENT_LABEL_SIZE 16
bool tandem_client_label(const struct tandem_client_node *node, uint32_t i,
		char label[TANDEM_CLIENT_LABEL_SIZE]);

/* One setting, its value as text; NULL: the default. What Tandem thinks of it shows in the
 * rows. 0, or -ENOENT: the node has gone, or -ENOSPC: too long. */
TANDEM_CHECK int tandem_client_set(struct tandem_client *c, uint32_t id, const char *key,
		const char *value);
/* Several, which Tandem takes at once. */
struct tandem_client_pair {
	const char *key, *value;
};
TANDEM_CHECK int tandem_client_set_all(struct tandem_client *c, uint32_t id,
		const struct tandem_client_pair pairs[], uint32_t n_pairs);

#endif
