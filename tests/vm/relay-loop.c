/* SPDX-License-Identifier: MIT */
#include "relay-loop.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LOGGED_BYTES 16 /* header and the beginning of what L2CAP says; chosen */
#define ENDED (POLLHUP | POLLERR | POLLNVAL)

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

void tandem_relay_loop_init(struct tandem_relay_loop *l, int64_t air_ns, FILE *log)
{
	*l = (struct tandem_relay_loop){ .air_ns = air_ns, .log = log };
}

void tandem_relay_loop_finish(struct tandem_relay_loop *l)
{
	for (unsigned i = 0; i < l->n_pairs; i++) {
		close(l->pairs[i].controller_fd);
		tandem_relay_loop_unplug(l, i);
	}
	l->n_pairs = 0;
}

void tandem_relay_loop_add(struct tandem_relay_loop *l, int controller_fd, int host_fd)
{
	assert(l->n_pairs < TANDEM_RELAY_MAX);

	struct tandem_relay_pair *const p = &l->pairs[l->n_pairs++];
	p->controller_fd = controller_fd;
	p->host_fd = host_fd;
}

void tandem_relay_loop_unplug(struct tandem_relay_loop *l, unsigned index)
{
	struct tandem_relay_pair *const p = &l->pairs[index];

	if (p->host_fd >= 0)
		close(p->host_fd);
	p->host_fd = -1;
	p->host_is_full = false;
}

void tandem_relay_loop_plug(struct tandem_relay_loop *l, unsigned index, int host_fd)
{
	assert(l->pairs[index].host_fd < 0);
	l->pairs[index].host_fd = host_fd;
}

/* ---- what is said ---- */

static bool broken(struct tandem_relay_loop *l, unsigned index, const char *end,
		const char *what)
{
	snprintf(l->trouble, sizeof(l->trouble), "controller %u: %s %s", index, end, what);
	return false;
}

/* n: of a read or write that failed; 0 is the end of a stream. */
static bool broken_end(struct tandem_relay_loop *l, unsigned index, const char *end,
		ssize_t n)
{
	char what[64];

	if (n == 0 || errno == ECONNRESET || errno == EPIPE)
		return broken(l, index, end, "closed its side");
	snprintf(what, sizeof(what), "failed: %m");
	return broken(l, index, end, what);
}

static bool broken_packet(struct tandem_relay_loop *l, unsigned index, const char *end,
		const uint8_t *packet, ssize_t err)
{
	char what[64];

	if (err == -EBADMSG) {
		snprintf(what, sizeof(what), "sent 0x%02x, which is no H4 type", packet[0]);
	} else if (err == -EMSGSIZE) {
		snprintf(what, sizeof(what), "sent a packet of more than %d bytes",
				TANDEM_H4_MAX_BYTES);
	} else {
		snprintf(what, sizeof(what), "sent what is not one packet");
	}
	return broken(l, index, end, what);
}

static void log_packet(const struct tandem_relay_loop *l, unsigned index, const char *way,
		const uint8_t *packet, size_t n, enum tandem_relay_did did)
{
	static const char *const dids[] = {
		[TANDEM_RELAY_PASSED] = "",
		[TANDEM_RELAY_REWROTE] = " (rewritten)",
		[TANDEM_RELAY_UNMATCHED] = " (unmatched)",
	};
	char line[3 * LOGGED_BYTES + 1] = "";

	if (l->log == NULL)
		return;
	for (size_t i = 0; i < n && i < LOGGED_BYTES; i++)
		snprintf(line + 3 * i, 4, " %02x", packet[i]);
	fprintf(l->log, "%u %s %4zu %s%s%s\n", index, way, n, line,
			n > LOGGED_BYTES ? " .." : "", dids[did]);
}

void tandem_relay_loop_report(const struct tandem_relay_loop *l, FILE *to)
{
	const struct tandem_relay *const r = &l->relay;

	for (unsigned i = 0; i < l->n_pairs; i++) {
		const struct tandem_relay_pair *const p = &l->pairs[i];

		fprintf(to,
				"controller %u: %" PRIu64 " to the controller, %" PRIu64
				" to the host, %" PRIu64 " refused\n",
				i, p->n_to_controller, p->n_to_host, p->refused);
	}
	fprintf(to,
			"handles: %" PRIu64 " rewritten, %" PRIu64 " right, %" PRIu64
			" unmatched, %" PRIu64 " unknown, %" PRIu64 " lost\n",
			r->rewritten, r->right, r->unmatched, r->unknown, r->lost);
}

/* ---- to the host; false: broken ---- */

static bool read_chunk(struct tandem_relay_loop *l, unsigned index)
{
	struct tandem_relay_pair *const p = &l->pairs[index];
	const ssize_t n = recv(p->controller_fd, p->chunk, sizeof(p->chunk), 0);

	if (n <= 0)
		return (n < 0 && errno == EAGAIN) || broken_end(l, index, "btvirt", n);
	p->chunk_begin = 0;
	p->chunk_end = (size_t)n;
	return true;
}

static bool write_host(struct tandem_relay_loop *l, unsigned index)
{
	struct tandem_relay_pair *const p = &l->pairs[index];

	if (p->host_fd < 0) {
		p->refused++;
		return true;
	}

	const ssize_t n = write(p->host_fd, p->to_host.bytes, p->to_host.n);
	p->host_is_full = n < 0 && errno == EAGAIN;
	if (p->host_is_full)
		return true;
	/* A host that is powered off takes nothing, as a radio that is off would. */
	if (n < 0 && errno == ENXIO) {
		p->refused++;
	} else if (n < 0) {
		return broken_end(l, index, "/dev/vhci", n);
	}
	p->n_to_host++;
	return true;
}

static bool take_packet(struct tandem_relay_loop *l, unsigned index)
{
	struct tandem_relay_pair *const p = &l->pairs[index];
	struct tandem_h4 *const h = &p->to_host;
	const ssize_t taken = tandem_h4_take(h, p->chunk + p->chunk_begin,
			p->chunk_end - p->chunk_begin);

	if (taken < 0)
		return broken_packet(l, index, "btvirt", h->bytes, taken);
	p->chunk_begin += (size_t)taken;
	if (!h->is_whole)
		return true;

	const enum tandem_relay_did did =
			tandem_relay_to_host(&l->relay, index, h->bytes, h->n);
	log_packet(l, index, "to host      ", h->bytes, h->n, did);
	return write_host(l, index);
}

static bool run_to_host(struct tandem_relay_loop *l, unsigned index, bool is_readable)
{
	struct tandem_relay_pair *const p = &l->pairs[index];

	if (p->host_is_full && !write_host(l, index))
		return false;
	if (is_readable && !read_chunk(l, index))
		return false;
	while (!p->host_is_full && p->chunk_begin < p->chunk_end) {
		if (!take_packet(l, index))
			return false;
	}
	return true;
}

/* ---- to the controller; false: broken ---- */

/* One computer, whose radio has to share its air; it tells its controller what it wants. */
static bool is_crowded(unsigned index, const struct tandem_air_packet *packet)
{
	return index == 0 && packet->bytes[0] == TANDEM_H4_ACL;
}

static bool read_host(struct tandem_relay_loop *l, unsigned index)
{
	struct tandem_relay_pair *const p = &l->pairs[index];
	struct tandem_air_packet *const packet = tandem_air_free(&p->air);

	if (packet == NULL)
		return true;
	const int64_t at_ns = now_ns();
	const ssize_t n = read(p->host_fd, packet->bytes, sizeof(packet->bytes));
	if (n <= 0)
		return (n < 0 && errno == EAGAIN) || broken_end(l, index, "/dev/vhci", n);

	const ssize_t bytes = tandem_h4_bytes(packet->bytes, (size_t)n);
	if (bytes != n)
		return broken_packet(l, index, "/dev/vhci", packet->bytes, bytes);
	packet->n = (size_t)n;
	packet->sent = 0;
	packet->due_ns = tandem_air_due_ns(&p->air, at_ns, l->air_ns, packet->n,
			is_crowded(index, packet) ? l->crowd_bytes_per_s : 0);
	tandem_air_commit(&p->air);
	return true;
}

/* What is due; less when btvirt takes no more. */
static bool write_controller(struct tandem_relay_loop *l, unsigned index)
{
	struct tandem_relay_pair *const p = &l->pairs[index];
	struct tandem_air_packet *packet;

	while ((packet = tandem_air_first(&p->air)) != NULL && packet->due_ns <= now_ns()) {
		if (packet->sent == 0) {
			tandem_relay_to_controller(&l->relay, index, packet->bytes,
					packet->n);
			log_packet(l, index, "to controller", packet->bytes, packet->n,
					TANDEM_RELAY_PASSED);
		}

		const ssize_t n = send(p->controller_fd, packet->bytes + packet->sent,
				packet->n - packet->sent, MSG_NOSIGNAL);
		p->controller_is_full = n < 0 && errno == EAGAIN;
		if (n < 0)
			return p->controller_is_full || broken_end(l, index, "btvirt", n);
		packet->sent += (size_t)n;
		if (packet->sent < packet->n)
			continue;
		tandem_air_drop(&p->air);
		p->n_to_controller++;
	}
	return true;
}

static bool run_to_controller(struct tandem_relay_loop *l, unsigned index, bool is_readable)
{
	return (!is_readable || read_host(l, index)) && write_controller(l, index);
}

/* ---- the turn ---- */

/* Two for each controller: btvirt's end, then the host's. */
static void list_ends(const struct tandem_relay_loop *l, struct pollfd *ends)
{
	for (unsigned i = 0; i < l->n_pairs; i++) {
		const struct tandem_relay_pair *const p = &l->pairs[i];
		ends[2 * i].fd = p->controller_fd;
		ends[2 * i].events = (short)((p->host_is_full ? 0 : POLLIN) |
					     (p->controller_is_full ? POLLOUT : 0));
		ends[2 * i + 1].fd = p->host_fd;
		ends[2 * i + 1].events =
				(short)((tandem_air_is_full(&p->air) ? 0 : POLLIN) |
						(p->host_is_full ? POLLOUT : 0));
	}
}

/* What can still be read of an end that closed is read first. */
static bool has_ended(const struct pollfd *end)
{
	return (end->revents & POLLIN) == 0 && (end->revents & ENDED) != 0;
}

/* To the hosts first: what btvirt has told of a link is known before the link is used. */
static bool move(struct tandem_relay_loop *l, const struct pollfd *ends)
{
	for (unsigned i = 0; i < l->n_pairs; i++) {
		const struct pollfd *const end = &ends[2 * i];

		if (has_ended(end))
			return broken(l, i, "btvirt", "closed its side");
		if (!run_to_host(l, i, (end->revents & POLLIN) != 0))
			return false;
	}
	for (unsigned i = 0; i < l->n_pairs; i++) {
		const struct pollfd *const end = &ends[2 * i + 1];

		if (has_ended(end))
			return broken(l, i, "/dev/vhci", "closed its side");
		if (!run_to_controller(l, i, (end->revents & POLLIN) != 0))
			return false;
	}
	return true;
}

/* Until the next packet's time, but no longer than timeout_ms; -1: for ever. */
static int64_t wait_ns(struct tandem_relay_loop *l, int timeout_ms)
{
	int64_t at_ns = INT64_MAX;

	for (unsigned i = 0; i < l->n_pairs; i++) {
		const struct tandem_air_packet *const packet =
				tandem_air_first(&l->pairs[i].air);

		if (packet != NULL && !l->pairs[i].controller_is_full &&
				packet->due_ns < at_ns)
			at_ns = packet->due_ns;
	}

	const int64_t until_ns = at_ns == INT64_MAX ? INT64_MAX : at_ns - now_ns();
	if (timeout_ms >= 0 && until_ns > timeout_ms * 1000000LL)
		return timeout_ms * 1000000LL;
	return until_ns == INT64_MAX ? -1 : until_ns > 0 ? until_ns : 0;
}

enum tandem_relay_turn tandem_relay_loop_turn(struct tandem_relay_loop *l, int control_fd,
		int timeout_ms)
{
	struct pollfd ends[1 + 2 * TANDEM_RELAY_MAX] = { { .fd = control_fd,
			.events = POLLIN } };
	const int64_t ns = wait_ns(l, timeout_ms);
	const struct timespec wait = { .tv_sec = ns / 1000000000LL,
		.tv_nsec = ns % 1000000000LL };

	list_ends(l, ends + 1);

	const int n = ppoll(ends, 1 + 2 * l->n_pairs, ns < 0 ? NULL : &wait, NULL);
	if (n < 0 && errno != EINTR) {
		broken_end(l, 0, "ppoll()", n);
		return TANDEM_RELAY_BROKEN;
	}
	if (n < 0)
		return TANDEM_RELAY_WORKED;
	if (n == 0 && wait_ns(l, -1) != 0)
		return TANDEM_RELAY_IDLE;
	if (ends[0].revents != 0)
		return TANDEM_RELAY_TOLD;
	return move(l, ends + 1) ? TANDEM_RELAY_WORKED : TANDEM_RELAY_BROKEN;
}
