#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tools/demo's program for 20 s, held to the limits that it promises."""
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
}
TOLD = ['--seconds', '20', '--type', 't1', '--delay', '120,180', '--reports', 'static']


def limits(name, report):
    skew = report['skew_ms']
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
                limits(name, json.load(file))
        else:
            check(False, f'{name}: no report')
        for file in ('left.wav', 'right.wav', 'source.wav', 'skew.svg', 'report.json'):
            check(os.path.exists(os.path.join(out, file)), f'{name}: {file} is left')


for title, extra in RUNS.items():
    run(title, extra)
    if failures:
        break
finish()
