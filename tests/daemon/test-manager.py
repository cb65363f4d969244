#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The session manager ends while music plays, and is started again: the sink plays on.

For a new player, that is: WirePlumber 0.4 leaves streams alone that it finds."""
import signal
import time

from common import LABELS, Trouble, check, finish, scene, sound, undisturbed


def serial(graph):
    """Ids are used again, serials are not."""
    node = graph.node('tandem')
    return node and node['info']['props']['object.serial']


def is_default(stage):
    """The new session manager has looked at the sink, and chosen it."""
    try:
        told = stage.run('wpctl', 'inspect', '@DEFAULT_AUDIO_SINK@')
    except Trouble:
        return False
    return 'node.name = "tandem"' in told


def wait_default(stage):
    end = time.monotonic() + 15.0
    while not is_default(stage):
        if time.monotonic() > end:
            raise Trouble('Tandem is not the default sink within 15 s')
        time.sleep(0.05)  # metadata of a session manager that is not there cannot be watched


def restart(s, number):
    stage = s.stage
    manager = next(p for p in reversed(stage.processes) if p.name == 'wireplumber')
    before = serial(stage.graph)
    manager.kill(number)
    manager.child.wait(5.0)
    stage.spawn('wireplumber', ['wireplumber'])
    stage.graph.wait(lambda g: serial(g) not in (None, before), 'the sink exported anew',
                     15.0)
    stage.graph.wait(lambda g: g.ports(g.node('tandem')['id']), "the sink's ports", 15.0)
    wait_default(stage)
    s.play(f'player-{number}', target=None)
    s.wait_packets(150)
    check(True, f'after signal {number} and a new start a player is heard on both boxes')


def attempt():
    with scene() as s:
        sound(s.raw, 30)
        player = s.play(target=None)
        s.stage.wait_streaming(LABELS)
        player.say('go')
        player.wait_line('playing', 5.0)
        for number in (signal.SIGKILL, signal.SIGTERM):
            restart(s, number)
        errors = [n for n in s.stage.graph.nodes() if n['info'].get('state') == 'error']
        check(not errors, f'{len(errors)} nodes in error')


undisturbed(attempt)
finish()
