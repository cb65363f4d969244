# SPDX-License-Identifier: MIT
"""The air carries 70 % of both streams for 20 s, then all again: nothing is left out.

What is on the way to a speaker is known by completion stamps where BlueZ and the kernel have
them (sid), else by its socket, and is bounded alike. Judged by what arrived at the speakers:
every packet, the bitpools of both the same but for one packet at each change, and the best
one again within 10 s. stamps=off: by the socket on sid, too.
"""
import signal
import time

import desk

SECONDS = 50
OPTIONS = {'stamps': ''}
TAKES_S = {'bookworm': 60, 'trixie': 57, 'sid': 56}
CHOICES = {'stamps': ('', 'off')}
VARIANTS = [{}, {'stamps': 'off'}]
BEFORE_S, CROWD_S, AFTER_S = 8.0, 20.0, 10.0
SHARE = 0.7
LIMIT = 3                 # packets on their way
# SBC joint of bitpool 51 at 48 kHz, 8 blocks of 128 frames behind 13, 4 and 5 bytes
PLANNED = 2 * (8 * 115 + 22) * 48000 / 1024
SIDES = ('left', 'right')


def stamped(stack, options):
    return stack == 'sid' and options['stamps'] != 'off'


def crowd(machine):
    machine.relay.kill(signal.SIGHUP)
    return time.time()


def check_way(machine, rows):
    wanted = 'stamps' if stamped(machine.task['stack'], machine.options) else 'socket'
    for side in SIDES:
        row = {k: rows.get(f'speaker.{side}.stream.{k}') for k in (
            'queue-source', 'queue-most', 'skipped', 'packets', 'completed', 'air-percent',
            'radio-p50-ms', 'radio-p95-ms', 'radio-p99-ms')}
        machine.facts.setdefault('way', {})[side] = row
        machine.check(row['queue-source'] == wanted,
                      f'{side}: what is on its way is told by the {row["queue-source"]}')
        machine.check(int(row['queue-most']) <= LIMIT and int(row['skipped']) == 0,
                      f'{side}: at most {row["queue-most"]} packets on their way, '
                      f'{row["skipped"]} left out of {row["packets"]}')
        lacking = int(row['packets']) - int(row['completed'])
        machine.check(lacking <= LIMIT + 1 if wanted == 'stamps' else row['completed'] == 0,
                      f'{side}: {row["completed"]} acknowledged; the radio took '
                      f'{row["radio-p50-ms"]} ms for half of them, {row["radio-p95-ms"]} '
                      f'for 95 %, {row["radio-p99-ms"]} for 99 %')


def run(machine):
    machine.crowd = int(SHARE * PLANNED)
    off = machine.options['stamps'] == 'off'
    desk.start(machine, **({'tx-timestamps': 'off'} if off else {}))
    desk.connect(machine, 1, 2)
    player = desk.play(machine)
    time.sleep(BEFORE_S)
    quiet = machine.rows()
    machine.say({k: v for k, v in quiet.items() if '.stream.' in k})
    machine.facts['begin_s'] = crowd(machine)
    time.sleep(CROWD_S / 2)
    said = machine.rows().get('tandem.message', '')
    machine.check(said.startswith('the air is crowded'), f'it says: {said}')
    time.sleep(CROWD_S / 2)
    machine.facts['end_s'] = crowd(machine)
    time.sleep(AFTER_S + 2.5)  # the rows are told every 2 s
    rows = machine.rows()
    machine.check(rows.get('tandem.message') == '' and int(rows['tandem.air-percent']) == 100,
                  f'then {rows["tandem.air-percent"]} % is sent, and it says nothing: '
                  f'{rows.get("tandem.message")!r}')
    check_way(machine, rows)
    desk.finish(machine, player)


def bitpools(packets):
    """{RTP time stamp: bitpool of its first block}"""
    return {p.timestamp: p.payload[2] for p in packets}


def judge(result):
    import btsnoop
    import judge as judgements
    import numpy as np
    from arrivals import Arrivals
    music = np.ascontiguousarray(result.music.astype(np.float64).T)
    log = btsnoop.read(result.file('hci.btsnoop'))
    heard = [log.heard(index) for index in (1, 2)]
    for name, packets, own in zip(SIDES, heard, music):
        judgements.whole(result, name, Arrivals(packets, own))
    left, right = (bitpools(packets) for packets in heard)
    both = sorted(set(left) & set(right))
    apart = [t for t in both if left[t] != right[t]]
    changes = sum(left[a] != left[b] for a, b in zip(both, both[1:]))
    best = max(left.values())
    result.check(changes > 0 and len(apart) <= changes,
                 f'{changes} changes of the bitpool, {best} to {min(left.values())}; the two '
                 f'boxes differ in {len(apart)} of {len(both)} packets')
    low = [p.arrival_s for packets in heard for p in packets if p.payload[2] < best]
    begin_s, end_s = result.facts['begin_s'], result.facts['end_s']
    back_s = max(low, default=begin_s) - end_s
    result.figure('back_s', round(back_s, 2))
    result.check(low and min(low) >= begin_s and back_s <= AFTER_S,
                 f'less is sent {min(low, default=0) - begin_s:.2f} s after the crowd began, '
                 f'and all again {back_s:.1f} s after it ended')
    during = [p for packets in heard for p in packets
              if begin_s + 1 < p.arrival_s < end_s]
    mean = float(np.mean([8 + p.payload[2] for p in during])) / (8 + best)
    result.figure('mean_share', round(mean, 3))
    result.check(mean > 0.5, f'on the average {mean:.0%} of it meanwhile')
