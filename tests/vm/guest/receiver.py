# SPDX-License-Identifier: MIT
"""A speaker that is PipeWire in its A2DP sink role, with a session manager of its own.

One of each speaker, as a user that D-Bus keeps off all other adapters; what it plays goes
to a null sink, and is recorded there. It ends on a clock of its own making, and nothing
tells when a recorded sample left: the recording says what was played, not when.
"""
import os
import shutil

import bluez as b

USERS = {1: 'daemon', 2: 'games'}  # any that Debian has, and that nothing else runs as
POLICY = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <policy user="{user}">
{rules}
  </policy>
</busconfig>
'''
RULE = '    <deny send_destination="org.bluez" send_path="/org/bluez/hci{index}"/>\n'
LUA = '''bluez_monitor.properties["with-logind"] = false
bluez_monitor.properties["bluez5.roles"] = "[ a2dp_sink ]"
bluez_monitor.properties["bluez5.codecs"] = "[ {codecs} ]"
'''
CONF = '''monitor.bluez.properties = {{
  bluez5.roles = [ a2dp_sink ]
  bluez5.codecs = [ {codecs} ]
}}
'''
SINK = ('{ factory.name = support.null-audio-sink node.name = box media.class = Audio/Sink '
        'object.linger = true audio.position = [ FL FR ] audio.rate = 48000 '
        'priority.session = 1000 priority.driver = 1000 }')


class Receiver:
    """codecs: that it offers, in PipeWire's words."""

    def __init__(self, machine, index, name, codecs):
        self.machine, self.index, self.name, self.codecs = machine, index, name, codecs
        self.run = f'/run/speaker{index}'
        self.env = {'HOME': self.run, 'XDG_RUNTIME_DIR': self.run,
                    'XDG_CONFIG_HOME': f'{self.run}/config',
                    'DBUS_SESSION_BUS_ADDRESS': f'unix:path={self.run}/bus'}

    def spawn(self, what, *command):
        user = USERS[self.index]
        return self.machine.spawn(f'{what}-{self.name}', [
            'setpriv', f'--reuid={user}', f'--regid={user}', '--clear-groups', '--',
            *command], extra=self.env, world='box')

    def write(self):
        """What it needs before it starts."""
        if os.path.isdir('/usr/share/wireplumber/bluetooth.lua.d'):
            self.machine.write(f'{self.run}/config/wireplumber/bluetooth.lua.d/80-sink.lua',
                               LUA.format(codecs=self.codecs))
        else:
            self.machine.write(
                f'{self.run}/config/wireplumber/wireplumber.conf.d/90-sink.conf',
                CONF.format(codecs=self.codecs))
        for folder, _, files in os.walk(self.run):
            for path in (folder, *(os.path.join(folder, f) for f in files)):
                shutil.chown(path, USERS[self.index], USERS[self.index])
        os.chmod(self.run, 0o700)
        rules = ''.join(RULE.format(index=i) for i in range(self.machine.adapters)
                        if i != self.index)
        self.machine.write(f'/etc/dbus-1/system.d/zz-{self.name}.conf',
                           POLICY.format(user=USERS[self.index], rules=rules))
        self.machine.bluez.call('/org/freedesktop/DBus', 'org.freedesktop.DBus',
                                'ReloadConfig', name='org.freedesktop.DBus')

    def start(self):
        machine = self.machine
        self.write()
        self.spawn('bus', 'dbus-daemon', '--session', '--nofork', '--nopidfile',
                   '--print-address', f'--address=unix:path={self.run}/bus'
                   ).wait_line('unix:', 10)
        self.spawn('pipewire', 'pipewire')
        machine.wait(lambda: os.path.exists(f'{self.run}/pipewire-0'), 'its PipeWire')
        self.spawn('sink', 'pw-cli', 'create-node', 'adapter', SINK).child.wait(10)
        self.spawn('wireplumber', 'wireplumber')
        path = f'/org/bluez/hci{self.index}'
        machine.wait(lambda: b.A2DP_SINK in (machine.bluez.get(path, 'Adapter1', 'UUIDs')
                                             or ()), f'a speaker on {path}')
        wav = f'/out/{self.name}.wav'
        with open(wav, 'wb'):
            shutil.chown(wav, USERS[self.index], USERS[self.index])
        self.spawn('record', 'pw-record', '-P', '{ stream.capture.sink = true }',
                   '--target', 'box', '--rate', '48000', '--channels', '2', wav)
