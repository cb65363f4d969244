/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>

static void put_text(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	putchar('"');
	for (const char *c = valid; *c; c++) {
		if (*c == '"' || *c == '\\')
			putchar('\\');
		if ((unsigned char)*c < ' ') {
			printf("\\u%04x", (unsigned char)*c);
		} else {
			putchar(*c);
		}
	}
	putchar('"');
}

static void new_line(const struct tandem_json *j)
{
	if (j->is_inline)
		return;
	printf("\n%*s", (int)(2 * j->depth), "");
}

/* All that stands before the next value. */
static void begin(struct tandem_json *j, const char *key)
{
	if (j->depth > 0) {
		bool *const has_members = &j->has_members[j->depth - 1];

		if (*has_members)
			printf(j->is_inline ? ", " : ",");
		*has_members = true;
		new_line(j);
	}
	if (key) {
		put_text(key);
		printf(": ");
	}
}

void tandem_json_open(struct tandem_json *j, const char *key, char bracket)
{
	g_assert(j->depth < TANDEM_JSON_DEPTH);
	begin(j, key);
	putchar(bracket);
	j->closing[j->depth] = bracket == '{' ? '}' : ']';
	j->has_members[j->depth++] = false;
}

void tandem_json_close(struct tandem_json *j)
{
	g_assert(j->depth > 0);
	j->depth--;
	if (j->has_members[j->depth])
		new_line(j);
	putchar(j->closing[j->depth]);
	if (j->depth == 0)
		putchar('\n');
}

void tandem_json_text(struct tandem_json *j, const char *key, const char *text)
{
	begin(j, key);
	if (text) {
		put_text(text);
	} else {
		printf("null");
	}
}

void tandem_json_bool(struct tandem_json *j, const char *key, bool value)
{
	begin(j, key);
	printf(value ? "true" : "false");
}

void tandem_json_number(struct tandem_json *j, const char *key, const char *number)
{
	begin(j, key);
	printf("%s", number);
}

void tandem_json_double(struct tandem_json *j, const char *key, double value, int digits)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE], format[8];

	snprintf(format, sizeof(format), "%%.%df", digits);
	tandem_json_number(j, key,
			isfinite(value) ? g_ascii_formatd(text, sizeof(text), format, value)
					: "null");
}
