/* SPDX-License-Identifier: MIT */
#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The words of a line, and which of them are not looked at twice. */
enum word {
	AT,
	AT_UNIT,
	KIND,
	FRAME_NAME,
	FRAME,
	VALUE,
	VALUE_UNIT,
	PLUS_MINUS,
	SIGMA,
	SIGMA_UNIT,
	N_WORDS
};
static const char *const fixed[N_WORDS] = {
	[AT_UNIT] = "ns",
	[FRAME_NAME] = "frame",
	[VALUE_UNIT] = "s",
	[PLUS_MINUS] = "+-",
	[SIGMA_UNIT] = "s",
};

static int refuse(const struct sim_log *l, const char *what, const char *word)
{
	fprintf(stderr, "%s:%u: %s: \"%s\"\n", l->name, l->line, what, word);
	return -1;
}

static bool read_whole(const char *word, uint64_t *to)
{
	char *end;

	errno = 0;
	*to = strtoull(word, &end, 10);
	return errno == 0 && end != word && *end == '\0' && word[0] != '-';
}

static bool read_instant(const char *word, int64_t *to)
{
	char *end;

	errno = 0;
	*to = strtoll(word, &end, 10);
	return errno == 0 && end != word && *end == '\0';
}

static bool read_real(const char *word, double *to)
{
	char *end;

	*to = strtod(word, &end);
	return end != word && *end == '\0';
}

static bool read_kind(const char *word, enum tandem_observed *to)
{
	for (int k = 0; k < TANDEM_N_OBSERVED; k++) {
		*to = (enum tandem_observed)k;
		if (strcmp(word, tandem_observed_name(*to)) == 0)
			return true;
	}
	return false;
}

static int read_words(const struct sim_log *l, char *const words[N_WORDS],
		struct tandem_observation *o)
{
	for (int i = 0; i < N_WORDS; i++) {
		if (fixed[i] != NULL && strcmp(words[i], fixed[i]) != 0)
			return refuse(l, "another unit than is written here", words[i]);
	}
	if (!read_instant(words[AT], &o->host_ns))
		return refuse(l, "no instant", words[AT]);
	if (!read_kind(words[KIND], &o->kind))
		return refuse(l, "no kind of observation", words[KIND]);
	if (!read_whole(words[FRAME], &o->frame))
		return refuse(l, "no number of a frame", words[FRAME]);
	if (!read_real(words[VALUE], &o->value_s))
		return refuse(l, "no value", words[VALUE]);
	if (!read_real(words[SIGMA], &o->sigma_s))
		return refuse(l, "no standard deviation", words[SIGMA]);
	return 1;
}

static int read_line(struct sim_log *l, char *line, struct tandem_observation *o)
{
	char shown[TANDEM_OBSERVATION_LINE_BYTES];
	char *words[N_WORDS];
	char *rest = NULL;
	uint64_t lost;
	int n = 0;

	snprintf(shown, sizeof(shown), "%s", line);
	for (char *w = strtok_r(line, " ", &rest); w; w = strtok_r(NULL, " ", &rest)) {
		if (n == N_WORDS)
			return refuse(l, "more than an observation", shown);
		words[n++] = w;
	}
	if (n == 2 && strcmp(words[0], "lost") == 0 && read_whole(words[1], &lost)) {
		l->lost += lost;
		return 0;
	}
	if (n < N_WORDS)
		return refuse(l, "less than an observation", shown);
	return read_words(l, words, o);
}

int tandem_sim_log_next(struct sim_log *l, struct tandem_observation *ret_o)
{
	char line[TANDEM_OBSERVATION_LINE_BYTES];
	int res = 0;

	while (res == 0 && fgets(line, sizeof(line), l->file) != NULL) {
		char *const end = strchr(line, '\n');

		l->line++;
		if (end == NULL)
			return refuse(l, "the line is cut off, or no line", line);
		*end = '\0';
		res = read_line(l, line, ret_o);
	}
	return res;
}
