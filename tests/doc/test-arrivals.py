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
sys.path[:0] = [str(TOP / path) for path in (
    "tools/lib", "tests/vm", "tests/vm/guest", "tests/vm/scenarios")]

import breaks  # noqa: E402
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

    def test_both_in_one_while_both_play(self):
        left, right = self.music.T
        both = self.music.mean(axis=1)
        for streams in ((both, right), (left, both), (both, both)):
            found = self.verdicts(sent(1, streams[0]), sent(2, streams[1]))
            self.assertTrue(any("its own channel alone, in 0 of" in text for text in found),
                            found)

    def test_one_plays_alone(self):
        left, right = self.music.T
        both = self.music.mean(axis=1)
        self.assertEqual(self.verdicts(sent(2, both), alone="right"), [])
        self.assertNotEqual(self.verdicts(sent(2, right), alone="right"), [])
        self.assertNotEqual(self.verdicts(sent(2, left), alone="right"), [])
        self.assertNotEqual(self.verdicts(sent(1, both), alone="right"), [])
        self.assertNotEqual(self.verdicts(sent(1, left), sent(2, both), alone="right"), [])

    def test_half_of_its_music(self):
        half = self.music.mean(axis=1)
        half[len(half) // 2:] = self.music[len(half) // 2:, 0]
        self.assertNotEqual(self.verdicts(sent(2, half), alone="right"), [])


class Breaks(unittest.TestCase):
    """The left box is away for a while; the right one goes on."""
    AWAY_S, BACK_S, END_S = 4.0, 10.0, 16.0
    HEARD_S = BACK_S + 0.5  # it begins with silence

    @classmethod
    def setUpClass(cls):
        cls.music = 0.1 * np.random.default_rng(2).standard_normal((int(17 * RATE), 2))
        quiet = slice(6 * RATE, 8 * RATE)  # left is silent, and half of right cannot tell
        cls.music[quiet] *= (0.0, 0.025)
        cls.left = sent(1, cls.music[:, 0])

    def verdicts(self, sound, back_s=BACK_S):
        left = [r for r in self.left if not self.AWAY_S < r[0] / 1e6 - 1.0 < back_s]
        row = {"name": "made here", "sides": (1,), "begin_s": 1.0 + self.AWAY_S,
               "end_s": 1.0 + self.END_S}
        result = Result({"scenario": "made here", "stack": "none"}, None, self.music)
        result.facts = {"wall_s": 1.0}
        with tempfile.TemporaryDirectory() as result.out:
            out = pathlib.Path(result.out)
            (out / "hci.btsnoop").write_bytes(b"btsnoop\0" + bytes(8) + b"".join(
                record for _, record in sorted(left + sent(2, sound))))
            (out / "player.player.csv").write_text("nsec,woke,frame,quantum\n" + "".join(
                f"{frame * 10**9 // RATE},0,{frame},1024\n"
                for frame in range(0, len(self.music), 1024)))
            breaks.judge_others(result, btsnoop.read(result.file("hci.btsnoop")),
                                breaks.Course(result), row)
        self.assertGreater(len(result.checks), 2)
        return [text for ok, text in result.checks if not ok]

    def heard(self, *parts):
        """The right channel, but both in one in these times (from, to) in s."""
        sound = np.copy(self.music[:, 1])
        for begin, end in parts:
            part = slice(int(begin * RATE), int(end * RATE))
            sound[part] = self.music[part].mean(axis=1)
        return sound

    def test_both_while_the_other_is_away(self):
        self.assertEqual(self.verdicts(self.heard((self.AWAY_S + 0.1, self.HEARD_S))), [])

    def test_its_own_all_the_time(self):
        found = self.verdicts(self.heard())
        self.assertEqual(len(found), 1)
        self.assertIn("plays both channels while the other one is away: 0 of", found[0])

    def test_both_all_the_time(self):
        found = self.verdicts(self.heard((0, 17)))
        self.assertEqual(len(found), 1)
        self.assertIn("its own channel alone while the other one is fed: 0 of", found[0])

    def test_both_for_too_long(self):
        found = self.verdicts(self.heard((self.AWAY_S + 0.1, self.HEARD_S + 2.0)))
        self.assertEqual(len(found), 1)
        self.assertIn("its own channel alone while", found[0])

    def test_both_while_the_other_is_away_for_a_moment(self):
        sound = self.heard((self.AWAY_S + 0.1, self.AWAY_S + 0.7))
        self.assertEqual(self.verdicts(sound, back_s=self.AWAY_S + 0.1), [])

    def test_both_too_late(self):
        found = self.verdicts(self.heard((self.AWAY_S + 2.5, self.HEARD_S)))
        self.assertEqual(len(found), 1)
        self.assertIn("both channels while", found[0])


if __name__ == "__main__":
    unittest.main()
