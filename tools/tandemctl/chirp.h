/* SPDX-License-Identifier: MIT
 *
 * Chirp: plays the probes on a sink, or silence, which keeps the speakers awake.
 *
 *   probe 0 --> FL --+
 *   probe 1 --> FR --+--> gain, up and down softly --> stream (play.h)
 *
 * Thread: main.
 */
#ifndef TANDEM_TOOLS_CHIRP_H
#define TANDEM_TOOLS_CHIRP_H

#include <stdbool.h>

#include "play.h"

struct tandem_chirp;

/* Silence at first. Sets *ret_chirp, which the caller frees before the core; untouched on
 * failure. 0 or a negative errno. */
int tandem_chirp_new(struct tandem_chirp **ret_chirp, struct pw_core *core,
		const char *sink, uint32_t rate_hz) TANDEM_CHECK;
void tandem_chirp_free(struct tandem_chirp *c); /* NULL is fine */

void tandem_chirp_set(struct tandem_chirp *c, bool sounds);
/* What ended the stream, "" while it has not ended. */
const char *tandem_chirp_trouble(const struct tandem_chirp *c);

#endif
