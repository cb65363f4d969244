#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Settings from files and drop-ins, the last one winning; mistakes named with their file,
in the status and the journal; what is set while it runs outlives it."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import time

# common says where the demo's modules are, so it comes first
from common import LABELS, build, check, failures, finish, show_logs
import config
import stage as stages
from process import Trouble

FIRST = '''module.tandem.args = { layout = party keep-alive = 60 description = "From a file" }
'''
SECOND = '''# later in the alphabet: it wins
module.tandem.args = { keep-alive = 90 laiout = mono max-latency-ms = 99999 }
module.tandem.tandem.args = { description = "The den" }
module.tandem.kitchen.args = { layout = mono }
'''
MISTAKES = (
    'tandem.conf: colour is not a setting of Tandem',
    'tandem.conf.d/20-second.conf: laiout is not a setting of Tandem: is layout meant?',
    'tandem.conf.d/20-second.conf: max-latency-ms = 99999 is refused: wanted is 50 to '
    '2000 ms; it stays 1000',
)
NOT_KEPT = '~/.local/state/tandem/tandem.settings cannot be written (Not a directory)'
DAEMON = '''context.modules = [
    {   name = libpipewire-module-tandem
        args = {
            speakers = [ { address = "%s" gain-db = loud }
                         { address = "%s" delay-ms = 20 } ]
        }
        flags = [ ifexists nofail ]
    }
]
'''
MINE = 'module.tandem.args = { swap = perhaps layout = mono }\n'
IN_DAEMON = (
    '50-tandem.conf: speakers[0].gain-db = loud is refused',
    '60-mine.conf: swap = perhaps is refused: wanted is true or false; it stays false',
)


def same(rows, wanted):
    for key, value in wanted.items():
        check(rows.get(key) == value, f'{key} is {rows.get(key)}, should be {value}')


def journal(stage, name):
    with open(os.path.join(stage.logs, name + '.log'), errors='replace') as file:
        return file.read()


def told(stage, rows, sentences, log):
    for sentence in sentences:
        check(sentence in rows.get('tandem.mistakes', ''), f'in the status: {sentence}')
        check(sentence in journal(stage, log), f'in the journal: {sentence}')
    lines = rows.get('tandem.mistakes', '').split('\n')
    check(len(lines) == len(sentences), f'{len(lines)} mistakes in the status')


def set_live(stage, key, value):
    node = stage.graph.node('tandem')['id']
    stage.run('pw-cli', 'set-param', str(node), 'Props',
              f'{{ params = [ "{key}" {json.dumps(value)} ] }}')
    stage.graph.wait(lambda g: g.status('tandem').get(key) == value, f'{key} = {value}')


def explained(stage):
    """pw-cli shows every live setting with its range, default and help, as the manual has
    them."""
    table = json.loads(subprocess.run([os.path.join(build(), 'tools/manual/tandem-manual'),
                                       'json'], capture_output=True, check=True).stdout)
    shown = stage.run('pw-cli', 'enum-params', str(stage.graph.node('tandem')['id']),
                      'PropInfo')
    helps = dict(re.findall(r'PropInfo:name.*?String "(.*?)".*?'
                            r'PropInfo:description.*?String "(.*?)"\n', shown, re.DOTALL))
    rows = [(f'tandem.{row["key"]}', row) for row in table['group']]
    rows += [(f'speaker.{label}.{row["key"]}', row) for row in table['speaker']
             for label in LABELS]
    for key, row in rows:
        if row['live']:
            words = f'{row["help"]} ({row["range"]}; default: {row["default"] or "none"})'
            check(helps.get(key) == words, f'pw-cli explains {key}: {helps.get(key)}')


def own_process(stage, boxes):
    places = f'{stage.config_dir}/pipewire/tandem.conf.d'
    config.put(f'{places}/10-first.conf', FIRST)
    config.put(f'{places}/20-second.conf', SECOND)
    tandem = stage.start_tandem(boxes, colour='red')
    rows = stage.graph.status('tandem')
    same(rows, {'tandem.layout': 'party', 'tandem.keep-alive': 90.0, 'tandem.swap': False,
                'tandem.max-latency-ms': 1000.0, 'tandem.description': 'The den'})
    told(stage, rows, MISTAKES, 'tandem')
    explained(stage)
    set_live(stage, 'speaker.left.delay-ms', 12.5)
    set_live(stage, 'tandem.swap', True)
    set_live(stage, 'tandem.description', 'Porch')
    stage.graph.wait(lambda g: g.node('tandem')['info']['props'].get('node.description')
                     == 'Porch', 'the new name')
    check(tandem.stop() == 0, 'Tandem ends well')
    stage.graph.wait(lambda g: g.node('tandem') is None, 'its sink gone')

    shutil.rmtree(places)
    tandem = stage.start_tandem(boxes)
    same(stage.graph.status('tandem'), {
        'tandem.layout': 'stereo', 'tandem.swap': True, 'tandem.mistakes': '',
        'speaker.left.delay-ms': 12.5, 'speaker.right.delay-ms': 0.0})
    nowhere_to_write(stage)
    check(tandem.stop() == 0, 'Tandem ends well')
    check(NOT_KEPT in journal(stage, 'tandem'), f'in the journal: {NOT_KEPT}')


def nowhere_to_write(stage):
    """A file where the folder was: root may write into any folder."""
    folder = os.path.join(stage.env['XDG_STATE_HOME'], 'tandem')
    check(os.listdir(folder) == ['tandem.settings'], f'{folder}: {os.listdir(folder)}')
    shutil.rmtree(folder)
    config.put(folder, '')
    set_live(stage, 'tandem.swap', False)


def in_daemon(stage, boxes):
    stage.graph.wait(lambda g: g.node('tandem'), "the daemon's own Tandem", 20.0)
    rows = stage.graph.status('tandem')
    same(rows, {'tandem.layout': 'mono', 'tandem.swap': False,
                'speaker.left.gain-db': 0.0, 'speaker.right.delay-ms': 20.0,
                'speaker.left.address': boxes[0].address})
    told(stage, rows, IN_DAEMON, 'pipewire')


def run(name, test, prepare=None):
    """A desktop with two boxes, but without sound."""
    print(f'{name}:')
    with tempfile.TemporaryDirectory(prefix='tandem-test-') as out:
        logs = os.path.join(out, 'logs')
        boxes = [stages.Speaker(label, f'hci{i + 1}', stages.address(i))
                 for i, label in enumerate(LABELS)]
        try:
            with stages.Stage(build(), logs) as stage:
                stage.start_buses()
                stage.start_bluetooth(3)
                if prepare:
                    prepare(stage, boxes)
                stage.start_daemons()
                for box in boxes:
                    stage.start_speaker(box, out, time.monotonic_ns())
                test(stage, boxes)
        except Trouble as trouble:
            check(False, str(trouble))
        if failures:
            show_logs(logs)


def into_daemon(stage, boxes):
    places = f'{stage.config_dir}/pipewire/pipewire.conf.d'
    stage.env.update(stage.built())
    config.put(f'{places}/50-tandem.conf', DAEMON % tuple(b.address for b in boxes))
    config.put(f'{places}/60-mine.conf', MINE)


run('a process of its own', own_process)
run('in the daemon', in_daemon, into_daemon)
finish()
