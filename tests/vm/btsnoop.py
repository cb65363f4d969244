# SPDX-License-Identifier: MIT
"""What the machine's kernel and its controllers said to each other, from btmon's file.

btmon stores every HCI packet with the kernel's time stamp. One pass over it keeps

    media    A2DP packets as each speaker's controller handed them to its kernel: the ACL
             fragments put together to L2CAP frames, those that are RTP with SBC or LDAC
    links    when a link came and went at an adapter, and why
    pages    when an adapter began to call whom

so it says when each packet arrived, what was in it, and what our reconnecting cost.
"""
import functools
import os
import struct
from collections import namedtuple

HEADER = struct.Struct('>IIIIq')
EPOCH_US = 0x00dcddb30f2f8000  # year 0 to 1970, as btsnoop counts
COMMAND, EVENT, ACL_RX = 2, 3, 5
CREATE_CONNECTION = 0x0405
CONNECTION_COMPLETE, DISCONNECTION_COMPLETE = 0x03, 0x05
ACL_LINK = 0x01

Page = namedtuple('Page', 'at_s adapter address')
# up: a link began (reason is its status, not 0: nobody answered), else it ended
Link = namedtuple('Link', 'at_s adapter address up reason')


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


SYNC = (0x9c, 0xaa)  # of SBC, of LDAC


def is_media(frame):
    """RTP version 2 of payload type 96, whose first coded block has a sync word."""
    return len(frame) > 14 and frame[0] == 0x80 and frame[1] & 0x7f == 96 \
        and frame[13] in SYNC


def address_of(data):
    return ':'.join(f'{byte:02X}' for byte in reversed(data))


class Log:
    def __init__(self, path):
        self.media, self.links, self.pages = {}, [], []
        self.pending, self.peers = {}, {}
        for index, opcode, at_s, data in records(path):
            if opcode == ACL_RX:
                self.take_acl(index, at_s, data)
            elif opcode == EVENT:
                self.take_event(index, at_s, data)
            elif opcode == COMMAND and len(data) >= 9 \
                    and struct.unpack_from('<H', data)[0] == CREATE_CONNECTION:
                self.pages.append(Page(at_s, index, address_of(data[3:9])))

    def take_acl(self, index, at_s, data):
        if len(data) < 5:
            return
        handle = struct.unpack_from('<H', data)[0]
        key, flag = (index, handle & 0x0fff), handle >> 12 & 3
        frame = self.pending.get(key, b'') + data[4:] if flag == 1 else data[4:]
        if len(frame) < 4 or len(frame) < 4 + struct.unpack_from('<H', frame)[0]:
            self.pending[key] = frame
            return
        self.pending[key] = b''
        if is_media(frame[4:]):
            self.media.setdefault(index, []).append(Packet(at_s, frame[4:]))

    def take_event(self, index, at_s, data):
        if len(data) >= 12 and data[0] == CONNECTION_COMPLETE and data[11] == ACL_LINK:
            key = index, struct.unpack_from('<H', data, 3)[0] & 0x0fff
            self.peers[key] = address_of(data[5:11])
            self.links.append(Link(at_s, index, self.peers[key], True, data[2]))
        elif len(data) >= 6 and data[0] == DISCONNECTION_COMPLETE and data[2] == 0:
            key = index, struct.unpack_from('<H', data, 3)[0] & 0x0fff
            self.links.append(Link(at_s, index, self.peers.get(key), False, data[5]))

    def heard(self, adapter, since_s=None, until_s=None):
        """[Packet] that this adapter received, in order."""
        return [p for p in self.media.get(adapter, [])
                if (since_s is None or p.arrival_s >= since_s)
                and (until_s is None or p.arrival_s <= until_s)]


@functools.lru_cache(maxsize=1)
def read_once(path, _changed_ns, _size):
    return Log(path)


def read(path):
    """The Log of that file; a second time for nothing."""
    stat = os.stat(path)
    return read_once(path, stat.st_mtime_ns, stat.st_size)
