/* SPDX-License-Identifier: MIT
 *
 * Which kernels may stamp what has gone out of a Bluetooth socket. Pure.
 */
#ifndef TANDEM_MODULE_STAMPS_H
#define TANDEM_MODULE_STAMPS_H

#include <stdbool.h>

/* release: as uname() has it, "6.12.48+deb13-amd64". False from 6.15, which brought the
 * stamps, up to 6.16.9: they use memory that has been freed (CVE-2025-39983). An older
 * kernel does no harm, it refuses; nor does what looks like no release, for no kernel of
 * those is called otherwise. */
bool tandem_stamps_are_safe(const char *release);

#endif
