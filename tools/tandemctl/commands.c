/* SPDX-License-Identifier: MIT
 *
 * The table of commands, in the order of the help.
 */
#include <string.h>

#include "base/settings.h"
#include "tandemctl.h"

/* clang-format off */
const struct tandem_ctl_command tandem_ctl_commands[] = {
	{ "list", "", 0, 0,
		"Show the speakers there are, what each can do, and who holds it",
		NULL, tandem_ctl_list_options, tandem_ctl_list },
	{ "group", "SPEAKER SPEAKER", 2, 2,
		"Make a group of two paired speakers, left and right",
		"SPEAKER is its address or its name, as tandemctl list shows them.\n"
		"Writes 50-NAME.conf into ~/.config/pipewire/tandem.conf.d, and starts\n"
		"Tandem again. "
		"What the file says can be changed in it: tandem.conf(5).",
		tandem_ctl_group_options, tandem_ctl_group },
	{ "status", "", 0, 0,
		"Show how Tandem is, and what is wrong",
		"Each line that begins with ! says what is wrong and what to do. The\n"
		"names of the rows with --json are those of libpipewire-module-tandem(7).",
		tandem_ctl_status_options, tandem_ctl_status },
	{ "layout", "LAYOUT", 1, 1,
		"Set who plays what: stereo, party (both on each), mono or custom",
		"custom plays as the matrix of the configuration says. Until the\n"
		"next start of Tandem; what is to stay goes into the configuration:\n"
		"tandem.conf(5).",
		tandem_ctl_set_options, tandem_ctl_layout },
	{ "swap", "[on|off]", 0, 1,
		"Let left and right change places; remembered",
		"Without a word: the other way round than now.",
		tandem_ctl_set_options, tandem_ctl_swap },
	{ "delay", "SPEAKER MS", 2, 2,
		"Let a speaker play later, or earlier below 0; remembered",
		"SPEAKER is its label (left), its address or its name. Both play on\n"
		"meanwhile: move it until a click from both is one.",
		tandem_ctl_set_options, tandem_ctl_delay },
	{ "gain", "SPEAKER DB", 2, 2,
		"Make a speaker louder or softer than the others; remembered",
		"SPEAKER is its label (left), its address or its name. Options stand\n"
		"before a number below 0.",
		tandem_ctl_set_options, tandem_ctl_gain },
	{ "mute", "SPEAKER [on|off]", 1, 2,
		"Silence a speaker, which stays in time",
		"SPEAKER is its label (left), its address or its name. Nobody else plays\n"
		"its channel meanwhile.",
		tandem_ctl_set_options, tandem_ctl_mute },
	{ "calibrate", "[SPEAKER]", 0, 1,
		"Listen with a microphone, or ask by ear, and bring the speakers together",
		"Put the microphone where you sit, and be quiet for 15 s; soft noise is\n"
		"played meanwhile. What was heard is remembered for each speaker and\n"
		"codec. Once more, minutes later, teaches how its clock drifts. Nothing\n"
		"is recorded. With --by-ear, pairs of clicks are played, and which came\n"
		"first is asked, a dozen times; SPEAKER is then the one to be moved.",
		tandem_ctl_calibrate_options, tandem_ctl_calibrate },
	{ "track", "", 0, 0,
		"Keep listening to the music, and hold the speakers together",
		"The microphone is open until this ends. What it hears is compared with\n"
		"what is played; nothing is recorded. Speakers that play the same (party,\n"
		"mono) cannot be told apart, and are left as they are.",
		tandem_ctl_track_options, tandem_ctl_track },
	{ "release", "SPEAKER [on|off]", 1, 2,
		"Leave a speaker to the desktop, or take it back with off",
		"SPEAKER is its label (left), its address or its name. It is connected\n"
		"anew, and is an output of its own, until it is taken back or Tandem\n"
		"starts again; the other speakers play its channels meanwhile.",
		tandem_ctl_set_options, tandem_ctl_release },
	{ "forget", "[SPEAKER]", 0, 1,
		"Forget what was set and learnt of a speaker, or of all",
		"SPEAKER is its address or its name. Trims, delay and drift, and which\n"
		"side it plays; the configuration stays. Tandem must have been stopped.",
		tandem_ctl_forget_options, tandem_ctl_forget },
	{ "identify", "[SPEAKER]", 0, 1,
		"Let each box beep in turn, and say which one it should be",
		"One beep is left, two are right. The others are silent meanwhile; music\n"
		"that plays is heard as well.",
		tandem_ctl_identify_options, tandem_ctl_identify },
	{ "test", "", 0, 0,
		"Play ticks and a sweep, and say how they should be heard",
		NULL, tandem_ctl_test_options, tandem_ctl_test },
	{ "restore", "", 0, 0,
		"Give the speakers of a Tandem that has ended back to the desktop",
		"Their profiles, and their streams. The service runs it when it stops.",
		NULL, tandem_ctl_restore },
};
/* clang-format on */

const size_t tandem_ctl_n_commands = TANDEM_ARRAY_LEN(tandem_ctl_commands);

const struct tandem_ctl_command *tandem_ctl_find(const char *name)
{
	for (size_t i = 0; i < tandem_ctl_n_commands; i++) {
		if (strcmp(tandem_ctl_commands[i].name, name) == 0)
			return &tandem_ctl_commands[i];
	}
	return NULL;
}

const char *tandem_ctl_nearest(const char *name)
{
	struct tandem_setting rows[TANDEM_ARRAY_LEN(tandem_ctl_commands)] = { 0 };
	const struct tandem_setting_table table = { rows, (uint32_t)tandem_ctl_n_commands };
	const struct tandem_setting *nearest;

	for (size_t i = 0; i < tandem_ctl_n_commands; i++)
		rows[i].key = tandem_ctl_commands[i].name;
	nearest = tandem_setting_nearest(&table, name);
	return nearest ? nearest->key : NULL;
}
