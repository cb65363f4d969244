/* SPDX-License-Identifier: MIT
 *
 * music MUSIC SPEECH [SEED COUNT]
 *
 * Listening to the music itself for a minute, in rooms of SNR 20 dB: boxes that run 80 ppm
 * fast and 60 ppm slow, a microphone with a clock of its own. MUSIC: floats at 48 kHz, two
 * channels in turn, 60 s at least; SPEECH: the same, one channel. As it is, with somebody
 * who speaks near the microphone, and nearly mono: each case has its limits. Prints a row
 * for each room; exits 1 when a limit does not hold.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/random.h"
#include "tests/room/session.h"

#define RATE_HZ 48000
#define SECONDS 60
#define FRAMES (RATE_HZ * SECONDS)
#define SETTLED_S 8.0 /* the drift is learnt by then */
#define FIRST_SEED 30001
#define ROOMS 20    /* of each case */
#define REFUSED 0.1 /* of them at most; chosen: 1 of 8 was, under speech */

struct sound {
	float *x;
	uint32_t frames;
};

static const struct kind {
	const char *name;
	double side;      /* of the difference of left and right, 1: as it is */
	double speech_db; /* against the boxes, at the microphone; NAN: nobody speaks */
	double least;     /* share of findings that hear both */
	double rms_us;    /* at most, of the difference */
} kinds[] = {
	{ "music", 1.0, NAN, 0.8, 40.0 },
	{ "with speech", 1.0, -6.0, 0.6, 60.0 },
	{ "nearly mono", 0.02, NAN, 0.0, 80.0 },
};

/* Nothing when it cannot be read. */
static struct sound load(const char *path)
{
	struct sound s = { 0 };
	FILE *const file = fopen(path, "rb");
	struct stat stat;

	if (file == NULL)
		return s;
	if (fstat(fileno(file), &stat) == 0 && stat.st_size >= (off_t)sizeof(float)) {
		s.frames = (uint32_t)((size_t)stat.st_size / sizeof(float));
		s.x = malloc(s.frames * sizeof(float));
		if (s.x == NULL || fread(s.x, sizeof(float), s.frames, file) != s.frames)
			abort();
	}
	fclose(file);
	return s;
}

/* From anywhere in the music, as the seed will. */
static void cut(const struct sound *music, const struct kind *kind, uint64_t seed,
		float left[FRAMES], float right[FRAMES])
{
	struct tandem_random random = tandem_random_init(seed, 2000);
	const uint32_t last = music->frames / 2 - FRAMES;
	const uint32_t from = (uint32_t)tandem_random_uniform(&random, 0.0, last);

	for (uint32_t i = 0; i < FRAMES; i++) {
		const float *const x = music->x + 2 * ((size_t)from + i);
		const float middle = (x[0] + x[1]) / 2.0f;
		const float side = (x[0] - x[1]) / 2.0f * (float)kind->side;

		left[i] = middle + side;
		right[i] = middle - side;
	}
}

/* Of what came after SETTLED_S. */
struct figures {
	uint32_t n, heard, wrong;
	double rms_us, worst_us, sigma_us;
};

static struct figures look(const struct session *s)
{
	struct figures f = { 0 };

	for (uint32_t k = 0; k < s->n; k++) {
		const struct session_finding *const x = &s->of[k];

		if (x->heard)
			f.wrong += tandem_session_is_wrong(x->error_us, x->sigma_us);
		if (x->at_s < SETTLED_S)
			continue;
		f.n++;
		if (!x->heard)
			continue;
		f.heard++;
		f.rms_us += x->error_us * x->error_us;
		f.sigma_us += x->sigma_us * x->sigma_us;
		f.worst_us = fmax(f.worst_us, fabs(x->error_us));
	}
	f.rms_us = sqrt(f.rms_us / fmax(1.0, f.heard));
	f.sigma_us = sqrt(f.sigma_us / fmax(1.0, f.heard));
	return f;
}

static struct figures listen(const struct sound *music, const struct sound *speech,
		const struct kind *kind, uint64_t seed)
{
	static float left[FRAMES], right[FRAMES];
	static struct session session;
	struct scene s = { .rate_hz = RATE_HZ,
		.frames = FRAMES,
		.latency_s = { 0.15, 0.21 },
		.drift_ppm = { 80.0, -60.0 },
		.given = { left, right },
		.played = { left, right } };

	tandem_room_draw(&s.room, seed, SESSION_BOXES);
	s.room.snr_db = 20.0;
	cut(music, kind, seed, left, right);
	if (isfinite(kind->speech_db)) {
		s.speech = speech->x;
		s.speech_frames = speech->frames;
		s.speech_db = kind->speech_db;
	}
	tandem_scene_record(&s);
	tandem_session_run(&session, &s, TANDEM_EAR_MUSIC_HOP_S, TANDEM_EAR_MUSIC_WINDOW_S);
	free(s.mic);
	return look(&session);
}

/* Adds to *refused when too little is heard: that is no lie, but must be rare. */
static bool judge(const struct kind *kind, uint64_t seed, const struct figures *f,
		int *refused)
{
	const bool enough = f->heard >= kind->least * f->n;
	const bool good = f->wrong == 0 && f->rms_us <= kind->rms_us;

	printf("%s, seed %llu: heard %u of %u; off by %.1f us rms, %.1f at most, "
	       "sigma %.1f; %u wrong and believed: %s\n",
			kind->name, (unsigned long long)seed, f->heard, f->n, f->rms_us,
			f->worst_us, f->sigma_us, f->wrong,
			!good    ? "BAD"
			: enough ? "good"
				 : "refused");
	*refused += !enough;
	return good;
}

static int run(const struct sound *music, const struct sound *speech, uint64_t seed,
		int rooms)
{
	int bad = 0;

	for (size_t k = 0; k < TANDEM_ARRAY_LEN(kinds); k++) {
		int refused = 0;

		for (int i = 0; i < rooms; i++) {
			const struct figures f = listen(music, speech, &kinds[k],
					seed + (uint64_t)i);

			bad += !judge(&kinds[k], seed + (uint64_t)i, &f, &refused);
		}
		printf("%s: %d of %d rooms refused\n", kinds[k].name, refused, rooms);
		bad += refused > REFUSED * rooms;
	}
	return bad;
}

int main(int argc, char **argv)
{
	struct sound music, speech;
	int bad = 0;

	if (argc < 3) {
		fprintf(stderr, "music MUSIC SPEECH [SEED COUNT]\n");
		return 2;
	}
	music = load(argv[1]);
	speech = load(argv[2]);
	if (music.frames / 2 > FRAMES && speech.frames > 0) {
		bad = run(&music, &speech,
				argc > 4 ? strtoull(argv[3], NULL, 10) : FIRST_SEED,
				argc > 4 ? (int)strtol(argv[4], NULL, 10) : ROOMS);
	} else {
		fprintf(stderr, "music: %s or %s cannot be read, or is too short\n",
				argv[1], argv[2]);
		bad = 1;
	}
	free(music.x);
	free(speech.x);
	return bad > 0;
}
