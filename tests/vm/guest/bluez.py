# SPDX-License-Identifier: MIT
"""What a scenario sees of BlueZ, and asks of it, as root on the system bus."""
import contextlib
import os
import threading
import time

try:
    from gi.repository import Gio, GLib
except ImportError:  # outside of the machine, where scenarios are only listed and judged
    Gio = GLib = None

BLUEZ = 'org.bluez'
A2DP_SINK = '0000110b-0000-1000-8000-00805f9b34fb'
A2DP_SOURCE = '0000110a-0000-1000-8000-00805f9b34fb'
HFP_HF = '0000111e-0000-1000-8000-00805f9b34fb'
AVRCP = ('0000110c-0000-1000-8000-00805f9b34fb', '0000110e-0000-1000-8000-00805f9b34fb')
STATE = '/var/lib/bluetooth'
LOUDSPEAKER, HEADPHONES, COMPUTER = 0x240414, 0x240418, 0x6c010c


def address(index):
    """Of btvirt's controller `index`, which is hci<index>."""
    return f'00:AA:01:{index:02X}:00:42'


def device_path(adapter, index):
    return f'/org/bluez/hci{adapter}/dev_' + address(index).replace(':', '_')


def write_pairing(names, more=()):
    """The bonds of hci0 with all others, as bluetoothd keeps them, so that no scenario has
    to pair. names: {index: (name, class)} of what can play; more: services of theirs."""
    for index, (name, kind) in names.items():
        write_bond(0, index, name, kind, (A2DP_SINK, *AVRCP, *more))
        write_cache(0, index, name, 0x110b)
        write_bond(index, 0, 'Computer', COMPUTER, (A2DP_SOURCE, *AVRCP))
        write_cache(index, 0, 'Computer', 0x110a)


def write_bond(adapter, index, name, kind, uuids):
    place = f'{STATE}/{address(adapter)}/{address(index)}'
    os.makedirs(place, exist_ok=True)
    # one key for all: btvirt remembers one for each controller, whoever the link is with
    with open(f'{place}/info', 'w') as file:
        file.write(f'[General]\nName={name}\nClass=0x{kind:06x}\nTrusted=true\n'
                   'SupportedTechnologies=BR/EDR;\nBlocked=false\nWakeAllowed=false\n'
                   f'Services={";".join(uuids)};\n\n'
                   f'[LinkKey]\nKey={"5A" * 16}\nType=4\nPINLength=0\n')


def sequence(*items):
    """Data elements of SDP as one: Core specification, volume 3, part B, 3.2."""
    body = b''.join(items)
    return bytes((0x35, len(body))) + body


def uint16(value):
    return b'\x09' + value.to_bytes(2, 'big')


def uuid16(value):
    return b'\x19' + value.to_bytes(2, 'big')


def a2dp_record(role):
    """What a device that has been asked once says of A2DP: role 0x110a source, 0x110b sink.
    From it BlueZ has the version of AVDTP, and without 1.3 there are no delay reports."""
    return sequence(
        uint16(0x0000), b'\x0a\x00\x01\x00\x01',
        uint16(0x0001), sequence(uuid16(role)),
        uint16(0x0004), sequence(sequence(uuid16(0x0100), uint16(0x0019)),
                                 sequence(uuid16(0x0019), uint16(0x0103))),
        uint16(0x0009), sequence(sequence(uuid16(0x110d), uint16(0x0103))),
        uint16(0x0311), uint16(0x0001))


def write_cache(adapter, index, name, role):
    place = f'{STATE}/{address(adapter)}/cache'
    os.makedirs(place, exist_ok=True)
    with open(f'{place}/{address(index)}', 'w') as file:
        file.write(f'[General]\nName={name}\n\n'
                   f'[ServiceRecords]\n0x00010001={a2dp_record(role).hex().upper()}\n')
        if role == 0x110a:  # BlueZ 5.66 as a speaker fails at first when it has to ask
            file.write('\n[Endpoints]\n01=00:00:01:3fff0235\n02=00:00:01:3fff0235\n')


def write_adapter(index, name):
    place = f'{STATE}/{address(index)}'
    os.makedirs(place, exist_ok=True)
    with open(f'{place}/settings', 'w') as file:
        file.write(f'[General]\nAlias={name}\nDiscoverable=true\n'
                   'DiscoverableTimeout=0\nPairable=false\n')


class Bluez:
    def __init__(self):
        self.bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)

    def call(self, path, interface, method, args=None, timeout_s=45.0, name=BLUEZ):
        return self.bus.call_sync(name, path, interface, method, args, None,
                                  Gio.DBusCallFlags.NO_AUTO_START, int(timeout_s * 1000))

    def objects(self):
        try:
            return self.call('/', 'org.freedesktop.DBus.ObjectManager',
                             'GetManagedObjects').unpack()[0]
        except GLib.Error:
            return {}

    def pid_of(self, name):
        """Of a program on the system bus; 0: it has gone."""
        try:
            return self.bus_call('GetConnectionUnixProcessID', name)
        except GLib.Error:
            return 0

    def bus_call(self, method, *words):
        """What the bus itself answers."""
        args = GLib.Variant(f'({"s" * len(words)})', words)
        return self.call('/org/freedesktop/DBus', 'org.freedesktop.DBus', method, args,
                         name='org.freedesktop.DBus').unpack()[0]

    def names_of(self, uid):
        """The unique names of that user's programs on the system bus."""
        found = []
        for name in self.bus_call('ListNames'):
            with contextlib.suppress(GLib.Error):  # it has gone since
                if name[0] == ':' and self.bus_call('GetConnectionUnixUser', name) == uid:
                    found.append(name)
        return found

    def adapters(self):
        return [p for p, i in self.objects().items() if 'org.bluez.Adapter1' in i]

    def get(self, path, interface, name):
        return self.objects().get(path, {}).get('org.bluez.' + interface, {}).get(name)

    def set(self, path, interface, name, value):
        self.call(path, 'org.freedesktop.DBus.Properties', 'Set',
                  GLib.Variant('(ssv)', (f'org.bluez.{interface}', name, value)))

    def try_call(self, path, interface, method, args=None, timeout_s=45.0):
        """None, or the error's name and message."""
        try:
            self.call(path, interface, method, args, timeout_s)
        except GLib.Error as error:
            return (Gio.DBusError.get_remote_error(error) or '') + ': ' + error.message
        return None

    def connect(self, device, profile=None, timeout_s=45.0):
        """Device1.Connect as a desktop does, or ConnectProfile; retried while busy."""
        end = time.monotonic() + timeout_s
        while True:
            if profile:
                why = self.try_call(device, 'org.bluez.Device1', 'ConnectProfile',
                                    GLib.Variant('(s)', (profile,)))
            else:
                why = self.try_call(device, 'org.bluez.Device1', 'Connect')
            busy = why and ('InProgress' in why or 'busy' in why)
            if not busy or time.monotonic() > end:
                return why
            time.sleep(1.0)

    def disconnect(self, device):
        return self.try_call(device, 'org.bluez.Device1', 'Disconnect')

    def disconnect_all(self, devices):
        """At once. One after the other, WirePlumber 0.4 sets the stream of who stays up
        anew when the first has gone, and BlueZ 5.66 dies of a Disconnect in the midst."""
        calls = [threading.Thread(target=self.disconnect, args=(d,)) for d in devices]
        for call in calls:
            call.start()
        for call in calls:
            call.join()

    def transports(self, adapter=0):
        """{device path: {path, State, Codec, Configuration, ...}} of A2DP streams that this
        adapter sends."""
        found = {}
        for path, interfaces in self.objects().items():
            row = interfaces.get('org.bluez.MediaTransport1')
            if row and path.startswith(f'/org/bluez/hci{adapter}/') \
                    and row.get('UUID') == A2DP_SOURCE:
                found[row['Device']] = {**row, 'path': path}
        return found


class Streams:
    """paths: of the streams that hci0 has had with a device since this was made, in order.
    Who asks now and then misses one that goes and is back at once."""

    def __init__(self, bluez, device):
        self.device, self.paths = device, []
        bluez.bus.set_exit_on_close(False)  # a loop that runs would end us with the bus
        bluez.bus.signal_subscribe(
            BLUEZ, 'org.freedesktop.DBus.ObjectManager', 'InterfacesAdded', None, None,
            Gio.DBusSignalFlags.NONE, self.added)
        threading.Thread(target=GLib.MainLoop().run, daemon=True).start()

    def added(self, _bus, _sender, _root, _interface, _signal, args):
        path, interfaces = args.unpack()
        if path.startswith(self.device + '/') and 'org.bluez.MediaTransport1' in interfaces:
            self.paths.append(path)
