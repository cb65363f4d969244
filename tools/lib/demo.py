# SPDX-License-Identifier: MIT
"""tools/demo: hear Tandem without Bluetooth. See demo.py --help and README.md."""
import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time

import numpy as np

import listener
import material
import measure
import report
import stage as stages
import wav
from process import Trouble
from watchdog import Watchdog

ATTEMPTS = 3
TAIL_S = 0.6       # the air is behind the graph, and a box plays out what it has
CODING_MS = (640 + 73) / 48.0  # a packet of 672 bytes and SBC's own delay, at 48 kHz
TYPES = ('t1', 'deadband', 't2')
SIDES = ('left', 'right')


def pair(kind, one=None):
    """Type of an option 'A,B'; 'A' means both."""
    def parse(text):
        values = [kind(v) for v in text.split(',')]
        if len(values) == 1:
            values = values * 2
        if len(values) != 2 or (one and any(v not in one for v in values)):
            raise argparse.ArgumentTypeError(f'"{text}" is not one or two of '
                                             f'{", ".join(one) if one else "numbers"}')
        return values
    return parse


def parse(arguments):
    p = argparse.ArgumentParser(
        prog='tools/demo', description='Plays to two simulated Bluetooth speakers through '
        'Tandem and measures what left the boxes. Touches nothing of your desktop.')
    p.add_argument('--seconds', type=float, default=60.0, help='length; default 60')
    p.add_argument('--play', metavar='FILE', help='anything that sox reads')
    p.add_argument('--out', metavar='DIR', help='default: a new temporary directory')
    p.add_argument('--json', metavar='FILE', help='the report once more, - for stdout')
    p.add_argument('--layout', choices=('stereo', 'party', 'mono'), default='stereo')
    p.add_argument('--drift', type=pair(float), default=[0.0, 0.0], metavar='PPM,PPM',
                   help="error of the boxes' clocks, above 0 is fast")
    p.add_argument('--delay', type=pair(float), default=[150.0, 150.0], metavar='MS,MS',
                   help="a box's whole latency after arrival; default 150,150")
    p.add_argument('--bias', type=pair(float), default=[0.0, 0.0], metavar='MS,MS',
                   help="what a box's delay report adds to the truth")
    p.add_argument('--reports', choices=('none', 'static', 'dynamic'), default='static',
                   help='delay reports; default static')
    p.add_argument('--type', type=pair(str, TYPES), default=['t1', 't1'],
                   metavar='TYPE[,TYPE]',
                   help='how a box meets our clock: t1 follows it (default), deadband, t2')
    p.add_argument('--start-spread', type=float, default=0.0, metavar='MS',
                   help='how far its latency differs from start to start')
    p.add_argument('--step', metavar='MS@SECOND', help="the left box's latency jumps")
    p.add_argument('--calibrated', action='store_true', help='Tandem remembers both boxes, '
                   'truly, from an earlier evening')
    p.add_argument('--from', type=float, dest='from_s', metavar='SECOND',
                   help="the figures of skew begin there; default 5")
    p.add_argument('--in-daemon', action='store_true', help='Tandem inside the PipeWire '
                   'daemon by the drop-in, instead of a process of its own')
    p.add_argument('--seed', type=int, default=1)
    listener.add_options(p)
    p.add_argument('--hear', action='store_true',
                   help='afterwards play both recordings on your own sound card')
    options = p.parse_args(arguments)
    if options.seconds < 10:
        p.error('--seconds: at least 10, for the figures begin after 5')
    return options


def speakers(options):
    out = []
    for i, side in enumerate(SIDES):
        told = ['--type', options.type[i], '--delay', options.delay[i], '--bias',
                options.bias[i], '--reports', options.reports, '--drift', options.drift[i],
                '--start-spread', options.start_spread, '--seed', options.seed + i]
        if options.step and i == 0:
            told += ['--step', options.step]
        out.append(stages.Speaker(side, f'hci{i + 1}', stages.address(i), told))
    return out


class Progress:
    """One line that changes on a terminal, a line every 10 s elsewhere."""

    def __init__(self, seconds):
        self.seconds, self.said = seconds, -10.0
        self.live = sys.stdout.isatty()

    def show(self, at, rows):
        if not self.live and at - self.said < 10:
            return
        self.said = at
        parts = [f'{n} {rows.get(f"speaker.{n}.state", "?")} '
                 f'{rows.get(f"speaker.{n}.stream.packets", 0)} packets' for n in SIDES]
        text = f'  {at:5.1f} of {self.seconds:g} s   ' + '   '.join(parts)
        if self.live:
            print(f'\r{text:<78}', end='', flush=True)
        else:
            print(text, flush=True)

    def over(self):
        if self.live:
            print()


class Void(Exception):
    """The host stood still; stalls as the watchdog tells them."""

    def __init__(self, stalls):
        super().__init__()
        self.stalls = stalls


def play(options, source_path, out, build, last):
    """One run. Returns what the analysis needs; raises Trouble, and Void unless last."""
    boxes = speakers(options)
    watchdog = Watchdog()
    with stages.Stage(build, os.path.join(out, 'logs')) as stage:
        try:
            run = perform(options, stage, boxes, (watchdog, last), source_path, out)
        finally:
            watchdog.stop()
    if run['stalls'] and not last:
        raise Void(run['stalls'])
    return run


def perform(options, stage, boxes, guard, source_path, out):
    watchdog, last = guard
    say('starting PipeWire, WirePlumber, a simulated Bluetooth and two speakers')
    stage.start_buses()
    if options.in_daemon:
        stage.start_daemons_with_tandem(boxes, options.layout)
    else:
        stage.start_daemons()
    stage.start_bluetooth(len(boxes) + 1)
    if options.calibrated:
        stage.remember_clocks([clock(options, i) for i in range(len(boxes))])
    t0_ns = time.monotonic_ns()
    for box in boxes:
        stage.start_speaker(box, out, t0_ns)
    if options.in_daemon:
        stage.wait_tandem(stage.daemon)
    else:
        stage.start_tandem(boxes, options.layout)
    seat = listener.Seat(options, stage)
    if options.calibrate:
        say('listening with a microphone')
    seat.begin(boxes, t0_ns)
    player = stage.start_player('player', source_path)
    stage.wait_streaming(SIDES)
    say(f'playing {options.seconds:g} s')
    watchdog.start()
    player.say('go')
    began_s = int(player.wait_line('playing', 5.0).split()[1]) / 1e9
    seat.track()
    drifts = watch(stage, seat, options.seconds, began_s, None if last else watchdog)
    player.wait_line('done', 5.0)
    rows = stage.renew()
    node = stage.graph.node('tandem')
    # the only wait on a clock: sound takes its time to the air
    late_s = float(rows.get('tandem.latency-ms') or 500) / 1e3
    time.sleep(late_s + max(options.delay) / 1e3 + TAIL_S)
    stalls = watchdog.stop()
    seat.end(rows)
    failed = [box.name for box in boxes if box.process.stop(10.0) != 0]
    player.stop()
    if failed:
        raise Trouble(f'speaker {failed[0]} did not end well; see {stage.logs}')
    return {'t0_ns': t0_ns, 'log': player.csv, 'rows': rows, 'node': node, 'stalls': stalls,
            'boxes': [(box.name, box.wav) for box in boxes], 'drifts': drifts,
            'step_s': step_s(boxes[0].csv), 'seat': seat.result}


def step_s(path):
    """When the box's latency jumped, s after t0; None: it did not."""
    with open(path) as file:
        for line in file:
            time_s, row = line.split(',')[:2]
            if row == 'step':
                return float(time_s)
    return None


def clock(options, index):
    """What Tandem would have learnt of that box, as its file says it."""
    free = options.type[index] != 't1'
    return {'address': stages.address(index), 'class': 'free' if free else 'locked',
            'drift-ppm': options.drift[index] if free else 0.0, 'drift-sigma-ppm': 1.0,
            'latency-ms': options.delay[index] + CODING_MS,
            'bias-ms': options.bias[index], 'bias-sigma-ms': 0.2,
            'spread-ms': max(1.0, options.start_spread), 'calibrations': 3,
            'reports-move': 'true' if options.reports == 'dynamic' else 'false'}


def watch(stage, seat, seconds, began_s, watchdog):
    """Shows progress until all is played, or raises Void at the first stall. Returns what
    Tandem said of each box's drift in the last minute."""
    progress = Progress(seconds)
    drifts = {side: [] for side in SIDES}
    while True:
        at = time.monotonic() - began_s
        rows = stage.renew()
        progress.show(min(max(at, 0), seconds), rows)
        seat.see(at, rows)
        if at >= seconds - 60:
            for side in SIDES:
                drifts[side].append(report.number(rows,
                                                  f'speaker.{side}.measured-drift-ppm'))
        if at >= seconds:
            break
        if watchdog and watchdog.stalls:
            progress.over()
            raise Void(watchdog.stalls)
        time.sleep(min(1.0, seconds - at))
    progress.over()
    return drifts


def say(text):
    print(f'demo: {text}', flush=True)


def describe(options, run, analysis):
    """report.json."""
    props = run['node']['info']['props']
    rows = run['rows']
    result = analysis.figures()
    result['stalls'] = len(run['stalls'])
    result['sink'] = {'name': props.get('node.name'),
                      'description': props.get('node.description'), 'id': run['node']['id']}
    result['speakers'] = [
        report.speaker(rows, label, options.drift[i], options.type[i],
                       run['drifts'][label], analysis.dropouts[i])
        for i, label in enumerate(SIDES)]
    if listener.wanted(options):
        result['seat'] = {**run['seat'],
                          'skew_ms': listener.skew_figures(run['seat']['room'], analysis)}
    return result


def source(options, out):
    """What is played: source.wav for people, raw for the player."""
    if options.play:
        sound = material.file(options.play, options.seconds)
    else:
        sound = material.programme(options.seconds)
    wav.write(os.path.join(out, 'source.wav'), sound, measure.RATE)
    path = os.path.join(out, 'logs', 'source.f32')
    sound.astype('<f4').tofile(path)
    return sound.astype(np.float64), path


def hear(out):
    """Both recordings on the user's own desktop, as the two boxes would sound."""
    both = [wav.read(os.path.join(out, f'{side}.wav'))[0][:, 0] for side in SIDES]
    path = os.path.join(out, 'logs', 'both.wav')
    wav.write(path, np.stack(both, axis=1), measure.RATE)
    for command in (['pw-play', path], ['paplay', path], ['aplay', '-q', path]):
        try:
            if subprocess.run(command, check=False).returncode == 0:
                return
        except FileNotFoundError:
            pass
    say('--hear: no sound card here plays it')


def attempts(options, path, out, build):
    """Plays until the host holds still, three times at most; the last run counts."""
    for attempt in range(ATTEMPTS):
        last = attempt == ATTEMPTS - 1
        try:
            run = play(options, path, out, build, last)
        except Void as void:
            say(f'{standstill(void.stalls)}: this run is void, playing again')
            continue
        if run['stalls']:
            say(f'{standstill(run["stalls"])}: this run is void, too')
        return run
    return None


def standstill(stalls):
    worst_ms = max(length for _, length in stalls) / 1e6
    return f'the host stood still for {worst_ms:.0f} ms'


def main():
    options = parse(sys.argv[1:])
    build = os.environ['TANDEM_BUILD']
    out = os.path.abspath(options.out or tempfile.mkdtemp(prefix='tandem-demo-'))
    os.makedirs(os.path.join(out, 'logs'), exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sound, path = source(options, out)
        run = attempts(options, path, out, build)
        say('listening to the recordings')
        analysis = report.Analysis(sound, options.layout, run['boxes'], run['log'],
                                   run['t0_ns'], from_s=options.from_s,
                                   step_s=run['step_s'],
                                   turned=[run['rows'].get(f'speaker.{side}.invert') is True
                                           for side in SIDES])
    except (Trouble, ValueError) as error:
        print(f'demo: {error}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print('\ndemo: stopped', file=sys.stderr)
        return 130
    result = describe(options, run, analysis)
    analysis.write_plot(os.path.join(out, 'skew.svg'))
    analysis.write_steps(os.path.join(out, 'logs', 'steps.csv'))
    report.write_json(os.path.join(out, 'report.json'), result)
    report.table(result, analysis, out)
    if options.json:
        report.write_json(options.json, result)
    if options.hear:
        hear(out)
    os.unlink(path)
    if not analysis.played():
        say('a speaker did not play')
    return 0 if analysis.played() and not run['stalls'] else 1


if __name__ == '__main__':
    sys.exit(main())
