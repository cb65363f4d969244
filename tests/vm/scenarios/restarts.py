# SPDX-License-Identifier: MIT
"""kill -9 of each daemon in turn while both play: sound again, without hand work.

The units' restarts are done here as systemd does them: what is bound to PipeWire goes and
comes with it, Tandem first. While Tandem is away its stream plays on another sink.
WirePlumber 0.4 does not link the streams that it finds at its start, to any sink: there the
player is started again, as its user would. Nobody keeps a dead Tandem's place here, as
systemd does (units): on sid the session manager has both boxes by then, one of them is
borrowed, and what the other one says is done. row=NAME: only that one.
"""
import signal
import time

import desk

SECONDS = 240
OPTIONS = {'order': 'tandem', 'row': '', 'boxes': 'off'}
BACK_S, OWN_BACK_S, SINKS_S = 10.0, 5.0, 5.0
TAKES_S = {'bookworm': 88, 'trixie': 83, 'sid': 101}


def kill_tandem(machine):
    machine.end(machine.tandem, signal.SIGKILL)
    on_other = machine.graph.wait(lambda g: feeds(machine, 'other'), 'the other sink', 5)
    machine.check(on_other, 'Tandem is away: the music plays on another sink')
    machine.restore()
    machine.start_tandem()


def kill_wireplumber(machine):
    machine.end(machine.wireplumber, signal.SIGKILL)
    machine.end(machine.pulse)
    machine.start_wireplumber()
    if desk.leaves_players_alone(machine):
        machine.end(machine.player)
        machine.player = None


def kill_bluetoothd(machine):
    machine.end(machine.bluetoothd, signal.SIGKILL)
    time.sleep(1.0)
    machine.start_bluetoothd()


def kill_pipewire(machine):
    machine.end(machine.pipewire, signal.SIGKILL)
    for process in (machine.tandem, machine.wireplumber, machine.pulse, machine.player):
        machine.end(process)
    machine.restore()
    machine.restart_graph()
    machine.start_tandem()
    machine.start_wireplumber()
    add_other(machine)
    machine.player = None


ROWS = (('wireplumber', kill_wireplumber, BACK_S), ('tandem', kill_tandem, OWN_BACK_S),
        ('bluetoothd', kill_bluetoothd, BACK_S), ('pipewire', kill_pipewire, BACK_S))


def feeds(machine, sink):
    """Whether the player's sound goes to that sink."""
    graph = machine.graph
    player, node = graph.node('tandem-player'), graph.node(sink)
    return player and node and graph.linked(player['id'], node['id'])


def add_other(machine):
    machine.user_run('pw-cli', 'create-node', 'adapter', '{ factory.name = '
                     'support.null-audio-sink node.name = other media.class = Audio/Sink '
                     'object.linger = true audio.position = [ FL FR ] '
                     'priority.session = 100 priority.driver = 100 }')
    machine.graph.wait(lambda g: g.node('other'), 'another sink')


def play(machine):
    """As an application does: on the default sink, and again when its server is back."""
    machine.graph.wait(lambda g: g.node('tandem'), 'the sink', 30)
    machine.user_run('wpctl', 'set-default', str(machine.graph.node('tandem')['id']))
    machine.player = machine.start_player(target=None)
    machine.wait_state('streaming')
    machine.player.say('go')


def loses_its_place(machine):
    return machine.task['stack'] == 'sid' and machine.options.get('init') != 'systemd'


def cure(machine):
    """One plays, and the other one's advice is taken; what is judged instead."""
    desk.wait_streaming(machine, wanted=1)
    desk.check_waiting(machine)
    begin = time.time()
    kill_wireplumber(machine)
    return 'wireplumber, as told', begin, BACK_S


def links_are_up(machine):
    return all(machine.link_is_up(i) for i in (1, 2))


def begin(machine):
    desk.start(machine)
    add_other(machine)
    desk.connect(machine, 1, 2)
    play(machine)


def kill_each(machine):
    machine.facts['kills'] = []
    for name, kill, limit_s in [r for r in ROWS if machine.options['row'] in r[0]]:
        machine.wait(lambda: feeds(machine, 'tandem'), 'the music on Tandem')
        time.sleep(4.0)
        killed = time.time()
        kill(machine)
        if kill is kill_tandem and loses_its_place(machine):
            name, killed, limit_s = cure(machine)
        machine.wait(lambda: links_are_up(machine), f'{name}: both links', 40)
        linked = time.time()
        if machine.player is None:
            play(machine)
        machine.wait_state('streaming', timeout_s=40)
        machine.wait(lambda: feeds(machine, 'tandem'), f'{name}: the music on Tandem again')
        machine.say(f'{name}: killed, links after {linked - killed:.1f} s, streaming after '
                    f'{time.time() - killed:.1f} s')
        machine.facts['kills'].append((name, killed, linked, limit_s))
        time.sleep(3.0)


def stop(machine):
    """Nothing of ours is left over, and its members are ordinary sinks again."""
    machine.switch_on(3, on=False)  # a new bluetoothd switches everything on
    machine.unlink(3)
    count = len(machine.bluez.transports())
    machine.check(count == 2, f'{count} streams are left in BlueZ, one a member')
    machine.player.stop()
    begin_s = machine.now()
    machine.end_tandem()
    wanted = desk.STOCK[machine.task['stack']]
    machine.wait(lambda: sum(bool(machine.sink_of(i)) for i in (1, 2)) == wanted,
                 f'{wanted} ordinary sinks of members at the end', 10)
    took_s = machine.now() - begin_s
    machine.check(took_s <= SINKS_S, f'{wanted} members are ordinary sinks again after '
                  f'{took_s:.1f} s, which is what the stock stack can hold')


def run(machine):
    begin(machine)
    kill_each(machine)
    stop(machine)


def judge(result):
    import btsnoop
    log = btsnoop.read(result.file('hci.btsnoop'))
    arrivals = [[p.arrival_s for p in log.heard(i)] for i in (1, 2)]
    for name, killed, linked, limit_s in result.facts['kills']:
        for side, times in zip(('left', 'right'), arrivals):
            back = steady_after(times, killed)
            result.figure(f'{name}.{side}.back_s', back)
            ok = back is not None and killed + back - max(linked, killed) <= limit_s
            result.check(ok, f'kill -9 {name}: the {side} box is fed again '
                         f'{back if back is None else round(back, 2)} s after it, '
                         f'{linked - killed:.1f} s until both links')


def steady_after(times, since, for_s=1.0, gap_s=0.1):
    """From when on packets come for a second without a gap, in s after since; None."""
    run_from = None
    before = None
    for at in times:
        if at < since:
            before = at
            continue
        if before is None or at - before > gap_s:
            run_from = at
        elif run_from is None:
            run_from = since
        before = at
        if at - run_from >= for_s:
            return run_from - since
    return None
