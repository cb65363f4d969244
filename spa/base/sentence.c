/* SPDX-License-Identifier: MIT */
#include "sentence.h"

#include <stdarg.h>
#include <stdio.h>

#include "text.h"

/* clang-format off */
const struct tandem_sentence_row tandem_sentences[TANDEM_N_SENTENCES] = {
	[TANDEM_SAY_UNKNOWN_KEY] = {
		"%s: %s is not a setting of Tandem", "where, key",
		"The key is ignored, all else counts. All keys are in tandem.conf(5)." },
	[TANDEM_SAY_UNKNOWN_KEY_NEAR] = {
		"%s: %s is not a setting of Tandem: is %s meant?", "where, key, nearest "
		"key",
		"A typing mistake, probably. The key is ignored, everything else counts." },
	[TANDEM_SAY_WRONG_PLACE] = {
		"%s: %s is a setting of %s: it is ignored here", "where, key, speaker or "
		"group",
		"Settings of a speaker stand in its { } inside speakers = [ ], those of "
		"the group outside; live they begin with speaker.<label>. or tandem." },
	[TANDEM_SAY_BAD_VALUE] = {
		"%s: %s = %s is refused: wanted is %s; it stays %s",
		"where, key, value, range, value in use",
		"The value has the wrong type or is out of range: write one within the "
		"range." },
	[TANDEM_SAY_NOT_LIVE] = {
		"%s: %s cannot change while Tandem runs: write it into the configuration",
		"where, key",
		"This setting counts at the start only. Put it into the configuration and "
		"start Tandem again: systemctl --user restart pipewire-tandem." },
	[TANDEM_SAY_ONLY_LIVE] = {
		"%s: %s can only be told while Tandem runs: it is ignored here",
		"where, key",
		"It is not a setting that stays, but something that happened: a program "
		"tells it by pw-cli set-param or the like." },
	[TANDEM_SAY_NOT_TAKEN] = {
		"%s: %s is not taken: %s", "where, key, why",
		"What a microphone heard counts once, while the speaker plays, and for 2 s "
		"by CLOCK_MONOTONIC. Stale: it is older, or older than the one before; "
		"huge: no speaker takes that long, or the sound came before it was sent." },
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
		"bluetoothctl devices lists addresses and names." },
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
	[TANDEM_SAY_NAME_FOR_ALL] = {
		"%s: name = %s cannot be the name of all %s groups: it is ignored",
		"file, name, groups",
		"module.tandem.args counts for all groups of a process. Name each one in "
		"its entry of context.modules." },
	[TANDEM_SAY_NAME_TAKEN] = {
		"name = %s is another group's: this one is called %s", "name, new name",
		"Two groups have one name, or none. Give each entry of context.modules a "
		"name of its own." },
	[TANDEM_SAY_IN_OTHER_GROUP] = {
		"%s: speaker %s is listed in group %s already: it is left out here",
		"place in the list, speaker, group",
		"A speaker plays in one group at a time. Take it out of one of the "
		"lists." },
	[TANDEM_SAY_GROUP_EMPTY] = {
		"no speaker is left to this group: there is no sink of that name", "",
		"Other groups have all the speakers listed here. List others, or take the "
		"entry out of context.modules." },
	[TANDEM_SAY_CONFIGURED_SINCE] = {
		"%s: %s = %s is forgotten: the configuration was changed, to %s",
		"file, key, value, configured value",
		"What was set while Tandem ran counts until somebody edits the same "
		"setting in the configuration. Set it again if it is still wanted." },
	[TANDEM_SAY_DAMAGED] = {
		"%s is damaged: it is renamed to end in .damaged, and does not count",
		"file",
		"What was set while Tandem ran has to be set again. A full or failing disk "
		"is the usual reason." },
	[TANDEM_SAY_CLOCKS_DAMAGED] = {
		"%s is damaged: it is renamed to end in .damaged; the speakers' clocks "
		"have to be learnt again",
		"file",
		"Drift is learnt again while Tandem plays, where a speaker shows any; a "
		"measured delay has to be measured again. A full or failing disk is the "
		"usual reason." },
	[TANDEM_SAY_UNREADABLE] = {
		"%s cannot be read (%s): what it holds does not count", "file, why",
		"Look at the file's permissions: it belongs to the user who runs Tandem." },
	[TANDEM_SAY_NOT_KEPT] = {
		"%s cannot be written (%s): what is set now is lost when Tandem ends",
		"file, why",
		"Look at the folder's permissions and at the space on its disk. Tandem "
		"tries again with the next change." },
	[TANDEM_SAY_LOG_STOPS] = {
		"%s takes no more (%s): what the speakers' clocks are told is not logged",
		"file, why",
		"It ends at 4 MiB: take it away, and a new one begins. Otherwise look at "
		"the folder's permissions and at the space on its disk. log-observations "
		"ends it." },
	[TANDEM_SAY_TOO_SLOW] = {
		"plays %s ms late: it needs more than max-latency-ms lets the others "
		"wait", "ms",
		"This speaker is slower than max-latency-ms allows. Raise it to have all "
		"in time, or keep it for the sake of lip-sync." },
	[TANDEM_SAY_CROWDED] = {
		"the air is crowded: sends %s %% of what was planned until there is room",
		"percent",
		"A queue to a speaker grew, so all speakers get a coarser sound before "
		"anything is left out. Wi-Fi at 2.4 GHz, other Bluetooth devices, "
		"distance and walls take room: use Wi-Fi at 5 GHz, move closer, or set a "
		"lower bitpool. It ends by itself." },
	[TANDEM_SAY_STARTS] = {
		"waits for the Bluetooth service to answer", "",
		"Said for a moment at the start. If it stays: systemctl status "
		"bluetooth." },
	[TANDEM_SAY_NO_BUS] = {
		"no system bus (%s): tries again every 5 s", "reason",
		"Bluetooth is reached over the D-Bus system bus, which does not answer. "
		"Look at systemctl status dbus; in a container, mount the bus socket." },
	[TANDEM_SAY_NO_BLUEZ] = {
		"the Bluetooth service (org.bluez) is not running: waits for it to start",
		"",
		"Start it: sudo systemctl enable --now bluetooth. Tandem goes on by "
		"itself." },
	[TANDEM_SAY_BLUEZ_SILENT] = {
		"the Bluetooth service does not answer (%s): asks again every 5 s",
		"reason",
		"It runs, but hangs, or the D-Bus policy forbids the question. Look at "
		"journalctl -u bluetooth, and restart it: sudo systemctl restart "
		"bluetooth." },
	[TANDEM_SAY_NO_ADAPTER] = {
		"this computer has no Bluetooth adapter: waits for one", "",
		"Plug one in, or unblock it: rfkill unblock bluetooth. If lsusb or lspci "
		"show one, its firmware may be missing: see dmesg." },
	[TANDEM_SAY_ADAPTER_OFF] = {
		"Bluetooth is switched off (%s): switch it on in the Bluetooth settings",
		"adapter",
		"The adapter has no power. Switch it on there or by bluetoothctl power on; "
		"after a hardware switch or flight mode: rfkill unblock bluetooth. Tandem "
		"connects at once then." },
	[TANDEM_SAY_ENDPOINTS_REFUSED] = {
		"Bluetooth adapter %s takes no more audio endpoints (%s): tries again from "
		"time to time", "adapter, reason",
		"An adapter has room for 62 endpoints, and other programs have taken them: "
		"end a second PipeWire, PulseAudio or BlueALSA. Otherwise restart the "
		"Bluetooth service." },
	[TANDEM_SAY_NO_A2DP] = {
		"Bluetooth adapter %s cannot send music (A2DP): %s: tries again from time "
		"to time", "adapter, reason",
		"The Bluetooth service runs without its audio part (look for "
		"DisabledPlugins, --noplugin or ControllerMode = le), or the adapter has "
		"only Bluetooth LE." },
	[TANDEM_SAY_ENDPOINTS_EMPTY] = {
		"the Bluetooth service did not find Tandem's endpoints (%s, %s): tries "
		"again from time to time", "adapter, reason",
		"It asked Tandem for them and got no answer in time: the computer was "
		"busy, or a D-Bus policy forbids it. If it stays, restart Tandem." },
	[TANDEM_SAY_POLICY] = {
		"the D-Bus policy keeps Tandem from the Bluetooth service (%s, %s): tries "
		"again from time to time", "adapter, reason",
		"On some systems only the user at the screen or members of the group "
		"bluetooth may use it: sudo usermod -aG bluetooth $USER, then log in "
		"again." },
	[TANDEM_SAY_REGISTER_SILENT] = {
		"the Bluetooth service did not answer when Tandem offered its endpoints "
		"(%s): tries again from time to time", "adapter",
		"It hangs. Look at journalctl -u bluetooth, and restart it." },
	[TANDEM_SAY_REGISTER_FAILED] = {
		"Bluetooth adapter %s refuses Tandem's endpoints (%s): tries again from "
		"time to time", "adapter, reason",
		"Without them speakers can only be shared with the desktop's own audio. "
		"journalctl -u bluetooth may say more." },
	[TANDEM_SAY_WAITS_FOR_ONE] = {
		"waits for a loudspeaker to connect: switch one on", "",
		"With speakers = auto Tandem takes the first loudspeakers that connect. "
		"Pair them once in the Bluetooth settings. Headphones and headsets are "
		"never taken." },
	[TANDEM_SAY_WELL_AGAIN] = {
		"Bluetooth is in order again", "",
		"Nothing is to be done." },
	[TANDEM_SAY_NOT_PAIRED] = {
		"is not paired: pair it in the Bluetooth settings", "",
		"The computer does not know this address or name, or the pairing was "
		"removed. Hold the speaker's Bluetooth button until it can be found, and "
		"pair it. A name must be written as bluetoothctl devices shows it." },
	[TANDEM_SAY_PIN_MISSING] = {
		"its Bluetooth adapter %s is not there: plug it in, or change the setting "
		"adapter", "address",
		"The setting adapter names a radio that is not plugged in. bluetoothctl "
		"list shows those that are." },
	[TANDEM_SAY_PIN_ELSEWHERE] = {
		"is paired on another Bluetooth adapter than %s, which the setting adapter "
		"names: pair it there, or change the setting", "address",
		"A pairing belongs to one adapter. bluetoothctl select ADDRESS, then pair; "
		"or name the adapter on which it is paired." },
	[TANDEM_SAY_OUT_OF_RANGE] = {
		"does not answer: it is off or out of range; tries again from time to time",
		"",
		"Switch it on, or bring it nearer. Most speakers connect by themselves "
		"when switched on, and Tandem need not be told." },
	[TANDEM_SAY_REFUSES] = {
		"refuses the connection (%s): it may be connected to another device; tries "
		"again from time to time", "reason",
		"Disconnect it from the telephone or computer that has it, or switch it "
		"off and on. If it still refuses, remove it in the Bluetooth settings and "
		"pair it anew." },
	[TANDEM_SAY_KEY_LOST] = {
		"does not know this computer any more (%s): remove it in the Bluetooth "
		"settings and pair it again", "reason",
		"The speaker has been reset, or has forgotten this pairing for newer "
		"ones." },
	[TANDEM_SAY_NOT_READY] = {
		"cannot be connected yet: its Bluetooth adapter is not ready (%s); tries "
		"again from time to time", "reason",
		"The adapter is being switched on or off. If it stays: bluetoothctl power "
		"on." },
	[TANDEM_SAY_IN_PROGRESS] = {
		"is being connected by another program (%s); tries again from time to time",
		"reason",
		"The desktop, or the speaker itself, is connecting or pairing right now. "
		"Tandem takes the stream that comes of it." },
	[TANDEM_SAY_NO_SINK] = {
		"shows no A2DP input to send music to (%s); tries again from time to time",
		"reason",
		"This device offers calls or LE audio only, or has another input chosen. "
		"If it has played before, remove it in the Bluetooth settings and pair it "
		"anew." },
	[TANDEM_SAY_CONNECT_SILENT] = {
		"could not be connected: the Bluetooth service gave no answer in time; "
		"tries again from time to time", "",
		"The service or the adapter hangs. Restart it if this stays." },
	[TANDEM_SAY_CONNECT_FAILED] = {
		"could not be connected (%s): is it on and near? Tries again from time to "
		"time", "reason",
		"The reason is the Bluetooth service's own. Switch the speaker off and on; "
		"if it stays, remove it in the Bluetooth settings and pair it anew." },
	[TANDEM_SAY_NO_STREAM] = {
		"is connected, but opened no stream: disconnects it once and tries again",
		"",
		"The connection is only half there, as after the end of the program that "
		"had made it. If it stays, switch the speaker off and on." },
	[TANDEM_SAY_LENDER_GONE] = {
		"the program that had connected it has ended: connects it again", "",
		"The session manager was restarted while Tandem played on a stream of its "
		"own." },
	[TANDEM_SAY_GUEST] = {
		"%s is no speaker of this group: handed over to %s", "device, to whom",
		"A headset, say, connected by itself and chose Tandem's endpoint. Tandem "
		"connects it to whom it is for: two or three seconds. Nothing is to be "
		"done." },
	[TANDEM_SAY_GUEST_STRANDED] = {
		"%s is no speaker of this group and could not be handed over to %s (%s): "
		"connect it in the Bluetooth settings", "device, to whom, reason",
		"It chose Tandem's endpoint, which is not for it, and nobody else took "
		"it. From the Bluetooth settings the session manager gets it, if that has "
		"a free endpoint: is WirePlumber running?" },
	[TANDEM_SAY_CONFIG_REFUSED] = {
		"refuses the configuration %s (%s): set sbc-mode to another mode; tries "
		"again from time to time", "configuration, reason",
		"The speaker offers this mode and yet does not take it. sbc-mode = stereo "
		"or dual is worth a try." },
	[TANDEM_SAY_CAPS_MALFORMED] = {
		"offers SBC in a form that makes no sense (%s): it cannot be used as it is",
		"bytes",
		"A fault in the speaker's firmware: look for an update of it. After one, "
		"remove the speaker in the Bluetooth settings and pair it anew." },
	[TANDEM_SAY_NOTHING_COMMON] = {
		"offers no SBC that Tandem can encode (%s): wanted is 44.1 or 48 kHz",
		"bytes",
		"The speaker takes 16 or 32 kHz only, or no bitpool that both can do." },
	[TANDEM_SAY_NO_SBC] = {
		"offers no SBC at all, which Tandem cannot do without", "",
		"Every A2DP speaker must take SBC; this one hides it. A firmware setting "
		"may help, such as a mode for best quality that is to be switched off." },
	[TANDEM_SAY_OTHER_CODEC] = {
		"its stream was set up by another program with a codec Tandem cannot "
		"encode: restart Tandem and the session manager (systemctl --user restart "
		"pipewire-tandem wireplumber)", "",
		"The session manager connected it first, for example with aptX or AAC, "
		"and has not changed to SBC. BlueZ before 5.83 lets it do so only while "
		"nobody else plays on that adapter, and connected again, the speaker gets "
		"the codec it had last. Restarted together, Tandem comes first." },
	[TANDEM_SAY_CODEC_NOT_BUILT] = {
		"%s is asked for, but this build of Tandem has no library for it: plays %s",
		"codec asked for, codec in use",
		"Install the package of Tandem that was built with the codec, or build it "
		"with the library (for LDAC libldacbt-enc-dev). codec = sbc silences "
		"this." },
	[TANDEM_SAY_CODEC_LATER] = {
		"%s is asked for, but is offered to speakers from the next start of Tandem "
		"on: plays %s", "codec asked for, codec in use",
		"Write codec = ... into the configuration and start Tandem again: "
		"systemctl --user restart pipewire-tandem." },
	[TANDEM_SAY_CODEC_TOO_WIDE] = {
		"%s needs packets of %s bytes and the link to this speaker takes %s: plays "
		"%s", "codec asked for, bytes needed, bytes of the link, codec in use",
		"The speaker or this computer's Bluetooth adapter allows only small "
		"packets; another adapter may help. codec = sbc silences this." },
	[TANDEM_SAY_CODEC_REFUSED] = {
		"refuses the configuration %s (%s): tries SBC", "configuration, reason",
		"The speaker offers the codec and does not take it. Setting codec again "
		"tries it once more." },
	[TANDEM_SAY_CODEC_FAILED] = {
		"offers %s and does not take it: plays %s",
		"codec asked for, codec in use",
		"It refused the codec when its stream was set up. Setting codec again "
		"tries it once more; codec = sbc silences this." },
	[TANDEM_SAY_CODEC_NOT_OFFERED] = {
		"does not offer %s: plays %s", "codec asked for, codec in use",
		"The speaker has no such codec, or its app or a button has switched it "
		"off. codec = sbc silences this." },
	[TANDEM_SAY_CODEC_INSISTED] = {
		"its stream came up with %s, not the %s asked for, and is played so",
		"codec in use, codec asked for",
		"The speaker set its stream up by itself. A disconnect and connect from "
		"this computer lets Tandem choose; setting codec again does that once." },
	[TANDEM_SAY_CODEC_BORROWED] = {
		"its stream was set up by the session manager with %s, not the %s asked "
		"for", "codec in use, codec asked for",
		"Tandem plays on the session manager's stream and cannot change it. Start "
		"Tandem before the session manager, as its service does, and connect the "
		"speaker again." },
	[TANDEM_SAY_MODE_NOT_OFFERED] = {
		"does not offer SBC %s: plays SBC %s", "mode asked for, mode in use",
		"The speaker has no such mode. Set sbc-mode = auto to silence this." },
	[TANDEM_SAY_MODE_INSISTED] = {
		"its stream came up with SBC %s, not the %s asked for, and is played so",
		"mode in use, mode asked for",
		"The speaker set its stream up by itself. A disconnect and connect from "
		"this computer lets Tandem choose; setting sbc-mode again does that "
		"once." },
	[TANDEM_SAY_MODE_BORROWED] = {
		"its stream was set up by the session manager with SBC %s, not the %s "
		"asked for", "mode in use, mode asked for",
		"Tandem plays on the session manager's stream and cannot change it. Start "
		"Tandem before the session manager, as its service does, and connect the "
		"speaker again." },
	[TANDEM_SAY_BITPOOL_LIMITED] = {
		"its stream takes SBC bitpools %s to %s: plays %s, not the %s asked for",
		"least, greatest, bitpool in use, bitpool asked for",
		"The bitpool is beyond what was agreed with the speaker. 0 is the one for "
		"mode and goal." },
	[TANDEM_SAY_AGAIN_WITH] = {
		"connects again with %s", "codec and mode",
		"codec, mode or bitpool was changed, or the codec in use does not fit the "
		"link, and the speaker must agree to another: a few seconds." },
	[TANDEM_SAY_AGAIN_ADAPTER] = {
		"connects again by the Bluetooth adapter %s", "address",
		"The setting adapter was changed: a few seconds of silence on this "
		"speaker." },
	[TANDEM_SAY_ASKS_SBC] = {
		"its stream was set up by another program with a codec Tandem cannot "
		"encode: asks the session manager for SBC", "",
		"The session manager connected it first, for example with LDAC or AAC. The "
		"change takes some seconds, and is tried once per connection." },
	[TANDEM_SAY_WAITS_ASIDE] = {
		"waits, 3 s at most, for the session manager to leave its stream alone", "",
		"Tandem sets the profile of the desktop's own device of this speaker to "
		"off, and puts it back when the speaker leaves the group or Tandem ends." },
	[TANDEM_SAY_USED_BY_OTHER] = {
		"another program plays on it: waits until that has finished", "",
		"The desktop's own sink of this speaker is in use. Move that stream to "
		"Tandem, or switch the speaker's profile off in the sound settings." },
	[TANDEM_SAY_STILL_BUSY] = {
		"its stream is still busy: waits until it is free", "",
		"Its last user has not let go yet. If it stays, disconnect and connect "
		"it." },
	[TANDEM_SAY_GOING_DOWN] = {
		"its link is going down: waits for it to come back", "",
		"It is being disconnected, switched off or out of range." },
	[TANDEM_SAY_LENT_ALREADY] = {
		"another speaker's stream is in the way: restart the session manager to "
		"let Tandem have both (systemctl --user restart wireplumber)", "",
		"The session manager registered with Bluetooth before Tandem and set up "
		"both streams on one endpoint. If Tandem borrowed them both, BlueZ 5.83 to "
		"5.87 would crash when the session manager ends, at log-out for example. "
		"Restarted, it comes second, and both are Tandem's. The other speaker "
		"plays all channels meanwhile." },
	[TANDEM_SAY_START_DENIED] = {
		"its stream is in another program's hands (%s): tries again", "reason",
		"The session manager uses it, or it is not set up yet. Tandem takes it "
		"when it is let go." },
	[TANDEM_SAY_START_SILENT] = {
		"did not start its stream in time: tries again", "",
		"Speaker or adapter hang. Switch the speaker off and on if this stays." },
	[TANDEM_SAY_START_FAILED] = {
		"its stream could not be started (%s): tries again", "reason",
		"The reason is the Bluetooth service's own. Some speakers refuse while a "
		"call or another input is active on them." },
	[TANDEM_SAY_SUSPENDED] = {
		"it stopped the stream itself (paused, or used by another device): tries "
		"again from time to time", "",
		"Somebody pressed pause on it, or a telephone that is connected to it "
		"plays." },
	[TANDEM_SAY_BROKEN_LINK] = {
		"its link broke after %s s (%s): tries again", "seconds, reason",
		"Too far away, a wall between, or Wi-Fi at 2.4 GHz in the way; or it was "
		"switched off while it played." },
	[TANDEM_SAY_MAKES_ROOM] = {
		"gives its place at the session manager to %s, and connects again: "
		"restart that to let Tandem have it (systemctl --user restart "
		"wireplumber)", "name",
		"The session manager registered with Bluetooth before Tandem and had set "
		"this speaker up on an endpoint of its own. Before BlueZ 5.83 each of them "
		"holds one device only, and the other device finds no free one. Connected "
		"again the speaker comes to one of Tandem's endpoints." },
	[TANDEM_SAY_LEFT_TO_DESKTOP] = {
		"is left to the desktop until its setting release is false again", "",
		"Somebody has asked for that: tandemctl release SPEAKER. It is connected "
		"anew, and is an output of its own; tandemctl release SPEAKER off takes it "
		"back." },
	[TANDEM_SAY_LATE] = {
		"its stream is borrowed from the session manager: restart that to let "
		"Tandem have it (systemctl --user restart wireplumber)", "",
		"It plays. But the session manager registered with Bluetooth before "
		"Tandem, so it is the one that may set the stream up, and ends it when it "
		"ends. Restarted, it comes second, as when Tandem's service starts." },
	[TANDEM_SAY_LATE_AND_TAKEN] = {
		"its stream is borrowed from the session manager, where other headphones "
		"may find no place now: restart that to let Tandem have it (systemctl "
		"--user restart wireplumber)", "",
		"It plays. But the session manager registered with Bluetooth before "
		"Tandem, so it set the stream up, and before BlueZ 5.83 each of its "
		"endpoints holds one device only. Restarted, it comes second, and has its "
		"endpoints for itself." },
	[TANDEM_SAY_LATE_AND_SHARED] = {
		"its stream is borrowed from the session manager, and its delay reports "
		"are mixed up with another's: restart that to let Tandem have it "
		"(systemctl --user restart wireplumber)", "",
		"It plays, but how late is not known: since BlueZ 5.83 the session "
		"manager's streams share one endpoint, and one's delay shows as the "
		"other's. On Tandem's endpoints each has its own." },
	[TANDEM_SAY_SHARED] = {
		"its delay reports are not used: the Bluetooth service mixes them up with "
		"those of another device", "",
		"It plays, but how late is not known: since BlueZ 5.83 two devices that "
		"connect by themselves may share one endpoint, and one's delay shows as "
		"the other's. Disconnect it and connect it from this computer, and it "
		"gets its own." },
	[TANDEM_SAY_ASIDE_REFUSED] = {
		"%s: the desktop's own sink of it cannot be put aside (%s): tries again "
		"from time to time", "address, reason",
		"That sink may show up beside Tandem, even as the default. Set the "
		"profile of the speaker to Off in the sound settings (pavucontrol, page "
		"Configuration)." },
	[TANDEM_SAY_ASIDE_UNDONE] = {
		"%s: the desktop's own sink of it is switched on again and again: puts it "
		"aside every 10 s", "address",
		"Another program insists on the profile of this speaker, such as a script "
		"or a rule of the session manager. Take the speaker out of it, or out of "
		"Tandem." },
	[TANDEM_SAY_BACK_REFUSED] = {
		"%s: its profile %s cannot be put back (%s)", "address, profile, reason",
		"Choose the profile of the speaker in the sound settings, or disconnect "
		"and connect it." },
	[TANDEM_SAY_BACK_SILENT] = {
		"%s: its profile %s is not back after %s s: choose it in the sound "
		"settings", "address, profile, seconds",
		"The session manager does not answer, or no longer has a profile that "
		"plays on this speaker. Disconnecting and connecting it helps, too." },
	[TANDEM_SAY_NO_ASIDE] = {
		"the desktop's own sinks of the speakers cannot be put aside (%s)",
		"reason",
		"Tandem does not see the devices of this PipeWire. Set the speakers to the "
		"profile Off in the sound settings when they show up beside Tandem." },
	[TANDEM_SAY_NOTE_LINE] = {
		"%s: line %s makes no sense: it is left out", "file, line",
		"The file notes which speakers Tandem plays on or has put aside. If a "
		"speaker has no output of its own any more, choose its profile in the "
		"sound settings, or disconnect and connect it." },
	[TANDEM_SAY_NOTE_UNSAVED] = {
		"%s cannot be written (%s): after a crash of Tandem the profile of a "
		"speaker would stay off", "file, why",
		"Look at the folder's permissions and at the space on its disk." },
	[TANDEM_SAY_MEMBERS_UNSAVED] = {
		"%s cannot be written (%s): when Tandem ends, the speakers may have to be "
		"connected again", "file, why",
		"Look at the folder's permissions and at the space on its disk." },
	[TANDEM_SAY_NOT_GIVEN_BACK] = {
		"%s: has no output of its own yet (%s): disconnect and connect it in the "
		"Bluetooth settings", "address, reason",
		"Tandem has ended, and the session manager did not take the speaker over. "
		"Where no session manager plays on Bluetooth speakers, nothing is to be "
		"done." },
	[TANDEM_SAY_NO_PIPEWIRE] = {
		"cannot connect to PipeWire: %s: is it running?", "reason",
		"Tandem in a process of its own is a client of the desktop's PipeWire: "
		"systemctl --user status pipewire. With remote.name, is that its name?" },
	[TANDEM_SAY_PIPEWIRE_GONE] = {
		"the connection to PipeWire is gone: Tandem ends here", "",
		"PipeWire was stopped or has crashed. The systemd unit starts Tandem again "
		"together with it." },
	[TANDEM_SAY_PIPEWIRE_ERROR] = {
		"PipeWire says of object %s: %s", "number, reason",
		"An error that PipeWire has met while it did what Tandem asked for. The "
		"object is shown by pw-cli info." },
	[TANDEM_SAY_NO_PLUGIN] = {
		"the SPA plugin %s.so is not where PipeWire looks: install Tandem's "
		"plugin, or set SPA_PLUGIN_DIR", "plugin",
		"The module is installed and its plugin is not, or in another place: "
		"pkg-config --variable=plugindir libspa-0.2 says where it belongs." },
	[TANDEM_SAY_OTHER_PLUGIN] = {
		"the SPA plugin %s.so does not fit this module (%s): install both from one "
		"build",
		"plugin, reason",
		"Module and plugin come from different versions of Tandem." },
	[TANDEM_SAY_NO_ADAPTER_MODULE] = {
		"no sink: libpipewire-module-adapter must be loaded before "
		"libpipewire-module-tandem", "",
		"The configuration of this PipeWire lacks it, or has the two in the wrong "
		"order." },
	[TANDEM_SAY_NO_EXPORT] = {
		"no sink: PipeWire does not take it (%s)", "reason",
		"Tandem has no part in the graph. pw-cli info 0 shows whether PipeWire "
		"answers." },
	[TANDEM_SAY_SAME_PROPERTIES] = {
		"the sink's name and keep-alive stay as they were (%s)", "reason",
		"The other settings count. The new ones do at the next start." },
	[TANDEM_SAY_NOT_NOTIFIED] = {
		"could not tell systemd that it has started (%s): systemd will start it "
		"again", "reason",
		"The session manager waits for this word, for 10 s at most. A unit of your "
		"own may say Type = simple instead." },
	[TANDEM_SAY_SIDES_DAMAGED] = {
		"the remembered sides cannot be read (%s): the file has been set aside, "
		"the lower address is left again", "reason",
		"If the sides are wrong now, set swap, or list the speakers." },
	[TANDEM_SAY_SIDES_UNSAVED] = {
		"could not remember the sides (%s): they may change at the next start",
		"reason",
		"The folder $XDG_STATE_HOME/tandem cannot be written: look at its owner "
		"and at the room on the disk." },
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
