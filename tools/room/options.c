/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option words[] = {
	{ "box", required_argument, NULL, 'b' },
	{ "t0-ns", required_argument, NULL, 't' },
	{ "room", required_argument, NULL, 'r' },
	{ "rt60", required_argument, NULL, 'R' },
	{ "snr", required_argument, NULL, 's' },
	{ "distance", required_argument, NULL, 'd' },
	{ "gain", required_argument, NULL, 'g' },
	{ "inverted", required_argument, NULL, 'i' },
	{ "mic-ppm", required_argument, NULL, 'p' },
	{ "speech", required_argument, NULL, 'f' },
	{ "speech-db", required_argument, NULL, 'F' },
	{ "latency", required_argument, NULL, 'l' },
	{ "lead", no_argument, NULL, 'L' },
	{ "untold", no_argument, NULL, 'u' },
	{ "name", required_argument, NULL, 'n' },
	{ NULL, 0, NULL, 0 },
};

/* Nobody has said anything: a living room with one box nearer than the other. */
static const struct tandem_room living_room = {
	.rt60_s = 0.4,
	.snr_db = 20.0,
	.seed = 1,
	.of = { [0 ... TANDEM_MAX_SPEAKERS - 1] = { .distance_m = 1.6,
				.low_hz = 120.0,
				.high_hz = 16e3 } },
};

struct wish {
	int word;
	const char *text;
};

/* The whole text is one number. */
static bool number(const char *text, double *ret)
{
	char *rest = NULL;
	const double value = strtod(text, &rest);

	if (rest == text || *rest != '\0' || !isfinite(value))
		return false;
	*ret = value;
	return true;
}

/* "A,B": one for each box, no more and no less. */
static bool per_box(struct tandem_room *r, const char *text, int word)
{
	for (uint32_t i = 0; i < r->n_speakers; i++) {
		char *rest = NULL;
		const double value = strtod(text, &rest);

		if (rest == text || *rest != (i + 1 < r->n_speakers ? ',' : '\0'))
			return false;
		text = rest + 1;
		if (word == 'd') {
			r->of[i].distance_m = value;
		} else if (word == 'g') {
			r->of[i].gain_db = value;
		} else {
			r->of[i].inverted = value != 0.0;
		}
	}
	return true;
}

static bool take(struct tandem_room_options *o, const struct wish *w)
{
	double ms;

	switch (w->word) {
	case 'R':
		return number(w->text, &o->room.rt60_s);
	case 's':
		return number(w->text, &o->room.snr_db);
	case 'p':
		return number(w->text, &o->room.mic_ppm);
	case 'F':
		return number(w->text, &o->speech_db);
	case 'l':
		if (!number(w->text, &ms))
			return false;
		o->latency_s = ms / 1e3;
		return true;
	case 't':
		o->t0_ns = strtoll(w->text, NULL, 10);
		return o->t0_ns > 0;
	case 'f':
		o->speech = w->text;
		return true;
	case 'L':
		o->leads = true;
		return true;
	case 'u':
		o->is_untold = true;
		return true;
	case 'n':
		o->name = w->text;
		return true;
	default:
		return per_box(&o->room, w->text, w->word);
	}
}

/* The seed first: what is told beside it changes the room that it draws. */
static void draw(struct tandem_room_options *o, const char *seed, uint32_t n_boxes)
{
	o->room = living_room;
	o->room.n_speakers = n_boxes;
	if (n_boxes > 1)
		o->room.of[1].distance_m = 2.3;
	if (seed != NULL)
		tandem_room_draw(&o->room, strtoull(seed, NULL, 10), n_boxes);
}

static bool wrong(const char *text)
{
	fprintf(stderr,
			"tandem-room: %s. Wanted: --box WAV (one or more) --t0-ns NS, then "
			"any of --room SEED --rt60 S --snr DB --distance M,M --gain DB,DB "
			"--inverted 0,1 --mic-ppm P --speech RAW --speech-db DB "
			"--latency MS --lead --untold --name NAME\n",
			text);
	return false;
}

bool tandem_room_options_parse(struct tandem_room_options *o, int argc, char *argv[])
{
	struct wish wishes[32];
	const char *seed = NULL;
	uint32_t n_boxes = 0, n = 0;
	int word;

	*o = (struct tandem_room_options){ .name = "room", .latency_s = 0.25 };
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread so far */
	while ((word = getopt_long(argc, argv, "", words, NULL)) != -1) {
		if (word == '?' || n == TANDEM_ARRAY_LEN(wishes))
			return wrong("an option is not known");
		if (word == 'b' && n_boxes == TANDEM_MAX_SPEAKERS)
			return wrong("too many boxes");
		if (word == 'b') {
			o->box[n_boxes++] = optarg;
		} else if (word == 'r') {
			seed = optarg;
		} else {
			wishes[n++] = (struct wish){ word, optarg };
		}
	}
	draw(o, seed, n_boxes);
	for (uint32_t i = 0; i < n; i++) {
		if (!take(o, &wishes[i]))
			return wrong(wishes[i].text);
	}
	return optind == argc && n_boxes > 0 && o->t0_ns > 0 ? true
							     : wrong("no box or no t0");
}

void tandem_room_options_tell(const struct tandem_room_options *o)
{
	const struct tandem_room *const r = &o->room;

	printf("{\"rt60_s\": %.3f, \"snr_db\": %.1f, \"mic_ppm\": %.2f, ", r->rt60_s,
			r->snr_db, r->mic_ppm);
	printf("\"latency_ms\": %.1f, \"speakers\": [", o->latency_s * 1e3);
	for (uint32_t i = 0; i < r->n_speakers; i++) {
		printf("%s{\"distance_m\": %.4f, \"gain_db\": %.2f, \"inverted\": %s}",
				i > 0 ? ", " : "", r->of[i].distance_m, r->of[i].gain_db,
				r->of[i].inverted ? "true" : "false");
	}
	puts("]}");
	fflush(stdout);
}
