#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Packets leave evenly whatever the graph's quantum, whether Tandem drives or follows: as
evenly as a real-time thread is woken on this host, and a millisecond."""
import csv
import time

import numpy as np

from common import LABELS, check, finish, scene, sound, undisturbed
from watchdog import NAP_S, Watchdog

QUANTA = (32, 1024, 8192)
LIMIT_MS = 1.0
PACKETS = 400
NAP_NS = int(NAP_S * 1e9)
NOTED_NS = NAP_NS + 100_000  # shorter naps are not late


def ask_quantum(s, quantum, driving):
    s.stage.run('pw-metadata', '-n', 'settings', '0', 'clock.force-quantum', str(quantum))
    s.wait_rows(lambda r: int(r.get('tandem.quantum') or 0) == quantum
                and bool(r.get('tandem.driving')) == driving, f'quantum {quantum}')


def host_late_ms(watchdog, start, stop):
    """How late the host itself woke who slept then: all but one in 200."""
    late = sorted((length - NAP_NS for when, length in watchdog.stalls
                   if start <= when <= stop), reverse=True)
    naps = (stop - start) // NAP_NS * len(watchdog.children)
    return late[naps // 200] / 1e6 if len(late) > naps // 200 else 0.0


def watch(s, watchdog, quantum, driving):
    """Returns from when to when it ran so, on the recordings' clock in s, and how late the
    host was meanwhile."""
    ask_quantum(s, quantum, driving)
    s.wait_packets(80)
    start = time.monotonic_ns()
    s.wait_packets(PACKETS)
    stop = time.monotonic_ns()
    return (quantum, driving, (start - s.t0_ns) / 1e9, (stop - s.t0_ns) / 1e9,
            host_late_ms(watchdog, start, stop))


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
    quantum, driving, start, stop, host_ms = span
    rows = arrivals(box)
    rows = rows[(rows[:, 0] >= start) & (rows[:, 0] <= stop)]
    played = np.concatenate([[0.0], np.cumsum(rows[:-1, 1])]) / 48000
    off_ms = (rows[:, 0] - played) * 1e3
    off_ms -= np.median(off_ms)
    p99 = np.percentile(np.abs(off_ms), 99)
    role = 'driver' if driving else 'follower'
    check(len(rows) >= PACKETS * 0.9 and p99 <= LIMIT_MS + host_ms,
          f'{role}, quantum {quantum}, {label}: {len(rows)} packets, 99 % within '
          f'{p99:.3f} ms of even, worst {np.max(np.abs(off_ms)):.3f} ms; the host '
          f'{host_ms:.3f} ms')


def attempt():
    watchdog = Watchdog(NOTED_NS)
    with scene() as s:
        sound(s.raw, 4)
        s.play()
        watchdog.start()
        try:
            spans = [watch(s, watchdog, quantum, True) for quantum in QUANTA]
            ask_quantum(s, 1024, True)
            follow(s)
            spans += [watch(s, watchdog, quantum, False) for quantum in QUANTA]
        finally:
            watchdog.stop()
        s.stop_boxes()
        for span in spans:
            for box, label in zip(s.boxes, LABELS):
                even(box, label, span)


undisturbed(attempt)
finish()
