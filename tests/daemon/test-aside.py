#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The session manager's own devices of the speakers: off while Tandem runs, and back
afterwards, however it ends. The devices are fake-card.c's, and there is no Bluetooth."""
import contextlib
import os
import shutil
import signal
import subprocess
import time

# common says where the demo's modules are, so it comes first
from common import bare_scene, build, check, finish
import config
import stage as stages

MEMBER, OTHER, STRANGER = (stages.address(i) for i in range(3))
SECOND = '''context.modules = [
    { name = libpipewire-module-tandem
      args = { name = second when-empty = keep speakers = [ { address = "%s" } ] } }
]
'''
KEEP = {'when-empty': 'keep'}
DEADLINE_S = 10.0
QUIET_S = 1.0   # nothing comes within: a profile is set within 0.1 s
LEFTOVERS_S = 5.0
OUTLIVES_S = 1.0    # a node, its device's profile: module/aside-plan.c
STREAM, LOOPBACK = 'api.bluez5.a2dp.sink', 'support.null-audio-sink'
PATIENCE = 5    # times that a profile is set at once: module/aside-box.c


class Card:
    """A fake device, and what has been set on it."""

    def __init__(self, stage, name, address, profile='a2dp-sink'):
        self.process = stage.spawn(name, [os.path.join(build(), 'tests/daemon/fake-card'),
                                          address, profile], stdin=True)
        self.process.wait_line('ready', DEADLINE_S)

    def does(self, command):
        self.process.forget_lines()
        self.process.say(command)

    def waits(self, profile, what, timeout_s=DEADLINE_S):
        self.process.wait_line(f'set {profile} save 0', timeout_s)
        check(True, what)

    def set_so_far(self):
        with open(self.process.log_path) as file:
            return [line.strip() for line in file if line.startswith('set ')]


def speakers(*addresses):
    return [stages.Speaker('box', 'hci1', address) for address in addresses]


def notes(stage):
    path = os.path.join(stage.run_dir, 'tandem/aside')
    if not os.path.exists(path):
        return []
    check(os.stat(path).st_mode & 0o777 == 0o600, 'the notes are for nobody else')
    with open(path) as file:
        return file.read().splitlines()


def noted(address, profile):
    return f'{address} bluez_card.{address.replace(":", "_")} {profile}'


def restore(stage):
    """tandemctl restore: its exit status and its words."""
    done = subprocess.run([os.path.join(build(), 'tools/tandemctl/tandemctl'), 'restore'],
                          env=stage.env, capture_output=True, text=True, timeout=10.0,
                          check=False)
    return done.returncode, done.stderr.strip()


def wait_until(true, what, timeout_s=DEADLINE_S):
    end = time.monotonic() + timeout_s
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    check(true(), what)


def said(process, words):
    with open(process.log_path, errors='replace') as file:
        return words in file.read()


@contextlib.contextmanager
def desktop():
    """A stage with daemons; afterwards, that nothing was ever saved."""
    with bare_scene() as s:
        s.stage.start_buses()
        yield s.stage
        for process in s.stage.processes:
            if process.name.startswith('card'):
                check(not said(process, 'save 1'), f'{process.name}: nothing is saved')


def while_it_runs():
    """Off, again and again; back at the end."""
    with desktop() as stage:
        stage.start_daemons()
        stranger = Card(stage, 'card-stranger', STRANGER)
        card = Card(stage, 'card', MEMBER)
        tandem = stage.start_tandem(speakers(MEMBER, OTHER), **KEEP)
        card.waits('off', 'set off at the start')
        wait_until(lambda: notes(stage) == [noted(MEMBER, 'a2dp-sink')], 'and noted')
        late = Card(stage, 'card-late', OTHER, 'headset-head-unit')
        late.waits('off', 'hands-free alone is set off, too')
        card.does('reconnect a2dp-sink')
        card.waits('off', 'set off after it has connected again')
        card.does('profile headset-head-unit')
        card.waits('off', 'set off when hands-free comes late')
        check(notes(stage) == [noted(MEMBER, 'a2dp-sink'), noted(OTHER, 'headset-head-unit')],
              f'noted is the music: {notes(stage)}')
        card.process.stop()
        card = Card(stage, 'card-again', MEMBER, 'a2dp-sink-ldac')
        card.waits('off', 'set off after a restart of the session manager')
        begin = time.monotonic()
        check(tandem.stop() == 0, f'Tandem ends well, {time.monotonic() - begin:.2f} s')
        card.waits('a2dp-sink-ldac', 'put back by name when it stops')
        late.waits('headset-head-unit', 'and the other')
        check(notes(stage) == [], 'no notes are left')
        check(restore(stage) == (0, ''), 'tandemctl restore has nothing to do')
        check(stranger.set_so_far() == [], 'the device of a stranger was not touched')


def after_a_crash():
    with desktop() as stage:
        stage.start_daemons()
        stranger = Card(stage, 'card-stranger', STRANGER, 'off')
        card = Card(stage, 'card', MEMBER)
        tandem = stage.start_tandem(speakers(MEMBER), **KEEP)
        card.waits('off', 'set off')
        tandem.kill(signal.SIGKILL)
        tandem.child.wait()
        time.sleep(QUIET_S)
        check(card.set_so_far() == ['set off save 0'], 'killed, Tandem puts nothing back')
        check(restore(stage)[0] == 0, 'tandemctl restore ends well')
        card.waits('a2dp-sink', 'it puts the profile back by name')
        check(notes(stage) == [], 'and takes the note away')
        tandem = stage.start_tandem(speakers(MEMBER), **KEEP)
        card.waits('off', 'set off by the next one')
        tandem.kill(signal.SIGKILL)
        tandem.child.wait()
        with open(os.path.join(stage.run_dir, 'tandem/aside'), 'a') as file:
            file.write('nonsense\n')
        begin = time.monotonic()
        tandem = stage.start_tandem(speakers(OTHER), **KEEP)
        card.waits('a2dp-sink', 'a Tandem of which it is no member puts it back')
        check(time.monotonic() - begin > LEFTOVERS_S - 1.0, 'not before groups have members')
        check(said(tandem, '/tandem/aside: line 2 makes no sense'), 'it names the bad line')
        tandem.stop()
        check(notes(stage) == [], 'no notes are left')
        check(stranger.set_so_far() == [], 'a stranger that is off stays off')


def when_it_goes_wrong():
    with desktop() as stage:
        stage.start_daemons()
        card = Card(stage, 'card', MEMBER)
        card.does('refuse 1')
        tandem = stage.start_tandem(speakers(MEMBER), **KEEP)
        card.waits('off', 'asked for')
        wait_until(lambda: said(tandem, f"{MEMBER}: the desktop's own sink of it cannot be "
                                'put aside'), 'refused, and told')
        time.sleep(QUIET_S)
        check(len(card.set_so_far()) == 2, 'not asked for again at once')
        card.does('refuse 0')
        card.waits('off', 'asked for later again', 15.0)
        while len(card.set_so_far()) < PATIENCE:
            time.sleep(0.3)
            card.does('profile a2dp-sink')
            card.waits('off', 'somebody insists, and so do we')
        wait_until(lambda: said(tandem, 'is switched on again and again'), 'and it is told')
        time.sleep(0.3)
        card.does('profile a2dp-sink')
        time.sleep(QUIET_S)
        check(len(card.set_so_far()) == PATIENCE, 'then it is left for a while')
        card.does('drop a2dp-sink')
        card.waits('off', 'again after a while', 15.0)
        time.sleep(QUIET_S)
        check(tandem.stop() == 0, 'Tandem ends well')
        card.waits('a2dp-sink-ldac', 'what was noted is gone: the best for music comes back')


def without_pipewire():
    with desktop() as stage:
        os.mkdir(os.path.join(stage.run_dir, 'tandem'))
        with open(os.path.join(stage.run_dir, 'tandem/aside'), 'w') as file:
            file.write(noted(MEMBER, 'a2dp-sink') + '\n')
        status, words = restore(stage)
        check(status == 1 and 'cannot connect to PipeWire' in words, f'{status}: {words}')
        stage.start_daemons()
        check(restore(stage) == (0, ''), 'a device that is not there needs no putting back')
        check(notes(stage) == [], 'and no note')


def in_the_daemon():
    with desktop() as stage:
        stage.start_daemons_with_tandem(speakers(MEMBER), **KEEP)
        stage.wait_tandem(stage.daemon)
        card = Card(stage, 'card', MEMBER)
        card.waits('off', 'in the daemon: set off')
        card.does('reconnect a2dp-sink')
        card.waits('off', 'in the daemon: set off again')
        check(stage.daemon.stop() == 0, 'the daemon ends well')
        card.waits('a2dp-sink', 'in the daemon: put back when it stops')


def two_groups():
    """After a crash neither puts back what is the other's."""
    with desktop() as stage:
        stage.start_daemons()
        cards = [Card(stage, f'card-{i}', address) for i, address in enumerate((MEMBER, OTHER))]
        config.put(f'{stage.config_dir}/pipewire/tandem.conf.d/second.conf', SECOND % OTHER)
        for again in (False, True):
            tandem = stage.start_tandem(speakers(MEMBER), **KEEP)
            stage.graph.wait(lambda g: g.node('second'), 'the second group')
            for card in cards if not again else ():
                card.waits('off', 'each sets off its own')
            if not again:
                tandem.kill(signal.SIGKILL)
                tandem.child.wait()
                stage.graph.wait(lambda g: not g.node('tandem'), 'its end')
        time.sleep(LEFTOVERS_S + QUIET_S)
        check(all(card.set_so_far() == ['set off save 0'] for card in cards),
              'and leaves those of the other, after a crash, too')
        check(tandem.stop() == 0, 'Tandem ends well')
        for card in cards:
            card.waits('a2dp-sink', 'both are put back')


def another_codec():
    """aside.h by itself: who comes and goes, and a stream that is to be set up anew."""
    with desktop() as stage:
        stage.start_daemons()
        card = Card(stage, 'card', MEMBER, 'a2dp-sink-ldac')
        probe = stage.spawn('probe', [os.path.join(build(), 'tests/daemon/aside-probe')],
                            stdin=True)
        probe.wait_line('ready', DEADLINE_S)
        probe.say(f'members {OTHER} {MEMBER}')
        card.waits('off', 'set off as a member')
        probe.wait_line(f'told {MEMBER} off', DEADLINE_S)
        probe.say(f'sbc {MEMBER}')
        card.waits('a2dp-sink-sbc', 'asked for SBC')
        begin = time.monotonic()
        probe.wait_line(f'told {MEMBER} on', DEADLINE_S)
        card.waits('off', 'and off again')
        check(2.5 < time.monotonic() - begin < 4.0, 'after 3 s')
        probe.wait_line(f'told {MEMBER} off', DEADLINE_S)
        card.does('refuse 1')
        probe.say(f'sbc {MEMBER}')
        card.waits('a2dp-sink-sbc', 'asked for SBC again')
        time.sleep(3.0 + QUIET_S)
        check(not said(probe, 'trouble') and not said(probe, 'refused'),
              'which is refused: nothing has gone wrong with putting it aside')
        card.does('refuse 0')
        probe.say(f'members {OTHER}')
        probe.wait_line(f'told {MEMBER} absent', DEADLINE_S)
        card.waits('a2dp-sink-ldac', 'put back as no member, as it was before all that')
        wait_until(lambda: notes(stage) == [], 'without a note')
        probe.say(f'sbc {OTHER}')
        probe.wait_line('done', DEADLINE_S)
        time.sleep(QUIET_S)
        late = Card(stage, 'card-late', OTHER)
        late.waits('a2dp-sink-sbc', 'its device may come later than its stream')
        late.waits('off', 'and is off afterwards')
        wait_until(lambda: notes(stage) == [noted(OTHER, 'a2dp-sink')], 'noted as it was')
        probe.child.stdin.close()
        probe.wait_line('finished 1', DEADLINE_S)
        late.waits('a2dp-sink', 'put back at the end')


def left_behind():
    """WirePlumber 0.5.18 makes a sink although its device has been set off meanwhile."""
    with desktop() as stage:
        stage.start_daemons()
        stranger = Card(stage, 'card-stranger', STRANGER, 'off')
        card, other = Card(stage, 'card', MEMBER), Card(stage, 'card-other', OTHER)
        other.does('refuse 1')
        tandem = stage.start_tandem(speakers(MEMBER, OTHER), **KEEP)
        card.waits('off', 'set off')
        for one in (stranger, other, card):
            one.does(f'node {LOOPBACK}')
            one.does(f'node {STREAM}')
        begin = time.monotonic()
        card.process.wait_line(f'ended {STREAM}', DEADLINE_S)
        check(time.monotonic() - begin > OUTLIVES_S - 0.3, 'a sink that comes late is ended')
        card.does('profile a2dp-sink')
        card.waits('off', 'set off again')
        card.does(f'node {STREAM}')
        card.process.wait_line(f'ended {STREAM}', DEADLINE_S)
        check(True, 'and again')
        card.does(f'node {STREAM}')
        check(tandem.stop() == 0, 'Tandem ends well')
        card.waits('a2dp-sink', 'put back when it stops')
        time.sleep(OUTLIVES_S)
        check(not said(card.process, f'ended {LOOPBACK}'), 'what is of no stream stays')
        check(not said(other.process, 'ended'), 'while a device is on its nodes stay')
        check(not said(stranger.process, 'ended'), 'nobody touches those of a stranger')
        check(not said(tandem, 'PipeWire says'), 'and PipeWire complains of nothing')


def managers():
    """One has come anew if none was there: its further clients are not more of them."""
    with desktop() as stage:
        stage.start_daemons()
        program = os.path.join(stage.run_dir, 'WirePlumber')  # a client is named after it
        shutil.copy(shutil.which('pw-mon'), program)
        first = next(p for p in stage.processes if p.name == 'wireplumber')
        probe = stage.spawn('probe', [os.path.join(build(), 'tests/daemon/aside-probe')],
                            stdin=True)
        probe.wait_line('ready', DEADLINE_S)
        further = stage.spawn('further', [program])
        further.wait_line('added', DEADLINE_S)
        time.sleep(QUIET_S)
        check(not said(probe, 'manager'), "a client more is not another session manager")
        first.stop()
        time.sleep(QUIET_S)
        check(not said(probe, 'manager'), 'nor is it one when the first client goes')
        further.stop()
        again = stage.spawn('again', [program])
        probe.wait_line('manager', DEADLINE_S)
        check(True, 'when all have gone, the next one is')
        again.stop()


for test in (while_it_runs, after_a_crash, when_it_goes_wrong, without_pipewire,
             in_the_daemon, two_groups, another_codec, left_behind, managers):
    print(f'{test.__name__}:')
    test()
finish()
