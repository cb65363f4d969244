#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One box's radio carries 70 % of the stream for 20 s: both are sent less together, nothing
is left out at either, and both have the whole sound again soon after."""
import json
import os
import time

from common import LABELS, bare_scene, check, finish, sound, undisturbed

SECONDS = 45
FROM_S, TO_S, BACK_S = 8.0, 28.0, 10.0  # after the first packet, which is before all else
SHARE = 0.7
# what one box gets: SBC joint of bitpool 51 at 48 kHz, five blocks of 115 bytes behind 13
PLANNED = (5 * 115 + 13) * 75
SAYS = 'the air is crowded'


def watch(s, until_s):
    """[(when, rows)] four times a second; s after the first packet, about."""
    seen = []
    begin = time.monotonic()
    while time.monotonic() - begin < until_s:
        seen.append((time.monotonic() - begin, s.stage.renew()))
        time.sleep(0.25)
    return seen


def percent(rows, label):
    return int(rows[f'speaker.{label}.stream.air-percent'])


def check_steps(seen):
    least = min(percent(rows, 'left') for _, rows in seen)
    check(50 <= least < 100 * SHARE, f'at the least {least} % of what was planned')
    apart = [at for at, rows in seen if percent(rows, 'left') != percent(rows, 'right')]
    check(not apart, f'both boxes are on the same step each time, {len(seen)} times')
    said = [at for at, rows in seen if rows.get('tandem.message', '').startswith(SAYS)]
    check(said and TO_S - FROM_S - 4 < said[-1] - said[0] < TO_S - FROM_S + BACK_S,
          f'it is said from {said[0] if said else 0:.1f} to {said[-1] if said else 0:.1f} s')
    low = [at for at, rows in seen if percent(rows, 'left') < 100]
    check(low and low[-1] <= TO_S + BACK_S,
          f'the last time below 100 %: {low[-1] - TO_S if low else 0:.1f} s after its end')


def check_heard(s):
    """By the boxes' own count: a finer judge takes the coarse sound for none."""
    for box in s.boxes:
        with open(os.path.join(s.out, 'logs', f'speaker-{box.name}.log')) as file:
            told = json.loads(file.read().splitlines()[-1])
        row = {key: told[key] for key in ('packets', 'gaps', 'lost_frames', 'underruns', 'bad')}
        check(row['packets'] > 1000 and not any(list(row.values())[1:]),
              f'{box.name}, what was received and played: {row}')


def attempt():
    crowd = f'{SHARE * PLANNED:.0f}@{FROM_S:.0f}-{TO_S:.0f}'
    with bare_scene() as s:
        s.told = {'left': ('--crowd', crowd)}
        s.start()
        sound(s.raw, SECONDS)
        player = s.play()
        player.say('go')
        player.wait_line('playing', 5.0)
        seen = watch(s, TO_S + BACK_S + 3.0)
        player.wait_line('done', SECONDS)
        time.sleep(1.0)
        rows = s.rows()
        player.stop()
        s.stop_boxes()
        check_steps(seen)
        for label in LABELS:
            row = {key: rows[f'speaker.{label}.stream.{key}'] for key in (
                'skipped', 'queue-most', 'queue-source', 'packets')}
            check(row['skipped'] == 0 and row['queue-most'] <= 3
                  and row['queue-source'] == 'socket', f'{label}: {row}')
        check_heard(s)


undisturbed(attempt)
finish()
