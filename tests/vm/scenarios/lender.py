# SPDX-License-Identifier: MIT
"""The session manager goes while Tandem plays on streams that it has set up.

Each row of what ends bluetoothd when somebody holds such a stream and its owner has left:
Release, Disconnect, DisconnectProfile, the speaker disconnects, the speaker suspends, only
the socket closed. bluetoothd lives, and both play again.
"""
import time

import bluez as b
import desk

SECONDS = 200
OPTIONS = {'order': 'session'}
BACK_S = 30.0
# Tandem lets go within milliseconds of the owner's end. What reaches bluetoothd before that
# is out of its hands.
AFTER_S = 0.1


def after_release(machine):
    machine.user_run('pw-cli', 'send-command', str(machine.graph.node('tandem')['id']),
                     'Suspend', '{}')


def after_disconnect(machine):
    machine.bluez.disconnect(machine.device(1))


def after_profile(machine):
    machine.bluez.try_call(machine.device(1), 'org.bluez.Device1', 'DisconnectProfile',
                           b.GLib.Variant('(s)', (b.A2DP_SINK,)))


def after_speaker_leaves(machine):
    machine.bluez.disconnect(b.device_path(1, 0))


def after_speaker_suspends(machine):
    machine.end(machine.bluealsa)
    machine.start_bluealsa(1, 2, 3)


def after_end(machine):
    machine.end(machine.tandem, 9)
    machine.start_tandem()


ROWS = (('Release', after_release), ('Disconnect', after_disconnect),
        ('DisconnectProfile', after_profile), ('the speaker leaves', after_speaker_leaves),
        ('the speaker ends its stream', after_speaker_suspends),
        ('Tandem ends', after_end))


def borrowed(machine):
    """How many of the members play on a stream of the session manager's."""
    rows = machine.rows()
    return sum('borrowed' in str(rows.get(f'speaker.{side}.message', ''))
               for side in ('left', 'right'))


def run(machine):
    desk.start(machine, tandem=False)
    desk.connect(machine, 1, 2)
    machine.start_tandem()
    player = desk.play(machine)
    machine.say(f'borrowed: {borrowed(machine)}')
    for text, action in ROWS:
        machine.end(machine.wireplumber)
        time.sleep(AFTER_S)
        action(machine)
        machine.start_wireplumber()
        alive = machine.bluetoothd.alive()
        if not machine.check(alive, f'{text}: bluetoothd lives'):
            return
        begin = machine.now()
        machine.wait_state('streaming', timeout_s=BACK_S)
        machine.check(True, f'{text}: both stream again after {machine.now() - begin:.1f} s')
        machine.say(f'borrowed: {borrowed(machine)}')
    player.stop()
