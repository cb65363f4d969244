/* SPDX-License-Identifier: MIT
 *
 * tandemctl: what people and units ask of Tandem on the command line. Each command is a
 * file and a row of the table in commands.c:
 *
 *     argv --main--> row --run--> tandem_ctl_parse --> options, arguments --> exit status
 *                     '--help, completions, manual (tests/doc) are checked against it
 *
 * What is asked for goes to stdout, what is wrong to stderr. Thread: main.
 */
#ifndef TANDEM_TOOLS_TANDEMCTL_H
#define TANDEM_TOOLS_TANDEMCTL_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Exit statuses, as the manual has them. */
enum tandem_ctl_exit {
	TANDEM_CTL_DONE = 0,
	TANDEM_CTL_FAILED = 1,    /* why was said */
	TANDEM_CTL_WRONG_USE = 2, /* a word that the command does not know */
	TANDEM_CTL_ABSENT = 3,    /* no PipeWire, no BlueZ or no Tandem to talk with */
};

/* Where a row of options stores its value: a member of the struct that run() hands to
 * tandem_ctl_parse(). Text is G_OPTION_ARG_FILENAME, which means: taken as it is. */
#define TANDEM_CTL_AT(type, member) ((gpointer) & ((type *)NULL)->member)

struct tandem_ctl_command {
	const char *name;
	const char *arguments; /* "SPEAKER [on|off]" */
	int least, most;       /* how many of them */
	const char *help;      /* one line, no full stop */
	const char *more;      /* what --help says besides, lines of 78 columns; or NULL */
	const GOptionEntry *options; /* ends with { NULL }; or NULL */
	/* argv[0]: the command's name. Returns the exit status. */
	int (*run)(const struct tandem_ctl_command *c, int argc, char *argv[]);
};

/* ---- commands.c ---- */
extern const struct tandem_ctl_command tandem_ctl_commands[];
extern const size_t tandem_ctl_n_commands;

/* NULL: there is none of that name. */
const struct tandem_ctl_command *tandem_ctl_find(const char *name);
/* The command that was probably meant, or NULL. */
const char *tandem_ctl_nearest(const char *name);

/* ---- parse.c ---- */

/* Reads the options into `options`, NULL: there are none, and leaves the arguments alone in
 * argv[0] to argv[argc - 1], at least and at most as many as the row says. A number below 0
 * is an argument, and so is all that follows. False: what is wrong has been said. */
bool tandem_ctl_parse(const struct tandem_ctl_command *c, void *options, int *argc,
		char **argv[]);
/* Frees the texts in it. */
void tandem_ctl_options_finish(const struct tandem_ctl_command *c, void *options);

/* "on" or "off", and what settings take for them. False: neither; said. */
bool tandem_ctl_parse_switch(const struct tandem_ctl_command *c, const char *word,
		bool *ret_on);

/* How it is used, and what each option means. */
void tandem_ctl_help(const struct tandem_ctl_command *c, FILE *to);
/* All commands, for the checks of the manual and the completions. */
void tandem_ctl_help_json(void);

/* ---- words.c ---- Of this command, NULL: of all. */
void tandem_ctl_help_words(const char *command);

/* ---- say.c ---- */

/* "tandemctl: ..." on stderr. */
void tandem_ctl_say(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Each line of it. */
void tandem_ctl_say_lines(const char *lines);
/* Of a command that was used wrongly, with a hint at its help; returns WRONG_USE. */
int tandem_ctl_say_use(const struct tandem_ctl_command *c, const char *format, ...)
		G_GNUC_PRINTF(2, 3);
/* Asks on the terminal; without one the answer is no. */
bool tandem_ctl_ask(const char *question);

/* ---- one file each; their options, where they have any ---- */
int tandem_ctl_delay(const struct tandem_ctl_command *c, int argc, char *argv[]);
int tandem_ctl_forget(const struct tandem_ctl_command *c, int argc, char *argv[]);
extern const GOptionEntry tandem_ctl_forget_options[];
int tandem_ctl_gain(const struct tandem_ctl_command *c, int argc, char *argv[]);
int tandem_ctl_group(const struct tandem_ctl_command *c, int argc, char *argv[]);
extern const GOptionEntry tandem_ctl_group_options[];
int tandem_ctl_identify(const struct tandem_ctl_command *c, int argc, char *argv[]);
extern const GOptionEntry tandem_ctl_identify_options[];
int tandem_ctl_layout(const struct tandem_ctl_command *c, int argc, char *argv[]);
int tandem_ctl_list(const struct tandem_ctl_command *c, int argc, char *argv[]);
extern const GOptionEntry tandem_ctl_list_options[];
int tandem_ctl_mute(const struct tandem_ctl_command *c, int argc, char *argv[]);
extern const GOptionEntry tandem_ctl_calibrate_options[];
int tandem_ctl_calibrate(const struct tandem_ctl_command *c, int argc, char *argv[]);
extern const GOptionEntry tandem_ctl_track_options[];
int tandem_ctl_track(const struct tandem_ctl_command *c, int argc, char *argv[]);
int tandem_ctl_release(const struct tandem_ctl_command *c, int argc, char *argv[]);
int tandem_ctl_restore(const struct tandem_ctl_command *c, int argc, char *argv[]);
int tandem_ctl_status(const struct tandem_ctl_command *c, int argc, char *argv[]);
int tandem_ctl_swap(const struct tandem_ctl_command *c, int argc, char *argv[]);
extern const GOptionEntry tandem_ctl_set_options[];
extern const GOptionEntry tandem_ctl_status_options[];
int tandem_ctl_test(const struct tandem_ctl_command *c, int argc, char *argv[]);
extern const GOptionEntry tandem_ctl_test_options[];

#endif
