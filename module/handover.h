/* SPDX-License-Identifier: MIT
 *
 * Handover: memory that passes to another thread through a queue of GLib.
 *
 *     giver: fill *object; tandem_handover_give(object); queue it
 *     taker: take it from the queue; tandem_handover_take(object); use *object
 *
 * GLib's queues order the two by locks made of futexes, which ThreadSanitizer cannot see
 * in a GLib that is not compiled for it. These two calls say so; without it they are
 * nothing. The start and the end of a GThread need no such word: they are pthread_create()
 * and pthread_join(), which it knows.
 */
#ifndef TANDEM_MODULE_HANDOVER_H
#define TANDEM_MODULE_HANDOVER_H

#ifdef __has_feature /* clang's way to say it */
#if __has_feature(thread_sanitizer)
#define TANDEM_THREAD_SANITIZER
#endif
#endif
#ifdef __SANITIZE_THREAD__ /* gcc's */
#define TANDEM_THREAD_SANITIZER
#endif

#ifdef TANDEM_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

/* The last moment at which the giver may touch the object. */
static inline void tandem_handover_give(void *object)
{
#ifdef TANDEM_THREAD_SANITIZER
	__tsan_release(object);
#else
	(void)object;
#endif
}

/* The first moment at which the taker may. */
static inline void tandem_handover_take(void *object)
{
#ifdef TANDEM_THREAD_SANITIZER
	__tsan_acquire(object);
#else
	(void)object;
#endif
}

#endif
