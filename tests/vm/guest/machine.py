# SPDX-License-Identifier: MIT
"""A real desktop with real Bluetooth, in the machine of one Debian release.

    hci0        the computer's adapter; hci1, hci2 the speakers', hci3 a stranger's
    root        dbus-daemon, btvirt, hci-relay, bluetoothd, what plays the speakers
    user        PipeWire, WirePlumber, pipewire-pulse, Tandem, the player

WirePlumber and Tandem belong to the computer: D-Bus keeps them off the other adapters, as
their own radios would. Time is the machine's own: it stands still for nobody.
"""
import glob
import os
import shutil
import signal
import subprocess
import time

import bluez as b
from graph import Graph
from process import Process, Trouble

OUT = '/out'
USER = 1000
RUN = f'/run/user/{USER}'
SPEAKERS = (1, 2)
WORLDS = {'air': ('-f', '95'), 'box': ('-i', '0')}
SIDES = {1: 'left', 2: 'right'}

POLICY = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <policy user="user">
{rules}
  </policy>
</busconfig>
'''
# The boxes are on the same computer, and WirePlumber's HFP profiles, both sides of them, are
# offered by all adapters. Asked again, a box would say that it can be a telephone as well:
# what it said when it was paired stands in its bond.
MAIN_CONF = '[General]\nRefreshDiscovery = false\n[Policy]\nAutoEnable = true\n'
WIREPLUMBER_DEBUG = '2,s-monitors-bluez:5,wp-device:5,wp-spa-device:5'  # of 0.5
LUA_BLUEZ = 'bluez_monitor.properties["with-logind"] = false\n'
PROFILE = '''wireplumber.profiles = {
  main = {
    monitor.bluez.seat-monitoring = disabled
  }
}
'''


def first_of(*paths):
    for path in paths:
        for found in sorted(glob.glob(path)):
            return found
    raise Trouble(f'none of {", ".join(paths)} is there')


class Machine:
    """checks: [(ok, text)]; facts: whatever the scenario wants to be known outside."""

    def __init__(self, task):
        self.task = task
        self.options = task['options']
        self.checks, self.facts = [], {}
        self.crowd = 0  # bytes/s that the air carries after SIGHUP to the relay
        self.processes = []
        self.graph = None
        self.bluez = None
        self.t0_ns = self.facts['t0_ns'] = time.monotonic_ns()
        self.logs = f'{OUT}/logs'
        os.makedirs(self.logs, exist_ok=True)
        os.chmod(OUT, 0o777)
        os.chmod(self.logs, 0o777)
        self.root_env = {'PATH': os.environ['PATH'], 'HOME': '/root', 'LC_ALL': 'C.UTF-8'}
        self.user_env = {
            'PATH': os.environ['PATH'], 'HOME': '/home/user', 'USER': 'user',
            'LC_ALL': 'C.UTF-8', 'XDG_RUNTIME_DIR': RUN,
            'DBUS_SESSION_BUS_ADDRESS': f'unix:path={RUN}/bus',
            'PULSE_SERVER': f'unix:{RUN}/pulse/native'}

    def check(self, ok, text):
        self.checks.append((bool(ok), text))
        print('ok  ' if ok else 'FAIL', text, flush=True)
        return bool(ok)

    def say(self, text):
        print(f'{time.monotonic():9.3f} {text}', flush=True)

    trouble = Trouble

    @staticmethod
    def now():
        return time.monotonic()

    # processes ---------------------------------------------------------------------------

    def spawn(self, name, command, user=False, stdin=False, extra=None, world=None):
        """world: not of this computer, but `air`, that never waits for its processor, or
        `box`, that never takes it from the computer."""
        env = {**(self.user_env if user else self.root_env), **(extra or {})}
        if world:
            command = ['chrt', *WORLDS[world], *command]
        if user:  # with the limits that rtkit or pam would give a desktop
            command = ['prlimit', '--rtprio=88', '--nice=31', '--memlock=unlimited', '--',
                       'setpriv', '--reuid=user', '--regid=user', '--init-groups', '--',
                       *command]
        process = Process(name, command, env, self.logs, stdin)
        self.processes.append(process)
        self.say(f'started {name}, pid {process.pid}')
        return process

    def end(self, process, number=signal.SIGTERM):
        """Its own end, or kill -9."""
        process.kill(number or signal.SIGTERM)
        process.child.wait(10)
        self.processes.remove(process)
        self.say(f'ended {process.name} by {number}')

    def user_run(self, *command, timeout_s=15.0, ok=True):
        """Output of a client command of the user's."""
        done = subprocess.run(['setpriv', '--reuid=user', '--regid=user', '--init-groups',
                               '--', *command], env=self.user_env, capture_output=True,
                              text=True, timeout=timeout_s, check=False,
                              stdin=subprocess.DEVNULL)
        if done.returncode and ok:
            raise Trouble(f'{" ".join(command)}: {(done.stderr or done.stdout).strip()}')
        return done.stdout if ok else done.stdout + done.stderr

    def wait(self, find, what, timeout_s=15.0, every_s=0.02):
        """find() as soon as it is true; the machine's clock makes waiting cheap."""
        end = time.monotonic() + timeout_s
        while True:
            found = find()
            if found:
                return found
            if time.monotonic() > end:
                raise Trouble(f'{what}: not seen within {timeout_s:g} s')
            time.sleep(every_s)

    def computed_ns(self, processes):
        """Processor time that these have had so far, all threads: instructions, here."""
        total = 0
        for process in processes:
            for path in glob.glob(f'/proc/{process.pid}/task/*/schedstat'):
                with open(path) as file:
                    total += int(file.read().split()[0])
        return total

    def close(self):
        for process in self.processes:
            self.say(f'{process.name} computed {self.computed_ns([process]) / 1e6:.0f} ms')
        for process in reversed(self.processes):
            if not process.alive():
                self.say(f'{process.name} had ended by itself: {process.child.returncode}')
            process.stop()
        if self.graph:
            self.graph.stop()
        for path in glob.glob('/tmp/*.core'):
            self.show_core(path)

    def show_core(self, path):
        """Where a daemon died, for who wants to know."""
        done = subprocess.run(['gdb', '-batch', '-ex', 'info proc exe', '-ex', 'bt', '-ex',
                               'x/4i $pc', '-c', path], capture_output=True, text=True,
                              check=False, stdin=subprocess.DEVNULL)
        exe = next((line.split("'")[1] for line in done.stdout.splitlines()
                    if line.startswith('exe')), None)
        if exe:
            done = subprocess.run(['gdb', '-batch', '-ex', 'bt', exe, '-c', path],
                                  capture_output=True, text=True, check=False,
                                  stdin=subprocess.DEVNULL)
        with open(f'{self.logs}/{os.path.basename(path)}.log', 'w') as file:
            file.write(done.stdout + done.stderr)

    def loans(self):
        """Streams of the session manager's that Tandem holds: each has a connection of its
        own to the system bus, beside Tandem's main one."""
        pids = [self.bluez.pid_of(name) for name in self.bluez.bus_call('ListNames')
                if name.startswith(':')]
        return pids.count(self.tandem.pid) - 1

    # Bluetooth ---------------------------------------------------------------------------

    def start_bus(self):
        os.makedirs('/run/dbus', exist_ok=True)
        self.spawn('dbus', ['dbus-daemon', '--system', '--nofork', '--nopidfile',
                            '--print-address']).wait_line('unix:', 10)

    def start_bluetooth(self, adapters=4, names=None):
        """btvirt, the relay, bluetoothd; all bonds are there, nothing is connected."""
        rules = ''.join(f'    <deny send_destination="org.bluez" send_path='
                        f'"/org/bluez/hci{i}"/>\n' for i in range(1, adapters))
        with open('/etc/dbus-1/system.d/zz-adapters.conf', 'w') as file:
            file.write(POLICY.format(rules=rules))
        self.write('/etc/bluetooth/main.conf', MAIN_CONF)
        self.start_bus()
        named = {1: ('Left box', b.LOUDSPEAKER), 2: ('Right box', b.LOUDSPEAKER),
                 3: ('Headphones', b.HEADPHONES), **(names or {})}
        b.write_adapter(0, 'Computer')
        for index in range(1, adapters):
            b.write_adapter(index, named[index][0])
        b.write_pairing({i: named[i] for i in range(1, adapters)},
                        (b.HFP_HF,) if self.options.get('hfp') else ())
        self.spawn('btvirt', ['btvirt', '-s'], world='air')
        self.wait(lambda: os.path.exists('/tmp/bt-server-bredrle'), 'btvirt')
        self.spawn('btmon', ['btmon', '-w', f'{OUT}/hci.btsnoop'])
        self.relay = self.spawn('relay', ['/tandem/bin/hci-relay', '--air', '2000',
                                          '--crowd', str(self.crowd), str(adapters)],
                                world='air')
        self.relay.wait_line('ready', 15)
        self.adapters = adapters
        self.start_bluetoothd()

    def start_bluetoothd(self):
        self.bluetoothd = self.spawn('bluetoothd', [
            first_of('/usr/libexec/bluetooth/bluetoothd', '/usr/lib/bluetooth/bluetoothd'),
            '--nodetach', *(['--debug'] if self.options.get('debug') else [])])
        self.see_bluetoothd()

    def see_bluetoothd(self):
        self.bluez = b.Bluez()
        self.wait(lambda: len(self.bluez.adapters()) == self.adapters, 'all adapters', 20)
        for path in self.bluez.adapters():
            self.wait(lambda p=path: self.bluez.get(p, 'Adapter1', 'Powered'),
                      f'{path} powered')
        self.say('bluetoothd is there')

    def device(self, index):
        return b.device_path(0, index)

    def link_is_up(self, index):
        return bool(self.bluez.get(self.device(index), 'Device1', 'Connected'))

    def switch_on(self, *indices, on=True):
        """Speakers: one that is off does not answer, and its links break."""
        for index in indices:
            path = f'/org/bluez/hci{index}'
            self.bluez.set(path, 'Adapter1', 'Powered', b.GLib.Variant('b', on))
            self.wait(lambda p=path: self.bluez.get(p, 'Adapter1', 'Powered') == on,
                      f'{path} switched')

    def unlink(self, *indices):
        """Disconnects them; again when somebody connects them meanwhile."""
        def are_down():
            up = [i for i in indices if self.link_is_up(i)]
            self.bluez.disconnect_all([self.device(i) for i in up])
            return not up

        self.wait(are_down, 'the end of the links', 40, 1.0)

    # speakers ----------------------------------------------------------------------------

    @staticmethod
    def bluealsa_program():
        return 'bluealsad' if shutil.which('bluealsad') else 'bluealsa'

    def start_bluealsa(self, *indices):
        """Speakers that nobody here wrote."""
        program = self.bluealsa_program()
        which = [word for i in indices for word in ('-i', f'hci{i}')]
        self.bluealsa = self.spawn('bluealsa', [
            program, '-p', 'a2dp-sink', '-B', 'speakers', *which], world='box')
        for index in indices:
            path = f'/org/bluez/hci{index}'
            self.wait(lambda p=path: b.A2DP_SINK in
                      (self.bluez.get(p, 'Adapter1', 'UUIDs') or ()), f'a speaker on {path}')

    def start_box(self, index, *told, record=True):
        """A software speaker with a clock of its own; t0 is the machine's zero. Its
        recording takes most of what the machine computes: record=False where nobody asks
        what was played."""
        name = SIDES.get(index, f'box{index}')
        wav = ['--lean', '--wav', f'{OUT}/{name}.wav'] if record else []
        box = self.spawn(f'box-{name}', [
            '/tandem/bin/tandem-speaker', '--adapter', f'hci{index}', '--name', name, *wav,
            '--csv', f'{OUT}/{name}.csv', '--t0-ns', str(self.t0_ns), *map(str, told)],
            world='box')
        box.wait_line('ready', 15)
        return box

    # the desktop -------------------------------------------------------------------------

    def start_session(self, pipewire=True):
        os.makedirs(RUN, exist_ok=True)
        os.chown(RUN, USER, USER)
        os.chmod(RUN, 0o700)
        bus = self.spawn('session-bus', [
            'dbus-daemon', '--session', '--nofork', '--nopidfile', '--print-address',
            f'--address=unix:path={RUN}/bus'], user=True)
        bus.wait_line('unix:', 10)
        self.write_wireplumber()
        if pipewire:
            self.start_pipewire()

    def write_wireplumber(self):
        if os.path.isdir('/usr/share/wireplumber/bluetooth.lua.d'):
            self.write('/etc/wireplumber/bluetooth.lua.d/80-vm.lua', LUA_BLUEZ)
        else:
            self.write('/etc/wireplumber/wireplumber.conf.d/80-vm.conf', PROFILE)

    @staticmethod
    def write(path, text):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as file:
            file.write(text)

    def start_pipewire(self):
        self.pipewire = self.spawn('pipewire', ['pipewire'], user=True)
        self.see_graph()

    def see_graph(self):
        self.wait(lambda: os.path.exists(f'{RUN}/pipewire-0'), 'the PipeWire socket', 60)
        if not self.graph:
            self.graph = Graph(self.user_env, open(f'{self.logs}/graph.log', 'wb'))

    def restart_graph(self):
        """A new PipeWire, and a new view of it."""
        self.forget_graph()
        self.start_pipewire()

    def forget_graph(self):
        if self.graph:
            self.graph.stop()
        self.graph = None
        if os.path.exists(f'{RUN}/pipewire-0'):
            os.unlink(f'{RUN}/pipewire-0')

    def start_wireplumber(self):
        self.wireplumber = self.spawn('wireplumber', ['wireplumber'], user=True, extra={
            'WIREPLUMBER_DEBUG': WIREPLUMBER_DEBUG} if self.options.get('debug') else None)
        self.pulse = self.spawn('pulse', ['pipewire-pulse'], user=True)

    def wait_endpoints(self):
        """Until the computer's adapter can be an audio source."""
        self.wait(lambda: b.A2DP_SOURCE in
                  (self.bluez.get('/org/bluez/hci0', 'Adapter1', 'UUIDs') or ()),
                  'audio endpoints')

    def write_tandem(self, members=SPEAKERS, trims_ms=None, each='', **settings):
        """each: more settings of every speaker, as the file has them, or {index: of this
        one}."""
        rows = {'description': '"Tandem"', **settings}
        args = '\n'.join(f'    {key} = {value}' for key, value in rows.items())
        trims_ms = trims_ms or {}
        own = each if isinstance(each, dict) else dict.fromkeys(members, each)
        boxes = '\n'.join(f'        {{ address = "{b.address(i)}" delay-ms = '
                          f'{trims_ms.get(i, 0)} {own.get(i, "")} }}' for i in members)
        self.write('/etc/pipewire/tandem.conf.d/50-vm.conf',
                   f'module.tandem.args = {{\n{args}\n    speakers = [\n{boxes}\n    ]\n}}\n'
                   'context.properties = { log.level = "2,mod.tandem:4" }\n')

    def start_tandem(self):
        """Its process; its endpoints are registered when this returns."""
        self.tandem = self.spawn('tandem', ['pipewire', '-c', 'tandem.conf'], user=True,
                                 extra={'PIPEWIRE_DEBUG': '2,mod.tandem:4'})
        self.wait_endpoints()
        return self.tandem

    def end_tandem(self):
        """As its unit stops it: ExecStopPost follows."""
        self.end(self.tandem)
        self.restore()

    def restore(self):
        """ExecStopPost of Tandem's unit."""
        self.say(self.user_run('tandemctl', 'restore', timeout_s=30, ok=False).strip())

    def rows(self):
        return self.graph.status('tandem')

    def wait_state(self, wanted='streaming', sides=('left', 'right'), timeout_s=30.0):
        self.graph.wait(lambda g: all(
            g.status('tandem').get(f'speaker.{side}.state') == wanted for side in sides),
            f'{" and ".join(sides)} {wanted}', timeout_s)

    def sink_of(self, index):
        """The session manager's own sink of that device, or None."""
        for node in self.graph.nodes():
            props = node['info'].get('props', {})
            if props.get('api.bluez5.address') == b.address(index) \
                    and props.get('media.class') == 'Audio/Sink':
                return node
        return None

    def profiles_of(self, index):
        """What the session manager could do with that device: {} or {name: available}."""
        for device in self.graph.kind('Device'):
            if device['info'].get('props', {}).get('api.bluez5.address') == b.address(index):
                rows = device['info'].get('params', {}).get('EnumProfile', [])
                return {row['name']: row.get('available') for row in rows}
        return {}

    def start_player(self, target='tandem', name='player'):
        where = ['--target', target] if target else []
        player = self.spawn(name, ['/tandem/bin/tandem-player', *where, '--log',
                                   f'{OUT}/{name}.player.csv', '--latency', '1024/48000',
                                   '/tandem/music.f32'], user=True, stdin=True)
        player.wait_line('ready', 20)
        return player
