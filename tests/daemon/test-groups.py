#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Two groups in one process, four boxes, two players at once: each pair plays its own music
in time, and none takes the other's boxes."""
import contextlib
import os
import tempfile
import time

import numpy as np

# common says where the demo's modules are, so it comes first
from common import LABELS, build, check, failures, finish, measure, show_logs, sound, \
    undisturbed, wait_packets
import config
import report
import stage as stages
import wav
from process import Trouble

SECONDS = 12
DELAYS_MS = (120, 180, 90, 200)
LIMIT_MS = {'rms': 0.5, 'max': 1.5}
SECOND = '''context.modules = [
    {   name = libpipewire-module-tandem
        args = {
            name = second
            speakers = [ { address = "%s" } { address = "%s" } { address = "%s" } ]
        }
    }
]
module.tandem.args = { name = both max-latency-ms = 700 }
module.tandem.second.args = { description = "Second" }
'''
AUTO = '''context.modules = [
    { name = libpipewire-module-tandem args = { name = second } }
]
module.tandem.args = { when-empty = keep }
'''
NAME = 'second.conf: name = both cannot be the name of all 2 groups: it is ignored'
TAKEN = 'speakers[2]: speaker %s is listed in group tandem already: it is left out here'


def boxes_of(stage, out, t0_ns):
    boxes = []
    for i, delay_ms in enumerate(DELAYS_MS):
        told = ('--type', 't1', '--delay', delay_ms, '--reports', 'static')
        box = stages.Speaker(f'box{i}', f'hci{i + 1}', stages.address(i), told)
        stage.start_speaker(box, out, t0_ns)
        boxes.append(box)
    return boxes


def start(stage, out, t0_ns):
    """The second group lists its own two, and one of the first group's."""
    stage.start_buses()
    stage.start_daemons()
    stage.start_bluetooth(len(DELAYS_MS) + 1)
    boxes = boxes_of(stage, out, t0_ns)
    listed = [boxes[i].address for i in (2, 3, 0)]
    config.put(f'{stage.config_dir}/pipewire/tandem.conf.d/second.conf',
               SECOND % tuple(listed))
    stage.start_tandem(boxes[:2])
    stage.graph.wait(lambda g: g.node('second'), 'the second group')
    stage.graph.wait(lambda g: g.ports(g.node('second')['id']), 'its ports')
    return {'tandem': boxes[:2], 'second': boxes[2:]}


def owners(stage, groups):
    for name, pair in groups.items():
        rows = stage.graph.status(name)
        seats = [rows.get(f'speaker.{label}.address') for label in LABELS]
        check(seats == [box.address for box in pair], f'{name} has {seats}')
    for name, description, wanted in (
            ('tandem', 'Tandem', [NAME]),
            ('second', 'Second', [NAME, TAKEN % groups['tandem'][0].address])):
        rows = stage.graph.status(name)
        says = rows.get('tandem.mistakes', '').split('\n')
        check(len(says) == len(wanted) and all(map(str.endswith, says, wanted)),
              f'{name} says {says}')
        check(rows.get('tandem.description') == description, f'{name} is "{description}"')
        check(rows.get('tandem.max-latency-ms') == 700, f'{name} has what is for all')


def play(stage, groups, out, music):
    """Both at once; returns the players by group."""
    players = {}
    for i, name in enumerate(groups):
        raw = os.path.join(out, f'{name}.f32')
        part = music if i == 0 else music[::-1]  # another piece to each
        part.astype('<f4').tofile(raw)
        players[name] = stage.start_player(f'player-{name}', raw, name)
    for name in groups:
        stage.wait_streaming(LABELS, sink=name)
    for player in players.values():
        player.say('go')
    for player in players.values():
        player.wait_line('done', SECONDS + 15.0)
    for name in groups:  # until the last of it is in the air
        wait_packets(stage, 80, name)
    return players


def in_time(name, pair, player, music, t0_ns):
    play_s, _ = report.play_times(player.csv, t0_ns)
    tracks = [
        measure.Track(measure.expected(music, 'stereo', i),
                      wav.read(box.wav)[0][:, 0].astype(np.float64), play_s)
        for i, box in enumerate(pair)]
    for label, track in zip(LABELS, tracks):
        heard = np.mean(~np.isnan(track.line[track.level >= measure.QUIET]))
        check(heard > 0.9, f'{name}, {label}: {heard * 100:.0f} % of its music heard')
    skew = measure.skew_figures(tracks[0].times, measure.skew(tracks))
    for figure, limit_ms in LIMIT_MS.items():
        value = skew[figure]
        check(value is not None and value <= limit_ms, f'{name}: skew {figure} {value} ms')


@contextlib.contextmanager
def logs_on_failure(out):
    try:
        yield
    except Trouble as trouble:
        check(False, str(trouble))
    if failures:
        show_logs(os.path.join(out, 'logs'))


def attempt():
    with tempfile.TemporaryDirectory(prefix='tandem-test-') as out, logs_on_failure(out):
        with stages.Stage(build(), os.path.join(out, 'logs')) as stage:
            t0_ns = time.monotonic_ns()
            groups = start(stage, out, t0_ns)
            music = sound(os.path.join(out, 'music.f32'), SECONDS)
            players = play(stage, groups, out, music)
            owners(stage, groups)
            for player in players.values():
                player.stop()
            for box in groups['tandem'] + groups['second']:
                check(box.process.stop(10.0) == 0, f'{box.name} ends well')
        for source, (name, pair) in zip((music, music[::-1]), groups.items()):
            in_time(name, pair, players[name], source, t0_ns)


def seats(graph):
    return [graph.status(name).get(f'speaker.{label}.address') or ''
            for name in ('tandem', 'second') for label in LABELS]


def automatic():
    """Two groups that take whoever connects: two boxes each."""
    with tempfile.TemporaryDirectory(prefix='tandem-test-') as out, logs_on_failure(out):
        with stages.Stage(build(), os.path.join(out, 'logs')) as stage:
            stage.start_buses()
            stage.start_daemons()
            stage.start_bluetooth(len(DELAYS_MS) + 1)
            boxes = boxes_of(stage, out, time.monotonic_ns())
            config.put(f'{stage.config_dir}/pipewire/tandem.conf.d/second.conf', AUTO)
            stage.start_tandem('auto')
            stage.graph.wait(lambda g: g.node('second'), 'the second group')
            for box in boxes:
                place = '/org/bluez/hci0/dev_' + box.address.replace(':', '_')
                stage.run('gdbus', 'call', '--system', '--dest', 'org.bluez',
                          '--object-path', place, '--method', 'org.bluez.Device1.Connect')
            stage.graph.wait(lambda g: all(seats(g)), 'four boxes with a seat', 20.0)
            check(sorted(seats(stage.graph)) == [box.address for box in boxes],
                  f'automatic groups share the boxes: {seats(stage.graph)}')


automatic()
undisturbed(attempt)
finish()
