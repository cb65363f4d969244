/* SPDX-License-Identifier: MIT
 *
 * A folder for what a test lets Tandem keep: below /tmp, named by a variable of the
 * environment, gone with the test. One at a time.
 */
#ifndef TANDEM_TESTS_FOLDER_H
#define TANDEM_TESTS_FOLDER_H

#include <stddef.h>

/* variable: "XDG_STATE_HOME", "XDG_RUNTIME_DIR". */
void tandem_folder_make(const char *variable);
/* left: names of files in its folder tandem, NULL at the end, that may be there. They go,
 * and that any other was left fails the test. */
void tandem_folder_remove(const char *const left[]);

/* Of a file in its folder tandem; "": the folder tandem itself. Valid until the next call.
 */
const char *tandem_folder_path(const char *name);
void tandem_folder_write(const char *name, const char *text, size_t bytes);
/* A file where its folder tandem should be, and no longer so: root may write into a
 * read-only folder. */
void tandem_folder_block(void);
void tandem_folder_unblock(void);

#endif
