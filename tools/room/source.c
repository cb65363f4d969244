/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <errno.h>
#include <math.h>
#include <spa/param/audio/format-utils.h>
#include <spa/param/latency-utils.h>

/* Begin anew when so far away: 5 ms, and 100 ppm to learn are 20 frames at the most
 * (measured). Else a stall of the host were made up for at a few percent of speed. */
#define LOST_FRAMES 240.0
#define NARROW_S 3.0 /* the loop's band is halved so often, as PipeWire's ALSA does */

static bool follows(const struct tandem_source *s)
{
	return s->rate_match != NULL && !pw_stream_is_driving(s->stream);
}

/* How long ago what the stream takes was in the air: the adapter's resampler adds the rest
 * of latency_s, while it works. */
static double behind_s(const struct tandem_source *s)
{
	return s->latency_s -
	       (follows(s) ? (double)s->rate_match->delay / TANDEM_MIX_HZ : 0.0);
}

/* Where the cycle should begin, in microphone frames since begin_ns. */
static double wanted(const struct tandem_source *s, int64_t cycle_ns)
{
	const double past_ns = (double)(cycle_ns - s->begin_ns) - behind_s(s) * 1e9;

	return past_ns * s->frames_per_ns;
}

static void begin(struct tandem_source *s, int64_t cycle_ns)
{
	const double air_s = (double)(cycle_ns - s->t0_ns) / 1e9 - behind_s(s);
	const int64_t first = (int64_t)floor(air_s * TANDEM_MIX_HZ);

	tandem_mix_start(s->mix, first);
	s->begin_ns = s->t0_ns + (int64_t)llrint((double)first * 1e9 / TANDEM_MIX_HZ);
	s->taken = 0;
	s->running = true;
	spa_dll_init(&s->dll);
}

/* Moves the resampler so that the next cycles begin where they should. */
static void follow(struct tandem_source *s, double ahead_frames, uint32_t frames)
{
	if (s->dll.bw == 0.0) {
		spa_dll_set_bw(&s->dll, SPA_DLL_BW_MAX, frames, TANDEM_MIX_HZ);
		s->settled_s = 0.0;
	}
	s->settled_s += (double)frames / TANDEM_MIX_HZ;
	if (s->settled_s > NARROW_S && s->dll.bw > SPA_DLL_BW_MIN) {
		spa_dll_set_bw(&s->dll, s->dll.bw / 2.0, frames, TANDEM_MIX_HZ);
		s->settled_s = 0.0;
	}
	s->rate_match->rate = 1.0 / spa_dll_update(&s->dll, ahead_frames);
	s->rate_match->flags |= SPA_IO_RATE_MATCH_FLAG_ACTIVE;
}

static void fill(struct tandem_source *s, float *out, uint32_t frames)
{
	const int64_t cycle_ns = (int64_t)s->position->clock.nsec;

	if (!s->running || fabs(wanted(s, cycle_ns) - (double)s->taken) > LOST_FRAMES)
		begin(s, cycle_ns);
	if (follows(s)) {
		follow(s, (double)s->taken - wanted(s, cycle_ns), frames);
	} else if (s->rate_match != NULL) {
		s->rate_match->flags &= ~(uint32_t)SPA_IO_RATE_MATCH_FLAG_ACTIVE;
	}
	tandem_mix_run(s->mix, out, frames);
	s->taken += frames;
}

static void on_process(void *data)
{
	struct tandem_source *const s = data;
	struct pw_buffer *const b = pw_stream_dequeue_buffer(s->stream);
	struct spa_data *d;
	uint32_t frames;

	if (b == NULL)
		return;
	d = &b->buffer->datas[0];
	frames = d->maxsize / (uint32_t)sizeof(float);
	if (b->requested > 0 && b->requested < frames)
		frames = (uint32_t)b->requested;
	if (s->position != NULL)
		fill(s, d->data, frames);
	d->chunk->offset = 0;
	d->chunk->stride = sizeof(float);
	d->chunk->size = s->position != NULL ? frames * (uint32_t)sizeof(float) : 0;
	pw_stream_queue_buffer(s->stream, b);
}

static void on_io_changed(void *data, uint32_t id, void *area, uint32_t size)
{
	struct tandem_source *const s = data;

	(void)size;
	if (id == SPA_IO_Position) {
		s->position = area;
		s->lead.position = area;
	} else if (id == SPA_IO_Clock) {
		s->lead.clock = area;
	} else if (id == SPA_IO_RateMatch) {
		s->rate_match = area;
	}
}

static void on_state_changed(void *data, enum pw_stream_state old,
		enum pw_stream_state state, const char *error)
{
	struct tandem_source *const s = data;

	(void)old;
	atomic_store(&s->lead.streams, state == PW_STREAM_STATE_STREAMING);
	if (state == PW_STREAM_STATE_ERROR || state == PW_STREAM_STATE_UNCONNECTED)
		s->ended(s->data, error != NULL ? error : "the connection is gone");
}

static void tell_latency(struct tandem_source *s)
{
	const uint64_t ns = (uint64_t)(s->latency_s * 1e9);
	const struct spa_latency_info info =
			SPA_LATENCY_INFO(SPA_DIRECTION_OUTPUT, .min_ns = ns, .max_ns = ns);
	uint8_t space[512];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(space, sizeof(space));
	const struct spa_pod *params[] = { spa_latency_build(&b, SPA_PARAM_Latency,
			&info) };

	if (!s->is_untold)
		pw_stream_update_params(s->stream, params, 1);
}

/* Until PipeWire 1.5.81, what the listeners' end says takes the place of what we said. */
static void on_param_changed(void *data, uint32_t id, const struct spa_pod *param)
{
	(void)param;
	if (id == SPA_PARAM_Latency)
		tell_latency(data);
}

static const struct pw_stream_events events = {
	PW_VERSION_STREAM_EVENTS,
	.process = on_process,
	.param_changed = on_param_changed,
	.io_changed = on_io_changed,
	.state_changed = on_state_changed,
};

static struct pw_properties *properties(const struct tandem_source *s, const char *name)
{
	struct pw_properties *const p = pw_properties_new(PW_KEY_MEDIA_CLASS,
			"Audio/Source", PW_KEY_NODE_NAME, name, PW_KEY_NODE_DESCRIPTION,
			"Simulated room", NULL);

	if (p != NULL && s->leads) /* as WirePlumber's of a sound card's source */
		pw_properties_set(p, PW_KEY_PRIORITY_DRIVER, "2009");
	return p;
}

static int lead(struct tandem_source *s, struct pw_core *core, double mic_ppm)
{
	struct pw_context *const context = pw_core_get_context(core);

	s->lead.stream = s->stream;
	s->lead.loop = pw_data_loop_get_loop(pw_context_get_data_loop(context));
	s->lead.speed = 1.0 + mic_ppm * 1e-6;
	return tandem_lead_init(&s->lead);
}

int tandem_source_init(struct tandem_source *s, struct pw_core *core, const char *name,
		double mic_ppm)
{
	uint8_t space[1024];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(space, sizeof(space));
	struct spa_audio_info_raw info =
			SPA_AUDIO_INFO_RAW_INIT(.format = SPA_AUDIO_FORMAT_F32,
					.rate = TANDEM_MIX_HZ, .channels = 1,
					.position = { SPA_AUDIO_CHANNEL_MONO });
	const struct spa_pod *params[] = { spa_format_audio_raw_build(&b,
			SPA_PARAM_EnumFormat, &info) };
	int res;

	s->frames_per_ns = TANDEM_MIX_HZ * (1.0 + mic_ppm * 1e-6) / 1e9;
	s->stream = pw_stream_new(core, name, properties(s, name));
	if (s->stream == NULL)
		return -errno;
	pw_stream_add_listener(s->stream, &s->listener, &events, s);
	res = pw_stream_connect(s->stream, PW_DIRECTION_OUTPUT, PW_ID_ANY,
			PW_STREAM_FLAG_MAP_BUFFERS | PW_STREAM_FLAG_RT_PROCESS |
					(s->leads ? PW_STREAM_FLAG_DRIVER : 0),
			params, 1);
	if (res == 0)
		tell_latency(s);
	return res == 0 && s->leads ? lead(s, core, mic_ppm) : res;
}

void tandem_source_finish(struct tandem_source *s)
{
	tandem_lead_finish(&s->lead);
	if (s->stream != NULL) {
		spa_hook_remove(&s->listener);
		pw_stream_destroy(s->stream);
	}
	s->stream = NULL;
}
