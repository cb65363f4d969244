#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A sink that stays without speakers: what it says, whom it leaves the sound to, and that
Bluetooth may come late."""
import json
import time

from common import add_sink, bare_scene, check, finish
import stage as stages

CARD = 1009  # the best sound card of WirePlumber 0.4
DEADLINE_S = 10.0
NO_SERVICE = 'the Bluetooth service (org.bluez) is not running'


def default(stage, name, text):
    while f'"{name}"' not in stage.watch.wait_line(
            "update: id:0 key:'default.audio.sink'", DEADLINE_S):
        pass
    check(True, text)


def set_live(stage, key, value):
    stage.run('pw-cli', 'set-param', str(stage.graph.node('tandem')['id']), 'Props',
              f'{{ params = [ "{key}" {json.dumps(value)} ] }}')


def priority(graph):
    node = graph.node('tandem')
    return int(node['info']['props']['priority.session']) if node else None


def start(s):
    """Tandem beside a card, without Bluetooth; returns its process."""
    stage = s.stage
    stage.start_buses()
    stage.start_daemons()
    add_sink(stage, 'card', **{'priority.session': CARD})
    default(stage, 'card', 'the only sink is the default')
    s.boxes = [stages.Speaker('left', 'hci1', stages.address(0),
                              ('--type', 't1', '--delay', 120))]
    tandem = stage.start_tandem(s.boxes, **{'when-empty': 'keep'})
    stage.graph.wait(lambda g: NO_SERVICE in g.status('tandem').get('tandem.message', ''),
                     'the missing service in the status', DEADLINE_S)
    check(True, f'without bluetoothd the status says: {NO_SERVICE}')
    check(priority(stage.graph) == 1, 'an empty sink has the priority 1')
    check('card' in stage.run('pactl', 'get-default-sink'), 'the card stays the default')
    return tandem


def comes_late():
    with bare_scene() as s:
        stage = s.stage
        tandem = start(s)
        stage.start_bluetooth(2)
        stage.start_speaker(s.boxes[0], s.out, time.monotonic_ns())
        default(stage, 'tandem', 'Bluetooth and a speaker come: Tandem is the default')
        stage.graph.wait(lambda g: priority(g) == 1015
                         and g.status('tandem').get('tandem.message') == '',
                         'its priority, and all well', DEADLINE_S)
        check(True, 'the status has nothing to say any more')
        check(tandem.stop() == 0, 'Tandem ends well')


def goes_at_once():
    with bare_scene() as s:
        stage = s.stage
        tandem = start(s)
        set_live(stage, 'tandem.when-empty', 'remove')
        stage.graph.wait(lambda g: g.node('tandem') is None, 'its going', DEADLINE_S)
        check(tandem.alive(), 'set to remove, the empty sink goes, and Tandem runs on')
        stage.start_bluetooth(2)
        stage.start_speaker(s.boxes[0], s.out, time.monotonic_ns())
        default(stage, 'tandem', 'a speaker comes: the sink is there again, and the default')
        check(tandem.stop() == 0, 'Tandem ends well')


comes_late()
goes_at_once()
finish()
