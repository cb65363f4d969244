# SPDX-License-Identifier: MIT
"""bench.svg: what a resampler costs against what it adds, and the path by speakers."""

import math

WIDTH, HEIGHT, LEFT, TOP, GAP = 900, 360, 80, 50, 90
COLOURS = {'split': '#d97706', 'resample': '#1f6fb4', 'encode': '#15803d', 'packet': '#7c3aed'}
STYLE = ('text{font:13px sans-serif;fill:#333}.axis{stroke:#999;fill:none}'
         '.grid{stroke:#e5e5e5}.ours{fill:#1f6fb4}.theirs{fill:#999}')
RIGHT = WIDTH - 20


def frame(top, title):
    return [f'<text x="{LEFT}" y="{top - 10}">{title}</text>',
            f'<rect class="axis" x="{LEFT}" y="{top}" width="{RIGHT - LEFT}" '
            f'height="{HEIGHT}"/>']


def across(y, label):
    return (f'<path class="grid" d="M{LEFT} {y:.1f}H{RIGHT}"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')


def below(x, top, label):
    return f'<text x="{x:.1f}" y="{top + HEIGHT + 18}" text-anchor="middle">{label}</text>'


def peers(result, top):
    """Cheap is left, pure is low."""
    shown = [p for p in result['peers'] if p['mono_ns'] and p['rest_18k_db']]
    parts = frame(top, 'all but a tone of 18 kHz, dB, against ns per frame (48 kHz mono, '
                       '+100 ppm)')
    most = math.log10(max([p['mono_ns'] for p in shown] + [100]) * 2)

    def x_of(ns):
        return LEFT + (RIGHT - LEFT) * math.log10(max(ns, 1)) / most

    def y_of(rest_db):
        return top + HEIGHT * (-80 - rest_db) / 70

    for rest_db in range(-140, -79, 20):
        parts.append(across(y_of(rest_db), rest_db))
    parts += [below(x_of(ns), top, f'{ns} ns') for ns in (1, 10, 100) if x_of(ns) < RIGHT]
    for peer in shown:
        x, y = x_of(peer['mono_ns']), y_of(peer['rest_18k_db'])
        kind = 'ours' if peer['name'].startswith('tandem') else 'theirs'
        parts.append(f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
                     f'<text x="{x + 8:.1f}" y="{y + 4:.1f}">{peer["name"]}</text>')
    return parts


def path(result, top):
    """Bars of the stages, one on the other."""
    parts = frame(top, 'the path, ns per frame of the group, by speakers')
    rows = result['path']
    totals = [sum(row[f'{s}_ns'] for s in COLOURS) * row['speakers'] for row in rows]
    scale = HEIGHT * 0.95 / max(totals + [1])
    wide = (RIGHT - LEFT) / max(len(rows), 1)
    for i, row in enumerate(rows):
        x, y = LEFT + wide * (i + 0.25), top + HEIGHT
        for stage, colour in COLOURS.items():
            high = row[f'{stage}_ns'] * row['speakers'] * scale
            y -= high
            parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide / 2:.1f}" '
                         f'height="{high:.1f}" fill="{colour}"/>')
        parts.append(f'<text x="{x + wide / 4:.1f}" y="{y - 5:.1f}" text-anchor="middle">'
                     f'{totals[i]:.0f}</text>')
        parts.append(below(x + wide / 4, top, row['speakers']))
    for i, (stage, colour) in enumerate(COLOURS.items()):
        parts.append(f'<text x="{RIGHT - 90 * (len(COLOURS) - i)}" y="{top - 10}" '
                     f'style="fill:{colour}">{stage}</text>')
    return parts


def svg(result):
    body = '\n'.join(peers(result, TOP) + path(result, TOP + HEIGHT + GAP))
    height = TOP + 2 * HEIGHT + GAP + 40
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}"><style>{STYLE}</style>'
            f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n')
