/* SPDX-License-Identifier: MIT
 *
 * The socket that BlueZ hands out: L2CAP SOCK_SEQPACKET, one send() is one packet.
 * A small send buffer bounds what waits in the kernel: a speaker that stalls must not
 * hold seconds of sound, nor the buffers that the other speaker needs.
 *
 *   send --> kernel --> controller --> speaker          what is on its way is known
 *               |            '--- completion stamp --> exactly, by stamps; or as far as
 *               '--- bytes of the send buffer -------> the kernel holds it
 *
 * Source: shared facts on Bluetooth, 7.1 and 7.2.
 */
#ifndef TANDEM_PATH_TRANSPORT_L2CAP_H
#define TANDEM_PATH_TRANSPORT_L2CAP_H

#include "transport.h"

/* Takes fd, which is closed on failure too. stamps: completions may be asked for, which
 * BlueZ, polling the same socket, must know about; a socket that cannot does without.
 * Returns 0, -ENOMEM or fcntl's errno. */
int tandem_transport_l2cap_new(struct tandem_transport **ret_transport, int fd,
		uint32_t mtu_bytes, bool stamps) TANDEM_CHECK;

#endif
