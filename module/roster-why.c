/* SPDX-License-Identifier: MIT
 *
 * Why something does not work, in words from the one table: what BlueZ's errors mean, and
 * what is missing of a speaker. Names and messages ("br-connection-..."): BlueZ's
 * src/error.c; its versions before 5.60 gave the kernel's words.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "codec/sbc-config.h"
#include "roster-internal.h"

#define REASON_SIZE 96 /* chosen: leaves room for the sentence around it */

struct meaning {
	const char *part; /* of the error's name or message */
	enum tandem_sentence which;
};

static const struct meaning connecting[] = {
	{ "page-timeout", TANDEM_SAY_OUT_OF_RANGE },
	{ "Host is down", TANDEM_SAY_OUT_OF_RANGE },
	{ "connection-timeout", TANDEM_SAY_OUT_OF_RANGE },
	{ "key-missing", TANDEM_SAY_KEY_LOST },
	{ "Authentication", TANDEM_SAY_KEY_LOST },
	{ "refused", TANDEM_SAY_REFUSES },
	{ "aborted-by-remote", TANDEM_SAY_REFUSES },
	{ "concurrent-connection-limit", TANDEM_SAY_REFUSES },
	{ "NotReady", TANDEM_SAY_NOT_READY },
	{ "not-powered", TANDEM_SAY_NOT_READY },
	{ "InProgress", TANDEM_SAY_IN_PROGRESS },
	{ "connection-busy", TANDEM_SAY_IN_PROGRESS },
	{ "profile-unavailable", TANDEM_SAY_NO_SINK },
	{ "NotAvailable", TANDEM_SAY_NO_SINK },
	{ "NotSupported", TANDEM_SAY_NO_SINK },
	{ "not-supported", TANDEM_SAY_NO_SINK },
	{ "NoReply", TANDEM_SAY_CONNECT_SILENT },
	{ "", TANDEM_SAY_CONNECT_FAILED },
};

static const struct meaning starting[] = {
	{ "NotAuthorized", TANDEM_SAY_START_DENIED },
	{ "InProgress", TANDEM_SAY_STILL_BUSY },
	{ "NoReply", TANDEM_SAY_START_SILENT },
	{ "Timeout", TANDEM_SAY_START_SILENT },
	{ "", TANDEM_SAY_START_FAILED },
};

/* BlueZ says InvalidArguments of an endpoint for which no stream end point is left, and
 * nothing else of ours can be invalid: profiles/audio/media.c, a2dp_add_sep(). */
static const struct meaning registering[] = {
	{ "InvalidArguments", TANDEM_SAY_ENDPOINTS_REFUSED },
	{ "NotSupported", TANDEM_SAY_NO_A2DP },
	{ "DBus.Error.Unknown", TANDEM_SAY_NO_A2DP }, /* method, object, interface */
	{ "No object received", TANDEM_SAY_ENDPOINTS_EMPTY },
	{ "AccessDenied", TANDEM_SAY_POLICY },
	{ "NotPermitted", TANDEM_SAY_POLICY },
	{ "NoReply", TANDEM_SAY_REGISTER_SILENT },
	{ "", TANDEM_SAY_REGISTER_FAILED },
};

/* The first row that fits; the last one fits everything. */
static enum tandem_sentence find(const struct meaning *rows, const struct tandem_event *e)
{
	while (!strstr(e->error, rows->part) && !strstr(e->detail, rows->part))
		rows++;
	return rows->which;
}

static void reason_of(const struct tandem_event *e, char reason[REASON_SIZE])
{
	const char *said = e->detail[0] ? e->detail : e->error;

	snprintf(reason, REASON_SIZE, "%.*s", tandem_text_fit(said, REASON_SIZE - 1), said);
}

void tandem_roster_why_not_registered(const struct tandem_event *e,
		char to[TANDEM_SENTENCE_SIZE])
{
	char reason[REASON_SIZE];

	reason_of(e, reason);
	tandem_say(to, find(registering, e), tandem_book_short_name(e->path), reason);
}

void tandem_roster_why_not_started(const struct tandem_event *e,
		char to[TANDEM_SENTENCE_SIZE])
{
	char reason[REASON_SIZE];

	reason_of(e, reason);
	tandem_say(to, find(starting, e), reason);
}

bool tandem_roster_why_no_sbc(const struct tandem_device *d, char to[TANDEM_SENTENCE_SIZE])
{
	static const struct tandem_codec_wish any = { 0 };
	uint8_t config[TANDEM_SBC_CONFIG_BYTES];
	char bytes[3 * TANDEM_CONFIG_SIZE + 1] = "nothing";
	int res;

	if (!d->shows_sbc) {
		tandem_say(to, TANDEM_SAY_NO_SBC);
		return d->shows_others;
	}
	res = tandem_sbc_select(d->caps, d->caps_bytes, &any, config);
	for (uint32_t i = 0; i < d->caps_bytes; i++) {
		snprintf(bytes + 3 * i, 4, i + 1 < d->caps_bytes ? "%02x " : "%02x",
				d->caps[i]);
	}
	tandem_say(to,
			res == -EINVAL ? TANDEM_SAY_CAPS_MALFORMED
				       : TANDEM_SAY_NOTHING_COMMON,
			bytes);
	return res < 0;
}

static struct tandem_promise *broken_promise(struct tandem_roster *r, int64_t now_ns,
		const char *device)
{
	for (size_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (r->promises[i].until_ns > now_ns &&
				strcmp(r->promises[i].device, device) == 0)
			return &r->promises[i];
	}
	return NULL;
}

/* We answered its SelectConfiguration, and SetConfiguration never came. What is not SBC is
 * not tried again. */
static void promise_is_broken(struct tandem_roster *r, const struct tandem_promise *p,
		const char *reason, char to[TANDEM_SENTENCE_SIZE])
{
	const struct tandem_codec *const codec = tandem_roster_endpoint_codec(p->endpoint);
	const struct tandem_device *const d = tandem_book_device(&r->book, p->device);
	const int slot = d ? tandem_roster_slot_of(r, d) : -1;
	const struct tandem_codec_wish any = { 0 };
	const bool last = codec->media_type == TANDEM_MEDIA_TYPE_SBC || slot < 0;
	char config[TANDEM_CODEC_TEXT_SIZE];

	codec->describe(p->config, slot < 0 ? &any : &r->config.wishes[slot].codec, config);
	if (!last)
		r->slots[slot].life.without |= TANDEM_CODEC_BIT(codec);
	tandem_say(to, last ? TANDEM_SAY_CONFIG_REFUSED : TANDEM_SAY_CODEC_REFUSED, config,
			reason);
}

void tandem_roster_why_not_connected(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e, char to[TANDEM_SENTENCE_SIZE])
{
	const struct tandem_device *d = tandem_book_device(&r->book, e->path);
	struct tandem_promise *p = broken_promise(r, now_ns, e->path);
	enum tandem_sentence which = find(connecting, e);
	char reason[REASON_SIZE];

	reason_of(e, reason);
	if (p) {
		p->until_ns = 0;
		promise_is_broken(r, p, reason, to);
		return;
	}
	if (which == TANDEM_SAY_NO_SINK || which == TANDEM_SAY_CONNECT_FAILED) {
		if (d && tandem_roster_why_no_sbc(d, to))
			return;
		if (d && d->shows_sbc)
			which = TANDEM_SAY_CONNECT_FAILED; /* it does show an input */
	}
	tandem_say(to, which, reason);
}

void tandem_roster_say_off(const struct tandem_adapter *a, char to[TANDEM_SENTENCE_SIZE])
{
	tandem_say(to, TANDEM_SAY_ADAPTER_OFF, tandem_book_short_name(a->path));
}

/* Paired, but on an adapter that does not count for this slot. */
static bool is_elsewhere(struct tandem_roster *r, uint32_t slot)
{
	const char *const address = r->slots[slot].life.address;
	const char *const name = r->config.wishes[slot].name;

	if (tandem_book_device_at(&r->book, address, ""))
		return true;
	for (size_t i = 0; !address[0] && name[0] && i < TANDEM_MAX_DEVICES; i++) {
		if (r->book.devices[i].path[0] &&
				strcmp(r->book.devices[i].name, name) == 0)
			return true;
	}
	return false;
}

void tandem_roster_why_absent(struct tandem_roster *r, uint32_t slot,
		char to[TANDEM_SENTENCE_SIZE])
{
	const char *const adapter = r->config.wishes[slot].adapter;

	if (!r->up) {
		memcpy(to, r->down, TANDEM_SENTENCE_SIZE);
	} else if (!tandem_roster_has_adapter(r)) {
		tandem_say(to, TANDEM_SAY_NO_ADAPTER);
	} else if (adapter[0] && !tandem_book_adapter_at(&r->book, adapter)) {
		tandem_say(to, TANDEM_SAY_PIN_MISSING, adapter);
	} else if (adapter[0] && is_elsewhere(r, slot)) {
		tandem_say(to, TANDEM_SAY_PIN_ELSEWHERE, adapter);
	} else if (r->config.automatic) {
		tandem_say(to, TANDEM_SAY_WAITS_FOR_ONE);
	} else {
		tandem_say(to, TANDEM_SAY_NOT_PAIRED);
	}
}
