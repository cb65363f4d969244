/* SPDX-License-Identifier: MIT */
#include "will.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "tandem-will 1 %08x\n"
#define HEAD_BYTES (sizeof("tandem-will 1 01234567\n") - 1)

uint32_t tandem_will_sum(const char *text)
{
	uint32_t sum = 2166136261u;

	for (; *text; text++)
		sum = (sum ^ (uint8_t)*text) * 16777619u;
	return sum;
}

struct pen {
	char *text;
	size_t used;
};

__attribute__((format(printf, 2, 3))) static void put(struct pen *p, const char *form, ...)
{
	va_list args;
	int n;

	va_start(args, form);
	n = vsnprintf(p->text + p->used, TANDEM_WILL_SIZE - p->used, form, args);
	va_end(args);
	if (n > 0)
		p->used += (size_t)n;
}

size_t tandem_will_write(const struct tandem_will *w, char text[TANDEM_WILL_SIZE])
{
	struct pen p = { .text = text, .used = HEAD_BYTES };
	char head[HEAD_BYTES + 1];

	put(&p, "socket %llu\n", (unsigned long long)w->socket);
	put(&p, "endpoints %u\n", w->n_endpoints);
	put(&p, "codecs %u\n", w->codecs);
	put(&p, "owner %s\n", w->owner);
	for (uint32_t i = 0; i < w->n_hosts; i++) {
		put(&p, "host %s %s\n", w->hosts[i].late ? "late" : "early",
				w->hosts[i].adapter);
	}
	for (uint32_t i = 0; i < w->n_streams; i++) {
		const struct tandem_will_stream *s = &w->streams[i];

		put(&p, "stream %u %s %s\n", s->endpoint, s->adapter, s->transport);
	}
	snprintf(head, sizeof(head), HEAD, tandem_will_sum(text + HEAD_BYTES));
	memcpy(text, head, HEAD_BYTES);
	return p.used;
}

/* The next word of the line, which is cut there; "": none is left. */
static char *next_word(char **line)
{
	char *const word = *line;

	*line += strcspn(word, " ");
	if (**line)
		*(*line)++ = '\0';
	return word;
}

static bool read_number(const char *word, uint64_t largest, uint64_t *ret_number)
{
	char *end;

	if (word[0] < '0' || word[0] > '9')
		return false;
	errno = 0;
	*ret_number = strtoull(word, &end, 10);
	return !errno && !*end && *ret_number <= largest;
}

static bool copy(char *to, size_t size, const char *from)
{
	return (size_t)snprintf(to, size, "%s", from) < size;
}

static bool read_host(struct tandem_will *w, char *line)
{
	struct tandem_will_host *const h = &w->hosts[w->n_hosts];
	const char *const when = next_word(&line);

	if (w->n_hosts == TANDEM_WILL_HOSTS)
		return false;
	w->n_hosts++;
	h->late = strcmp(when, "late") == 0;
	return (h->late || strcmp(when, "early") == 0) && line[0] == '/' &&
	       copy(h->adapter, sizeof(h->adapter), line);
}

static bool read_stream(struct tandem_will *w, char *line)
{
	struct tandem_will_stream *const s = &w->streams[w->n_streams];
	const char *const endpoint = next_word(&line), *const adapter = next_word(&line);
	uint64_t number;

	if (w->n_streams == TANDEM_WILL_STREAMS ||
			!read_number(endpoint, TANDEM_N_CODECS * TANDEM_MAX_SPEAKERS - 1,
					&number))
		return false;
	w->n_streams++;
	s->endpoint = (uint32_t)number;
	return adapter[0] == '/' && line[0] == '/' &&
	       copy(s->adapter, sizeof(s->adapter), adapter) &&
	       copy(s->transport, sizeof(s->transport), line);
}

static bool read_line(struct tandem_will *w, char *line)
{
	const char *const key = next_word(&line);
	uint64_t number;

	if (strcmp(key, "socket") == 0)
		return read_number(line, UINT64_MAX, &w->socket);
	if (strcmp(key, "endpoints") == 0) {
		if (!read_number(line, TANDEM_MAX_SPEAKERS, &number))
			return false;
		w->n_endpoints = (uint32_t)number;
		return true;
	}
	if (strcmp(key, "codecs") == 0) {
		if (!read_number(line, UINT32_MAX, &number))
			return false;
		w->codecs = (uint32_t)number;
		return true;
	}
	if (strcmp(key, "owner") == 0)
		return copy(w->owner, sizeof(w->owner), line);
	if (strcmp(key, "host") == 0)
		return read_host(w, line);
	return strcmp(key, "stream") == 0 && read_stream(w, line);
}

bool tandem_will_read(struct tandem_will *w, char *text)
{
	char head[HEAD_BYTES + 1], *line = text + HEAD_BYTES;

	*w = (struct tandem_will){ 0 };
	if (strlen(text) < HEAD_BYTES)
		return false;
	snprintf(head, sizeof(head), HEAD, tandem_will_sum(line));
	if (memcmp(text, head, HEAD_BYTES) != 0)
		return false;
	while (*line) {
		char *const end = strchr(line, '\n');

		if (!end)
			return false;
		*end = '\0';
		if (!read_line(w, line))
			return false;
		line = end + 1;
	}
	return true;
}

void tandem_will_begin(struct tandem_will *w, const char *owner)
{
	w->n_hosts = 0;
	w->n_streams = 0;
	if (!copy(w->owner, sizeof(w->owner), owner))
		w->owner[0] = '\0'; /* longer than D-Bus has them */
}

void tandem_will_drop_host(struct tandem_will *w, const char *adapter)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < w->n_hosts; i++) {
		if (strcmp(w->hosts[i].adapter, adapter) != 0)
			w->hosts[n++] = w->hosts[i];
	}
	w->n_hosts = n;
	n = 0;
	for (uint32_t i = 0; i < w->n_streams; i++) {
		if (strcmp(w->streams[i].adapter, adapter) != 0)
			w->streams[n++] = w->streams[i];
	}
	w->n_streams = n;
}

void tandem_will_add_host(struct tandem_will *w, const char *adapter, bool late)
{
	struct tandem_will_host *h;

	for (uint32_t i = 0; i < w->n_hosts; i++) {
		if (strcmp(w->hosts[i].adapter, adapter) == 0)
			return;
	}
	if (w->n_hosts == TANDEM_WILL_HOSTS)
		return;
	h = &w->hosts[w->n_hosts];
	h->late = late;
	w->n_hosts += copy(h->adapter, sizeof(h->adapter), adapter);
}

void tandem_will_drop_stream(struct tandem_will *w, const char *transport)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < w->n_streams; i++) {
		if (strcmp(w->streams[i].transport, transport) != 0)
			w->streams[n++] = w->streams[i];
	}
	w->n_streams = n;
}

void tandem_will_add_stream(struct tandem_will *w, const struct tandem_will_stream *stream)
{
	tandem_will_drop_stream(w, stream->transport);
	if (w->n_streams < TANDEM_WILL_STREAMS)
		w->streams[w->n_streams++] = *stream;
}
