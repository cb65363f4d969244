#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What judges the virtual machines (tests/vm): reading btmon's file, comparing two runs,
finding a function's name, a judge that cannot. Files are made here; no machine is needed."""

import pathlib
import struct
import subprocess
import sys
import tempfile
import types
import unittest

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/vm"))

import agree  # noqa: E402
import btsnoop  # noqa: E402
import ldacframes  # noqa: E402
import names  # noqa: E402
import run  # noqa: E402
from result import Result  # noqa: E402

A = bytes((0x42, 0x00, 0x01, 0x01, 0xaa, 0x00))  # as HCI has 00:AA:01:01:00:42
A_TEXT = "00:AA:01:01:00:42"


def record(index, opcode, at_us, data):
    return struct.pack(">IIIIq", len(data), len(data), index << 16 | opcode, 0,
                       btsnoop.EPOCH_US + at_us) + data


def sbc(seq):
    """An L2CAP frame with one RTP packet of three blocks."""
    rtp = struct.pack(">BBHII", 0x80, 96, seq, 128 * seq, 1) + bytes((3, 0x9c, 1, 2, 3))
    return struct.pack("<HH", len(rtp), 0x41) + rtp


def acl(handle, flag, data):
    return struct.pack("<HH", handle | flag << 12, len(data)) + data


class Ldac(unittest.TestCase):
    FRAME = bytes((0xaa, 0x21, 0xaa)) + bytes(107)  # of libldac: 48 kHz, mono, 110 bytes

    def packet(self, seq, payload, count, timestamp=None):
        at = 128 * count * seq if timestamp is None else timestamp
        return btsnoop.Packet(0.0, struct.pack(">BBHII", 0x80, 96, seq, at, 1)
                              + bytes((count,)) + payload)

    def test_frames_are_counted(self):
        two = self.FRAME * 2
        kinds, holes = ldacframes.read([self.packet(i, two, 2) for i in range(3)])
        self.assertEqual(dict(kinds), {(48000, "mono", 110, 2): 3})
        self.assertEqual(holes, [])

    def test_a_gap_is_seen_in_number_and_in_time(self):
        one = self.FRAME
        _, holes = ldacframes.read([self.packet(i, one, 1) for i in (0, 1, 3)])
        self.assertEqual(holes, [3])
        _, holes = ldacframes.read([self.packet(0, one, 1), self.packet(1, one, 1, 999)])
        self.assertEqual(holes, [1])

    def test_what_is_no_frame_is_refused(self):
        for payload, count in ((self.FRAME, 2), (self.FRAME + b"x", 1), (self.FRAME[:-1], 1),
                               (b"x" + self.FRAME, 1), (b"", 0)):
            with self.assertRaises(ValueError):
                ldacframes.frames(payload, count)


class Btsnoop(unittest.TestCase):
    def read(self, *records):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "hci.btsnoop"
            path.write_bytes(b"btsnoop\0" + bytes(8) + b"".join(records))
            return btsnoop.read(str(path))

    def test_each_speaker_has_its_packets_whole(self):
        first, second = sbc(7), sbc(8)
        log = self.read(record(1, btsnoop.ACL_RX, 1_000_000, acl(42, 2, first[:9])),
                        record(2, btsnoop.ACL_RX, 1_000_010, acl(42, 2, second)),
                        record(1, btsnoop.ACL_RX, 1_000_020, acl(42, 1, first[9:])),
                        record(1, 4, 1_000_030, acl(42, 2, second)))  # sent, not received
        self.assertEqual([p.seq for p in log.heard(1)], [7])
        self.assertEqual([p.seq for p in log.heard(2)], [8])
        packet = log.heard(1)[0]
        self.assertAlmostEqual(packet.arrival_s, 1.00002, 6)
        self.assertEqual((packet.frames, packet.payload), (3, bytes((0x9c, 1, 2, 3))))

    def test_a_time_is_asked_for(self):
        log = self.read(*(record(1, btsnoop.ACL_RX, i * 1_000_000, acl(42, 2, sbc(i)))
                          for i in range(5)))
        self.assertEqual([p.seq for p in log.heard(1, 1.0, 3.0)], [1, 2, 3])
        self.assertEqual(log.heard(3), [])

    def test_what_is_no_music_is_left_out(self):
        other = bytearray(sbc(1))
        other[4 + 13] = 0x9d
        log = self.read(record(1, btsnoop.ACL_RX, 0, acl(42, 2, bytes(other))))
        self.assertEqual(log.heard(1), [])

    def test_links_have_their_reasons_and_calls_are_seen(self):
        up = struct.pack("<BBBH", 3, 11, 0, 42) + A + bytes((1, 0))
        failed = struct.pack("<BBBH", 3, 11, 4, 0) + A + bytes((1, 0))
        down = struct.pack("<BBBHB", 5, 4, 0, 42, 0x08)
        page = struct.pack("<HB", 0x0405, 13) + A + bytes(7)
        log = self.read(record(0, btsnoop.COMMAND, 1_000_000, page),
                        record(0, btsnoop.EVENT, 2_000_000, failed),
                        record(0, btsnoop.EVENT, 3_000_000, up),
                        record(0, btsnoop.EVENT, 4_000_000, down))
        self.assertEqual(log.pages, [btsnoop.Page(1.0, 0, A_TEXT)])
        self.assertEqual(log.links, [btsnoop.Link(2.0, 0, A_TEXT, True, 4),
                                     btsnoop.Link(3.0, 0, A_TEXT, True, 0),
                                     btsnoop.Link(4.0, 0, A_TEXT, False, 8)])

    def test_another_file_is_refused(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"RIFF" + bytes(40))
            file.flush()
            with self.assertRaises(ValueError):
                btsnoop.read(file.name)


class Agree(unittest.TestCase):
    def verdicts(self, first, second):
        return {name: ok for name, _, _, ok in agree.differences(first, second)}

    def test_limits(self):
        self.assertEqual(self.verdicts(
            {"a_ms": 0.010, "b_ms": 0.010, "n": 3, "m": 3, "x": 100.0, "y": 100.0},
            {"a_ms": 0.029, "b_ms": 0.031, "n": 4, "m": 5, "x": 101.9, "y": 103.0}),
            {"a_ms": True, "b_ms": False, "n": True, "m": False, "x": True, "y": False})

    def test_what_is_missing_does_not_agree(self):
        self.assertEqual(self.verdicts({"a": 1, "b": None}, {"a": None, "b": None}),
                         {"a": False})


class Judge(unittest.TestCase):
    def test_one_that_cannot_is_a_failure(self):
        def judge(result):
            result.check(True, "the first thing")
            open("/nowhere/left.wav", "rb").close()

        result = Result({"scenario": "made here", "stack": "none"}, None)
        run.judge(types.SimpleNamespace(judge=judge), result)
        self.assertEqual([ok for ok, _ in result.checks], [True, False])
        self.assertIn("/nowhere/left.wav", result.checks[1][1])


class Names(unittest.TestCase):
    def test_a_function_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder) / "root"
            root.mkdir()
            source = root / "a.c"
            source.write_text("int here(int x) { return x * 3; }\n"
                              "int main(void) { return here(1); }\n")
            subprocess.run(["cc", "-O0", "-o", root / "a", source], check=True)
            found = names.Names(str(root / "a"))
            begin = next(f[0] for f in found.found if f[2] == "here")
            offset = next(begin - address + at for at, length, address in found.loads
                          if address <= begin < address + length)
            self.assertEqual(names.name(folder, "/a", offset + 1), ("a", "here"))
            # before it are functions of the C runtime whose length nobody tells
            self.assertEqual(names.name(folder, "/a", offset - 1), ("a", "(inside)"))
            self.assertEqual(names.name(folder, "/a", 1 << 40), ("a", "(inside)"))
            self.assertEqual(names.name(folder, "/b.so", 1), ("b.so", "(inside)"))
            self.assertEqual(names.name(folder, "(kernel)", 0), ("(kernel)", ""))


if __name__ == "__main__":
    unittest.main()
