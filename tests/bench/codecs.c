/* SPDX-License-Identifier: MIT
 *
 * codecs modes               what each mode sends
 * codecs snr N               what comes back of the sound in mode N
 * codecs price N ours|bare   codes the sound, for who counts instructions
 *
 * All as JSON. The sound comes by standard input: float [frames][2] at the mode's rate,
 * full scale +-1.0. A mode of one channel plays each of the two on a box of its own.
 * tools/bench codecs runs it all and makes tables.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "codecs.h"

#define SONY 0x2d, 0x01, 0, 0, 0xaa, 0

#define MAX_FRAMES (60 * 48000)

/* What A2DP recommends at 44.1 and 48 kHz (1.3, 4.3.2.6), high quality; one channel also at
 * the bytes of two; and what is called SBC XQ. */
static const struct bench_mode modes[] = {
	{ "joint L=R", &tandem_bench_sbc, { 0x21, 0x15, 2, 31 }, 4, true },
	{ "joint L=R", &tandem_bench_sbc, { 0x21, 0x15, 2, 53 }, 4, true },
	{ "mono", &tandem_bench_sbc, { 0x28, 0x15, 2, 31 }, 4, true },
	{ "dual", &tandem_bench_sbc, { 0x24, 0x15, 2, 31 }, 4, false },
	{ "stereo", &tandem_bench_sbc, { 0x22, 0x15, 2, 53 }, 4, false },
	{ "joint", &tandem_bench_sbc, { 0x21, 0x15, 2, 53 }, 4, false },
	{ "XQ", &tandem_bench_sbc, { 0x24, 0x15, 2, 38 }, 4, false },
	{ "joint L=R", &tandem_bench_sbc, { 0x11, 0x15, 2, 29 }, 4, true },
	{ "joint L=R", &tandem_bench_sbc, { 0x11, 0x15, 2, 51 }, 4, true },
	{ "mono", &tandem_bench_sbc, { 0x18, 0x15, 2, 29 }, 4, true },
	{ "dual", &tandem_bench_sbc, { 0x14, 0x15, 2, 29 }, 4, false },
	{ "stereo", &tandem_bench_sbc, { 0x12, 0x15, 2, 51 }, 4, false },
	{ "joint", &tandem_bench_sbc, { 0x11, 0x15, 2, 51 }, 4, false },
	{ "XQ", &tandem_bench_sbc, { 0x14, 0x15, 2, 35 }, 4, false },
#ifdef TANDEM_HAVE_LDAC
	{ "mono SQ", &tandem_bench_ldac, { SONY, 0x10, 4 }, 8, true,
			{ .ldac_quality = TANDEM_LDAC_SQ } },
	{ "stereo MQ", &tandem_bench_ldac, { SONY, 0x10, 1 }, 8, false,
			{ .ldac_quality = TANDEM_LDAC_MQ } },
	{ "stereo SQ", &tandem_bench_ldac, { SONY, 0x10, 1 }, 8, false,
			{ .ldac_quality = TANDEM_LDAC_SQ } },
	{ "stereo HQ", &tandem_bench_ldac, { SONY, 0x10, 1 }, 8, false,
			{ .ldac_quality = TANDEM_LDAC_HQ } },
#endif
};

static bool read_sound(struct bench_sound *sound)
{
	float both[2];

	for (int c = 0; c < 2; c++) {
		sound->planes[c] = calloc(MAX_FRAMES, sizeof(float));
		if (sound->planes[c] == NULL)
			return false;
	}
	while (sound->frames < MAX_FRAMES && fread(both, sizeof(float), 2, stdin) == 2) {
		for (int c = 0; c < 2; c++)
			sound->planes[c][sound->frames] = both[c];
		sound->frames++;
	}
	return sound->frames > 0;
}

static const struct bench_mode *find_mode(const char *text)
{
	const size_t i = strtoul(text, NULL, 10);

	return i < TANDEM_ARRAY_LEN(modes) ? &modes[i] : NULL;
}

int main(int argc, char **argv)
{
	const struct bench_mode *const mode = argc > 2 ? find_mode(argv[2]) : NULL;
	struct bench_sound sound = { 0 };
	int res = 0;

	if (argc == 2 && strcmp(argv[1], "modes") == 0) {
		tandem_bench_tell_modes(modes, TANDEM_ARRAY_LEN(modes));
	} else if (mode != NULL && read_sound(&sound) && strcmp(argv[1], "snr") == 0) {
		tandem_bench_tell_snr(mode, &sound);
	} else if (mode != NULL && argc == 4 && sound.frames > 0) {
		tandem_bench_price(mode, &sound, strcmp(argv[3], "ours") == 0);
	} else {
		fputs("usage: codecs modes | snr N | price N ours|bare\n", stderr);
		res = 2;
	}
	for (int c = 0; c < 2; c++)
		free(sound.planes[c]);
	return res;
}
