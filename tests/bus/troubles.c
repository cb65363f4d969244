/* SPDX-License-Identifier: MIT */
#include "troubles.h"

#include <check.h>

#define ONE "/org/bluez/hci0/dev_00_AA_01_01_00_01"
#define CONNECT "Fail('Device1.ConnectProfile', '" ONE "', "
#define REGISTER "Fail('Media1.RegisterApplication', '/org/bluez/hci0', "
#define ACQUIRE "Fail('MediaTransport1.Acquire', '" ONE "', "
#define SBC "Capabilities('" ONE "', 0, [0x3f, 0xff, 2, 53])"
#define OFF "Bluetooth is switched off (hci0)"
#define CLEAR .cure = { "Clear()" }

static void lose_bus(struct bench *b)
{
	(void)b;
	g_setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
}

/* With everybody on it, as at a restart of dbus.service. */
static void end_bus(struct bench *b)
{
	tandem_bench_stop_stage(b);
	lose_bus(b);
}

static void find_bus(struct bench *b)
{
	g_autofree char *path = tandem_stage_path(&b->stage, "bus");
	g_autofree char *address = g_strdup_printf("unix:path=%s", path);

	g_setenv("DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);
}

void tandem_trouble_pause(struct bench *b)
{
	tandem_bench_want(b, false);
	UNTIL(b, tandem_bench_both(b, TANDEM_SPEAKER_CONFIGURED));
	tandem_bench_want(b, true);
}

static void want(struct bench *b)
{
	tandem_bench_want(b, true);
}

/* What the plugin says when its socket breaks before BlueZ says anything. */
static void lose_socket(struct bench *b)
{
	tandem_bench_lose(b, 0, "connection reset");
}

static bool is_not_registered(const struct bench *b)
{
	const struct tandem_adapter *a =
			tandem_book_adapter(&b->roster->book, "/org/bluez/hci0");

	return a && a->attempts > 0;
}

/* clang-format off */
const struct trouble tandem_troubles[] = {
	{ "no system bus", AT_START, .both = true, .late = true,
	  .stage = lose_bus, .mend = find_bus,
	  .state = TANDEM_SPEAKER_ABSENT, .says = "no system bus" },
	{ "the system bus ends while they play", PLAYING, .both = true, .late = true,
	  .stage = end_bus, .mend = tandem_bench_start_stage_again,
	  .state = TANDEM_SPEAKER_ABSENT, .says = "no system bus" },
	{ "bluetoothd is not there, and comes", AT_START, .both = true,
	  .stage = tandem_bench_stop_bluez, .mend = tandem_bench_start_bluez,
	  .state = TANDEM_SPEAKER_ABSENT, .says = "is not running: waits for it" },
	{ "bluetoothd restarts while they play", PLAYING, .both = true,
	  .stage = tandem_bench_stop_bluez, .mend = tandem_bench_start_bluez,
	  .state = TANDEM_SPEAKER_ABSENT, .says = "is not running: waits for it" },
	{ "bluetoothd does not answer", AT_START, .both = true, .late = true,
	  .cause = { "Mute('ObjectManager.GetManagedObjects', '')" }, CLEAR,
	  .state = TANDEM_SPEAKER_ABSENT, .says = "does not answer" },
	{ "bluetoothd refuses to tell its objects", AT_START, .both = true,
	  .cause = { "Fail('ObjectManager.GetManagedObjects', '', "
		     "'org.freedesktop.DBus.Error.AccessDenied', 'denied', 0)" }, CLEAR,
	  .state = TANDEM_SPEAKER_ABSENT, .says = "does not answer (" },

	{ "adapter off", PLAYING, .both = true,
	  .cause = { "Power('hci0', false)" }, .cure = { "Power('hci0', true)" },
	  .state = TANDEM_SPEAKER_KNOWN, .says = OFF },
	{ "adapter pulled out", PLAYING, .both = true,
	  .cause = { "Plug('hci0', false)" }, .cure = { "Plug('hci0', true)" },
	  .state = TANDEM_SPEAKER_ABSENT, .says = "is not paired: pair it" },
	{ "adapter off, the same speakers on another", PLAYING, .both = true,
	  .option = "--hosts=2",
	  .cause = { "Power('hci0', false)" }, .cure = { "Power('hci0', true)" },
	  .state = TANDEM_SPEAKER_KNOWN, .says = OFF },

	{ "another adapter pulled out, a stream set up anew here", PLAYING,
	  .option = "--hosts=2",
	  .cause = { "Plug('hci1', false)",
		     "Again('/org/bluez/hci0/dev_00_AA_01_02_00_02')" },
	  .state = TANDEM_SPEAKER_ACQUIRING, .says = "" },

	{ "not registered: InvalidArguments", AT_START, .both = true,
	  .cause = { REGISTER "'InvalidArguments', 'Invalid arguments', 0)" },
	  CLEAR, .state = TANDEM_SPEAKER_KNOWN,
	  .says = "hci0 takes no more audio endpoints (Invalid arguments)",
	  .met = is_not_registered },
	{ "not registered: NotSupported", AT_START, .both = true,
	  .cause = { REGISTER "'NotSupported', 'Operation is not supported', 0)" },
	  CLEAR, .state = TANDEM_SPEAKER_KNOWN,
	  .says = "hci0 cannot send music (A2DP): Operation is not supported",
	  .met = is_not_registered },
	{ "not registered: Failed", AT_START, .both = true,
	  .cause = { REGISTER "'Failed', 'No object received', 0)" },
	  CLEAR, .state = TANDEM_SPEAKER_KNOWN,
	  .says = "did not find Tandem's endpoints (hci0, No object received)",
	  .met = is_not_registered },
	{ "registered already, it says, and is not", AT_START, .both = true,
	  .cause = { REGISTER "'AlreadyExists', 'Already Exists', 0)" },
	  CLEAR, .state = TANDEM_SPEAKER_BACKING_OFF,
	  .says = "br-connection-profile-unavailable", .end = STAYS },
	{ "registering is not answered", AT_START, .both = true, .late = true,
	  .cause = { "Mute('Media1.RegisterApplication', '/org/bluez/hci0')" },
	  CLEAR, .state = TANDEM_SPEAKER_KNOWN,
	  .says = "did not answer when Tandem offered its endpoints (hci0)",
	  .met = is_not_registered },

	{ "speaker is off", AT_START,
	  .cause = { CONNECT "'Failed', 'br-connection-page-timeout', 0)" }, CLEAR,
	  .state = TANDEM_SPEAKER_BACKING_OFF,
	  .says = "does not answer: it is off or out of range" },
	{ "speaker refuses to connect", AT_START,
	  .cause = { CONNECT "'Failed', 'br-connection-refused', 0)" }, CLEAR,
	  .state = TANDEM_SPEAKER_BACKING_OFF,
	  .says = "refuses the connection (br-connection-refused)" },
	{ "somebody else is connecting", AT_START,
	  .cause = { CONNECT "'InProgress', 'br-connection-busy', 0)" }, CLEAR,
	  .state = TANDEM_SPEAKER_BACKING_OFF,
	  .says = "is being connected by another program (br-connection-busy)" },
	{ "not ready", AT_START,
	  .cause = { CONNECT "'NotReady', 'br-connection-adapter-not-powered', 0)" },
	  CLEAR, .state = TANDEM_SPEAKER_BACKING_OFF,
	  .says = "adapter is not ready (br-connection-adapter-not-powered)" },
	{ "connected already, without a stream", AT_START,
	  .cause = { CONNECT "'AlreadyConnected', 'Already Connected', 0)" }, CLEAR,
	  .state = TANDEM_SPEAKER_BACKING_OFF,
	  .says = "is connected, but opened no stream" },
	{ "connecting is not answered", AT_START, .late = true,
	  .cause = { "Mute('Device1.ConnectProfile', '" ONE "')" }, CLEAR,
	  .state = TANDEM_SPEAKER_BACKING_OFF, .says = "gave no answer in time" },

	{ "speaker refuses the configuration", AT_START,
	  .cause = { "Fail('AVDTP.SetConfiguration', '" ONE
		     "', 'Failed', 'br-connection-create-socket', 0)" }, CLEAR,
	  .state = TANDEM_SPEAKER_BACKING_OFF,
	  .says = "refuses the configuration SBC joint at 48 kHz, bitpool 51 "
		  "(br-connection-create-" },
	{ "capabilities are too short", AT_START,
	  .cause = { "Capabilities('" ONE "', 0, [0x3f, 0xff])" }, .cure = { SBC },
	  .state = TANDEM_SPEAKER_BACKING_OFF, .says = "that makes no sense (3f ff)" },
	{ "capabilities are too long", AT_START,
	  .cause = { "Capabilities('" ONE "', 0, [0x3f, 0xff, 2, 53, 0, 0, 0, 0, 0, 0, 0, "
		     "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])" },
	  .cure = { SBC }, .state = TANDEM_SPEAKER_BACKING_OFF,
	  .says = "that makes no sense" },
	{ "capabilities with the bitpools swapped", AT_START,
	  .cause = { "Capabilities('" ONE "', 0, [0x3f, 0xff, 53, 2])" }, .cure = { SBC },
	  .state = TANDEM_SPEAKER_BACKING_OFF, .says = "makes no sense (3f ff 35 02)" },
	{ "16 and 32 kHz only", AT_START,
	  .cause = { "Capabilities('" ONE "', 0, [0xcf, 0xff, 2, 53])" }, .cure = { SBC },
	  .state = TANDEM_SPEAKER_BACKING_OFF,
	  .says = "offers no SBC that Tandem can encode (cf ff 02 35)" },
	{ "no SBC at all", AT_START,
	  .cause = { "Capabilities('" ONE "', 255, [0x2d, 1, 0, 0, 0xaa, 0, 0x3c, 7])" },
	  .cure = { SBC }, .state = TANDEM_SPEAKER_BACKING_OFF,
	  .says = "offers no SBC at all" },

	{ "acquiring is not authorized", AT_START,
	  .cause = { ACQUIRE "'NotAuthorized', 'Operation Not Authorized', 0)" }, CLEAR,
	  .state = TANDEM_SPEAKER_BACKING_OFF,
	  .says = "in another program's hands (Operation Not Authorized)" },
	{ "speaker refuses to start", AT_START,
	  .cause = { "Fail('AVDTP.Start', '" ONE "', 'Failed', 'Input/output error', 0)" },
	  CLEAR, .state = TANDEM_SPEAKER_BACKING_OFF,
	  .says = "its stream could not be started (Input/output error)" },
	{ "acquiring is not answered", AT_START, .late = true,
	  .cause = { "Mute('MediaTransport1.Acquire', '" ONE "')" }, CLEAR,
	  .state = TANDEM_SPEAKER_BACKING_OFF,
	  .says = "did not start its stream in time" },
	{ "releasing fails", PLAYING,
	  .cause = { "Fail('MediaTransport1.Release', '" ONE "', 'Failed', "
		     "'Input/output error', 0)" }, .stage = tandem_trouble_pause,
	  .state = TANDEM_SPEAKER_CONFIGURED, .says = "its stream is still busy",
	  .cure = { "Clear()", "Take('" ONE "')", "GiveBack('" ONE "')" } },

	{ "the end of the last stream is told late", PLAYING, .stage = tandem_trouble_pause,
	  .cause = { "Hold('PropertiesChanged.State', '" ONE "')" },
	  .cure = { "Let('PropertiesChanged.State', '" ONE "')" },
	  .state = TANDEM_SPEAKER_CONFIGURED, .says = "its stream is still busy" },

	{ "another phone takes the speaker", PLAYING,
	  .cause = { "Take('" ONE "')" }, .cure = { "GiveBack('" ONE "')" },
	  .state = TANDEM_SPEAKER_BACKING_OFF, .says = "it stopped the stream itself" },
	{ "link breaks", PLAYING,
	  .cause = { CONNECT "'Failed', 'br-connection-page-timeout', 0)",
		     "Drop('" ONE "', 'org.bluez.Reason.Timeout')" }, CLEAR,
	  .state = TANDEM_SPEAKER_BACKING_OFF, .says = "off or out of range" },
	{ "socket breaks first", PLAYING, .stage = lose_socket,
	  .cause = { "Fail('AVDTP.Start', '" ONE "', 'Failed', 'Input/output error', 0)" },
	  CLEAR, .state = TANDEM_SPEAKER_RELEASING, .says = "its link broke" },
	{ "stream configured again, path used again", PLAYING,
	  .cause = { "Habit('reuse-paths', true)", "Again('" ONE "')", "Again('" ONE "')" },
	  .state = TANDEM_SPEAKER_ACQUIRING, .says = "" },
	{ "path used again, the signals come late", IDLE,
	  .cause = { "Habit('reuse-paths', true)", "Again('" ONE "')",
		     "Hold('InterfacesRemoved', '" ONE "')",
		     "Hold('InterfacesAdded', '" ONE "')", "Again('" ONE "')" },
	  .cure = { "Let('InterfacesRemoved', '" ONE "')",
		    "Let('InterfacesAdded', '" ONE "')" }, .mend = want, .both = true,
	  .state = TANDEM_SPEAKER_CONFIGURED, .says = "" },
	{ "old object never goes", PLAYING,
	  .cause = { "Lose('InterfacesRemoved', '" ONE "')", "Again('" ONE "')" }, CLEAR,
	  .state = TANDEM_SPEAKER_ACQUIRING, .says = "" },

	{ "what the speaker offers is never told", AT_START,
	  .cause = { "Lose('InterfacesAdded', '" ONE "')" }, CLEAR,
	  .state = TANDEM_SPEAKER_BACKING_OFF, .says = "shows no A2DP input" },
	{ "unpaired, and paired again", PLAYING,
	  .cause = { "Forget('" ONE "')" }, .cure = { "Pair('" ONE "')" },
	  .state = TANDEM_SPEAKER_ABSENT, .says = "not paired: pair it" },

	{ "foreign stream in LDAC", AT_START, .foreign = true,
	  .cause = { "Lie('MediaTransport1.Codec', '" ONE "', <byte 0xff>)",
		     "Lie('MediaTransport1.Configuration', '" ONE
		     "', <[byte 0x2d, 1, 0, 0, 0xaa, 0, 0x10, 1]>)" },
	  .cure = { "Truth('MediaTransport1.Codec')",
		    "Truth('MediaTransport1.Configuration')" },
	  .state = TANDEM_SPEAKER_BORROWED, .says = "with a codec Tandem cannot encode" },

	{ "delay of a wrong type", PLAYING, .end = PASSES,
	  .cause = { "Lie('MediaTransport1.Delay', '" ONE "', <'soon'>)" } },
	{ "delay is absurd", PLAYING, .end = PASSES,
	  .cause = { "Lie('MediaTransport1.Delay', '" ONE "', <uint16 65535>)" } },
	{ "delay goes", PLAYING, .end = PASSES,
	  .cause = { "Hide('MediaTransport1.Delay', '" ONE "')" } },
	{ "flags of wrong types", PLAYING, .end = PASSES,
	  .cause = { "Lie('Device1.UUIDs', '" ONE "', <uint32 7>)",
		     "Lie('Device1.Icon', '" ONE "', <true>)",
		     "Lie('Adapter1.Powered', '', <'yes'>)" } },
	{ "connected is of a wrong type", PLAYING, .stage = tandem_trouble_pause,
	  .cause = { "Lie('Device1.Connected', '" ONE "', <[1, 2]>)" },
	  .cure = { "Truth('Device1.Connected')" },
	  .state = TANDEM_SPEAKER_CONFIGURED, .says = "its link is going down" },
	{ "state of a wrong type", PLAYING,
	  .cause = { "Lie('MediaTransport1.State', '" ONE "', <uint32 2>)" },
	  .cure = { "Truth('MediaTransport1.State')", "Take('" ONE "')",
		    "GiveBack('" ONE "')" },
	  .state = TANDEM_SPEAKER_BACKING_OFF, .says = "it stopped the stream itself" },
};
/* clang-format on */

const int tandem_troubles_n = G_N_ELEMENTS(tandem_troubles);
