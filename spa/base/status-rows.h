/* SPDX-License-Identifier: MIT
 *
 * What a person can read of struct tandem_status, row by row: the node's Props and the
 * manual walk these tables.
 *
 *     tandem.<key>           of the group:  struct tandem_status
 *     speaker.<label>.<key>  of a speaker:  struct tandem_speaker_status
 *
 * Constant data; any thread.
 */
#ifndef TANDEM_BASE_STATUS_ROWS_H
#define TANDEM_BASE_STATUS_ROWS_H

#include "status.h"

enum tandem_status_type {
	TANDEM_STATUS_BOOL,
	TANDEM_STATUS_U32,
	TANDEM_STATUS_U64,
	TANDEM_STATUS_DOUBLE,   /* left out while NAN */
	TANDEM_STATUS_TEXT,     /* an array of char */
	TANDEM_STATUS_CONSTANT, /* a pointer to constant text, NULL: empty */
	TANDEM_STATUS_STATE,    /* enum tandem_speaker_state */
};

struct tandem_status_row {
	const char *key;
	enum tandem_status_type type;
	size_t offset;
	const char *help; /* one line, with the unit, no full stop */
};

struct tandem_status_table {
	const struct tandem_status_row *rows;
	uint32_t n;
};
extern const struct tandem_status_table tandem_group_status_table;
extern const struct tandem_status_table tandem_speaker_status_table;

#endif
