/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

/* What needs more than storing: words, and milliseconds that become seconds. */
struct raw {
	char *type;
	char *reports;
	char *step;
	char *crowd;
	double delay_ms;
	double spread_ms;
	gint64 seed;
};

static int word(const char *text, const char *const words[])
{
	for (int i = 0; words[i] != NULL; i++) {
		if (g_str_equal(words[i], text))
			return i;
	}
	return -1;
}

/* "MS@SECOND" */
static bool parse_step(const char *text, struct tandem_box_config *box)
{
	char *rest = NULL;
	const double ms = g_ascii_strtod(text, &rest);

	if (rest == text || *rest != '@')
		return false;

	const char *const second = rest + 1;
	box->step_s = ms / 1e3;
	box->step_at_s = g_ascii_strtod(second, &rest);
	return rest != second && *rest == '\0' && box->step_at_s >= 0.0;
}

/* "BYTES@FROM-TO" */
static bool parse_crowd(const char *text, struct tandem_crowd *c)
{
	char *rest = NULL;

	c->bytes_per_s = g_ascii_strtod(text, &rest);
	if (rest == text || *rest != '@' || c->bytes_per_s <= 0.0)
		return false;
	c->from_s = g_ascii_strtod(rest + 1, &rest);
	if (*rest != '-')
		return false;
	c->to_s = g_ascii_strtod(rest + 1, &rest);
	return *rest == '\0' && c->from_s >= 0.0 && c->to_s > c->from_s;
}

static const char *apply(struct tandem_options *o, const struct raw *raw)
{
	static const char *const types[] = { "t1", "deadband", "t2", NULL };
	static const char *const reports[] = { "none", "static", "dynamic", NULL };
	const int type = word(raw->type != NULL ? raw->type : "t1", types);
	const int kind = word(raw->reports != NULL ? raw->reports : "static", reports);

	if (o->adapter == NULL)
		return "--adapter is missing";
	if (type < 0)
		return "--type: t1, deadband or t2";
	if (kind < 0)
		return "--reports: none, static or dynamic";
	if (raw->step != NULL && !parse_step(raw->step, &o->box))
		return "--step: MS@SECOND";
	if (raw->crowd != NULL && !parse_crowd(raw->crowd, &o->crowd))
		return "--crowd: BYTES@FROM-TO";
	if (raw->delay_ms < 10.0 || raw->delay_ms > 5000.0)
		return "--delay: 10 to 5000 ms";
	if (raw->spread_ms < 0.0 || o->seconds < 0.0)
		return "--start-spread, --seconds: not negative";
	o->box.type = (enum tandem_box_type)type;
	o->reports = (enum tandem_reports)kind;
	o->box.delay_s = raw->delay_ms / 1e3;
	o->box.start_spread_s = raw->spread_ms / 1e3;
	o->box.seed = (uint64_t)raw->seed;
	return NULL;
}

static bool parse(struct tandem_options *o, struct raw *raw, int argc, char **argv)
{
	const GOptionEntry entries[] = {
		{ "adapter", 0, 0, G_OPTION_ARG_STRING, &o->adapter, "Radio to use",
				"hciI" },
		{ "name", 0, 0, G_OPTION_ARG_STRING, &o->name, "Its name from now on",
				"NAME" },
		{ "wav", 0, 0, G_OPTION_ARG_FILENAME, &o->wav, "Recording", "FILE" },
		{ "lean", 0, 0, G_OPTION_ARG_NONE, &o->lean,
				"Record with a third of the work, at -121 dB of noise",
				NULL },
		{ "ldac", 0, 0, G_OPTION_ARG_NONE, &o->ldac,
				"Takes LDAC, too, which is counted and not heard", NULL },
		{ "csv", 0, 0, G_OPTION_ARG_FILENAME, &o->csv, "What happened", "FILE" },
		{ "t0-ns", 0, 0, G_OPTION_ARG_INT64, &o->t0_ns,
				"CLOCK_MONOTONIC of the recording's first sample", "NS" },
		{ "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &o->seconds, "Length", "S" },
		{ "type", 0, 0, G_OPTION_ARG_STRING, &raw->type, "Clock recovery",
				"t1|deadband|t2" },
		{ "delay", 0, 0, G_OPTION_ARG_DOUBLE, &raw->delay_ms,
				"Latency from arrival to the air", "MS" },
		{ "bias", 0, 0, G_OPTION_ARG_DOUBLE, &o->bias_ms, "Error of the reports",
				"MS" },
		{ "reports", 0, 0, G_OPTION_ARG_STRING, &raw->reports, "Delay reports",
				"none|static|dynamic" },
		{ "drift", 0, 0, G_OPTION_ARG_DOUBLE, &o->box.drift_ppm, "DAC, fast > 0",
				"PPM" },
		{ "start-spread", 0, 0, G_OPTION_ARG_DOUBLE, &raw->spread_ms,
				"Each start draws its latency from +- this", "MS" },
		{ "step", 0, 0, G_OPTION_ARG_STRING, &raw->step,
				"Latency jumps, so long after the first start",
				"MS@SECOND" },
		{ "crowd", 0, 0, G_OPTION_ARG_STRING, &raw->crowd,
				"The radio carries so many bytes a second, so long after "
				"the first packet",
				"BYTES@FROM-TO" },
		{ "seed", 0, 0, G_OPTION_ARG_INT64, &raw->seed, "Of all chance", "N" },
		{ "warmup", 0, 0, G_OPTION_ARG_DOUBLE, &o->box.warmup_ppm,
				"DAC when cold, dies away over 600 s", "PPM" },
		{ "wander", 0, 0, G_OPTION_ARG_DOUBLE, &o->box.wander_ppm,
				"DAC, rms of a walk", "PPM" },
		{ NULL },
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- a measured speaker");
	g_autoptr(GError) error = NULL;
	const char *wrong = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		wrong = error->message;
	} else if (argc != 1) {
		wrong = "options only";
	} else {
		wrong = apply(o, raw);
	}
	if (wrong != NULL)
		fprintf(stderr, "tandem-speaker: %s\n", wrong);
	return wrong == NULL;
}

bool tandem_options_parse(struct tandem_options *o, int argc, char **argv)
{
	struct raw raw = { .delay_ms = 150.0, .seed = 1 };
	const bool ok = parse(o, &raw, argc, argv);

	g_free(raw.type);
	g_free(raw.reports);
	g_free(raw.step);
	g_free(raw.crowd);
	return ok;
}

void tandem_options_finish(struct tandem_options *o)
{
	g_free(o->adapter);
	g_free(o->name);
	g_free(o->wav);
	g_free(o->csv);
}
