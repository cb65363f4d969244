#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tools/demo's program for 20 s, held to the limits that it promises.

test-demo.py [RUN...]: those alone.
"""
import json
import os
import subprocess
import sys
import tempfile

from common import TOP, build, check, failures, finish

RUNS = {
    'as it comes': [],
    'in the daemon': ['--in-daemon'],
    'clocks 80 ppm apart': ['--drift', '40,-40'],
    'party': ['--layout', 'party'],
    # a clock that is off drives the graph, as beside a sound card's microphone
    'a microphone': ['--calibrate', '--mic-leads', '--mic-ppm', '80'],
}
TOLD = ['--seconds', '20', '--type', 't1', '--delay', '120,180', '--reports', 'static']


def limits(name, report):
    # who has listened is in time where the microphone is
    skew = report.get('seat', report)['skew_ms']
    for figure, limit_ms in (('rms', 0.5), ('max', 1.5)):
        value = skew[figure]
        check(value is not None and value <= limit_ms, f'{name}: skew {figure} {value} ms')
    check(report['dropouts'] == 0, f'{name}: {report["dropouts"]} dropouts')
    check(report['stalls'] == 0, f'{name}: {report["stalls"]} stalls')
    if name == 'party':
        check(report['isolation_db'] is None, 'party: no isolation to speak of')
    else:
        apart_db = report['isolation_db']
        check((apart_db or 0) >= 60, f'{name}: {apart_db} dB apart')
    latency = report['latency_ms'] or 0
    check(180 <= latency <= 300, f'{name}: latency {latency} ms, of which the box has 180')
    for speaker in report['speakers']:
        ok = speaker['codec'] == 'sbc' and speaker['packets'] > 1000
        check(ok and speaker['skipped'] == 0, f'{name}: {speaker}')


def seat_limits(name, seat):
    mean = seat['skew_ms']['mean']
    check(mean is not None and abs(mean) <= 0.15, f'{name}: {mean} ms apart at the seat')
    check(seat['late_frames'] == [0, 0], f'{name}: late to the room: {seat["late_frames"]}')


def run(name, options):
    with tempfile.TemporaryDirectory(prefix='tandem-test-') as out:
        path = os.path.join(out, 'r.json')
        command = [sys.executable, '-B', os.path.join(TOP, 'tools/lib/demo.py'),
                   '--out', out, '--json', path, *TOLD, *options]
        env = {**os.environ, 'TANDEM_BUILD': build()}
        done = subprocess.run(command, env=env, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        print(done.stdout)
        check(done.returncode == 0, f'{name}: exit status {done.returncode}')
        if os.path.exists(path):
            with open(path) as file:
                report = json.load(file)
            limits(name, report)
            if 'seat' in report:
                seat_limits(name, report['seat'])
        else:
            check(False, f'{name}: no report')
        for file in ('left.wav', 'right.wav', 'source.wav', 'skew.svg', 'report.json'):
            check(os.path.exists(os.path.join(out, file)), f'{name}: {file} is left')


for title in sys.argv[1:] or RUNS:
    run(title, RUNS[title])
    if failures:
        break
finish()
