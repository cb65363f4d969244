/* SPDX-License-Identifier: MIT
 *
 * Values of settings from text; the way back: setting-text.c.
 */
#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
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

/* Digits only: one that went through a float on its way is another instant. */
static int read_instant(int64_t *to, const char *word)
{
	char *end;
	long long ns;

	errno = 0;
	ns = strtoll(word, &end, 10);
	if (end == word || *end != '\0')
		return -EINVAL;
	if (errno != 0 || ns < 0)
		return -ERANGE;
	*to = ns;
	return 0;
}

/* "312.4 0.05 8123456789012": late, sigma and, unless it was just now, the instant */
static int read_heard(const struct tandem_setting *row, struct tandem_heard *to,
		const char *text)
{
	static const struct tandem_setting sigma = { .min = TANDEM_HEARD_MIN_SIGMA_MS,
		.max = TANDEM_HEARD_MAX_SIGMA_MS };
	struct tandem_heard h = { 0 };
	char word[TEXT_SIZE];
	int n = 0, res = 0;

	while (res == 0 && next_word(&text, word)) {
		if (strchr("[]", word[0]) != NULL)
			continue;
		n++;
		if (n == 1) {
			res = read_number(row, &h.late_ms, word);
		} else if (n == 2) {
			res = read_number(&sigma, &h.sigma_ms, word);
		} else {
			res = n == 3 ? read_instant(&h.at_ns, word) : -EINVAL;
		}
	}
	if (res == 0 && (n == 1 || text[strspn(text, " \t\n,\"")] != '\0'))
		res = -EINVAL;
	if (res == 0)
		*to = h;
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
	case TANDEM_SETTING_HEARD:
		return read_heard(row, to, text);
	}
	return -EINVAL;
}
