/* SPDX-License-Identifier: MIT
 *
 * The one input port: what it takes, and how late it is heard.
 */
#include "door.h"
#include "params.h"

#include <errno.h>
#include <math.h>

#include <spa/param/latency-utils.h>
#include <spa/pod/filter.h>

#define MIN_BUFFERS 3 /* one being filled, one in flight, one held */
#define DEFAULT_QUANTUM 8192

const enum spa_param_type tandem_port_param_ids[TANDEM_PORT_N_PARAMS] = {
	[TANDEM_PORT_ENUM_FORMAT] = SPA_PARAM_EnumFormat,
	[TANDEM_PORT_META] = SPA_PARAM_Meta,
	[TANDEM_PORT_IO] = SPA_PARAM_IO,
	[TANDEM_PORT_FORMAT] = SPA_PARAM_Format,
	[TANDEM_PORT_BUFFERS] = SPA_PARAM_Buffers,
	[TANDEM_PORT_LATENCY] = SPA_PARAM_Latency,
};

static const uint32_t positions[TANDEM_SINK_CHANNELS] = {
	SPA_AUDIO_CHANNEL_FL,
	SPA_AUDIO_CHANNEL_FR,
};

static struct spa_pod *make_enum_format(struct spa_pod_builder *b)
{
	const uint32_t channels = TANDEM_SINK_CHANNELS;
	struct spa_pod_frame f;

	spa_pod_builder_push_object(b, &f, SPA_TYPE_OBJECT_Format, SPA_PARAM_EnumFormat);
	spa_pod_builder_add(b, SPA_FORMAT_mediaType, SPA_POD_Id(SPA_MEDIA_TYPE_audio),
			SPA_FORMAT_mediaSubtype, SPA_POD_Id(SPA_MEDIA_SUBTYPE_raw),
			SPA_FORMAT_AUDIO_format, SPA_POD_Id(SPA_AUDIO_FORMAT_F32P),
			SPA_FORMAT_AUDIO_rate,
			SPA_POD_CHOICE_ENUM_Int(3, 48000, 48000, 44100),
			SPA_FORMAT_AUDIO_channels, SPA_POD_Int(channels),
			SPA_FORMAT_AUDIO_position,
			SPA_POD_Array(sizeof(uint32_t), SPA_TYPE_Id, channels, positions),
			0);
	return spa_pod_builder_pop(b, &f);
}

static struct spa_pod *make_buffers(struct spa_pod_builder *b)
{
	return spa_pod_builder_add_object(b, SPA_TYPE_OBJECT_ParamBuffers,
			SPA_PARAM_Buffers, SPA_PARAM_BUFFERS_buffers,
			SPA_POD_CHOICE_RANGE_Int(MIN_BUFFERS, MIN_BUFFERS,
					TANDEM_MAX_BUFFERS),
			SPA_PARAM_BUFFERS_blocks, SPA_POD_Int(TANDEM_SINK_CHANNELS),
			SPA_PARAM_BUFFERS_size,
			SPA_POD_CHOICE_RANGE_Int(DEFAULT_QUANTUM * (int)sizeof(float),
					16 * (int)sizeof(float), INT32_MAX),
			SPA_PARAM_BUFFERS_stride, SPA_POD_Int(sizeof(float)));
}

static struct spa_pod *make_io(uint32_t index, struct spa_pod_builder *b)
{
	if (index > 0)
		return NULL;
	return spa_pod_builder_add_object(b, SPA_TYPE_OBJECT_ParamIO, SPA_PARAM_IO,
			SPA_PARAM_IO_id, SPA_POD_Id(SPA_IO_Buffers), SPA_PARAM_IO_size,
			SPA_POD_Int(sizeof(struct spa_io_buffers)));
}

/* INPUT: from our port to the air. OUTPUT: from the source to us, as upstream says. */
static struct spa_pod *make_latency(const struct tandem_node *n, uint32_t index,
		struct spa_pod_builder *b)
{
	struct spa_latency_info info = SPA_LATENCY_INFO(SPA_DIRECTION_INPUT);

	if (index > 1)
		return NULL;
	if (index == 1) {
		info = n->upstream;
		info.direction = SPA_DIRECTION_OUTPUT; /* also before anything was said */
	} else {
		const double ns = n->told_latency_s * (double)TANDEM_NS_PER_S;

		info.min_ns = (uint64_t)ns;
		info.max_ns = (uint64_t)ns;
	}
	return spa_latency_build(b, SPA_PARAM_Latency, &info);
}

struct spa_pod *tandem_port_make_param(struct tandem_node *n, uint32_t id, uint32_t index,
		struct spa_pod_builder *b)
{
	if (id == SPA_PARAM_Latency)
		return make_latency(n, index, b);
	if (id == SPA_PARAM_IO)
		return make_io(index, b);
	if (index > 0)
		return NULL;
	switch (id) {
	case SPA_PARAM_EnumFormat:
		return make_enum_format(b);
	case SPA_PARAM_Format:
		return n->format.rate == 0 ? NULL
					   : spa_format_audio_raw_build(b, SPA_PARAM_Format,
							     &n->format);
	case SPA_PARAM_Buffers:
		return n->format.rate == 0 ? NULL : make_buffers(b);
	case SPA_PARAM_Meta:
		return spa_pod_builder_add_object(b, SPA_TYPE_OBJECT_ParamMeta,
				SPA_PARAM_Meta, SPA_PARAM_META_type,
				SPA_POD_Id(SPA_META_Header), SPA_PARAM_META_size,
				SPA_POD_Int(sizeof(struct spa_meta_header)));
	default:
		return NULL;
	}
}

struct buffers_change {
	struct spa_buffer **buffers;
	uint32_t count;
};

static void change_buffers(struct tandem_node *n, void *arg)
{
	const struct buffers_change *const change = arg;

	for (uint32_t i = 0; i < change->count; i++)
		n->buffers[i] = change->buffers[i];
	n->n_buffers = change->count;
}

int tandem_port_use_buffers(struct tandem_node *n, struct spa_buffer **buffers,
		uint32_t count)
{
	struct buffers_change change = { buffers, count };

	if (count > TANDEM_MAX_BUFFERS)
		return -ENOSPC;
	if (count > 0 && n->format.rate == 0)
		return -EIO;
	for (uint32_t i = 0; i < count; i++) {
		if (buffers[i]->n_datas < TANDEM_SINK_CHANNELS)
			return -EINVAL;
		for (uint32_t c = 0; c < TANDEM_SINK_CHANNELS; c++) {
			if (buffers[i]->datas[c].data == NULL)
				return -EINVAL;
		}
	}
	tandem_driver_invoke(n, change_buffers, &change);
	return 0;
}

static int set_format(struct tandem_node *n, const struct spa_pod *param)
{
	struct spa_audio_info info = { 0 };
	int res;

	tandem_port_use_buffers(n, NULL, 0);
	if (param == NULL) {
		n->format.rate = 0;
		return 0;
	}
	if (spa_format_parse(param, &info.media_type, &info.media_subtype) < 0 ||
			info.media_type != SPA_MEDIA_TYPE_audio ||
			info.media_subtype != SPA_MEDIA_SUBTYPE_raw ||
			spa_format_audio_raw_parse(param, &info.info.raw) < 0)
		return -EINVAL;
	if (info.info.raw.format != SPA_AUDIO_FORMAT_F32P ||
			info.info.raw.channels != TANDEM_SINK_CHANNELS ||
			(info.info.raw.rate != 44100 && info.info.raw.rate != 48000))
		return -EINVAL;
	res = tandem_slots_set_rate(n, info.info.raw.rate);
	if (res < 0)
		return res;
	n->format = info.info.raw;
	return 0;
}

/* Whether a value of a Latency param has its type and can be meant. spa_latency_parse()
 * takes what has not for left out. */
static bool is_latency_value(const struct spa_pod_prop *prop)
{
	uint32_t direction;
	float quanta;
	int32_t frames;
	int64_t ns;

	switch (prop->key) {
	case SPA_PARAM_LATENCY_direction:
		return spa_pod_get_id(&prop->value, &direction) == 0 &&
		       direction <= SPA_DIRECTION_OUTPUT;
	case SPA_PARAM_LATENCY_minQuantum:
	case SPA_PARAM_LATENCY_maxQuantum:
		return spa_pod_get_float(&prop->value, &quanta) == 0 && isfinite(quanta) &&
		       quanta >= 0.0f;
	case SPA_PARAM_LATENCY_minRate:
	case SPA_PARAM_LATENCY_maxRate:
		return spa_pod_get_int(&prop->value, &frames) == 0 && frames >= 0;
	case SPA_PARAM_LATENCY_minNs:
	case SPA_PARAM_LATENCY_maxNs:
		return spa_pod_get_long(&prop->value, &ns) == 0 && ns >= 0;
	default: /* of a later version */
		return true;
	}
}

static int parse_latency(struct spa_latency_info *ret_info, const struct spa_pod *param)
{
	const struct spa_pod_prop *prop;

	if (!spa_pod_is_object_type(param, SPA_TYPE_OBJECT_ParamLatency))
		return -EINVAL;
	SPA_POD_OBJECT_FOREACH((const struct spa_pod_object *)param, prop)
	{
		if (!is_latency_value(prop))
			return -EINVAL;
	}
	return spa_latency_parse(param, ret_info) < 0 ? -EINVAL : 0;
}

/* Upstream's own latency. It changes nothing of what we do; it is kept because who asks a
 * port expects both directions, and the adapter passes it on (from 1.4 on). NULL: gone. */
static int set_latency(struct tandem_node *n, const struct spa_pod *param)
{
	struct spa_latency_info info = SPA_LATENCY_INFO(SPA_DIRECTION_OUTPUT);

	if (param != NULL && parse_latency(&info, param) < 0)
		return -EINVAL;
	if (info.direction != SPA_DIRECTION_OUTPUT) /* the other one is ours to say */
		return -EINVAL;
	if (spa_latency_info_compare(&info, &n->upstream) == 0)
		return 0;
	n->upstream = info;
	tandem_node_touch_port_param(n, TANDEM_PORT_LATENCY);
	return 0;
}

int tandem_port_set_param(struct tandem_node *n, uint32_t id, const struct spa_pod *param)
{
	int res;

	if (id == SPA_PARAM_Latency)
		return set_latency(n, param);
	if (id != SPA_PARAM_Format)
		return -ENOENT;
	res = set_format(n, param);
	if (res < 0)
		return res;
	n->port_info.change_mask |= SPA_PORT_CHANGE_MASK_RATE;
	n->port_info.rate = SPA_FRACTION(1, n->format.rate > 0 ? n->format.rate : 48000);
	n->port_params[TANDEM_PORT_FORMAT].flags =
			n->format.rate > 0 ? SPA_PARAM_INFO_READWRITE
					   : SPA_PARAM_INFO_WRITE;
	n->port_params[TANDEM_PORT_BUFFERS].flags =
			n->format.rate > 0 ? SPA_PARAM_INFO_READ : 0;
	n->port_info.change_mask |= SPA_PORT_CHANGE_MASK_PARAMS;
	tandem_node_emit_info(n, false);
	return 0;
}
