/* SPDX-License-Identifier: MIT
 *
 * Replaces the C library's allocator, in this program and in all it loads, by one that
 * asks first. Not under sanitizers, which bring their own.
 */
#ifndef TANDEM_TESTS_ALLOCATOR_H
#define TANDEM_TESTS_ALLOCATOR_H

#include <stdbool.h>

/* Called with the function's name and the change in live blocks it is about to make (+1,
 * -1, 0); false: an allocation fails. NULL: nobody asks. */
extern bool (*tandem_allocator_may)(const char *name, int change);

#endif
