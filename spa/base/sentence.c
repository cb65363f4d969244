/* SPDX-License-Identifier: MIT */
#include "sentence.h"

#include <stdarg.h>
#include <stdio.h>

#include "text.h"

/* clang-format off */
const struct tandem_sentence_row tandem_sentences[TANDEM_N_SENTENCES] = {
	[TANDEM_SAY_UNKNOWN_KEY] = {
		"%s: %s is not a setting of Tandem", "where, key",
		"The key is ignored, everything else counts. All keys are in "
		"tandem.conf(5)." },
	[TANDEM_SAY_UNKNOWN_KEY_NEAR] = {
		"%s: %s is not a setting of Tandem: is %s meant?", "where, key, nearest "
		"key",
		"A typing mistake, probably. The key is ignored, everything else counts." },
	[TANDEM_SAY_WRONG_PLACE] = {
		"%s: %s is a setting of %s: it is ignored here", "where, key, speaker or "
		"group",
		"Settings of a speaker stand in its { } inside speakers = [ ], those of "
		"the "
		"group outside; live they begin with speaker.<label>. or tandem." },
	[TANDEM_SAY_BAD_VALUE] = {
		"%s: %s = %s is refused: wanted is %s; it stays %s",
		"where, key, value, range, value in use",
		"The value has the wrong type or is out of range: write one within the "
		"range." },
	[TANDEM_SAY_NOT_LIVE] = {
		"%s: %s cannot change while Tandem runs: write it into the configuration",
		"where, key",
		"This setting counts at the start only. Put it into the configuration and "
		"start "
		"Tandem again: systemctl --user restart pipewire-tandem." },
	[TANDEM_SAY_BROKEN_OFF] = {
		"%s: the text breaks off: a value, a quote or a bracket is "
		"missing", "where",
		"What stood before the break counts. Look for an unclosed \" or bracket." },
	[TANDEM_SAY_NO_OBJECT] = {
		"%s: settings look like { key = value ... }, this does not", "where",
		"Nothing of it counts. Put the settings between { and }." },
	[TANDEM_SAY_NO_SPEAKER_LIST] = {
		"%s: speakers = %s is refused: wanted is auto or [ { address = ... } ... ]",
		"where, value",
		"Tandem takes the first two loudspeakers that connect, as with auto." },
	[TANDEM_SAY_NO_SPEAKER_OBJECT] = {
		"%s: %s = %s is refused: a speaker looks like { address = "
		"\"00:11:22:33:44:55\" }",
		"where, place in the list, value",
		"This entry is left out, the other speakers count." },
	[TANDEM_SAY_NOBODY] = {
		"%s: %s has neither a valid address nor a name: it is left out",
		"where, place in the list",
		"Tandem cannot know which speaker is meant. bluetoothctl devices lists "
		"addresses and names." },
	[TANDEM_SAY_TWICE] = {
		"%s: %s: speaker %s is listed twice: the second is left out",
		"where, place in the list, speaker",
		"A speaker can be in a group once. For both channels on one box write "
		"channels = [ FL FR ]." },
	[TANDEM_SAY_TOO_MANY] = {
		"%s: %s: a group has 8 speakers at most: %s is left out",
		"where, place in the list, speaker",
		"One Bluetooth adapter holds 7 links. Make a second group." },
	[TANDEM_SAY_MORE_MISTAKES] = {
		"%s: ... and more mistakes: mend these first", "where",
		"Only the first mistakes are told." },
	[TANDEM_SAY_NO_SUCH_SPEAKER] = {
		"%s: %s: this group has no such speaker; it has %s", "where, key, labels",
		"Keys of speakers look like speaker.left.delay-ms." },
	[TANDEM_SAY_MATRIX_MISSING] = {
		"layout = custom wants a matrix: plays stereo until there is one", "",
		"Set matrix, a row of gains per speaker, or another layout." },
	[TANDEM_SAY_MATRIX_UNUSED] = {
		"a matrix counts with layout = custom only: plays %s", "layout",
		"Set layout = custom, or take the matrix out." },
	[TANDEM_SAY_MATRIX_ROWS] = {
		"matrix rows: %s, speakers: %s: a speaker without a row is silent",
		"rows, speakers", "Give the matrix one row per speaker." },
	[TANDEM_SAY_CHANNELS_UNUSED] = {
		"%s has channels, but layout = custom goes by the matrix alone", "speaker",
		"Take channels out, or choose another layout." },
	[TANDEM_SAY_LAYOUT_UNUSED] = {
		"layout = %s has no effect: every speaker has channels of its "
		"own", "layout",
		"Channels of a speaker come before the layout: take them out." },
	[TANDEM_SAY_NOBODY_PLAYS] = {
		"nobody plays %s: give it to a speaker by channels, or change the layout",
		"channel",
		"Half of the music would be missing. It is played as configured." },
	[TANDEM_SAY_TOO_SLOW] = {
		"plays %s ms late: it needs more than max-latency-ms lets the others "
		"wait", "ms",
		"This speaker is slower than max-latency-ms allows. Raise it to have all "
		"in "
		"time, or keep it for the sake of lip-sync." },
};
/* clang-format on */

void tandem_say(char to[TANDEM_SENTENCE_SIZE], enum tandem_sentence which, ...)
{
	va_list args;

	va_start(args, which);
	vsnprintf(to, TANDEM_SENTENCE_SIZE, tandem_sentences[which].text, args);
	to[tandem_text_fit(to, TANDEM_SENTENCE_SIZE)] = '\0';
	va_end(args);
}
