/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spa/support/log.h>

#include "base/units.h"
#include "tandemctl.h"
#include "topic.h"

/* What is said goes to stderr, by tandemctl itself: this is for the module's code. */
static struct spa_log_topic topic = SPA_LOG_TOPIC(0, "tandemctl");
struct spa_log_topic *const tandem_module_topic = &topic;

#define WRONG_USE 2

static const struct tandemctl_command commands[] = {
	{ "restore", "",
			"give the speakers back to the desktop that a Tandem which has "
			"ended had: their profiles, and their streams",
			tandem_ctl_restore },
};

static void help(FILE *to)
{
	fprintf(to, "usage: tandemctl COMMAND\n\n");
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(commands); i++) {
		fprintf(to, "  %s%s%s\n        %s\n", commands[i].name,
				commands[i].arguments[0] ? " " : "", commands[i].arguments,
				commands[i].help);
	}
	fprintf(to, "\n  --help     this\n  --version  the version of Tandem\n");
}

int main(int argc, char *argv[])
{
	const char *word = argc > 1 ? argv[1] : "";

	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		help(stdout);
		return EXIT_SUCCESS;
	}
	if (strcmp(word, "--version") == 0) {
		printf("tandemctl %s\n", TANDEM_VERSION);
		return EXIT_SUCCESS;
	}
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(commands); i++) {
		if (strcmp(word, commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	if (word[0])
		fprintf(stderr, "tandemctl: %s is not a command of tandemctl\n\n", word);
	help(stderr);
	return WRONG_USE;
}
