/* SPDX-License-Identifier: MIT
 *
 * The resampler of the installed PipeWire, inside its audio converter: planes of floats on
 * both sides and the same channels, so that nothing else happens to them. The ratio goes in
 * by the rate match io, as from a driver that follows a clock.
 */
#include "peer.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spa/node/io.h>
#include <spa/node/node.h>
#include <spa/node/utils.h>
#include <spa/param/audio/format-utils.h>
#include <spa/param/param.h>
#include <spa/pod/builder.h>
#include <spa/support/cpu.h>
#include <spa/support/plugin.h>
#include <spa/utils/names.h>

#define MAX_FRAMES 8192

struct side { /* one port */
	struct spa_io_buffers io;
	struct spa_buffer buffer;
	struct spa_buffer *buffers[1];
	struct spa_data datas[2];
	struct spa_chunk chunks[2];
};

struct converter {
	struct spa_handle *cpu_handle;
	struct spa_handle *handle;
	struct spa_node *node;
	uint32_t channels;
	struct spa_io_position position;
	struct spa_io_rate_match match;
	struct side sides[2]; /* [enum spa_direction] */
	float nothing;        /* what its buffers point to between cycles */
};

/* A handle of the factory in spa's plugin, or NULL. The library stays loaded. */
static struct spa_handle *load(const char *plugin, const char *factory_name,
		const struct spa_dict *info, const struct spa_support *support, uint32_t n)
{
	const struct spa_handle_factory *factory = NULL;
	spa_handle_factory_enum_func_t enumerate;
	struct spa_handle *handle;
	char path[512];
	uint32_t index = 0;
	void *library;

	snprintf(path, sizeof(path), "%s/%s.so", SPA_PLUGIN_DIR, plugin);
	library = dlopen(path, RTLD_NOW);
	if (library == NULL)
		return NULL;
	enumerate = (spa_handle_factory_enum_func_t)dlsym(library,
			SPA_HANDLE_FACTORY_ENUM_FUNC_NAME);
	while (enumerate != NULL && enumerate(&factory, &index) > 0) {
		if (strcmp(factory->name, factory_name) != 0)
			continue;
		handle = calloc(1, spa_handle_factory_get_size(factory, info));
		if (handle == NULL)
			return NULL;
		if (spa_handle_factory_init(factory, handle, info, support, n) >= 0)
			return handle;
		free(handle);
	}
	return NULL;
}

static void unload(struct spa_handle *handle)
{
	if (handle != NULL)
		spa_handle_clear(handle);
	free(handle);
}

/* The processor's features choose its inner loops. */
static bool load_converter(struct converter *c, int quality)
{
	char text[16];
	const struct spa_dict_item items[] = {
		SPA_DICT_ITEM_INIT("resample.quality", text),
		SPA_DICT_ITEM_INIT("factory.mode", "split"),
		SPA_DICT_ITEM_INIT("clock.quantum-limit", SPA_STRINGIFY(MAX_FRAMES)),
	};
	struct spa_support support = { .type = SPA_TYPE_INTERFACE_CPU };
	void *node;

	snprintf(text, sizeof(text), "%d", quality);
	c->cpu_handle = load("support/libspa-support", SPA_NAME_SUPPORT_CPU, NULL, NULL, 0);
	if (c->cpu_handle == NULL ||
			spa_handle_get_interface(c->cpu_handle, SPA_TYPE_INTERFACE_CPU,
					&support.data) < 0)
		return false;
	c->handle = load("audioconvert/libspa-audioconvert", SPA_NAME_AUDIO_CONVERT,
			&SPA_DICT_INIT_ARRAY(items), &support, 1);
	if (c->handle == NULL || spa_handle_get_interface(c->handle,
						 SPA_TYPE_INTERFACE_Node, &node) < 0)
		return false;
	c->node = node;
	return true;
}

static int set_up_side(struct converter *c, enum spa_direction direction, uint32_t rate_hz)
{
	struct side *const s = &c->sides[direction];
	uint8_t bytes[1024];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(bytes, sizeof(bytes));
	struct spa_audio_info_raw info = {
		.format = SPA_AUDIO_FORMAT_F32P,
		.rate = rate_hz,
		.channels = c->channels,
		.position = { SPA_AUDIO_CHANNEL_FL, SPA_AUDIO_CHANNEL_FR },
	};
	int res;

	if (c->channels == 1)
		info.position[0] = SPA_AUDIO_CHANNEL_MONO;
	s->buffer = (struct spa_buffer){ .n_datas = c->channels, .datas = s->datas };
	s->buffers[0] = &s->buffer;
	s->io = SPA_IO_BUFFERS_INIT;
	for (uint32_t i = 0; i < c->channels; i++) {
		s->datas[i] = (struct spa_data){
			.type = SPA_DATA_MemPtr,
			.flags = SPA_DATA_FLAG_READWRITE,
			.maxsize = MAX_FRAMES * sizeof(float),
			.data = &c->nothing,
			.chunk = &s->chunks[i],
		};
	}
	res = spa_node_port_set_param(c->node, direction, 0, SPA_PARAM_Format, 0,
			spa_format_audio_raw_build(&b, SPA_PARAM_Format, &info));
	if (res < 0)
		return res;
	res = spa_node_port_use_buffers(c->node, direction, 0, 0, s->buffers, 1);
	if (res < 0)
		return res;
	return spa_node_port_set_io(c->node, direction, 0, SPA_IO_Buffers, &s->io,
			sizeof(s->io));
}

static void close_converter(void *peer)
{
	struct converter *const c = peer;

	unload(c->handle);
	unload(c->cpu_handle);
	free(c);
}

static bool set_up(struct converter *c, const struct bench_rates *rates)
{
	const struct spa_command start = SPA_NODE_COMMAND_INIT(SPA_NODE_COMMAND_Start);

	c->channels = rates->channels;
	c->position.clock.rate = SPA_FRACTION(1, rates->out_hz);
	c->position.clock.duration = BENCH_MAX_BLOCK;
	c->match.rate = 1.0;
	c->match.flags = SPA_IO_RATE_MATCH_FLAG_ACTIVE;
	return spa_node_set_io(c->node, SPA_IO_Position, &c->position,
			       sizeof(c->position)) >= 0 &&
	       set_up_side(c, SPA_DIRECTION_INPUT, rates->in_hz) >= 0 &&
	       set_up_side(c, SPA_DIRECTION_OUTPUT, rates->out_hz) >= 0 &&
	       spa_node_port_set_io(c->node, SPA_DIRECTION_INPUT, 0, SPA_IO_RateMatch,
			       &c->match, sizeof(c->match)) >= 0 &&
	       spa_node_send_command(c->node, &start) >= 0;
}

static void *open_converter(const struct bench_rates *rates, int setting)
{
	struct converter *const c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	if (!load_converter(c, setting) || !set_up(c, rates)) {
		close_converter(c);
		return NULL;
	}
	return c;
}

static void set_converter(void *peer, double ratio)
{
	struct converter *const c = peer;

	c->match.rate = ratio;
}

/* One cycle; its buffers are the caller's, nothing is copied. */
static struct tandem_progress run_converter(void *peer, const float *const in[],
		uint32_t in_frames, float *const out[], uint32_t out_frames)
{
	struct converter *const c = peer;
	struct side *const from = &c->sides[SPA_DIRECTION_INPUT];
	struct side *const to = &c->sides[SPA_DIRECTION_OUTPUT];
	const uint32_t wanted = c->match.size > 0 ? c->match.size : out_frames;
	const uint32_t taken = wanted < in_frames ? wanted : in_frames;
	uint32_t made = 0;

	c->position.clock.duration = out_frames;
	for (uint32_t i = 0; i < c->channels; i++) {
		from->datas[i].data = (void *)in[i];
		from->chunks[i] = (struct spa_chunk){ .size = taken * sizeof(float),
			.stride = sizeof(float) };
		to->datas[i].data = out[i];
	}
	from->io = (struct spa_io_buffers){ SPA_STATUS_HAVE_DATA, 0 };
	to->io.status = SPA_STATUS_NEED_DATA;
	if (spa_node_process(c->node) < 0 || from->io.status == SPA_STATUS_HAVE_DATA)
		abort();
	if (to->io.status == SPA_STATUS_HAVE_DATA)
		made = to->chunks[0].size / (uint32_t)sizeof(float);
	return (struct tandem_progress){ taken, made };
}

const struct bench_peer tandem_bench_pipewire[] = {
	{ "PipeWire q4", 4, open_converter, set_converter, run_converter, close_converter },
	{ "PipeWire q10", 10, open_converter, set_converter, run_converter,
			close_converter },
	{ 0 },
};
