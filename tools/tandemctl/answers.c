/* SPDX-License-Identifier: MIT */
#include "answers.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

struct tandem_answers {
	struct pw_loop *loop;
	struct spa_source *source; /* NULL: at its end */
	GString *text;             /* not looked at yet */
};

static void end(struct tandem_answers *a)
{
	if (a->source)
		pw_loop_destroy_source(a->loop, a->source);
	a->source = NULL;
}

static void on_input(void *data, int fd, uint32_t mask)
{
	struct tandem_answers *a = data;
	char text[256];
	const ssize_t n = read(fd, text, sizeof(text));

	(void)mask;
	if (n > 0) {
		for (ssize_t i = 0; i < n; i++)
			g_string_append_c(a->text, text[i] ? text[i] : ' ');
	} else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
		end(a);
	}
}

struct tandem_answers *tandem_answers_new(struct tandem_client *c)
{
	struct tandem_answers *a = g_new0(struct tandem_answers, 1);

	a->loop = tandem_client_loop(c);
	a->text = g_string_new(NULL);
	a->source = pw_loop_add_io(a->loop, STDIN_FILENO, SPA_IO_IN | SPA_IO_HUP, false,
			on_input, a);
	return a;
}

void tandem_answers_free(struct tandem_answers *a)
{
	if (!a)
		return;
	end(a);
	g_string_free(a->text, TRUE);
	g_free(a);
}

char tandem_answers_next(struct tandem_answers *a)
{
	while (a->text->len > 0) {
		const char *newline = strchr(a->text->str, '\n');
		const char first = a->text->str[strspn(a->text->str, " \t\r")];

		if (!newline && a->source)
			return '\0';
		g_string_erase(a->text, 0, newline ? newline - a->text->str + 1 : -1);
		if (first != '\0' && first != '\n')
			return g_ascii_tolower(first);
	}
	return a->source ? '\0' : TANDEM_ANSWERS_END;
}
