/* SPDX-License-Identifier: MIT
 *
 * Values and ranges of settings as text; the way back: setting-value.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "settings.h"

static void __attribute__((format(printf, 2, 3))) add(char text[TANDEM_VALUE_SIZE],
		const char *format, ...)
{
	const size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + used, TANDEM_VALUE_SIZE - used, format, args);
	va_end(args);
}

/* Micro-units are the finest that any setting means; a comma of the locale is undone. */
static void add_number(char text[TANDEM_VALUE_SIZE], double value)
{
	char digits[48];
	size_t n = (size_t)snprintf(digits, sizeof(digits), "%.6f", value);

	for (size_t i = 0; i < n; i++)
		digits[i] = digits[i] == ',' ? '.' : digits[i];
	while (n > 1 && digits[n - 1] == '0')
		digits[--n] = '\0';
	if (digits[n - 1] == '.')
		digits[n - 1] = '\0';
	add(text, "%s", digits);
}

static void add_matrix(char text[TANDEM_VALUE_SIZE], const struct tandem_matrix *m)
{
	add(text, "[");
	for (uint32_t i = 0; i < m->n_rows; i++) {
		add(text, " [");
		for (uint32_t k = 0; k < m->rows[i].n; k++) {
			add(text, " ");
			add_number(text, m->rows[i].gains[k]);
		}
		add(text, " ]");
	}
	add(text, " ]");
}

static void add_heard(char text[TANDEM_VALUE_SIZE], const struct tandem_heard *h)
{
	add(text, "[");
	if (h->sigma_ms > 0.0) {
		add(text, " ");
		add_number(text, h->late_ms);
		add(text, " ");
		add_number(text, h->sigma_ms);
		add(text, " %lld", (long long)h->at_ns);
	}
	add(text, " ]");
}

void tandem_setting_write(const struct tandem_setting *row, const void *base,
		char text[TANDEM_VALUE_SIZE])
{
	const void *const from = (const char *)base + row->offset;
	const struct tandem_channels *channels = from;

	text[0] = '\0';
	switch (row->type) {
	case TANDEM_SETTING_BOOL:
		add(text, "%s", *(const bool *)from ? "true" : "false");
		break;
	case TANDEM_SETTING_WHOLE:
		add(text, "%u", *(const uint32_t *)from);
		break;
	case TANDEM_SETTING_NUMBER:
		add_number(text, *(const double *)from);
		break;
	case TANDEM_SETTING_CHOICE:
		add(text, "%s", row->choices[*(const uint32_t *)from]);
		break;
	case TANDEM_SETTING_TEXT:
	case TANDEM_SETTING_NAME:
	case TANDEM_SETTING_ADDRESS:
		add(text, "%s", (const char *)from);
		break;
	case TANDEM_SETTING_CHANNELS:
		add(text, "[");
		for (uint32_t i = 0; i < channels->n; i++)
			add(text, " %s", tandem_channel_names[channels->index[i]]);
		add(text, " ]");
		break;
	case TANDEM_SETTING_MATRIX:
		add_matrix(text, from);
		break;
	case TANDEM_SETTING_HEARD:
		add_heard(text, from);
		break;
	}
}

static void add_choices(char text[TANDEM_VALUE_SIZE], const char *const *choices)
{
	for (uint32_t i = 0; choices[i] != NULL; i++) {
		add(text, "%s%s",
				i == 0                   ? ""
				: choices[i + 1] == NULL ? " or "
							 : ", ",
				choices[i]);
	}
}

static void add_span(char text[TANDEM_VALUE_SIZE], double least, double greatest)
{
	add_number(text, least);
	add(text, " to ");
	add_number(text, greatest);
}

void tandem_setting_range(const struct tandem_setting *row, char text[TANDEM_VALUE_SIZE])
{
	text[0] = '\0';
	switch (row->type) {
	case TANDEM_SETTING_BOOL:
		add(text, "true or false");
		break;
	case TANDEM_SETTING_WHOLE:
		add(text, "a whole number, ");
		/* fall through */
	case TANDEM_SETTING_NUMBER:
		add_span(text, row->min, row->max);
		add(text, "%s%s", row->unit[0] ? " " : "", row->unit);
		break;
	case TANDEM_SETTING_CHOICE:
		add_choices(text, row->choices);
		break;
	case TANDEM_SETTING_TEXT:
		add(text, row->min > 0 ? "a text of 1 to 63 bytes"
				       : "a text of at most 63 bytes");
		break;
	case TANDEM_SETTING_NAME:
		add(text, "letters, digits, '.', '_' and '-', at most 63");
		break;
	case TANDEM_SETTING_ADDRESS:
		add(text, "a Bluetooth address like 00:11:22:33:44:55");
		break;
	case TANDEM_SETTING_CHANNELS:
		add(text, "[ FL ], [ FR ], [ FL FR ] or [ FR FL ]");
		break;
	case TANDEM_SETTING_MATRIX:
		add(text, "[ [ 1 0 ] [ 0 1 ] ]: rows of 2 or 4 gains, ");
		add_span(text, row->min, row->max);
		break;
	case TANDEM_SETTING_HEARD:
		add_span(text, row->min, row->max);
		add(text, " %s, ", row->unit);
		add_span(text, TANDEM_HEARD_MIN_SIGMA_MS, TANDEM_HEARD_MAX_SIGMA_MS);
		add(text, " %s, ns of CLOCK_MONOTONIC or nothing: now", row->unit);
		break;
	}
}
