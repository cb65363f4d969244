/* SPDX-License-Identifier: MIT
 *
 * Receive: packets with the instant they arrived, as the kernel stamped it when they were
 * queued, so that it does not matter when this process gets to run.
 * Thread: any one; sockets are polled and read without blocking (a blocking read of a
 * Bluetooth socket stalls the whole adapter on Linux 6.1).
 */
#ifndef TANDEM_TOOLS_SPEAKER_RECEIVE_H
#define TANDEM_TOOLS_SPEAKER_RECEIVE_H

#include <stdbool.h>
#include <sys/types.h>

#include "spa/base/units.h"

int64_t tandem_receive_now_ns(void); /* CLOCK_MONOTONIC */

/* Asks the kernel for stamps. Returns 0 or -errno: then arrivals are when they are read. */
TANDEM_CHECK int tandem_receive_prepare(int fd);

/* Reads one packet. Sets *ret_at_ns when the result is > 0. Returns bytes, 0: hung up,
 * -EAGAIN: nothing there, or another -errno: broken. */
TANDEM_CHECK ssize_t tandem_receive_run(int fd, void *buffer, size_t bytes,
		int64_t *ret_at_ns, bool *ret_stamped);

/* The packet that tandem_receive_run() would read, which stays: its length, and when it
 * came. Returns as that. */
TANDEM_CHECK ssize_t tandem_receive_peek(int fd, int64_t *ret_at_ns);

#endif
