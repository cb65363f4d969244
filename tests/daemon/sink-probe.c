/* SPDX-License-Identifier: MIT
 *
 * The sink without Bluetooth, for test-sink.py: exports it, and does what stdin says.
 *
 *     export 0|1
 *     empty 0|1
 *     update SECONDS DESCRIPTION
 *
 * Answers each line with "done" and the result. Ends with its input.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spa/utils/result.h>

#include <pipewire/pipewire.h>

#include "sink.h"
#include "topic.h"

static struct spa_log_topic topic = SPA_LOG_TOPIC(0, "mod.tandem");
struct spa_log_topic *const tandem_module_topic = &topic;

struct probe {
	struct pw_main_loop *loop;
	struct pw_context *context;
	struct pw_core *core;
	struct tandem_sink *sink;
};

static int obey(struct probe *p, const char *line)
{
	char description[128];
	double seconds;
	int on;

	if (sscanf(line, "export %d", &on) == 1) {
		if (on)
			return tandem_sink_export(p->sink, p->core);
		tandem_sink_unexport(p->sink);
		return 0;
	}
	if (sscanf(line, "empty %d", &on) == 1) {
		tandem_sink_set_empty(p->sink, on != 0);
		return 0;
	}
	if (sscanf(line, "update %lf %127[^\n]", &seconds, description) == 2)
		return tandem_sink_update(p->sink, description, seconds);
	return -ENOSYS;
}

static void on_input(void *data, int fd, uint32_t mask)
{
	struct probe *p = data;
	char line[256];

	(void)fd;
	(void)mask;
	if (fgets(line, sizeof(line), stdin)) {
		printf("done %d\n", obey(p, line));
	} else {
		pw_main_loop_quit(p->loop);
	}
}

static int start(struct probe *p)
{
	struct tandem_settings settings;
	int res;

	p->context = pw_context_new(pw_main_loop_get_loop(p->loop),
			pw_properties_new(PW_KEY_CONFIG_NAME, "probe.conf", NULL), 0);
	if (!p->context)
		return -errno;
	p->core = pw_context_connect(p->context, NULL, 0);
	if (!p->core)
		return -errno;
	tandem_settings_init(&settings);
	settings.n_speakers = 1;
	tandem_speaker_settings_init(&settings.speakers[0]);
	tandem_settings_label(&settings);
	res = tandem_sink_new(&p->sink, p->context, &settings, "");
	return res < 0 ? res : tandem_sink_export(p->sink, p->core);
}

int main(int argc, char *argv[])
{
	struct probe p = { NULL, NULL, NULL, NULL };
	int res;

	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0); /* a line read ahead would not wake the loop */
	pw_init(&argc, &argv);
	PW_LOG_TOPIC_INIT(tandem_module_topic);
	p.loop = pw_main_loop_new(NULL);
	res = p.loop ? start(&p) : -errno;
	if (res == 0) {
		pw_loop_add_io(pw_main_loop_get_loop(p.loop), 0, SPA_IO_IN | SPA_IO_HUP,
				false, on_input, &p);
		pw_main_loop_run(p.loop);
	} else {
		fprintf(stderr, "sink-probe: %s\n", spa_strerror(res));
	}
	tandem_sink_free(p.sink);
	if (p.context)
		pw_context_destroy(p.context);
	if (p.loop)
		pw_main_loop_destroy(p.loop);
	pw_deinit();
	return res == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
