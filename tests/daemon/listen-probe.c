/* SPDX-License-Identifier: MIT
 *
 * What tools/tandemctl/listen hears, for test-listen.py.
 *
 *     listen-probe SINK [SOURCE]
 *
 * Prints each state, with the microphone's name; "fresh" for each fresh block; and after
 * every second of blocks, "lag FRAMES": by how much the microphone's samples are the left
 * channel's, later; "lag none" where they are not to be found there; "silence" without
 * sound. Then "own US": what the microphone says that it adds itself, and "behind FRAMES":
 * how late the monitor is. The lines "open" and "close" on stdin do so. Ends with its
 * input.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pipewire/pipewire.h>
#include <spa/utils/result.h>

#include "client.h"
#include "listen.h"

#define KEPT (1u << 17) /* frames of either, that a lag is looked for in */
#define NEEDLE 64

static const char *const states[] = { "looks", "no sink", "no source", "closed", "waits",
	"hears", "broken" };

struct probe {
	struct tandem_client *client;
	bool is_over;
	struct tandem_listen *listen;
	float left[KEPT], mic[KEPT];
	uint64_t next, said;
};

/* The last samples of the microphone, exactly, somewhere in the left channel. */
static void look(struct probe *p, uint64_t end)
{
	float needle[NEEDLE];
	const uint64_t first = end - NEEDLE;
	bool sounds = false;

	for (uint32_t i = 0; i < NEEDLE; i++) {
		needle[i] = p->mic[(first + i) % KEPT];
		sounds = sounds || needle[i] != 0.0f;
	}
	for (uint64_t lag = 0; sounds && lag < KEPT - NEEDLE && lag <= first; lag++) {
		uint32_t i = 0;

		while (i < NEEDLE && p->left[(first - lag + i) % KEPT] == needle[i])
			i++;
		if (i == NEEDLE) {
			printf("lag %llu\n", (unsigned long long)lag);
			return;
		}
	}
	puts(sounds ? "lag none" : "silence");
}

static void on_block(void *data, const struct tandem_block *b)
{
	struct probe *const p = data;

	if (b->fresh) {
		printf("fresh %llu\n", (unsigned long long)b->frame);
		p->next = p->said = 0;
	}
	if (b->frame != p->next)
		puts("hole");
	for (uint32_t i = 0; i < b->frames; i++) {
		p->left[(b->frame + i) % KEPT] = b->monitor[0][i];
		p->mic[(b->frame + i) % KEPT] = b->mic[i];
	}
	p->next = b->frame + b->frames;
	if (p->next - p->said < b->rate_hz)
		return;
	p->said = p->next;
	look(p, p->next);
	printf("own %.0f behind %u\n", b->mic_own_s * 1e6, b->monitor_late_frames);
}

static void on_news(void *data, const struct tandem_listen_news *news)
{
	(void)data;
	printf("state %s: %s%s\n", states[news->state], news->source.name, news->why);
}

static const struct tandem_listen_events events = { on_block, on_news };

static void on_input(void *data, int fd, uint32_t mask)
{
	struct probe *const p = data;
	char line[64];

	(void)fd;
	(void)mask;
	if (!fgets(line, sizeof(line), stdin)) {
		p->is_over = true;
	} else {
		tandem_listen_open(p->listen, strcmp(line, "open\n") == 0);
	}
}

static bool is_over(struct tandem_client *c, void *data)
{
	(void)c;
	return ((struct probe *)data)->is_over;
}

int main(int argc, char *argv[])
{
	static struct probe p;
	int res = argc > 1 ? 0 : -EINVAL;

	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0);
	pw_init(NULL, NULL);
	if (res == 0)
		res = tandem_client_new(&p.client);
	if (res == 0) {
		res = tandem_listen_new(&p.listen, p.client, argv[1],
				argc > 2 ? argv[2] : NULL, &events, &p);
	}
	if (res < 0) {
		fprintf(stderr, "listen-probe: %s\n", spa_strerror(res));
		return EXIT_FAILURE;
	}
	pw_loop_add_io(tandem_client_loop(p.client), 0, SPA_IO_IN | SPA_IO_HUP, false,
			on_input, &p);
	tandem_client_wait(p.client, is_over, &p, -1);
	tandem_listen_free(p.listen);
	tandem_client_free(p.client);
	pw_deinit();
	return EXIT_SUCCESS;
}
