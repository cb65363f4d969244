/* SPDX-License-Identifier: MIT
 *
 * Values as BlueZ sends them, out of the fuzzer's bytes: the objects, interfaces and
 * properties it really has, with values that are right, wrong, or of another type. Each
 * byte is one choice.
 */
#ifndef TANDEM_TESTS_FUZZ_BLUEZ_MAKER_H
#define TANDEM_TESTS_FUZZ_BLUEZ_MAKER_H

#include <gio/gio.h>

#include "bytes.h"

/* All are owned by the caller, never floating, and of the type named. */
const char *tandem_maker_path(struct bytes *b);
const char *tandem_maker_interface(struct bytes *b);
const char *tandem_maker_property(struct bytes *b);

GVariant *tandem_maker_properties(struct bytes *b); /* a{sv} */
GVariant *tandem_maker_object(struct bytes *b);     /* (oa{sa{sv}}) */
GVariant *tandem_maker_objects(struct bytes *b);    /* (a{oa{sa{sv}}}) */

/* Text, possibly long and foreign, always UTF-8, as D-Bus has it. */
char *tandem_maker_text(struct bytes *b);

/* Any bytes as a value of this type, brought into normal form. */
GVariant *tandem_maker_raw(struct bytes *b, const char *type);

#endif
