#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One of two boxes leaves while music plays, and comes back: the other one plays both
channels meanwhile, as its recording tells, and the status says so."""
import time

import numpy as np

from common import check, finish, scene, sound, undisturbed
import measure
from process import Trouble
import report

SECONDS = 24
HELD_S = 4.0
# around a change: a window sees 0.2 s to both sides, and who comes back is silent at first
CHANGING_S = 1.0
SHARE = 0.95


def now_s(s):
    return (time.monotonic_ns() - s.t0_ns) / 1e9


def wait_plays(s, wanted, what):
    """Returns when it was so, on the recordings' clock in s."""
    s.wait_rows(lambda r: r.get('speaker.left.plays') == wanted, what)
    check(True, f'{what}: the left box plays {wanted}')
    return now_s(s)


def connect(s, box):
    """As a person does; unless Tandem is about it already."""
    place = '/org/bluez/hci0/dev_' + box.address.replace(':', '_')
    try:
        s.stage.run('gdbus', 'call', '--system', '--dest', 'org.bluez', '--object-path', place,
                    '--method', 'org.bluez.Device1.Connect')
    except Trouble as trouble:
        if 'InProgress' not in str(trouble):
            raise


def leave_and_return(s):
    """When the right box left, and when the left one played its own again."""
    wait_plays(s, 'FL', 'both are there')
    time.sleep(HELD_S)
    left_s = now_s(s)
    s.boxes[1].process.stop(10.0)
    took_s = wait_plays(s, 'FL+FR', 'one has left') - left_s
    check(took_s < 1.0, f'known after {took_s:.2f} s')
    time.sleep(HELD_S)
    s.stage.start_speaker(s.boxes[1], s.out, s.t0_ns)
    connect(s, s.boxes[1])
    back_s = wait_plays(s, 'FL', 'it is back, and heard')
    time.sleep(HELD_S)
    return left_s, back_s


def plays(tracks, play_s, begin_s, end_s):
    """(windows that tell own from both, those of them that are own) in the air then."""
    own, both = tracks
    late_s = np.nanmedian(both.lateness)
    at_s = play_s(own.times * measure.RATE) + late_s
    apart = (own.trust - both.trust)[(at_s > begin_s) & (at_s < end_s)]
    return int(np.sum(np.abs(apart) > measure.ALIKE)), int(np.sum(apart > measure.ALIKE))


def attempt():
    with scene() as s:
        music = sound(s.raw, SECONDS)
        player = s.play()
        player.say('go')
        begin_s = now_s(s)
        left_s, back_s = leave_and_return(s)
        end_s = now_s(s)
        player.stop()
        s.stop_boxes()
        play_s, _ = report.play_times(player.csv, s.t0_ns)
        heard = s.recording(0)
        tracks = [measure.Track(want, heard, play_s) for want in
                  (measure.expected(music, 'stereo', 0), measure.expected(music, 'mono', 0))]
    for what, own_wanted, begin, end in (
            ('before', True, begin_s, left_s),
            ('meanwhile', False, left_s + CHANGING_S, back_s - CHANGING_S),
            ('afterwards', True, back_s + CHANGING_S, end_s - CHANGING_S)):
        told, own = plays(tracks, play_s, begin, end)
        right = own if own_wanted else told - own
        check(told > 10 and right >= SHARE * told, f'{what} the left box plays '
              f'{"its own channel" if own_wanted else "both"} in {right} of {told} windows')


undisturbed(attempt)
finish()
