/* SPDX-License-Identifier: MIT
 *
 * Rows of a Tandem sink, out of a Props param and into one: client.c's. Thread: main.
 */
#ifndef TANDEM_TOOLS_CLIENT_ROWS_H
#define TANDEM_TOOLS_CLIENT_ROWS_H

#include <spa/pod/builder.h>

#include "client.h"

/* Takes all rows of a Props, if there are any of Tandem's: the adapter tells those of its
 * converter apart from them. Whether there were. */
bool tandem_client_take_rows(struct tandem_client_node *node, const struct spa_pod *props);
void tandem_client_free_rows(struct tandem_client_node *node);

/* A Props with these rows; value NULL: None. NULL: they do not fit. */
struct spa_pod *tandem_client_make_props(struct spa_pod_builder *b,
		const struct tandem_client_pair pairs[], uint32_t n);

#endif
