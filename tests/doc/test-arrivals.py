#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What judges the arrivals of tools/vm: right verdicts on packets that are made here, by
libsbc, of sound that is made here. No machine is needed."""

import ctypes
import pathlib
import struct
import sys
import tempfile
import unittest

import numpy as np

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tools/lib"), str(TOP / "tests/vm")]

import btsnoop  # noqa: E402
import judge  # noqa: E402
from arrivals import SbcState  # noqa: E402
from result import Result  # noqa: E402

RATE, BLOCK, BLOCKS = 48000, 128, 5
SECONDS = 6
# sbc.h
FREQ_48000, JOINT_STEREO, SB_8, BLK_16, BITPOOL = 3, 3, 1, 3, 51


def coded(sound):
    """[bytes] of the coded blocks of one channel, on both of a joint stereo stream."""
    sbc = ctypes.CDLL("libsbc.so.1")
    sbc.sbc_encode.restype = ctypes.c_ssize_t
    state = SbcState()
    sbc.sbc_init(ctypes.byref(state), 0)
    state.frequency, state.mode, state.subbands = FREQ_48000, JOINT_STEREO, SB_8
    state.blocks, state.bitpool = BLK_16, BITPOOL
    pcm = np.repeat(np.clip(sound * 32767, -32768, 32767).astype("<i2"), 2).tobytes()
    size, out, written = 4 * BLOCK, ctypes.create_string_buffer(512), ctypes.c_ssize_t()
    found = []
    for begin in range(0, len(pcm) - size + 1, size):
        sbc.sbc_encode(ctypes.byref(state), pcm[begin:begin + size], ctypes.c_size_t(size),
                       out, ctypes.c_size_t(512), ctypes.byref(written))
        found.append(out.raw[:written.value])
    sbc.sbc_finish(ctypes.byref(state))
    return found


def sent(index, sound, late_s=0.0, without=()):
    """[(arrival in us, record)] of that sound at hci<index>; without: packets lost."""
    blocks, found = coded(sound), []
    for seq in range(len(blocks) // BLOCKS):
        rtp = struct.pack(">BBHII", 0x80, 96, seq, seq * BLOCKS * BLOCK, 1)
        data = rtp + bytes((BLOCKS,)) + b"".join(blocks[seq * BLOCKS:(seq + 1) * BLOCKS])
        acl = struct.pack("<HHHH", 42 | 2 << 12, len(data) + 4, len(data), 0x41) + data
        at_us = int((1.0 + late_s + seq * BLOCKS * BLOCK / RATE) * 1e6)
        if seq not in without:
            found.append((at_us, struct.pack(
                ">IIIIq", len(acl), len(acl), index << 16 | btsnoop.ACL_RX, 0,
                btsnoop.EPOCH_US + at_us) + acl))
    return found


class Arrival(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.music = 0.1 * np.random.default_rng(1).standard_normal((SECONDS * RATE, 2))
        cls.music[:2 * RATE, 1] = 0.0   # left alone
        cls.music[-2 * RATE:, 0] = 0.0  # right alone

    def verdicts(self, *streams, alone=None):
        """[text] of what judge.arrival() finds wrong."""
        result = Result({"scenario": "made here", "stack": "none"}, None, self.music)
        result.facts = {"alone": alone} if alone else {}
        with tempfile.TemporaryDirectory() as result.out:
            path = pathlib.Path(result.out) / "hci.btsnoop"
            path.write_bytes(b"btsnoop\0" + bytes(8) + b"".join(
                record for _, record in sorted(r for stream in streams for r in stream)))
            judge.arrival(result)
        self.assertTrue(result.checks)
        return [text for ok, text in result.checks if not ok]

    def test_both_at_the_same_time(self):
        left, right = self.music.T
        self.assertEqual(self.verdicts(sent(1, left), sent(2, right)), [])

    def test_one_later_than_the_other(self):
        left, right = self.music.T
        found = self.verdicts(sent(1, left), sent(2, right, late_s=0.002))
        self.assertEqual([text[:26] for text in found], ["arrival skew: mean -2.0000"])

    def test_a_packet_lost(self):
        left, right = self.music.T
        found = self.verdicts(sent(1, left, without=(200,)), sent(2, right))
        self.assertIn("left: 1 packets missing", found[0])

    def test_sides_changed(self):
        left, right = self.music.T
        self.assertNotEqual(self.verdicts(sent(1, right), sent(2, left)), [])

    def test_one_plays_alone(self):
        left, right = self.music.T
        self.assertEqual(self.verdicts(sent(2, right), alone="right"), [])
        self.assertNotEqual(self.verdicts(sent(2, left), alone="right"), [])
        self.assertNotEqual(self.verdicts(sent(1, right), alone="right"), [])
        self.assertNotEqual(self.verdicts(sent(1, left), sent(2, right), alone="right"), [])

    def test_half_of_its_music(self):
        left, right = self.music.T
        half = right.copy()
        half[len(half) // 2:] = left[len(half) // 2:]
        self.assertNotEqual(self.verdicts(sent(2, half), alone="right"), [])


if __name__ == "__main__":
    unittest.main()
