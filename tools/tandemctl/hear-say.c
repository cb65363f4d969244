/* SPDX-License-Identifier: MIT */
#include "hear-say.h"

#include "tandemctl.h"

static void say_no_source(enum tandem_source_verdict verdict, const char *wanted)
{
	switch (verdict) {
	case TANDEM_SOURCE_UNKNOWN:
		tandem_ctl_say("there is no microphone %s: see wpctl status, Sources",
				wanted);
		break;
	case TANDEM_SOURCE_SINK:
		tandem_ctl_say("%s is an output, not a microphone: see wpctl status, "
			       "Sources",
				wanted);
		break;
	case TANDEM_SOURCE_NONE:
	case TANDEM_SOURCE_GOOD:
	case TANDEM_SOURCE_WARY:
		tandem_ctl_say("there is no microphone that could listen: plug one in (a "
			       "headset on Bluetooth counts only when named by --source)");
		break;
	}
}

static void say_who(const struct tandem_listen_news *news)
{
	const struct tandem_source *const s = &news->source;

	tandem_ctl_say("the microphone is open: %s listens", s->description);
	if (s->is_bluetooth) {
		tandem_ctl_say("%s is on Bluetooth: it hears less, and its own music may "
			       "end",
				s->description);
	} else if (news->verdict == TANDEM_SOURCE_WARY) {
		tandem_ctl_say("%s is made by other software, which may have changed what "
			       "is to be measured: better name a plain microphone by "
			       "--source",
				s->description);
	}
}

void tandem_hear_say_news(const struct tandem_listen_news *news, const char *wanted)
{
	switch (news->state) {
	case TANDEM_LISTEN_NO_SINK:
		tandem_ctl_say("the Tandem sink has gone: its speakers have left, or "
			       "Tandem has ended");
		break;
	case TANDEM_LISTEN_NO_SOURCE:
		say_no_source(news->verdict, wanted);
		break;
	case TANDEM_LISTEN_HEARS:
		say_who(news);
		break;
	case TANDEM_LISTEN_BROKEN:
		tandem_ctl_say("PipeWire has refused: %s", news->why);
		break;
	case TANDEM_LISTEN_LOOKS:
	case TANDEM_LISTEN_CLOSED:
	case TANDEM_LISTEN_WAITS:
		break;
	}
}

const char *tandem_hear_say_verdict(enum tandem_ear_verdict verdict)
{
	switch (verdict) {
	case TANDEM_EAR_QUIET:
		return "is given nothing to play";
	case TANDEM_EAR_NOISY:
		return "is not heard well enough over the noise: turn it up, bring the "
		       "microphone nearer, make the room quieter, or use another "
		       "microphone";
	case TANDEM_EAR_ECHO:
		return "is heard, but its echoes are as loud as itself: put the microphone "
		       "where it sees the speaker, nearer to it and away from walls";
	case TANDEM_EAR_ALIKE:
		return "plays the same as another one, so that nobody can tell them apart";
	case TANDEM_EAR_HEARD:
		return "is heard";
	}
	return "";
}
