# SPDX-License-Identifier: MIT
"""LDAC's frames, read by their headers: nothing decodes them, but each says what it is.

    8 bits 0xaa | 3 rate | 2 channels | 9 length, less one | 2 status | length bytes
"""
from collections import Counter, namedtuple

RATES = (44100, 48000, 88200, 96000)
MODES = ('mono', 'dual', 'stereo')
SAMPLES = {44100: 128, 48000: 128, 88200: 256, 96000: 256}

Frame = namedtuple('Frame', 'rate_hz mode size')


def frames(payload, count):
    """[Frame], as many as the packet says; ValueError when its bytes are not just those."""
    found = []
    for _ in range(count):
        if len(payload) < 3 or payload[0] != 0xaa:
            raise ValueError('no frame begins here')
        rate, mode = payload[1] >> 5, payload[1] >> 3 & 3
        size = 3 + ((payload[1] & 7) << 6 | payload[2] >> 2) + 1
        if rate >= len(RATES) or mode >= len(MODES) or size > len(payload):
            raise ValueError(f'a frame of {size} bytes where {len(payload)} are left')
        found.append(Frame(RATES[rate], MODES[mode], size))
        payload = payload[size:]
    if payload or not found:
        raise ValueError(f'{len(payload)} bytes behind the last frame')
    return found


def read(packets):
    """(kinds, holes): Counter of (rate, mode, frame bytes, frames in the packet), and where
    sequence number or time do not go on."""
    kinds, holes, before = Counter(), [], None
    for packet in packets:
        found = frames(packet.payload, packet.frames)
        kinds[(found[0].rate_hz, found[0].mode, found[0].size, len(found))] += 1
        if len({f[:2] for f in found}) != 1:
            raise ValueError('two kinds of frames in one packet')
        samples = sum(SAMPLES[f.rate_hz] for f in found)
        if before and ((before[0] + 1) & 0xffff, before[1] & 0xffffffff) \
                != (packet.seq, packet.timestamp):
            holes.append(packet.seq)
        before = packet.seq, packet.timestamp + samples
    return kinds, holes
