/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const layouts[] = { "stereo", "party", "mono", "custom", NULL };
static const char *const when_empty[] = { "remove", "keep", NULL };
static const char *const tx_timestamps[] = { "auto", "off", NULL };
static const char *const codecs[] = { "auto", "sbc", "ldac", NULL };
static const char *const goals[] = { "quality", "air", NULL };
static const char *const ldac_modes[] = { "auto", "stereo", "dual", "mono", NULL };
static const char *const ldac_qualities[] = { "auto", "hq", "sq", "mq", NULL };
static const char *const sbc_modes[] = { "auto", "joint", "stereo", "dual", "mono", "xq",
	NULL };

#define LIVE TANDEM_SETTING_LIVE
#define KEPT (TANDEM_SETTING_LIVE | TANDEM_SETTING_KEPT)
#define TOLD (TANDEM_SETTING_LIVE | TANDEM_SETTING_TOLD)
#define G(member) offsetof(struct tandem_settings, member)
#define S(member) offsetof(struct tandem_speaker_settings, member)

/* clang-format off */
static const struct tandem_setting group_rows[] = {
	{ "name", TANDEM_SETTING_NAME, 0, G(name), "tandem", 1, 0, "", NULL,
		"Node name of the sink, by which programs remember it" },
	{ "description", TANDEM_SETTING_TEXT, LIVE, G(description), "Tandem", 1, 0, "",
		NULL,
		"Name of the sink as people see it" },
	{ "remote.name", TANDEM_SETTING_TEXT, 0, G(remote), "", 0, 0, "", NULL,
		"PipeWire daemon to connect to; without it, the one of every client" },
	{ "layout", TANDEM_SETTING_CHOICE, LIVE, G(layout), "stereo", 0, 0, "", layouts,
		"Who plays what: left and right apart, both on each, their mean on each, "
		"or the matrix" },
	{ "matrix", TANDEM_SETTING_MATRIX, LIVE, G(matrix), "", -4, 4, "", NULL,
		"For layout custom, a row per speaker: gains of FL FR, or four for the "
		"left "
		"and the right driver of the box" },
	{ "swap", TANDEM_SETTING_BOOL, KEPT, G(swap), "false", 0, 0, "", NULL,
		"Left and right change places" },
	{ "max-latency-ms", TANDEM_SETTING_NUMBER, LIVE, G(max_latency_ms), "1000", 50,
		2000, "ms", NULL,
		"The most that speakers wait for each other; a slower one plays late" },
	{ "when-empty", TANDEM_SETTING_CHOICE, LIVE, G(when_empty), "remove", 0, 0, "",
		when_empty,
		"Without any speaker the sink goes after 30 s, or stays and is silent" },
	{ "keep-alive", TANDEM_SETTING_NUMBER, LIVE, G(keep_alive_s), "600", 1, 86400, "s",
		NULL, "How long the streams stay open after the last sound" },
	{ "goal", TANDEM_SETTING_CHOICE, LIVE, G(goal), "quality", 0, 0, "", goals,
		"What bits are spent for: the sound, or to leave air for other devices" },
	{ "tx-timestamps", TANDEM_SETTING_CHOICE, LIVE, G(tx_timestamps), "auto", 0, 0, "",
		tx_timestamps,
		"From the next stream on: whether Bluetooth may be asked when each packet "
		"has gone out, where it is able to and no kernel is known to fail" },
	{ "log-observations", TANDEM_SETTING_BOOL, LIVE, G(log_observations), "false", 0, 0,
		"", NULL,
		"For whoever looks for a fault: all that the clocks of the speakers are "
		"told goes into files, see libpipewire-module-tandem(7)" },
};

static const struct tandem_setting speaker_rows[] = {
	{ "address", TANDEM_SETTING_ADDRESS, 0, S(address), "", 0, 0, "", NULL,
		"Bluetooth address of the speaker" },
	{ "name", TANDEM_SETTING_TEXT, 0, S(name), "", 0, 0, "", NULL,
		"Instead of the address: the speaker's name" },
	{ "channels", TANDEM_SETTING_CHANNELS, LIVE, S(channels), "", 0, 0, "", NULL,
		"What this speaker plays, whatever the layout says" },
	{ "delay-ms", TANDEM_SETTING_NUMBER, KEPT, S(delay_ms), "0", -500, 500, "ms", NULL,
		"Plays that much later (below 0: earlier) than Tandem would have it" },
	{ "gain-db", TANDEM_SETTING_NUMBER, KEPT, S(gain_db), "0", -60, 12, "dB", NULL,
		"Louder or softer than the others; above 0 loud music may clip" },
	{ "invert", TANDEM_SETTING_BOOL, KEPT, S(invert), "false", 0, 0, "", NULL,
		"Turns the polarity round, for a box that is wired the other way" },
	{ "mute", TANDEM_SETTING_BOOL, LIVE, S(mute), "false", 0, 0, "", NULL,
		"Silent, but still in time" },
	{ "release", TANDEM_SETTING_BOOL, LIVE, S(release), "false", 0, 0, "", NULL,
		"Left to the desktop, as an output of its own; the other speakers play its "
		"channels" },
	{ "codec", TANDEM_SETTING_CHOICE, LIVE, S(codec), "auto", 0, 0, "", codecs,
		"Codec to ask for; auto is SBC, which every speaker takes" },
	{ "sbc-mode", TANDEM_SETTING_CHOICE, LIVE, S(sbc_mode), "auto", 0, 0, "", sbc_modes,
		"Channel mode of SBC to ask for; auto takes joint where it can" },
	{ "bitpool", TANDEM_SETTING_WHOLE, LIVE, S(bitpool), "0", 0, 250, "", NULL,
		"SBC bitpool, within what the speaker takes; 0: by mode and goal" },
	{ "ldac-mode", TANDEM_SETTING_CHOICE, LIVE, S(ldac_mode), "auto", 0, 0, "",
		ldac_modes,
		"Channel mode of LDAC to ask for; auto takes stereo where it can" },
	{ "ldac-quality", TANDEM_SETTING_CHOICE, LIVE, S(ldac_quality), "auto", 0, 0, "",
		ldac_qualities,
		"Of LDAC: 990, 660 or 330 kbit/s, half of it in mono; auto: about 330" },
	{ "adapter", TANDEM_SETTING_ADDRESS, LIVE, S(adapter), "", 0, 0, "", NULL,
		"Address of the computer's Bluetooth adapter to use; without it, any" },
	{ "drift-ppm", TANDEM_SETTING_NUMBER, KEPT, S(drift_ppm), "0", -300, 300, "ppm",
		NULL,
		"How much the speaker's own clock runs fast, where that is known" },
	{ "heard", TANDEM_SETTING_HEARD, TOLD, S(heard), "", 0, 4000, "ms", NULL,
		"What a microphone heard: by how much a sound came after its place in the "
		"sink, how sure that is, and when" },
};
/* clang-format on */

const struct tandem_setting_table tandem_group_table = { group_rows,
	TANDEM_ARRAY_LEN(group_rows) };
const struct tandem_setting_table tandem_speaker_table = { speaker_rows,
	TANDEM_ARRAY_LEN(speaker_rows) };

const struct tandem_setting *tandem_setting_find(const struct tandem_setting_table *table,
		const char *key)
{
	for (uint32_t i = 0; i < table->n; i++) {
		if (strcmp(table->rows[i].key, key) == 0)
			return &table->rows[i];
	}
	return NULL;
}

#define LONGEST_KEY 32

/* Letters to insert, delete or replace (Levenshtein 1965); beyond LONGEST_KEY: far. */
static size_t distance(const char *a, const char *b)
{
	const size_t n = strlen(b);
	size_t row[LONGEST_KEY + 1];

	if (n > LONGEST_KEY || strlen(a) > LONGEST_KEY)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			const size_t above = row[j];
			const bool same = strncasecmp(&a[i - 1], &b[j - 1], 1) == 0;
			size_t least = corner + !same;

			least = above + 1 < least ? above + 1 : least;
			row[j] = row[j - 1] + 1 < least ? row[j - 1] + 1 : least;
			corner = above;
		}
	}
	return row[n];
}

const struct tandem_setting *tandem_setting_nearest(
		const struct tandem_setting_table *table, const char *key)
{
	const struct tandem_setting *nearest = NULL;
	/* Half of it wrong is no typing mistake any more. Chosen. */
	size_t least = strlen(key) / 2 + 1;

	for (uint32_t i = 0; i < table->n; i++) {
		const char *const known = table->rows[i].key;
		size_t d = distance(key, known);

		if (strncasecmp(key, known, strlen(key)) == 0 && strlen(key) >= 3)
			d = 1; /* the unit was left out: "delay" */
		if (d < least) {
			least = d;
			nearest = &table->rows[i];
		}
	}
	return nearest;
}

static void set_defaults(const struct tandem_setting_table *table, void *base)
{
	for (uint32_t i = 0; i < table->n; i++) {
		int res = 0; /* an empty default is what zeroed memory holds */

		if (table->rows[i].fallback[0] != '\0') {
			res = tandem_setting_read(&table->rows[i], base,
					table->rows[i].fallback);
		}
		assert(res == 0);
	}
}

void tandem_settings_init(struct tandem_settings *s)
{
	memset(s, 0, sizeof(*s));
	set_defaults(&tandem_group_table, s);
}

void tandem_speaker_settings_init(struct tandem_speaker_settings *s)
{
	memset(s, 0, sizeof(*s));
	set_defaults(&tandem_speaker_table, s);
}

static bool plays_only(const struct tandem_speaker_settings *s, uint32_t channel)
{
	return s->channels.n == 1 && s->channels.index[0] == channel;
}

void tandem_settings_label(struct tandem_settings *s)
{
	const bool crossed =
			s->n_speakers == 2 &&
			(plays_only(&s->speakers[0], 1) || plays_only(&s->speakers[1], 0));

	for (uint32_t i = 0; i < s->n_speakers; i++) {
		struct tandem_speaker_settings *const p = &s->speakers[i];

		if (s->n_speakers != 2) {
			snprintf(p->label, sizeof(p->label), "%u", i + 1);
		} else {
			snprintf(p->label, sizeof(p->label), "%s",
					(i == 1) != crossed ? "right" : "left");
		}
	}
}
