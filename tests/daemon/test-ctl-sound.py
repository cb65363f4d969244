#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tandemctl identify and test, heard: judged by what left the boxes."""
import signal

import numpy as np

# common says where the demo's modules are, so it comes first
from common import check, finish, measure, scene, undisturbed
from clicks import BLOCK, middles_s, sounds
from ctl import ABSENT, DONE, FAILED, program, run

SWEEP_S = 12  # as test.c has it


def says(s):
    env = s.stage.env
    said = run(env, 'identify')
    said.check(DONE, 'left, left: plays FL; beeps once\nright, right: plays FR; beeps twice')
    run(env, 'identify', 'right').check(DONE, 'right, right: plays FR; beeps twice')
    run(env, 'identify', 'bath').check(FAILED, err='there is no speaker bath')
    run(env, 'test', '--ticks').check(DONE, 'ticks: eight')
    run(env, 'test', '--sweep').check(DONE, 'sweep: noise')
    run(env, 'layout', 'party').check(DONE)
    run(env, 'test', '--sweep').check(FAILED, err='no sweep: in the layout party')
    run(env, 'layout', 'stereo').check(DONE)


def is_stopped(s):
    """By Ctrl-C, in the midst of it; what was mute before is mute again."""
    run(s.stage.env, 'mute', 'left').check(DONE)
    identify = s.stage.spawn('identify', [program(), 'identify'])
    s.wait_rows(lambda r: r['speaker.right.mute'], 'that right is mute meanwhile', 20.0)
    check(not s.rows()['speaker.left.mute'], 'and left is not')
    identify.child.send_signal(signal.SIGINT)
    check(identify.child.wait(10.0) == FAILED, 'Ctrl-C ends it')
    s.wait_rows(lambda r: r['speaker.left.mute'] and not r['speaker.right.mute'],
                'that all is as it was')
    run(s.stage.env, 'mute', 'left', 'off').check(DONE)


def absent(s):
    """Tandem ends in the midst of it, and then is not there."""
    ticks = s.stage.spawn('ticks', [program(), 'test', '--ticks'])
    ticks.wait_line('ticks: eight', 20.0)
    s.tandem.stop()
    check(ticks.child.wait(10.0) == FAILED, 'it ends with Tandem')
    check('the Tandem sink has gone' in ticks.last_words(), ticks.last_words())
    s.stage.graph.wait(lambda g: not g.node('tandem'), 'the sink going')
    for words in (('identify',), ('test',)):
        run(s.stage.env, *words).check(ABSENT, err='Tandem is not running')
    s.stage.daemon.stop()
    for words in (('identify',), ('test',)):
        run(s.stage.env, *words).check(ABSENT, err='PipeWire cannot be reached')


def hear(left, right):
    """One beep left, two right, two right; eight ticks on both; a sweep on both."""
    heard = [sounds(box) for box in (left, right)]
    text = [[f'{a / 1e3:.2f}-{b / 1e3:.2f}' for a, b in h] for h in heard]
    check(len(heard[0]) >= 10 and len(heard[1]) >= 13, f'sounds left {text[0]}, right {text[1]}')
    first, beeps = heard[0][0], heard[1][:4]
    check(first[1] < beeps[0][0] and heard[0][1][0] > beeps[3][1],
          'while one box beeps the other is silent')
    lengths = [b - a for a, b in [first, *beeps]]
    check(all(150 <= n <= 260 for n in lengths), f'beeps of {lengths} ms')
    ticks = [middles_s(left, heard[0][1:9]), middles_s(right, heard[1][4:12])]
    apart_ms = (ticks[1] - ticks[0]) * 1e3
    check(np.max(np.abs(apart_ms)) < 2.0, f'ticks are {np.round(apart_ms, 2)} ms apart')
    every_s = np.diff(ticks[0])
    check(np.allclose(every_s, 1.0, atol=0.02), f'and {np.round(every_s, 3)} s from each other')
    sweep(left, right, heard[0][9], heard[1][12])


def sweep(left, right, in_left, in_right):
    check(abs(in_left[0] - in_right[0]) > 100, f'the sweep begins at one side: {in_left[0]} '
                                               f'and {in_right[0]} ms')
    start = in_left[0] * BLOCK
    end = start + SWEEP_S * measure.RATE
    parts = [[np.sqrt(np.mean(p ** 2)) for p in np.array_split(box[start:end], 12)]
             for box in (left, right)]
    ratio = 20 * np.log10((np.array(parts[0]) + 1e-9) / (np.array(parts[1]) + 1e-9))
    both = np.hypot(*np.array(parts))
    check(ratio[0] > 6 and ratio[-1] > 6 and max(ratio[5], ratio[6]) < -6,
          f'left to right, dB: {np.round(ratio, 1)}')
    check(np.max(both[1:-1]) / np.min(both[1:-1]) < 1.6,
          f'equally loud throughout: {np.round(both, 3)}')


def attempt():
    with scene() as s:
        says(s)
        is_stopped(s)
        absent(s)
        s.stop_boxes()
        hear(s.recording(0), s.recording(1))


undisturbed(attempt)
finish()
