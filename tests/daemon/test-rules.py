#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""GNOME and KDE show Tandem, by their rules (rules.py), on what pw-dump and pactl say; and
each rule finds the sink that breaks it."""
import json

from common import add_sink, bare_scene, check, finish, start_probe
from rules import RULES

REAL = {'device.api': 'test', 'node.virtual': 'false'}
SPEAKERS = {'device.icon-name': 'audio-speakers', 'device.form-factor': 'speaker'}
BROKEN = {  # name: the rule that it breaks, its properties
    'hidden-by-kde': ('KDE', {'node.virtual': 'true', **SPEAKERS}),
    'hidden-by-gnome': ('GNOME', {'device.bus': 'bluetooth', **REAL, **SPEAKERS}),
    'no-speakers': ('speakers', REAL),
}


def sinks(stage):
    listed = json.loads(stage.run('pactl', '--format=json', 'list', 'sinks'))
    return {sink['name']: sink for sink in listed}


def broken_rules(node, sink):
    """Rules that the sink breaks, and whether pw-dump and pactl agree."""
    found = {}
    for name, (for_node, for_pulse) in RULES.items():
        if name == 'ready' or sink:
            found[name] = (for_node(node), for_pulse(sink))
    return {name: told for name, told in found.items() if any(told)}


def tandem(stage):
    wrong = broken_rules(stage.graph.node('tandem'), sinks(stage).get('tandem'))
    for name in RULES:
        check(name not in wrong, f'Tandem, {name}: {wrong.get(name, "fine")}')


def breaks_one(stage, name, rule):
    wrong = broken_rules(stage.graph.node(name), sinks(stage).get(name))
    check(list(wrong) == [rule] and all(wrong.get(rule, [])), f'{name}: {wrong}')


def bare_node(stage):
    """A sink without the adapter has no volume."""
    stage.run('pw-cli', 'create-node', 'spa-node-factory',
              '{ factory.name = support.null-audio-sink node.name = bare '
              'media.class = Audio/Sink object.linger = true }')
    stage.graph.wait(lambda g: g.node('bare'), 'the bare node')


with bare_scene() as s:
    s.stage.start_buses()
    s.stage.start_daemons()
    start_probe(s.stage)
    for sink_name, (_, properties) in BROKEN.items():
        add_sink(s.stage, sink_name, **properties)
    bare_node(s.stage)
    tandem(s.stage)
    for sink_name, (rule_name, _) in BROKEN.items():
        breaks_one(s.stage, sink_name, rule_name)
    breaks_one(s.stage, 'bare', 'ready')
finish()
