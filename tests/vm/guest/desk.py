# SPDX-License-Identifier: MIT
"""What most scenarios begin with: speakers, a desktop, connections, music."""
import time

import bluez as b
from receiver import Receiver

BOX_DELAYS_MS = {1: 120, 2: 180}
LEAD_S = 1.0    # a stream begins with silence and fades in
SETTLE_S = 3.0  # WirePlumber's start: where Tandem has registered, nothing tells of its own

# Speakers with SBC only: WirePlumber 0.4 has endpoints for SBC and SBC-XQ, 0.5 one for both;
# before BlueZ 5.83 an endpoint plays to one device.
STOCK = {'bookworm': 2, 'trixie': 1, 'sid': 2}


def start(machine, tandem=True):
    """Bluetooth, speakers and the user's session; order=tandem or session."""
    options = machine.options
    machine.start_bluetooth()
    trims = speakers(machine)
    if connects_itself(machine):
        machine.switch_on(1, 2, 3, on=False)
    machine.start_session()
    machine.write_tandem(trims_ms=trims)
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
    for index, name in ((1, 'left'), (2, 'right')):
        Receiver(machine, index, name).start()
    return {}


def start_boxes(machine):
    """Two with DACs; {index: ms} that Tandem is told where no report can tell it."""
    for index, delay_ms in BOX_DELAYS_MS.items():
        machine.start_box(index, '--type', 't1', '--delay', delay_ms, '--reports', 'static')
    if machine.task['stack'] == 'bookworm':
        return {1: BOX_DELAYS_MS[2] - BOX_DELAYS_MS[1]}
    return {}


def connects_itself(machine):
    return machine.options.get('connect', 'host') == 'speaker'


def connect(machine, *indices):
    """As a desktop does that shows them as not connected, or (connect=speaker) as speakers
    do that are switched on."""
    for index in indices:
        if connects_itself(machine):
            machine.switch_on(index)
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


def play(machine, name='player'):
    """Both stream; the music has begun when this returns."""
    machine.graph.wait(lambda g: g.node('tandem'), 'the sink', 30)
    player = machine.start_player(name=name)
    machine.wait_state('streaming')
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
    player.stop()


def stock_sink(machine, index, timeout_s=15.0):
    """The session manager's own sink of a device: its codec; Trouble without one."""
    node = machine.graph.wait(lambda g: machine.sink_of(index), f'a sink of device {index}',
                              timeout_s)
    return node['info']['props'].get('api.bluez5.codec')
