# SPDX-License-Identifier: MIT
"""A machine that systemd runs: bluetoothd and the user's session are units, as Debian and
Tandem install them. What is no part of a computer, the air and the speakers, is started here
as ever.
"""
import os
import signal
import subprocess

from machine import OUT, USER, Machine

# BlueALSA's own services would be a second user of the computer's adapter.
FOREIGN = ('bluealsa.service', 'bluealsa-aplay.service')
SPARSE_S = 0.1  # where a look takes a process


class Unit:
    """A daemon as systemd has it, the system's or the user's."""

    def __init__(self, machine, name, user=True):
        self.machine, self.name, self.user = machine, name + '.service', user

    def control(self, *words):
        command = ('systemctl', *(['--user'] if self.user else []), *words, self.name)
        if self.user:
            return self.machine.user_run(*command, timeout_s=60)
        return subprocess.run(command, capture_output=True, text=True, check=True,
                              stdin=subprocess.DEVNULL).stdout

    def get(self, name):
        return self.control('show', '--value', f'--property={name}').strip()

    @property
    def pid(self):
        return int(self.get('MainPID'))

    def runs(self):
        return self.get('ActiveState') == 'active'

    def wait(self):
        self.machine.wait(self.runs, f'{self.name} active', 60, SPARSE_S)
        self.machine.say(f'{self.name} runs, pid {self.pid}')


class Seat(Machine):
    """start_...() waits for what systemd starts by itself, at first or again."""

    def start_bus(self):
        """It runs, and has not read the rules about the adapters yet."""
        subprocess.run(['systemctl', 'mask', *FOREIGN], check=True)
        subprocess.run(['systemctl', 'reload', 'dbus.service'], check=True)

    def start_bluetoothd(self):
        self.bluetoothd = Unit(self, 'bluetooth', user=False)
        self.bluetoothd.control('start')  # Debian 12 does not start it again after a crash
        self.bluetoothd.wait()
        self.see_bluetoothd()

    def start_session(self, pipewire=True):
        self.pipewire, self.tandem, self.wireplumber, self.pulse = (
            Unit(self, name) for name in
            ('pipewire', 'pipewire-tandem', 'wireplumber', 'pipewire-pulse'))
        self.write_wireplumber()
        subprocess.run(['systemctl', '--global', 'enable', self.tandem.name], check=True)
        subprocess.run(['systemctl', 'start', f'user@{USER}.service'], check=True)
        self.start_pipewire()

    def start_pipewire(self):
        self.pipewire.wait()
        self.see_graph()

    def forget_graph(self):
        """The socket is systemd's."""
        self.graph.stop()
        self.graph = None

    def start_wireplumber(self):
        self.wireplumber.wait()

    def start_tandem(self):
        self.tandem.wait()
        self.wait_endpoints()

    def end(self, process, number=signal.SIGTERM):
        """kill -9; what else ends with a unit is systemd's business."""
        if not isinstance(process, Unit):
            super().end(process, number)
        elif number == signal.SIGKILL:
            pid = process.pid
            os.kill(pid, number)
            self.wait(lambda: not os.path.exists(f'/proc/{pid}'), f'the end of {pid}', 10)
            self.say(f'{process.name}: killed {pid}')

    def restore(self):
        """ExecStopPost."""

    def end_tandem(self):
        self.tandem.control('stop')

    def names(self):
        """Connections to the system bus that the user's programs have."""
        return self.bluez.names_of(USER)

    def close(self):
        with open(f'{OUT}/logs/journal.log', 'w') as file:
            subprocess.run(['journalctl', '-b', '-o', 'short-monotonic', '--no-hostname',
                            '-q'], stdout=file, check=False)
        super().close()
