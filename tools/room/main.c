/* SPDX-License-Identifier: MIT
 *
 * tandem-room: a simulated room with a microphone in it, live. Tails the recordings of
 * tandem-speaker while they grow, and is a source of PipeWire that hears them at the seat.
 *
 *   tandem-room --box left.wav --box right.wav --t0-ns NS [--room SEED] [--rt60 S]
 *           [--snr DB] [--distance M,M] [--gain DB,DB] [--inverted 0,1] [--mic-ppm P]
 *           [--speech RAW] [--speech-db DB] [--latency MS] [--lead] [--untold]
 *           [--name NAME]
 *
 * t0-ns: what the boxes were told, the CLOCK_MONOTONIC time of their frame 0. Without a
 * seed it is a living room of RT60 0.4 s and SNR 20 dB with the boxes at 1.6 and 2.3 m;
 * what is told beside a seed changes the room that it draws (room.h). RAW: 48 kHz, one
 * channel of 32-bit float, played in a loop, DB above what the boxes sound like. mic-ppm
 * > 0: the microphone's clock runs fast. --latency: its own, 250 ms by default, because
 * the recordings are up to 165 ms behind (100 ms of tandem-speaker's for late packets, 20
 * to the next look, 45 for the resampler), and a cycle and a block wait for their end.
 * It says so, as a sound card's does; --untold: it says nothing of it. --lead: the graph
 * may choose it as its driver, as it does with a sound card's (lead.h).
 *
 * Prints the room as a line of JSON, and at the end how many frames of sound came too late
 * to be heard. It ends on SIGTERM: that is a microphone which is pulled out.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spa/utils/result.h>

#include "options.h"
#include "source.h"
#include "tail.h"

struct program {
	struct tandem_room_options options;
	struct tandem_tail tail[TANDEM_MAX_SPEAKERS];
	struct tandem_source source;
	struct pw_main_loop *loop;
	struct pw_context *context;
	struct pw_core *core;
	const float *speech;
	int64_t speech_frames;
	int res;
};

static void read_box(void *data, uint32_t box, int64_t first,
		float out[TANDEM_CONVOLVE_BLOCK])
{
	struct program *const p = data;

	tandem_tail_read(&p->tail[box], first, out, TANDEM_CONVOLVE_BLOCK);
}

static void on_ended(void *data, const char *why)
{
	struct program *const p = data;

	fprintf(stderr, "tandem-room: %s\n", why);
	p->res = -EPIPE;
	pw_main_loop_quit(p->loop);
}

static void on_signal(void *data, int signal_number)
{
	struct program *const p = data;

	(void)signal_number;
	pw_main_loop_quit(p->loop);
}

static int map_speech(struct program *p, const char *path)
{
	struct stat st;
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *at = MAP_FAILED;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && st.st_size >= (off_t)sizeof(float)) {
		at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE,
				fd, 0);
	}
	close(fd);
	if (at == MAP_FAILED)
		return -ENODATA;
	p->speech = at;
	p->speech_frames = st.st_size / (off_t)sizeof(float);
	return 0;
}

static int furnish(struct program *p)
{
	const struct tandem_room_options *const o = &p->options;
	int res = o->speech != NULL ? map_speech(p, o->speech) : 0;

	for (uint32_t i = 0; i < o->room.n_speakers && res == 0; i++)
		res = tandem_tail_init(&p->tail[i], o->box[i]);
	if (res < 0)
		return res;

	const struct tandem_mix_config config = { .room = o->room,
		.read = read_box,
		.data = p,
		.speech = p->speech,
		.speech_frames = p->speech_frames,
		.speech_db = o->speech_db };
	return tandem_mix_new(&p->source.mix, &config);
}

static int connect_source(struct program *p)
{
	struct pw_loop *loop;

	p->loop = pw_main_loop_new(NULL);
	if (p->loop == NULL)
		return -errno;
	loop = pw_main_loop_get_loop(p->loop);
	pw_loop_add_signal(loop, SIGTERM, on_signal, p);
	pw_loop_add_signal(loop, SIGINT, on_signal, p);
	/* its data loop has a real-time priority, then */
	p->context = pw_context_new(loop,
			pw_properties_new(PW_KEY_CONFIG_NAME, "client-rt.conf", NULL), 0);
	p->core = p->context != NULL ? pw_context_connect(p->context, NULL, 0) : NULL;
	if (p->core == NULL)
		return -errno;
	p->source.t0_ns = p->options.t0_ns;
	p->source.latency_s = p->options.latency_s;
	p->source.leads = p->options.leads;
	p->source.is_untold = p->options.is_untold;
	p->source.ended = on_ended;
	p->source.data = p;
	return tandem_source_init(&p->source, p->core, p->options.name,
			p->options.room.mic_ppm);
}

static void finish(struct program *p)
{
	tandem_source_finish(&p->source);
	if (p->context != NULL)
		pw_context_destroy(p->context);
	if (p->loop != NULL)
		pw_main_loop_destroy(p->loop);
	for (uint32_t i = 0; i < p->options.room.n_speakers; i++) {
		if (p->source.mix != NULL) {
			printf("late %s %llu\n", p->options.box[i],
					(unsigned long long)p->tail[i].late_frames);
		}
		tandem_tail_finish(&p->tail[i]);
	}
	tandem_mix_free(p->source.mix);
}

int main(int argc, char *argv[])
{
	static struct program p;

	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++)
		p.tail[i].fd = -1;
	pw_init(&argc, &argv);
	if (!tandem_room_options_parse(&p.options, argc, argv))
		return 2;
	p.res = furnish(&p);
	if (p.res == 0)
		p.res = connect_source(&p);
	if (p.res == 0) {
		tandem_room_options_tell(&p.options);
		pw_main_loop_run(p.loop);
	}
	if (p.res < 0)
		fprintf(stderr, "tandem-room: %s\n", spa_strerror(p.res));
	finish(&p);
	pw_deinit();
	return p.res < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
