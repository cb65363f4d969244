#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What systemd is told (READY=1), and when: once our endpoints are registered, or there is
nothing to register with, without any session manager; and not by a Tandem in the daemon."""
import contextlib
import os
import signal
import socket
import time

from common import bare_scene, check, finish
import config

SOURCE = '0000110a-0000-1000-8000-00805f9b34fb'


class Listener:
    """systemd's end of $NOTIFY_SOCKET."""

    def __init__(self, directory):
        self.path = os.path.join(directory, 'notify')
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.begin = time.monotonic()
        self.words = []

    def wait(self, timeout_s):
        """READY=1, and when; None when it is not said."""
        self.socket.settimeout(timeout_s)
        try:
            while True:
                word = self.socket.recv(1024).decode()
                self.words.append(word)
                if not word.startswith(('FDSTORE', 'STATUS=')):
                    return word, time.monotonic() - self.begin
        except TimeoutError:
            return None, timeout_s


def registered(stage):
    return SOURCE in stage.run(
        'dbus-send', '--system', '--print-reply', '--dest=org.bluez', '/org/bluez/hci0',
        'org.freedesktop.DBus.Properties.Get', 'string:org.bluez.Adapter1', 'string:UUIDs')


@contextlib.contextmanager
def desktop(out_of_what):
    """A PipeWire without session manager, and systemd's ear."""
    print(out_of_what + ':')
    with bare_scene() as s:
        s.stage.start_buses()
        yield s.stage, Listener(s.stage.run_dir)


def start(stage, listener, **extra):
    config.write_tandem(stage.config_dir, 'auto', 'stereo', {})
    pipewire = stage.spawn('pipewire', ['pipewire'])
    stage.wait_socket('pipewire-0', pipewire)
    listener.begin = time.monotonic()
    return stage.spawn('tandem', ['pipewire', '-c', 'tandem.conf'],
                       {**stage.built(), 'NOTIFY_SOCKET': listener.path, **extra})


def ends_well(tandem, listener):
    check(listener.wait(0.5)[0] is None, 'once')
    status = [w for w in listener.words if w.startswith('STATUS=tandem: ')]
    check(status, f'systemctl status: {status[-1:]}')
    check(tandem.alive() and tandem.stop() == 0, 'it goes on, and ends well')


def told(listener, at_least_s, at_most_s):
    word, after_s = listener.wait(at_most_s)
    return check(word == 'READY=1' and after_s >= at_least_s,
                 f'says {word} after {after_s:.2f} s')


with desktop('with Bluetooth') as (stage, listener):
    stage.start_bluetooth(3)
    tandem = start(stage, listener)
    told(listener, 0.0, 4.0)
    check(registered(stage), 'its endpoints are registered by then')
    ends_well(tandem, listener)

with desktop('without bluetoothd') as (stage, listener):
    tandem = start(stage, listener)
    told(listener, 0.0, 4.0)
    ends_well(tandem, listener)

with desktop('without a system bus') as (stage, listener):
    tandem = start(stage, listener, DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent/bus')
    told(listener, 0.0, 4.0)
    ends_well(tandem, listener)

with desktop('with a bluetoothd that hangs') as (stage, listener):
    bluez = stage.start_bluetooth(3)
    bluez.kill(signal.SIGSTOP)
    tandem = start(stage, listener)
    told(listener, 5.0, 8.0)
    bluez.kill(signal.SIGCONT)
    ends_well(tandem, listener)

with desktop('in the daemon') as (stage, listener):
    stage.start_bluetooth(3)
    config.write_drop_in(stage.config_dir, 'auto', 'stereo', {})
    pipewire = stage.spawn('pipewire', ['pipewire'],
                           {**stage.built(), 'NOTIFY_SOCKET': listener.path})
    stage.wait_socket('pipewire-0', pipewire)
    end = time.monotonic() + 10.0
    while not registered(stage) and time.monotonic() < end:
        time.sleep(0.05)  # nothing else tells it from outside
    check(registered(stage), 'its endpoints are registered')
    check(listener.wait(1.0)[0] is None, 'which is not for Tandem to say')

finish()
