#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tandemctl forget: which lines go, which stay, and that nothing goes while a Tandem runs,
which has no sink here, for nobody is there."""
import os

# common says where the demo's modules are, so it comes first
from common import bare_scene, check, config, finish
from ctl import ABSENT, DONE, FAILED, WRONG_USE, run
import stage as stages

LEFT, RIGHT = (stages.address(i) for i in range(2))
GONE = '00:11:22:33:44:55'
FILES = {
    'tandem.speakers': (LEFT, RIGHT),
    'tandem.settings': ('group swap = true instead of false',
                        f'{LEFT} delay-ms = 12.5 instead of 0',
                        f'{LEFT} gain-db = -3 instead of 0',
                        f'{RIGHT} gain-db = -1 instead of 0'),
    'tandem.clocks': (f'{LEFT} sbc on=2026-11-26 class=free drift-ppm=12.5',
                      f'{RIGHT} sbc on=2026-11-26 class=locked',
                      f'{LEFT} ldac on=2026-11-26 class=locked'),
    'upstairs.clocks': (f'{GONE} sbc on=2026-11-26 class=locked',),
    'tandem.left.observations': (f'{LEFT} is not the beginning of what counts',),
}


class Memory:
    def __init__(self, env):
        self.folder = os.path.join(env['XDG_STATE_HOME'], 'tandem')

    def write(self):
        os.makedirs(self.folder, exist_ok=True)
        for name, lines in FILES.items():
            with open(os.path.join(self.folder, name), 'w') as file:
                file.write('\n'.join(lines) + '\n')

    def read(self):
        found = {}
        for name in os.listdir(self.folder):
            with open(os.path.join(self.folder, name)) as file:
                found[name] = tuple(file.read().splitlines())
        return found

    def check(self, wanted, what):
        check(self.read() == wanted, f'{what}: {self.read() if self.read() != wanted else ""}')


def without(address):
    rest = {name: lines if name.endswith('observations') else
            tuple(line for line in lines if not line.startswith(address))
            for name, lines in FILES.items()}
    return {name: lines for name, lines in rest.items() if lines}


def forgets(env, memory):
    for who in (LEFT.lower(), 'left'):
        memory.write()
        run(env, 'forget', who).check(DONE, 'tandem.settings: ')
        memory.check(without(LEFT), f'{who}: the lines of others stay')
    run(env, 'forget', 'left').check(DONE, 'nothing is remembered of left')
    run(env, 'forget', GONE).check(DONE, 'upstairs.clocks: ')
    check('upstairs.clocks' not in memory.read(), 'an empty file goes')
    memory.write()
    run(env, 'forget', '--all').check(DONE, 'tandem.speakers: all is forgotten')
    name = 'tandem.left.observations'
    memory.check({name: FILES[name]}, 'of all, a log stays')
    run(env, 'forget', '--all').check(DONE, 'nothing is remembered of all')


def refuses(env, memory):
    memory.write()
    run(env, 'forget').check(WRONG_USE, err='either a speaker or --all')
    run(env, 'forget', 'left', '--all').check(WRONG_USE, err='either a speaker or --all')
    run(env, 'forget', 'bath').check(FAILED, err='no paired speaker is called bath')
    nobody = {**env, 'DBUS_SYSTEM_BUS_ADDRESS': 'unix:path=/nonexistent'}
    run(nobody, 'forget', 'left').check(ABSENT, err='Bluetooth service')
    memory.check(FILES, 'all is as it was')


def start_without_sink(stage):
    """Who takes nobody has no sink: it is not in the graph, but its client is."""
    config.write_tandem(stage.config_dir, 'auto', 'stereo', {})
    tandem = stage.spawn('tandem', ['pipewire', '-c', 'tandem.conf'], stage.built())
    stage.graph.wait(lambda g: any(c['info']['props'].get('application.name') == 'Tandem'
                                   for c in g.kind('Client')), 'Tandem, a client')
    return tandem


def while_it_runs(stage, memory):
    tandem = start_without_sink(stage)
    for words in (('forget', LEFT), ('forget', '--all')):
        run(stage.env, *words).check(FAILED, err='stop it first: systemctl --user stop')
    memory.check(FILES, 'all is as it was')
    run(stage.env, 'status').check(ABSENT, err='Tandem runs, and has no sink')
    check(tandem.stop() == 0, 'Tandem ends well')
    run(stage.env, 'status').check(ABSENT, err='Tandem is not running: start it')
    run(stage.env, 'forget', '--all').check(DONE)


with bare_scene() as s:
    memory = Memory(s.stage.env)
    s.stage.start_buses()
    s.stage.start_bluetooth(3)
    for i, label in enumerate(('left', 'right')):
        box = stages.Speaker(label, f'hci{i + 1}', stages.address(i), ('--delay', 120))
        s.stage.start_speaker(box, s.out, s.t0_ns)
    run(s.stage.env, 'forget', '--all').check(DONE, 'nothing is remembered of all')
    forgets(s.stage.env, memory)
    refuses(s.stage.env, memory)
    s.stage.start_daemons()
    while_it_runs(s.stage, memory)
finish()
