# SPDX-License-Identifier: MIT
"""tools/vm links: every row judged by what arrived at the boxes and what the radio did."""
import numpy as np

import btsnoop
from arrivals import Arrivals, skew_ms
from bluez import address
from judge import ARRIVAL_MEAN_MS, ARRIVAL_STD_MS, BOTH, HEARD_SHARE, OWN, plays
from restarts import steady_after

NAMES = {1: 'left', 2: 'right'}
FIRST_S = 10.0
LONGEST_MS = 60.0  # between two packets of a box that goes on
# so long after the other box came or went its share may be here or there: it is silent for
# half a second at first, a window sees 0.2 s to both sides
CHANGING_S = 1.0
STEADY_S = LONGEST_MS / 1e3  # packets are not further apart while a box is fed
# A box that calls by itself says at which rate. Packets of two rates are never due together,
# so each one waits for something else that is computed then; seen: 0.02 to 0.15 ms.
APART_MEAN_MS = 0.3
TELLING = 50       # of so many windows, of 0.1 s each, some must tell who plays what


class Course:
    """Which of the music went into the graph at which wall time."""

    def __init__(self, result):
        path = result.file('player.player.csv')
        rows = np.loadtxt(path, delimiter=',', skiprows=1, dtype=np.int64, ndmin=2)
        rows = rows[rows[:, 2] >= 0]
        self.at_s = rows[:, 0] / 1e9 + result.facts['wall_s']
        self.frame = rows[:, 2]
        self.music = result.music.astype(np.float64)

    def between(self, index, begin_s, end_s):
        """That box's channel of what went in between these, and both channels in one."""
        first, last = np.interp((begin_s, end_s), self.at_s, self.frame)
        part = self.music[int(first):int(last)]
        return np.ascontiguousarray(part[:, index - 1]), part.mean(axis=1)

    def arrivals(self, log, index, begin_s, end_s):
        """What arrived in that time; the source's ends, which did so outside, left out."""
        return Arrivals(log.heard(index, begin_s, end_s),
                        *self.between(index, begin_s + 0.3, end_s - 0.8))

    def sides(self, log, begin_s, end_s):
        """Of both over that time, or None where one of the two plays nothing of it."""
        sides = [self.arrivals(log, index, begin_s, end_s) for index in (1, 2)]
        return sides if all(side.found for side in sides) else None


def judge(result, page_every_s):
    log = btsnoop.read(result.file('hci.btsnoop'))
    course = Course(result)
    for row in result.facts['events']:
        if 'end_s' in row:
            judge_row(result, log, course, row, page_every_s)
    if 'told' in result.facts:
        pages = called(log, address(1), result.facts['told'], result.facts['end'])
        result.figure('told.pages', len(pages))
        result.check(not pages, f'told to stop: {len(pages)} calls of the missing box in '
                     f'{result.facts["end"] - result.facts["told"]:.0f} s after it')


def called(log, who, begin_s, end_s):
    return [p.at_s for p in log.pages
            if p.adapter == 0 and p.address == who and begin_s <= p.at_s <= end_s]


def judge_row(result, log, course, row, page_every_s):
    name, begin_s = row['name'], row['begin_s']
    key = name.replace(' ', '-')
    for index in row['sides']:
        times = [p.arrival_s for p in log.heard(index)]
        last = max((t for t in times if t < begin_s + 1.0), default=begin_s)
        back = steady_after([t for t in times if t >= row['reachable_s'] - 0.5],
                            row['reachable_s'])
        result.figure(f'{key}.{NAMES[index]}.back_s', back)
        result.check(back is not None and back <= row['limit_s'],
                     f'{name}: the {NAMES[index]} box is fed again '
                     f'{back if back is None else round(back, 2)} s after it could be, '
                     f'{row["reachable_s"] - last:.0f} s of absence before that')
    judge_reason(result, log, row)
    judge_pages(result, log, row, page_every_s, key)
    judge_others(result, log, course, row)
    judge_time(result, log, course, row, key)


def judge_reason(result, log, row):
    """What broke is what was meant to break."""
    if row['reason'] is None:
        return
    ended = [link.reason for link in log.links if link.adapter == 0 and not link.up
             and link.address == address(row['sides'][0])
             and row['begin_s'] - 0.1 <= link.at_s <= row['end_s']]
    result.check(ended and ended[0] == row['reason'],
                 f'{row["name"]}: the link ended for {", ".join(map(hex, ended)) or "nothing"}'
                 f', meant was {row["reason"]:#x}')


def judge_pages(result, log, row, page_every_s, key):
    """While the other box plays the missing one is called at once, and then rarely. The log
    does not tell whose calls are whose: bluetoothd has one more in the first seconds, and
    after 0x08 it calls by itself after 1, 2, 4, .. 64 s; then they are told, not judged."""
    pages = called(log, address(row['sides'][0]), row['begin_s'], row['reachable_s'])
    if len(row['sides']) > 1 or not pages:
        return
    after_s = [at - row['begin_s'] for at in pages]
    result.figure(f'{key}.pages', len(pages))
    later = [at for at in after_s if at > FIRST_S]
    rare = len(after_s) - len(later) <= 2 and all(
        b - a >= page_every_s for a, b in zip(later, later[1:]))
    bluez_too = row['reason'] == 0x08 or row['name'] == 'path again'
    result.check(rare or bluez_too, f'{row["name"]}: called {len(pages)} times in '
                 f'{row["reachable_s"] - row["begin_s"]:.0f} s of absence: after '
                 + ', '.join(f'{at:.1f}' for at in after_s) + ' s')


def judge_others(result, log, course, row):
    """Who is not hit goes on without a gap."""
    for index in {1, 2} - set(row['sides']):
        side = course.arrivals(log, index, row['begin_s'] - 1.0, row['end_s'])
        if not result.check(side.found, f'{row["name"]}: the {NAMES[index]} box plays on'):
            continue
        missing, longest_ms = side.gaps()
        worst = float(np.max(np.abs(side.moved_ms)))
        result.check(missing == 0 and longest_ms < LONGEST_MS and worst < 1.0,
                     f'{row["name"]}: the {NAMES[index]} box goes on: {missing} packets '
                     f'missing, at most {longest_ms:.1f} ms between two, content moves by '
                     f'{worst:.3f} ms')
        judge_share(result, row, NAMES[index], side,
                    np.array([p.arrival_s for p in log.heard(3 - index)]))


def fed(times, at_s):
    """1 where packets have come, and will, without a pause, -1 where none does, else 0."""
    found = np.zeros(len(at_s), dtype=int)
    for k, at in enumerate(at_s):
        near = times[np.abs(times - at) <= CHANGING_S]
        steps = np.diff(np.concatenate([[at - CHANGING_S], near, [at + CHANGING_S]]))
        if len(near) == 0:
            found[k] = -1
        elif np.max(steps) <= STEADY_S:
            found[k] = 1
    return found


def judge_share(result, row, name, side, others):
    """It plays its own channel while the other box is fed, and both while it is away."""
    which, other_fed = side.which(), fed(others, side.window_s)
    for what, expected, state in ((OWN, -1, 1), (BOTH, 1, -1)):
        there = which[other_fed == state]
        told = there[there != 0]
        right = int(np.sum(told == expected))
        result.check(right >= HEARD_SHARE * len(told)
                     and (len(told) > 0 or len(there) < TELLING),
                     f'{row["name"]}: the {name} box plays {what} while the other one is '
                     f'{"fed" if state > 0 else "away"}: {right} of {len(told)} windows that '
                     'tell')


def judge_time(result, log, course, row, key):
    """Both are together after it as before it. Who comes first when both packets are due at
    once, which is 0.06 ms, may be another one than before."""
    before = course.sides(log, row['begin_s'] - 5.5, row['begin_s'] - 0.2)
    after = course.sides(log, row['end_s'] - 6.0, row['end_s'] - 0.2)
    if not result.check(before is not None and after is not None,
                        f'{row["name"]}: both play before it and after it'):
        return
    for name, side in zip(NAMES.values(), after):
        plays(result, f'{row["name"]}: {name}, after it', side, OWN)
    rates = ' and '.join(str(side.rate) for side in after) + ' Hz'
    together = after[0].rate == after[1].rate
    before, after = skew_ms(*before), skew_ms(*after)
    mean, std = float(np.mean(after)), float(np.std(after))
    moved = mean - float(np.mean(before))
    result.figure(f'{key}.after_mean_ms', round(mean, 4))
    result.figure(f'{key}.after_std_ms', round(std, 4))
    limit_ms = ARRIVAL_MEAN_MS if together else APART_MEAN_MS
    result.check(abs(mean) <= limit_ms and std <= ARRIVAL_STD_MS,
                 f'{row["name"]}: arrival skew after it: mean {mean:+.4f} ms ({moved:+.4f} '
                 f'against before), std {std:.4f} ms, at {rates}')
