# SPDX-License-Identifier: MIT
"""report.json and the table on the terminal, from the recordings and Tandem's status."""
import json
import os

import numpy as np

import dropouts
import listener
import measure
import plot
import wav


def play_times(log, t0_ns):
    """The player's log as a function frame -> s after t0_ns, and the first frame's time."""
    rows = np.loadtxt(log, delimiter=',', skiprows=1, dtype=np.int64, ndmin=2)
    rows = rows[rows[:, 2] >= 0]
    if len(rows) < 2:
        raise ValueError(f'{log}: nothing was played')
    nsec, frame = rows[:, 0], rows[:, 2]
    seconds = (nsec - t0_ns) / 1e9

    def play_s(wanted):
        # frames inside a cycle follow at the nominal rate
        index = np.clip(np.searchsorted(frame, wanted, 'right') - 1, 0, len(frame) - 1)
        return seconds[index] + (np.asarray(wanted) - frame[index]) / measure.RATE

    return play_s, int(nsec[0])


def align(path, t0_ns, first_ns, seconds):
    """Cuts a recording so that it begins with the source's first frame; returns it."""
    heard, rate = wav.read(path)
    if rate != measure.RATE:
        raise ValueError(f'{path}: {rate} Hz, expected {measure.RATE}')
    start = int(round((first_ns - t0_ns) * 1e-9 * rate))
    heard = measure.cut(heard[:, 0], start, int(round((seconds + 1.0) * rate)))
    wav.write(path, heard, rate)
    return heard


STEP_S = 35.0  # ten reports, each 3 s: what a step of a box's latency may take


class Analysis:
    """All figures of one run; boxes: [(label, recording path), ...], left one first."""

    def __init__(self, source, layout, boxes, log, t0_ns, recordings=None, from_s=None,
                 step_s=None, turned=(False, False)):
        """from_s: figures of skew begin there. step_s: when, after t0, a box stepped.
        turned: Tandem turned the polarity of that box."""
        play_s, self.first_ns = play_times(log, t0_ns)
        offset = play_s(0)
        self.source = source
        self.seconds = len(source) / measure.RATE
        self.from_s = measure.SETTLE_S if from_s is None else from_s
        self.step_s = None if step_s is None else step_s - (self.first_ns - t0_ns) / 1e9
        self.layout = layout
        self.boxes = boxes
        if recordings is None:
            recordings = [align(p, t0_ns, self.first_ns, self.seconds) for _, p in boxes]
        self.tracks = [
            measure.Track(measure.expected(source, layout, i) * (-1 if turned[i] else 1),
                          heard, lambda f: play_s(f) - offset)
            for i, heard in enumerate(recordings)]
        self.without = []  # (begin, end) in s that do not count
        if self.step_s is not None:
            self.without = [(self.step_s - 1.0, self.step_s + STEP_S)]
        self.dropouts = [[d for d in dropouts.find(t)
                          if not any(a <= d[0] <= b for a, b in self.without)]
                         for t in self.tracks]
        self.skew = measure.skew(self.tracks)

    def played(self):
        """Every box was recognised for most of the time."""
        return all(np.mean(~np.isnan(t.line[t.level >= measure.QUIET])) > 0.9
                   for t in self.tracks)

    def figures(self):
        alone = self.layout == 'stereo'
        times = self.tracks[0].times
        undone_s = None
        if self.step_s is not None:
            undone_s = measure.undone_s(times, self.skew, self.step_s)
        return {
            'seconds': round(self.seconds, 3),
            'from_s': self.from_s,
            'step_undone_s': undone_s,
            'skew_ms': measure.skew_figures(times, self.skew, self.from_s, self.without),
            'isolation_db':
                measure.isolation_db(self.source, self.tracks) if alone else None,
            'dropouts': sum(len(found) for found in self.dropouts),
            'latency_ms': measure.latency_ms(self.tracks),
        }

    def write_plot(self, path):
        boxes = [(label, t.lateness * 1e3, found) for (label, _), t, found
                 in zip(self.boxes, self.tracks, self.dropouts)]
        plot.write(path, self.seconds, self.tracks[0].times, self.skew * 1e3, boxes)

    def write_steps(self, path):
        """Every step's figures, for who wants to look closer than the plot."""
        columns = [self.tracks[0].times, self.skew * 1e3]
        columns += [v for t in self.tracks for v in (t.lateness * 1e3, t.trust)]
        names = ['time_s', 'skew_ms']
        names += [f'{label}_{what}' for label, _ in self.boxes
                  for what in ('late_ms', 'trust')]
        np.savetxt(path, np.array(columns).T, fmt='%.5f', delimiter=',', comments='',
                   header=','.join(names))


def number(rows, key, kind=float):
    """A row of the status as a number; None while unknown."""
    try:
        value = kind(rows[key])
    except (KeyError, TypeError, ValueError):
        return None
    return None if value != value else value


def speaker(rows, label, drift_true, type_true, drifts=(), lost=()):
    """One entry of "speakers", from Tandem's status and from what the box was told.
    drifts: what the status said of its drift in the last minute. lost: its dropouts."""
    key = f'speaker.{label}.'
    known = [d for d in drifts if d is not None]
    return {
        'name': rows.get(key + 'name') or label,
        'address': rows.get(key + 'address'),
        'codec': rows.get(key + 'stream.codec'),
        'mode': rows.get(key + 'stream.mode'),
        'bitpool': number(rows, key + 'stream.bitpool', int),
        'kbps': number(rows, key + 'stream.kbps'),
        'packets': number(rows, key + 'stream.packets', int),
        'skipped': number(rows, key + 'stream.skipped', int),
        'drift_ppm_true': drift_true,
        'drift_ppm_estimated': round(float(np.mean(known)), 3) if known else None,
        'type_true': type_true,
        'class_estimated': rows.get(key + 'clock.class'),
        'latency_ms': number(rows, key + 'latency-ms'),
        'latency_source': rows.get(key + 'latency-source'),
        'lateness_ms': number(rows, key + 'lateness-ms'),
        'sigma_ms': number(rows, key + 'sigma-ms'),
        'steps': number(rows, key + 'clock.steps', int),
        'last_step_ms': number(rows, key + 'clock.last-step-ms'),
        'jumps': number(rows, key + 'clock.jumps', int),
        'dropouts_s': [[round(float(v), 3) for v in d] for d in lost],
    }


def write_json(path, report):
    text = json.dumps(report, indent=2) + '\n'
    if path == '-':
        print(text, end='')
        return
    with open(path, 'w') as file:
        file.write(text)


def table(report, analysis, out):
    """Prints what a person wants to know."""
    print()
    print(f'  {"speaker":<10} {"plays":<8} {"codec":<18} {"kbit/s":>6} {"packets":>8} '
          f'{"latency":>10} {"dropouts":>9}')
    for i, (row, track) in enumerate(zip(report['speakers'], analysis.tracks)):
        plays = ('left', 'right')[i] if analysis.layout == 'stereo' else 'both'
        codec = f'{row["codec"]} {row["mode"]} {row["bitpool"]}'
        late = np.nanmean(track.lateness) * 1e3 if track.jumps() else float('nan')
        print(f'  {row["name"]:<10.10} {plays:<8} {codec:<18} {row["kbps"] or 0:>6.0f} '
              f'{row["packets"] or 0:>8} {late:>7.1f} ms {len(analysis.dropouts[i]):>9}')
    print()
    skew = report['skew_ms']
    if skew['rms'] is not None:
        print(f'  skew       rms {skew["rms"]:.3f} ms, mean {skew["mean"]:+.3f}, '
              f'99 % within {skew["p99"]:.3f}, worst {skew["max"]:.3f}')
    if report['isolation_db'] is not None:
        print(f'  isolation  {report["isolation_db"]:.0f} dB')
    if 'seat' in report:
        listener.table(report['seat'])
    print(f'  files      {os.path.abspath(out)}: '
          + ', '.join(f'{label}.wav' for label, _ in analysis.boxes)
          + ', source.wav, skew.svg, report.json')
