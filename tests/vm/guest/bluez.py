# SPDX-License-Identifier: MIT
"""What a scenario sees of BlueZ, and asks of it, as root on the system bus."""
import os
import time

from gi.repository import Gio, GLib

BLUEZ = 'org.bluez'
A2DP_SINK = '0000110b-0000-1000-8000-00805f9b34fb'
A2DP_SOURCE = '0000110a-0000-1000-8000-00805f9b34fb'
HANDSFREE = '0000111e-0000-1000-8000-00805f9b34fb'
AVRCP = ('0000110c-0000-1000-8000-00805f9b34fb', '0000110e-0000-1000-8000-00805f9b34fb')
STATE = '/var/lib/bluetooth'
LOUDSPEAKER, HEADPHONES, COMPUTER = 0x240414, 0x240418, 0x6c010c


def address(index):
    """Of btvirt's controller `index`, which is hci<index>."""
    return f'00:AA:01:{index:02X}:00:42'


def device_path(adapter, index):
    return f'/org/bluez/hci{adapter}/dev_' + address(index).replace(':', '_')


def write_pairing(names):
    """The bonds of hci0 with all others, as bluetoothd keeps them, so that no scenario has
    to pair. names: {index: (name, class, uuids)}."""
    for index, (name, kind, uuids) in names.items():
        other = 'Computer', COMPUTER, (A2DP_SOURCE, *AVRCP)
        write_bond(0, index, name, kind, uuids)
        write_bond(index, 0, *other)
        write_endpoints(index)


def write_bond(adapter, index, name, kind, uuids):
    place = f'{STATE}/{address(adapter)}/{address(index)}'
    os.makedirs(place, exist_ok=True)
    number = max(adapter, index)
    with open(f'{place}/info', 'w') as file:
        file.write(f'[General]\nName={name}\nClass=0x{kind:06x}\nTrusted=true\n'
                   'SupportedTechnologies=BR/EDR;\nBlocked=false\nWakeAllowed=false\n'
                   f'Services={";".join(uuids)};\n\n'
                   f'[LinkKey]\nKey={number:02X}{"5A" * 15}\nType=4\nPINLength=0\n')


def write_endpoints(index):
    """What a speaker remembers of the computer's: BlueZ 5.66 as a speaker breaks its first
    connection when it has to ask for them."""
    place = f'{STATE}/{address(index)}/cache'
    os.makedirs(place, exist_ok=True)
    with open(f'{place}/{address(0)}', 'w') as file:
        file.write('[General]\nName=Computer\n\n[Endpoints]\n'
                   '01=00:00:01:3fff0235\n02=00:00:01:3fff0235\n')


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
