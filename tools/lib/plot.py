# SPDX-License-Identifier: MIT
"""skew.svg: skew over time, below it the lateness of each box, dropouts in red."""
import numpy as np

WIDTH, HEIGHT, LEFT, TOP, GAP = 1000, 230, 80, 50, 60
COLOURS = ('#1f6fb4', '#d97706', '#15803d', '#7c3aed')
STYLE = ('text{font:13px sans-serif;fill:#333}.axis{stroke:#999;fill:none}'
         '.grid{stroke:#e5e5e5}.line{fill:none;stroke-width:1.4}'
         '.drop{fill:#dc2626;fill-opacity:.35}')


class Panel:
    """One diagram: x in s, y in ms."""

    def __init__(self, top, title, seconds, low, high):
        self.top, self.seconds = top, seconds
        middle, half = (low + high) / 2, max((high - low) / 2 * 1.15, 0.05)
        self.low, self.high = middle - half, middle + half
        self.parts = [f'<text x="{LEFT}" y="{top - 8}">{title}</text>']
        self.frame()

    def x(self, t):
        return LEFT + (WIDTH - LEFT - 20) * t / self.seconds

    def y(self, value):
        share = (self.high - value) / (self.high - self.low)
        return self.top + HEIGHT * min(max(share, 0), 1)

    def frame(self):
        right = self.x(self.seconds)
        for value in ticks(self.low, self.high):
            y = self.y(value)
            self.parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{right:.1f}"/>'
                              f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">'
                              f'{value:g}</text>')
        for t in ticks(0, self.seconds):
            self.parts.append(f'<text x="{self.x(t):.1f}" y="{self.top + HEIGHT + 18}" '
                              f'text-anchor="middle">{t:g} s</text>')
        self.parts.append(f'<rect class="axis" x="{LEFT}" y="{self.top}" '
                          f'width="{right - LEFT:.1f}" height="{HEIGHT}"/>')

    def line(self, times, values, colour):
        path, pen = [], 'M'
        for t, value in zip(times, values):
            if np.isnan(value):
                pen = 'M'
                continue
            path.append(f'{pen}{self.x(t):.1f} {self.y(value):.1f}')
            pen = 'L'
        self.parts.append(f'<path class="line" stroke="{colour}" d="{"".join(path)}"/>')

    def legend(self, labels):
        for i, label in enumerate(labels):
            x = WIDTH - 20 - 110 * (len(labels) - i)
            self.parts.append(f'<text x="{x}" y="{self.top - 8}" '
                              f'style="fill:{COLOURS[i]}">{label}</text>')

    def dropouts(self, found):
        for start, length in found:
            wide = max(self.x(length) - self.x(0), 2)
            self.parts.append(f'<rect class="drop" x="{self.x(start):.1f}" y="{self.top}" '
                              f'width="{wide:.1f}" height="{HEIGHT}"/>')


def ticks(low, high):
    """About five round values."""
    step = 10 ** np.floor(np.log10((high - low) / 5))
    step *= min((m for m in (1, 2, 5, 10) if (high - low) / (step * m) <= 6), default=10)
    first = np.ceil(low / step)
    return [round(float(step * k), 9) for k in np.arange(first, np.floor(high / step) + 1)]


def write(path, seconds, times, skew_ms, boxes):
    """boxes: [(label, lateness_ms per time, dropouts), ...]"""
    title = 'skew, ms: above 0 the first box is late'
    panels = [panel(TOP, title, seconds, [skew_ms])]
    panels[0].line(times, skew_ms, '#111')
    panels.append(panel(TOP + HEIGHT + GAP, 'from the graph to the air, ms; red: dropouts',
                        seconds, [late for _, late, _ in boxes]))
    for i, (_, late, found) in enumerate(boxes):
        panels[1].line(times, late, COLOURS[i % len(COLOURS)])
        panels[0].dropouts(found)
        panels[1].dropouts(found)
    panels[1].legend([label for label, _, _ in boxes])
    height = TOP + 2 * (HEIGHT + GAP)
    body = '\n'.join(part for p in panels for part in p.parts)
    with open(path, 'w') as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
                   f'height="{height}" viewBox="0 0 {WIDTH} {height}">'
                   f'<style>{STYLE}</style>'
                   f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n')


def panel(top, title, seconds, series):
    values = np.concatenate([np.asarray(s)[~np.isnan(s)] for s in series] or [[]])
    low, high = (float(values.min()), float(values.max())) if len(values) else (-1.0, 1.0)
    return Panel(top, title, seconds, low, high)
