# SPDX-License-Identifier: MIT
"""What only a radio can do: a link that breaks. By commands to a controller, past BlueZ.

btvirt hands any reason of Disconnect on to both ends of a link. So the peer and this host
see what a supervision timeout looks like, which no host may ask for on the air.
Source: Core specification 5.4, volume 1, part F, 2; volume 4, part E, 7.1.6.
"""
import fcntl
import socket
import struct

SUPERVISION_TIMEOUT, USER_ENDED, POWER_OFF = 0x08, 0x13, 0x15
COMMAND = 1
DISCONNECT = 0x0406
CONNECTIONS = 0x800448d4  # HCIGETCONNLIST
MOST = 8
ACL_LINK = 1


def control(index):
    """A raw socket of hci<index>."""
    sock = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_RAW, socket.BTPROTO_HCI)
    sock.bind((index,))
    return sock


def links(sock, index):
    """{address: handle} of its ACL links."""
    asked = bytearray(struct.pack('<HH', index, MOST).ljust(4 + 16 * MOST, b'\0'))
    fcntl.ioctl(sock, CONNECTIONS, asked)
    found = {}
    for i in range(struct.unpack_from('<H', asked, 2)[0]):
        handle, address, kind = struct.unpack_from('<H6sB', asked, 4 + 16 * i)
        if kind == ACL_LINK:
            found[':'.join(f'{byte:02X}' for byte in reversed(address))] = handle
    return found


def lose_link(index, address, reason=SUPERVISION_TIMEOUT):
    """Ends the link of hci<index> with that peer for that reason; False: there is none."""
    with control(index) as sock:
        handle = links(sock, index).get(address)
        if handle is None:
            return False
        sock.send(struct.pack('<BHBHB', COMMAND, DISCONNECT, 3, handle, reason))
        return True
