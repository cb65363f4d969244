/* SPDX-License-Identifier: MIT
 *
 * tandemctl status: how Tandem is, a block per group and per speaker:
 *
 *     tandem "Living room": stereo at 48000 Hz, 312 ms from a player to the air
 *       left, Kitchen (00:11:22:33:44:55): streaming, plays FL
 *         sbc joint at 44100 Hz, bitpool 53, 328 kbit/s, 1203 packets, 0 skipped
 *         latency 152.3 ms by report, +- 1.20 ms; clock free, 12.3 ppm
 *         delay 12.5 ms, gain -3 dB
 *
 * Or the rows as they are, as JSON.
 */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "reach.h"
#include "tandemctl.h"

struct options {
	char *group;
	gboolean json, watch;
};

const GOptionEntry tandem_ctl_status_options[] = {
	{ "group", 'g', 0, G_OPTION_ARG_FILENAME, TANDEM_CTL_AT(struct options, group),
			"Only this group, by its name", "NAME" },
	{ "json", 'j', 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, json),
			"All rows as JSON, an object per group", NULL },
	{ "watch", 'w', 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, watch),
			"Again with each change, until interrupted; as JSON a line each",
			NULL },
	{ NULL },
};

/* ---- for people ---- */

struct speaker {
	const struct tandem_client_node *sink;
	char label[TANDEM_CLIENT_LABEL_SIZE];
};

/* Empty when there is no such row. */
static const char *text(const struct speaker *s, const char *key)
{
	const char *value = tandem_client_speaker_row(s->sink, s->label, key);

	return value ? value : "";
}

static double number(const struct speaker *s, const char *key)
{
	double value = NAN;

	tandem_client_number(text(s, key), &value);
	return value;
}

static void print_stream(const struct speaker *s)
{
	if (!text(s, "stream.codec")[0])
		return;
	printf("    %s %s at %s Hz", text(s, "stream.codec"), text(s, "stream.mode"),
			text(s, "stream.rate-hz"));
	if (strcmp(text(s, "stream.codec"), "sbc") == 0)
		printf(", bitpool %s", text(s, "stream.bitpool"));
	printf(", %.0f kbit/s, %s packets, %s skipped\n", number(s, "stream.kbps"),
			text(s, "stream.packets"), text(s, "stream.skipped"));
}

static void print_clock(const struct speaker *s)
{
	if (isnan(number(s, "sigma-ms")))
		return; /* it has not played yet */
	printf("    latency %.1f ms by %s, +- %.2f ms; clock %s", number(s, "latency-ms"),
			text(s, "latency-source"), number(s, "sigma-ms"),
			text(s, "clock.class"));
	if (text(s, "measured-drift-ppm")[0])
		printf(", %.1f ppm", number(s, "measured-drift-ppm"));
	printf("\n");
}

/* What differs from a speaker that nobody has touched. */
static void print_settings(const struct speaker *s)
{
	const char *before = "    ";

	if (number(s, "delay-ms") != 0.0) {
		printf("%sdelay %s ms", before, text(s, "delay-ms"));
		before = ", ";
	}
	if (number(s, "gain-db") != 0.0) {
		printf("%sgain %s dB", before, text(s, "gain-db"));
		before = ", ";
	}
	if (strcmp(text(s, "invert"), "true") == 0) {
		printf("%spolarity turned round", before);
		before = ", ";
	}
	if (strcmp(text(s, "mute"), "true") == 0) {
		printf("%smuted", before);
		before = ", ";
	}
	if (before[0] == ',')
		printf("\n");
}

static void print_speaker(const struct speaker *s)
{
	const char *name = text(s, "name"), *address = text(s, "address");

	printf("  %s%s%s", s->label, name[0] ? ", " : "", name);
	if (address[0])
		printf(" (%s)", address);
	printf(": %s", text(s, "state"));
	if (text(s, "plays")[0])
		printf(", plays %s", text(s, "plays"));
	printf("\n");
	if (text(s, "message")[0])
		printf("    ! %s\n", text(s, "message"));
	print_stream(s);
	print_clock(s);
	print_settings(s);
}

static void print_lines(const char *lines)
{
	while (lines && *lines) {
		const size_t length = strcspn(lines, "\n");

		printf("  ! %.*s\n", (int)length, lines);
		lines += length + (lines[length] == '\n');
	}
}

static void print_group(const struct tandem_client_node *sink)
{
	struct speaker s = { .sink = sink };
	const char *rate = tandem_client_row(sink, "tandem.rate-hz");
	const char *layout = tandem_client_row(sink, "tandem.layout");
	const char *running = tandem_client_row(sink, "tandem.running");
	double latency_ms;

	printf("%s \"%s\": %s%s", sink->name, sink->description, layout ? layout : "",
			g_strcmp0(tandem_client_row(sink, "tandem.swap"), "true") == 0
					? ", swapped"
					: "");
	if (g_strcmp0(running, "true") != 0) {
		printf(", nothing plays");
	} else if (tandem_client_number(tandem_client_row(sink, "tandem.latency-ms"),
				   &latency_ms)) {
		printf(" at %s Hz, %.0f ms from a player to the air", rate, latency_ms);
	}
	printf("\n");
	print_lines(tandem_client_row(sink, "tandem.message"));
	print_lines(tandem_client_row(sink, "tandem.mistakes"));
	for (uint32_t i = 0; tandem_client_label(sink, i, s.label); i++)
		print_speaker(&s);
}

/* ---- for programs ---- */

static void put_row(struct tandem_json *j, const struct tandem_client_row *row)
{
	switch (row->type) {
	case TANDEM_CLIENT_BOOL:
		tandem_json_bool(j, row->key, strcmp(row->text, "true") == 0);
		break;
	case TANDEM_CLIENT_NUMBER:
		tandem_json_number(j, row->key, row->text);
		break;
	case TANDEM_CLIENT_TEXT:
		tandem_json_text(j, row->key, row->text);
		break;
	}
}

static void put_group(struct tandem_json *j, const struct tandem_client_node *sink)
{
	g_autofree char *id = g_strdup_printf("%u", sink->id);

	tandem_json_open(j, NULL, '{');
	tandem_json_text(j, "node.name", sink->name);
	tandem_json_number(j, "object.id", id);
	for (uint32_t i = 0; i < sink->n_rows; i++)
		put_row(j, &sink->rows[i]);
	tandem_json_close(j);
}

/* ---- the command ---- */

static void print(const struct tandem_client *c, const struct options *o)
{
	const struct tandem_client_node *only =
			o->group ? tandem_client_find(c, TANDEM_CLIENT_TANDEM, o->group)
				 : NULL;
	struct tandem_json j = { .is_inline = o->watch };
	const struct tandem_client_node *sink;

	if (o->json)
		tandem_json_open(&j, NULL, '[');
	for (uint32_t i = 0; (sink = tandem_client_node(c, TANDEM_CLIENT_TANDEM, i)); i++) {
		if (o->group && sink != only)
			continue;
		if (o->json) {
			put_group(&j, sink);
		} else {
			print_group(sink);
		}
	}
	if (o->json)
		tandem_json_close(&j);
	fflush(stdout);
}

/* Differs as soon as a row does, or who is there. */
static uint64_t sum_up(const struct tandem_client *c)
{
	const struct tandem_client_node *sink;
	uint64_t sum = 0;

	for (uint32_t i = 0; (sink = tandem_client_node(c, TANDEM_CLIENT_TANDEM, i)); i++)
		sum = sum * 31 + ((uint64_t)sink->id << 32) + sink->updates;
	return sum;
}

static bool has_changed(struct tandem_client *c, void *data)
{
	return sum_up(c) != *(const uint64_t *)data;
}

static int watch(struct tandem_client *c, const struct options *o)
{
	uint64_t sum = sum_up(c);

	while (tandem_client_wait(c, has_changed, &sum, -1)) {
		sum = sum_up(c);
		if (!o->json && isatty(STDOUT_FILENO))
			printf("\033[H\033[J"); /* ECMA-48: to the corner, and clear */
		print(c, o);
	}
	tandem_ctl_say("PipeWire has ended the connection");
	return TANDEM_CTL_ABSENT;
}

static int show(const struct options *o)
{
	struct tandem_client *c;
	int status = tandem_reach_tandem(&c);

	if (status != TANDEM_CTL_DONE)
		return status;
	if (o->group && !tandem_reach_group(c, o->group)) {
		status = TANDEM_CTL_FAILED;
	} else {
		print(c, o);
		if (o->watch)
			status = watch(c, o);
	}
	tandem_reach_close(c);
	return status;
}

int tandem_ctl_status(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	struct options o = { 0 };
	int status = TANDEM_CTL_WRONG_USE;

	if (tandem_ctl_parse(c, &o, &argc, &argv))
		status = show(&o);
	tandem_ctl_options_finish(c, &o);
	return status;
}
