# SPDX-License-Identifier: MIT
"""Do two runs of a scenario say the same? The machine's clock counts instructions, so they
should, however busy the host is: within the largest of 2 %, 0.02 ms and one count."""

SHARE, MS = 0.02, 0.02


def tolerance(name, first, second):
    """How far two values of that figure may be apart."""
    share = SHARE * max(abs(first), abs(second))
    if name.endswith('_ms'):
        return max(share, MS)
    if name.endswith('_s'):
        return max(share, MS / 1e3)
    if isinstance(first, int) and isinstance(second, int):
        return max(share, 1)
    return share


def differences(first, second):
    """[(name, value, value, agree?)] of the figures of two runs, those that differ."""
    found = []
    for name in sorted({*first, *second}):
        a, b = first.get(name), second.get(name)
        if a == b:
            continue
        numbers = all(isinstance(v, (int, float)) for v in (a, b))
        found.append((name, a, b, numbers and abs(a - b) <= tolerance(name, a, b)))
    return found


def check(idle, busy):
    """The second Result is told of what does not agree with the first."""
    rows = differences(idle.figures, busy.figures)
    print(f'  {len({*idle.figures, *busy.figures})} figures, {len(rows)} of them differ '
          'between an idle host and a busy one')
    for name, a, b, ok in rows:
        print(f'  {"ok  " if ok else "FAIL"} {name}: {a}, then {b}')
    busy.check(idle.figures and all(ok for *_, ok in rows),
               'the figures of two runs agree')
