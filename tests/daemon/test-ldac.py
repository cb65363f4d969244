#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Boxes that are to have LDAC: what they are sent is read by a reader that is not the
encoder's, frame by frame; and where the box, the link or the build cannot, SBC plays and the
status says why."""
import csv
import os

from common import LABELS, bare_scene, check, finish, sound

SECONDS = 12
MODES = {'left': 'stereo', 'right': 'mono'}
# bytes of a frame, frames of a packet, samples of a frame: ldac.h, rank 4 and rank 1
SHAPES = {'left': (110, 6), 'right': (110, 6)}
SAMPLES = 128
BUILT = bool(os.environ.get('TANDEM_LDAC'))


def arrivals(box):
    """(sequence, bytes, samples, bytes of a frame) of each packet."""
    with open(box.csv) as file:
        return [tuple(int(row[key]) for key in 'abcd') for row in csv.DictReader(file)
                if row['row'] == 'arrival']


def check_frames(box):
    frame_bytes, frames = SHAPES[box.name]
    seen = arrivals(box)
    numbers = [a[0] for a in seen]
    check(len(seen) > 300, f'{box.name}: {len(seen)} packets arrived')
    check(numbers == list(range(numbers[0], numbers[0] + len(seen))),
          f'{box.name}: none is missing, none is twice')
    odd = [a for a in seen
           if a[1:] != (13 + frames * frame_bytes, frames * SAMPLES, frame_bytes)]
    check(not odd, f'{box.name}: each has {frames} frames of {frame_bytes} bytes ({odd[:3]})')
    with open(os.path.join(os.path.dirname(box.csv), f'speaker-{box.name}.log')) as file:
        check('"bad": 0,' in file.read(), f'{box.name}: every packet could be read')


def both_play_ldac():
    with bare_scene() as s:
        s.bluez = ('--mtu', '1005')
        for label, mode in MODES.items():
            s.told[label] = ('--ldac',)
            s.settings[label] = {'codec': 'ldac', 'ldac-mode': mode}
        sound(s.raw, SECONDS)
        s.start()
        player = s.play()
        player.say('go')
        s.wait_packets(320)
        rows = s.rows()
        for label, mode in MODES.items():
            key = f'speaker.{label}.'
            said = ' '.join(str(rows[key + 'stream.' + k]) for k in ('codec', 'mode', 'rate-hz'))
            check(said == f'ldac {mode} 48000', f'{label} plays {said}')
            check(rows[key + 'message'] == '', f'{label}: {rows[key + "message"] or "well"}')
        player.stop(5.0)
        s.stop_boxes()
        for box in s.boxes:
            check_frames(box)


def says(s, label, words):
    s.wait_rows(lambda r: words in (r.get(f'speaker.{label}.message') or ''),
                f'{label} says: {words}')
    rows = s.rows()
    check(rows[f'speaker.{label}.stream.codec'] == 'sbc', f'{label} plays SBC and says: '
          f'{rows[f"speaker.{label}.message"]}')


def they_fall_back(mtu, left, right):
    """The left box has LDAC, the right one has not; both are to have it."""
    with bare_scene() as s:
        s.bluez = ('--mtu', mtu)
        s.told['left'] = ('--ldac',)
        s.settings = {label: {'codec': 'ldac'} for label in LABELS}
        sound(s.raw, SECONDS)
        s.start()
        player = s.play()
        player.say('go')
        if left:
            says(s, 'left', left)
        says(s, 'right', right)
        player.stop(5.0)


if BUILT:
    both_play_ldac()
    they_fall_back('672', 'LDAC needs packets of 673 bytes and the link to this speaker takes '
                   '672: plays SBC', 'does not offer LDAC: plays SBC')
else:
    missing = 'LDAC is asked for, but this build of Tandem has no library for it: plays SBC'
    they_fall_back('1005', missing, missing)
finish()
