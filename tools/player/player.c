/* SPDX-License-Identifier: MIT
 *
 * tandem-player: plays a file on a sink and writes down when each cycle of the graph took
 * which of its frames, so that recordings of the speakers can be compared with it.
 *
 *   tandem-player --target SINK --channels N --rate HZ [--log CSV]
 *                 [--latency FRAMES/HZ] FILE
 *
 * FILE is raw 32-bit float, interleaved, little endian. Silence is played from the start;
 * prints `ready` once the graph runs it. The line `go` on stdin starts the file; prints
 * `playing NS` with the CLOCK_MONOTONIC time of the cycle that took the first frame, and
 * `done` when the last one is taken; then silence again. Ends with stdin, and writes the
 * log: nsec,woke_ns,frame,quantum per cycle, nsec being the graph clock's time of the
 * cycle, woke_ns when it reached us, frame the first of the file that it took, -1 while
 * silent.
 *
 * The data loop only copies and counts: the log is preallocated, and main does the talking.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <pipewire/pipewire.h>
#include <spa/node/io.h>
#include <spa/param/audio/format-utils.h>
#include <spa/utils/result.h>

#define MAX_CYCLES (1u << 20) /* six hours at quantum 1024; the log ends there */

struct cycle {
	int64_t nsec; /* of the graph's clock */
	int64_t woke_ns;
	int64_t frame;
	uint32_t quantum;
};

struct player {
	/* constant once the stream runs */
	struct pw_main_loop *loop;
	struct pw_stream *stream;
	const float *sound;
	int64_t total_frames;
	uint32_t channels;
	uint32_t rate_hz;
	const char *log_path;

	/* data loop */
	const struct spa_io_position *position;
	int64_t next_frame; /* of the file */
	struct cycle *cycles;

	/* written by the data loop, read by main */
	atomic_uint n_cycles;
	atomic_llong began_ns; /* 0 before */
	atomic_bool done;
	/* written by main, read by the data loop */
	atomic_bool go;

	/* main */
	bool said_ready, said_playing, said_done;
};

static void say_what_is_new(struct player *p)
{
	const long long began_ns = atomic_load(&p->began_ns);

	if (!p->said_ready && atomic_load(&p->n_cycles) > 0) {
		p->said_ready = true;
		puts("ready");
	}
	if (!p->said_playing && began_ns != 0) {
		p->said_playing = true;
		printf("playing %lld\n", began_ns);
	}
	if (!p->said_done && atomic_load(&p->done)) {
		p->said_done = true;
		puts("done");
	}
	fflush(stdout);
}

static int on_news(struct spa_loop *loop, bool async, uint32_t seq, const void *data,
		size_t size, void *user_data)
{
	(void)loop, (void)async, (void)seq, (void)data, (void)size;
	say_what_is_new(user_data);
	return 0;
}

/* Copies what is due into out; returns the file's frame that stands first, or -1. */
static int64_t fill(struct player *p, float *out, uint32_t frames)
{
	const int64_t left = p->total_frames - p->next_frame;
	const uint32_t n = (uint32_t)SPA_MIN((int64_t)frames, left);
	const int64_t first = p->next_frame;

	if (!atomic_load(&p->go) || n == 0) {
		memset(out, 0, (size_t)frames * p->channels * sizeof(*out));
		return -1;
	}
	memcpy(out, p->sound + first * p->channels, (size_t)n * p->channels * sizeof(*out));
	memset(out + (size_t)n * p->channels, 0,
			(size_t)(frames - n) * p->channels * sizeof(*out));
	p->next_frame += n;
	return first;
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static void note(struct player *p, int64_t first, uint32_t frames)
{
	const unsigned k = atomic_load(&p->n_cycles);
	const int64_t nsec = p->position != NULL ? (int64_t)p->position->clock.nsec : 0;

	if (first == 0) {
		atomic_store(&p->began_ns, nsec);
	}
	if (first >= 0 && p->next_frame == p->total_frames) {
		atomic_store(&p->done, true);
	}
	if (k < MAX_CYCLES) {
		p->cycles[k] = (struct cycle){ nsec, now_ns(), first, frames };
		atomic_store(&p->n_cycles, k + 1);
	}
	if (k == 0 || first == 0 || (first >= 0 && p->next_frame == p->total_frames)) {
		pw_loop_invoke(pw_main_loop_get_loop(p->loop), on_news, 0, NULL, 0, false,
				p);
	}
}

static void on_process(void *data)
{
	struct player *p = data;
	struct pw_buffer *b = pw_stream_dequeue_buffer(p->stream);
	const uint32_t frame_bytes = p->channels * (uint32_t)sizeof(float);

	if (b == NULL) {
		return;
	}
	struct spa_data *d = &b->buffer->datas[0];
	uint32_t frames = d->maxsize / frame_bytes;

	if (b->requested > 0) {
		frames = SPA_MIN(frames, (uint32_t)b->requested);
	}
	note(p, fill(p, d->data, frames), frames);
	d->chunk->offset = 0;
	d->chunk->stride = (int32_t)frame_bytes;
	d->chunk->size = frames * frame_bytes;
	pw_stream_queue_buffer(p->stream, b);
}

static void on_io_changed(void *data, uint32_t id, void *area, uint32_t size)
{
	struct player *p = data;

	(void)size;
	if (id == SPA_IO_Position) {
		p->position = area;
	}
}

static void on_state_changed(void *data, enum pw_stream_state old,
		enum pw_stream_state state, const char *error)
{
	struct player *p = data;

	(void)old;
	if (state == PW_STREAM_STATE_ERROR) {
		fprintf(stderr, "tandem-player: %s\n", error);
		pw_main_loop_quit(p->loop);
	}
}

static const struct pw_stream_events stream_events = {
	PW_VERSION_STREAM_EVENTS,
	.process = on_process,
	.io_changed = on_io_changed,
	.state_changed = on_state_changed,
};

static void on_stdin(void *data, int fd, uint32_t mask)
{
	struct player *p = data;
	char text[64];
	const ssize_t n = read(fd, text, sizeof(text) - 1);

	(void)mask;
	if (n <= 0) {
		pw_main_loop_quit(p->loop);
		return;
	}
	text[n] = '\0';
	if (strstr(text, "go") != NULL) {
		atomic_store(&p->go, true);
	}
}

static void on_signal(void *data, int signal_number)
{
	struct player *p = data;

	(void)signal_number;
	pw_main_loop_quit(p->loop);
}

static int map_file(struct player *p, const char *path)
{
	struct stat st;
	const int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0) {
		return -errno;
	}
	p->total_frames = st.st_size / (off_t)(p->channels * sizeof(float));
	if (p->total_frames == 0) {
		close(fd);
		return -ENODATA;
	}
	void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd,
			0);

	close(fd);
	if (at == MAP_FAILED) {
		return -errno;
	}
	p->sound = at;
	return 0;
}

static int connect_stream(struct player *p, const char *target, const char *latency)
{
	uint8_t space[1024];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(space, sizeof(space));
	struct spa_audio_info_raw info =
			SPA_AUDIO_INFO_RAW_INIT(.format = SPA_AUDIO_FORMAT_F32,
					.rate = p->rate_hz, .channels = p->channels);
	const struct spa_pod *params[1];
	struct pw_properties *props = pw_properties_new(PW_KEY_MEDIA_TYPE, "Audio",
			PW_KEY_MEDIA_CATEGORY, "Playback", PW_KEY_MEDIA_ROLE, "Music",
			PW_KEY_NODE_NAME, "tandem-player", PW_KEY_NODE_LATENCY, latency,
			NULL);

	if (target != NULL) {
		pw_properties_set(props, "target.object", target);
	}
	if (p->channels == 2) {
		info.position[0] = SPA_AUDIO_CHANNEL_FL;
		info.position[1] = SPA_AUDIO_CHANNEL_FR;
	} else {
		info.position[0] = SPA_AUDIO_CHANNEL_MONO;
	}
	p->stream = pw_stream_new_simple(pw_main_loop_get_loop(p->loop), "Tandem demo",
			props, &stream_events, p);
	if (p->stream == NULL) {
		return -errno;
	}
	params[0] = spa_format_audio_raw_build(&b, SPA_PARAM_EnumFormat, &info);
	return pw_stream_connect(p->stream, PW_DIRECTION_OUTPUT, PW_ID_ANY,
			PW_STREAM_FLAG_AUTOCONNECT | PW_STREAM_FLAG_MAP_BUFFERS |
					PW_STREAM_FLAG_RT_PROCESS,
			params, 1);
}

static int write_log(const struct player *p)
{
	FILE *f = fopen(p->log_path, "we");

	if (f == NULL) {
		return -errno;
	}
	fputs("nsec,woke_ns,frame,quantum\n", f);
	for (unsigned k = 0; k < atomic_load(&p->n_cycles); k++) {
		const struct cycle *c = &p->cycles[k];

		fprintf(f, "%" PRIi64 ",%" PRIi64 ",%" PRIi64 ",%u\n", c->nsec, c->woke_ns,
				c->frame, c->quantum);
	}
	return fclose(f) == 0 ? 0 : -errno;
}

static int run(struct player *p, const char *target, const char *latency)
{
	struct pw_loop *loop;
	int res;

	p->cycles = calloc(MAX_CYCLES, sizeof(*p->cycles));
	p->loop = pw_main_loop_new(NULL);
	if (p->cycles == NULL || p->loop == NULL) {
		return -ENOMEM;
	}
	loop = pw_main_loop_get_loop(p->loop);
	pw_loop_add_signal(loop, SIGTERM, on_signal, p);
	pw_loop_add_signal(loop, SIGINT, on_signal, p);
	pw_loop_add_io(loop, STDIN_FILENO, SPA_IO_IN | SPA_IO_HUP, false, on_stdin, p);
	res = connect_stream(p, target, latency);
	if (res < 0) {
		return res;
	}
	pw_main_loop_run(p->loop);
	pw_stream_destroy(p->stream);
	return p->log_path != NULL ? write_log(p) : 0;
}

static const struct option options[] = {
	{ "target", required_argument, NULL, 't' },
	{ "channels", required_argument, NULL, 'c' },
	{ "rate", required_argument, NULL, 'r' },
	{ "log", required_argument, NULL, 'l' },
	{ "latency", required_argument, NULL, 'L' },
	{ NULL, 0, NULL, 0 },
};

int main(int argc, char *argv[])
{
	struct player p = { .channels = 2, .rate_hz = 48000 };
	const char *target = NULL, *latency = "1024/48000";
	int c, res;

	pw_init(&argc, &argv);
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread so far */
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 't':
			target = optarg;
			break;
		case 'c':
			p.channels = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'r':
			p.rate_hz = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'l':
			p.log_path = optarg;
			break;
		case 'L':
			latency = optarg;
			break;
		default:
			return 2;
		}
	}
	if (optind + 1 != argc || p.rate_hz == 0 || p.channels < 1 || p.channels > 2) {
		fprintf(stderr, "usage: tandem-player [--target SINK] [--channels 1|2] "
				"[--rate HZ] [--log CSV] [--latency FRAMES/HZ] FILE\n");
		return 2;
	}
	res = map_file(&p, argv[optind]);
	if (res == 0) {
		res = run(&p, target, latency);
	}
	if (res < 0) {
		fprintf(stderr, "tandem-player: %s\n", spa_strerror(res));
	}
	free(p.cycles);
	pw_deinit();
	return res < 0 ? 1 : 0;
}
