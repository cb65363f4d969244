# SPDX-License-Identifier: MIT
"""Every mode of SBC, and bitpools from 2 to the greatest, set live while both play.

The boxes are BlueALSA, which takes all that there is. In each mode, with a new agreement,
the left one goes from the least bitpool to the greatest and the right one back: together
they need no more air than there is. The left box plays both channels, the right one its
own. Judged is what was on the air, and what BlueALSA made of it. mode=NAME: only that one.
"""
import os
import subprocess
import time

import desk

SECONDS = 70
OPTIONS = {'mode': ''}
TAKES_S = {'bookworm': 129, 'trixie': 143, 'sid': 179}
HOLD_S = 0.8
LISTEN_S = 1.5  # a stream fades in, and a box plays for the other one until that is heard
AWAY_S = 30.0
SHARED = (2, 3, 5, 10, 19, 31, 53, 64, 128, 250)
# {mode: (its bit as agreed, what is asked for)}: A2DP 1.3, 4.3.2
MODES = {'joint': (0x01, SHARED), 'stereo': (0x02, SHARED), 'dual': (0x04, SHARED[:-1]),
         'mono': (0x08, SHARED[:-1]), 'xq': (0x04, SHARED[:-1])}
CHOICES = {'mode': ('', *MODES)}
SIDES = {1: 'left', 2: 'right'}
SERVICE = 'org.bluealsa.speakers'
POLICY = f'''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <policy user="root"><allow send_destination="{SERVICE}"/></policy>
</busconfig>
'''


def sound(seconds):
    """What is played: of each channel noise of its own, most of it in the lowest subband,
    so that the least bitpool holds something of it; the right one is softer."""
    import numpy as np
    from measure import RATE
    count = int(seconds * RATE)
    chance = np.random.default_rng(6)
    hz = np.fft.rfftfreq(count, 1 / RATE)
    shape = np.where((hz > 60) & (hz < 18000), 1 / (1 + np.square(hz / 700)), 0.0)
    noise = np.fft.irfft(np.fft.rfft(chance.standard_normal((count, 2)), axis=0)
                         * shape[:, None], count, axis=0)
    noise *= np.array([0.16, 0.10]) / np.sqrt(np.mean(np.square(noise), axis=0))
    return np.clip(noise, -0.99, 0.99).astype(np.float32)


def tell(machine, **values):
    """Settings of both speakers: key=(left, right), with _ for -."""
    pairs = ' '.join(f'"speaker.{side}.{key.replace("_", "-")}" {value}'
                     for key, both in values.items() for side, value in zip(SIDES.values(),
                                                                            both))
    machine.user_run('pw-cli', 'set-param', 'tandem', 'Props', f'{{ params = [ {pairs} ] }}')


def agreed(machine, bit, greatest):
    """Whether both have a stream with that mode, up to that bitpool."""
    streams = machine.bluez.transports()
    configs = [streams.get(machine.device(i), {}).get('Configuration') for i in SIDES]
    return all(c and c[0] & 0x0f == bit and c[3] == greatest for c in configs)


def plays(machine):
    """Whether both streams run."""
    streams = machine.bluez.transports()
    return all(streams.get(machine.device(i), {}).get('State') == 'active' for i in SIDES)


class Capture:
    """What BlueALSA decodes for one box, from its first packet from now on, as its own
    client takes it (Debian 12 has none that can tell two adapters apart)."""

    def __init__(self, machine, index, name):
        from gi.repository import Gio
        bus = machine.bluez.bus
        path = next(p for p in self.pcms(machine) if f'/hci{index}/' in p)
        reply, handles = bus.call_with_unix_fd_list_sync(
            SERVICE, path, 'org.bluealsa.PCM1', 'Open', None, None,
            Gio.DBusCallFlags.NO_AUTO_START, 10000, None, None)
        sound_at, control_at = reply.unpack()
        self.control = handles.get(control_at)
        pipe = handles.get(sound_at)
        os.set_blocking(pipe, True)
        with open(f'/out/{name}', 'wb') as file:
            self.child = subprocess.Popen(['cat'], stdin=pipe, stdout=file)
        os.close(pipe)

    @staticmethod
    def pcms(machine):
        objects = machine.bluez.call('/org/bluealsa', 'org.freedesktop.DBus.ObjectManager',
                                     'GetManagedObjects', name=SERVICE).unpack()[0]
        return [path for path in objects if path.endswith('/a2dpsnk/source')]

    def stop(self):
        self.child.terminate()
        self.child.wait(5)
        os.close(self.control)


def agree(machine, mode):
    """A new agreement with both, which carries the greatest bitpool; one at a time may use
    that."""
    bit, asked = MODES[mode]
    begin_s = machine.now()
    tell(machine, sbc_mode=(f'"{mode}"',) * 2, bitpool=(asked[-1],) * 2)
    machine.wait(lambda: agreed(machine, bit, asked[-1]), f'{mode} agreed with both', AWAY_S,
                 0.05)
    tell(machine, bitpool=(asked[0], asked[-1]))
    machine.wait(lambda: plays(machine), f'{mode}: both play', AWAY_S, 0.05)
    machine.say(f'{mode}: both play after {machine.now() - begin_s:.1f} s')
    time.sleep(LISTEN_S)


def sweep(machine, mode):
    asked = MODES[mode][1]
    names = [f'{mode}.{side}.s16' for side in SIDES.values()]
    captures = [Capture(machine, i, name) for i, name in zip(SIDES, names)]
    begin_s = time.time()
    for up, down in zip(asked, reversed(asked)):
        tell(machine, bitpool=(up, down))
        time.sleep(HOLD_S)
    for capture in captures:
        capture.stop()
    machine.facts['turns'].append({'mode': mode, 'asked': asked, 'files': names,
                                   'begin_s': begin_s, 'end_s': time.time()})


def run(machine):
    machine.facts['turns'] = []
    machine.write('/etc/dbus-1/system.d/zz-speakers.conf', POLICY)
    desk.start(machine, each={1: 'channels = [ FL FR ]', 2: 'channels = [ FR ]'})
    desk.connect(machine, 1, 2)
    player = desk.play(machine)
    for mode in MODES:
        if machine.options['mode'] in ('', mode):
            agree(machine, mode)
            sweep(machine, mode)
    player.stop()


def judge(result):
    import sbcsweep
    sbcsweep.judge(result)
