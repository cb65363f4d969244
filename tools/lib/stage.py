# SPDX-License-Identifier: MIT
"""A desktop of its own: PipeWire, WirePlumber, pipewire-pulse, a simulated Bluetooth with
speakers, and Tandem in its own process. Nothing of it touches the user's.

    temporary directory: run/ (XDG_RUNTIME_DIR), home/, config/
      session bus, system bus (private dbus-daemons)
      tandem-bluez-sim ---- owns org.bluez on the system bus
      tandem-speaker ------ one per box, writes left.wav, right.wav
      pipewire, wireplumber (no device monitors), pipewire-pulse
      pipewire -c tandem.conf

Everything is started by waiting for what says that it is there: a line, a socket, an
object in the graph. On leaving the `with`, everything ends, newest first.
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import config
from graph import Graph
from process import Process, Trouble

START_S = 20.0
HEARD_PACKETS = 80  # a second of them: Tandem begins with half a second of silence
# A client's data loop gets a real-time priority by this.
REAL_TIME = {'PIPEWIRE_CONFIG_NAME': 'client-rt.conf'}


def sibling(build, path):
    """A program of the build tree."""
    full = os.path.join(build, path)
    if not os.path.exists(full):
        raise Trouble(f'{full} is not built')
    return full


class Speaker:
    """What a box is told: `options` are tandem-speaker's own, `settings` Tandem's for it."""

    def __init__(self, name, adapter, address, options=(), settings=None):
        self.name, self.adapter, self.address = name, adapter, address
        self.options = [str(o) for o in options]
        self.settings = settings or {}
        self.process = None
        self.wav = self.csv = None


def address(index):
    """Of the simulated box `index`, from 0; it sits on adapter hci<index + 1>."""
    number = index + 1
    return f'00:AA:01:{number:02X}:00:{number:02X}'


class Stage:
    """with Stage(build, logs) as stage: stage.start_daemons(), ..."""

    def __init__(self, build, logs, state=None):
        """state: folder for what outlives the stage; None: nothing does."""
        self.build, self.logs, self.state = build, os.path.abspath(logs), state
        self.processes = []
        self.daemon = None
        self.graph = None
        self.env = None
        os.makedirs(self.logs, exist_ok=True)

    def __enter__(self):
        self.home = tempfile.mkdtemp(prefix='tandem-')
        self.run_dir = os.path.join(self.home, 'run')
        self.config_dir = os.path.join(self.home, 'config')
        for path in (self.run_dir, os.path.join(self.home, 'home')):
            os.mkdir(path, 0o700)
        self.env = self.environment()
        try:
            config.write(self.config_dir)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        # a second ctrl-C must not leave half of it running
        old = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            if self.graph:
                self.graph.stop()
            for process in reversed(self.processes):
                process.stop()
            shutil.rmtree(self.home, ignore_errors=True)
        finally:
            signal.signal(signal.SIGINT, old)

    def remember_clocks(self, clocks):
        """Writes what an earlier Tandem had learnt: a dict per box."""
        folder = os.path.join(self.env['XDG_STATE_HOME'], 'tandem')
        os.makedirs(folder, mode=0o700)
        with open(os.path.join(folder, 'tandem.clocks'), 'w') as file:
            for c in clocks:
                rest = ' '.join(f'{key}={value}' for key, value in c.items()
                                if key != 'address')
                file.write(f'{c["address"]} sbc {rest}\n')

    def learnt_clocks(self):
        """What Tandem has written of each box: a dict by address."""
        path = os.path.join(self.env['XDG_STATE_HOME'], 'tandem', 'tandem.clocks')
        with open(path, encoding='ascii') as file:
            return {line.split()[0]: dict(word.split('=') for word in line.split()[2:])
                    for line in file}

    def environment(self):
        """Nothing is inherited that could lead to the user's own daemons."""
        keep = ('PATH', 'LANG', 'LC_ALL', 'TERM', 'TMPDIR', 'ASAN_OPTIONS', 'UBSAN_OPTIONS',
                'LSAN_OPTIONS', 'PIPEWIRE_DEBUG', 'WIREPLUMBER_DEBUG')
        env = {k: os.environ[k] for k in keep if k in os.environ}
        home = os.path.join(self.home, 'home')
        env.update({
            'HOME': home, 'USER': 'tandem', 'XDG_RUNTIME_DIR': self.run_dir,
            'XDG_CONFIG_HOME': os.path.join(home, '.config'),
            'XDG_STATE_HOME': self.state or os.path.join(home, '.local/state'),
            'XDG_DATA_HOME': os.path.join(home, '.local/share'),
            'XDG_CACHE_HOME': os.path.join(home, '.cache'),
            'PIPEWIRE_CONFIG_DIR': os.path.join(self.config_dir, 'pipewire'),
            'WIREPLUMBER_CONFIG_DIR': os.path.join(self.config_dir, 'wireplumber'),
            'PULSE_SERVER': f'unix:{self.run_dir}/pulse/native',
            'PULSE_COOKIE': os.path.join(home, 'cookie'),
            'GIO_USE_VFS': 'local', 'GSETTINGS_BACKEND': 'memory',
        })
        return env

    def spawn(self, name, command, extra=None, stdin=False):
        process = Process(name, command, {**self.env, **(extra or {})}, self.logs, stdin)
        self.processes.append(process)
        return process

    def run(self, *command, timeout_s=10.0):
        """Output of a client command; Trouble when it fails."""
        done = subprocess.run(command, env=self.env, capture_output=True, text=True,
                              timeout=timeout_s, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise Trouble(f'{" ".join(command)}: {(done.stderr or done.stdout).strip()}')
        return done.stdout

    def start_buses(self):
        for which in ('session', 'system'):
            bus = self.spawn(f'dbus-{which}', [
                'dbus-daemon', '--nofork', '--print-address',
                f'--config-file={self.config_dir}/{which}-bus.conf'])
            self.env[f'DBUS_{which.upper()}_BUS_ADDRESS'] = bus.wait_line('unix:', START_S)

    def start_daemons(self, extra=None):
        """extra: environment of the PipeWire daemon alone."""
        self.daemon = self.spawn('pipewire', ['pipewire'], extra)
        self.wait_socket('pipewire-0', self.daemon)
        self.graph = Graph(self.env, open(os.path.join(self.logs, 'graph.log'), 'wb'))
        manager = self.spawn('wireplumber', ['wireplumber'])
        # pw-dump does not show metadata without entries, so ask for it by name
        self.watch = self.spawn('metadata',
                                ['stdbuf', '-oL', 'pw-metadata', '-m', '-n', 'default'])
        self.watch.wait_line('Found', START_S)
        pulse = self.spawn('pulse', ['pipewire-pulse'])
        self.wait_socket('pulse/native', pulse)
        return manager

    def wait_socket(self, name, process):
        path = os.path.join(self.run_dir, name)
        end = time.monotonic() + START_S
        while time.monotonic() < end and process.alive():
            with socket.socket(socket.AF_UNIX) as s:
                if s.connect_ex(path) == 0:
                    return
            time.sleep(0.01)  # a socket that is not there yet cannot be polled
        raise Trouble(f'{process.name}: no socket {path}; {process.last_words()}')

    def start_bluetooth(self, adapters, *options):
        bluez = self.spawn('bluez', [sibling(self.build, config.BLUEZ),
                                     '--adapters', adapters, *options])
        bluez.wait_line('ready', START_S)
        return bluez

    def start_speaker(self, speaker, out, t0_ns):
        """Its recording begins at t0_ns and ends when it is stopped."""
        speaker.wav = os.path.join(out, speaker.name + '.wav')
        speaker.csv = os.path.join(out, 'logs', speaker.name + '.csv')
        os.makedirs(os.path.dirname(speaker.csv), exist_ok=True)
        speaker.process = self.spawn(f'speaker-{speaker.name}', [
            sibling(self.build, config.SPEAKER), '--adapter', speaker.adapter, '--name',
            speaker.name, '--wav', speaker.wav, '--csv', speaker.csv, '--t0-ns', t0_ns,
            *speaker.options])
        speaker.process.wait_line('ready', START_S)

    def start_tandem(self, speakers, layout='stereo', **settings):
        """Tandem's process; returns it once its node is in the graph."""
        config.write_tandem(self.config_dir, speakers, layout, settings)
        tandem = self.spawn('tandem', ['pipewire', '-c', 'tandem.conf'], self.built())
        self.wait_tandem(tandem)
        return tandem

    def start_daemons_with_tandem(self, speakers, layout='stereo', **settings):
        """start_daemons() with Tandem inside the PipeWire daemon, by the shipped drop-in;
        the speakers may start later: then wait_tandem()."""
        config.write_drop_in(self.config_dir, speakers, layout, settings)
        return self.start_daemons(self.built())

    def built(self):
        """Environment that finds our module and plugin in the build tree."""
        return {
            'PIPEWIRE_MODULE_DIR':
                f'{self.build}/module:{config.variable("libpipewire-0.3")}',
            'SPA_PLUGIN_DIR': f'{self.build}/spa-root:{config.variable("libspa-0.2")}',
        }

    def wait_tandem(self, process):
        """Until the node of Tandem, which runs in that process, is fit for use."""
        self.graph.wait(lambda g: g.node('tandem') or not process.alive(), 'Tandem', START_S)
        if not process.alive():
            raise Trouble(f'Tandem has ended: {process.last_words()}')
        # the session manager gives a new node its ports, and with them its volume
        self.graph.wait(lambda g: g.ports(g.node('tandem')['id']), "Tandem's ports")

    def start_player(self, name, sound, target='tandem', latency='1024/48000'):
        """Plays silence until told `go`; sound: path of raw float32, two channels; target
        None: on the default sink."""
        log = os.path.join(self.logs, name + '.csv')
        where = ['--target', target] if target else []
        player = self.spawn(name, [sibling(self.build, config.PLAYER), *where, '--log', log,
                                   '--latency', latency, sound], REAL_TIME, stdin=True)
        player.csv = log
        player.wait_line('ready', START_S)
        return player

    def start_room(self, speakers, t0_ns, *options):
        """The simulated room that these boxes stand in: a source named `room`. Its process
        has what is true of it as .truth; stopping it pulls the microphone out."""
        boxes = [word for box in speakers for word in ('--box', box.wav)]
        room = self.spawn('room', [sibling(self.build, config.ROOM), *boxes,
                                   '--t0-ns', t0_ns, *options])
        room.truth = json.loads(room.wait_line('{', START_S))
        self.graph.wait(lambda g: g.node('room') and g.ports(g.node('room')['id'], 'out'),
                        'the microphone')
        return room

    def renew(self, name='tandem'):
        """Asks for the rows of that sink as they are now, and returns them: by itself it
        tells figures every ten seconds only."""
        old = self.graph.status(name)
        self.run('pw-cli', 'set-param', str(self.graph.node(name)['id']), 'Props',
                 '{ params = [ ] }')
        try:
            self.graph.wait(lambda g: g.status(name) != old, 'news', 0.7)
        except Trouble:
            pass  # there is none
        return self.graph.status(name)

    def wait_unlinked(self, source, listener, timeout_s=10.0):
        """Until both are there, and the one does not reach the other."""
        def apart(graph):
            ends = [graph.node(name) for name in (source, listener)]
            return all(ends) and not graph.linked(*(end['id'] for end in ends))

        self.graph.wait(apart, f'that {source} does not reach {listener}', timeout_s)

    def wait_streaming(self, labels, timeout_s=START_S, sink='tandem'):
        """Until every speaker has got packets for a second: silence comes first."""
        def have_got(rows, packets):
            return all(rows.get(f'speaker.{n}.state') == 'streaming'
                       and int(rows.get(f'speaker.{n}.stream.packets') or 0) >= packets
                       for n in labels)

        end_s = time.monotonic() + timeout_s
        self.graph.wait(lambda g: have_got(g.status(sink), 1),
                        f'{" and ".join(labels)} streaming', timeout_s)
        while not have_got(self.renew(sink), HEARD_PACKETS):
            if time.monotonic() > end_s:
                raise Trouble(f'{sink}: {" and ".join(labels)}: too few packets')

