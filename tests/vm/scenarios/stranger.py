# SPDX-License-Identifier: MIT
"""Headphones of no group keep their stock sink; the members are back when Tandem stops.

order=tandem or session, connect=host or speaker, boxes=off or on, as in first-sound. The
headphones connect before, while and after both speakers play. hfp=yes: all three can make
calls, too, and the desktop connects that by itself (WirePlumber 0.4 for one member only: a
person does it there): a member shows none of it.
"""
import time

import bluez as b
import desk

SECONDS = 10
OPTIONS = {'connect': 'host', 'order': 'tandem', 'boxes': 'on', 'hfp': ''}
TAKES_S = {'bookworm': 106, 'trixie': 81, 'sid': 76}  # with order=session
BACK_S = 5.0
HFP_S = 20.0   # seen: 5 s after the rest on Debian 12
ASIDE_S = 1.0  # a member's own device is off again after 0.1 s


def has_stock_sink(machine, when):
    try:
        codec = desk.stock_sink(machine, 3)
    except machine.trouble as trouble:
        machine.check(False, f'{when}: {trouble}')
        machine.say(machine.user_run('wpctl', 'status'))
        return
    machine.check(codec in ('sbc', 'sbc_xq'), f'{when}: the headphones have their stock '
                  f'sink, codec {codec}')


def leave_and_return(machine, when):
    desk.leave(machine, 3)
    desk.connect(machine, 3)
    has_stock_sink(machine, when)


def shows_nothing(machine, index):
    """A member has no sink but Tandem's, also when its hands-free is there."""
    if machine.options['hfp']:
        if machine.task['stack'] == 'bookworm':
            why = machine.bluez.connect(machine.device(index), b.HFP_HF)
            machine.say(f'hands-free of member {index} is asked for: {why or "done"}')
        names = machine.wait(lambda: [name for name in machine.profiles_of(index)
                                      if name.startswith('headset')],
                             f'hands-free of member {index}', HFP_S)
        machine.check(True, f'profiles of member {index}: {", ".join(names)}')
        time.sleep(ASIDE_S)
    if not machine.check(not machine.sink_of(index),
                         f'no sink of the session manager for member {index}'):
        machine.say(machine.user_run('pw-dump', 'Device'))


def stop(machine):
    """As many members are ordinary sinks again as the stock stack can hold; what can make
    calls is one in any case."""
    begin = machine.now()
    machine.end_tandem()
    end = begin + BACK_S
    wanted = 2 if machine.options['hfp'] else desk.STOCK[machine.task['stack']]
    while machine.now() < end and sum(bool(machine.sink_of(i)) for i in (1, 2)) < wanted:
        time.sleep(0.02)
    back = [i for i in (1, 2) if machine.sink_of(i)]
    machine.check(len(back) == wanted, f'members {back} are ordinary sinks again '
                  f'{machine.now() - begin:.1f} s after the stop; the stock stack can hold '
                  f'{wanted}')


def run(machine):
    desk.start(machine)
    desk.connect(machine, 3)
    has_stock_sink(machine, 'before')
    desk.connect(machine, 1, 2)
    player = desk.play(machine)
    has_stock_sink(machine, 'while both play')
    leave_and_return(machine, 'connected again while both play')
    for index in (1, 2):
        shows_nothing(machine, index)
    desk.finish(machine, player)
    desk.leave(machine, 3)
    stop(machine)
    if machine.task['stack'] != 'sid':  # older ones hold no third beside the members
        for index in (1, 2):
            desk.leave(machine, index)
    desk.connect(machine, 3)
    has_stock_sink(machine, 'after')


def judge(result):
    from judge import arrival
    arrival(result)
