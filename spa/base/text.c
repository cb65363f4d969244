/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <string.h>

/* Bytes of the character that begins so; 1 for whatever begins none. */
static size_t character_bytes(unsigned char first)
{
	if (first >= 0xf0)
		return 4;
	if (first >= 0xe0)
		return 3;
	return first >= 0xc0 ? 2 : 1;
}

int tandem_text_fit(const char *text, size_t most)
{
	const size_t n = strnlen(text, most);
	size_t last = n;

	/* Back over the bytes that go on, at most three, to the one that begins. */
	while (last > 0 && n - last < 3 && ((unsigned char)text[last - 1] & 0xc0) == 0x80)
		last--;
	if (last > 0 && character_bytes((unsigned char)text[last - 1]) > n - last + 1)
		return (int)(last - 1);
	return (int)n;
}
