/* SPDX-License-Identifier: MIT */
#include "hear.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "mic.h"

#define FL 0
#define FR 1
#define MIX_FRAMES 1024 /* at once; chosen */

struct tandem_hear {
	/* constant */
	struct tandem_client *client;
	const char *sink;
	const struct tandem_hear_events *events;
	void *data;
	struct tandem_listen *listen;
	/* main */
	uint32_t updates, node_id; /* of the rows that `of` was made from */
	uint32_t n;
	struct tandem_hear_speaker of[TANDEM_MAX_SPEAKERS];
	struct tandem_ear *ear; /* NULL: pauses */
	struct tandem_ear_config config;
	uint32_t rate_hz;  /* of the last block */
	uint64_t fed_from; /* the frame with which the ear began */
	float references[TANDEM_MAX_SPEAKERS][MIX_FRAMES];
};

/* ---- who is given what ---- */

static void read_rows(const struct tandem_client_node *node,
		const struct tandem_setting_table *table, const char *prefix, void *base)
{
	for (uint32_t i = 0; i < table->n; i++) {
		char key[96];
		const char *text;

		snprintf(key, sizeof(key), "%s%s", prefix, table->rows[i].key);
		text = tandem_client_row(node, key);
		/* what a newer Tandem says and this one does not know stays as it is */
		if (text && tandem_setting_read(&table->rows[i], base, text) < 0)
			continue;
	}
}

/* As said in the rows; gain and polarity as they would be without any setting. */
static void read_settings(const struct tandem_client_node *node, struct tandem_settings *s)
{
	char prefix[64];

	tandem_settings_init(s);
	read_rows(node, &tandem_group_table, "tandem.", s);
	while (s->n_speakers < TANDEM_MAX_SPEAKERS) {
		struct tandem_speaker_settings *const p = &s->speakers[s->n_speakers];

		tandem_speaker_settings_init(p);
		if (!tandem_client_label(node, s->n_speakers, p->label))
			break;
		snprintf(prefix, sizeof(prefix), "speaker.%s.", p->label);
		read_rows(node, &tandem_speaker_table, prefix, p);
		p->gain_db = 0.0;
		p->invert = false;
		s->n_speakers++;
	}
}

/* What "plays" says, where the box does not play what the layout has for it. */
static void read_plays(const char *plays, float gains[TANDEM_SINK_CHANNELS])
{
	const bool left = strstr(plays, "FL") != NULL, right = strstr(plays, "FR") != NULL;
	const float each = left && right ? 0.5f : 1.0f;

	gains[FL] = left ? each : 0.0f;
	gains[FR] = right ? each : 0.0f;
}

static void read_speaker(const struct tandem_client_node *node,
		const struct tandem_settings *s, uint32_t i, struct tandem_hear_speaker *to)
{
	const struct tandem_mix mix = tandem_layout_mix(s, i);
	const char *const label = s->speakers[i].label;
	const char *state = tandem_client_speaker_row(node, label, "state");
	const char *plays = tandem_client_speaker_row(node, label, "plays");

	memcpy(to->label, label, sizeof(to->label));
	to->is_playing = state && strcmp(state, "streaming") == 0;
	for (uint32_t c = 0; c < TANDEM_SINK_CHANNELS; c++)
		to->gains[c] = (mix.gains[0][c] + mix.gains[1][c]) / 2.0f;
	if (plays && strcmp(plays, tandem_layout_plays(&mix)) != 0)
		read_plays(plays, to->gains);
	if (!to->is_playing)
		memset(to->gains, 0, sizeof(to->gains));
}

static void refresh(struct tandem_hear *h)
{
	const struct tandem_client_node *node =
			tandem_client_find(h->client, TANDEM_CLIENT_TANDEM, h->sink);
	struct tandem_settings s;

	if (!node || (node->id == h->node_id && node->updates == h->updates))
		return;
	h->node_id = node->id;
	h->updates = node->updates;
	read_settings(node, &s);
	h->n = s.n_speakers;
	for (uint32_t i = 0; i < h->n; i++)
		read_speaker(node, &s, i, &h->of[i]);
}

/* ---- from blocks to findings ---- */

static int make_ear(struct tandem_hear *h)
{
	const struct tandem_ear_config config = {
		.rate_hz = h->rate_hz,
		.n_speakers = h->n,
		.max_lag_s = TANDEM_EAR_MAX_LAG_S,
		.hop_s = h->config.hop_s,
		.window_s = h->config.window_s,
	};

	tandem_ear_free(h->ear);
	h->ear = NULL;
	h->config = config;
	return tandem_ear_new(&h->ear, &config);
}

static void feed(struct tandem_hear *h, const struct tandem_block *b, uint32_t at,
		uint32_t frames)
{
	const float *references[TANDEM_MAX_SPEAKERS];

	for (uint32_t i = 0; i < h->n; i++) {
		const float *const gains = h->of[i].gains;

		for (uint32_t k = 0; k < frames; k++) {
			h->references[i][k] = gains[FL] * b->monitor[FL][at + k] +
					      gains[FR] * b->monitor[FR][at + k];
		}
		references[i] = h->references[i];
	}
	tandem_ear_feed(h->ear, references, b->mic + at, frames);
}

/* From monitor to microphone, as blocks have them: now from the sink to the air. */
static void set_right(struct tandem_hear *h, const struct tandem_block *b,
		struct tandem_hear_finding *f)
{
	double own_frames;

	for (uint32_t i = 0; i < h->n; i++)
		f->ear.of[i].lag_frames += b->monitor_late_frames;
	own_frames = tandem_mic_take_off(&f->ear, h->n, b->mic_own_s * b->rate_hz);
	f->mic_ms = own_frames * 1e3 / b->rate_hz;
}

static void tell_findings(struct tandem_hear *h, const struct tandem_block *b)
{
	struct tandem_hear_finding f = { .rate_hz = b->rate_hz };

	while (h->ear && tandem_ear_next(h->ear, &f.ear)) {
		double ago_s = ((double)b->frame - (double)(h->fed_from + f.ear.frame)) /
			       b->rate_hz;

		set_right(h, b, &f);
		ago_s += f.mic_ms / 1e3;
		f.at_ns = b->cycle_ns - (int64_t)(ago_s * TANDEM_NS_PER_S);
		h->events->finding(h->data, &f);
	}
}

static double rms(const float *x, uint32_t n)
{
	double sum = 0.0;

	for (uint32_t i = 0; i < n; i++)
		sum += (double)x[i] * (double)x[i];
	return n > 0 ? sqrt(sum / n) : 0.0;
}

static void tell_levels(struct tandem_hear *h, const struct tandem_block *b)
{
	const struct tandem_hear_levels levels = {
		.given = hypot(rms(b->monitor[FL], b->frames),
				rms(b->monitor[FR], b->frames)),
		.heard = b->mic ? rms(b->mic, b->frames) : 0.0,
		.frames = b->frames,
		.rate_hz = b->rate_hz,
	};

	if (h->events->levels)
		h->events->levels(h->data, &levels);
}

static void on_block(void *data, const struct tandem_block *b)
{
	struct tandem_hear *const h = data;
	const uint32_t n = h->n;

	refresh(h);
	h->rate_hz = b->rate_hz;
	tell_levels(h, b);
	if (h->config.hop_s == 0.0 || !b->mic)
		return;
	if (b->fresh || !h->ear || h->n != n || h->rate_hz != h->config.rate_hz) {
		h->fed_from = b->frame;
		if (make_ear(h) < 0)
			return;
	}
	for (uint32_t at = 0; at < b->frames; at += MIX_FRAMES) {
		const uint32_t left = b->frames - at;

		feed(h, b, at, left < MIX_FRAMES ? left : MIX_FRAMES);
	}
	tell_findings(h, b);
}

static void on_news(void *data, const struct tandem_listen_news *news)
{
	struct tandem_hear *const h = data;

	h->events->news(h->data, news);
}

static const struct tandem_listen_events listen_events = {
	.block = on_block,
	.news = on_news,
};

int tandem_hear_new(struct tandem_hear **ret_hear, struct tandem_client *client,
		const char *sink, const char *source,
		const struct tandem_hear_events *events, void *data)
{
	struct tandem_hear *h = calloc(1, sizeof(*h));
	int res;

	if (!h)
		return -ENOMEM;
	h->client = client;
	h->sink = sink;
	h->events = events;
	h->data = data;
	refresh(h);
	res = tandem_listen_new(&h->listen, client, sink, source, &listen_events, h);
	if (res < 0) {
		free(h);
		return res;
	}
	*ret_hear = h;
	return 0;
}

void tandem_hear_free(struct tandem_hear *h)
{
	if (!h)
		return;
	tandem_listen_free(h->listen);
	tandem_ear_free(h->ear);
	free(h);
}

void tandem_hear_begin(struct tandem_hear *h, double hop_s, double window_s)
{
	tandem_hear_pause(h);
	h->config.hop_s = hop_s;
	h->config.window_s = window_s;
}

void tandem_hear_pause(struct tandem_hear *h)
{
	tandem_ear_free(h->ear);
	h->ear = NULL;
	h->config.hop_s = 0.0;
}

void tandem_hear_open(struct tandem_hear *h, bool open)
{
	tandem_listen_open(h->listen, open);
}

uint32_t tandem_hear_speakers(struct tandem_hear *h,
		const struct tandem_hear_speaker **ret_speakers)
{
	refresh(h);
	*ret_speakers = h->of;
	return h->n;
}

double tandem_hear_late_ms(const struct tandem_hear_finding *f, uint32_t speaker)
{
	return f->ear.of[speaker].lag_frames * 1e3 / f->rate_hz;
}

double tandem_hear_sigma_ms(const struct tandem_hear_finding *f, uint32_t speaker)
{
	return f->ear.of[speaker].sigma_frames * 1e3 / f->rate_hz;
}

static void write_heard(const struct tandem_hear_finding *f, uint32_t speaker,
		char text[TANDEM_VALUE_SIZE])
{
	const struct tandem_setting *const row =
			tandem_setting_find(&tandem_speaker_table, "heard");
	const struct tandem_speaker_settings told = {
		.heard = {
			.late_ms = tandem_hear_late_ms(f, speaker),
			.sigma_ms = fmax(TANDEM_HEARD_MIN_SIGMA_MS,
					tandem_hear_sigma_ms(f, speaker)),
			.at_ns = f->at_ns,
		},
	};

	tandem_setting_write(row, &told, text);
}

bool tandem_hear_push_each(struct tandem_hear *h,
		const struct tandem_hear_finding *const of[TANDEM_MAX_SPEAKERS])
{
	char keys[TANDEM_MAX_SPEAKERS][64];
	char values[TANDEM_MAX_SPEAKERS][TANDEM_VALUE_SIZE];
	struct tandem_client_pair pairs[TANDEM_MAX_SPEAKERS];
	uint32_t n = 0;

	for (uint32_t i = 0; i < h->n; i++) {
		if (!of[i] || of[i]->ear.of[i].verdict != TANDEM_EAR_HEARD)
			continue;
		snprintf(keys[n], sizeof(keys[n]), "speaker.%s.heard", h->of[i].label);
		write_heard(of[i], i, values[n]);
		pairs[n] = (struct tandem_client_pair){ keys[n], values[n] };
		n++;
	}
	return n > 0 && tandem_client_set_all(h->client, h->node_id, pairs, n) == 0;
}

bool tandem_hear_push(struct tandem_hear *h, const struct tandem_hear_finding *f,
		uint32_t mask)
{
	const struct tandem_hear_finding *of[TANDEM_MAX_SPEAKERS];

	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++)
		of[i] = mask >> i & 1 ? f : NULL;
	return tandem_hear_push_each(h, of);
}

uint32_t tandem_hear_who(const struct tandem_hear *h, const struct tandem_hear_finding *f,
		enum tandem_ear_verdict verdict)
{
	uint32_t mask = 0;

	for (uint32_t i = 0; i < h->n && i < TANDEM_MAX_SPEAKERS; i++)
		mask |= (f->ear.of[i].verdict == verdict ? 1u : 0u) << i;
	return mask;
}
