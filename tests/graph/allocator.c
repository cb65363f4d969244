/* SPDX-License-Identifier: MIT */
#include "allocator.h"

#include <stddef.h>
#include <stdlib.h>

/* NOLINTBEGIN(readability-identifier-naming): the C library's names */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void __libc_free(void *p);
/* NOLINTEND(readability-identifier-naming) */

bool (*tandem_allocator_may)(const char *name, int change);

static bool may(const char *name, int change)
{
	return tandem_allocator_may == NULL || tandem_allocator_may(name, change);
}

void *malloc(size_t size)
{
	return may("malloc", 1) ? __libc_malloc(size) : NULL;
}

void *calloc(size_t n, size_t size)
{
	return may("calloc", 1) ? __libc_calloc(n, size) : NULL;
}

void *realloc(void *p, size_t size)
{
	return may("realloc", p == NULL) ? __libc_realloc(p, size) : NULL;
}

void free(void *p)
{
	may("free", p != NULL ? -1 : 0);
	__libc_free(p);
}
