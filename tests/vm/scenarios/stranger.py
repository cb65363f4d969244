# SPDX-License-Identifier: MIT
"""Headphones of no group keep their stock sink; the members are back when Tandem stops.

order=tandem or session, connect=host or speaker, as in first-sound. The headphones connect
before, while and after both speakers play.
"""
import desk

SECONDS = 10
OPTIONS = {'connect': 'host', 'order': 'tandem'}
BACK_S = 5.0


def has_stock_sink(machine, when):
    try:
        codec = desk.stock_sink(machine, 3)
    except machine.trouble as trouble:
        machine.check(False, f'{when}: {trouble}')
        return
    machine.check(codec in ('sbc', 'sbc_xq'), f'{when}: the headphones have their stock '
                  f'sink, codec {codec}')


def leave_and_return(machine, when):
    machine.bluez.disconnect(machine.device(3))
    machine.wait(lambda: not machine.link_is_up(3) and not machine.sink_of(3),
                 'the headphones have gone')
    desk.connect(machine, 3)
    has_stock_sink(machine, when)


def run(machine):
    desk.start(machine)
    desk.connect(machine, 3)
    has_stock_sink(machine, 'before')
    desk.connect(machine, 1, 2)
    player = desk.play(machine)
    has_stock_sink(machine, 'while both play')
    leave_and_return(machine, 'connected again while both play')
    for index in (1, 2):
        machine.check(not machine.sink_of(index),
                      f'no sink of the session manager for member {index}')
    desk.finish(machine, player)
    begin = machine.now()
    machine.end_tandem()
    for index in (1, 2):
        codec = desk.stock_sink(machine, index, 30)
        machine.check(machine.now() - begin <= BACK_S, f'member {index} is an ordinary sink '
                      f'{machine.now() - begin:.1f} s after the stop, codec {codec}')
    has_stock_sink(machine, 'after')


def judge(result):
    from judge import arrival
    arrival(result)
