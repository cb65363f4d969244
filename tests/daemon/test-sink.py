#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which sink plays when Tandem comes and goes, is empty, or is what the user chose; and
what of it changes while it is there. The sink is the module's, exported by sink-probe."""
import json
import time

from common import add_sink, bare_scene, check, finish, start_probe

CARD = 1009    # the best sound card of WirePlumber 0.4
USB = 1109     # the best of later ones, above any Bluetooth sink
FENCE = 10 ** 6
DEADLINE_S = 5.0
DEFAULT = "update: id:0 key:'default.audio.sink'"


class Desk:
    """The stage with a card and the sink alone."""

    def __init__(self, stage):
        self.stage = stage
        self.stream = None  # of the client "follows"
        stage.start_buses()
        stage.start_daemons()
        self.graph = stage.graph
        add_sink(stage, 'card', **{'priority.session': CARD})
        self.default('card', 'the only sink is the default')
        self.probe = start_probe(stage)

    def default(self, name, text, never=None):
        """Waits until the session manager has chosen that sink."""
        seen = ['']
        began = time.monotonic()
        while f'"{name}"' not in seen[-1]:
            seen.append(self.stage.watch.wait_line(DEFAULT, DEADLINE_S))
        took_ms = (time.monotonic() - began) * 1e3
        if never is None:
            check(True, f'{text}, after {took_ms:.0f} ms')
        else:
            check(not any(f'"{never}"' in line for line in seen), text)

    def never(self, name, then, text):
        """That sink has not been chosen by what came before: a sink above all others is,
        and then the one from before again."""
        add_sink(self.stage, 'fence', **{'priority.session': FENCE})
        self.default('fence', text, name)
        self.stage.run('pw-cli', 'destroy', str(self.graph.node('fence')['id']))
        self.default(then, 'the next best after the fence')

    def tell(self, line):
        self.probe.say(line)
        return int(self.probe.wait_line('done', DEADLINE_S).split()[1])

    def go(self):
        self.tell('export 0')

    def come(self):
        check(self.tell('export 1') == 0, 'the sink comes')

    def client(self, name, *options):
        return self.stage.spawn(name, ['pacat', '-p', '--raw', '--latency-msec=100',
                                       f'--client-name={name}', *options, '/dev/zero'])

    def plays_on(self, client, sink):
        def linked(graph):
            ends = graph.node(client), graph.node(sink)
            return all(ends) and graph.linked(ends[0]['id'], ends[1]['id'])

        self.graph.wait(linked, f'{client} on {sink}', DEADLINE_S)
        check(True, f'the client "{client}" plays on {sink}')

    def choose(self, name):
        self.stage.run('wpctl', 'set-default', str(self.graph.node(name)['id']))

    def sink(self):
        sinks = json.loads(self.stage.run('pactl', '--format=json', 'list', 'sinks'))
        return [s for s in sinks if s['name'] == 'tandem'][0]


def comes_and_goes(desk):
    desk.default('tandem', 'Tandem appears above a sound card: it is chosen')
    desk.stream = desk.client('follows')
    for sink in ('tandem', 'card', 'tandem'):
        if sink == 'card':
            desk.go()
            desk.default('card', 'Tandem gone: the card is chosen')
        elif not desk.graph.node('tandem'):
            desk.come()
            desk.default('tandem', 'Tandem back: it is chosen')
        desk.plays_on('follows', sink)


def at_40(graph):
    """pulse's scale is cubic."""
    props = graph.node('tandem')['info']['params'].get('Props', [{}])
    volumes = props[0].get('channelVolumes', [])
    return len(volumes) == 2 and all(abs(v - 0.4 ** 3) < 1e-4 for v in volumes)


def is_empty(desk):
    """What a sink is that stays without any speaker: there, but nobody's first choice."""
    desk.stage.run('pactl', 'set-sink-volume', 'tandem', '40%')
    desk.graph.wait(at_40, 'the volume 40 %', DEADLINE_S)
    check(desk.tell('empty 1') == 0, 'the sink is told that it is empty')
    desk.default('card', 'Tandem empty: the card is chosen')
    desk.plays_on('follows', 'card')
    check(desk.tell('empty 1') == 0, 'and once more')
    desk.never('tandem', 'card', 'an empty Tandem is not chosen')
    desk.tell('empty 0')
    desk.default('tandem', 'a speaker comes: Tandem is chosen')
    desk.plays_on('follows', 'tandem')
    desk.graph.wait(at_40, 'its volume is what it was', DEADLINE_S)


def beside_a_better_one(desk):
    add_sink(desk.stage, 'usb', **{'priority.session': USB})
    desk.default('usb', 'a card above Tandem: it is chosen')
    desk.go()
    desk.come()
    desk.never('tandem', 'usb', 'Tandem appears below another sink: it is not chosen')


def is_chosen(desk):
    desk.choose('tandem')
    desk.default('tandem', 'the user chooses Tandem over a better one')
    desk.go()
    desk.default('usb', 'it goes')
    desk.plays_on('follows', 'usb')
    desk.come()
    desk.default('tandem', 'it comes back: still the choice')
    desk.plays_on('follows', 'tandem')
    desk.choose('usb')
    desk.default('usb', 'the user chooses another')
    desk.go()
    desk.come()
    desk.never('tandem', 'usb', 'Tandem comes back: that choice stands, too')


def changes(desk):
    """Description and keep-alive, live."""
    number = desk.graph.node('tandem')['id']
    check(desk.tell('update -1 Den') == -22, 'a keep-alive below 0 s is refused')
    check(desk.tell(f'update 5 {"x" * 64}') == -22, 'a description too long is refused')
    check(desk.tell('update 1.5 Living room') == 0, 'both are changed')

    def told(graph):
        props = graph.node('tandem')['info']['props']
        return (props['node.description'] == props['node.nick'] == 'Living room'
                and float(props['session.suspend-timeout-seconds']) == 1.5)

    desk.graph.wait(told, 'the changes in pw-dump', DEADLINE_S)
    check(desk.graph.node('tandem')['id'] == number, 'pw-dump shows them, on the same node')
    said = desk.sink()['description']
    check(said == 'Living room', f'pactl shows "{said}"')


def suspends(desk):
    """The session manager waits as long as told, from when the sink falls idle."""
    def state(name):
        return lambda g: g.node('tandem')['info']['state'] == name

    client = desk.client('last', '--device=tandem')
    desk.graph.wait(state('running'), 'the sink running', DEADLINE_S)
    client.stop()
    desk.graph.wait(state('idle'), 'the sink idle', DEADLINE_S)
    began = time.monotonic()
    desk.graph.wait(state('suspended'), 'the sink suspended', DEADLINE_S)
    took_s = time.monotonic() - began
    check(1.3 < took_s < 3.5, f'suspended {took_s:.2f} s after it fell idle, told 1.5')


with bare_scene() as s:
    table = Desk(s.stage)
    comes_and_goes(table)
    is_empty(table)
    beside_a_better_one(table)
    is_chosen(table)
    changes(table)
    table.stream.stop()
    suspends(table)
finish()
