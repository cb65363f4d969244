# SPDX-License-Identifier: MIT
"""Finds dropouts: 1 ms or more of expected content that a recording does not hold.

Between two jumps of its lateness a box follows its source along a line. Along each such
line the source is moved to the recording's time by a windowed sinc, scaled, and taken
off. What remains is the codec's noise where the content is there, and the content itself
where it is not. A millisecond is missing when no line explains it, looked at twice: from
the recording (silence put in) and from the source (content left out).
"""
import numpy as np

from measure import GAP_S, QUIET, RATE, STEP_S, WINDOW_S

HALF_TAPS = 16
JUDGED_S = 0.9 * GAP_S # at a time
LOCAL_S = 0.02        # a millisecond is judged against the loudness around it
LOCAL_SHARE = 0.1     # quieter than that share of it: the codec's noise may cover it
LEFT = 0.7            # of the power is left when the content is missing
NEAR_S = 0.0002       # content that far off is not missing
PIECE_S = 0.05        # looked at twice at a time
MERGE_S = 0.1         # gaps nearer than this are one dropout


def shifted(x, at):
    """x at the fractional positions `at`, by a sinc under a Hann window."""
    base = np.floor(at).astype(np.int64)
    part = at - base
    first = max(int(base.min()) - HALF_TAPS, 0)  # only as much of x as it takes
    x, base = x[first:int(base.max()) + HALF_TAPS + 1], base - first
    padded = np.concatenate([np.zeros(HALF_TAPS), x, np.zeros(HALF_TAPS + 1)])
    out = np.zeros(len(at))
    for tap in range(-HALF_TAPS + 1, HALF_TAPS + 1):
        away = part - tap
        weight = np.sinc(away) * 0.5 * (1 + np.cos(np.pi * away / HALF_TAPS))
        index = np.clip(base + tap + HALF_TAPS, 0, len(padded) - 1)
        out += weight * padded[index]
    return out


def running(power, seconds):
    """Mean over a window of `seconds` centred on each sample, along the first axis."""
    width = max(int(seconds * RATE), 1)
    total = np.concatenate([np.zeros((1, *power.shape[1:])), np.cumsum(power, axis=0)])
    half = width // 2
    first = np.clip(np.arange(len(power)) - half, 0, len(power))
    last = np.clip(first + width, 0, len(power))
    return (total[last] - total[first]) / width


def gain(want, got):
    """The box's volume, least squares per 0.2 s, for it may change on the way; where
    little of want is found, half of what it is elsewhere."""
    block = int(0.2 * RATE)
    starts = range(0, len(want), block)
    dots = [(np.dot(want[s:s + block], want[s:s + block]),
             np.dot(want[s:s + block], got[s:s + block])) for s in starts]
    known = [dot / power for power, dot in dots if power > QUIET ** 2 * block]
    usual = max(np.median(known), 0.0) if known else 1.0
    values = [max(dot / power, usual / 2) if power > 0 else usual for power, dot in dots]
    return np.repeat(values, block)[:len(want)]


def missing(want, got):
    """True per sample where want sounds and got does not hold it."""
    target = want * gain(want, got)
    power = np.square(target)
    short = running(power, JUDGED_S)
    around = np.maximum(running(power, LOCAL_S), running(power, LOCAL_S / 3))
    left = running(np.square(got - target), JUDGED_S)
    loud = running(np.square(want), JUDGED_S) > QUIET ** 2
    gone = loud & (short > LOCAL_SHARE * around) & (left > LEFT * short)
    piece = int(PIECE_S * RATE)
    for first, last in runs_of(gone):
        for a in range(first, last, piece):
            b = min(a + piece, last)
            gone[a:b] &= nowhere_near(target, got, short, a, b)
    return gone


def nearby():
    """As shifted() would, by up to NEAR_S either way: taps for got[k - reach:k + reach + 1],
    a column for each shift."""
    shifts = np.arange(-NEAR_S, NEAR_S, NEAR_S / 40) * RATE
    reach = int(NEAR_S * RATE) + 1 + HALF_TAPS
    away = shifts[None, :] - np.arange(-reach, reach + 1)[:, None]
    window = 0.5 * (1 + np.cos(np.pi * away / HALF_TAPS))
    return reach, np.where(np.abs(away) < HALF_TAPS, np.sinc(away) * window, 0.0)


REACH, NEARBY = nearby()


def nowhere_near(target, got, short, first, last):
    """Looks again with got moved a little: lateness is known per 0.4 s, and at 10 kHz a
    twentieth of a millisecond already turns the content round."""
    margin = int(JUDGED_S * RATE)
    begin, end = max(first - margin, 0), min(last + margin, len(target))
    inside = got[max(begin - REACH, 0):end + REACH]
    padded = np.pad(inside, (max(REACH - begin, 0), max(end + REACH - len(got), 0)))
    moved = np.lib.stride_tricks.sliding_window_view(padded, 2 * REACH + 1) @ NEARBY
    left = running(np.square(moved - target[begin:end, None]), JUDGED_S)
    part = slice(first - begin, last - begin)
    return np.all(left[part] > LEFT * short[first:last, None], axis=1)


def line(track, a, b, t):
    """Lateness at source times t by the trusted steps a..b, going on straight at both
    ends. A fricative at 8 kHz turns by half in 60 us, so a flat end would not do."""
    good = np.arange(a, b + 1)[~np.isnan(track.lateness[a:b + 1])]
    times, late = track.times[good], track.lateness[good]
    out = np.interp(t, times, late)
    if len(good) >= 4:
        for part, edge, beyond in ((slice(0, 8), 0, t < times[0]),
                                   (slice(-8, None), -1, t > times[-1])):
            slope = np.polyfit(times[part], late[part], 1)[0]
            out[beyond] = late[edge] + slope * (t[beyond] - times[edge])
    return out


def lines(track):
    """Yields (frames, at, gone) per line: the source's frames that it may explain, where
    in the recording they should be, and which of them are not there. A line reaches half
    a window into its neighbours: a jump is not known better than that."""
    runs = track.jumps()
    reach = WINDOW_S / 2 + STEP_S
    for i, (a, b) in enumerate(runs):
        begin, end = 0, len(track.want)
        if i:
            begin = max(int((track.times[runs[i - 1][1]] - reach) * RATE), begin)
        if i + 1 < len(runs):
            end = min(int((track.times[runs[i + 1][0]] + reach) * RATE), end)
        frames = np.arange(begin, end)
        at = (track.play_s(frames) + line(track, a, b, frames / RATE)) * RATE
        yield frames, at, missing(track.want[begin:end], shifted(track.recording, at))


def find(track):
    """Returns [(start_s, length_s), ...] in the source's time."""
    found = [np.zeros(len(track.want), dtype=bool) for _ in range(2)]
    skipped, broken = found
    skipped |= running(np.square(track.want), GAP_S) > QUIET ** 2
    clock = np.arange(len(track.recording))
    torn = np.zeros(len(clock), dtype=np.int64)  # lines that do not explain it, or -1
    source_at = np.zeros(len(clock), dtype=np.int64)
    for frames, at, gone in lines(track):
        skipped[frames] &= gone
        inside = (clock >= at[0]) & (clock <= at[-1])
        lost = np.interp(clock[inside], at, gone) > 0.5
        before = torn[inside]
        torn[inside] = np.where(lost & (before >= 0), before + 1, -1)
        source_at[inside] = np.interp(clock[inside], at, frames)
    broken[source_at[torn > 0]] = True
    return merge(skipped | broken)


def runs_of(mask):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return list(zip(edges[::2], edges[1::2]))


def merge(mask):
    """Runs of at least one sample: each sample already stands for a millisecond."""
    found = []
    for first, last in runs_of(mask):
        start, stop = first / RATE, last / RATE + GAP_S
        if found and start - sum(found[-1]) < MERGE_S:
            found[-1] = (found[-1][0], stop - found[-1][0])
        else:
            found.append((start, stop - start))
    return found
