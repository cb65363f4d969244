#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A sink and a microphone in one graph cycle: the delay between them to the frame, what the
microphone says of its own, who is chosen to listen, and what happens when it goes and comes
back."""
import os

from common import add_sink, bare_scene, build, check, finish, sound

LATE = 3000  # frames
# its own latency, as a sound card's: a cycle, 48 frames of headroom, and 5 ms by hand
TOLD = ('told.quantum=1', 'told.rate=48', 'told.ns=5000000')


def program(name):
    return os.path.join(build(), 'tests/daemon', name)


class Hall:
    """A sink that somebody plays on, and microphones that hear its left channel."""

    def __init__(self, s):
        self.stage = s.stage
        self.stage.start_buses()
        self.stage.start_daemons()
        add_sink(self.stage, 'hall', **{'device.api': 'tandem'})
        sound(s.raw, 60)
        self.player = self.stage.start_player('player', s.raw, 'hall')
        self.player.say('go')

    def microphone(self, name, late=LATE, *properties):
        mic = self.stage.spawn(name, [program('fake-mic'), name, late, *properties],
                               stdin=True)
        mic.wait_line('ready', 5.0)
        self.stage.graph.wait(lambda g: g.node(name) and g.ports(g.node(name)['id'], 'in'),
                              f'the microphone {name}')
        self.stage.run('pw-link', 'hall:monitor_FL', f'{name}:heard')
        return mic

    def probe(self, *arguments):
        return self.stage.spawn('probe', [program('listen-probe'), *arguments], stdin=True)


def hears(probe, name, late):
    """Within two seconds of sound: the lag may be looked for across the start once."""
    probe.wait_line(f'state hears: {name}', 5.0)
    probe.wait_line('fresh 0', 1.0)
    lags = [probe.wait_line('lag', 5.0) for _ in range(3)]
    check(lags[1:] == [f'lag {late}'] * 2, f'{name} is {late} frames late: {lags}')


def says(probe, cycle_frames):
    """What that comes to in cycles of so many frames; and the monitor, which is that of the
    graph's driver, is a cycle behind."""
    own_us = round((cycle_frames + 48) / 48e3 * 1e6 + 5000)
    said = probe.wait_line('own', 5.0)
    check(said == f'own {own_us} behind {cycle_frames}',
          f'the microphone says {own_us} us of itself: {said}')


def main():
    with bare_scene() as s:
        hall = Hall(s)
        probe = hall.probe('hall')
        probe.wait_line('state no source', 5.0)
        hall.microphone('echo-cancel', 100, 'node.virtual=true', 'priority.session=3000')
        hall.microphone('headset', 200, 'device.api=bluez5', 'priority.session=2500')
        mic = hall.microphone('mic', LATE, 'priority.session=2000', *TOLD)
        hears(probe, 'mic', LATE)
        says(probe, 1024)
        check(probe.alive(), 'the one is chosen that is plain, whatever the priorities')

        s.stage.start_player('hasty', s.raw, 'hall', '256/48000')
        lag = [probe.wait_line('lag', 5.0) for _ in range(4)][-1]
        check(lag == f'lag {LATE}', f'shorter cycles change nothing: {lag}')
        says(probe, 256)

        mic.stop()
        probe.wait_line('state no source', 5.0)
        hall.microphone('mic', LATE + 1)
        hears(probe, 'mic', LATE + 1)
        check(probe.wait_line('own', 5.0).startswith('own 0 '), 'this one says nothing')

        probe.say("close")
        probe.wait_line('state closed', 5.0)
        s.stage.wait_unlinked('mic', 'tandemctl-listens')
        probe.say('open')
        hears(probe, 'mic', LATE + 1)
        probe.stop()
        with open(probe.log_path) as log:
            check('hole' not in log.read(), 'the blocks follow each other')

        for name, state in (('nobody', 'no source'), ('hall', 'no source'),
                            ('headset', 'hears: headset')):
            probe = hall.probe('hall', name)
            probe.wait_line(f'state {state}', 5.0)
            probe.stop()
        probe = hall.probe('nowhere')
        probe.wait_line('state no sink', 5.0)
        probe.stop()


main()
finish()
