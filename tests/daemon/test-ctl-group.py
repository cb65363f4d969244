#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tandemctl group and list without PipeWire: which file is written, and which never is."""
import contextlib
import os
import tempfile
import time

# common says where the demo's modules are, so it comes first
from common import build, check, failures, finish, show_logs
from ctl import ABSENT, DONE, FAILED, WRONG_USE, answer, run
from process import Trouble
import stage as stages

NAMES = ('Kitchen "2"', 'Sofa')
ADDRESSES = [stages.address(i) for i in range(len(NAMES))]


@contextlib.contextmanager
def bluetooth():
    """Two paired boxes, a bus, and nobody else."""
    with tempfile.TemporaryDirectory(prefix='tandem-test-') as out:
        try:
            with stages.Stage(build(), os.path.join(out, 'logs')) as stage:
                stage.start_buses()
                stage.start_bluetooth(len(NAMES) + 1)
                for i, name in enumerate(NAMES):
                    box = stages.Speaker(name, f'hci{i + 1}', ADDRESSES[i], ('--delay', 120))
                    stage.start_speaker(box, out, time.monotonic_ns())
                yield stage
        except Trouble as trouble:
            check(False, str(trouble))
        if failures:
            show_logs(os.path.join(out, 'logs'))


def read(path):
    if not os.path.exists(path):
        return None
    with open(path) as file:
        return file.read()


def listed(env):
    said = run(env, 'list')
    said.check(DONE, 'Sofa 00:AA:01:02:00:02, loudspeaker: ')
    check('PipeWire cannot be reached' in said.err, 'and that PipeWire is away')
    rows = run(env, 'list', '--json').json()
    check([row['name'] for row in rows] == list(NAMES), f'both by name: {rows}')
    check([row['address'] for row in rows] == ADDRESSES, 'and by address')
    check(all(row['paired'] and row['held-by'] is None and row['group'] is None
              for row in rows), 'paired, and nobody has them')


def completed(env):
    """Each as one word; what a shell would take apart is for the completion to quote."""
    words = [line.split('\t')[0] for line in
             run(env, 'help', '--words', 'group').out.split('\n')]
    check(set(NAMES) < set(words), f'speakers may come next, by name: {words}')


def wrong(env):
    run(env, 'group').check(WRONG_USE, err='something is missing')
    run(env, 'group', NAMES[0]).check(WRONG_USE, err='something is missing')
    run(env, 'group', NAMES[0], ADDRESSES[0]).check(WRONG_USE, err='the same speaker')
    run(env, 'group', NAMES[0], 'Bath').check(FAILED, err='Sofa (00:AA:01:02:00:02)')
    run(env, 'group', *NAMES, '--left', 'Bath').check(FAILED, err='is called Bath')
    for option, value in (('name', 'two words'), ('layout', 'round'), ('description', 'a\nb'),
                          ('description', '')):
        run(env, 'group', *NAMES, f'--{option}', value).check(WRONG_USE, err=f'--{option} is ')
    run(env, 'group', *NAMES, '--layout', 'custom').check(WRONG_USE, err='matrix')


def written(env, folder):
    first = os.path.join(folder, '50-tandem.conf')
    said = run(env, 'group', *NAMES, '--dry-run')
    said.check(DONE, 'module.tandem.tandem.args')
    check(read(first) is None, 'a dry run writes nothing')
    run(env, 'group', *NAMES).check(DONE, 'Start Tandem again')
    check(read(first).strip() == said.out, 'the file is what the dry run has said')
    check(said.out.index(ADDRESSES[0]) < said.out.index(ADDRESSES[1]), 'the first plays left')
    check('context.modules' not in said.out, 'the first group is there already')
    run(env, 'group', *NAMES).check(DONE, 'as it was')

    old = read(first)
    run(env, 'group', *NAMES, '--left', NAMES[1]).check(FAILED, err='--yes replaces it')
    check(read(first) == old, 'nobody was asked: the old file stays')
    asked = ('group', *NAMES, '--left', NAMES[1], '--no-restart')
    answer(env, 'n', *asked).check(FAILED, err='Replace it? [y/N]')
    check(read(first) == old, 'no: the old file stays')
    answer(env, 'y', *asked).check(DONE, 'Sofa plays left')
    check(read(first) != old, 'yes: it does not')
    run(env, 'group', ADDRESSES[0].lower(), NAMES[1], '--left', 'Sofa', '--yes', '--no-restart',
        '--layout', 'party', '--description', 'My "room"').check(DONE, 'Sofa plays left')
    text = read(first)
    check(text.index(ADDRESSES[1]) < text.index(ADDRESSES[0]), 'now the other plays left')
    check('party' in text and r'"My \"room\""' in text, 'layout and description are there')

    run(env, 'group', *NAMES, '--name', 'upstairs').check(DONE, '50-upstairs.conf')
    second = read(os.path.join(folder, '50-upstairs.conf'))
    check('name = upstairs' in second and 'module.tandem.upstairs.args' in second,
          'a second group makes itself')
    check(read(first) == text, 'and leaves the first alone')


def unwritable(env, place):
    """What is in the way is not lost."""
    with open(place, 'w') as file:
        file.write('precious')
    run({**env, 'PIPEWIRE_CONFIG_DIR': place}, 'group', *NAMES).check(FAILED, err=place)
    check(read(place) == 'precious', 'what is in the way stays')
    homeless = {k: v for k, v in env.items() if k != 'HOME' and not k.startswith('XDG_CONFIG')}
    del homeless['PIPEWIRE_CONFIG_DIR']
    run(homeless, 'group', *NAMES).check(FAILED, err='no place for the file')


def in_config_home(env):
    plain = {k: v for k, v in env.items() if k != 'PIPEWIRE_CONFIG_DIR'}
    run(plain, 'group', *NAMES, '--no-restart').check(DONE)
    path = os.path.join(env['XDG_CONFIG_HOME'], 'pipewire/tandem.conf.d/50-tandem.conf')
    check(read(path) is not None, 'it is below XDG_CONFIG_HOME')


def absent(env):
    nobody = {**env, 'DBUS_SYSTEM_BUS_ADDRESS': 'unix:path=/nonexistent'}
    for words in (('list',), ('list', '--json'), ('group', *NAMES)):
        run(nobody, *words).check(ABSENT, err='Bluetooth service (org.bluez) is not running')


with bluetooth() as stage:
    listed(stage.env)
    completed(stage.env)
    wrong(stage.env)
    written(stage.env, os.path.join(stage.env['PIPEWIRE_CONFIG_DIR'], 'tandem.conf.d'))
    unwritable(stage.env, os.path.join(stage.home, 'file'))
    in_config_home(stage.env)
    absent(stage.env)
finish()
