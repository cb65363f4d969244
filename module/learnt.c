/* SPDX-License-Identifier: MIT */
#include "learnt.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <spa/utils/string.h>

#include "memory-tell.h"
#include "memory.h"

#define LINE_BYTES 512
#define FILE_BYTES (TANDEM_MAX_LEARNT * LINE_BYTES)

/* A number of struct tandem_memory, as it stands in the file: in ms for s. */
static const struct field {
	const char *key;
	size_t offset;
	double unit;
} fields[] = {
#define F(key, member, unit) { key, offsetof(struct tandem_memory, member), unit }
	F("drift-ppm", drift_ppm, 1.0),
	F("drift-sigma-ppm", drift_sigma_ppm, 1.0),
	F("latency-ms", latency_s, 1e-3),
	F("bias-ms", bias_s, 1e-3),
	F("bias-sigma-ms", bias_sigma_s, 1e-3),
	F("wobble-ms", wobble_s, 1e-3),
	F("spread-ms", spread_s, 1e-3),
#undef F
};

static double *number(struct tandem_memory *m, const struct field *f)
{
	return (double *)((char *)m + f->offset);
}

static bool read_class(struct tandem_memory *m, const char *value)
{
	for (int c = TANDEM_CLASS_UNKNOWN; c <= TANDEM_CLASS_FREE; c++) {
		if (strcmp(value, tandem_clock_class_name((enum tandem_clock_class)c)) ==
				0) {
			m->class = (enum tandem_clock_class)c;
			return true;
		}
	}
	return false;
}

/* Keys of a later version are passed over. */
static bool read_value(struct tandem_learnt_clock *c, const char *key, const char *value)
{
	double x;

	if (strcmp(key, "on") == 0)
		return snprintf(c->on, sizeof(c->on), "%s", value) < (int)sizeof(c->on);
	if (strcmp(key, "class") == 0)
		return read_class(&c->memory, value);
	if (strcmp(key, "calibrations") == 0)
		return spa_atou32(value, &c->memory.calibrations, 10);
	if (strcmp(key, "reports-move") == 0) {
		c->memory.reports_move = strcmp(value, "true") == 0;
		return c->memory.reports_move || strcmp(value, "false") == 0;
	}
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(fields); i++) {
		if (strcmp(key, fields[i].key) != 0)
			continue;
		if (!spa_atod(value, &x))
			return false;
		*number(&c->memory, &fields[i]) = x * fields[i].unit;
	}
	return true;
}

/* One line, cut into its words. */
static bool read_line(struct tandem_learnt_clock *c, char *line)
{
	char *rest = NULL;
	const char *address = strtok_r(line, " ", &rest);
	const char *codec = strtok_r(NULL, " ", &rest);
	char *word;

	*c = (struct tandem_learnt_clock){ 0 };
	if (!address || !codec || !tandem_memory_is_address(address) ||
			strlen(codec) >= sizeof(c->codec))
		return false;
	snprintf(c->address, sizeof(c->address), "%s", address);
	snprintf(c->codec, sizeof(c->codec), "%s", codec);
	while ((word = strtok_r(NULL, " ", &rest))) {
		char *equals = strchr(word, '=');

		if (!equals)
			return false;
		*equals = '\0';
		if (!read_value(c, word, equals + 1))
			return false;
	}
	return tandem_memory_is_sane(&c->memory);
}

static int parse(struct tandem_learnt *l, char *text, size_t bytes)
{
	char *rest = NULL;
	char *line;

	if (memchr(text, '\0', bytes) || (bytes > 0 && text[bytes - 1] != '\n'))
		return -EBADMSG;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (l->n == TANDEM_MAX_LEARNT || !read_line(&l->clocks[l->n], line))
			return -EBADMSG;
		l->n++;
	}
	return 0;
}

void tandem_learnt_init(struct tandem_learnt *l, const char *group,
		struct tandem_mistakes *told)
{
	char *text = malloc(FILE_BYTES);
	ssize_t bytes = -ENOMEM;
	int res;

	*l = (struct tandem_learnt){ 0 };
	snprintf(l->group, sizeof(l->group), "%s", group);
	if (text)
		bytes = tandem_memory_read(group, TANDEM_LEARNT_KIND, text, FILE_BYTES);
	res = bytes < 0 ? (int)bytes : parse(l, text, (size_t)bytes);
	free(text);
	if (res < 0) {
		l->n = 0;
		tandem_memory_tell_unread(told, group, TANDEM_LEARNT_KIND,
				TANDEM_SAY_CLOCKS_DAMAGED, res);
	}
}

static struct tandem_learnt_clock *find(const struct tandem_learnt *l, const char *address,
		const char *codec)
{
	for (uint32_t i = 0; i < l->n; i++) {
		const struct tandem_learnt_clock *c = &l->clocks[i];

		if (strcasecmp(c->address, address) == 0 && strcmp(c->codec, codec) == 0)
			return (struct tandem_learnt_clock *)c;
	}
	return NULL;
}

const struct tandem_memory *tandem_learnt_find(const struct tandem_learnt *l,
		const char *address, const char *codec)
{
	const struct tandem_learnt_clock *c = find(l, address, codec);

	return c ? &c->memory : NULL;
}

static int print(char *text, size_t size, const struct tandem_learnt_clock *c)
{
	const struct tandem_memory *m = &c->memory;
	int n = snprintf(text, size, "%s %s on=%s class=%s", c->address, c->codec, c->on,
			tandem_clock_class_name(m->class));

	for (size_t i = 0; i < TANDEM_ARRAY_LEN(fields); i++) {
		char value[32];

		spa_dtoa(value, sizeof(value),
				*number((struct tandem_memory *)m, &fields[i]) /
						fields[i].unit);
		n += snprintf(text + n, size - (size_t)n, " %s=%s", fields[i].key, value);
	}
	return n + snprintf(text + n, size - (size_t)n,
				   " calibrations=%u reports-move=%s\n", m->calibrations,
				   m->reports_move ? "true" : "false");
}

static int save(struct tandem_learnt *l)
{
	char *text = malloc(FILE_BYTES);
	size_t bytes = 0;
	int res;

	if (!text)
		return -ENOMEM;
	for (uint32_t i = 0; i < l->n; i++)
		bytes += (size_t)print(text + bytes, FILE_BYTES - bytes, &l->clocks[i]);
	res = tandem_memory_write(l->group, TANDEM_LEARNT_KIND, text, bytes);
	free(text);
	return res;
}

static bool says_the_same(const struct tandem_learnt_clock *a,
		const struct tandem_learnt_clock *b)
{
	char texts[2][LINE_BYTES];

	print(texts[0], sizeof(texts[0]), a);
	print(texts[1], sizeof(texts[1]), b);
	return strcmp(texts[0], texts[1]) == 0;
}

static bool says_anything(const struct tandem_memory *m)
{
	return m->class != TANDEM_CLASS_UNKNOWN || m->calibrations > 0 ||
	       m->bias_sigma_s > 0.0 || m->reports_move;
}

/* A place at the end, for who is the latest. */
static struct tandem_learnt_clock *renew(struct tandem_learnt *l,
		struct tandem_learnt_clock *old)
{
	struct tandem_learnt_clock *const end = &l->clocks[l->n];

	if (!old && l->n < TANDEM_MAX_LEARNT) {
		l->n++;
		return end;
	}
	if (!old)
		old = l->clocks;
	memmove(old, old + 1, (size_t)(end - old - 1) * sizeof(*old));
	return end - 1;
}

int tandem_learnt_put(struct tandem_learnt *l, const char *address, const char *codec,
		const char *on, const struct tandem_memory *memory)
{
	struct tandem_learnt_clock *c = find(l, address, codec);
	struct tandem_learnt_clock now = { .memory = *memory };
	bool is_news;
	int res;

	if (!says_anything(memory) || !tandem_memory_is_sane(memory))
		return 0;
	snprintf(now.address, sizeof(now.address), "%s", address);
	snprintf(now.codec, sizeof(now.codec), "%s", codec);
	snprintf(now.on, sizeof(now.on), "%s", on);
	is_news = !c || l->dirty || !says_the_same(c, &now);
	*renew(l, c) = now;
	if (!is_news) /* who is the latest is written with the next news */
		return 0;
	res = save(l);
	l->dirty = res < 0;
	return res;
}
