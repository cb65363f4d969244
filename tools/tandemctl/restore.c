/* SPDX-License-Identifier: MIT
 *
 * tandemctl restore: after the end of Tandem, however it came, whatever it has put aside
 * is put back. Run by ExecStopPost= of the unit; at hand for people, too.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pipewire/pipewire.h>
#include <spa/utils/result.h>

#include "aside-note.h"
#include "aside.h"
#include "tandemctl.h"

/* A profile is back within 0.1 s (measured); systemd waits for 90. Chosen. */
#define WAIT_S 3

static void say(const char *sentence)
{
	fprintf(stderr, "tandemctl: %s\n", sentence);
}

static void on_said(void *data, bool is_trouble, const char *sentence)
{
	(void)data;
	(void)is_trouble;
	say(sentence);
}

static void on_told(void *data, const char *address, enum tandem_aside_state state)
{
	(void)data;
	(void)address;
	(void)state; /* of members, and nobody is one */
}

static const struct tandem_aside_events events = {
	.told = on_told,
	.said = on_said,
};

/* What is still noted, and not there or without a profile for music, comes back by itself
 * with the next connection. What did not answer keeps its note, for the next try. */
static void tidy_up(const struct tandem_notes *left, bool is_finished)
{
	char sentence[TANDEM_SENTENCE_SIZE], seconds[12];

	snprintf(seconds, sizeof(seconds), "%d", WAIT_S);
	for (uint32_t i = 0; i < left->n; i++) {
		const struct tandem_note *note = &left->items[i];

		if (is_finished && tandem_notes_drop(note->address) == 0)
			continue;
		tandem_say(sentence, TANDEM_SAY_BACK_SILENT, note->address, note->profile,
				seconds);
		say(sentence);
	}
}

static int restore(struct pw_core *core)
{
	struct tandem_mistakes told = { 0 };
	struct tandem_notes left;
	struct tandem_aside *aside;
	char sentence[TANDEM_SENTENCE_SIZE];
	bool is_finished;
	int res = tandem_aside_new(&aside, core, &events, NULL);

	if (res < 0) {
		tandem_say(sentence, TANDEM_SAY_NO_ASIDE, spa_strerror(res));
		say(sentence);
		return EXIT_FAILURE;
	}
	tandem_aside_restore_all(aside);
	is_finished = tandem_aside_finish(aside, WAIT_S * 1000);
	tandem_aside_free(aside);
	if (tandem_notes_load(&left, &told) == 0)
		tidy_up(&left, is_finished);
	return is_finished ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int connect_and_restore(struct pw_loop *loop)
{
	struct pw_context *context = pw_context_new(loop, NULL, 0);
	struct pw_core *core = context ? pw_context_connect(context, NULL, 0) : NULL;
	char sentence[TANDEM_SENTENCE_SIZE];
	int status = EXIT_FAILURE;

	if (core) {
		status = restore(core);
	} else {
		tandem_say(sentence, TANDEM_SAY_NO_PIPEWIRE, spa_strerror(-errno));
		say(sentence);
	}
	if (context)
		pw_context_destroy(context);
	return status;
}

int tandem_ctl_restore(int argc, char *argv[])
{
	struct tandem_mistakes told = { 0 };
	struct tandem_notes notes;
	struct pw_main_loop *loop;
	int status = EXIT_FAILURE;

	if (argc > 1) {
		fprintf(stderr, "tandemctl restore takes no argument: %s\n", argv[1]);
		return 2;
	}
	if (tandem_notes_load(&notes, &told) == 0 && notes.n == 0 && told.n == 0)
		return EXIT_SUCCESS;
	pw_init(NULL, NULL);
	loop = pw_main_loop_new(NULL);
	if (loop) {
		status = connect_and_restore(pw_main_loop_get_loop(loop));
		pw_main_loop_destroy(loop);
	}
	pw_deinit();
	return status;
}
