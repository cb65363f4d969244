# SPDX-License-Identifier: MIT
"""Links break while both play: the other box goes on, the lost one comes back, in time.

Rows: the box is switched off (0x13) and calls when it is on again; the link is lost (0x08)
and nobody but us calls; the box suspends; it hangs up and comes back at once, its stream's
path used again; the adapter is switched off, pulled out; last, we are told to stop while a
box is away. The left box is tandem-speaker, the right one BlueALSA. row=NAME: only that.
"""
import signal
import time

import bluez as b
import desk
import hci

SECONDS = 340
TAKES_S = {'bookworm': 185, 'trixie': 180, 'sid': 193}
OPTIONS = {'row': ''}
LEFT, RIGHT = 1, 2
HELD_S = 6.5      # both play that long before a row, and after it
AWAY_S = 75.0     # long enough to count our attempts
PAGE_EVERY_S = 30.0
BACK_S = 12.0     # a box that calls, or that can be called, is heard again
# what we wait between two attempts while another box plays, a quarter of jitter, connecting
CALLED_S = PAGE_EVERY_S * 1.25 + BACK_S
TOLD_S = 40.0
TIMES, SHORT_S = 3, 2.0  # a box hangs up, having played that long


def radio(machine, index, on):
    machine.bluez.set(f'/org/bluez/hci{index}', 'Adapter1', 'Powered',
                      b.GLib.Variant('b', on))


def switched_off(machine):
    """The box says goodbye, is off for a while, and calls when it is on."""
    hci.lose_link(LEFT, b.address(0), hci.USER_ENDED)
    radio(machine, LEFT, False)
    time.sleep(AWAY_S)
    radio(machine, LEFT, True)
    reachable = time.time()
    for _ in range(5):
        why = machine.bluez.connect(b.device_path(LEFT, 0), b.A2DP_SOURCE)
        machine.say(f'the box calls: {why or "done"}')
        if not why:
            break
        time.sleep(1.0)
    return reachable


def link_lost(machine):
    """Out of range; in range again it waits to be called."""
    hci.lose_link(LEFT, b.address(0))
    radio(machine, LEFT, False)
    time.sleep(20.0)
    radio(machine, LEFT, True)
    return time.time()


def suspended(machine):
    """Another telephone plays on it: the link stays."""
    begin = time.time()
    machine.box.kill(signal.SIGUSR1)
    machine.graph.wait(lambda g: g.status('tandem').get('speaker.left.state') != 'streaming',
                       'the end of its stream')
    return begin


def path_again(machine):
    """It hangs up and is back at once, three times: BlueZ 5.85 and later give its stream the
    lowest number that is free, mostly the one before; earlier ones count on."""
    device = machine.device(LEFT)
    paths = [machine.bluez.transports()[device]['path']]
    streams = b.Streams(machine.bluez, device)
    for count in range(1, TIMES + 1):
        hung_up = time.time()
        hci.lose_link(LEFT, b.address(0), hci.USER_ENDED)
        machine.wait(lambda n=count: len(streams.paths) >= n, 'its stream again', 40)
        machine.wait_state('streaming')
        time.sleep(SHORT_S)
    paths += streams.paths
    again = sum(a == b for a, b in zip(paths, paths[1:]))
    machine.say(f'its streams were {", ".join(paths)}')
    used_again = machine.task['stack'] == 'sid'
    machine.check(len(paths) == TIMES + 1 and (again > 0) == used_again,
                  f'path again: {len(paths) - 1} new streams, {again} of them with the path '
                  f'of the one before; with this BlueZ {"some" if used_again else "none"}')
    return hung_up


def adapter_off(machine):
    radio(machine, 0, False)
    time.sleep(5.0)
    radio(machine, 0, True)
    return time.time()


def adapter_out(machine):
    """As a dongle is: the computer's adapter goes, and its peers lose their links."""
    machine.relay.kill(signal.SIGUSR1)
    for index in (LEFT, RIGHT):
        hci.lose_link(index, b.address(0))
    machine.wait(lambda: len(machine.bluez.adapters()) < machine.adapters, 'the end of hci0')
    time.sleep(5.0)
    machine.relay.kill(signal.SIGUSR2)
    machine.wait(lambda: machine.bluez.get('/org/bluez/hci0', 'Adapter1', 'Powered'),
                 'hci0 again')
    return time.time()


# name, what happens, which sides are hit, the reason that the HCI log has, limit
ROWS = (
    ('switched off', switched_off, (LEFT,), hci.USER_ENDED, BACK_S),
    ('link lost', link_lost, (LEFT,), hci.SUPERVISION_TIMEOUT, CALLED_S),
    ('suspended', suspended, (LEFT,), None, BACK_S),
    ('path again', path_again, (LEFT,), hci.USER_ENDED, BACK_S),
    ('adapter off', adapter_off, (LEFT, RIGHT), None, CALLED_S),
    ('adapter out', adapter_out, (LEFT, RIGHT), None, CALLED_S),
)


def told_to_stop(machine):
    """Nobody is called after that, though a box is missing."""
    hci.lose_link(LEFT, b.address(0), hci.USER_ENDED)
    radio(machine, LEFT, False)
    time.sleep(5.0)
    machine.player.stop()
    machine.end_tandem()
    machine.facts['told'] = time.time()
    time.sleep(TOLD_S)
    machine.facts['end'] = time.time()


def one(machine, name, act, sides, reason, limit_s):
    """Both play, something breaks, both play again; what is judged outside."""
    time.sleep(HELD_S)
    row = {'name': name, 'sides': sides, 'reason': reason, 'limit_s': limit_s,
           'begin_s': time.time()}
    machine.facts['events'].append(row)
    row['reachable_s'] = act(machine)
    machine.wait_state('streaming', timeout_s=90)
    row['streaming_s'] = time.time()
    machine.say(f'{name}: streaming {row["streaming_s"] - row["reachable_s"]:.1f} s after '
                'it could be')
    time.sleep(HELD_S + 3.0)
    row['end_s'] = time.time()


def run(machine):
    machine.start_bluetooth()
    machine.box = machine.start_box(LEFT, '--type', 't1', '--delay', '120', '--reports', 'none',
                                    record=False)
    machine.start_bluealsa(RIGHT)
    machine.start_session()
    machine.write_tandem()
    machine.start_tandem()
    machine.start_wireplumber()
    time.sleep(desk.SETTLE_S)
    desk.connect(machine, LEFT, RIGHT)
    machine.player = desk.play(machine)
    machine.facts.update(events=[], wall_s=time.time() - machine.now())
    wanted = machine.options['row']
    for row in ROWS:
        if wanted in row[0]:
            one(machine, *row)
    if wanted in 'told to stop':
        time.sleep(HELD_S)
        told_to_stop(machine)


def judge(result):
    import breaks
    breaks.judge(result, PAGE_EVERY_S)
