#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Proves the demo's measuring code on recordings whose truth is known.

A recording is the source moved by a known fractional, drifting or jumping delay, with
noise like SBC's: per block of 128 frames and per eighth of the band, 20 dB below the
signal there. Limits: lateness within 5 us, no dropout invented, each real one found.
"""
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../../tools/lib'))
import dropouts  # noqa: E402
import material  # noqa: E402
import measure  # noqa: E402

RATE = measure.RATE
SEED = 7
LIMIT_S = 5e-6


def sbc_like(x, rng, snr_db=20.0):
    """Adds noise whose level follows x per 128 frames and 8 bands."""
    size = 128
    count = len(x) // size + 1
    blocks = np.zeros(count * size)
    blocks[:len(x)] = x
    bands = np.fft.rfft(blocks.reshape(count, size), axis=1)
    noise = np.fft.rfft(rng.standard_normal((count, size)), axis=1)
    for low in range(0, 65, 8):
        part = slice(low, low + 8)
        power = np.sqrt(np.mean(np.abs(bands[:, part]) ** 2, axis=1, keepdims=True))
        own = np.sqrt(np.mean(np.abs(noise[:, part]) ** 2, axis=1, keepdims=True))
        noise[:, part] *= power / (own + 1e-12) * 10 ** (-snr_db / 20)
    return x + np.fft.irfft(noise, size, axis=1).reshape(-1)[:len(x)]


def recorded(want, late_s, rng):
    """want as heard with lateness late_s(t) at source time t, 1 s of it more at the end."""
    air = np.arange(len(want) + RATE) / RATE
    t = air - late_s(air)
    for _ in range(3):
        t = air - late_s(t)
    return sbc_like(dropouts.shifted(want, t * RATE), rng)


def play_s(frame):
    """The source's first frame went in 1/3 s after the recordings began."""
    return np.asarray(frame) / RATE + 1 / 3


def track(want, late_s, rng):
    heard = recorded(want, late_s, rng)
    return measure.Track(want, np.concatenate([np.zeros(RATE // 3), heard]), play_s)


def check(ok, text):
    print(('ok   ' if ok else 'FAIL ') + text)
    if not ok:
        check.failed = True


check.failed = False


def worst_error(t, late_s):
    good = ~np.isnan(t.lateness)
    truth = late_s(t.times[good])
    return np.max(np.abs(t.lateness[good] - truth)), int(np.sum(good))


def accuracy(name, source, rng, steps_wanted):
    for label, late_s in (
            ('constant', lambda t: 0.1812345 + 0.0 * t),
            ('drift -40 ppm', lambda t: 0.12 - 40e-6 * t),
            ('wander 0.3 ms', lambda t: 0.15 + 0.3e-3 * np.sin(t / 3)),
    ):
        for index in (0, 1):
            want = measure.expected(source, 'stereo', index)
            t = track(want, late_s, rng)
            error, steps = worst_error(t, late_s)
            text = (f'{name}, {label}, box {index}: '
                    f'worst error {error * 1e6:.2f} us in {steps} steps')
            check(error <= LIMIT_S and steps >= steps_wanted, text)
            found = dropouts.find(t)
            check(found == [], f'{name}, {label}, box {index}: no dropout ({found})')


def events(source, rng):
    """A jump, a hole, an insertion of silence, a skip: each is found, where it is."""
    want = measure.expected(source, 'party', 0)
    half = len(want) / RATE / 2

    def jump(t):
        return 0.15 + 0.004 * (t > half)

    t = track(want, jump, rng)
    k = np.searchsorted(t.times, half)
    moved = np.nanmean(t.lateness[k + 3:]) - np.nanmean(t.lateness[:k - 3])
    check(abs(moved - 0.004) < LIMIT_S, f'a jump of 4 ms is seen as {moved * 1e3:.4f} ms')
    for length_ms in (1.5, 5.0, 60.0):
        hole(want, half, length_ms, rng)
        splice(want, half, length_ms, rng)


def hole(want, half, length_ms, rng):
    heard = recorded(want, lambda t: 0.15 + 0.0 * t, rng)
    at = int((half + 0.15) * RATE)
    heard[at:at + int(length_ms / 1e3 * RATE)] = 0
    t = measure.Track(want, np.concatenate([np.zeros(RATE // 3), heard]), play_s)
    found = dropouts.find(t)
    ok = len(found) == 1 and abs(found[0][0] - half) < 0.01
    check(ok, f'a hole of {length_ms} ms is found once ({found})')


def splice(want, half, length_ms, rng):
    """Silence put in moves what follows; content left out moves it the other way."""
    heard = recorded(want, lambda t: 0.15 + 0.0 * t, rng)
    at, count = int((half + 0.15) * RATE), int(length_ms / 1e3 * RATE)
    longer = np.concatenate([heard[:at], np.zeros(count), heard[at:]])
    shorter = np.concatenate([heard[:at], heard[at + count:]])
    for what, sound in (('silence put in', longer), ('content left out', shorter)):
        t = measure.Track(want, np.concatenate([np.zeros(RATE // 3), sound]), play_s)
        found = dropouts.find(t)
        ok = len(found) == 1 and abs(found[0][0] - half) < 0.3
        check(ok, f'{length_ms} ms of {what} is one dropout ({found})')


def figures(source, rng):
    lates = (lambda t: 0.1502 + 0.0 * t, lambda t: 0.15 + 0.0 * t)
    tracks = [track(measure.expected(source, 'stereo', i), late, rng)
              for i, late in enumerate(lates)]
    got = measure.skew_figures(tracks[0].times, measure.skew(tracks))
    near = all(abs(got[figure] - 0.2) < 0.005 for figure in ('mean', 'rms'))
    ok = near and got['max'] < 0.21
    check(ok, f'skew of 0.2 ms, left late: {got}')
    value = measure.latency_ms(tracks)
    check(abs(value - 150.1) < 0.01, f'latency {value} ms, should be 150.1')
    quiet = measure.isolation_db(source, tracks)
    check(quiet is not None and quiet > 75, f'isolation without leak: {quiet} dB')
    for i in (0, 1):
        heard = tracks[1 - i].recording
        own = tracks[i].recording
        tracks[i].recording = own + 0.001 * cut_to(heard, own)
    leaky = measure.isolation_db(source, tracks)
    check(abs(leaky - 60) < 1.5, f'isolation with a leak of -60 dB: {leaky} dB')


def at_its_edge(speech, rng):
    """A box with a dead band runs 80 ppm fast and is set right by a packet at 0.4 %, again
    and again: all is there, also what is sharp."""
    def late_s(t):
        return 0.15 + np.interp(t % 0.65, (0.0, 0.637, 0.65), (0.0, 52e-6, 0.0))

    want = np.concatenate([measure.expected(speech, 'party', 0)] * 3)
    found = dropouts.find(track(want, late_s, rng))
    check(found == [], f'at the edge of a dead band: no dropout ({found})')


def slow_graph(speech, rng):
    """The graph goes by a clock of -80 ppm, a microphone's: what begins a phrase lies at
    the end of its window, and is where it is all the same."""
    want = measure.expected(speech, 'stereo', 0)
    heard = recorded(want, lambda t: 0.15 + 80e-6 * t, rng)
    t = measure.Track(want, np.concatenate([np.zeros(RATE // 3), heard]),
                      lambda frame: np.asarray(frame) / RATE * (1 + 80e-6) + 1 / 3)
    error, steps = worst_error(t, lambda at: 0.15 + 0.0 * at)
    check(error <= LIMIT_S and steps > 50, 'a graph of -80 ppm: '
          f'worst error {error * 1e6:.2f} us in {steps} steps')
    found = dropouts.find(t)
    check(found == [], f'a graph of -80 ppm: no dropout ({found})')


def lone(source, rng):
    """One window elsewhere is none; a jump is one."""
    t = track(measure.expected(source, 'party', 0), lambda t: 0.15 + 0.0 * t, rng)
    good = np.flatnonzero(~np.isnan(t.lateness))
    k = good[len(good) // 4]
    t.lateness[k] += 0.0029
    t.lateness[good[len(good) // 2]:] += 0.004
    t.drop_lone()
    check(np.flatnonzero(np.isnan(t.lateness[good])).tolist() == [len(good) // 4]
          and len(t.jumps()) == 2, 'a window that alone is elsewhere is left out, a jump stays')


def cut_to(x, like):
    return measure.cut(x, 0, len(like))


def long_tone(source, rng):
    """A held low note, whose periods look alike, between music: no box jumps by one."""
    t = np.arange(4 * RATE) / RATE
    tone = sum(0.2 / k * np.sin(2 * np.pi * 174.6 * k * t + k) for k in range(1, 6))
    want = np.concatenate([measure.expected(source, 'party', 0), tone,
                           measure.expected(source, 'party', 0)])
    tracks = [track(want, lambda t: 0.215 + 0.0 * t, rng) for _ in range(2)]
    skew = measure.skew(tracks)
    worst = np.nanmax(np.abs(skew)) * 1e6
    known = int(np.sum(~np.isnan(skew)))
    check(worst < 100 and known > 80,
          f'a held note: skew of two boxes in time {worst:.1f} us at worst, {known} steps')


def lengths():
    """A programme of any length: also longer than the piece of music it is made of."""
    for seconds in (10, 24, 600):
        sound = material.programme(seconds)
        alone = sound[-int(2 * material.ALONE_S * RATE):]
        sides = [np.max(np.abs(half), axis=0) for half in np.split(alone, 2)]
        check(len(sound) == seconds * RATE and sides[0][0] > 0.01 and sides[0][1] == 0 and
              sides[1][1] > 0.01 and sides[1][0] == 0,
              f'a programme of {seconds} s: each side alone at its end')


def main():
    rng = np.random.default_rng(SEED)
    print(f'seed {SEED}')
    source = material.programme(24).astype(np.float64)
    speech = material.exactly(material.names(), 12 * RATE).astype(np.float64)
    accuracy('speech and music', source, rng, 120)
    accuracy('speech', speech, rng, 40)
    events(material.load(material.MUSIC, 2)[:10 * RATE].astype(np.float64), rng)
    at_its_edge(speech, rng)
    slow_graph(speech, rng)
    lone(source, rng)
    figures(source, rng)
    lengths()
    long_tone(material.load(material.MUSIC, 2)[:4 * RATE].astype(np.float64), rng)
    return 1 if check.failed else 0


if __name__ == '__main__':
    sys.exit(main())
