/* SPDX-License-Identifier: MIT
 *
 * H4, the framing of HCI: a byte for the type, a header with the length, the rest. The
 * socket of btvirt is a stream of such packets, cut anywhere; /dev/vhci gives and takes one
 * at a time.
 *
 *   for (size_t done = 0; done < n; done += (size_t)taken) {
 *           taken = tandem_h4_take(&h, bytes + done, n - done);
 *           if (taken < 0)
 *                   it is no H4 stream;
 *           if (h.is_whole)
 *                   h.bytes[0..h.n-1] is a packet;
 *   }
 *
 * Source: Core specification 5.4, volume 4, part A (types) and part E, 5.4 (headers).
 */
#ifndef TANDEM_TESTS_VM_H4_H
#define TANDEM_TESTS_VM_H4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/units.h"

/* The most that /dev/vhci takes in one write: HCI_MAX_FRAME_SIZE of the kernel. */
#define TANDEM_H4_MAX_BYTES 1028

enum tandem_h4_type {
	TANDEM_H4_COMMAND = 1,
	TANDEM_H4_ACL = 2,
	TANDEM_H4_SCO = 3,
	TANDEM_H4_EVENT = 4,
	TANDEM_H4_ISO = 5,
};

/* All zero: at the beginning of a stream. */
struct tandem_h4 {
	uint8_t bytes[TANDEM_H4_MAX_BYTES];
	size_t n;
	bool is_whole; /* the next call begins another packet */
};

/* How long the packet at bytes[0..n-1] is, type included, as far as they tell: more than n
 * when some are missing. -EBADMSG: unknown type; -EMSGSIZE: longer than the limit. */
ssize_t tandem_h4_bytes(const uint8_t *bytes, size_t n) TANDEM_CHECK;

/* Takes what the packet at hand lacks. Returns the bytes taken, up to n, or the errors of
 * tandem_h4_bytes(): h->bytes then begins with the packet that is to blame. */
ssize_t tandem_h4_take(struct tandem_h4 *h, const uint8_t *bytes, size_t n) TANDEM_CHECK;

#endif
