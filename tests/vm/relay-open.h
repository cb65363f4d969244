/* SPDX-License-Identifier: MIT
 *
 * The two ends of one controller: a connection to btvirt, which makes a controller of it,
 * and /dev/vhci, which makes a host of it. All return -errno on failure.
 */
#ifndef TANDEM_TESTS_VM_RELAY_OPEN_H
#define TANDEM_TESTS_VM_RELAY_OPEN_H

#include "base/units.h"

/* Returns the connection, non-blocking. Waits while btvirt has more to accept than its
 * backlog of five. -ENAMETOOLONG: no such path can be. */
int tandem_relay_connect(const char *path) TANDEM_CHECK;

/* So that btvirt's parser holds: see the source. */
int tandem_relay_limit_flight(int socket_fd) TANDEM_CHECK;

/* Returns the device, non-blocking. No host yet: the kernel makes one of itself unless
 * tandem_relay_make_host() follows within a second. */
int tandem_relay_open_vhci(const char *path) TANDEM_CHECK;

/* Asks for a primary controller. Sets *ret_index, of hci<index>; untouched on failure.
 * -EPROTO: it answered otherwise, as kernels before 6.7 may, whose host can be the quicker;
 * -EAGAIN: not at once. */
int tandem_relay_make_host(int vhci_fd, unsigned *ret_index) TANDEM_CHECK;

#endif
