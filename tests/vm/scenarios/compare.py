# SPDX-License-Identifier: MIT
"""Tandem, stock combine-stream and BlueALSA play to the same two speakers, one after another.

For each: do both speakers connect, when does the same instant arrive (skew), what is lost,
and what all audio processes of the computer compute per second of sound above idling: on
this machine a nanosecond of processor time is an instruction.
"""
import time

import bluez as b
import desk

SECONDS = 20
IDLE_S = 5.0

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
ALSA = '''pcm.left {{ type plug slave.pcm "bluealsa:DEV={left},PROFILE=a2dp" }}
pcm.right {{ type plug slave.pcm "bluealsa:DEV={right},PROFILE=a2dp" }}
pcm.pair {{
    type plug
    slave.pcm {{
        type multi
        slaves {{ a {{ pcm left channels 2 }} b {{ pcm right channels 2 }} }}
        bindings {{ 0 {{ slave a channel 0 }} 1 {{ slave a channel 1 }}
                    2 {{ slave b channel 0 }} 3 {{ slave b channel 1 }} }}
    }}
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
        return player


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
        return machine.start_player('combined', name='player-combine')


class BlueAlsa:
    name = 'bluealsa'

    def start(self, machine):
        program = machine.bluealsa_program()
        self.daemon = machine.spawn('bluealsa-source', [
            program, '-p', 'a2dp-source', '-i', 'hci0'])
        self.player = None

    def processes(self, machine):
        return [self.daemon, *([self.player] if self.player else [])]

    def play(self, machine):
        machine.write('/root/.asoundrc',
                      ALSA.format(left=b.address(1), right=b.address(2)))
        self.player = machine.spawn('aplay', [
            'aplay', '-D', 'pair', '-t', 'raw', '-f', 'FLOAT_LE', '-r', '48000', '-c', '2',
            '/tandem/music.f32'])
        return self.player


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


def measure_load(machine, contender, seconds):
    before = machine.computed_ns(contender.processes(machine))
    time.sleep(seconds)
    return (machine.computed_ns(contender.processes(machine)) - before) / seconds / 1e6


def one(machine, contender):
    """A contender's whole turn; its row."""
    contender.start(machine)
    machine.wait_endpoints()
    time.sleep(desk.SETTLE_S)
    row = {'name': contender.name, 'connected': connected(machine)}
    machine.say(f'{contender.name}: connected {row["connected"]}')
    row['idle_ms'] = measure_load(machine, contender, IDLE_S)
    row['begin'] = time.time()
    player = contender.play(machine)
    if contender.name != 'bluealsa':
        player.say('go')
    time.sleep(2.0)
    row['play_ms'] = measure_load(machine, contender, machine.task['seconds'] - 5)
    time.sleep(4.0)
    row['end'] = time.time()
    for process in (player, *reversed(contender.processes(machine))):
        if process in machine.processes:
            machine.end(process, 15 if process.alive() else 0)
    machine.unlink(1, 2)
    return row


def run(machine):
    machine.start_bluetooth()
    machine.start_bluealsa(1, 2)
    machine.start_session(pipewire=False)
    machine.write_tandem()
    machine.facts['rows'] = []
    for contender in (Tandem(), Combine(), BlueAlsa()):
        try:
            machine.facts['rows'].append(one(machine, contender))
        except machine.trouble as trouble:
            machine.say(f'{contender.name}: {trouble}')
            machine.facts['rows'].append({'name': contender.name, 'trouble': str(trouble)})
        machine.forget_graph()


def judge(result):
    import contenders
    contenders.judge(result)
