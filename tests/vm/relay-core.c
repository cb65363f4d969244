/* SPDX-License-Identifier: MIT */
#include "relay-core.h"

#include <string.h>

#include "h4.h"

#define EVENT_CONNECTION_COMPLETE 0x03
#define EVENT_DISCONNECTION_COMPLETE 0x05
#define EVENT_COMMAND_COMPLETE 0x0e
#define COMMAND_RESET 0x0c03
#define COMMAND_READ_BD_ADDR 0x1009
#define COMMAND_READ_BUFFER_SIZE 0x1005
#define LINK_ACL 0x01

/* A packet of the air, 3-DH5, and as many of them as Intel's controllers hold. btvirt says
 * 192 bytes and one: a packet of music then goes in six pieces, each after the answer to
 * the one before, and the second speaker gets its own 0.35 ms late. */
#define BUFFER_BYTES 1021
#define BUFFERS 4

#define ACL_HEADER_BYTES 5
#define HANDLE_MASK 0x0fff
#define START_MASK 0x3000      /* the packet boundary flag, */
#define START_FLUSHABLE 0x2000 /* whose 0 is a start too, but not towards a host */

static uint16_t get16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static void put16(uint8_t *bytes, uint16_t value)
{
	bytes[0] = (uint8_t)value;
	bytes[1] = (uint8_t)(value >> 8);
}

/* FNV-1a: offset basis and prime of its 64 bits. */
static uint64_t hash(const uint8_t *bytes, size_t n)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ bytes[i]) * 0x100000001b3u;
	return h;
}

/* TANDEM_RELAY_MAX: none of ours. */
static unsigned find_address(const struct tandem_relay *r, const uint8_t *address)
{
	unsigned i = 0;

	while (i < TANDEM_RELAY_MAX &&
			!(r->controllers[i].has_address &&
					memcmp(r->controllers[i].address, address, 6) == 0))
		i++;
	return i;
}

/* The peer; TANDEM_RELAY_MAX: no such link. */
static unsigned find_handle(const struct tandem_relay_controller *c, uint16_t handle)
{
	unsigned i = 0;

	while (i < TANDEM_RELAY_MAX && !(c->links[i].is_up && c->links[i].handle == handle))
		i++;
	return i;
}

static void drop_pending(struct tandem_relay_controller *c, size_t i)
{
	c->n_pending--;
	memmove(&c->pending[i], &c->pending[i + 1],
			(c->n_pending - i) * sizeof(c->pending[0]));
}

/* ---- what the events tell ---- */

/* What was pending on earlier links of the two is lost. Not so on this one: the peer may
 * have learned of it, and used it, before us. */
static void drop_lost(struct tandem_relay_controller *c, unsigned peer)
{
	for (size_t i = c->n_pending; i-- > 0;) {
		if (c->pending[i].source == peer &&
				c->pending[i].number < c->links[peer].number)
			drop_pending(c, i);
	}
}

static void learn_link(struct tandem_relay *r, unsigned index, uint16_t handle,
		const uint8_t *address)
{
	struct tandem_relay_controller *const c = &r->controllers[index];
	const unsigned peer = find_address(r, address);
	const unsigned before = find_handle(c, handle);

	/* When a peer is reset its links vanish in btvirt without a word. */
	if (before < TANDEM_RELAY_MAX)
		c->links[before].is_up = false;
	if (peer == TANDEM_RELAY_MAX)
		return;
	c->links[peer].is_up = true;
	c->links[peer].handle = handle;
	c->links[peer].number++;
	drop_lost(c, peer);
}

static void forget_link(struct tandem_relay_controller *c, uint16_t handle)
{
	const unsigned peer = find_handle(c, handle);

	if (peer < TANDEM_RELAY_MAX)
		c->links[peer].is_up = false;
}

static void forget_all(struct tandem_relay_controller *c)
{
	for (size_t i = 0; i < TANDEM_RELAY_MAX; i++)
		c->links[i].is_up = false;
	c->n_pending = 0;
}

/* A reset counts when it is done: what comes before in this stream is from before. */
static void learn_from_answer(struct tandem_relay_controller *c, const uint8_t *answer,
		size_t n)
{
	if (n < 4 || answer[3] != 0)
		return;
	switch (get16(answer + 1)) {
	case COMMAND_RESET:
		forget_all(c);
		break;
	case COMMAND_READ_BD_ADDR:
		if (n < 10)
			return;
		memcpy(c->address, answer + 4, 6);
		c->has_address = true;
		break;
	default:
		break;
	}
}

/* event[0..n-1]: code, length, parameters. Of those that matter none is below 6 bytes. */
static void learn(struct tandem_relay *r, unsigned index, const uint8_t *event, size_t n)
{
	struct tandem_relay_controller *const c = &r->controllers[index];

	if (n < 6)
		return;
	switch (event[0]) {
	case EVENT_CONNECTION_COMPLETE:
		if (n >= 13 && event[2] == 0 && event[11] == LINK_ACL)
			learn_link(r, index, get16(event + 3) & HANDLE_MASK, event + 5);
		break;
	case EVENT_DISCONNECTION_COMPLETE:
		if (event[2] == 0)
			forget_link(c, get16(event + 3) & HANDLE_MASK);
		break;
	case EVENT_COMMAND_COMPLETE:
		learn_from_answer(c, event + 2, n - 2);
		break;
	default:
		break;
	}
}

/* The answer to Read Buffer Size, as a controller with a radio gives it. */
static void enlarge_buffers(uint8_t *event, size_t n)
{
	if (n < 13 || event[0] != EVENT_COMMAND_COMPLETE || event[5] != 0 ||
			get16(event + 3) != COMMAND_READ_BUFFER_SIZE)
		return;
	put16(event + 6, BUFFER_BYTES);
	put16(event + 9, BUFFERS);
}

/* ---- ACL packets ---- */

static bool fits(const struct tandem_relay_controller *to,
		const struct tandem_relay_pending *p,
		const struct tandem_relay_pending *seen)
{
	const struct tandem_relay_link *const link = &to->links[p->source];

	/* A btvirt without the fault gives the right handle at once. */
	return link->is_up && p->bytes == seen->bytes && p->hash == seen->hash &&
	       (seen->handle == p->handle || seen->handle == link->handle);
}

/* Whose packet is it? The first that fits, but rather one that is the oldest of its source:
 * a link keeps its order, so a later one would mean that btvirt lost those before.
 *
 * Two sources with the same payload at their heads are interchangeable. Each of the two
 * links gets these bytes once, whichever of the two arrivals they are from. In its own
 * order too, as long as neither source sends ahead of the answer to them, as signalling
 * does not; music has one source here. */
static size_t find_pending(const struct tandem_relay_controller *to,
		const struct tandem_relay_pending *seen)
{
	size_t later = to->n_pending;
	unsigned met = 0;

	for (size_t i = 0; i < to->n_pending; i++) {
		const unsigned source = 1u << to->pending[i].source;

		if (fits(to, &to->pending[i], seen)) {
			if ((met & source) == 0)
				return i;
			later = later < to->n_pending ? later : i;
		}
		met |= source;
	}
	return later;
}

static struct tandem_relay_pending looks_of(const uint8_t *packet, size_t n)
{
	return (struct tandem_relay_pending){
		.handle = get16(packet + 1) & HANDLE_MASK,
		.bytes = n,
		.hash = hash(packet + ACL_HEADER_BYTES, n - ACL_HEADER_BYTES),
	};
}

static void remember(struct tandem_relay *r, unsigned index, const uint8_t *packet,
		size_t n)
{
	struct tandem_relay_pending p = looks_of(packet, n);
	const unsigned peer = find_handle(&r->controllers[index], p.handle);

	if (peer == TANDEM_RELAY_MAX)
		return;

	struct tandem_relay_controller *const to = &r->controllers[peer];
	if (to->n_pending == TANDEM_RELAY_PENDING) {
		drop_pending(to, 0);
		r->lost++;
	}
	p.source = index;
	p.number = r->controllers[index].links[peer].number;
	to->pending[to->n_pending++] = p;
}

static enum tandem_relay_did repair(struct tandem_relay *r, unsigned index, uint8_t *packet,
		size_t n)
{
	struct tandem_relay_controller *const to = &r->controllers[index];
	const struct tandem_relay_pending seen = looks_of(packet, n);
	uint16_t flags = get16(packet + 1) & (uint16_t)~HANDLE_MASK;
	const size_t i = find_pending(to, &seen);

	if ((flags & START_MASK) == 0)
		flags |= START_FLUSHABLE;
	put16(packet + 1, seen.handle | flags);
	if (i == to->n_pending) {
		if (find_handle(to, seen.handle) < TANDEM_RELAY_MAX) {
			r->unmatched++;
		} else {
			r->unknown++;
		}
		return TANDEM_RELAY_UNMATCHED;
	}

	const uint16_t handle = to->links[to->pending[i].source].handle;

	drop_pending(to, i);
	put16(packet + 1, handle | flags);
	if (handle == seen.handle) {
		r->right++;
		return TANDEM_RELAY_PASSED;
	}
	r->rewritten++;
	return TANDEM_RELAY_REWROTE;
}

void tandem_relay_to_controller(struct tandem_relay *r, unsigned index,
		const uint8_t *packet, size_t n)
{
	if (packet[0] == TANDEM_H4_ACL && n >= ACL_HEADER_BYTES)
		remember(r, index, packet, n);
}

enum tandem_relay_did tandem_relay_to_host(struct tandem_relay *r, unsigned index,
		uint8_t *packet, size_t n)
{
	if (packet[0] == TANDEM_H4_EVENT) {
		enlarge_buffers(packet + 1, n - 1);
		learn(r, index, packet + 1, n - 1);
	}
	if (packet[0] == TANDEM_H4_ACL && n >= ACL_HEADER_BYTES)
		return repair(r, index, packet, n);
	return TANDEM_RELAY_PASSED;
}
