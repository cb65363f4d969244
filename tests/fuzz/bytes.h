/* SPDX-License-Identifier: MIT
 *
 * The fuzzer's bytes, taken one by one. After the last one come zeros, so that every input
 * means something.
 */
#ifndef TANDEM_TESTS_FUZZ_BYTES_H
#define TANDEM_TESTS_FUZZ_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct bytes {
	const uint8_t *at;
	size_t left;
};

static inline uint8_t take_byte(struct bytes *b)
{
	if (b->left == 0)
		return 0;
	b->left--;
	return *b->at++;
}

/* n > 0; for tables. */
static inline uint32_t take_below(struct bytes *b, uint32_t n)
{
	return take_byte(b) % n;
}

/* Up to most bytes in one piece, or as many as are left. */
static inline struct bytes take_some(struct bytes *b, uint32_t most)
{
	const uint32_t wanted = take_below(b, most + 1);
	const struct bytes some = { b->at, wanted < b->left ? wanted : b->left };

	b->at += some.left;
	b->left -= some.left;
	return some;
}

/* What must hold; ends the run, and the fuzzer keeps the input. */
#define MUST(condition, ...)                                                               \
	do {                                                                               \
		if (!(condition)) {                                                        \
			fprintf(stderr, "%s:%d: must hold: %s: ", __FILE__, __LINE__,      \
					#condition);                                       \
			fprintf(stderr, __VA_ARGS__);                                      \
			fputc('\n', stderr);                                               \
			abort();                                                           \
		}                                                                          \
	} while (0)

/* libFuzzer calls it so. NOLINTNEXTLINE(readability-identifier-naming) */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
