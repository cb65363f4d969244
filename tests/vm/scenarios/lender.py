# SPDX-License-Identifier: MIT
"""The session manager goes while Tandem plays on streams that it has set up.

Each row of what ends bluetoothd when somebody holds such a stream and its owner has left:
Release, Disconnect, DisconnectProfile, the speaker disconnects, the speaker suspends, only
the socket closed. bluetoothd lives, and both play again. row=WORDS: only that one.
"""
import time

import bluez as b
import desk

SECONDS = 60
OPTIONS = {'order': 'session', 'row': ''}
TAKES_S = {'bookworm': 98, 'trixie': 126, 'sid': 152}
BACK_S = 30.0
# Tandem lets go within milliseconds of the owner's end. What reaches bluetoothd before that
# is out of its hands.
AFTER_S = 0.1


def after_stop(machine):
    machine.end_tandem()
    machine.start_tandem()


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


def after_kill(machine):
    machine.end(machine.tandem, 9)
    machine.start_tandem()


ROWS = (('Tandem stops, where others Release', after_stop),
        ('Disconnect', after_disconnect),
        ('DisconnectProfile', after_profile), ('the speaker leaves', after_speaker_leaves),
        ('the speaker ends its stream', after_speaker_suspends),
        ('Tandem is killed', after_kill))


def lend(machine):
    """The session manager sets the streams up, then Tandem comes and borrows."""
    machine.unlink(1, 2)
    desk.connect(machine, 1, 2)
    machine.start_tandem()
    machine.graph.wait(lambda g: g.node('tandem'), 'the sink', 30)
    player = machine.start_player()
    desk.wait_streaming(machine, BACK_S)
    return player


def run(machine):
    desk.start(machine, tandem=False)
    rows = [r for r in ROWS if machine.options['row'] in r[0]]
    for text, action in rows:
        player = lend(machine)
        loans = machine.loans()  # 1 or 2: as many as the session manager could connect
        machine.check(loans > 0, f'{text}: {loans} of the streams are borrowed')
        machine.end(machine.wireplumber)
        time.sleep(AFTER_S)
        action(machine)
        machine.start_wireplumber()
        time.sleep(desk.SETTLE_S)
        if not machine.check(machine.bluetoothd.alive(), f'{text}: bluetoothd lives'):
            return
        if desk.leaves_players_alone(machine):
            machine.end(player)
            player = machine.start_player()
        machine.wait_state('streaming', timeout_s=BACK_S)
        machine.check(True, f'{text}: both stream again')
        machine.end(player)
        machine.end_tandem()
        # it registers first now, for the next row
