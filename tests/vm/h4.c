/* SPDX-License-Identifier: MIT */
#include "h4.h"

#include <errno.h>
#include <string.h>

struct layout {
	size_t header_bytes; /* type included; 0: no such type */
	size_t length_at;
	uint16_t length_mask; /* above 0xff: of two bytes, the lower first */
};

static const struct layout layouts[] = {
	[TANDEM_H4_COMMAND] = { 4, 3, 0xff },
	[TANDEM_H4_ACL] = { 5, 3, 0xffff },
	[TANDEM_H4_SCO] = { 4, 3, 0xff },
	[TANDEM_H4_EVENT] = { 3, 2, 0xff },
	[TANDEM_H4_ISO] = { 5, 3, 0x3fff },
};

ssize_t tandem_h4_bytes(const uint8_t *bytes, size_t n)
{
	if (n == 0)
		return 1;
	if (bytes[0] >= TANDEM_ARRAY_LEN(layouts) || layouts[bytes[0]].header_bytes == 0)
		return -EBADMSG;

	const struct layout *const l = &layouts[bytes[0]];
	if (n < l->header_bytes)
		return (ssize_t)l->header_bytes;

	const uint8_t *const length = bytes + l->length_at;
	const int high = l->length_mask > 0xff ? length[1] << 8 : 0;
	const size_t total =
			l->header_bytes + ((size_t)(high | length[0]) & l->length_mask);

	return total > TANDEM_H4_MAX_BYTES ? -EMSGSIZE : (ssize_t)total;
}

ssize_t tandem_h4_take(struct tandem_h4 *h, const uint8_t *bytes, size_t n)
{
	size_t taken = 0;

	if (h->is_whole)
		*h = (struct tandem_h4){ 0 };
	for (;;) {
		const ssize_t total = tandem_h4_bytes(h->bytes, h->n);
		if (total < 0)
			return total;

		const size_t lacking = (size_t)total - h->n;
		const size_t part = lacking < n - taken ? lacking : n - taken;

		h->is_whole = lacking == 0;
		if (part == 0)
			return (ssize_t)taken;
		memcpy(h->bytes + h->n, bytes + taken, part);
		h->n += part;
		taken += part;
	}
}
