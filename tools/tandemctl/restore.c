/* SPDX-License-Identifier: MIT
 *
 * tandemctl restore: after the end of Tandem, however it came, whatever it has put aside
 * is put back, and its speakers are given back to the session manager. Run by ExecStopPost=
 * of the unit; at hand for people, too.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib-unix.h>
#include <pipewire/pipewire.h>
#include <spa/utils/result.h>

#include "aside-note.h"
#include "aside.h"
#include "giveback.h"
#include "members.h"
#include "service.h"
#include "tandemctl.h"

/* A profile is back within 0.1 s (measured); systemd waits for 90. Chosen. */
#define WAIT_S 3
/* Two speakers are back within a second (simulated), and a busy BlueZ within 3 (facts on
 * coexistence, section 3). A page takes 5. Chosen. */
#define GIVE_BACK_S 6
/* What has come too late for the profiles: as long as one takes, ten times over. */
#define AFTERWARDS_MS 1000

static void on_said(void *data, bool is_trouble, const char *sentence)
{
	(void)data;
	(void)is_trouble;
	tandem_ctl_say("%s", sentence);
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
		tandem_ctl_say("%s", sentence);
	}
}

static void on_given(void *data, const char *sentence)
{
	(void)data;
	tandem_ctl_say("%s", sentence);
}

static gboolean on_pipewire(gint fd, GIOCondition condition, gpointer data)
{
	struct pw_loop *loop = data;

	(void)fd;
	(void)condition;
	pw_loop_iterate(loop, 0);
	return G_SOURCE_CONTINUE;
}

/* Devices that show up meanwhile find PipeWire's side at work, too: their profiles come
 * back as soon as there are any. */
static bool give_back(struct tandem_giveback *giveback, struct pw_loop *loop)
{
	const guint source =
			g_unix_fd_add(pw_loop_get_fd(loop), G_IO_IN, on_pipewire, loop);
	bool is_given;

	pw_loop_enter(loop);
	is_given = tandem_giveback_run(giveback, GIVE_BACK_S * 1000, on_given, NULL);
	pw_loop_leave(loop);
	g_source_remove(source);
	return is_given;
}

/* giveback: NULL: nobody to be given back. */
static int restore(struct pw_core *core, struct tandem_giveback *giveback)
{
	struct pw_loop *loop = pw_context_get_main_loop(pw_core_get_context(core));
	struct tandem_mistakes told = { 0 };
	struct tandem_notes left;
	struct tandem_aside *aside;
	char sentence[TANDEM_SENTENCE_SIZE];
	bool is_finished, is_given = true;
	int res = tandem_aside_new(&aside, core, &events, NULL);

	if (res < 0) {
		tandem_say(sentence, TANDEM_SAY_NO_ASIDE, spa_strerror(res));
		tandem_ctl_say("%s", sentence);
		return EXIT_FAILURE;
	}
	tandem_aside_restore_all(aside);
	is_finished = tandem_aside_finish(aside, WAIT_S * 1000);
	if (giveback) {
		is_given = give_back(giveback, loop);
		if (is_given)
			tandem_members_forget();
		is_finished = tandem_aside_finish(aside, AFTERWARDS_MS);
	}
	tandem_aside_free(aside);
	if (tandem_notes_load(&left, &told) == 0)
		tidy_up(&left, is_finished);
	return is_finished && is_given ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* A Tandem that is about to start again takes its speakers itself, and finds them on
 * its own endpoints only if nobody has been given them: the list is left to it. */
static int give_back_and_restore(struct pw_core *core, const struct tandem_members *members)
{
	const bool is_due = members->n > 0 && !tandem_service_comes_back();
	/* Before the profiles: who falls off meanwhile was connected. */
	struct tandem_giveback *giveback = is_due ? tandem_giveback_new(members) : NULL;
	const int status = restore(core, giveback);

	tandem_giveback_free(giveback);
	return status;
}

static int connect_and_restore(struct pw_loop *loop, const struct tandem_members *members)
{
	struct pw_context *context = pw_context_new(loop, NULL, 0);
	struct pw_core *core = context ? pw_context_connect(context, NULL, 0) : NULL;
	char sentence[TANDEM_SENTENCE_SIZE];
	int status = EXIT_FAILURE;

	if (core) {
		status = give_back_and_restore(core, members);
	} else {
		tandem_say(sentence, TANDEM_SAY_NO_PIPEWIRE, spa_strerror(-errno));
		tandem_ctl_say("%s", sentence);
	}
	if (context)
		pw_context_destroy(context);
	return status;
}

int tandem_ctl_restore(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	struct tandem_mistakes told = { 0 }, of_members = { 0 };
	struct tandem_members members;
	struct tandem_notes notes;
	struct pw_main_loop *loop;
	int status = EXIT_FAILURE;

	if (!tandem_ctl_parse(c, NULL, &argc, &argv))
		return TANDEM_CTL_WRONG_USE;
	tandem_members_load(&members, &of_members);
	for (uint32_t i = 0; i < of_members.n; i++)
		tandem_ctl_say("%s", of_members.sentences[i]);
	if (tandem_notes_load(&notes, &told) == 0 && notes.n == 0 && told.n == 0 &&
			members.n == 0)
		return EXIT_SUCCESS;
	pw_init(NULL, NULL);
	loop = pw_main_loop_new(NULL);
	if (loop) {
		status = connect_and_restore(pw_main_loop_get_loop(loop), &members);
		pw_main_loop_destroy(loop);
	}
	pw_deinit();
	return status;
}
