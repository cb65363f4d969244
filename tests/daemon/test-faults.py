#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tandem's process stands still, then dies, while another sink plays: no xrun there."""
import signal

import numpy as np

from common import check, finish, scene, sound, undisturbed


def cycles(player):
    """The other sink's cycles as its player saw them: time, wake-up, quantum."""
    rows = np.loadtxt(player.csv, delimiter=',', skiprows=1, dtype=np.int64, ndmin=2)
    return rows[:, 0], rows[:, 1], rows[:, 3]


def no_xrun(player):
    """PipeWire counts an xrun when a cycle is not done before the next begins: then a cycle
    reaches the player late by a quantum, or not at all."""
    nsec, woke, quantum = cycles(player)
    steady = quantum == quantum[-1]  # the first ones may be another client's
    nsec, woke, quantum = nsec[steady], woke[steady], quantum[steady]
    step_ns = quantum[1:] / 48000 * 1e9
    lost = np.abs(np.diff(nsec) - step_ns) > step_ns / 2
    late_ms = (woke - nsec) / 1e6
    check(len(nsec) > 300, f'{len(nsec)} cycles of the other sink seen')
    check(not lost.any(), f'{int(lost.sum())} cycles of the other sink were lost')
    check(late_ms.max() < quantum.min() / 48,
          f'its cycles came {np.median(late_ms):.3f} ms late, the latest '
          f'{late_ms.max():.3f} ms, of {quantum.min() / 48:.1f} ms')



def attempt():
    with scene() as s:
        sound(s.raw, 4)
        s.play()
        others = []
        for number, name in ((None, 'before'), (signal.SIGSTOP, 'stopped'),
                             (signal.SIGCONT, 'going on'), (signal.SIGKILL, 'killed')):
            other = s.stage.start_player(f'other {name}', s.raw, 'other', '512/48000')
            other.say('go')
            other.wait_line('playing', 5.0)
            if number is not None:
                s.tandem.kill(number)
            other.wait_line('done', 20.0)
            others.append((name, other))
            other.stop()
        s.stage.graph.wait(lambda g: g.node('tandem') is None, 'its sink gone')
        for name, other in others:
            print(f'Tandem {name}:')
            no_xrun(other)


undisturbed(attempt)
finish()
