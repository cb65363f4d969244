/* SPDX-License-Identifier: MIT */
#include "by-ear.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "answers.h"
#include "change.h"
#include "json.h"
#include "reach.h"
#include "sounding.h"
#include "tandemctl.h"
#include "staircase.h"

#define BEFORE_S 0.2 /* chosen */
#define APART_S 0.7 /* silence between two pairs; chosen: they do not run into each other */
#define AGAIN 2     /* times that a pair is played before the question; chosen */
#define LEAST_SURE 0.5   /* chosen: less is no better than a guess */
#define ROUND_MS 0.1     /* chosen: far below what ears can tell */
#define LAYOUT_MS 5000   /* until everybody plays what the layout says; chosen */
#define PROOF 3          /* pairs at the same instant in the end */
#define ASKING_MS 600000 /* chosen: who has not answered for ten minutes has gone */

struct by_ear {
	const struct tandem_by_ear_options *options;
	struct tandem_sounding *s;
	struct tandem_answers *answers;
	struct tandem_staircase *stairs;
	char only[TANDEM_CLIENT_LABEL_SIZE]; /* who is moved; "": whoever */
	char a[TANDEM_CLIENT_LABEL_SIZE];    /* plays left */
	char b[TANDEM_CLIENT_LABEL_SIZE];    /* plays right */
	char a_name[TANDEM_REACH_NAME_SIZE], b_name[TANDEM_REACH_NAME_SIZE];
};

/* ---- who ---- */

/* The first that plays this alone, `only` before all others. */
static bool find_player(const struct by_ear *e, const char *plays,
		char label[TANDEM_CLIENT_LABEL_SIZE])
{
	const struct tandem_client_node *sink = tandem_sounding_sink(e->s);
	char at[TANDEM_CLIENT_LABEL_SIZE];
	bool found = false;

	for (uint32_t i = 0; sink && tandem_client_label(sink, i, at); i++) {
		if (g_strcmp0(tandem_client_speaker_row(sink, at, "plays"), plays) != 0)
			continue;
		if (!found || strcmp(at, e->only) == 0)
			g_strlcpy(label, at, TANDEM_CLIENT_LABEL_SIZE);
		found = true;
	}
	return found;
}

static bool find_pair(struct tandem_client *c, void *data)
{
	struct by_ear *e = data;

	(void)c;
	return find_player(e, "FL", e->a) && find_player(e, "FR", e->b) &&
	       (!e->only[0] || strcmp(e->only, e->a) == 0 || strcmp(e->only, e->b) == 0);
}

/* One plays left and one right; all others are mute. */
static int set_up(struct by_ear *e)
{
	int status = TANDEM_CTL_DONE;

	if (!find_pair(NULL, e)) {
		status = tandem_sounding_set(e->s, "tandem.layout", "stereo");
		if (status == TANDEM_CTL_DONE &&
				!tandem_sounding_wait(e->s, find_pair, e, LAYOUT_MS)) {
			tandem_ctl_say("by ear needs one speaker that plays left and "
				       "one that plays right, both switched on: "
				       "tandemctl status");
			status = TANDEM_CTL_FAILED;
		}
	}
	if (status == TANDEM_CTL_DONE)
		status = tandem_sounding_mute_all_but(e->s, e->a, e->b);
	if (status == TANDEM_CTL_DONE)
		status = tandem_sounding_start(e->s);
	if (status == TANDEM_CTL_DONE && (!tandem_sounding_has(e->s, e->a) ||
							 !tandem_sounding_has(e->s, e->b)))
		status = TANDEM_CTL_FAILED;
	return status;
}

/* Of a row that is a number; `otherwise` when it is not known. */
static double number(const struct by_ear *e, const char *label, const char *key,
		double otherwise)
{
	const struct tandem_client_node *sink = tandem_sounding_sink(e->s);
	const char *row = sink ? tandem_client_speaker_row(sink, label, key) : NULL;
	double value;

	return row && tandem_client_number(row, &value) ? value : otherwise;
}

/* Tandem has aligned what it believes: what is left of that is what it is unsure of. */
static double believed_sigma_ms(const struct by_ear *e)
{
	return hypot(number(e, e->a, "sigma-ms", 0.0), number(e, e->b, "sigma-ms", 0.0));
}

/* ---- pairs ---- */

static int play_pairs(struct by_ear *e, double offset_ms, int times)
{
	const double widest_s = tandem_staircase_widest_ms(e->stairs) * 1e-3;
	const double every_s = fabs(offset_ms) * 1e-3 + 2.0 * widest_s + APART_S;
	struct tandem_piece *piece = tandem_piece_new(BEFORE_S + times * every_s);
	int status;

	for (int k = 0; k < times; k++) {
		const double at_s = BEFORE_S + k * every_s;

		tandem_piece_click(piece, 0, at_s + fmax(0.0, -offset_ms) * 1e-3);
		tandem_piece_click(piece, 1, at_s + fmax(0.0, offset_ms) * 1e-3);
	}
	status = tandem_sounding_play(e->s, piece);
	tandem_piece_free(piece);
	return status;
}

static void announce(const struct by_ear *e)
{
	const uint32_t pair = tandem_staircase_found(e->stairs).answers + 1;
	struct tandem_json j = { .is_inline = true };

	if (e->options->json) {
		tandem_json_open(&j, NULL, '{');
		tandem_json_double(&j, "pair", pair, 3);
		tandem_json_double(&j, "offset-ms", tandem_staircase_offset_ms(e->stairs),
				3);
		tandem_json_close(&j);
	} else {
		printf("pair %u of at most %d: which click comes first?\n", pair,
				TANDEM_STAIRCASE_ANSWERS);
	}
	fflush(stdout);
}

struct reading {
	struct by_ear *e;
	char letter;
};

static bool is_answered(struct tandem_client *c, void *data)
{
	struct reading *r = data;

	(void)c;
	r->letter = tandem_answers_next(r->e->answers);
	return r->letter != '\0';
}

/* '1' to '5', 'r' or 'q'; all that ends it is 'q'. */
static char ask(struct by_ear *e)
{
	struct reading r = { .e = e };

	for (;;) {
		if (!tandem_sounding_wait(e->s, is_answered, &r, ASKING_MS) ||
				r.letter == TANDEM_ANSWERS_END)
			return 'q';
		if (strchr("12345rq", r.letter))
			return r.letter;
		fprintf(stderr, "1 to 5, r or q, please\n");
	}
}

static int listen(struct by_ear *e)
{
	char letter;

	do {
		announce(e);
		if (play_pairs(e, tandem_staircase_offset_ms(e->stairs), AGAIN) !=
				TANDEM_CTL_DONE)
			return TANDEM_CTL_FAILED;
		letter = ask(e);
		if (letter >= '1' && letter <= '5') {
			tandem_staircase_answer(e->stairs,
					(enum tandem_staircase_answer)(letter - '1'));
		}
	} while (letter != 'q' && !tandem_staircase_found(e->stairs).done);
	if (letter != 'q')
		return TANDEM_CTL_DONE;
	if (!tandem_sounding_is_over(e->s))
		tandem_ctl_say("ended before it was found: nothing was changed");
	return TANDEM_CTL_FAILED;
}

/* ---- what comes of it ---- */

static int set_delay(struct by_ear *e, const char *label, double ms)
{
	g_autofree char *key = g_strdup_printf("speaker.%s.delay-ms", label);
	char text[32];

	if (!tandem_sounding_sink(e->s))
		return TANDEM_CTL_FAILED;
	g_ascii_formatd(text, sizeof(text), "%.1f", round(ms / ROUND_MS) * ROUND_MS);
	return tandem_change_make(tandem_sounding_client(e->s), tandem_sounding_sink(e->s),
			key, text);
}

/* b_more_ms: how much more delay B must have than A. */
static int apply(struct by_ear *e, double b_more_ms)
{
	const double a_ms = number(e, e->a, "delay-ms", 0.0);
	const double b_ms = number(e, e->b, "delay-ms", 0.0);
	int status;

	if (strcmp(e->only, e->a) == 0)
		return set_delay(e, e->a, b_ms - b_more_ms);
	if (strcmp(e->only, e->b) == 0)
		return set_delay(e, e->b, a_ms + b_more_ms);
	status = set_delay(e, e->a, fmax(0.0, -b_more_ms));
	return status == TANDEM_CTL_DONE ? set_delay(e, e->b, fmax(0.0, b_more_ms))
					 : status;
}

static void tell(const struct by_ear *e, const struct tandem_staircase_found *f,
		bool is_applied)
{
	struct tandem_json j = { .is_inline = true };

	if (e->options->json) {
		tandem_json_open(&j, NULL, '{');
		tandem_json_text(&j, "left", e->a);
		tandem_json_text(&j, "right", e->b);
		tandem_json_double(&j, "right-late-ms", f->late_ms, 3);
		tandem_json_double(&j, "sigma-ms", f->sigma_ms, 3);
		tandem_json_double(&j, "sure", f->sure, 3);
		tandem_json_double(&j, "answers", f->answers, 3);
		tandem_json_bool(&j, "applied", is_applied);
		tandem_json_close(&j);
	} else if (is_applied) {
		printf("%s was %.1f ms %s than %s, +- %.1f ms; "
		       "the delays are now %g ms and %g ms, and stay\n",
				e->b_name, fabs(f->late_ms),
				f->late_ms > 0.0 ? "later" : "earlier", e->a_name,
				f->sigma_ms, number(e, e->b, "delay-ms", 0.0),
				number(e, e->a, "delay-ms", 0.0));
	}
	fflush(stdout);
}

static int finish(struct by_ear *e)
{
	const struct tandem_staircase_found f = tandem_staircase_found(e->stairs);
	const double now_ms =
			number(e, e->b, "delay-ms", 0.0) - number(e, e->a, "delay-ms", 0.0);
	int status = TANDEM_CTL_FAILED;

	if (f.sure < LEAST_SURE) {
		tandem_ctl_say("the answers do not agree with each other: nothing was "
			       "changed. Sit where both are equally far, louder and "
			       "without music, and try again");
	} else {
		status = apply(e, now_ms - f.late_ms);
	}
	tell(e, &f, status == TANDEM_CTL_DONE);
	if (status == TANDEM_CTL_DONE && !e->options->json) {
		printf("both at once now, three times: it should be one click\n");
		fflush(stdout);
		status = play_pairs(e, 0.0, PROOF);
	}
	return status;
}

static void explain(const struct by_ear *e)
{
	if (e->options->json)
		return;
	printf("Pairs of clicks follow, one click from %s, one from %s; each pair twice.\n"
	       "Sit where you listen, and stop the music. Say what you hear first:\n"
	       "  1  %s, far apart: two clicks that you could count\n"
	       "  2  %s, close together, or just from that side\n"
	       "  3  one click, from the middle\n"
	       "  4  %s, close together, or just from that side\n"
	       "  5  %s, far apart\n"
	       "  r  again, please     q  stop, and change nothing\n",
			e->a_name, e->b_name, e->a, e->a, e->b, e->b);
	fflush(stdout);
}

static int calibrate(struct by_ear *e)
{
	int status = set_up(e);

	if (status != TANDEM_CTL_DONE)
		return status;
	if (tandem_staircase_new(&e->stairs, 0.0, believed_sigma_ms(e)) < 0) {
		tandem_ctl_say("there is no memory for it");
		return TANDEM_CTL_FAILED;
	}
	tandem_reach_describe(tandem_sounding_sink(e->s), e->a, e->a_name);
	tandem_reach_describe(tandem_sounding_sink(e->s), e->b, e->b_name);
	explain(e);
	status = listen(e);
	return status == TANDEM_CTL_DONE ? finish(e) : status;
}

int tandem_by_ear(const struct tandem_by_ear_options *o)
{
	struct by_ear e = { .options = o };
	int status = tandem_sounding_open(&e.s, o->group, o->who, e.only);

	if (status != TANDEM_CTL_DONE)
		return status;
	e.answers = tandem_answers_new(tandem_sounding_client(e.s));
	status = calibrate(&e);
	tandem_answers_free(e.answers);
	tandem_staircase_free(e.stairs);
	return tandem_sounding_close(e.s, status);
}
