/* SPDX-License-Identifier: MIT
 *
 * Lead: the microphone as the graph's driver, as that of a sound card is beside Tandem (its
 * priority is above 2000, Tandem's 1010): everybody's cycles then come by its clock.
 *
 *   timer, every cycle of the microphone's clock --> io clock --> stream runs the graph
 *
 * The stream has PW_STREAM_FLAG_DRIVER. Only while the graph has chosen it.
 */
#ifndef TANDEM_ROOM_LEAD_H
#define TANDEM_ROOM_LEAD_H

#include <stdatomic.h>

#include <pipewire/pipewire.h>
#include <spa/node/io.h>

#include "base/units.h"

struct tandem_lead {
	/* constant */
	struct pw_stream *stream;
	struct pw_loop *loop; /* the data loop */
	double speed;         /* of the clock: 1 + mic_ppm / 1e6 */
	struct spa_source *timer;
	/* data loop */
	int64_t next_ns;
	struct spa_io_clock *clock;             /* ours; NULL: none yet */
	const struct spa_io_position *position; /* of whoever drives */
	/* written by main */
	atomic_bool streams;
};

/* stream, loop and speed are set. Main thread. 0 or -errno. */
TANDEM_CHECK int tandem_lead_init(struct tandem_lead *l);
void tandem_lead_finish(struct tandem_lead *l); /* never begun is fine */

#endif
