# SPDX-License-Identifier: MIT
"""Judgements that several scenarios share; limits are those of the issue they prove."""
import shutil

import numpy as np

import btsnoop
import measure
import report
import wav
from arrivals import Arrivals, at_rate, skew_ms, track

ARRIVAL_MEAN_MS, ARRIVAL_STD_MS = 0.1, 0.5
PLAYED_RMS_MS = 0.5
HEARD_SHARE = 0.98  # seen: all of it; with one of two channels less than three quarters
SIDES = ('left', 'right')
OWN, BOTH = 'its own channel alone', 'both channels'


def arrival(result, mean_ms=ARRIVAL_MEAN_MS, std_ms=ARRIVAL_STD_MS):
    """Two SBC speakers on hci1 and hci2 got left and right, whole and at the same time. Or,
    where only one could play, it got both in one, and the other one nothing."""
    music = result.music.astype(np.float64)
    log = btsnoop.read(result.file('hci.btsnoop'))
    own, both = np.ascontiguousarray(music.T), music.mean(axis=1)
    alone = result.facts.get('alone')
    if alone:
        index = SIDES.index(alone)
        silent = len(log.heard(2 - index))
        side = Arrivals(log.heard(index + 1), both, own[index])
        if whole(result, alone, side):
            plays(result, alone, side, BOTH)
        result.check(silent == 0, f'the other box got {silent} packets')
        return
    sides = [Arrivals(log.heard(i + 1), own[i], both) for i in range(2)]
    if not all([whole(result, *pair) and plays(result, *pair, OWN)
                for pair in zip(SIDES, sides)]):
        return
    skew = skew_ms(*sides)
    mean, std = float(np.mean(skew)), float(np.std(skew))
    result.figure('arrival.mean_ms', round(mean, 4))
    result.figure('arrival.std_ms', round(std, 4))
    result.check(abs(mean) <= mean_ms and std <= std_ms,
                 f'arrival skew: mean {mean:+.4f} ms, std {std:.4f} ms, '
                 f'worst {np.max(np.abs(skew)):.3f} ms')


def whole(result, name, side):
    """That box got its music, nothing of it lost or repeated; False: it got none."""
    result.figure(f'{name}.packets', len(side.packets))
    if not result.check(side.found, f'the {name} box got {len(side.packets)} packets, '
                        'and the music is in them'):
        return False
    share = side.share()
    result.check(share >= HEARD_SHARE, f'{name}: its music is in {share:.1%} of the time')
    missing, longest_ms = side.gaps()
    result.check(missing == 0, f'{name}: {missing} packets missing, at most '
                 f'{longest_ms:.1f} ms between two')
    worst = float(np.max(np.abs(side.moved_ms)))
    result.check(worst < 1.0, f'{name}: nothing lost or repeated, its content moves by '
                 f'{worst:.3f} ms at most')
    return True


def plays(result, name, side, what):
    """It got what it should wherever that tells from the other thing, own and both."""
    which = side.which()
    right, wrong = int(np.sum(which == -1)), int(np.sum(which == 1))
    return result.check(right >= HEARD_SHARE * (right + wrong) and right > 0,
                        f'{name}: plays {what}, in {right} of {right + wrong} windows that '
                        'tell')


def recorded(result):
    """Each speaker's own recording holds its channel; when it was played it does not tell.
    How often its buffer and rate loop jumped, all having arrived, is its own affair."""
    music = result.music.astype(np.float64)
    for index, name in enumerate(SIDES):
        heard, rate = wav.read(result.file(f'{name}.wav'))
        sound = at_rate(heard.mean(axis=1).astype(np.float64), rate)
        found, _ = track(np.ascontiguousarray(music[:, index]), sound)
        share = float(np.mean(~np.isnan(found.line[found.level >= measure.QUIET])))
        late_ms = found.lateness[(found.times >= measure.SETTLE_S)
                                 & ~np.isnan(found.lateness)] * 1e3
        jumps = int(np.sum(np.abs(np.diff(late_ms)) > measure.JUMP_S * 1e3))
        moved_ms = float(np.max(np.abs(late_ms - np.median(late_ms))))
        result.figure(f'{name}.played.jumps', jumps)
        result.check(share > 0.9, f'the {name} speaker played {share:.0%} of its channel; '
                     f'its rate loop moved it by {moved_ms:.3f} ms, with {jumps} jumps')


def played(result, rms_ms=PLAYED_RMS_MS):
    """Two software speakers played left and right at the same time."""
    boxes = []
    for name in SIDES:  # aligned in place: the recording itself stays
        boxes.append((name, result.file(f'{name}.aligned.wav')))
        shutil.copy(result.file(f'{name}.wav'), boxes[-1][1])
    analysis = report.Analysis(result.music.astype(np.float64), 'stereo', boxes,
                               result.file('player.player.csv'), result.facts['t0_ns'])
    figures = measure.skew_figures(analysis.tracks[0].times, analysis.skew)
    result.check(analysis.played(), 'both boxes were recognised')
    lost = [[tuple(round(float(v), 3) for v in d) for d in box] for box in analysis.dropouts]
    result.figure('dropouts', sum(map(len, lost)))
    result.check(not any(lost), f'dropouts (start and length in s): {lost}')
    for name, value in figures.items():
        result.figure(f'played.{name}_ms', value)
    result.check(figures['rms'] is not None and figures['rms'] <= rms_ms,
                 f'played skew: {figures}')
    return analysis
