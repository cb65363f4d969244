#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tandemctl calibrate in a simulated room: two boxes that say nothing of their delay end up
together, with the right level and polarity; what makes it refuse; and that nothing stays
muted, however it ends."""
import concurrent.futures
import os
import signal
import time

import common
from common import bare_scene, check, finish, undisturbed
import ctl

DELAYS_MS = (35, 88)
APART_MS = DELAYS_MS[1] - DELAYS_MS[0] + (2.3 - 1.6) / 343 * 1e3  # of the room by itself
TOGETHER_MS = 0.15  # and Tandem moves on by itself, in some ten seconds
AWAY_S = 5.0  # longer than the last figures are waited for; 7 s are left then
SILENT = ('--reports', 'none')


class Hall:
    """Two boxes, and a microphone on demand."""

    def __init__(self, s):
        self.s, self.stage = s, s.stage
        common.DELAYS_MS = DELAYS_MS
        s.told = {'left': SILENT, 'right': SILENT}
        s.start()

    def calibrate(self, *words):
        return ctl.run(self.stage.env, 'calibrate', *words)

    def microphone(self, *words):
        return self.stage.start_room(self.s.boxes, self.s.t0_ns, *words)


def found(said, before_ms):
    """It took 15 s at most, and brought them together."""
    said.check(ctl.DONE, err='microphone is open')
    if said.status != ctl.DONE:
        return None
    result = said.json()
    check(result['listened-s'] <= 15.0, f'it listened for {result["listened-s"]} s')
    check(abs(result['skew-before-ms'] - before_ms) < 0.2,
          f'they were {result["skew-before-ms"]} ms apart, in truth {before_ms:.2f}')
    check(result['skew-ms'] < TOGETHER_MS + 2 * result['skew-sigma-ms'],
          f'they are {result["skew-ms"]} ms apart, +- {result["skew-sigma-ms"]}')
    return result


def stereo(hall):
    """The room is louder on the left, and the right box pulls where the left one pushes."""
    room = hall.microphone('--gain', '0,-4', '--inverted', '0,1')
    dry = hall.calibrate('--json', '--dry-run')
    if dry.check(ctl.DONE):
        check(hall.s.rows()['speaker.left.latency-source'] == 'nothing',
              'a dry run tells Tandem nothing')
    result = found(hall.calibrate('--json', '--yes'), APART_MS)
    if result:
        check(result['level-matched'] and result['polarity-matched'], 'both were matched')
        hall.s.wait_rows(lambda r: float(r['speaker.left.gain-db']) < -3.0
                         and r['speaker.right.invert'], 'level and polarity are set')
        # what somebody has set by ear makes up for nothing any more
        ctl.run(hall.stage.env, 'delay', 'left', '20').check(ctl.DONE)
        said = hall.calibrate('--json')
        said.check(ctl.DONE, err='left has a delay of 20 ms by hand, which ends')
        again = said.json()
        check(again['advice'] == [], f'nothing is left to advise: {again["advice"]}')
        check(again['skew-ms'] < 1.0, f'with no delay by hand: {again["skew-ms"]} ms')
        hall.s.wait_rows(lambda r: r['speaker.left.delay-ms'] == 0, 'that the delay has ended')
    return room


def party(hall):
    """Who plays the same takes turns; nobody stays muted, not even after Ctrl-C."""
    hall.s.set({'tandem.layout': 'party'})
    program = hall.stage.spawn('stopped', [ctl.program(), 'calibrate'])
    hall.s.wait_rows(lambda r: r['speaker.right.mute'] is True, 'that one is muted', 20.0)
    program.kill(signal.SIGINT)
    check(program.child.wait(10.0) == ctl.FAILED, 'it says that it was stopped')
    hall.s.wait_rows(lambda r: not r['speaker.right.mute'] and not r['speaker.left.mute'],
                     'that nobody is muted')
    result = hall.calibrate('--json')
    if result.check(ctl.DONE):
        skew = result.json()['skew-ms']
        check(skew < 0.2, f'in turn, they are {skew} ms apart')
    hall.s.wait_rows(lambda r: not r['speaker.right.mute'] and not r['speaker.left.mute'],
                     'that nobody is muted in the end')
    hall.s.set({'tandem.layout': 'stereo'})


def refusals(hall):
    hall.calibrate('--source', 'nobody').check(ctl.FAILED, err='no microphone nobody')
    hall.calibrate('--source', 'other').check(ctl.FAILED, err='is an output')
    hall.calibrate('--seconds', '3').check(ctl.WRONG_USE, err='5 to 120')
    room = hall.microphone('--snr', '-15')
    hall.calibrate('--seconds', '6').check(ctl.FAILED, err='over the noise: turn it up')
    room.stop()
    hall.microphone()
    hall.s.boxes[1].process.stop()
    hall.calibrate().check(ctl.FAILED, err='does not play: switch it on')


def attempt():
    with bare_scene() as s:
        hall = Hall(s)
        hall.calibrate().check(ctl.FAILED, err='no microphone that could listen')
        room = stereo(hall)
        party(hall)
        room.stop()
        refusals(hall)
        remembered(hall)


def remembered(hall):
    """What was heard outlives Tandem: one start of each box, and when it is heard."""
    check(hall.s.tandem.stop(20.0) == 0, 'Tandem ends well')
    boxes = list(hall.stage.learnt_clocks().values())
    check(len(boxes) == 2 and all(int(box['calibrations']) == 1 for box in boxes),
          f'one calibrated start of each is remembered: {boxes}')
    apart_ms = float(boxes[1]['latency-ms']) - float(boxes[0]['latency-ms'])
    check(abs(abs(apart_ms) - APART_MS) < 0.2, f'and what lies between them: {apart_ms:.2f} ms')


def cut_off(for_good):
    """The left box falls silent as soon as Tandem believes the microphone: that takes 8
    findings, of the 20 by which it remembers a start."""
    with bare_scene() as s, concurrent.futures.ThreadPoolExecutor() as pool:
        hall = Hall(s)
        hall.microphone()
        calibration = pool.submit(hall.calibrate, '--json', '--seconds', '8')
        s.wait_rows(lambda r: r['speaker.left.latency-source'] == 'microphone',
                    'that Tandem believes the microphone', 20.0)
        s.set({'speaker.left.mute': True})
        if not for_good:
            time.sleep(AWAY_S)  # of real sound: nobody tells when it is over
            s.set({'speaker.left.mute': False})
        said = calibration.result()
        if for_good:
            said.check(ctl.FAILED, err='is in time now, but was not heard often enough')
        else:
            said.check(ctl.DONE, err='microphone is open')
        kept = [box['remembered'] for box in said.json()['speakers']]
        check(kept == [not for_good, True], f'it says who will be remembered: {kept}')
        s.wait_rows(lambda rows: [rows[f'speaker.{label}.remembered']
                                  for label in common.LABELS] == [not for_good, True],
                    'so does Tandem')


def nobody():
    with bare_scene() as s:
        env = dict(os.environ, XDG_RUNTIME_DIR=s.stage.run_dir, PIPEWIRE_REMOTE='nowhere')
        ctl.run(env, 'calibrate').check(ctl.ABSENT, err='PipeWire cannot be reached')
        ctl.run(env, 'track').check(ctl.ABSENT, err='PipeWire cannot be reached')


nobody()
undisturbed(attempt)
undisturbed(lambda: cut_off(True))
undisturbed(lambda: cut_off(False))
finish()
