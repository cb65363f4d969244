/* SPDX-License-Identifier: MIT
 *
 * The simulated BlueZ and the measured speaker against each other: two boxes get clicks,
 * evenly sent; their recordings must hold each click at the instant it was sent plus the
 * delay that was asked for. The free box has no loop, so its clicks are known to the
 * microsecond whatever the host does. The other one follows the sender's average, so a
 * stall of the host moves some of its clicks: its median counts (its loop is proved in
 * virtual time, tests/unit/test-speaker-model.c).
 */
#include <check.h>
#include <math.h>
#include <sbc/sbc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "source-client.h"
#include "spa/base/units.h"
#include "stage.h"
#include "suite.h"

#define RATE_HZ 44100
#define SECONDS 10
#define BLOCK_FRAMES 128
#define CODEC_FRAMES 73    /* both filter banks of SBC, facts on Bluetooth 2.2 */
#define CLICK_PERIOD 22050 /* frames: half a second */
#define CLICK_FRAMES 96    /* 2 ms of 3 kHz under a Hann window */
#define PACKETS_PER_S (RATE_HZ / (5.0 * BLOCK_FRAMES)) /* bitpool 53 in 672 bytes */
#define MAX_PACKETS 700
#define CLICKS (2 * SECONDS - 1)
#define SETTLED_S 2.0
#define LIMIT_S 0.2e-3
#define OUT_HZ 48000

static const uint8_t joint_44[4] = { 0x21, 0x15, 2, 53 };

struct box {
	const char *adapter, *device, *type, *delay, *drift, *reports;
	double drift_ppm; /* of what is heard: a loop takes it away */
	double delay_s;
	uint16_t report; /* 0.1 ms */
	uint16_t noise;  /* of the report, at most */
	int reported;    /* times, at least */
	char *wav;
	GSubprocess *process;
	int fd;
};

static struct box boxes[] = {
	{ "hci1", "/org/bluez/hci0/dev_00_AA_01_01_00_01", "t1", "120", "40", "static", 0.0,
			0.120, 1250, 0, 1, NULL, NULL, -1 },
	{ "hci2", "/org/bluez/hci0/dev_00_AA_01_02_00_02", "t2", "180", "-40", "dynamic",
			-40.0, 0.180, 1850, 60, 3, NULL, NULL, -1 },
};

static double click(double at_s)
{
	const double length_s = (double)CLICK_FRAMES / RATE_HZ;

	if (at_s < 0.0 || at_s >= length_s)
		return 0.0;
	return 0.5 * sin(2.0 * M_PI * 3000.0 * at_s) *
	       (0.5 - 0.5 * cos(2.0 * M_PI * at_s / length_s));
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * TANDEM_NS_PER_S + t.tv_nsec;
}

static void start_box(const struct tandem_stage *stage, struct box *b, int64_t t0_ns)
{
	g_autofree char *name = g_strdup_printf("%s.wav", b->adapter);
	g_autofree char *t0 = g_strdup_printf("%" G_GINT64_FORMAT, t0_ns);

	b->wav = tandem_stage_path(stage, name);
	const char *const argv[] = { g_getenv("TANDEM_SPEAKER"), "--adapter", b->adapter,
		"--wav", b->wav, "--t0-ns", t0, "--type", b->type, "--delay", b->delay,
		"--drift", b->drift, "--bias", "5", "--reports", b->reports, NULL };
	b->process = tandem_stage_spawn(argv);
}

static void connect_box(struct tandem_source *s, uint32_t slot)
{
	struct box *const b = &boxes[slot];
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply = tandem_source_call(s, b->device, "org.bluez.Device1",
			"ConnectProfile",
			g_variant_new("(s)", "0000110b-0000-1000-8000-00805f9b34fb"),
			&error);
	uint16_t mtu = 0;

	ck_assert_msg(reply != NULL, "%s", error != NULL ? error->message : "");
	ck_assert_ptr_nonnull(s->slots[slot].transport);
	b->fd = tandem_source_acquire(s, slot, &mtu);
	ck_assert_int_ge(b->fd, 0);
	ck_assert_uint_eq(mtu, 672);
}

/* One packet: as many SBC frames as fit 672 bytes. */
static size_t make_packet(sbc_t *sbc, uint8_t *packet, size_t blocks, uint32_t index)
{
	const uint32_t ts = (uint32_t)(index * blocks * BLOCK_FRAMES);
	size_t bytes = 13;

	memset(packet, 0, bytes);
	packet[0] = 0x80;
	packet[1] = 0x60;
	packet[2] = (uint8_t)(index >> 8);
	packet[3] = (uint8_t)index;
	for (int i = 0; i < 4; i++)
		packet[4 + i] = (uint8_t)(ts >> (24 - 8 * i));
	packet[12] = (uint8_t)blocks;
	for (size_t b = 0; b < blocks; b++) {
		int16_t in[2 * BLOCK_FRAMES];
		ssize_t made = 0;

		for (size_t i = 0; i < BLOCK_FRAMES; i++) {
			const size_t at = (ts + b * BLOCK_FRAMES + i) % CLICK_PERIOD;

			in[2 * i] = (int16_t)lrint(32767.0 * click((double)at / RATE_HZ));
			in[2 * i + 1] = in[2 * i];
		}
		sbc_encode(sbc, in, sizeof(in), packet + bytes, 672 - bytes, &made);
		bytes += (size_t)made;
	}
	return bytes;
}

/* How late each packet left: the host's timer is no part of what is tested. */
static double late_s[TANDEM_ARRAY_LEN(boxes)][MAX_PACKETS];

/* Sends packet k at start + k periods to all boxes; returns start. */
static int64_t send_evenly(void)
{
	uint8_t packet[672];
	sbc_t sbc;

	ck_assert_int_eq(sbc_init_a2dp(&sbc, 0, joint_44, sizeof(joint_44)), 0);
	sbc.endian = SBC_LE;
	sbc.bitpool = joint_44[3];

	const size_t blocks = (672 - 13) / sbc_get_frame_length(&sbc);
	const int64_t start_ns = now_ns() + 50 * TANDEM_NS_PER_MS;
	const uint32_t packets = (uint32_t)(SECONDS * RATE_HZ / (blocks * BLOCK_FRAMES));
	for (uint32_t k = 0; k < packets; k++) {
		const int64_t due_ns = start_ns + (int64_t)(k * blocks * BLOCK_FRAMES) *
								  TANDEM_NS_PER_S / RATE_HZ;
		const struct timespec due = { due_ns / TANDEM_NS_PER_S,
			due_ns % TANDEM_NS_PER_S };
		const size_t bytes = make_packet(&sbc, packet, blocks, k);

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
		for (size_t i = 0; i < TANDEM_ARRAY_LEN(boxes); i++) {
			late_s[i][k] = (double)(now_ns() - due_ns) / TANDEM_NS_PER_S;
			ck_assert_int_eq(send(boxes[i].fd, packet, bytes, MSG_NOSIGNAL),
					bytes);
		}
		while (g_main_context_iteration(NULL, FALSE))
			;
	}
	sbc_finish(&sbc);
	return start_ns;
}

/* What the box's start and loop make of the sender's own lateness: a loop sees the mean of
 * some seconds, a free one starts with its first packet and keeps it. */
static double sent_late_s(const struct box *b, double media_s)
{
	const int last = (int)fmin(MAX_PACKETS - 1, media_s * PACKETS_PER_S);
	const int first = (int)fmax(0.0, last - 2.0 * PACKETS_PER_S);
	double sum = 0.0;

	if (b->drift_ppm != 0.0)
		return late_s[b - boxes][0];
	for (int k = first; k <= last; k++)
		sum += late_s[b - boxes][k];
	return sum / (last - first + 1);
}

static float *read_wav(const char *path, size_t *ret_frames)
{
	g_autofree char *bytes = NULL;
	gsize length = 0;

	ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
	ck_assert_uint_gt(length, 44);
	*ret_frames = (length - 44) / 4;

	float *const out = g_new(float, *ret_frames);
	for (size_t i = 0; i < *ret_frames; i++) {
		int32_t v = 0;

		memcpy(&v, bytes + 44 + 4 * i, 4);
		out[i] = (float)v / 2147483648.0f;
	}
	return out;
}

/* Correlation of the recording with a click that starts at_s. */
static double match(const float *wav, size_t frames, double at_s)
{
	const long first = (long)floor(at_s * OUT_HZ);
	double sum = 0.0;

	for (long i = first; i < first + 200; i++) {
		if (i >= 0 && (size_t)i < frames)
			sum += (double)wav[i] * click((double)i / OUT_HZ - at_s);
	}
	return sum;
}

/* Lateness of the click expected at_s, searched +-8 ms in steps of 2 us. */
static double lateness(const float *wav, size_t frames, double at_s)
{
	double best_s = NAN;
	double best = 0.01; /* a click there matches with 8 */

	for (int i = -4000; i <= 4000; i++) {
		const double off_s = i * 2e-6;
		const double m = match(wav, frames, at_s + off_s);

		if (m > best) {
			best = m;
			best_s = off_s;
		}
	}
	return best_s;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void check_box(struct box *b, int64_t t0_ns, int64_t start_ns)
{
	size_t frames = 0;
	g_autofree float *wav = read_wav(b->wav, &frames);
	const double first_s = (double)(start_ns - t0_ns) / TANDEM_NS_PER_S + b->delay_s;
	double off_s[CLICKS];
	size_t n = 0;

	for (int k = 0; k < CLICKS; k++) {
		const double media_s = (double)(k * CLICK_PERIOD + CODEC_FRAMES) / RATE_HZ;
		const double at_s = first_s + media_s * (1.0 - b->drift_ppm * 1e-6);
		const double off = lateness(wav, frames, at_s) - sent_late_s(b, media_s);

		printf("%s click %2d late %+7.1f us\n", b->adapter, k, off * 1e6);
		ck_assert_msg(!isnan(off), "no click at %.3f s", at_s);
		if (media_s >= SETTLED_S)
			off_s[n++] = fabs(off);
	}
	qsort(off_s, n, sizeof(off_s[0]), by_value);
	ck_assert_double_lt(off_s[b->drift_ppm != 0.0 ? n - 1 : n / 2], LIMIT_S);
	g_free(b->wav);
}

static void check_report(struct tandem_source *s, uint32_t slot)
{
	g_autoptr(GVariant) delay = tandem_source_property(s, slot, "Delay");

	ck_assert_ptr_nonnull(delay);
	ck_assert_int_le(abs(g_variant_get_uint16(delay) - boxes[slot].report),
			boxes[slot].noise);
}

static void check_summary(struct box *b)
{
	g_autofree char *summary = tandem_stage_end(b->process);

	fputs(summary, stdout);
	ck_assert_ptr_nonnull(strstr(summary, "\"underruns\": 0"));
	ck_assert_ptr_nonnull(strstr(summary, "\"unstamped\": 0"));

	const char *const reports = strstr(summary, "\"reports\": ");
	ck_assert_ptr_nonnull(reports);
	ck_assert_int_ge(strtol(reports + strlen("\"reports\": "), NULL, 10), b->reported);
}

START_TEST(clicks_are_heard_when_asked)
{
	const char *const bluez[] = { g_getenv("TANDEM_BLUEZ_SIM"), NULL };
	const int64_t t0_ns = now_ns();
	struct tandem_stage stage;
	struct tandem_source source;

	tandem_stage_start(&stage, bluez);
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(boxes); i++)
		start_box(&stage, &boxes[i], t0_ns);
	tandem_source_init(&source, stage.connection, joint_44);
	for (uint32_t i = 0; i < TANDEM_ARRAY_LEN(boxes); i++)
		connect_box(&source, i);

	const int64_t start_ns = send_evenly();
	for (uint32_t i = 0; i < TANDEM_ARRAY_LEN(boxes); i++)
		check_report(&source, i);
	for (uint32_t i = 0; i < TANDEM_ARRAY_LEN(boxes); i++)
		check_summary(&boxes[i]);
	for (uint32_t i = 0; i < TANDEM_ARRAY_LEN(boxes); i++)
		check_box(&boxes[i], t0_ns, start_ns);
	for (uint32_t i = 0; i < TANDEM_ARRAY_LEN(boxes); i++)
		close(boxes[i].fd);
	tandem_source_finish(&source);
	tandem_stage_stop(&stage);
}
END_TEST

/* As when another telephone begins to play on it. Told again and again: the box has its
 * end of the stream some time after the source has. */
START_TEST(it_suspends_when_told)
{
	const char *const bluez[] = { g_getenv("TANDEM_BLUEZ_SIM"), NULL };
	const int64_t t0_ns = now_ns();
	struct tandem_stage stage;
	struct tandem_source source;
	bool idle = false;

	tandem_stage_start(&stage, bluez);
	start_box(&stage, &boxes[0], t0_ns);
	tandem_source_init(&source, stage.connection, joint_44);
	connect_box(&source, 0);
	while (!idle && now_ns() < t0_ns + 20 * TANDEM_NS_PER_S) {
		g_subprocess_send_signal(boxes[0].process, SIGUSR1);
		g_usleep(20000);

		g_autoptr(GVariant) state = tandem_source_property(&source, 0, "State");
		ck_assert_ptr_nonnull(state);
		idle = g_str_equal(g_variant_get_string(state, NULL), "idle");
	}
	ck_assert(idle);
	g_free(tandem_stage_end(boxes[0].process));
	g_free(boxes[0].wav);
	close(boxes[0].fd);
	tandem_source_finish(&source);
	tandem_stage_stop(&stage);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("speaker");
	TCase *const all = tcase_create("bus");

	tcase_add_test(all, it_suspends_when_told);
	tcase_add_test(all, clicks_are_heard_when_asked);
	tcase_set_timeout(all, 60);
	suite_add_tcase(suite, all);
	return tandem_suite_run(suite);
}
