# SPDX-License-Identifier: MIT
"""Tandem, stock combine-stream and BlueALSA play to the same two speakers in turn.

For each: do both speakers connect, when does the same instant arrive (skew), what is lost,
and what all audio processes of the computer compute per second of sound above idling, by
process and by function: on this machine a nanosecond of processor time is an instruction.
speakers=box: what the speakers played as well. only=NAME: one contender.
"""
import glob
import shutil
import time

import bluez as b
import desk
from sampling import Profile

SECONDS = 24
OPTIONS = {'speakers': 'bluealsa', 'only': ''}
CHOICES = {'speakers': ('bluealsa', 'box')}
VARIANTS = [{}, {'speakers': 'box'}]
STACKS = ('trixie', 'sid')
TAKES_S = {'trixie': 178, 'sid': 173}
IDLE_S, PROFILE_S = 5.0, 4.0
QUIET_MIPS, SETTLE_TURNS = 1.0, 20
LED = '/tmp/led.f32'  # the music, silence before it
RATE_HZ, FRAME_BYTES = 48000, 8

COMBINE = '''context.modules = [
    {{  name = libpipewire-module-combine-stream
        args = {{
            combine.mode = sink
            node.name = combined
            node.description = "Combined"
            combine.latency-compensate = true
            combine.props = {{ audio.position = [ FL FR ] }}
            stream.rules = [
{rules}
            ]
        }}
    }}
]
'''
RULE = '''                {{ matches = [ {{ media.class = "Audio/Sink"
                                 node.name = "~bluez_output.{name}.*" }} ]
                    actions = {{ create-stream = {{
                        combine.audio.position = [ {channel} ]
                        audio.position = [ {channel} ] }} }} }}
'''
# One plug around it all: alsa-lib 1.2 aborts on plugs as slaves (snd_interval_empty).
ALSA = '''pcm.left {{ type bluealsa device "{left}" profile "a2dp" }}
pcm.right {{ type bluealsa device "{right}" profile "a2dp" }}
pcm.both {{
    type multi
    slaves {{ a {{ pcm left channels 2 }} b {{ pcm right channels 2 }} }}
    bindings {{ 0 {{ slave a channel 0 }} 1 {{ slave a channel 1 }}
                2 {{ slave b channel 0 }} 3 {{ slave b channel 1 }} }}
}}
pcm.pair {{
    type plug
    slave {{ pcm both channels 4 }}
    ttable {{ 0.0 1 0.1 1 1.2 1 1.3 1 }}
}}
'''


class Tandem:
    name = 'tandem'

    def start(self, machine):
        machine.start_pipewire()
        machine.start_tandem()
        machine.start_wireplumber()

    def processes(self, machine):
        return [machine.pipewire, machine.wireplumber, machine.pulse, machine.tandem]

    def play(self, machine):
        machine.graph.wait(lambda g: g.node('tandem'), 'the sink', 20)
        player = machine.start_player('tandem')
        machine.wait_state('streaming')
        return begin(player)


class Combine:
    name = 'combine-stream'

    def start(self, machine):
        rules = ''.join(RULE.format(name=b.address(i).replace(':', '_'), channel=channel)
                        for i, channel in ((1, 'FL'), (2, 'FR')))
        machine.write('/etc/pipewire/pipewire.conf.d/60-combine.conf',
                      COMBINE.format(rules=rules))
        machine.start_pipewire()
        machine.start_wireplumber()

    def processes(self, machine):
        return [machine.pipewire, machine.wireplumber, machine.pulse]

    def play(self, machine):
        machine.graph.wait(lambda g: g.node('combined'), 'the combined sink', 20)
        return begin(machine.start_player('combined', name='player-combine'))


class BlueAlsa:
    name = 'bluealsa'

    def start(self, machine):
        program = machine.bluealsa_program()
        self.daemon = machine.spawn('bluealsa-source', [
            program, '-p', 'a2dp-source', '-i', 'hci0'])

    def processes(self, machine):
        return [self.daemon]

    def play(self, machine):
        machine.write('/root/.asoundrc',
                      ALSA.format(left=b.address(1), right=b.address(2)))
        with open(LED, 'wb') as led, open('/tandem/music.f32', 'rb') as music:
            led.write(bytes(int(desk.LEAD_S * RATE_HZ) * FRAME_BYTES))
            shutil.copyfileobj(music, led)
        return machine.spawn('aplay', [
            'aplay', '-D', 'pair', '-t', 'raw', '-f', 'FLOAT_LE', '-r', str(RATE_HZ),
            '-c', '2', LED])


def begin(player):
    """The music, once the streams run: whoever plays begins with silence."""
    time.sleep(desk.LEAD_S)
    player.say('go')
    return player


def connected(machine):
    found = []
    for index in (1, 2):
        why = machine.bluez.connect(machine.device(index))
        machine.say(f'connect {index}: {why or "done"}')
    time.sleep(3.0)
    for index in (1, 2):
        if machine.device(index) in machine.bluez.transports():
            found.append(index)
    return found


def threads_ns(process):
    """{thread: processor time that it has had}"""
    times = {}
    for path in glob.glob(f'/proc/{process.pid}/task/*/schedstat'):
        with open(path) as file:
            times[path] = int(file.read().split()[0])
    return times


def measure_load(processes, seconds):
    """{process: millions of instructions a second}; not of threads that end meanwhile"""
    before = {p.name: threads_ns(p) for p in processes}
    time.sleep(seconds)
    return {p.name: sum(ns - before[p.name].get(thread, 0)
                        for thread, ns in threads_ns(p).items()) / seconds / 1e6
            for p in processes}


def settle(processes):
    """Until what connecting has set off is over: it would pass for idling."""
    for _ in range(SETTLE_TURNS):
        if sum(measure_load(processes, 1.0).values()) < QUIET_MIPS:
            return


def one(machine, contender):
    """A contender's whole turn; its row."""
    contender.start(machine)
    machine.wait_endpoints()
    time.sleep(desk.SETTLE_S)
    processes = contender.processes(machine)
    row = {'name': contender.name, 'connected': connected(machine)}
    machine.say(f'{contender.name}: connected {row["connected"]}')
    settle(processes)
    row['idle'] = measure_load(processes, IDLE_S)
    row['begin_s'], row['begin_mono_s'] = time.time(), machine.now()
    player = contender.play(machine)
    processes.append(player)
    time.sleep(2.0)
    rest = machine.task['seconds'] - 5.0 - PROFILE_S
    row['play'] = measure_load(processes, rest)
    row['profile'] = Profile({p.name: p.pid for p in processes}).take(PROFILE_S)
    time.sleep(4.0 + desk.LEAD_S)
    row['end_s'] = time.time()
    for process in reversed(processes):
        machine.end(process, 15 if process.alive() else 0)
    machine.unlink(1, 2)
    return row


def start_speakers(machine):
    """Two of them; trims for Tandem where nothing tells it their delays."""
    if machine.options['speakers'] == 'bluealsa':
        machine.start_bluealsa(1, 2)
        return {}
    return desk.start_boxes(machine)


def run(machine):
    machine.start_bluetooth()
    trims_ms = start_speakers(machine)
    machine.start_session(pipewire=False)
    machine.write_tandem(trims_ms=trims_ms)
    machine.facts['rows'] = []
    for contender in (Tandem(), Combine(), BlueAlsa()):
        if machine.options['only'] not in contender.name:
            continue
        try:
            machine.facts['rows'].append(one(machine, contender))
        except machine.trouble as trouble:
            machine.say(f'{contender.name}: {trouble}')
            machine.facts['rows'].append({'name': contender.name, 'trouble': str(trouble)})
        machine.forget_graph()
    machine.facts['profile_s'] = PROFILE_S


def judge(result):
    import contenders
    contenders.judge(result)
