/* SPDX-License-Identifier: MIT */
#include "speaker.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL_PERIOD_S 0.1

double tandem_speaker_time_s(const struct tandem_speaker *s, int64_t at_ns)
{
	return (double)(at_ns - s->t0_ns) / TANDEM_NS_PER_S;
}

static void forget(struct tandem_speaker *s, uint32_t frames)
{
	s->samples_len -= frames;
	memmove(s->samples, s->samples + frames, s->samples_len * sizeof(float));
}

static void play(void *data, uint32_t frames, double from_s, double to_s)
{
	struct tandem_speaker *const s = data;

	if (s->wav != NULL)
		tandem_host_wav_play(s->wav, s->samples, frames, from_s, to_s);
	forget(s, frames);
}

static void drop(void *data, uint32_t frames)
{
	forget(data, frames);
}

static void happened(void *data, double at_s, enum tandem_box_event event, double value)
{
	struct tandem_speaker *const s = data;

	tandem_record_event(&s->record, at_s, event, value);
}

static const struct tandem_box_ops box_ops = { play, drop, happened };

int tandem_speaker_init(struct tandem_speaker *s, const struct tandem_box_config *config,
		int64_t t0_ns, const char *wav_path, bool lean, const char *csv_path)
{
	*s = (struct tandem_speaker){ .t0_ns = t0_ns, .level_at_s = NAN };
	tandem_box_init(&s->box, config, &box_ops, s);

	int err = tandem_record_init(&s->record, csv_path);
	if (err == 0 && wav_path != NULL)
		err = tandem_host_wav_new(&s->wav, wav_path, lean);
	if (err < 0)
		tandem_speaker_finish(s);
	return err;
}

int tandem_speaker_start(struct tandem_speaker *s, bool ldac)
{
	s->streaming = false; /* until its rate is known */
	tandem_record_stream(&s->record);
	return tandem_decode_reset(&s->decode, ldac);
}

void tandem_speaker_stop(struct tandem_speaker *s, int64_t now_ns)
{
	if (!s->streaming)
		return;
	tandem_box_close(&s->box, tandem_speaker_time_s(s, now_ns));
	s->streaming = false;
}

static bool make_room(struct tandem_speaker *s, size_t frames)
{
	const size_t need = s->samples_len + frames;

	if (need <= s->samples_size)
		return true;

	float *const more = realloc(s->samples, 2 * need * sizeof(float));
	if (more == NULL)
		return false;
	s->samples = more;
	s->samples_size = 2 * need;
	return true;
}

/* One box, one driver: the mean of the channels. */
static void keep(struct tandem_speaker *s, const struct tandem_decoded *p,
		struct tandem_box_taken taken)
{
	memset(s->samples + s->samples_len, 0, taken.silence_frames * sizeof(float));
	s->samples_len += taken.silence_frames;
	for (uint32_t i = 0; i < taken.frames; i++) {
		float sum = 0.0f;

		for (uint32_t c = 0; c < p->channels; c++)
			sum += p->planes[c][i];
		s->samples[s->samples_len++] = sum / (float)p->channels;
	}
}

void tandem_speaker_packet(struct tandem_speaker *s, const uint8_t *packet, size_t bytes,
		int64_t at_ns, bool stamped)
{
	struct tandem_decoded *const p = &s->packet;
	const double at_s = tandem_speaker_time_s(s, at_ns);

	if (tandem_decode_run(&s->decode, packet, bytes, p) < 0 ||
			!make_room(s, (size_t)p->lost_frames + p->frames)) {
		s->record.bad++;
		return;
	}
	if (!s->streaming)
		tandem_box_open(&s->box, p->rate_hz);
	s->streaming = true;
	s->record.unstamped += !stamped;
	tandem_record_arrival(&s->record, at_s, bytes, p);
	keep(s, p, tandem_box_arrive(&s->box, at_s, p->lost_frames, p->frames));
	if (s->box.state == TANDEM_BOX_PLAYING)
		tandem_record_latency(&s->record, tandem_box_latency_s(&s->box));
}

void tandem_speaker_run(struct tandem_speaker *s, int64_t now_ns)
{
	const double now_s = tandem_speaker_time_s(s, now_ns);

	if (isnan(s->level_at_s))
		s->level_at_s = now_s;
	for (; s->level_at_s <= now_s; s->level_at_s += LEVEL_PERIOD_S) {
		tandem_box_run(&s->box, s->level_at_s);
		if (s->streaming)
			tandem_record_level(&s->record, s->level_at_s, &s->box);
	}
	tandem_box_run(&s->box, now_s);
	if (s->wav != NULL)
		tandem_host_wav_flush(s->wav, now_s);
}

int tandem_speaker_close(struct tandem_speaker *s, int64_t end_ns)
{
	const double end_s = fmax(0.0, tandem_speaker_time_s(s, end_ns));
	struct tandem_host_wav *const wav = s->wav;

	tandem_speaker_run(s, end_ns);
	tandem_speaker_stop(s, end_ns);
	s->wav = NULL;
	return tandem_host_wav_close(wav, end_s);
}

void tandem_speaker_finish(struct tandem_speaker *s)
{
	if (s->wav != NULL && tandem_host_wav_close(s->wav, 0.0) < 0)
		s->record.bad++;
	tandem_decode_finish(&s->decode);
	tandem_record_finish(&s->record);
	free(s->samples);
	*s = (struct tandem_speaker){ 0 };
}

double tandem_speaker_latency_s(const struct tandem_speaker *s)
{
	if (s->box.state == TANDEM_BOX_PLAYING)
		return tandem_box_latency_s(&s->box);
	return s->box.config.delay_s;
}
