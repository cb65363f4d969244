# SPDX-License-Identifier: MIT
"""What the daemon tests share: a scene with two boxes, and checks that say their figures."""
import contextlib
import json
import os
import sys
import tempfile
import time

import numpy as np

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
sys.path.insert(0, os.path.join(TOP, 'tools/lib'))
import config  # noqa: E402
import material  # noqa: E402
import measure  # noqa: E402
import stage as stages  # noqa: E402
import wav  # noqa: E402
from process import Trouble  # noqa: E402
from watchdog import Watchdog  # noqa: E402

DELAYS_MS = (120, 180)
LABELS = ('left', 'right')
failures = []


def check(ok, text):
    print(('ok   ' if ok else 'FAIL ') + text, flush=True)
    if not ok:
        failures.append(text)
    return ok


def finish():
    sys.exit(1 if failures else 0)


def build():
    return os.environ.get('TANDEM_BUILD') or sys.exit('TANDEM_BUILD: the build directory')


def sound(path, seconds):
    """Music without pauses, as raw float32 for the player; returns the samples."""
    music = material.load(material.MUSIC, 2)[20 * measure.RATE:]
    music *= 0.5 / np.max(np.abs(music))
    music = material.exactly(music, int(seconds * measure.RATE))
    music.astype('<f4').tofile(path)
    return music.astype(np.float64)


def add_sink(stage, name, **properties):
    """Another sink, whose clock is preferred to Tandem's. It is there, with its ports, when
    this returns."""
    # WirePlumber 0.5 takes priority.driver for priority.session where that is missing
    told = {'factory.name': 'support.null-audio-sink', 'node.name': name,
            'node.description': name.capitalize(), 'media.class': 'Audio/Sink',
            'object.linger': 'true', 'audio.position': '[ FL FR ]',
            'priority.driver': 30000, **properties}
    text = ' '.join(f'{key} = {value}' for key, value in told.items())
    stage.run('pw-cli', 'create-node', 'adapter', '{ ' + text + ' }')
    stage.graph.wait(lambda g: g.node(name) and g.ports(g.node(name)['id']),
                     f'the sink {name}')


def start_probe(stage):
    """Tandem's sink alone, without Bluetooth; does what is said to it (sink-probe.c)."""
    config.write_probe(stage.config_dir)
    probe = stage.spawn('probe', [os.path.join(build(), 'tests/daemon/sink-probe')],
                        stage.built(), stdin=True)
    stage.wait_tandem(probe)
    return probe


def make_default(stage, name):
    stage.watch.forget_lines()
    stage.run('wpctl', 'set-default', str(stage.graph.node(name)['id']))
    stage.watch.wait_line("update: id:0 key:'default.audio.sink' "
                          f"value:'{{\"name\":\"{name}\"}}'", 5.0)
    return stage.run('pactl', 'get-default-sink').strip()


def packets(stage, name):
    """So many have gone to the left box of that sink, by now."""
    return int(stage.renew(name).get('speaker.left.stream.packets') or 0)


def wait_packets(stage, count, name='tandem'):
    """Until `count` more have gone there."""
    goal = packets(stage, name) + count
    end_s = time.monotonic() + 15.0 + count / 50
    while packets(stage, name) < goal:
        if time.monotonic() > end_s:
            raise Trouble(f'{name}: {count} more packets: not seen')
        time.sleep(0.2)  # nobody tells when one has gone: it is asked for


def gain(track, a, b):
    """How loud the box played source time a..b s."""
    frames = np.arange(int(a * measure.RATE), int(b * measure.RATE))
    late = float(np.nanmedian(track.lateness))
    start = int(round((track.play_s(frames[0]) + late) * measure.RATE))
    got = measure.cut(track.recording, start, len(frames))
    want = track.want[frames]
    return np.sqrt(np.mean(got ** 2) / np.mean(want ** 2))


class Scene:
    """A stage with two boxes of DELAYS_MS and Tandem; `other` is a sink beside it."""

    def __init__(self, stage, out, box_type):
        self.stage, self.out, self.box_type = stage, out, box_type
        self.told, self.settings, self.bluez = {}, {}, ()  # by label; of the whole
        self.raw = os.path.join(out, 'music.f32')
        self.t0_ns = time.monotonic_ns()
        self.boxes = []

    def start(self):
        stage = self.stage
        stage.start_buses()
        stage.start_daemons()
        add_sink(stage, 'other', **{'priority.session': 100})
        stage.start_bluetooth(3, *self.bluez)
        for i, label in enumerate(LABELS):
            told = ('--type', self.box_type, '--delay', DELAYS_MS[i], '--reports', 'static',
                    *self.told.get(label, ()))
            box = stages.Speaker(label, f'hci{i + 1}', stages.address(i), told,
                                 self.settings.get(label))
            stage.start_speaker(box, self.out, self.t0_ns)
            self.boxes.append(box)
        self.tandem = stage.start_tandem(self.boxes)

    def play(self, name='player', target='tandem'):
        """Starts a player and waits until the boxes have sound; it waits for `go`."""
        player = self.stage.start_player(name, self.raw, target)
        if target == 'tandem':
            self.stage.wait_streaming(LABELS)
        return player

    def rows(self):
        return self.stage.graph.status('tandem')

    def set(self, values):
        """Live settings by pw-cli, as a person would type them: {key: value}."""
        words = ' '.join(f'"{key}" {json.dumps(value)}' for key, value in values.items())
        self.stage.run('pw-cli', 'set-param', str(self.node_id()), 'Props',
                       f'{{ params = [ {words} ] }}')

    def wait_rows(self, find, what, timeout_s=15.0):
        self.stage.graph.wait(lambda g: find(g.status('tandem')), what, timeout_s)

    def wait_packets(self, count):
        """Until `count` more packets have gone to the left box: 76 are a second."""
        wait_packets(self.stage, count)

    def port_latency_ms(self):
        """The node's Latency param, as WirePlumber and the players see it on each of its
        ports."""
        quantum = int(self.rows()['tandem.quantum'])
        found = []
        for port in self.stage.graph.ports(self.node_id()):
            for value in port['info']['params'].get('Latency', []):
                if value.get('direction', '').lower() == 'input':
                    frames = value['minQuantum'] * quantum + value['minRate']
                    found.append(frames / measure.RATE * 1e3 + value['minNs'] / 1e6)
        return found

    def stop_boxes(self):
        """Their recordings are whole after this."""
        for box in self.boxes:
            check(box.process.stop(10.0) == 0, f'the {box.name} box ends well')

    def recording(self, index):
        return wav.read(self.boxes[index].wav)[0][:, 0].astype(np.float64)

    def node_id(self):
        return self.stage.graph.node('tandem')['id']


@contextlib.contextmanager
def scene(box_type='t1'):
    """A Scene, started."""
    with bare_scene(box_type) as set_up:
        set_up.start()
        yield set_up


@contextlib.contextmanager
def bare_scene(box_type='t1', state=None):
    """A Scene without anything in it; shows the logs when something fails. state: as
    Stage's."""
    with tempfile.TemporaryDirectory(prefix='tandem-test-') as out:
        try:
            with stages.Stage(build(), os.path.join(out, 'logs'), state) as stage:
                yield Scene(stage, out, box_type)
        except Trouble as trouble:
            check(False, str(trouble))
        if failures:
            show_logs(os.path.join(out, 'logs'))


def show_logs(directory):
    for name in sorted(os.listdir(directory)):
        if name.endswith('.log') and os.path.getsize(os.path.join(directory, name)):
            print(f'--- {name}, last lines')
            with open(os.path.join(directory, name), errors='replace') as file:
                print(''.join(file.readlines()[-8:]), end='')


def undisturbed(attempt):
    """Calls attempt() until the host held still meanwhile, three times at most. What is
    checked in a stalled attempt does not count, except in the last one."""
    for left in (2, 1, 0):
        watchdog = Watchdog()
        before = list(failures)
        watchdog.start()
        try:
            attempt()
        finally:
            stalls = watchdog.stop()
        if not stalls or failures == before:
            return
        worst_ms = max(length for _, length in stalls) / 1e6
        if left == 0:
            print(f'the host stood still for {worst_ms:.0f} ms, and was not asked again')
            return
        print(f'void: the host stood still for {worst_ms:.0f} ms; again')
        failures[:] = before
