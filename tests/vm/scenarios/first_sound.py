# SPDX-License-Identifier: MIT
"""Two speakers connect as a desktop connects them, and play through Tandem.

Tandem starts before WirePlumber, as its unit does. speakers=bluealsa: what arrives is
judged; speakers=box: what is played. connect=host or speaker: who begins. order=tandem or
session: who registers first.
"""
import time

SECONDS = 60
OPTIONS = {'speakers': 'bluealsa', 'connect': 'host', 'order': 'tandem'}


def start(machine):
    """Everything but the connecting."""
    machine.start_bluetooth()
    machine.start_session()
    machine.write_tandem()
    if machine.options['speakers'] == 'bluealsa':
        machine.start_bluealsa(1, 2, 3)
    else:
        for index, delay in ((1, 120), (2, 180)):
            machine.start_box(index, '--type', 't1', '--delay', delay, '--reports', 'static')
    if machine.options['order'] == 'tandem':
        machine.start_tandem()
        machine.start_wireplumber()
        machine.wait(lambda: machine.graph.kind('Client'), 'clients')
        time.sleep(3)  # WirePlumber's start: nothing tells that it has registered, too
    else:
        machine.start_wireplumber()
        machine.wait_endpoints()
        machine.start_tandem()
        time.sleep(3)
    machine.facts['wall_minus_monotonic'] = time.time() - time.monotonic()
    machine.facts['t0_ns'] = machine.t0_ns


def connect(machine, indices=(1, 2)):
    from bluez import device_path
    for index in indices:
        if machine.options['connect'] == 'host':
            why = machine.bluez.connect(machine.device(index))
        else:
            why = machine.bluez.connect(device_path(index, 0))
        machine.say(f'connect {index}: {why or "done"}')


def run(machine):
    start(machine)
    connect(machine)
    machine.graph.wait(lambda g: g.node('tandem'), 'the sink', 20)
    player = machine.start_player()
    machine.wait_state('streaming')
    machine.say('both stream')
    for device, row in machine.bluez.transports().items():
        machine.say(f'{device} {row}')
    machine.say(machine.user_run('ps', '-eLo', 'pid,comm,cls,rtprio,ni,time'))
    player.say('go')
    player.wait_line('done', machine.task['seconds'] + 20)
    time.sleep(1)
    machine.facts['rows'] = machine.rows()
    player.stop()


def judge(result):
    from judge import arrival, played
    (arrival if result.task['options']['speakers'] == 'bluealsa' else played)(result)
