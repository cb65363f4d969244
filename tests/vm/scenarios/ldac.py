# SPDX-License-Identifier: MIT
"""Both speakers are to have LDAC, and play it through Tandem.

They are software speakers that take LDAC beside SBC. Nothing in Debian decodes it: each
packet on the air is read frame by frame, by a reader that is not the encoder's, for rate,
mode, length and gaps; and when it arrived is judged, packet by packet. mode=stereo or mono.
On Debian 12 the box's own BlueZ (before 5.80) takes packets of 672 bytes, one too few: there
both play SBC instead, in time, and say why. crowd=on: with 660 kbit/s each, the air carries
70 % of that for 20 s: both go down the ladder together, lose nothing, and are back in 10 s.
"""
import signal
import time

import desk

SECONDS = 30
OPTIONS = {'speakers': 'box', 'mode': 'stereo', 'told': '--ldac', 'crowd': ''}
CHOICES = {'mode': ('stereo', 'mono'), 'crowd': ('', 'on')}
VARIANTS = [{}, {'mode': 'mono'}, {'crowd': 'on'}]
TAKES_S = {}
NARROW = {'bookworm': 'LDAC needs packets of 673 bytes and the link to this speaker takes 672: '
                      'plays SBC'}
SHAPE = (48000, 110, 6)  # rate, bytes of a frame, frames of a packet: 330 kbit/s
LEAST = 60               # packets a second: 62.5
# The ladder from 660 kbit/s: bytes of a frame, frames of a packet.
LADDER = {220: 3, 164: 4, 132: 5, 110: 6}
BEFORE_S, CROWD_S, AFTER_S = 8.0, 20.0, 10.0
# 660 bytes behind 13, 4 and 5, each 384 frames, to each of two
PLANNED = 2 * 682 * 48000 / 384
SHARE = 0.7
PACKET_S = 0.016         # the longest on the ladder


def run(machine):
    crowded = machine.options['crowd'] == 'on'
    quality = 'sq' if crowded else 'auto'
    if crowded:
        machine.crowd = int(SHARE * PLANNED)
    desk.start(machine, each=f'codec = ldac ldac-mode = {machine.options["mode"]} '
                             f'ldac-quality = {quality}')
    desk.connect(machine, 1, 2)
    player = desk.play(machine)
    if crowded:
        time.sleep(BEFORE_S)
        machine.relay.kill(signal.SIGHUP)
        machine.facts['begin_s'] = time.time()
        time.sleep(CROWD_S)
        machine.relay.kill(signal.SIGHUP)
        machine.facts['end_s'] = time.time()
        time.sleep(AFTER_S)
    desk.finish(machine, player)
    rows = machine.facts['rows']
    why = NARROW.get(machine.task['stack'], '')
    machine.facts['narrow'] = bool(why)
    for side in ('left', 'right'):
        said = {key: rows.get(f'speaker.{side}.{key}') for key in
                ('stream.codec', 'stream.mode', 'stream.rate-hz', 'message')}
        machine.check((said['stream.codec'], said['message'])
                      == ('sbc' if why else 'ldac', why), f'the {side} speaker says: {said}')


def judge(result):
    import btsnoop
    from judge import SIDES, played
    if result.facts['narrow']:
        played(result)
        return
    log = btsnoop.read(result.file('hci.btsnoop'))
    sides = [log.heard(i + 1) for i in range(2)]
    if result.task['options']['crowd'] == 'on':
        check_ladder(result, dict(zip(SIDES, sides)))
        return
    for name, packets in zip(SIDES, sides):
        check_frames(result, name, packets)
    if all(sides):
        check_skew(result, sides)


def check_frames(result, name, packets):
    import ldacframes
    rate, size, count = SHAPE
    try:
        kinds, holes = ldacframes.read(packets)
    except ValueError as odd:
        result.check(False, f'{name}: {odd}')
        return
    wanted = (rate, result.task['options']['mode'], size, count)
    result.figure(f'{name}.packets', len(packets))
    result.check(len(packets) > LEAST * result.task['seconds'] and set(kinds) == {wanted},
                 f'{name}: {len(packets)} packets: {dict(kinds)} (rate, mode, bytes of a '
                 'frame, frames)')
    result.check(not holes, f'{name}: sequence and time go on without a gap ({holes[:5]})')


def check_skew(result, sides):
    """The same instant of the music is in packets of the same time stamp."""
    import numpy as np
    from judge import ARRIVAL_MEAN_MS, ARRIVAL_STD_MS
    at = [{p.timestamp: p.arrival_s for p in packets} for packets in sides]
    both = sorted(set(at[0]) & set(at[1]))
    skew = np.array([at[0][t] - at[1][t] for t in both]) * 1e3
    mean, std = float(np.mean(skew)), float(np.std(skew))
    result.figure('arrival.mean_ms', round(mean, 4))
    result.figure('arrival.std_ms', round(std, 4))
    result.check(abs(mean) <= ARRIVAL_MEAN_MS and std <= ARRIVAL_STD_MS,
                 f'arrival skew of {len(both)} pairs: mean {mean:+.4f} ms, std {std:.4f} ms, '
                 f'worst {np.max(np.abs(skew)):.3f} ms')


def check_ladder(result, sides):
    import ldacframes
    sizes = {}
    for name, packets in sides.items():
        kinds, holes = ldacframes.read(packets)
        rungs = {kind[2:] for kind in kinds}
        result.check(rungs <= set(LADDER.items()) and len(rungs) > 1,
                     f'{name}: rungs of the ladder (bytes of a frame, frames): {dict(kinds)}')
        result.check(not holes, f'{name}: sequence and time go on without a gap ({holes[:5]})')
        sizes[name] = [(p.timestamp, ldacframes.frames(p.payload, p.frames)[0].size)
                       for p in packets]
    apart_s, changes = apart(*sizes.values())
    result.check(apart_s <= changes * PACKET_S, f'{changes} changes of the rung; the two boxes '
                 f'are on different ones for {apart_s * 1e3:.0f} ms in all')
    low = [p.arrival_s for name, packets in sides.items()
           for p, (_, size) in zip(packets, sizes[name]) if size < max(LADDER)]
    begin_s, end_s = result.facts['begin_s'], result.facts['end_s']
    back_s = max(low, default=begin_s) - end_s
    result.figure('back_s', round(back_s, 2))
    result.check(low and min(low) >= begin_s and back_s <= AFTER_S,
                 f'less is sent {min(low, default=0) - begin_s:.2f} s after the crowd began, '
                 f'and all again {back_s:.1f} s after it ended')


def apart(left, right):
    """(s during which the two have different rungs, changes of either), by RTP's time."""
    moments = sorted({t for side in (left, right) for t, _ in side})
    at, rung, changes, frames = [0, 0], [None, None], 0, 0
    for begin, end in zip(moments, moments[1:]):
        for i, side in enumerate((left, right)):
            while at[i] < len(side) and side[at[i]][0] <= begin:
                changes += rung[i] not in (None, side[at[i]][1])
                rung[i] = side[at[i]][1]
                at[i] += 1
        if None not in rung and rung[0] != rung[1]:
            frames += end - begin
    return frames / 48000, changes
