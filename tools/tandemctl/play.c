/* SPDX-License-Identifier: MIT */
#include "play.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <pipewire/pipewire.h>
#include <spa/node/io.h>
#include <spa/param/audio/format-utils.h>

#include "base/ring.h"
#include "base/text.h"

#define WHY_BYTES 256
#define RECORDS 64 /* chosen: main may be away for a second of cycles */

/* One cycle, as the data loop saw it. */
struct cycle {
	uint64_t frame;
	uint32_t frames;
	int64_t cycle_ns;
};

struct tandem_play {
	/* constant once the stream runs */
	struct pw_loop *loop;
	struct pw_stream *stream;
	struct spa_hook listener;
	struct spa_source *woken;
	struct tandem_play_sound sound;

	/* data loop */
	const struct spa_io_position *position;
	uint64_t next_frame;

	/* written by the data loop, read by main */
	struct tandem_ring cycles;

	/* main */
	struct tandem_play_news news;
	char why[WHY_BYTES];
	tandem_play_tell tell;
	void *tell_data;
};

static void tell(struct tandem_play *p)
{
	if (p->tell)
		p->tell(p->tell_data, &p->news);
}

static void on_woken(void *data, uint64_t count)
{
	struct tandem_play *p = data;
	const struct cycle *c;

	(void)count;
	if (p->news.state == TANDEM_PLAY_ENDED)
		return;
	while ((c = tandem_ring_read_block(&p->cycles))) {
		p->news.state = TANDEM_PLAY_RUNS;
		p->news.frame = c->frame;
		p->news.frames = c->frames;
		p->news.cycle_ns = c->cycle_ns;
		tandem_ring_read_commit(&p->cycles);
	}
	tell(p);
}

static void note(struct tandem_play *p, uint32_t frames)
{
	struct cycle *c = tandem_ring_write_block(&p->cycles);

	if (c) {
		c->frame = p->next_frame;
		c->frames = frames;
		c->cycle_ns = p->position ? (int64_t)p->position->clock.nsec : 0;
		tandem_ring_write_commit(&p->cycles);
	}
	pw_loop_signal_event(p->loop, p->woken);
}

static void fill(struct tandem_play *p, struct spa_buffer *b, uint32_t frames)
{
	float *out[2] = { NULL, NULL };

	for (uint32_t c = 0; c < p->sound.channels; c++) {
		out[c] = b->datas[c].data;
		b->datas[c].chunk->offset = 0;
		b->datas[c].chunk->stride = sizeof(float);
		b->datas[c].chunk->size = frames * (uint32_t)sizeof(float);
	}
	p->sound.fill(p->sound.data, out, p->sound.channels, frames);
	note(p, frames);
	p->next_frame += frames;
}

static void on_process(void *data)
{
	struct tandem_play *p = data;
	struct pw_buffer *b = pw_stream_dequeue_buffer(p->stream);

	if (!b)
		return;
	if (b->buffer->n_datas >= p->sound.channels) {
		uint32_t frames = b->buffer->datas[0].maxsize / (uint32_t)sizeof(float);

		if (b->requested > 0)
			frames = SPA_MIN(frames, (uint32_t)b->requested);
		fill(p, b->buffer, frames);
	}
	pw_stream_queue_buffer(p->stream, b);
}

static void on_io_changed(void *data, uint32_t id, void *area, uint32_t size)
{
	struct tandem_play *p = data;

	(void)size;
	if (id == SPA_IO_Position)
		p->position = area;
}

static void on_state_changed(void *data, enum pw_stream_state old,
		enum pw_stream_state state, const char *error)
{
	struct tandem_play *p = data;
	const bool gone = state == PW_STREAM_STATE_UNCONNECTED &&
			  old != PW_STREAM_STATE_UNCONNECTED;

	if ((state != PW_STREAM_STATE_ERROR && !gone) || p->news.state == TANDEM_PLAY_ENDED)
		return;
	if (!error)
		error = "taken away";
	snprintf(p->why, sizeof(p->why), "%.*s", tandem_text_fit(error, WHY_BYTES - 1),
			error);
	p->news.state = TANDEM_PLAY_ENDED;
	p->news.why = p->why;
	tell(p);
}

static const struct pw_stream_events stream_events = {
	PW_VERSION_STREAM_EVENTS,
	.process = on_process,
	.io_changed = on_io_changed,
	.state_changed = on_state_changed,
};

static int connect_stream(struct tandem_play *p)
{
	uint8_t space[1024];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(space, sizeof(space));
	struct spa_audio_info_raw info =
			SPA_AUDIO_INFO_RAW_INIT(.format = SPA_AUDIO_FORMAT_F32P,
					.rate = p->sound.rate_hz,
					.channels = p->sound.channels);
	const struct spa_pod *params[1];

	info.position[0] = p->sound.channels == 2 ? SPA_AUDIO_CHANNEL_FL
						  : SPA_AUDIO_CHANNEL_MONO;
	if (p->sound.channels == 2)
		info.position[1] = SPA_AUDIO_CHANNEL_FR;
	params[0] = spa_format_audio_raw_build(&b, SPA_PARAM_EnumFormat, &info);
	return pw_stream_connect(p->stream, PW_DIRECTION_OUTPUT, PW_ID_ANY,
			PW_STREAM_FLAG_AUTOCONNECT | PW_STREAM_FLAG_MAP_BUFFERS |
					PW_STREAM_FLAG_RT_PROCESS |
					PW_STREAM_FLAG_DONT_RECONNECT,
			params, 1);
}

static int start(struct tandem_play *p, struct pw_core *core, const char *sink)
{
	struct pw_properties *props = pw_properties_new(PW_KEY_MEDIA_TYPE, "Audio",
			PW_KEY_MEDIA_CATEGORY, "Playback", PW_KEY_MEDIA_ROLE, "Test",
			PW_KEY_NODE_NAME, "tandemctl", PW_KEY_NODE_DESCRIPTION, "tandemctl",
			"target.object", sink, "state.restore-props", "false",
			"state.restore-target", "false", NULL);
	int res = tandem_ring_init(&p->cycles, sizeof(struct cycle), RECORDS);

	if (res < 0 || !props) {
		pw_properties_free(props);
		return -ENOMEM;
	}
	p->woken = pw_loop_add_event(p->loop, on_woken, p);
	p->stream = pw_stream_new(core, "tandemctl", props); /* takes props */
	if (!p->woken || !p->stream)
		return -errno;
	pw_stream_add_listener(p->stream, &p->listener, &stream_events, p);
	res = connect_stream(p);
	return res < 0 ? res : 0;
}

int tandem_play_new(struct tandem_play **ret_play, struct pw_core *core, const char *sink,
		const struct tandem_play_sound *sound)
{
	struct tandem_play *p;
	int res;

	if (sound->channels < 1 || sound->channels > 2 || sound->rate_hz == 0)
		return -EINVAL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->loop = pw_context_get_main_loop(pw_core_get_context(core));
	p->sound = *sound;
	p->news.why = "";
	res = start(p, core, sink);
	if (res < 0) {
		tandem_play_free(p);
		return res;
	}
	*ret_play = p;
	return 0;
}

void tandem_play_free(struct tandem_play *p)
{
	if (!p)
		return;
	p->tell = NULL;
	if (p->stream)
		pw_stream_destroy(p->stream);
	if (p->woken)
		pw_loop_destroy_source(p->loop, p->woken);
	tandem_ring_finish(&p->cycles);
	free(p);
}

void tandem_play_watch(struct tandem_play *p, tandem_play_tell play_tell, void *data)
{
	p->tell = play_tell;
	p->tell_data = data;
}

const struct tandem_play_news *tandem_play_news(const struct tandem_play *p)
{
	return &p->news;
}
