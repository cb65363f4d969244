/* SPDX-License-Identifier: MIT
 *
 * JSON to stdout, member by member:
 *
 *     tandem_json_open(&j, NULL, '[');
 *     tandem_json_open(&j, NULL, '{');   tandem_json_text(&j, "name", "Kitchen");
 *     tandem_json_close(&j);             tandem_json_close(&j);       [{"name": "Kitchen"}]
 *
 * The outermost closing ends the line. Thread: main.
 */
#ifndef TANDEM_TOOLS_JSON_H
#define TANDEM_TOOLS_JSON_H

#include <stdbool.h>

#define TANDEM_JSON_DEPTH 8 /* chosen: twice as deep as anything here */

struct tandem_json {    /* zeroed: nothing is open */
	bool is_inline; /* all on one line: for who reads line by line */
	unsigned int depth;
	char closing[TANDEM_JSON_DEPTH];
	bool has_members[TANDEM_JSON_DEPTH];
};

/* key: NULL in an array. bracket: '{' or '['. */
void tandem_json_open(struct tandem_json *j, const char *key, char bracket);
void tandem_json_close(struct tandem_json *j);

/* What is no UTF-8 is replaced. NULL becomes null. */
void tandem_json_text(struct tandem_json *j, const char *key, const char *text);
void tandem_json_bool(struct tandem_json *j, const char *key, bool value);
/* A number that is written already, with a point. */
void tandem_json_number(struct tandem_json *j, const char *key, const char *number);
/* One that is not; null when it is none, as of what could not be measured. */
void tandem_json_double(struct tandem_json *j, const char *key, double value, int digits);

#endif
