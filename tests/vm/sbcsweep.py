# SPDX-License-Identifier: MIT
"""tools/vm sbc: what was on the air, and what BlueALSA made of it.

    btsnoop --headers--> mode and bitpool of each block
       |  libsbc of this host: the same sound, so each frame of the capture has its block
    capture of BlueALSA --held bitpool by held bitpool, against the source--> place and level

Level and cross-talk: the least-squares share of each channel of the source in each channel
of the capture. Place: where the capture lies in the source, by correlation.
"""
from collections import namedtuple

import numpy as np

import btsnoop
import measure
from arrivals import RATES, decode, search

LEAD_S = 1.0        # so long the first bitpool has been held when a capture begins
MARGIN_S = 0.05     # a held bitpool's ends
LEAST_S = 0.4       # of a held bitpool, looked at
NEAR_S = 0.02       # how far the place is looked for
NEEDLE = 4096, 512  # where and how long: the decoders agree from the second block on
# For a channel: from so many on level and place must be right, which is a bitpool of 5 for
# two. Below, a subband takes two bits or none, and joint may send a channel in part of both.
FIRM_BITS = 2.5
LEVEL_DB = 0.5      # seen: 0.16
CROSS = 0.05        # share of a channel that does not belong there; seen: 0.008
MOVED_MS = 0.1      # seen: 0.024, of what is hardly found; a block is 2.67 ms
LATE_MS = 0.5       # seen: 0.22, of means over a bitpool
MODE_NAMES = ('mono', 'dual', 'stereo', 'joint')  # A2DP 1.3, 12.9: as the header has them
SIDES = ('left', 'right')
# {side: share of the source's channels in each of the box's}; mono: in its only one
SHARES = {'left': ((1.0, 0.0), (0.0, 1.0)), 'right': ((0.0, 1.0), (0.0, 1.0))}
MONO = {'left': ((0.5, 0.5),), 'right': ((0.0, 1.0),)}

Block = namedtuple('Block', 'mode rate bitpool frames bytes')
# moved_ms, trust: of each channel; shares: [channel][of the source's]; late_s: arrival
# minus the instant of the source that ends the packet
Held = namedtuple('Held', 'bitpool seconds packets blocks moved_ms trust shares late_s')


def header(data):
    """A Block, by its first bytes; ValueError: it is none."""
    if len(data) < 4 or data[0] != 0x9c:
        raise ValueError('no sync word where a block should begin')
    blocks, bands = 4 + 4 * (data[1] >> 4 & 3), 8 if data[1] & 1 else 4
    mode, bitpool = data[1] >> 2 & 3, data[2]
    channels = 1 if mode == 0 else 2
    bits = blocks * bitpool * (channels if mode < 2 else 1) + (bands if mode == 3 else 0)
    return Block(MODE_NAMES[mode], RATES[data[1] >> 6], bitpool, blocks * bands,
                 4 + bands * channels // 2 + (bits + 7) // 8)


def blocks_of(packet):
    """Its [Block]; ValueError: they do not fill it."""
    found, data = [], packet.payload
    for _ in range(packet.frames):
        block = header(data)
        found.append(block)
        data = data[block.bytes:]
    if data:
        raise ValueError(f'{len(data)} bytes behind the last block')
    return found


def piece(sound, at, count):
    """sound[at ...][channels], at with a fraction."""
    edge, whole = 64, int(np.floor(at))
    rows = np.stack([measure.cut(channel, whole - edge, count + 2 * edge)
                     for channel in sound.T])
    turn = np.exp(2j * np.pi * np.fft.rfftfreq(rows.shape[1]) * (at - whole))
    return np.fft.irfft(np.fft.rfft(rows) * turn, rows.shape[1])[:, edge:-edge].T


class Side:
    """One box in one mode. place: where its capture begins in the source, in frames."""

    def __init__(self, result, log, turn, index):
        self.name, self.mode = SIDES[index], turn['mode']
        self.packets = log.heard(index + 1, turn['begin_s'] - LEAD_S, turn['end_s'])
        self.blocks = [blocks_of(p) for p in self.packets]
        flat = [block for row in self.blocks for block in row]
        self.kinds = {(b.mode, b.rate) for b in flat}
        self.bitpools = np.repeat([b.bitpool for b in flat], [b.frames for b in flat])
        self.mono = turn['mode'] == 'mono'
        self.wanted = np.array((MONO if self.mono else SHARES)[self.name])
        sound, _, self.first = decode(self.packets)
        self.decoded = np.round(sound * 32768).astype(np.int16)[:, :len(self.wanted)]
        pcm = np.fromfile(result.file(turn['files'][index]), '<i2')
        self.pcm = pcm[:len(pcm) // len(self.wanted) * len(self.wanted)].reshape(
            -1, len(self.wanted))
        self.offset = self.find()

    def find(self):
        """Which decoded frame the capture begins with; None: it is another sound."""
        begin, count = NEEDLE
        needle = np.ascontiguousarray(self.pcm[begin:begin + count]).tobytes()
        at = np.ascontiguousarray(self.decoded).tobytes().find(needle) if needle else -1
        return None if at < 0 else at // (2 * self.pcm.shape[1]) - begin

    def differing(self):
        """How many frames of the capture are not what libsbc makes of the air."""
        same = self.decoded[self.offset + NEEDLE[0]:][:len(self.pcm) - NEEDLE[0]]
        rest = self.pcm[NEEDLE[0]:]
        return len(rest) - len(same) + int(np.sum(np.any(rest[:len(same)] != same, axis=1)))

    def holds(self, music):
        """[Held] of the capture, in order."""
        self.sound = self.pcm / 32768.0
        bitpools = self.bitpools[self.offset:][:len(self.sound)]
        self.plays = [music @ shares for shares in self.wanted]
        self.place = -search(self.plays[-1], self.sound[:, -1]) * measure.RATE
        edges = np.flatnonzero(np.diff(bitpools)) + 1
        found = []
        for begin, end in zip([0, *edges], [*edges, len(bitpools)]):
            margin = int(MARGIN_S * measure.RATE)
            if end - begin > 2 * margin + LEAST_S * measure.RATE:
                found.append(self.hold(music, int(bitpools[begin]), begin + margin,
                                       end - margin))
        return found

    def hold(self, music, bitpool, begin, end):
        moved, trust = zip(*(self.look(plays, channel, begin, end)
                             for plays, channel in zip(self.plays, self.sound.T)))
        best = moved[int(np.argmax(trust))]
        source = piece(music, begin + self.place + best, end - begin)
        shares = np.linalg.lstsq(source, self.sound[begin:end], rcond=None)[0].T
        inside = [i for i, at in enumerate(self.first[:-1])
                  if begin <= at - self.offset and self.first[i + 1] - self.offset <= end]
        ends = (self.first[1:] - self.offset + self.place + best) / measure.RATE
        late = [self.packets[i].arrival_s - ends[i] for i in inside]
        blocks = [len(self.blocks[i]) for i in inside]
        ms = tuple(float(m) / measure.RATE * 1e3 for m in moved)
        return Held(bitpool, (end - begin) / measure.RATE, len(inside),
                    max(blocks, default=0), ms, trust, shares,
                    float(np.mean(late)) if late else None)

    def look(self, want, heard, begin, end):
        """(frames that it lies after its place, correlation there)"""
        near = int(NEAR_S * measure.RATE)
        at = int(round(begin + self.place)) - near
        wide = measure.cut(want, at, end - begin + 2 * near)
        value, cross, size = measure.correlate(heard[begin:end], np.hanning(end - begin),
                                               wide)
        peak = int(np.argmax(value))
        return at + measure.refine(cross, size, peak) - begin - self.place, \
            float(value[peak])

    def bits(self, bitpool):
        """For one channel."""
        return bitpool / (2.0 if self.mode in ('joint', 'stereo') else 1.0)

    def steps_are_whole(self):
        """No packet is missing: sequence and time stamp go on."""
        return all((b.seq - a.seq) % 65536 == 1
                   and (b.timestamp - a.timestamp) % (1 << 32) == sum(x.frames for x in row)
                   for a, b, row in zip(self.packets, self.packets[1:], self.blocks))


def check_air(result, name, turn, box):
    """What was asked for was sent, in that order, and nothing else; nothing is missing."""
    mode = 'dual' if turn['mode'] == 'xq' else turn['mode']
    asked = turn['asked'] if box.name == 'left' else turn['asked'][::-1]
    played = box.bitpools[np.flatnonzero(np.diff(box.bitpools, prepend=-1))].tolist()
    result.check(box.kinds == {(mode, measure.RATE)} and played == asked,
                 f'{name}: on the air: {sorted(box.kinds)}, bitpools {played}')
    return result.check(box.steps_are_whole(), f'{name}: {len(box.packets)} packets, '
                        'sequence and time go on without a gap')


def check_capture(result, name, box):
    if not result.check(box.offset is not None, f'{name}: BlueALSA decoded what was on the '
                        'air'):
        return False
    count = box.differing()
    return result.check(count == 0, f'{name}: {len(box.pcm)} frames of BlueALSA, {count} '
                        "of them are not libsbc's")


def check_place(result, name, turn, box, held):
    """Nothing lost, nothing repeated, whatever the bitpool and the size of the packets."""
    lost = [h.bitpool for h in held
            if box.bits(h.bitpool) >= FIRM_BITS and min(h.trust) < measure.TRUSTED]
    result.check(not lost, f'{name}: the source is found from {FIRM_BITS} bits a channel '
                 f'on (not at {lost})')
    moved = [m for h in held for m, t in zip(h.moved_ms, h.trust) if t >= measure.TRUSTED]
    span = max(moved) - min(moved) if moved else np.inf
    result.figure(f'{box.mode}.{box.name}.moved_ms', round(span, 4))
    result.check(span <= MOVED_MS and len(held) == len(turn['asked']),
                 f'{name}: its place in the source moves by {span:.3f} ms over {len(held)} '
                 'bitpools')


def check_level(result, name, box, held):
    """As loud as the source, and only what belongs there, where the bits are enough."""
    worst_db = worst_cross = 0.0
    for h in held:
        if box.bits(h.bitpool) < FIRM_BITS:
            continue
        for shares, wanted in zip(h.shares, box.wanted):
            for share, want in zip(shares, wanted):
                if want == 0.0:
                    worst_cross = max(worst_cross, abs(share))
                else:
                    worst_db = max(worst_db, abs(20 * np.log10(max(share / want, 1e-9))))
    result.figure(f'{box.mode}.{box.name}.level_db', round(worst_db, 4))
    result.check(worst_db <= LEVEL_DB and worst_cross <= CROSS,
                 f'{name}: from {FIRM_BITS} bits a channel on the level is {worst_db:.3f} '
                 f'dB off at most, of what is not its own {worst_cross:.4f} at most')


def rows(name, held, since_s):
    """A line a bitpool; since_s: the lateness that counts as none."""
    lines = []
    for h in held:
        shares = ' '.join(f'{share:+.3f}' for row in h.shares for share in row)
        moved = ' '.join(f'{m:+.3f} ms ({t:.2f})' for m, t in zip(h.moved_ms, h.trust))
        late = 'never' if h.late_s is None else f'{(h.late_s - since_s) * 1e3:+.3f} ms'
        lines.append(f'{name:<14} {h.bitpool:>3}  {h.seconds:.2f} s, {h.packets:>3} packets '
                     f'of {h.blocks:>2}  shares {shares}  moved {moved}  late {late}\n')
    return lines


def check_late(result, late):
    """An instant of the source is complete at either box at the same time, in every mode."""
    known = [at for at in late if at is not None]
    span_ms = (max(known) - min(known)) * 1e3 if known else np.inf
    result.figure('late.span_ms', round(span_ms, 3))
    result.check(span_ms <= LATE_MS, f'over all of it the source arrives within '
                 f'{span_ms:.3f} ms of the same time')


def judge(result):
    log = btsnoop.read(result.file('hci.btsnoop'))
    music = result.music.astype(np.float64)
    late, lines = [], []
    for turn in result.facts.get('turns', []):
        for index, side in enumerate(SIDES):
            name = f'{turn["mode"]}, {side}'
            try:
                box = Side(result, log, turn, index)
            except ValueError as odd:
                result.check(False, f'{name}: {odd}')
                continue
            if check_air(result, name, turn, box) and check_capture(result, name, box):
                held = box.holds(music)
                check_place(result, name, turn, box, held)
                check_level(result, name, box, held)
                late += [h.late_s for h in held]
                lines += rows(name, held, late[0] or 0.0)
    with open(result.file('bitpools.txt'), 'w') as file:  # for who keeps the files
        file.writelines(lines)
    check_late(result, late)
