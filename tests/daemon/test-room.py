#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The simulated room as a microphone in the graph: each box is heard as much later as it is
farther away, on a clock of its own, whether it follows the graph's driver or is the driver
itself; and the microphone can be pulled out."""
import os
import signal

import numpy as np

from common import check, finish, measure, scene, undisturbed, wav

DISTANCE_M = (0.8, 2.5)
SOUND_M_PER_S = 343.0
SECONDS = 10
SEED = 3
SETTLED_S = 4       # the loop between the clocks has learnt all but 30 ppm of 500 by then
LIMIT_S = 20e-6     # of the difference between the boxes
# Who follows works off a lost cycle at tens of ppm, for seconds (67 seen): its own clock is
# off by more than that could be taken for.
MIC_PPM = {'follows': 500, 'leads': 80}
SEEN_PPM = {'follows': 0, 'leads': 80}  # of the graph's clock
LIMIT_PPM = {'follows': 120, 'leads': 1}


def noises(path):
    """Left and right have nothing in common, so that each is found for itself."""
    print(f'seed {SEED}')
    rng = np.random.default_rng(SEED)
    sound = 0.1 * rng.standard_normal((SECONDS * measure.RATE, 2))
    sound.astype('<f4').tofile(path)


def place_s(window, spectrum, size):
    """Where in a whole recording the window lies, by phase alone: a room's colour and its
    echoes do not move the peak."""
    cross = np.fft.rfft(window, size) * np.conj(spectrum)
    hz = np.fft.rfftfreq(size, 1 / measure.RATE)
    cross *= ((hz > 300) & (hz < 9000)) / (np.abs(cross) + 1e-9)
    peak = int(np.argmax(np.fft.irfft(cross, size)))
    return measure.refine(cross, size, peak) / measure.RATE


def places_s(heard, recording):
    """One per second of what was heard, with the second taken off."""
    size = 1 << int(np.ceil(np.log2(len(recording) + measure.RATE)))
    spectrum = np.fft.rfft(recording, size)
    found = []
    for start in range(SETTLED_S * measure.RATE, (SECONDS - 2) * measure.RATE, measure.RATE):
        at_s = place_s(heard[start:start + measure.RATE], spectrum, size)
        found.append((at_s + start / measure.RATE) % (size / measure.RATE))
    return np.array(found)


def record(s):
    """Plays and listens; the recording is on the disk after this."""
    path = os.path.join(s.out, 'heard.wav')
    recorder = s.stage.spawn('recorder', ['pw-record', '--target', 'room', '--format', 'f32',
                                          '--channels', '1', path])
    s.stage.graph.wait(lambda g: g.node('pw-record') and g.linked(
        g.node('room')['id'], g.node('pw-record')['id']), 'the recorder at the microphone')
    player = s.play()
    player.say('go')
    player.wait_line('done', SECONDS + 5.0)
    recorder.kill(signal.SIGINT)
    recorder.child.wait(5.0)
    return wav.read(path)[0][:, 0].astype(np.float64)


def attempt(way):
    with scene() as s:
        noises(s.raw)
        room = s.stage.start_room(s.boxes, s.t0_ns, '--mic-ppm', MIC_PPM[way], '--distance',
                                  ','.join(map(str, DISTANCE_M)),
                                  *(['--lead'] if way == 'leads' else []))
        heard = record(s)
        check(room.stop() == 0, f'{way}: the room ends well')
        s.stage.graph.wait(lambda g: not g.node('room'), 'that the microphone goes')
        for _ in s.boxes:
            late = room.wait_line('late', 1.0)
            check(late.endswith(' 0'), f'all sound was there in time: {late}')
        s.stop_boxes()
        judge(way, *(places_s(heard, s.recording(i)) for i in (0, 1)))


def judge(way, near, far):
    apart_s = (DISTANCE_M[1] - DISTANCE_M[0]) / SOUND_M_PER_S
    error_s = float(np.max(np.abs(far - near - apart_s)))
    check(error_s < LIMIT_S, f'the boxes are {apart_s * 1e3:.3f} ms apart, '
          f'{error_s * 1e6:.1f} us wrong at worst')
    # of the seconds between: the recorder loses a cycle now and then when the disk is slow
    ppm = float(np.median(np.diff(near))) * 1e6
    check(abs(ppm - SEEN_PPM[way]) < LIMIT_PPM[way], f'{way}: the graph goes at {ppm:+.2f} ppm')


for one in MIC_PPM:
    undisturbed(lambda: attempt(one))
finish()
