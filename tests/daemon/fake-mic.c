/* SPDX-License-Identifier: MIT
 *
 * A microphone that hears one sink a whole number of frames late, exactly, for
 * test-listen.py: what comes in at its port goes out by its other one, as a source.
 *
 *     fake-mic NAME FRAMES [KEY=VALUE...]
 *
 * The pairs are properties of the node. Of these, told.quantum, told.rate and told.ns are
 * what it says of its own latency. Prints "ready"; ends with its input.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pipewire/filter.h>
#include <pipewire/pipewire.h>
#include <spa/param/latency-utils.h>

#define LINE (1u << 17)

struct mic {
	struct pw_main_loop *loop;
	struct pw_filter *filter;
	void *in, *out;
	float line[LINE];
	uint64_t n;
	uint32_t late;
};

static void on_process(void *data, struct spa_io_position *position)
{
	struct mic *const m = data;
	const uint32_t frames = (uint32_t)position->clock.duration;
	const float *in = pw_filter_get_dsp_buffer(m->in, frames);
	float *out = pw_filter_get_dsp_buffer(m->out, frames);

	for (uint32_t i = 0; i < frames; i++, m->n++) {
		m->line[m->n % LINE] = in ? in[i] : 0.0f;
		if (out)
			out[i] = m->line[(m->n - m->late) % LINE];
	}
}

static const struct pw_filter_events events = {
	PW_VERSION_FILTER_EVENTS,
	.process = on_process,
};

static void on_input(void *data, int fd, uint32_t mask)
{
	struct mic *const m = data;

	(void)fd;
	(void)mask;
	pw_main_loop_quit(m->loop);
}

static void *add_port(struct mic *m, enum pw_direction direction, const char *name)
{
	return pw_filter_add_port(m->filter, direction, PW_FILTER_PORT_FLAG_MAP_BUFFERS,
			sizeof(void *),
			pw_properties_new(PW_KEY_FORMAT_DSP, "32 bit float mono audio",
					PW_KEY_PORT_NAME, name, PW_KEY_AUDIO_CHANNEL,
					"MONO", NULL),
			NULL, 0);
}

static int told(const struct pw_properties *props, const char *key)
{
	return pw_properties_get_int32(props, key, 0);
}

static void tell_latency(struct mic *m, const struct pw_properties *props)
{
	struct spa_latency_info said = SPA_LATENCY_INFO(SPA_DIRECTION_OUTPUT);
	uint8_t space[512];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(space, sizeof(space));
	const struct spa_pod *params[1];

	said.min_quantum = said.max_quantum = (float)told(props, "told.quantum");
	said.min_rate = said.max_rate = told(props, "told.rate");
	said.min_ns = said.max_ns = told(props, "told.ns");
	params[0] = spa_latency_build(&b, SPA_PARAM_Latency, &said);
	pw_filter_update_params(m->filter, m->out, params, 1);
}

int main(int argc, char *argv[])
{
	static struct mic m;
	struct pw_properties *props;

	if (argc < 3)
		return EXIT_FAILURE;
	pw_init(NULL, NULL);
	m.loop = pw_main_loop_new(NULL);
	m.late = (uint32_t)atoi(argv[2]);
	props = pw_properties_new(PW_KEY_NODE_NAME, argv[1], PW_KEY_MEDIA_CLASS,
			"Audio/Source", PW_KEY_MEDIA_TYPE, "Audio", NULL);
	for (int i = 3; i < argc; i++)
		pw_properties_update_string(props, argv[i], strlen(argv[i]));
	m.filter = pw_filter_new_simple(pw_main_loop_get_loop(m.loop), argv[1], props,
			&events, &m);
	m.in = add_port(&m, PW_DIRECTION_INPUT, "heard");
	m.out = add_port(&m, PW_DIRECTION_OUTPUT, "capture");
	/* custom: what comes out has nothing to do with what the hall says of itself */
	if (pw_filter_connect(m.filter,
			    PW_FILTER_FLAG_RT_PROCESS | PW_FILTER_FLAG_CUSTOM_LATENCY, NULL,
			    0) < 0)
		return EXIT_FAILURE;
	tell_latency(&m, pw_filter_get_properties(m.filter, NULL));
	pw_loop_add_io(pw_main_loop_get_loop(m.loop), 0, SPA_IO_IN | SPA_IO_HUP, false,
			on_input, &m);
	puts("ready");
	fflush(stdout);
	pw_main_loop_run(m.loop);
	pw_filter_destroy(m.filter);
	pw_main_loop_destroy(m.loop);
	pw_deinit();
	return EXIT_SUCCESS;
}
