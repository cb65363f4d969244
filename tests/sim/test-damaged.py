#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A damaged log is refused by its line and by what is there; a whole one is not."""
import subprocess
import sys
import tempfile

REPLAY, LOG = sys.argv[1:]
LINES = open(LOG, encoding='ascii').read().splitlines(keepends=True)

# what line 3 becomes, and what is said of it
DAMAGES = [
    (lambda line: line.replace('microphone', 'microphon'),
     'no kind of observation: "microphon"'),
    (lambda line: line.replace(' s +-', ' ms +-'), 'another unit than is written here: "ms"'),
    (lambda line: line.replace('0.27', '0,27'), 'no value: "0,27'),
    (lambda line: 'x' + line, 'no instant: "x'),
    (lambda line: line.replace('frame ', 'frame -'), 'no number of a frame: "-'),
    (lambda line: line.replace('e-05', 'e-05!'), 'no standard deviation: "4'),
    (lambda line: line.replace('\n', ' 7\n'), 'more than an observation: "'),
    (lambda line: 'lost some\n', 'less than an observation: "lost some"'),
    (lambda line: '\n', 'less than an observation: ""'),
    (lambda line: line.replace('\n', ' ' * 200 + '\n'), 'the line is cut off, or no line: "'),
]


def replay(text):
    with tempfile.NamedTemporaryFile('w', suffix='.log') as file:
        file.write(text)
        file.flush()
        done = subprocess.run([REPLAY, file.name], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr.replace(file.name, 'LOG')


def main():
    failed = 0
    cases = [(''.join([*LINES[:2], damage(LINES[2]), *LINES[3:]]), f'LOG:3: {said}')
             for damage, said in DAMAGES]
    cases.append((''.join(LINES)[:-1], f'LOG:{len(LINES)}: the line is cut off, or no line: "'))
    cases.append(('', 'LOG: no observation in it'))
    for text, said in cases:
        code, out, err = replay(text)
        if code == 0 or out or not err.startswith(said):
            failed += 1
            print(f'FAIL wanted {said!r}, got {code} {out!r} {err!r}')
    lost = replay(''.join([*LINES[:2], 'lost 3\n', *LINES[2:]]))
    if lost[0] != 0 or 'LOG' in lost[2] or '3 are missing' not in lost[1]:
        failed += 1
        print(f'FAIL a log that says what it lost: {lost}')
    print(f'{len(cases) + 1} logs, {failed} not as wanted')
    sys.exit(failed > 0)


main()
