#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Packets leave evenly whatever the graph's quantum, whether Tandem drives or follows."""
import csv
import time

import numpy as np

from common import LABELS, check, finish, scene, sound, undisturbed

QUANTA = (32, 1024, 8192)
LIMIT_MS = 1.0
PACKETS = 400


def ask_quantum(s, quantum, driving):
    s.stage.run('pw-metadata', '-n', 'settings', '0', 'clock.force-quantum', str(quantum))
    s.wait_rows(lambda r: int(r.get('tandem.quantum') or 0) == quantum
                and bool(r.get('tandem.driving')) == driving, f'quantum {quantum}')


def watch(s, quantum, driving):
    """Returns when from when to it ran so, on the recordings' clock in s."""
    ask_quantum(s, quantum, driving)
    s.wait_packets(80)
    start = time.monotonic_ns()
    s.wait_packets(PACKETS)
    stop = time.monotonic_ns()
    return (quantum, driving, (start - s.t0_ns) / 1e9, (stop - s.t0_ns) / 1e9)


def follow(s):
    """Links the player to the other sink as well, whose driver priority is higher."""
    for channel in ('FL', 'FR'):
        s.stage.run('pw-link', f'tandem-player:output_{channel}',
                    f'other:playback_{channel}')


def arrivals(box):
    """Times in s and frames of all packets."""
    with open(box.csv) as file:
        rows = [r for r in csv.reader(file) if r[1] == 'arrival']
    return np.array([[float(r[0]), float(r[4])] for r in rows])


def even(box, label, span):
    quantum, driving, start, stop = span
    rows = arrivals(box)
    rows = rows[(rows[:, 0] >= start) & (rows[:, 0] <= stop)]
    played = np.concatenate([[0.0], np.cumsum(rows[:-1, 1])]) / 48000
    off_ms = (rows[:, 0] - played) * 1e3
    off_ms -= np.median(off_ms)
    p99 = np.percentile(np.abs(off_ms), 99)
    role = 'driver' if driving else 'follower'
    check(len(rows) >= PACKETS * 0.9 and p99 <= LIMIT_MS,
          f'{role}, quantum {quantum}, {label}: {len(rows)} packets, 99 % within '
          f'{p99:.3f} ms of even, worst {np.max(np.abs(off_ms)):.3f} ms')


def attempt():
    with scene() as s:
        sound(s.raw, 4)
        s.play()
        spans = [watch(s, quantum, True) for quantum in QUANTA]
        ask_quantum(s, 1024, True)
        follow(s)
        spans += [watch(s, quantum, False) for quantum in QUANTA]
        s.stop_boxes()
        for span in spans:
            for box, label in zip(s.boxes, LABELS):
                even(box, label, span)


undisturbed(attempt)
finish()
