# SPDX-License-Identifier: MIT
"""Measures what the speakers' recordings hold of what they should have played.

    source --expected(layout)--> what this box should emit
                                      |  every 100 ms: a window of 400 ms
    recording ---- correlate ---------+---> lateness of that window, s
                                      |
    lateness left - lateness right = skew; content found nowhere = dropout

Lateness is counted from the instant the frame went into the graph (the player's log) to
the air, so its mean is the latency. A window is trusted when the source has energy in it,
not only at one end, and the normalised correlation is high; over a gap of up to BRIDGE_S
between trusted windows lateness is drawn as a straight line (one channel is silent while
the other one speaks), over longer gaps there is no skew. The peak is taken from the
continuous cross-correlation (Newton steps on the cross spectrum), so it is not bound to
samples. tests/daemon/test-measure.py proves 5 us.
"""
import numpy as np

RATE = 48000
STEP_S = 0.1
WINDOW_S = 0.4
SETTLE_S = 5.0
BRIDGE_S = 3.0
SEARCH_S = 0.03        # around each lateness that the coarse search has seen
COARSE_S = 2.0         # length of a coarse block
LATEST_S = 2.0         # no box is later than this
QUIET = 10 ** (-55 / 20)
SILENT = 1e-11         # power of a channel that does not sound
TRUSTED = 0.4          # SBC has 0.9 at its worst here, a glide of 1000 ppm 0.5
ALIKE = 0.03           # correlations this near each other do not tell two places apart
JUMP_S = 0.0005        # lateness that moves more than this in a step has jumped
SLOPE_STEPS = 8
GAP_S = 0.001          # what counts as missing


def expected(source, layout, index):
    """What box `index` should emit of source[frames][2]."""
    if layout == 'stereo':
        return np.ascontiguousarray(source[:, index])
    return source.mean(axis=1)


def emphasise(x):
    """Lifts the treble, where a peak is sharp; the same for both sides."""
    y = np.copy(x)
    y[1:] -= 0.9 * x[:-1]
    return y


def correlate(window, weight, wide):
    """Correlation of window with wide at every offset, each sample weighed by weight and
    normalised to +-1; also the cross spectrum and its size."""
    size = 1 << int(np.ceil(np.log2(len(wide) + 1)))
    shape = np.conj(np.fft.rfft(weight, size))
    cross = np.fft.rfft(wide, size) * np.conj(np.fft.rfft(window * weight, size))
    count = len(wide) - len(window) + 1
    raw = np.fft.irfft(cross, size)[:count]
    local = np.fft.irfft(np.fft.rfft(np.square(wide), size) * shape, size)[:count]
    own = np.sum(weight * np.square(window))
    return raw / (np.sqrt(own * np.maximum(local, 0.0)) + 1e-9), cross, size


def nearest_peak(value, centre):
    """Of the peaks that look alike, as the periods of a long tone do, the nearest one."""
    inner = value[1:-1]
    peaks = 1 + np.flatnonzero((inner >= value[:-2]) & (inner >= value[2:])
                               & (inner > np.max(value) - ALIKE))
    if len(peaks) == 0:
        return int(np.argmax(value))
    return int(peaks[np.argmin(np.abs(peaks - centre))])


def refine(cross, size, peak):
    """Where the continuous correlation has its maximum, near the whole sample `peak`."""
    omega = 2 * np.pi * np.arange(len(cross)) / size
    at = float(peak)
    for _ in range(4):
        turned = cross * np.exp(1j * omega * at)
        slope = -np.sum(omega * turned.imag)
        curve = -np.sum(omega * omega * turned.real)
        if curve >= 0:
            return float(peak)
        at -= np.clip(slope / curve, -0.5, 0.5)
    return at if abs(at - peak) <= 1.0 else float(peak)


def cut(x, start, length):
    """x[start:start+length], with silence beyond its ends."""
    out = np.zeros(length, dtype=np.float64)
    first, last = max(start, 0), min(start + length, len(x))
    if last > first:
        out[first - start:last - start] = x[first:last]
    return out


class Track:
    """Lateness of one box against its source, one value per step.

    want: expected(); recording: what was heard; play_s(frame): when a frame of the source
    went into the graph, in seconds of the recording.
    """

    def __init__(self, want, recording, play_s):
        self.want, self.recording = want, recording
        self.play_s = play_s
        self.sharp_want, self.sharp_recording = emphasise(want), emphasise(recording)
        steps = int((len(want) / RATE - WINDOW_S) / STEP_S + 1e-6) + 1
        self.times = WINDOW_S / 2 + STEP_S * np.arange(steps)
        self.level = np.array([self.rms(t) for t in self.times])
        self.lateness = np.full(steps, np.nan)
        self.trust = np.zeros(steps)
        self.centre = np.copy(self.times)  # where what is sharp in the window lies
        coarse = self.coarse()
        previous = None
        for k, t in enumerate(self.times):
            if self.level[k] < QUIET:
                continue
            block = int(t / COARSE_S)
            near = coarse[max(block - 1, 0):block + 2] + [previous]
            previous = self.step(k, [c for c in near if c is not None], previous)
        self.drop_lone()
        self.bring_to_steps()
        self.bridge()

    def rms(self, t):
        half = int(WINDOW_S * RATE / 2)
        return np.sqrt(np.mean(np.square(cut(self.want, int(t * RATE) - half, 2 * half))))

    def coarse(self):
        """One lateness per block, or None where nothing is recognised."""
        found = []
        length = int(COARSE_S * RATE)
        for start in range(0, len(self.want), length):
            window = cut(self.sharp_want, start, length)
            at = int(round(self.play_s(start) * RATE))
            wide = cut(self.sharp_recording, at, length + int(LATEST_S * RATE))
            value, _, _ = correlate(window, np.ones(length), wide)
            # of equals the earliest: a file that is played in a loop fits later, too
            peak = int(np.argmax(value > 0.9 * np.max(value)))
            loud = np.sqrt(np.mean(np.square(window))) > QUIET / 10
            found.append(peak / RATE if loud and value[peak] > 0.3 else None)
        known = [f for f in found if f is not None]
        middle = float(np.median(known)) if known else None
        return [middle if f is None else f for f in found]

    def step(self, k, near, previous):
        """Fills in step k; returns the lateness to look around next."""
        best = None
        start = int(round((self.times[k] - WINDOW_S / 2) * RATE))
        length = int(WINDOW_S * RATE)
        window = cut(self.sharp_want, start, length)
        looked = []
        for c in sorted(set(near), key=lambda c: abs(c - (previous or c))):
            if any(abs(c - other) < SEARCH_S / 3 for other in looked):
                continue
            looked.append(c)
            trust, late = self.look(window, start, c)
            # a neighbouring beat of the music may look alike: stay where we were
            if best is None or trust > best[0] + ALIKE:
                best = (trust, late)
        if best is None:
            return previous
        self.trust[k] = best[0]
        if best[0] < TRUSTED:
            return previous
        power = np.square(np.gradient(window)) * np.hanning(length)
        away = np.dot(power, np.arange(length)) / np.sum(power)
        self.centre[k] = (start + away) / RATE
        # what lies there went in when it did, by whatever clock the graph goes
        late = best[1] + self.play_s(start) + away / RATE - self.play_s(start + away)
        if abs(self.centre[k] - self.times[k]) <= STEP_S:
            self.lateness[k] = late
        return late

    def look(self, window, start, around):
        play = self.play_s(start)
        at = int(round((play + around - SEARCH_S) * RATE))
        wide = cut(self.sharp_recording, at, len(window) + int(2 * SEARCH_S * RATE))
        value, cross, size = correlate(window, np.hanning(len(window)), wide)
        peak = nearest_peak(value, SEARCH_S * RATE)
        return value[peak], (at + refine(cross, size, peak)) / RATE - play

    def drop_lone(self):
        """Windows overlap by three quarters: one that alone is somewhere else has taken a
        neighbouring beat for its own."""
        good = np.flatnonzero(~np.isnan(self.lateness))
        before, here, after = (self.lateness[good[i:len(good) - 2 + i]] for i in range(3))
        lone = (np.abs(after - before) < JUMP_S) & (np.abs(here - before) > JUMP_S) \
            & (np.abs(here - after) > JUMP_S)
        self.lateness[good[1:-1][lone]] = np.nan

    def bring_to_steps(self):
        """A window speaks for the middle of what is sharp in it: follow the local slope
        from there to the step, unless lateness jumps near by."""
        seen = np.copy(self.lateness)
        for a, b in self.jumps():
            for k in range(a, b + 1):
                near = np.arange(max(a, k - SLOPE_STEPS), min(b, k + SLOPE_STEPS) + 1)
                near = near[~np.isnan(seen[near])]
                if np.isnan(seen[k]) or len(near) < 3:
                    continue
                away = self.centre[near] - np.mean(self.centre[near])
                if np.dot(away, away) < STEP_S ** 2 / 4:
                    continue
                slope = np.dot(away, seen[near]) / np.dot(away, away)
                self.lateness[k] += slope * (self.times[k] - self.centre[k])

    def bridge(self):
        """Draws short gaps as lines; self.line is lateness per step or NaN."""
        good = np.flatnonzero(~np.isnan(self.lateness))
        self.line = np.copy(self.lateness)
        for a, b in zip(good[:-1], good[1:]):
            if 1 < b - a <= BRIDGE_S / STEP_S + 1:
                part = np.arange(a, b + 1)
                self.line[part] = np.interp(part, [a, b], self.lateness[[a, b]])

    def jumps(self):
        """Runs of trusted steps without a jump between them: [(first, last), ...]"""
        good = np.flatnonzero(~np.isnan(self.lateness))
        if len(good) == 0:
            return []
        moved = np.abs(np.diff(self.lateness[good])) > JUMP_S
        runs = np.split(good, np.flatnonzero(moved) + 1)
        return [(int(r[0]), int(r[-1])) for r in runs]


def skew(tracks):
    """Skew per step in s: lateness of the first box minus the second's; NaN: unknown."""
    return tracks[0].line - tracks[1].line


def skew_figures(times, skew_s, from_s=SETTLE_S, without=()):
    """The sub-figures of report.json, in ms; rms is about zero, p99 and max of |skew|, and
    swing is the worst about the mean. without: stretches in s that do not count."""
    counts = (times >= from_s) & ~np.isnan(skew_s)
    for begin, end in without:
        counts &= (times < begin) | (times > end)
    value = skew_s[counts] * 1e3
    if len(value) == 0:
        return {name: None for name in ('mean', 'std', 'rms', 'p99', 'max', 'swing')}
    return {
        'mean': round(float(np.mean(value)), 4),
        'std': round(float(np.std(value)), 4),
        'rms': round(float(np.sqrt(np.mean(value ** 2))), 4),
        'p99': round(float(np.percentile(np.abs(value), 99)), 4),
        'max': round(float(np.max(np.abs(value))), 4),
        'swing': round(float(np.max(np.abs(value - np.mean(value)))), 4),
    }


def undone_s(times, skew_s, step_at_s, limit_s=1e-3):
    """How long after a box's latency stepped the skew is small again, for good: mean of a
    second. None: it never was small, or never is again."""
    steps_per_s = max(1, int(round(1.0 / np.median(np.diff(times)))))
    after = times >= step_at_s
    at, value = times[after], np.nan_to_num(skew_s[after])
    if len(value) < 2 * steps_per_s:
        return None
    smooth = np.convolve(value, np.ones(steps_per_s) / steps_per_s, 'valid')
    wide = np.flatnonzero(np.abs(smooth - np.median(smooth[-10 * steps_per_s:])) > limit_s)
    if len(wide) == 0:
        return 0.0
    if wide[-1] + 1 >= len(smooth):
        return None
    return round(float(at[wide[-1] + 1] - step_at_s), 2)


def latency_ms(tracks):
    """From the graph to the air, mean of all boxes."""
    values = [t.lateness[(t.times >= SETTLE_S) & ~np.isnan(t.lateness)] for t in tracks]
    means = [np.mean(v) for v in values if len(v) > 0]
    return round(float(np.mean(means)) * 1e3, 3) if means else None


def lonely(source, channel, rate=RATE):
    """Stretches in s, 0.4 s and longer, where only `channel` of two sounds."""
    hop = rate // 100
    count = len(source) // hop
    power = np.mean(np.square(source[:count * hop].reshape(count, hop, 2)), axis=1)
    silent = power[:, 1 - channel] <= SILENT
    # a word has pauses: the stretch lasts while the other channel is silent
    edges = np.flatnonzero(np.diff(np.concatenate([[0], silent.astype(int), [0]])))
    runs = [(a, b) for a, b in zip(edges[::2], edges[1::2])
            if b - a >= 40 and np.mean(power[a:b, channel]) > QUIET ** 2]
    return [(a * hop / rate, b * hop / rate) for a, b in runs]


def isolation_db(source, tracks, channels=(0, 1)):
    """How far a box stays below the other one where only the other one's channel sounds;
    the worse of the two, None without such a stretch. The floor is 16-bit PCM's noise."""
    worst = None
    for box, track in enumerate(tracks):
        own = channels[box]
        other = tracks[1 - box]
        levels = []
        for a, b in lonely(source, 1 - own):
            levels.append([heard(track, a, b), heard(other, a, b)])
        levels = [v for v in levels if None not in v]
        if not levels:
            continue
        leak, sound = np.mean(np.array(levels), axis=0)
        floor = (2.0 ** -15) ** 2 / 12
        value = 10 * np.log10(max(sound, floor) / max(leak, floor))
        worst = value if worst is None else min(worst, value)
    return None if worst is None else round(float(worst), 1)


def heard(track, a, b):
    """Mean power of a recording while the source's stretch a..b s is in the air, 50 ms
    left out at both ends; None: the box was never found."""
    found = track.lateness[~np.isnan(track.lateness)]
    if len(found) == 0:
        return None
    late = float(np.median(found))
    start = int((track.play_s(int(a * RATE)) + late + 0.05) * RATE)
    length = int((b - a - 0.1) * RATE)
    return float(np.mean(np.square(cut(track.recording, start, length))))
