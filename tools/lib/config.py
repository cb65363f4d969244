# SPDX-License-Identifier: MIT
"""The stage's configuration files, from the distribution's own and a few words of ours.

WirePlumber 0.4 (Debian 12) is told in Lua, 0.5 by a profile: no device monitors, no
logind, no reservation, so that it needs neither hardware nor a login session.
"""
import glob
import os
import re
import shutil
import subprocess

from process import Trouble

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
SHARE = '/usr/share'
BLUEZ = 'tests/lib/bluez/tandem-bluez-sim'
SPEAKER = 'tools/speaker/tandem-speaker'
PLAYER = 'tools/player/tandem-player'
ROOM = 'tools/room/tandem-room'

BUS = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>{type}</type>
  <listen>unix:tmpdir={directory}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
'''

PIPEWIRE = '''context.properties = {
    default.clock.rate = 48000
    default.clock.allowed-rates = [ 44100 48000 ]
    default.clock.min-quantum = 32
    default.clock.max-quantum = 8192
}
'''

LUA = '''-- Everything but device monitors.
load_module("metadata")
default_access.properties["enable-flatpak-portal"] = false
default_access.enable()
device_defaults.enable()
stream_defaults.enable()
load_script("intended-roles.lua")
load_script("suspend-node.lua")
'''

PROFILE = '''wireplumber.profiles = {
  main = {
    hardware.audio = disabled
    hardware.bluetooth = disabled
    hardware.video-capture = disabled
    monitor.alsa = disabled
    monitor.alsa-midi = disabled
    monitor.bluez = disabled
    monitor.bluez-midi = disabled
    monitor.bluez.seat-monitoring = disabled
    monitor.v4l2 = disabled
    monitor.libcamera = disabled
    support.logind = disabled
    support.reserve-device = disabled
    support.portal-permissionstore = disabled
    script.client.access-portal = disabled
  }
}
'''


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        file.write(text)


def variable(package):
    """Where the system's own modules and plugins are."""
    names = {'libpipewire-0.3': 'moduledir', 'libspa-0.2': 'plugindir'}
    done = subprocess.run(['pkg-config', f'--variable={names[package]}', package],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise Trouble(f'pkg-config does not know {package}')
    return done.stdout.strip()


def write(directory):
    """All but Tandem's own."""
    for which in ('session', 'system'):
        runtime = os.path.join(os.path.dirname(directory), 'run')
        text = BUS.format(type=which, directory=runtime)
        put(f'{directory}/{which}-bus.conf', text)
    copy('pipewire', directory)
    put(f'{directory}/pipewire/pipewire.conf.d/stage.conf', PIPEWIRE)
    copy('wireplumber', directory)
    place = f'{directory}/wireplumber'
    if os.path.isdir(f'{place}/main.lua.d'):
        put(f'{place}/main.lua.d/90-enable-all.lua', LUA)
        shutil.rmtree(f'{place}/bluetooth.lua.d', ignore_errors=True)
        for path in glob.glob(f'{place}/wireplumber.conf'):
            drop_lines(path, ('bluetooth.lua',))
    else:
        put(f'{place}/wireplumber.conf.d/stage.conf', PROFILE)


def copy(what, directory):
    """The distribution's files, as the user's own changes could matter."""
    source = os.path.join(SHARE, what)
    if not os.path.isdir(source):
        raise Trouble(f'{source} is not there')
    shutil.copytree(source, os.path.join(directory, what))


def drop_lines(path, words):
    with open(path) as file:
        lines = [line for line in file if not any(word in line for word in words)]
    put(path, ''.join(lines))


def arguments(speakers, layout, settings):
    """The module's, one a line. speakers: stage.Speaker list, or 'auto'."""
    rows = {'name': 'tandem', 'description': '"Tandem"', 'layout': layout, **settings}
    args = [f'            {key} = {value}' for key, value in rows.items()]
    if speakers == 'auto':
        return args + ['            speakers = auto']
    args.append('            speakers = [')
    for speaker in speakers:
        more = ''.join(f' {key} = {value}' for key, value in speaker.settings.items())
        args.append(f'                {{ address = "{speaker.address}"{more} }}')
    return args + ['            ]']


def shipped(path, replace):
    """A file of conf/ with its entry for our module changed by replace(match): the groups
    are what stands before and behind the arguments."""
    entry = (r'( {4}\{ +name = libpipewire-module-tandem\s+args = \{\n).*?'
             r'(\n {8}\}.*?\n {4}\}\n)')
    with open(os.path.join(TOP, 'conf', path)) as file:
        text, count = re.subn(entry, replace, file.read(), flags=re.DOTALL)
    if count != 1:
        raise Trouble(f'conf/{path} does not load the module once')
    return text


def with_arguments(path, args):
    return shipped(path, lambda found: found[1] + '\n'.join(args) + found[2])


def write_tandem(directory, speakers, layout, settings):
    """The shipped file of the own process with other arguments."""
    put(f'{directory}/pipewire/tandem.conf',
        with_arguments('tandem.conf', arguments(speakers, layout, settings)))


def write_drop_in(directory, speakers, layout, settings):
    """The shipped drop-in for the daemon with other arguments."""
    path = 'pipewire.conf.d/50-tandem.conf'
    put(f'{directory}/pipewire/{path}',
        with_arguments(path, arguments(speakers, layout, settings)))


def write_probe(directory):
    """All that the own process loads but the module: for a test that has the sink alone."""
    put(f'{directory}/pipewire/probe.conf', shipped('tandem.conf', lambda found: ''))
