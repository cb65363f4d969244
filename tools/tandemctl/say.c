/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "tandemctl.h"

static void say(const char *format, va_list args)
{
	fprintf(stderr, "tandemctl: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
}

void tandem_ctl_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

void tandem_ctl_say_lines(const char *lines)
{
	while (*lines) {
		const size_t length = strcspn(lines, "\n");

		tandem_ctl_say("%.*s", (int)length, lines);
		lines += length + (lines[length] == '\n');
	}
}

int tandem_ctl_say_use(const struct tandem_ctl_command *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	fprintf(stderr, "usage: tandemctl %s%s%s%s: tandemctl help %s\n", c->name,
			c->options ? " [options]" : "", c->arguments[0] ? " " : "",
			c->arguments, c->name);
	return TANDEM_CTL_WRONG_USE;
}

bool tandem_ctl_ask(const char *question)
{
	char answer[16];

	if (!isatty(STDIN_FILENO))
		return false;
	fprintf(stderr, "%s [y/N] ", question);
	return fgets(answer, sizeof(answer), stdin) &&
	       (answer[0] == 'y' || answer[0] == 'Y');
}
