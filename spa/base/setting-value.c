/* SPDX-License-Identifier: MIT
 *
 * Values of settings from text and to text.
 */
#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "settings.h"

#define TEXT_SIZE 64
#define ADDRESS_LENGTH 17

const char *const tandem_channel_names[TANDEM_SINK_CHANNELS] = { "FL", "FR" };

static int read_bool(bool *to, const char *text)
{
	static const char *const yes[] = { "true", "1", "yes", "on" };
	static const char *const no[] = { "false", "0", "no", "off" };

	for (size_t i = 0; i < TANDEM_ARRAY_LEN(yes); i++) {
		if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
			*to = strcasecmp(text, yes[i]) == 0;
			return 0;
		}
	}
	return -EINVAL;
}

/* With a point, whatever the desktop's locale says. */
static int read_double(double *to, const char *text)
{
	const locale_t c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	char *end;
	double value;

	if (c_locale == (locale_t)0)
		return -ENOMEM;
	value = strtod_l(text, &end, c_locale);
	freelocale(c_locale);
	if (end == text || *end != '\0')
		return -EINVAL;
	*to = value;
	return 0;
}

static int read_number(const struct tandem_setting *row, double *to, const char *text)
{
	double value;

	if (read_double(&value, text) < 0)
		return -EINVAL;
	if (!(value >= row->min && value <= row->max))
		return -ERANGE;
	*to = value;
	return 0;
}

static int read_whole(const struct tandem_setting *row, uint32_t *to, const char *text)
{
	double value;
	const int res = read_number(row, &value, text);

	if (res < 0)
		return res;
	if (value != floor(value))
		return -EINVAL;
	*to = (uint32_t)value;
	return 0;
}

static int read_choice(const struct tandem_setting *row, uint32_t *to, const char *text)
{
	for (uint32_t i = 0; row->choices[i] != NULL; i++) {
		if (strcasecmp(text, row->choices[i]) == 0) {
			*to = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int read_text(const struct tandem_setting *row, char *to, const char *text)
{
	const bool is_name = row->type == TANDEM_SETTING_NAME;
	const size_t n = strlen(text);

	if (n >= TEXT_SIZE || n < (size_t)row->min)
		return -ERANGE;
	for (const char *c = text; *c != '\0'; c++) {
		if (is_name ? !isalnum((unsigned char)*c) && !strchr("._-", *c)
			    : iscntrl((unsigned char)*c))
			return -EINVAL;
	}
	memcpy(to, text, n + 1);
	return 0;
}

static int read_address(char *to, const char *text)
{
	char address[ADDRESS_LENGTH + 1];

	if (text[0] == '\0') {
		to[0] = '\0';
		return 0;
	}
	for (int i = 0; i < ADDRESS_LENGTH; i++) {
		if (i % 3 == 2 ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return -EINVAL;
		address[i] = (char)toupper((unsigned char)text[i]);
	}
	if (text[ADDRESS_LENGTH] != '\0')
		return -EINVAL;
	address[ADDRESS_LENGTH] = '\0';
	memcpy(to, address, sizeof(address));
	return 0;
}

/* The next word of a list into word: "[", "]" or what stands between; false: the end. */
static bool next_word(const char **text, char word[TEXT_SIZE])
{
	const char *p = *text + strspn(*text, " \t\n,\"");
	size_t n = strcspn(p, " \t\n,\"[]");

	if (*p == '[' || *p == ']')
		n = 1;
	if (*p == '\0' || n >= TEXT_SIZE)
		return false;
	memcpy(word, p, n);
	word[n] = '\0';
	*text = p + n;
	return true;
}

static int read_channels(struct tandem_channels *to, const char *text)
{
	struct tandem_channels list = { 0 };
	char word[TEXT_SIZE];

	while (next_word(&text, word)) {
		uint32_t channel = 0;

		if (strchr("[]", word[0]) != NULL)
			continue;
		while (channel < TANDEM_SINK_CHANNELS &&
				strcasecmp(word, tandem_channel_names[channel]) != 0)
			channel++;
		if (channel == TANDEM_SINK_CHANNELS || list.n == TANDEM_SINK_CHANNELS)
			return -EINVAL;
		list.index[list.n++] = channel;
	}
	if (text[strspn(text, " \t\n,\"")] != '\0' ||
			(list.n == 2 && list.index[0] == list.index[1]))
		return -EINVAL;
	*to = list;
	return 0;
}

static int add_gain(const struct tandem_setting *row, struct tandem_matrix *m,
		const char *word)
{
	double gain;
	int res;

	if (m->rows[m->n_rows].n == TANDEM_ARRAY_LEN(m->rows[0].gains))
		return -EINVAL;
	res = read_number(row, &gain, word);
	if (res == 0)
		m->rows[m->n_rows].gains[m->rows[m->n_rows].n++] = (float)gain;
	return res;
}

/* "[ [ 1 0 ] [ 0 1 ] ]" */
static int read_matrix(const struct tandem_setting *row, struct tandem_matrix *to,
		const char *text)
{
	struct tandem_matrix m = { 0 };
	char word[TEXT_SIZE];
	int depth = 0;
	int res = 0;

	while (res == 0 && next_word(&text, word)) {
		if (word[0] == '[') {
			res = ++depth > 2 || m.n_rows == TANDEM_MAX_SPEAKERS ? -EINVAL : 0;
		} else if (word[0] != ']') {
			res = depth == 2 ? add_gain(row, &m, word) : -EINVAL;
		} else if (depth-- == 2) {
			const uint32_t n = m.rows[m.n_rows++].n;

			res = n == TANDEM_SINK_CHANNELS || n == 2 * TANDEM_SINK_CHANNELS
					      ? 0
					      : -EINVAL;
		}
	}
	if (res == 0 && (depth != 0 || text[strspn(text, " \t\n,\"")] != '\0'))
		res = -EINVAL;
	if (res == 0)
		*to = m;
	return res;
}

int tandem_setting_read(const struct tandem_setting *row, void *base, const char *text)
{
	void *const to = (char *)base + row->offset;

	switch (row->type) {
	case TANDEM_SETTING_BOOL:
		return read_bool(to, text);
	case TANDEM_SETTING_WHOLE:
		return read_whole(row, to, text);
	case TANDEM_SETTING_NUMBER:
		return read_number(row, to, text);
	case TANDEM_SETTING_CHOICE:
		return read_choice(row, to, text);
	case TANDEM_SETTING_TEXT:
	case TANDEM_SETTING_NAME:
		return read_text(row, to, text);
	case TANDEM_SETTING_ADDRESS:
		return read_address(to, text);
	case TANDEM_SETTING_CHANNELS:
		return read_channels(to, text);
	case TANDEM_SETTING_MATRIX:
		return read_matrix(row, to, text);
	}
	return -EINVAL;
}

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
		add_number(text, row->min);
		add(text, " to ");
		add_number(text, row->max);
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
		add_number(text, row->min);
		add(text, " to ");
		add_number(text, row->max);
		break;
	}
}
