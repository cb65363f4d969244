# SPDX-License-Identifier: MIT
"""The tables of tools/vm compare: each contender's turn, judged by what arrived in it, what
its speakers played, and where its processes computed."""

import numpy as np

import btsnoop
import dropouts
import measure
import names
import wav
from arrivals import Arrivals, skew_ms, track

# column: heading, unit
COLUMNS = {
    'speakers': ('speakers', ''), 'mean_ms': ('skew mean', 'ms'),
    'std_ms': ('skew std', 'ms'), 'lost': ('packets lost', ''),
    'moved_ms': ('content moved', 'ms'), 'played_mean_ms': ('played mean', 'ms'),
    'played_std_ms': ('played std', 'ms'), 'dropouts': ('dropouts', ''),
    'compute_mips': ('compute', 'M instr/s'),
}
PLAYED = ('played_mean_ms', 'played_std_ms', 'dropouts')
SHOWN = 0.01  # a function with less than that share of its contender is not shown


def judge(result):
    music = result.music.astype(np.float64)
    log = btsnoop.read(result.file('hci.btsnoop'))
    rows = [turn(result, log, music, row) for row in result.facts['rows']]
    for row in rows:
        for key, value in row.items():
            if key != 'name':
                result.figure(f'{row["name"]}.{key}', value)
    result.table = table(rows) + '\n' + '\n'.join(
        computing(result, row) for row in result.facts['rows'] if 'play' in row)
    by_name = {row['name']: row for row in rows}
    price(result, by_name)
    if 'tandem' in by_name:
        result.check(by_name['tandem']['speakers'] == 2,
                     f'Tandem: {by_name["tandem"]["speakers"]} speakers play')
    for row in rows:
        if row['name'] != 'tandem' and 'tandem' in by_name:
            ahead(result, by_name['tandem'], row)


def price(result, by_name):
    """What we compute against stock, for as many speakers."""
    ours, stock = (by_name.get(name, {}) for name in ('tandem', 'combine-stream'))
    if ours.get('compute_mips') and stock.get('compute_mips') and stock['speakers']:
        share = (ours['compute_mips'] / ours['speakers']
                 / (stock['compute_mips'] / stock['speakers']))
        result.figure('tandem.of_stock', round(share, 3))
        result.table += f'\n  tandem: {share:.3f} of what combine-stream computes per speaker'


def ahead(result, ours, other):
    """Tandem is no worse in anything that the other one can do at all."""
    for key in ('std_ms', 'lost', 'played_std_ms', 'dropouts'):
        mine, theirs = ours.get(key), other.get(key)
        if theirs is not None:
            result.check(mine is not None and mine <= theirs,
                         f'{key}: Tandem {mine}, {other["name"]} {theirs}')


def turn(result, log, music, row):
    """Figures of one contender; None: not to be had."""
    out = {'name': row['name'], 'speakers': 0, 'mean_ms': None, 'std_ms': None,
           'lost': None, 'moved_ms': None, 'compute_mips': None}
    if 'trouble' in row:
        return out
    out['compute_mips'] = round(sum(row['play'].values()) - sum(row['idle'].values()), 2)
    sides = [Arrivals(log.heard(i + 1, row['begin_s'], row['end_s']),
                      np.ascontiguousarray(music[:, i])) for i in range(2)]
    playing = [s for s in sides if s.found]
    out['speakers'] = len(playing)
    if playing:
        out['lost'] = sum(s.gaps()[0] for s in playing)
        out['moved_ms'] = round(max(float(np.max(np.abs(s.moved_ms))) for s in playing), 3)
    if len(playing) == 2:
        skew = skew_ms(*sides)
        out['mean_ms'] = round(float(np.mean(skew)), 4)
        out['std_ms'] = round(float(np.std(skew)), 4)
    if result.task['options']['speakers'] == 'box':
        out.update(played(result, music, row))
    return out


def recording(result, side, row):
    """What that box played in this turn."""
    heard, _ = wav.read(result.file(f'{side}.wav'))
    begin = row['begin_mono_s'] - result.facts['t0_ns'] / 1e9
    length = row['end_s'] - row['begin_s'] + 2.0
    return measure.cut(heard[:, 0].astype(np.float64), int(begin * measure.RATE),
                       int(length * measure.RATE))


def played(result, music, row):
    """Skew of what left the boxes, and what was missing in it, over both."""
    heard = [recording(result, side, row) for side in ('left', 'right')]
    wants = [np.ascontiguousarray(music[:, i]) for i in range(2)]
    tracks, bases_s = zip(*(track(*pair) for pair in zip(wants, heard)))
    out = dict.fromkeys(PLAYED)
    found = [t for t in tracks
             if np.mean(~np.isnan(t.line[t.level >= measure.QUIET])) > 0.5]
    if found:
        out['dropouts'] = sum(len(dropouts.find(t)) for t in found)
    if len(found) == 2:
        skew = measure.skew(tracks) + bases_s[0] - bases_s[1]
        figures = measure.skew_figures(tracks[0].times, skew)
        out['played_mean_ms'], out['played_std_ms'] = figures['mean'], figures['std']
    return out


def table(rows):
    keys = [k for k in COLUMNS if k not in PLAYED or any(k in row for row in rows)]
    lines = [[''] + [COLUMNS[k][i] for k in keys] for i in range(2)]
    for row in rows:
        values = [row.get(key) for key in keys]
        lines.append([row['name']] + ['-' if v is None else str(v) for v in values])
    return '\n'.join('  ' + ''.join(f'{str(cell):<15}' for cell in line).rstrip()
                     for line in lines)


def computing(result, row):
    """Where one contender's processes were: each process, then the functions that matter."""
    lines = [f'  {row["name"]}: M instr/s by process, then by function']
    for name, value in sorted(row['play'].items(), key=lambda item: -item[1]):
        lines.append(f'    {value:8.2f}  {name} ({row["idle"].get(name, 0.0):.2f} idle)')
    places, total = {}, 0
    for process, thread, path, offset, count in row['profile']:
        library, function = names.name(result.image, path, offset)
        key = process, thread, library, function
        places[key] = places.get(key, 0) + count
        total += count
    playing = sum(row['play'].values())
    for (process, thread, library, function), count in sorted(places.items(),
                                                            key=lambda item: -item[1]):
        if count >= SHOWN * total:
            lines.append(f'    {playing * count / total:8.2f}  {process}/{thread}  '
                         f'{library}  {function}'.rstrip())
    return '\n'.join(lines)
