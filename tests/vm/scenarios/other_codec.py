# SPDX-License-Identifier: MIT
"""A speaker that the session manager has set up with a codec that Tandem cannot encode.

WirePlumber comes first. Both boxes are PipeWire in its A2DP sink role, and the left one
offers aptX as well, or another codec of PipeWire's by codec=NAME; WirePlumber prefers it.
Tandem asks for SBC, says so, borrows that stream, and both play; when it stops, the box is
an ordinary sink with its codec again. The right box is for Tandem to call, not before that:
it would get the session manager's SBC, and that plays to one box before BlueZ 5.83. On sid
only one is borrowed: the right box comes when the left one plays, and waits.
"""
import desk

SECONDS = 20
OPTIONS = {'speakers': 'pipewire', 'codec': 'aptx', 'order': 'session', 'boxes': 'off'}
TAKES_S = {'bookworm': 84, 'trixie': 85, 'sid': 72}
LEFT, RIGHT = 1, 2
SBC = 0
ASKS = 'asks the session manager for SBC'
ASKED_S = 8.0  # until Tandem gives up
BACK_S = 5.0


def codec(machine):
    """Of the session manager's own sink for the left box; None: it has none."""
    sink = machine.sink_of(LEFT)
    return sink and sink['info']['props'].get('api.bluez5.codec')


def set_up(machine):
    """As it would be without Tandem."""
    desk.connect(machine, LEFT)
    found = desk.stock_sink(machine, LEFT)
    machine.check(found == machine.options['codec'],
                  f'the session manager has chosen {found} for the left box')


def ask(machine):
    machine.start_tandem()
    says = machine.graph.wait(lambda g: g.status('tandem').get('speaker.left.message'),
                              'a word about the left box')
    begin = machine.now()
    machine.check(ASKS in says, f'the left box says: {says}')
    machine.wait(lambda: machine.bluez.transports().get(machine.device(LEFT), {}).get('Codec')
                 == SBC, 'a stream with SBC', ASKED_S)
    machine.check(True, f'its stream has SBC {machine.now() - begin:.1f} s later')


def stop(machine):
    begin = machine.now()
    machine.end_tandem()
    machine.wait(lambda: codec(machine) == machine.options['codec'], 'its sink as it was',
                 BACK_S)
    machine.check(True, f'the left box is an ordinary sink with {codec(machine)} again '
                  f'{machine.now() - begin:.1f} s after the stop')
    machine.start_player(machine.sink_of(LEFT)['info']['props']['node.name'], 'after')
    machine.wait(lambda: machine.bluez.transports()[machine.device(LEFT)]['State']
                 == 'active', 'its stream begins', BACK_S)
    machine.check(True, 'and plays')


def run(machine):
    desk.start(machine, tandem=False)
    set_up(machine)
    both = desk.playable(machine) == 2
    machine.switch_on(RIGHT, on=both)
    ask(machine)
    player = desk.play(machine)
    if not both:
        desk.connect(machine, RIGHT)
    desk.finish(machine, player)
    stop(machine)


def judge(result):
    from judge import arrival
    arrival(result)
