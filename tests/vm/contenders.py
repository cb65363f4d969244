# SPDX-License-Identifier: MIT
"""The table of tools/vm compare: each contender's turn, judged by what arrived in it."""
import numpy as np

from arrivals import Arrivals, skew_ms

HEAD = ('', 'speakers', 'skew mean', 'skew std', 'packets lost', 'content moved', 'compute')
UNITS = ('', '', 'ms', 'ms', '', 'ms', 'M instr/s')


def judge(result):
    music = result.music.astype(np.float64)
    path = result.file('hci.btsnoop')
    rows = [turn(path, music, row) for row in result.facts['rows']]
    for row in rows:
        for key, value in row.items():
            if key != 'name':
                result.figure(f'{row["name"]}.{key}', value)
    result.table = table(rows)
    by_name = {row['name']: row for row in rows}
    ours, stock = by_name['tandem'], by_name['combine-stream']
    result.check(ours['speakers'] == 2, f'Tandem: {ours["speakers"]} speakers play')
    result.check(ours['std_ms'] is not None and
                 (stock['std_ms'] is None or ours['std_ms'] < stock['std_ms']),
                 f'skew std: Tandem {ours["std_ms"]} ms, stock {stock["std_ms"]} ms')
    result.check(ours['lost'] is not None and
                 (stock['lost'] is None or ours['lost'] <= stock['lost']),
                 f'packets lost: Tandem {ours["lost"]}, stock {stock["lost"]}')


def turn(path, music, row):
    """Figures of one contender; None: not to be had."""
    out = {'name': row['name'], 'speakers': 0, 'mean_ms': None, 'std_ms': None,
           'lost': None, 'moved_ms': None, 'compute_mips': None}
    if 'trouble' in row:
        return out
    out['compute_mips'] = round(row['play_ms'] - row['idle_ms'], 2)
    sides = [Arrivals(path, i + 1, np.ascontiguousarray(music[:, i]),
                      (row['begin'], row['end'])) for i in range(2)]
    playing = [s for s in sides if s.found]
    out['speakers'] = len(playing)
    if playing:
        out['lost'] = sum(s.gaps()[0] for s in playing)
        out['moved_ms'] = round(max(float(np.max(np.abs(s.moved_ms))) for s in playing), 3)
    if len(playing) == 2:
        skew = skew_ms(*sides)
        out['mean_ms'] = round(float(np.mean(skew)), 4)
        out['std_ms'] = round(float(np.std(skew)), 4)
    return out


def table(rows):
    lines = [HEAD, UNITS]
    for row in rows:
        lines.append([row['name']] + ['-' if row[key] is None else str(row[key]) for key in (
            'speakers', 'mean_ms', 'std_ms', 'lost', 'moved_ms', 'compute_mips')])
    return '\n'.join('  ' + ''.join(f'{str(cell):<16}' for cell in line).rstrip()
                     for line in lines)
