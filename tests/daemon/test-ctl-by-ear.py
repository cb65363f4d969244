#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tandemctl calibrate --by-ear with somebody who answers: two boxes that say nothing of
their delay, and what is left of it at the end, by what left them."""
import json
import random

import numpy as np

# common says where the demo's modules are, so it comes first
from common import DELAYS_MS, LABELS, bare_scene, check, finish, undisturbed
from clicks import middles_s, sounds
from ctl import ABSENT, DONE, FAILED, WRONG_USE, program, run

SEED = 7
LAPSE = 0.05
FAR_MS = 40.0


class Person:
    """Hears a gap with 1 ms rms, and answers anything once in 20 times."""

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def answer(self, gap_ms):
        heard_ms = gap_ms + self.chance.gauss(0.0, 1.0)
        if self.chance.random() < LAPSE:
            return self.chance.randint(1, 5)
        if abs(heard_ms) < 1.0:
            return 3
        far = abs(heard_ms) > FAR_MS
        return (1 if far else 2) if heard_ms > 0.0 else (5 if far else 4)


def by_ear(s, late_ms, *words):
    """One calibration; right is late by that. Returns the result and the number of pairs."""
    person = Person(SEED)
    told = s.stage.spawn('by-ear', [program(), 'calibrate', '--by-ear', '--json', *words],
                         stdin=True)
    pairs = 0
    while True:
        line = json.loads(told.wait_line('{', 30.0))
        if 'applied' in line:
            check(told.child.wait(10.0) == DONE, 'it ends well')
            return line, pairs
        pairs += 1
        told.say(str(person.answer(late_ms + line['offset-ms'])))


def calibrates(s):
    # both are believed to have the same delay, so all of the difference is heard
    late_ms = DELAYS_MS[1] - DELAYS_MS[0]
    print(f'seed {SEED}')
    result, pairs = by_ear(s, late_ms)
    check(pairs <= 12, f'{pairs} answers')
    check(abs(result['right-late-ms'] - late_ms) <= 2.0, f'right is late by {late_ms}: {result}')
    s.wait_rows(lambda r: abs(r['speaker.left.delay-ms'] - late_ms) <= 2.0
                and r['speaker.right.delay-ms'] == 0, 'that left waits for it')
    rows = s.stage.renew()
    check(not rows['speaker.left.mute'] and not rows['speaker.right.mute'], 'nobody is mute')


def refuses(s):
    env = s.stage.env
    before = s.stage.renew()['speaker.left.delay-ms']
    run(env, 'calibrate', 'left').check(WRONG_USE, err='SPEAKER is for --by-ear')
    run(env, 'calibrate', '--by-ear', 'bath').check(FAILED, err='there is no speaker bath')
    said = run(env, 'calibrate', '--by-ear')
    said.check(FAILED, 'which click comes first?', 'nothing was changed')
    check('3  one click, from the middle' in said.out, 'the answers are explained')
    check(s.stage.renew()['speaker.left.delay-ms'] == before, 'and nothing is')


def absent(s):
    s.tandem.stop()
    s.stage.graph.wait(lambda g: not g.node('tandem'), 'the sink going')
    run(s.stage.env, 'calibrate', '--by-ear').check(ABSENT, err='Tandem is not running')


def hears(s):
    """The last eight sounds are the ticks that were played at the end. A box that has just
    started is a millisecond off its mean, and so is what was found."""
    boxes = [s.recording(i) for i in range(2)]
    ticks = [middles_s(box, sounds(box)[-8:]) for box in boxes]
    apart_ms = (ticks[1] - ticks[0]) * 1e3
    check(abs(np.median(apart_ms)) <= 3.0, f'ticks are {np.round(apart_ms, 2)} ms apart')


def attempt():
    with bare_scene() as s:
        s.told = {label: ('--reports', 'none') for label in LABELS}
        s.start()
        refuses(s)
        calibrates(s)
        run(s.stage.env, 'test', '--ticks').check(DONE)
        rows = s.rows()
        check(rows['speaker.left.latency-source'] == 'hand', 'the status says by whom')
        absent(s)
        s.stop_boxes()
        hears(s)


undisturbed(attempt)
finish()
