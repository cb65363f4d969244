# SPDX-License-Identifier: MIT
"""What most scenarios begin with: speakers, a desktop, connections, music."""
import time

import bluez as b
from receiver import Receiver

BOX_DELAYS_MS = {1: 120, 2: 180}
LEAD_S = 1.0    # a stream begins with silence and fades in
CURE = 'systemctl --user restart wireplumber'
SETTLE_S = 3.0  # WirePlumber's start: where Tandem has registered, nothing tells of its own

# Speakers with SBC only: WirePlumber 0.4 has endpoints for SBC and SBC-XQ, 0.5 one for both;
# before BlueZ 5.83 an endpoint plays to one device.
STOCK = {'bookworm': 2, 'trixie': 1, 'sid': 2}


def start(machine, tandem=True, **settings):
    """Bluetooth, speakers and the user's session; order=tandem or session. settings: of
    write_tandem()."""
    options = machine.options
    machine.start_bluetooth()
    trims = speakers(machine)
    if connects_itself(machine) or machine.options.get('boxes') == 'off':
        machine.switch_on(1, 2, 3, on=False)
    machine.write_tandem(trims_ms=trims, **settings)
    machine.start_session()
    if tandem and options.get('order', 'tandem') == 'tandem':
        machine.start_tandem()
        machine.start_wireplumber()
        time.sleep(SETTLE_S)
    else:
        machine.start_wireplumber()
        machine.wait_endpoints()
        if tandem:
            machine.start_tandem()
        time.sleep(SETTLE_S)


def speakers(machine):
    """All that the scenario's options name; returns the trims for Tandem."""
    if machine.options.get('speakers', 'bluealsa') == 'bluealsa':
        machine.start_bluealsa(1, 2, 3)
        return {}
    machine.start_bluealsa(3)
    if machine.options['speakers'] == 'box':
        return start_boxes(machine)
    Receiver(machine, 1, 'left', f'sbc {machine.options.get("codec", "")}').start()
    Receiver(machine, 2, 'right', 'sbc').start()
    return {}


def start_boxes(machine):
    """Two with DACs; {index: ms} that Tandem is told where no report can tell it."""
    for index, delay_ms in BOX_DELAYS_MS.items():
        machine.start_box(index, '--type', 't1', '--delay', delay_ms, '--reports', 'static',
                          *machine.options.get('told', '').split())
    if machine.task['stack'] == 'bookworm':
        return {1: BOX_DELAYS_MS[2] - BOX_DELAYS_MS[1]}
    return {}


def connects_itself(machine):
    return machine.options.get('connect', 'host') == 'speaker'


def connect(machine, *indices):
    """As a desktop does that shows them as not connected, or (connect=speaker) as speakers
    do when they are switched on. They are on then in any case."""
    for index in indices:
        machine.switch_on(index)
        if connects_itself(machine):
            why = machine.bluez.connect(b.device_path(index, 0), b.A2DP_SOURCE)
        elif machine.link_is_up(index):
            why = 'somebody did'
        else:
            why = machine.bluez.connect(machine.device(index))
        machine.say(f'connect {index}: {why or "done"}')


def leave(machine, index):
    """The user disconnects it, or switches it off."""
    if connects_itself(machine):
        machine.switch_on(index, on=False)
    machine.unlink(index)
    machine.wait(lambda: not machine.sink_of(index), f'device {index} has gone')


def playable(machine):
    """How many speakers play. Tandem came second on sid: the session manager has both on
    one endpoint, and of those one is borrowed."""
    late = machine.options.get('order') == 'session'
    return 1 if late and machine.task['stack'] == 'sid' else 2


def wait_streaming(machine, timeout_s=30.0, wanted=None):
    wanted = wanted or playable(machine)
    machine.graph.wait(lambda g: sum(
        g.status('tandem').get(f'speaker.{side}.state') == 'streaming'
        for side in ('left', 'right')) >= wanted, f'{wanted} streaming', timeout_s)


def check_waiting(machine):
    """One plays, the other says how both could, and bluetoothd lives."""
    rows = machine.rows()
    states = {side: rows.get(f'speaker.{side}.state') for side in ('left', 'right')}
    playing = [side for side, state in states.items() if state == 'streaming']
    if not machine.check(len(playing) == 1, f'one box plays: {states}'):
        return
    waiting = 'right' if playing == ['left'] else 'left'
    message = rows.get(f'speaker.{waiting}.message', '')
    machine.check(CURE in message, f'the {waiting} box waits and says: {message}')
    machine.check(machine.bluetoothd.alive(), 'bluetoothd lives')
    machine.facts['alone'] = playing[0]


def leaves_players_alone(machine):
    """WirePlumber 0.4 gives no links to the streams that it finds at its start: a user
    starts his player again."""
    return machine.task['stack'] == 'bookworm'


def play(machine, name='player'):
    """All that can stream; the music has begun when this returns."""
    machine.graph.wait(lambda g: g.node('tandem'), 'the sink', 30)
    player = machine.start_player(name=name)
    wait_streaming(machine)
    time.sleep(LEAD_S)
    player.say('go')
    player.wait_line('playing', 10)
    return player


def finish(machine, player):
    player.wait_line('done', machine.task['seconds'] + 20)
    time.sleep(1.0)
    if machine.options.get('speakers') == 'box':
        time.sleep(machine.task['seconds'] / 5)  # their resampler is behind by then
    machine.facts['rows'] = machine.rows()
    if playable(machine) == 1:
        check_waiting(machine)
    player.stop()


def stock_sink(machine, index, timeout_s=15.0):
    """The session manager's own sink of a device: its codec; Trouble without one."""
    node = machine.graph.wait(lambda g: machine.sink_of(index), f'a sink of device {index}',
                              timeout_s)
    return node['info']['props'].get('api.bluez5.codec')
