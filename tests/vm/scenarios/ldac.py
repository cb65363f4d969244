# SPDX-License-Identifier: MIT
"""Both speakers are to have LDAC, and play it through Tandem.

They are software speakers that take LDAC beside SBC. Nothing in Debian decodes it: each
packet on the air is read frame by frame, by a reader that is not the encoder's, for rate,
mode, length and gaps; and when it arrived is judged, packet by packet. mode=stereo or mono.
On Debian 12 the box's own BlueZ (before 5.80) takes packets of 672 bytes, one too few: there
both play SBC instead, in time, and say why.
"""
import desk

SECONDS = 30
OPTIONS = {'speakers': 'box', 'mode': 'stereo', 'told': '--ldac'}
CHOICES = {'mode': ('stereo', 'mono')}
VARIANTS = [{}, {'mode': 'mono'}]
TAKES_S = {}
NARROW = {'bookworm': 'LDAC needs packets of 673 bytes and the link to this speaker takes 672: '
                      'plays SBC'}
SHAPE = (48000, 110, 6)  # rate, bytes of a frame, frames of a packet: 330 kbit/s
LEAST = 60               # packets a second: 62.5


def run(machine):
    desk.start(machine, each=f'codec = ldac ldac-mode = {machine.options["mode"]}')
    desk.connect(machine, 1, 2)
    desk.finish(machine, desk.play(machine))
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
