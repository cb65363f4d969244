/* SPDX-License-Identifier: MIT
 *
 * From SPA JSON to settings. Whatever is right in the text counts; each mistake becomes one
 * sentence, and all of them are told, not only the first.
 *
 *     { name = tandem  description = "Living room"  layout = stereo
 *       speakers = [ { address = "00:11:22:33:44:55" channels = [ FL ] }
 *                    { name = "Kitchen"              delay-ms = 12.5 } ] }
 *
 * Several texts may follow each other, as drop-ins do: a later value replaces an earlier
 * one, a later list of speakers the whole list. Pure; any thread.
 */
#ifndef TANDEM_MODULE_SETTINGS_H
#define TANDEM_MODULE_SETTINGS_H

#include "base/sentence.h"
#include "base/settings.h"

/* One per mistake; the last one may say that there are more. */
#define TANDEM_MAX_MISTAKES 32
struct tandem_mistakes {
	uint32_t n;
	char sentences[TANDEM_MAX_MISTAKES][TANDEM_SENTENCE_SIZE];
};

/* Where the next sentence is written, or NULL when there are enough; where: the file. */
char *tandem_mistakes_next(struct tandem_mistakes *m, const char *where);

/* text[bytes]: SPA JSON of an object; where: the file, for the sentences. s has been
 * through tandem_settings_init() or an earlier text; mistakes are added to m. */
void tandem_settings_read(struct tandem_settings *s, struct tandem_mistakes *m,
		const char *where, const char *text, size_t bytes);

/* After the last text: without a list the speakers are whoever connects; labels. What
 * contradicts itself, base/settings-check.h finds. */
void tandem_settings_finish(struct tandem_settings *s);

#endif
