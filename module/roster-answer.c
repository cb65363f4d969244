/* SPDX-License-Identifier: MIT
 *
 * SelectConfiguration does not name the device. BlueZ shows the device's sepN objects just
 * before it asks, and hands over the capabilities of one of them: so the device meant is,
 * among the connected ones with such a sepN and no stream yet, the one that we are
 * connecting, else the one shown last.
 */
#include <stdio.h>
#include <string.h>

#include "roster-internal.h"
#include "select.h"

/* From SelectConfiguration to SetConfiguration goes one AVDTP request: BlueZ waits 6 s. */
#define PROMISE_NS (6 * TANDEM_NS_PER_S)

/* BlueZ lists the endpoints that are free when it begins to ask about a device, and goes on
 * to the next when one refuses. Chosen: it is done with its list within this time, many
 * times what asking two endpoints took on a slow machine. */
#define LIST_NS (1 * TANDEM_NS_PER_S)

/* A device that BlueZ asks us about, as far as we know which. */
struct asked {
	struct tandem_device *device; /* NULL: unknown */
	int slot;                     /* -1: no speaker of this group */
};

/* error: its name after "org.bluez.Error.". */
static void refuse_as(struct tandem_roster *r, const struct tandem_event *e,
		const char *error, const char *why)
{
	struct tandem_action *a = tandem_roster_act(r, TANDEM_ACTION_ANSWER, 0);

	a->call = e->call;
	snprintf(a->name, sizeof(a->name), "org.bluez.Error.%s", error);
	snprintf(a->text, sizeof(a->text), "%s", why);
}

static void refuse(struct tandem_roster *r, const struct tandem_event *e, const char *why)
{
	refuse_as(r, e, "Rejected", why);
}

/* What BlueZ >= 5.84 passes on to the speaker, which may then choose better. */
static bool refuse_configuration(struct tandem_roster *r, const struct tandem_event *e)
{
	const char *const fault =
			e->codec == TANDEM_CODEC_SBC
					? tandem_sbc_fault(e->config, e->config_bytes)
					: "NotSupportedCodecType";
	char error[48];

	if (!fault)
		return false;
	snprintf(error, sizeof(error), "A2DP.%s", fault);
	refuse_as(r, e, error, "not an SBC configuration at 44.1 or 48 kHz");
	return true;
}

static struct tandem_device *meant_device(struct tandem_roster *r,
		const struct tandem_event *e)
{
	const uint64_t called = 1ULL << 63; /* before all that are only newer */
	struct tandem_device *meant = NULL;
	uint64_t best = 0;

	for (size_t i = 0; i < TANDEM_MAX_ENDPOINTS; i++) {
		const struct tandem_endpoint *p = &r->book.endpoints[i];
		struct tandem_device *d;
		uint64_t rank;

		if (!p->path[0] || p->codec != TANDEM_CODEC_SBC ||
				p->caps_bytes != e->config_bytes ||
				memcmp(p->caps, e->config, p->caps_bytes) != 0)
			continue;
		d = tandem_book_device(&r->book, p->device);
		if (!d || strcmp(d->adapter, e->parent) != 0 ||
				!(d->connected || d->connecting) ||
				tandem_book_transport_of(&r->book, d->path))
			continue;
		rank = p->order | (d->connecting ? called : 0);
		if (rank > best) {
			meant = d;
			best = rank;
		}
	}
	return meant;
}

static struct tandem_promise *find_promise(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e)
{
	for (size_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		struct tandem_promise *p = &r->promises[i];

		if (p->until_ns > now_ns && p->endpoint == e->endpoint &&
				strcmp(p->adapter, e->parent) == 0)
			return p;
	}
	return NULL;
}

static void promise(struct tandem_roster *r, int64_t now_ns, const struct tandem_event *e,
		const struct tandem_device *d,
		const uint8_t config[TANDEM_SBC_CONFIG_BYTES])
{
	struct tandem_promise *oldest = &r->promises[0];

	for (size_t i = 1; i < TANDEM_MAX_SPEAKERS; i++) {
		if (r->promises[i].until_ns < oldest->until_ns)
			oldest = &r->promises[i];
	}
	oldest->endpoint = e->endpoint;
	oldest->until_ns = now_ns + PROMISE_NS;
	snprintf(oldest->adapter, sizeof(oldest->adapter), "%s", e->parent);
	memcpy(oldest->device, d->path, sizeof(oldest->device));
	memcpy(oldest->config, config, sizeof(oldest->config));
}

static bool is_busy(struct tandem_roster *r, int64_t now_ns, const struct tandem_event *e)
{
	for (size_t i = 0; i < TANDEM_MAX_TRANSPORTS; i++) {
		const struct tandem_transport *t = &r->book.transports[i];

		if (t->path[0] && t->ours && t->endpoint == e->endpoint &&
				strcmp(t->adapter, e->parent) == 0)
			return true;
	}
	return find_promise(r, now_ns, e) != NULL;
}

static bool is_another(const struct asked *d, const char *device)
{
	return !d->device || strcmp(d->device->path, device) != 0;
}

/* Of our endpoints only those to come are on the list; a speaker's, which may begin with
 * the one it had last, holds them in any order. */
static bool may_be_next(const struct tandem_event *e, const struct asked *d,
		uint32_t endpoint)
{
	return d->slot >= 0 ? endpoint != e->endpoint : endpoint > e->endpoint;
}

/* Whether the next on the list may be another program's. */
static bool may_leave_us(const struct tandem_roster *r, const struct tandem_event *e,
		const struct asked *d)
{
	return d->slot < 0 || e->endpoint + 1 == r->config.n_speakers;
}

static bool was_taken(const struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e, const struct asked *d)
{
	for (size_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		const struct tandem_promise *p = &r->promises[i];

		if (now_ns < p->until_ns - PROMISE_NS + LIST_NS &&
				strcmp(p->adapter, e->parent) == 0 &&
				is_another(d, p->device) && may_be_next(e, d, p->endpoint))
			return true;
	}
	for (size_t i = 0; i < TANDEM_MAX_TRANSPORTS; i++) {
		const struct tandem_transport *t = &r->book.transports[i];

		if (t->path[0] && now_ns < t->seen_ns + LIST_NS &&
				strcmp(t->adapter, e->parent) == 0 &&
				is_another(d, t->device) &&
				(t->ours ? may_be_next(e, d, t->endpoint)
					 : may_leave_us(r, e, d)))
			return true;
	}
	return false;
}

/* After a refusal bluetoothd 5.66 to 5.82 dies when another device has taken the next
 * endpoint since it made its list (select_cb() uses what find_remote_sep() does not find
 * then). So while several devices are being configured nobody is refused whose list may be
 * of that age. */
static bool must_not_refuse(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e, const struct asked *d)
{
	const struct tandem_adapter *a = tandem_book_adapter(&r->book, e->parent);

	if (!a || a->sharing)
		return false;
	return was_taken(r, now_ns, e, d) ||
	       (may_leave_us(r, e, d) && now_ns < r->refused.at_ns + LIST_NS &&
			       strcmp(r->refused.adapter, e->parent) == 0 &&
			       is_another(d, r->refused.device));
}

static void accept(struct tandem_roster *r, const struct tandem_event *e,
		const uint8_t config[TANDEM_SBC_CONFIG_BYTES])
{
	struct tandem_action *a = tandem_roster_act(r, TANDEM_ACTION_ANSWER, 0);

	a->call = e->call;
	memcpy(a->config, config, TANDEM_SBC_CONFIG_BYTES);
	a->config_bytes = TANDEM_SBC_CONFIG_BYTES;
}

/* To the next endpoint; or, where that could be the end of bluetoothd, into a configuration
 * that comes to nothing: refused by SetConfiguration, or by BlueZ, whose endpoint this no
 * longer is. A guest is handed over then; a speaker is connected again, as always. */
static void turn_away(struct tandem_roster *r, int64_t now_ns, const struct tandem_event *e,
		const struct asked *d, const char *why)
{
	const struct tandem_sbc_wish *wish =
			&r->config.wishes[d->slot < 0 ? 0 : d->slot].sbc;
	uint8_t config[TANDEM_SBC_CONFIG_BYTES];

	if (must_not_refuse(r, now_ns, e, d) &&
			tandem_sbc_select(e->config, e->config_bytes, wish, config) == 0) {
		if (d->device && !is_busy(r, now_ns, e))
			promise(r, now_ns, e, d->device, config);
		accept(r, e, config);
		if (d->device && d->slot < 0)
			tandem_guest_refused(r, now_ns, now_ns + LIST_NS, d->device);
		return;
	}
	if (may_leave_us(r, e, d)) {
		r->refused.at_ns = now_ns;
		snprintf(r->refused.adapter, sizeof(r->refused.adapter), "%s", e->parent);
		snprintf(r->refused.device, sizeof(r->refused.device), "%s",
				d->device ? d->device->path : "");
	}
	refuse(r, e, why);
}

void tandem_roster_answer_select(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e)
{
	struct asked d = { .device = meant_device(r, e), .slot = -1 };
	uint8_t config[TANDEM_SBC_CONFIG_BYTES];

	if (d.device)
		d.slot = tandem_roster_slot_for(r, d.device);
	if (d.slot < 0) {
		turn_away(r, now_ns, e, &d, "not a speaker of this group");
	} else if (is_busy(r, now_ns, e)) {
		turn_away(r, now_ns, e, &d, "this endpoint is in use");
	} else if (tandem_sbc_select(e->config, e->config_bytes,
				   &r->config.wishes[d.slot].sbc, config) != 0) {
		turn_away(r, now_ns, e, &d, "no SBC configuration in common");
	} else {
		promise(r, now_ns, e, d.device, config);
		accept(r, e, config);
	}
}

void tandem_roster_answer_set(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e)
{
	const struct tandem_device *d = tandem_book_device(&r->book, e->name);
	struct tandem_promise *p = find_promise(r, now_ns, e);

	if (!d || tandem_roster_slot_for(r, d) < 0) {
		refuse(r, e, "not a speaker of this group");
		if (d)
			tandem_guest_refused(r, now_ns, now_ns, d);
		return;
	}
	if (refuse_configuration(r, e))
		return;
	if (!tandem_book_set(&r->book, now_ns, e)) {
		refuse(r, e, "too many streams");
		return;
	}
	if (p)
		p->until_ns = 0;
	tandem_roster_act(r, TANDEM_ACTION_ANSWER, 0)->call = e->call;
}
