#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""After the end of Tandem, which played on its own streams, its speakers are another
source's, as they are the session manager's where there is one."""
import os
import signal
import subprocess
import time

# common says where the demo's modules are, so it comes first
from common import LABELS, Scene, bare_scene, build, check, finish
import stage as stages

DEADLINE_S = 10.0
BACK_S = 5.0    # what is promised
QUIET_S = 1.0   # nothing comes within: it takes half of that
MEMBERS = [stages.address(i) for i in range(2)]


def restore(stage, **env):
    done = subprocess.run([os.path.join(build(), 'tools/tandemctl/tandemctl'), 'restore'],
                          env={**stage.env, **env}, capture_output=True, text=True,
                          timeout=20.0, check=False)
    return done.returncode, done.stderr.strip()


def lists(stage):
    folder = os.path.join(stage.run_dir, 'tandem')
    found = {}
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        if name.endswith('.members'):
            path = os.path.join(folder, name)
            check(os.stat(path).st_mode & 0o777 == 0o600, f'{name} is for nobody else')
            with open(path) as file:
                found[name] = file.read().split()
    return found


def has(line):
    """The devices of the transports that the other source has."""
    return sorted(path.split('/')[4][4:].replace('_', ':') for path in line.split()[1:])


class Played(Scene):
    """Both boxes are on Tandem's own streams; `other_source` came later."""

    def __init__(self, scene):
        self.__dict__.update(scene.__dict__)
        self.start()
        self.wait_rows(lambda r: all(r.get(f'speaker.{n}.state') == 'configured'
                                     for n in LABELS), 'both configured')
        self.other_source = self.stage.spawn(
            'other-source', [os.path.join(build(), 'tests/daemon/other-source')])
        check(has(self.other_source.wait_line('has', DEADLINE_S)) == [],
              'the other source has nobody')
        check(lists(self.stage) == {'tandem.members': MEMBERS},
              f'both are noted: {lists(self.stage)}')


def after_a_stop():
    with bare_scene() as bare:
        s = Played(bare)
        check(s.tandem.stop() == 0, 'Tandem ends well')
        begin = time.monotonic()
        status, words = restore(s.stage, SERVICE_RESULT='success')
        took_s = time.monotonic() - begin
        check(status == 0 and took_s < BACK_S, f'restored in {took_s:.2f} s: {words}')
        line = ''
        while len(has(line)) < 2:
            line = s.other_source.wait_line('has', DEADLINE_S)
        check(has(line) == MEMBERS, f'the other source has both: {line}')
        check(lists(s.stage) == {}, 'no list is left')
        check(restore(s.stage) == (0, ''), 'a second time there is nothing to do')


def after_a_crash():
    with bare_scene() as bare:
        s = Played(bare)
        s.tandem.kill(signal.SIGKILL)
        s.tandem.child.wait()
        check(restore(s.stage, SERVICE_RESULT='signal')[0] == 0, 'Tandem is to come back')
        time.sleep(QUIET_S)
        check(s.other_source.lines.empty(), 'nobody is given away')
        check(lists(s.stage) == {'tandem.members': MEMBERS}, 'the list stays')
        s.tandem = s.stage.start_tandem(s.boxes[1:], **{'when-empty': 'keep'})
        check(lists(s.stage) == {'tandem.members': MEMBERS[1:]}, 'the next one overwrites it')


for test in (after_a_stop, after_a_crash):
    print(f'{test.__name__}:')
    test()
finish()
