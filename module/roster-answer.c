/* SPDX-License-Identifier: MIT
 *
 * SelectConfiguration does not name the device. BlueZ shows the device's sepN objects just
 * before it asks, and hands over the capabilities of one of them: so the device meant is,
 * among the connected ones with such a sepN and no stream yet, the one that we are
 * connecting, else the one shown last.
 */
#include <stdio.h>
#include <string.h>

#include "codec/sbc-config.h"
#include "roster-internal.h"

/* From SelectConfiguration to SetConfiguration goes one AVDTP request: BlueZ waits 6 s. */
#define PROMISE_NS (6 * TANDEM_NS_PER_S)

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
static bool refuse_configuration(struct tandem_roster *r, const struct tandem_event *e,
		uint32_t slot)
{
	const struct tandem_codec *const codec = tandem_roster_endpoint_codec(e->endpoint);
	const struct tandem_codec_wish *const wish = &r->config.wishes[slot].codec;
	const char *fault = "NotSupportedCodecType";
	char error[48];

	if (e->codec == codec->media_type)
		fault = codec->fault(e->config, e->config_bytes);
	if (!fault && wish->codec != TANDEM_CODEC_AUTO &&
			codec->media_type != TANDEM_MEDIA_TYPE_SBC &&
			codec != tandem_codec_wished(wish))
		fault = "NotSupportedCodecType";
	if (!fault)
		return false;
	snprintf(error, sizeof(error), "A2DP.%s", fault);
	refuse_as(r, e, error, "not a configuration that is encoded for this speaker");
	return true;
}

static struct tandem_device *meant_device(struct tandem_roster *r,
		const struct tandem_event *e)
{
	const struct tandem_codec *const codec = tandem_roster_endpoint_codec(e->endpoint);
	const uint64_t called = 1ULL << 63; /* before all that are only newer */
	struct tandem_device *meant = NULL;
	uint64_t best = 0;

	for (size_t i = 0; i < TANDEM_MAX_ENDPOINTS; i++) {
		const struct tandem_endpoint *p = &r->book.endpoints[i];
		struct tandem_device *d;
		uint64_t rank;

		if (!p->path[0] || p->codec != codec->media_type ||
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
		const struct tandem_device *d, const uint8_t config[TANDEM_CONFIG_SIZE])
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

void tandem_roster_answer_select(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e)
{
	const struct tandem_device *d = meant_device(r, e);
	const int slot = d ? tandem_roster_slot_for(r, d) : -1;
	const struct tandem_codec *const codec = tandem_roster_endpoint_codec(e->endpoint);
	uint8_t config[TANDEM_CONFIG_SIZE] = { 0 };
	struct tandem_action *a;

	if (slot < 0) {
		refuse(r, e, "not a speaker of this group");
		if (d)
			tandem_guest_has_no_place(r, now_ns, d);
		return;
	}
	if (is_busy(r, now_ns, e)) {
		refuse(r, e, "this endpoint is in use");
		return;
	}
	/* BlueZ asks first for what the device had the last time */
	if (codec != tandem_roster_codec(r, (uint32_t)slot, d->path)) {
		refuse(r, e, "another codec is asked of this speaker");
		return;
	}
	if (codec->select(e->config, e->config_bytes, &r->config.wishes[slot].codec,
			    config) != 0) {
		refuse(r, e, "no configuration in common");
		return;
	}
	promise(r, now_ns, e, d, config);
	a = tandem_roster_act(r, TANDEM_ACTION_ANSWER, 0);
	a->call = e->call;
	memcpy(a->config, config, sizeof(config));
	a->config_bytes = codec->capabilities_bytes;
}

void tandem_roster_answer_set(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e)
{
	const struct tandem_device *d = tandem_book_device(&r->book, e->name);
	struct tandem_promise *p = find_promise(r, now_ns, e);
	const int slot = d ? tandem_roster_slot_for(r, d) : -1;

	if (slot < 0) {
		refuse(r, e, "not a speaker of this group");
		if (d)
			tandem_guest_refused(r, now_ns, d);
		return;
	}
	if (refuse_configuration(r, e, (uint32_t)slot))
		return;
	if (!tandem_book_set(&r->book, now_ns, e)) {
		refuse(r, e, "too many streams");
		return;
	}
	if (p)
		p->until_ns = 0;
	tandem_roster_act(r, TANDEM_ACTION_ANSWER, 0)->call = e->call;
}
