/* SPDX-License-Identifier: MIT
 *
 * Which codec a speaker is asked for, and why it plays another one than its settings say.
 * SBC is what remains: every speaker takes it, and its endpoints are always there.
 */
#include <stdio.h>
#include <string.h>

#include "codec/sbc-config.h"
#include "roster-internal.h"

static const struct tandem_codec *sbc(void)
{
	return tandem_codecs[0];
}

const struct tandem_codec *tandem_roster_endpoint_codec(uint32_t endpoint)
{
	const uint32_t index = endpoint / TANDEM_MAX_SPEAKERS;

	return tandem_codecs[index < TANDEM_N_CODECS ? index : 0];
}

static const struct tandem_codec *codec_of(const struct tandem_transport *t)
{
	return tandem_codec_find(t->codec, t->config, t->config_bytes);
}

/* Why the device is not asked for the codec wished for, as far as that is known. */
enum obstacle { NONE, NOT_BUILT, NOT_REGISTERED, TOO_NARROW, FAILED, NOT_OFFERED };

static enum obstacle obstacle_to(struct tandem_roster *r, uint32_t slot, const char *device,
		const struct tandem_codec *codec)
{
	const struct tandem_life *const l = &r->slots[slot].life;
	const uint32_t bit = TANDEM_CODEC_BIT(codec);
	const struct tandem_endpoint *p;
	uint8_t config[TANDEM_CONFIG_SIZE];

	if (!codec->encoder)
		return NOT_BUILT;
	if (!(r->config.codecs & bit))
		return NOT_REGISTERED;
	if (l->without & bit)
		return l->mtu_bytes ? TOO_NARROW : FAILED;
	p = tandem_book_offer(&r->book, device, codec);
	if (!p || codec->select(p->caps, p->caps_bytes, &r->config.wishes[slot].codec,
				  config) != 0)
		return NOT_OFFERED;
	return NONE;
}

const struct tandem_codec *tandem_roster_codec(struct tandem_roster *r, uint32_t slot,
		const char *device)
{
	const struct tandem_codec *const wished =
			tandem_codec_wished(&r->config.wishes[slot].codec);

	return obstacle_to(r, slot, device, wished) == NONE ? wished : sbc();
}

const struct tandem_codec *tandem_roster_choose(struct tandem_roster *r, uint32_t slot,
		const char *device, uint8_t config[TANDEM_CONFIG_SIZE])
{
	const struct tandem_codec *const codec = tandem_roster_codec(r, slot, device);
	const struct tandem_endpoint *const p = tandem_book_offer(&r->book, device, codec);

	if (!p || codec->select(p->caps, p->caps_bytes, &r->config.wishes[slot].codec,
				  config) != 0)
		return NULL;
	return codec;
}

bool tandem_roster_can_play(const struct tandem_life *l, const struct tandem_transport *t)
{
	const struct tandem_codec *const codec = codec_of(t);

	return codec && codec->encoder && !(l->without & TANDEM_CODEC_BIT(codec)) &&
	       !codec->fault(t->config, t->config_bytes);
}

bool tandem_roster_is_wide(struct tandem_roster *r, uint32_t slot,
		const struct tandem_transport *t, uint32_t mtu_bytes)
{
	struct tandem_life *const l = &r->slots[slot].life;
	const struct tandem_codec *const codec = codec_of(t);

	if (!codec || mtu_bytes >= codec->least_mtu_bytes)
		return true;
	l->without |= TANDEM_CODEC_BIT(codec);
	l->mtu_bytes = mtu_bytes;
	if (!l->borrowed) { /* a lender is asked for SBC */
		l->renewal = TANDEM_RENEWAL_DUE;
		tandem_say(l->again, TANDEM_SAY_AGAIN_WITH, sbc()->title);
	}
	return false;
}

static void say_codec(struct tandem_roster *r, uint32_t slot,
		const struct tandem_transport *t, const struct tandem_codec *plays,
		char to[TANDEM_SENTENCE_SIZE])
{
	const struct tandem_codec *const wished =
			tandem_codec_wished(&r->config.wishes[slot].codec);
	char needed[12], mtu[12];

	switch (obstacle_to(r, slot, t->device, wished)) {
	case NOT_BUILT:
		tandem_say(to, TANDEM_SAY_CODEC_NOT_BUILT, wished->title, plays->title);
		break;
	case NOT_REGISTERED:
		tandem_say(to, TANDEM_SAY_CODEC_LATER, wished->title, plays->title);
		break;
	case TOO_NARROW:
		snprintf(needed, sizeof(needed), "%u", wished->least_mtu_bytes);
		snprintf(mtu, sizeof(mtu), "%u", r->slots[slot].life.mtu_bytes);
		tandem_say(to, TANDEM_SAY_CODEC_TOO_WIDE, wished->title, needed, mtu,
				plays->title);
		break;
	case FAILED:
		tandem_say(to, TANDEM_SAY_CODEC_FAILED, wished->title, plays->title);
		break;
	case NOT_OFFERED:
		tandem_say(to, TANDEM_SAY_CODEC_NOT_OFFERED, wished->title, plays->title);
		break;
	case NONE:
		tandem_say(to,
				t->ours ? TANDEM_SAY_CODEC_INSISTED
					: TANDEM_SAY_CODEC_BORROWED,
				plays->title, wished->title);
		break;
	}
}

/* The mode in use is not the one asked for. */
static void say_mode(struct tandem_roster *r, uint32_t slot,
		const struct tandem_transport *t, char to[TANDEM_SENTENCE_SIZE])
{
	const struct tandem_codec_wish *const w = &r->config.wishes[slot].codec;
	const char *const asked = tandem_sbc_mode_name(w->sbc_mode);
	const char *const mode = tandem_sbc_mode_name(tandem_sbc_mode(t->config));
	uint8_t best[TANDEM_CONFIG_SIZE];

	if (tandem_roster_choose(r, slot, t->device, best) == sbc() &&
			!tandem_sbc_is_mode(best, w->sbc_mode)) {
		tandem_say(to, TANDEM_SAY_MODE_NOT_OFFERED, asked, mode);
	} else {
		tandem_say(to,
				t->ours ? TANDEM_SAY_MODE_INSISTED
					: TANDEM_SAY_MODE_BORROWED,
				mode, asked);
	}
}

static void say_bitpool(const struct tandem_transport *t, uint32_t bitpool, uint32_t wished,
		char to[TANDEM_SENTENCE_SIZE])
{
	const uint32_t values[4] = { t->config[2], t->config[3], bitpool, wished };
	char numbers[4][12];

	for (int i = 0; i < 4; i++)
		snprintf(numbers[i], sizeof(numbers[i]), "%u", values[i]);
	tandem_say(to, TANDEM_SAY_BITPOOL_LIMITED, numbers[0], numbers[1], numbers[2],
			numbers[3]);
}

void tandem_roster_say_difference(struct tandem_roster *r, uint32_t slot,
		char to[TANDEM_SENTENCE_SIZE])
{
	const struct tandem_codec_wish *const w = &r->config.wishes[slot].codec;
	const struct tandem_life *const l = &r->slots[slot].life;
	const struct tandem_transport *const t =
			tandem_book_transport(&r->book, l->transport);
	const struct tandem_codec *const plays = t ? codec_of(t) : NULL;
	uint32_t bitpool;

	if (!plays || plays->fault(t->config, t->config_bytes))
		return;
	if (w->codec != TANDEM_CODEC_AUTO && plays != tandem_codec_wished(w)) {
		say_codec(r, slot, t, plays, to);
		return;
	}
	if (plays != sbc())
		return;
	bitpool = tandem_sbc_bitpool(t->config, w);
	if (!tandem_sbc_is_mode(t->config, w->sbc_mode)) {
		say_mode(r, slot, t, to);
	} else if (w->bitpool != 0 && w->bitpool != bitpool) {
		say_bitpool(t, bitpool, w->bitpool, to);
	}
}
