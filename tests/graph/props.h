/* SPDX-License-Identifier: MIT
 *
 * What a client reads and sets of the node's Props.
 */
#ifndef TANDEM_TESTS_GRAPH_PROPS_H
#define TANDEM_TESTS_GRAPH_PROPS_H

#include "rig.h"

/* The value of that key: a string, or a number with six digits; empty: no such key. Valid
 * until the next call. */
const char *tandem_props_value(struct rig *r, const char *key);
/* The description in PropInfo; empty: no such key. Valid until the next call. */
const char *tandem_props_help(struct rig *r, const char *key);

void tandem_props_set(struct rig *r, const char *key, const struct spa_pod *value);

#endif
