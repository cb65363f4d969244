/* SPDX-License-Identifier: MIT
 *
 * tandemctl: what people and units ask of Tandem on the command line. Each command is a
 * file and a row of the table in main.c.
 */
#ifndef TANDEM_TOOLS_TANDEMCTL_H
#define TANDEM_TOOLS_TANDEMCTL_H

struct tandemctl_command {
	const char *name;
	const char *arguments; /* for the help */
	const char *help;
	/* argv[0]: the command's name. Returns the exit status. */
	int (*run)(int argc, char *argv[]);
};

int tandem_ctl_restore(int argc, char *argv[]);

#endif
