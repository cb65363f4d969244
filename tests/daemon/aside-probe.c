/* SPDX-License-Identifier: MIT
 *
 * Aside without a group, for test-aside.py: does what stdin says.
 *
 *     members [ADDRESS...]
 *     sbc ADDRESS
 *
 * Answers each line with "done", and prints what it hears: "told ADDRESS off|on|...", or
 * "manager". At the end of its input all is put back: "finished 0|1".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pipewire/pipewire.h>

#include "aside.h"
#include "topic.h"

static struct spa_log_topic topic = SPA_LOG_TOPIC(0, "mod.tandem");
struct spa_log_topic *const tandem_module_topic = &topic;

struct probe {
	struct pw_main_loop *loop;
	struct tandem_aside *aside;
};

static void on_told(void *data, const char *address, enum tandem_aside_state state)
{
	static const char *const names[] = {
		[TANDEM_ASIDE_ABSENT] = "absent",
		[TANDEM_ASIDE_OFF] = "off",
		[TANDEM_ASIDE_ON] = "on",
		[TANDEM_ASIDE_REFUSED] = "refused",
	};

	(void)data;
	printf("told %s %s\n", address, names[state]);
}

static void on_said(void *data, bool is_trouble, const char *sentence)
{
	(void)data;
	fprintf(stderr, "%s%s\n", is_trouble ? "trouble: " : "", sentence);
}

static void on_manager_came(void *data)
{
	(void)data;
	printf("manager\n");
}

static const struct tandem_aside_events events = {
	.told = on_told,
	.said = on_said,
	.manager_came = on_manager_came,
};

static void obey(struct probe *p, char *line)
{
	char addresses[TANDEM_MAX_SPEAKERS][18];
	uint32_t n = 0;
	char *rest = NULL;
	const char *word = strtok_r(line, " \n", &rest);

	while (n < TANDEM_MAX_SPEAKERS) {
		const char *address = strtok_r(NULL, " \n", &rest);

		if (!address)
			break;
		snprintf(addresses[n++], sizeof(addresses[0]), "%s", address);
	}
	if (word && strcmp(word, "members") == 0) {
		tandem_aside_set_members(p->aside, addresses, n);
	} else if (word && n == 1) {
		tandem_aside_ask_sbc(p->aside, addresses[0]);
	}
	printf("done\n");
}

static void on_input(void *data, int fd, uint32_t mask)
{
	struct probe *p = data;
	char line[256];

	(void)fd;
	(void)mask;
	if (fgets(line, sizeof(line), stdin)) {
		obey(p, line);
	} else {
		pw_main_loop_quit(p->loop);
	}
}

int main(int argc, char *argv[])
{
	struct probe p = { NULL, NULL };
	struct pw_context *context;
	struct pw_core *core;

	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0); /* a line read ahead would not wake the loop */
	pw_init(&argc, &argv);
	PW_LOG_TOPIC_INIT(tandem_module_topic);
	p.loop = pw_main_loop_new(NULL);
	context = p.loop ? pw_context_new(pw_main_loop_get_loop(p.loop), NULL, 0) : NULL;
	core = context ? pw_context_connect(context, NULL, 0) : NULL;
	if (!core || tandem_aside_new(&p.aside, core, &events, NULL) < 0)
		return EXIT_FAILURE;
	pw_loop_add_io(pw_main_loop_get_loop(p.loop), 0, SPA_IO_IN | SPA_IO_HUP, false,
			on_input, &p);
	printf("ready\n");
	pw_main_loop_run(p.loop);
	tandem_aside_restore_all(p.aside);
	printf("finished %d\n", tandem_aside_finish(p.aside, 1000));
	tandem_aside_free(p.aside);
	pw_context_destroy(context);
	pw_main_loop_destroy(p.loop);
	pw_deinit();
	return EXIT_SUCCESS;
}
