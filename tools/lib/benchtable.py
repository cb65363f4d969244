# SPDX-License-Identifier: MIT
"""What tools/bench says: tables of its figures, and whether they are what they should be."""

from dataclasses import dataclass

COLUMNS = [  # figure, title, format
    ('mono_ns', 'mono', '.2f'), ('minus_ns', 'mono -', '.2f'),
    ('stereo_ns', 'stereo', '.2f'), ('rates_ns', '48>44.1', '.2f'),
    ('change_us', 'set us', '.2f'),
    ('rest_1k_db', '1k dB', '.0f'), ('rest_15k_db', '15k', '.0f'),
    ('rest_18k_db', '18k', '.0f'), ('rest_20k_db', '20k', '.0f'),
    ('gain_20k_db', 'gain 20k', '.3f'), ('ratio_ppm', 'ratio ppm', '.4f'),
    ('sway_db', 'sway dB', '.0f'), ('touch_db', 'touch dB', '.0f'),
]
NOTES = """\
mono, stereo, 48>44.1: ns per frame, at +100 ppm (1.0001 frames out for each frame in), the
ratio set every 256 frames; mono -: at -100 ppm, where soxr takes half as long
set: what another ratio costs, in that block; 1k to 20k: all but the tone and 1 Hz round it
ratio: made against wanted, at +100 ppm; sway: 18 kHz, +-20 ppm as a sine of 0.1 Hz
touch: 18 kHz, from 1 to 1 + 3 ppm and back (who cannot move so little is still, and clean)
"""

STAGES = ('split', 'resample', 'encode', 'packet')

OURS, HIGH = 'tandem default', 'tandem high'
# How many times faster than whom, with AVX2 and with AVX-512.
FASTER = [('PipeWire q4', 1.8, 2.5), ('PipeWire q10', 3.5, 5.0), ('zita VResampler 48', 8, 12),
          ('soxr VR HQ', 14, 20), ('swresample linear', 1.0, 1.4)]
MOST = {  # of a figure: default, high
    'rest_1k_db': (-125, -130), 'rest_15k_db': (-122, -130), 'rest_18k_db': (-120, -130),
    'rest_20k_db': (-118, -130), 'gain_20k_db': (0.02, 0.02), 'sway_db': (-120, -130),
    'touch_db': (-120, -130), 'change_us': (0.3, 0.3), 'ratio_ppm': (0.001, 0.001),
}
SIGNED = ('gain_20k_db', 'ratio_ppm')  # their size counts
MOST_UNEVEN = 1.15  # the dearest speaker of 2 to 7 against the cheapest; chosen: noise


@dataclass
class Goal:
    what: str
    value: float
    limit: float
    met: bool

    def row(self):
        return {'what': self.what, 'value': self.value, 'limit': self.limit, 'met': self.met}


def goals(result):
    """Those that can be judged with who was there."""
    peers = {p['name']: p for p in result['peers']}
    found = []
    if result['kernel'] in ('avx2', 'avx512'):
        wide = result['kernel'] == 'avx512'
        for name, *limits in FASTER:
            if name in peers:
                times = peers[name]['mono_ns'] / peers[OURS]['mono_ns']
                limit = limits[wide]
                found.append(Goal(f'times faster than {name}', times, limit, times >= limit))
    for figure, limits in MOST.items():
        for name, limit in zip((OURS, HIGH), limits):
            value = peers[name][figure]
            size = abs(value) if figure in SIGNED else value
            found.append(Goal(f'{name}: {figure}', value, limit, size <= limit))
    costs = [speaker_ns(row) for row in result['path']]
    if costs:
        uneven = max(costs) / min(costs)
        found.append(Goal('cost of a speaker, 2 to 7, most / least', uneven, MOST_UNEVEN,
                          uneven <= MOST_UNEVEN))
    return found


def speaker_ns(row):
    return sum(row[f'{stage}_ns'] for stage in STAGES)


def text(result, found):
    versions = result['versions']
    here = ', '.join(f'{n} {v}' for n, v in versions.items() if v)
    lines = [f'kernel {result["kernel"]}, {result["rounds"]} rounds; {here}']
    lines += [f'not installed, left out: {n}' for n, v in versions.items() if not v]
    lines += ['', *peer_table(result['peers']), '', NOTES, *path_table(result['path']), '']
    for goal in found:
        lines.append(f'{"met   " if goal.met else "MISSED"} {goal.what}: '
                     f'{goal.value:.4g} (limit {goal.limit:g})')
    return '\n'.join(lines)


def peer_table(peers):
    widths = [max(len(title), 7) for _, title, _ in COLUMNS]
    head = ' '.join(f'{title:>{w}}' for (_, title, _), w in zip(COLUMNS, widths))
    yield f'{"":22} {head}'
    for peer in peers:
        cells = ('-' if peer[figure] is None else format(peer[figure], form)
                 for figure, _, form in COLUMNS)
        yield f'{peer["name"]:22} ' + ' '.join(f'{c:>{w}}' for c, w in zip(cells, widths))


def path_table(path):
    yield 'ns per frame and speaker    ' + ' '.join(f'{s:>9}' for s in (*STAGES, 'all')) + \
        '   of a core at 48 kHz'
    for row in path:
        cells = [row[f'{stage}_ns'] for stage in STAGES] + [speaker_ns(row)]
        share = speaker_ns(row) * 48000 * row['speakers'] * 1e-9
        yield f'{row["speakers"]} speakers' + ' ' * 18 + \
            ' '.join(f'{c:9.2f}' for c in cells) + f'   {share:.3%}'
