/* SPDX-License-Identifier: MIT
 *
 * music MUSIC NAMES SPEECH [SEED COUNT]
 *
 * Listening to what is played anyway for a minute, in rooms of SNR 20 dB: boxes that run
 * 80 ppm fast and 60 ppm slow, a microphone with a clock of its own. MUSIC, and NAMES said
 * by one box, the other one and both in turn: floats at 48 kHz, two channels in turn, more
 * than 60 s; SPEECH: the same, one channel. Music as it is, with somebody who speaks near
 * the microphone, and nearly mono; names, with somebody who speaks as loud. Each case has
 * its limits. Prints a row for each room; exits 1 when a limit does not hold.
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

struct sounds {
	struct sound music, names, speech;
};

static const struct kind {
	const char *name;
	bool names;       /* instead of music */
	double side;      /* of the difference of left and right, 1: as it is */
	double speech_db; /* against the boxes, at the microphone; NAN: nobody speaks */
	double least;     /* share of findings that hear both */
	double wrong;  /* of findings, each box for itself: wrong and believed, at most */
	double rms_us; /* at most, of the difference */
} kinds[] = {
	{ "music", false, 1.0, NAN, 0.8, 0.0, 40.0 },
	{ "with speech", false, 1.0, -6.0, 0.6, 0.0, 60.0 },
	{ "nearly mono", false, 0.02, NAN, 0.0, 0.0, 80.0 },
	{ "names", true, 1.0, NAN, 0.05, 0.005, 60.0 },
	{ "names, with speech", true, 1.0, 0.0, 0.05, 0.005, 60.0 },
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
static void cut(const struct sound *sound, const struct kind *kind, uint64_t seed,
		float left[FRAMES], float right[FRAMES])
{
	struct tandem_random random = tandem_random_init(seed, 2000);
	const uint32_t last = sound->frames / 2 - FRAMES;
	const uint32_t from = (uint32_t)tandem_random_uniform(&random, 0.0, last);

	for (uint32_t i = 0; i < FRAMES; i++) {
		const float *const x = sound->x + 2 * ((size_t)from + i);
		const float middle = (x[0] + x[1]) / 2.0f;
		const float side = (x[0] - x[1]) / 2.0f * (float)kind->side;

		left[i] = middle + side;
		right[i] = middle - side;
	}
}

struct figures {
	uint32_t alone, wrong; /* findings of one box, from the start */
	uint32_t n, both; /* findings after SETTLED_S, and those that hear both, right */
	double rms_us, worst_us, sigma_us;
};

/* Each box for itself, and the one against the other. */
static uint32_t count_wrong(const struct session_finding *x)
{
	uint32_t wrong = x->heard && tandem_session_is_wrong(x->error_us, x->sigma_us);

	for (uint32_t i = 0; i < SESSION_BOXES; i++) {
		wrong += x->verdict[i] == TANDEM_EAR_HEARD &&
			 tandem_session_is_wrong(x->alone_us[i], x->alone_sigma_us[i]);
	}
	return wrong;
}

static void add(struct figures *f, const struct session_finding *x)
{
	const uint32_t wrong = count_wrong(x);

	f->wrong += wrong;
	for (uint32_t i = 0; i < SESSION_BOXES; i++)
		f->alone += x->verdict[i] == TANDEM_EAR_HEARD;
	if (x->at_s < SETTLED_S)
		return;
	f->n++;
	if (!x->heard || wrong > 0)
		return;
	f->both++;
	f->rms_us += x->error_us * x->error_us;
	f->sigma_us += x->sigma_us * x->sigma_us;
	f->worst_us = fmax(f->worst_us, fabs(x->error_us));
}

static struct figures look(const struct session *s)
{
	struct figures f = { 0 };

	for (uint32_t k = 0; k < s->n; k++)
		add(&f, &s->of[k]);
	f.rms_us = sqrt(f.rms_us / fmax(1.0, f.both));
	f.sigma_us = sqrt(f.sigma_us / fmax(1.0, f.both));
	return f;
}

static struct figures listen(const struct sounds *sounds, const struct kind *kind,
		uint64_t seed)
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
	cut(kind->names ? &sounds->names : &sounds->music, kind, seed, left, right);
	if (isfinite(kind->speech_db)) {
		s.speech = sounds->speech.x;
		s.speech_frames = sounds->speech.frames;
		s.speech_db = kind->speech_db;
	}
	tandem_scene_record(&s);
	tandem_session_run(&session, &s, TANDEM_EAR_MUSIC_HOP_S, TANDEM_EAR_MUSIC_WINDOW_S);
	free(s.mic);
	return look(&session);
}

/* Of all rooms of a kind. Where too little is heard, that is no lie, but must be rare. */
struct sums {
	int rooms, refused, bad;
	uint32_t alone, wrong;
};

static void judge(const struct kind *kind, uint64_t seed, const struct figures *f,
		struct sums *sums)
{
	const bool enough = f->both >= kind->least * f->n;
	const bool good = f->rms_us <= kind->rms_us;

	printf("%s, seed %llu: heard both %u times in %u; off by %.1f us rms, "
	       "%.1f at most, sigma %.1f; of %u findings %u wrong and believed: %s\n",
			kind->name, (unsigned long long)seed, f->both, f->n, f->rms_us,
			f->worst_us, f->sigma_us, f->alone, f->wrong,
			!good    ? "BAD"
			: enough ? "good"
				 : "refused");
	sums->rooms++;
	sums->refused += !enough;
	sums->bad += !good;
	sums->alone += f->alone;
	sums->wrong += f->wrong;
}

static bool is_good(const struct kind *kind, const struct sums *sums)
{
	printf("%s: %d of %d rooms refused, %u of %u findings wrong and believed\n",
			kind->name, sums->refused, sums->rooms, sums->wrong, sums->alone);
	return sums->bad == 0 && sums->refused <= REFUSED * sums->rooms &&
	       sums->wrong <= kind->wrong * sums->alone;
}

static int run(const struct sounds *sounds, uint64_t seed, int rooms)
{
	int bad = 0;

	for (size_t k = 0; k < TANDEM_ARRAY_LEN(kinds); k++) {
		struct sums sums = { 0 };

		for (int i = 0; i < rooms; i++) {
			const struct figures f =
					listen(sounds, &kinds[k], seed + (uint64_t)i);

			judge(&kinds[k], seed + (uint64_t)i, &f, &sums);
		}
		bad += !is_good(&kinds[k], &sums);
	}
	return bad;
}

int main(int argc, char **argv)
{
	struct sounds s;
	int bad = 1;

	if (argc < 4) {
		fprintf(stderr, "music MUSIC NAMES SPEECH [SEED COUNT]\n");
		return 2;
	}
	s = (struct sounds){ load(argv[1]), load(argv[2]), load(argv[3]) };
	if (s.music.frames / 2 > FRAMES && s.names.frames / 2 > FRAMES &&
			s.speech.frames > 0) {
		bad = run(&s, argc > 5 ? strtoull(argv[4], NULL, 10) : FIRST_SEED,
				argc > 5 ? (int)strtol(argv[5], NULL, 10) : ROOMS);
	} else {
		fprintf(stderr, "music: %s, %s or %s cannot be read, or is too short\n",
				argv[1], argv[2], argv[3]);
	}
	free(s.music.x);
	free(s.names.x);
	free(s.speech.x);
	return bad > 0;
}
