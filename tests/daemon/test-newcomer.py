#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Somebody who has never seen Tandem: two paired boxes that say nothing of their delay, a
microphone, seven commands and no file edited; at the end true stereo, by the recordings.
With PRINT in the environment it prints what README.md shows."""
import os

import numpy as np

# common says where the demo's modules are, so it comes first
from common import bare_scene, check, finish, undisturbed
from clicks import middles_s, sounds
from ctl import DONE, run
import config
import listener
import stage as stages

DELAYS_MS = (60, 105)
NAMES = ('Kitchen', 'Bath')
TICKS = 8
TOGETHER_MS = 0.3  # a tick is a click, and its middle is found to some 0.1 ms


class Newcomer:
    """Counts what is typed."""

    def __init__(self, stage):
        self.stage, self.typed = stage, 0

    def types(self, *words):
        self.typed += 1
        said = run(self.stage.env, *words)
        said.check(DONE)
        if os.environ.get('PRINT'):
            print('$ tandemctl', *words, f'\n{said.out}\n{said.err}')
        return said

    def starts(self):
        """systemctl --user enable --now pipewire-tandem.service, where there is systemd."""
        self.typed += 1
        tandem = self.stage.spawn('tandem', ['pipewire', '-c', 'tandem.conf'],
                                  self.stage.built())
        self.stage.wait_tandem(tandem)


def boxes(s):
    for i, name in enumerate(NAMES):
        told = ('--type', 't2', '--delay', DELAYS_MS[i], '--reports', 'none')
        box = stages.Speaker(name, f'hci{i + 1}', stages.address(i), told)
        s.stage.start_speaker(box, s.out, s.t0_ns)
        s.boxes.append(box)


def at_the_seat(s, room):
    """How far apart the last ticks are there, ms."""
    recordings = [s.recording(i) for i in range(2)]
    ticks = [middles_s(r, sounds(r)[-TICKS:]) for r in recordings]
    near_s, far_s = listener.ways_s(room)
    return (ticks[1] - ticks[0] + far_s - near_s) * 1e3


def attempt():
    with bare_scene() as s:
        s.stage.start_buses()
        s.stage.start_daemons()
        s.stage.start_bluetooth(3)
        boxes(s)
        config.write_tandem(s.stage.config_dir, 'auto', 'stereo', {})
        room = s.stage.start_room(s.boxes, s.t0_ns).truth
        person = Newcomer(s.stage)
        person.types('list')
        person.types('group', *NAMES, '--left', NAMES[0])
        person.starts()
        person.types('status')
        person.types('identify')
        person.types('calibrate', '--yes')
        person.types('test', '--ticks')
        check(person.typed <= 10, f'{person.typed} commands')
        s.stop_boxes()
        apart_ms = at_the_seat(s, room)
        check(np.max(np.abs(apart_ms)) < TOGETHER_MS,
              f'ticks are {np.round(apart_ms, 2)} ms apart at the seat')


undisturbed(attempt)
finish()
