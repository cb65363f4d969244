#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Settings changed by pw-cli while it plays: what the boxes then play, and that nobody
hears the change itself. Two free-running boxes without drift."""
import time

import numpy as np

# common says where the demo's modules are, so it comes first
from common import LABELS, check, finish, measure, scene, sound, undisturbed
import report
import wav

RATE = measure.RATE
MUSIC_S = 30        # the delay's step in the middle of it
TONES_S = 50
TONES_HZ = (220.0, 330.0)  # left, right: no harmonic of each other
AMPLITUDE = 0.3
STEP_MS = 3.25
STEP_LIMIT_MS = 0.05
MEAN_S = 10.0
CLICK_LIMIT_DB = -40.0
NEAR_S = 1.0  # from the command's start to the last box's playing it, and as much to spare
EACH_S = 1.8  # for one change, at least; the status is told every 2 s

# what is set, and the gains of left and right tone that each box then plays
CHANGES = (
    ({'speaker.left.gain-db': -6.0206}, ((0.5, 0), (0, 1))),
    ({'speaker.left.gain-db': 0}, ((1, 0), (0, 1))),
    ({'speaker.right.mute': True}, ((1, 0), (0, 0))),
    ({'speaker.right.mute': False}, ((1, 0), (0, 1))),
    ({'tandem.swap': True}, ((0, 1), (1, 0))),
    ({'tandem.swap': 'false'}, ((1, 0), (0, 1))),
    ({'tandem.layout': 'mono'}, ((0.5, 0.5), (0.5, 0.5))),
    ({'tandem.layout': 'custom', 'tandem.matrix': '[ [ 0.7 0.3 ] [ 0 0.5 ] ]'},
     ((0.7, 0.3), (0, 0.5))),
    ({'tandem.layout': 'stereo', 'tandem.matrix': '[]'}, ((1, 0), (0, 1))),
    ({'speaker.left.invert': True}, ((-1, 0), (0, 1))),
    ({'speaker.left.channels': ['FR']}, ((0, -1), (0, 1))),
    ({'speaker.left.invert': False, 'speaker.left.channels': []}, ((1, 0), (0, 1))),
    ({'speaker.right.delay-ms': -2.5}, ((1, 0), (0, 1))),
    ({'speaker.left.bitpool': 35}, ((1, 0), (0, 1))),
)


def make_sound(path):
    """Music, then a tone per side; returns the samples."""
    music = sound(path, MUSIC_S)
    t = np.arange(int(TONES_S * RATE)) / RATE
    ramp = np.minimum(1.0, t / 0.05)[:, None]
    tones = AMPLITUDE * ramp * np.sin(2 * np.pi * np.outer(t, TONES_HZ))
    whole = np.concatenate([music, tones])
    whole.astype('<f4').tofile(path)
    return music


def ring(recording):
    """What is left without the two tones: a step of the waveform stays as large as it is."""
    for hz in TONES_HZ:
        turn = 2 * np.cos(2 * np.pi * hz / RATE)
        recording = recording[2:] - turn * recording[1:-1] + recording[:-2]
    return recording


def loudest(recording, a, b):
    """The greatest step between a and b s, as a fraction of the tones' amplitude."""
    part = recording[int(a * RATE):int(b * RATE)]
    return np.max(np.abs(ring(part))) / AMPLITUDE


def tone_gains(recording, a, b):
    """Amplitude of either tone in a..b s, as a fraction of what was sent."""
    part = recording[int(a * RATE):int(b * RATE)]
    t = np.arange(len(part)) / RATE
    window = np.hanning(len(part))
    return [2 * abs(np.sum(window * part * np.exp(-2j * np.pi * hz * t)))
            / np.sum(window) / AMPLITUDE for hz in TONES_HZ]


def play(s):
    """Returns the player and the changes' moments in s of the recordings' clock: that of
    the delay's step, then of each of CHANGES, from the command to the next one."""
    now = lambda: (time.monotonic_ns() - s.t0_ns) / 1e9  # noqa: E731
    player = s.play()
    player.say('go')
    player.wait_line('playing', 5.0)
    s.wait_packets(int(76 * (MUSIC_S / 2)))
    step = now()
    s.set({'speaker.left.delay-ms': STEP_MS})
    s.wait_packets(int(76 * (MUSIC_S / 2 + 4)))
    moments = []
    for values, _ in CHANGES:
        before = now()
        s.set(values)
        s.wait_packets(int(76 * EACH_S))
        moments.append((before, now()))
    return player, step, moments


def judge_step(s, music, player, step, recordings):
    play_s, _ = report.play_times(player.csv, s.t0_ns)
    begin = float(play_s(0))
    for index, wanted in ((0, STEP_MS), (1, 0.0)):
        track = measure.Track(np.ascontiguousarray(music[:, index]), recordings[index],
                              play_s)
        late = track.lateness * 1e3
        heard = begin + track.times
        before = late[(heard < step - NEAR_S) & (heard > step - NEAR_S - MEAN_S)]
        after = late[(heard > step + NEAR_S) & (heard < step + NEAR_S + MEAN_S)]
        moved = np.nanmean(after) - np.nanmean(before)
        check(abs(moved - wanted) <= STEP_LIMIT_MS,
              f'{LABELS[index]}: after a step of the left delay by {STEP_MS} ms its recording '
              f'has moved by {moved:+.4f} ms, should be {wanted:+.2f}')


def judge_gains(what, moment, gains, recordings):
    for index, label in enumerate(LABELS):
        got = tone_gains(recordings[index], moment[0] + NEAR_S, moment[1])
        wanted = np.abs(gains[index])
        check(np.all(np.abs(got - wanted) < 0.02),
              f'{what}: the {label} box plays {got[0]:.3f} of the left tone and {got[1]:.3f} '
              f'of the right, should be {wanted[0]:.3f} and {wanted[1]:.3f}')


def judge_click(what, moment, recordings):
    limit = 10 ** (CLICK_LIMIT_DB / 20)
    for index, label in enumerate(LABELS):
        step = loudest(recordings[index], moment[0], moment[0] + NEAR_S)
        check(step < limit, f'{what}: the greatest step of the {label} box is '
              f'{20 * np.log10(step + 1e-9):.1f} dB of the programme')


def detector_hears(recording, moment):
    """A step of -34 dB, put into a stretch without one, must be found."""
    a = int((moment[0] + NEAR_S) * RATE)
    b = int(moment[1] * RATE)
    broken = recording[a:b].copy()
    broken[len(broken) // 2:] += AMPLITUDE * 0.02
    step = loudest(broken, 0, len(broken) / RATE)
    check(step > 10 ** (CLICK_LIMIT_DB / 20),
          f'the detector hears a step of -34 dB: {20 * np.log10(step):.1f} dB')


def attempt():
    with scene('t2') as s:
        music = make_sound(s.raw)
        player, step, moments = play(s)
        player.stop()
        check(not s.rows()['tandem.mistakes'], f'no mistakes: {s.rows()["tandem.mistakes"]}')
        s.stop_boxes()
        recordings = [wav.read(box.wav)[0][:, 0].astype(np.float64) for box in s.boxes]
        judge_step(s, music, player, step, recordings)
        detector_hears(recordings[0], moments[-3])
        for (values, gains), moment in zip(CHANGES, moments):
            what = ', '.join(f'{key} = {value}' for key, value in values.items())
            judge_click(what, moment, recordings)
            judge_gains(what, moment, gains, recordings)


undisturbed(attempt)
finish()
