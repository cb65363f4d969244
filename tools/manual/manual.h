/* SPDX-License-Identifier: MIT
 *
 * Manual: what the tables of Tandem say, as parts of the man pages and for the checks.
 *
 *     settings, status rows, sentences --+--> reStructuredText, included by doc/ *.rst
 *                                        +--> JSON, for tests/doc
 *
 * Everything goes to stdout. Thread: main.
 */
#ifndef TANDEM_TOOLS_MANUAL_H
#define TANDEM_TOOLS_MANUAL_H

#include "base/sentence.h"
#include "base/settings.h"
#include "base/status-rows.h"

/* ---- parts.c ---- */
void tandem_manual_settings(const struct tandem_setting_table *table);
/* prefix: what stands before the key, "speaker.<label>.". */
void tandem_manual_status(const struct tandem_status_table *table, const char *prefix);
void tandem_manual_sentences(void);

/* ---- json.c ---- All tables in one object. */
void tandem_manual_json(void);

/* ---- manual.c ----
 * The sentence with the names of its arguments in place: before "<" and after ">" give
 * "<where>: <key> is not a setting of Tandem". put takes each character. */
void tandem_manual_spell(const struct tandem_sentence_row *row, void (*put)(char c));

#endif
