/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <spa/support/log.h>

#include "tandemctl.h"
#include "topic.h"

/* What is said goes to stderr, by tandemctl itself: this is for the module's code. */
static struct spa_log_topic topic = SPA_LOG_TOPIC(0, "tandemctl");
struct spa_log_topic *const tandem_module_topic = &topic;

static void help(FILE *to)
{
	fprintf(to, "usage: tandemctl COMMAND ...\n\n");
	for (size_t i = 0; i < tandem_ctl_n_commands; i++) {
		const struct tandem_ctl_command *c = &tandem_ctl_commands[i];

		fprintf(to, "  %s%s%s\n        %s\n", c->name, c->arguments[0] ? " " : "",
				c->arguments, c->help);
	}
	fprintf(to, "\n  help COMMAND    more about it, and so does COMMAND --help\n"
		    "  --version       the version of Tandem\n");
}

static int no_such_command(const char *word)
{
	const char *nearest = tandem_ctl_nearest(word);

	if (nearest) {
		tandem_ctl_say("there is no command %s: is %s meant?", word, nearest);
	} else {
		tandem_ctl_say("there is no command %s: see tandemctl --help", word);
	}
	return TANDEM_CTL_WRONG_USE;
}

static int help_command(const char *word, const char *next)
{
	const struct tandem_ctl_command *c;

	if (!word) {
		help(stdout);
		return TANDEM_CTL_DONE;
	}
	if (strcmp(word, "--json") == 0) {
		tandem_ctl_help_json();
		return TANDEM_CTL_DONE;
	}
	if (strcmp(word, "--words") == 0) {
		tandem_ctl_help_words(next);
		return TANDEM_CTL_DONE;
	}
	c = tandem_ctl_find(word);
	if (!c)
		return no_such_command(word);
	tandem_ctl_help(c, stdout);
	return TANDEM_CTL_DONE;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int run(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (is_help(argv[i])) {
			tandem_ctl_help(c, stdout);
			return TANDEM_CTL_DONE;
		}
	}
	return c->run(c, argc, argv);
}

int main(int argc, char *argv[])
{
	const char *word = argc > 1 ? argv[1] : "";
	const struct tandem_ctl_command *c = tandem_ctl_find(word);

	if (c)
		return run(c, argc - 1, argv + 1);
	if (is_help(word) || strcmp(word, "help") == 0)
		return help_command(argc > 2 ? argv[2] : NULL, argc > 3 ? argv[3] : NULL);
	if (strcmp(word, "--version") == 0) {
		printf("tandemctl %s\n", TANDEM_VERSION);
		return TANDEM_CTL_DONE;
	}
	if (word[0])
		return no_such_command(word);
	help(stderr);
	return TANDEM_CTL_WRONG_USE;
}
