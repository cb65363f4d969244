# SPDX-License-Identifier: MIT
"""A2DP packets as the speakers' controllers handed them to their kernel, from btmon's file.

btmon stores every HCI packet with the kernel's time stamp. Here the ACL fragments that a
speaker's adapter received are put together to L2CAP frames, and those that are RTP with SBC
are kept: that is when each of them arrived, and what was in it.
"""
import struct

HEADER = struct.Struct('>IIIIq')
EPOCH_US = 0x00dcddb30f2f8000  # year 0 to 1970, as btsnoop counts
ACL_RX = 5


class Packet:
    """arrival_s: on the machine's wall clock; frames: coded blocks in payload."""

    __slots__ = ('arrival_s', 'seq', 'timestamp', 'frames', 'payload')

    def __init__(self, arrival_s, data):
        self.arrival_s = arrival_s
        self.seq, self.timestamp = struct.unpack('>HI', data[2:8])
        self.frames = data[12] & 0x0f
        self.payload = data[13:]


def records(path):
    """(adapter index, opcode, arrival_s, data)"""
    with open(path, 'rb') as file:
        if file.read(8) != b'btsnoop\0':
            raise ValueError(f'{path}: not a btsnoop file')
        file.read(8)
        while True:
            head = file.read(HEADER.size)
            if len(head) < HEADER.size:
                return
            _, length, flags, _, stamp = HEADER.unpack(head)
            data = file.read(length)
            yield flags >> 16, flags & 0xffff, (stamp - EPOCH_US) / 1e6, data


def is_sbc(frame):
    """RTP version 2 of payload type 96, whose first coded block has SBC's sync word."""
    return len(frame) > 14 and frame[0] == 0x80 and frame[1] & 0x7f == 96 \
        and frame[13] == 0x9c


def media(path, adapter):
    """[Packet] that this adapter received, in order."""
    found, pending = [], {}
    for index, opcode, arrival_s, data in records(path):
        if index != adapter or opcode != ACL_RX or len(data) < 5:
            continue
        handle = struct.unpack_from('<H', data)[0]
        connection, flag = handle & 0x0fff, handle >> 12 & 3
        if flag == 1:
            pending[connection] = pending.get(connection, b'') + data[4:]
        else:
            pending[connection] = data[4:]
        frame = pending[connection]
        if len(frame) < 4 or len(frame) < 4 + struct.unpack_from('<H', frame)[0]:
            continue
        pending[connection] = b''
        if is_sbc(frame[4:]):
            found.append(Packet(arrival_s, frame[4:]))
    return found
