# SPDX-License-Identifier: MIT
"""Headphones of no group keep their stock sink; the members are back when Tandem stops.

order=tandem or session, connect=host or speaker, boxes=off or on, as in first-sound. The
headphones connect before, while and after both speakers play. hfp=yes: all three can make
calls, too, and the desktop connects that by itself: a member shows none of it.
"""
import time

import desk

SECONDS = 10
OPTIONS = {'connect': 'host', 'order': 'tandem', 'boxes': 'on', 'hfp': ''}
TAKES_S = {'bookworm': 106, 'trixie': 81, 'sid': 76}  # with order=session
BACK_S = 5.0


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
        if not machine.check(not machine.sink_of(index),
                             f'no sink of the session manager for member {index}'):
            machine.say(machine.user_run('pw-dump', 'Device'))
        if machine.options['hfp']:
            names = machine.profiles_of(index)
            machine.check(any(name.startswith('headset') for name in names),
                          f'its profiles: {", ".join(names)}')
    desk.finish(machine, player)
    desk.leave(machine, 3)
    stop(machine)
    desk.connect(machine, 3)
    if machine.task['stack'] == 'sid':
        has_stock_sink(machine, 'after')


def judge(result):
    from judge import arrival
    arrival(result)
