/* SPDX-License-Identifier: MIT
 *
 * Notify: one word to systemd, as sd_notify(3) describes it: a datagram to $NOTIFY_SOCKET,
 * to which a file descriptor may be tied. Any thread.
 */
#ifndef TANDEM_MODULE_NOTIFY_H
#define TANDEM_MODULE_NOTIFY_H

#include "base/units.h"

#define TANDEM_NOTIFY_SIZE 108 /* of an address: as sun_path */

/* Takes $NOTIFY_SOCKET out of the environment, so that no child finds it; so before there
 * are other threads of ours. Empty: nobody listens. */
void tandem_notify_take(char address[TANDEM_NOTIFY_SIZE]);

/* Does not wait. fd: -1 none; stays the caller's. 0, also when nobody listens, or
 * -errno. */
TANDEM_CHECK int tandem_notify(const char *address, const char *word, int fd);

#endif
