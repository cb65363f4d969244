#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A quick run of tools/bench codecs: on noise alone, with instructions of two modes.

All that it promises of sound, air and price is kept; the model of the air says what was
worked out by hand; what is worse is found out, and the table has every mode.
"""

import json
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools' / 'lib'))

import benchcodecs  # noqa: E402

BENCH, SANITIZER = sys.argv.pop(1), sys.argv.pop(1)
# joint L=R and mono; valgrind does not run what has a sanitizer in it
PRICED = (0, 2) if SANITIZER == 'none' else ()


class Codecs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.result = benchcodecs.measured(BENCH, [benchcodecs.NOISE], PRICED)

    def test_the_air_is_as_worked_out_by_hand(self):
        # the last one: 679 and 171 bytes, 6 and 4 slots
        for packet_bytes, edr, slots in ((613, '2-DH5', 6), (613, '3-DH5', 6),
                                         (79, '3-DH5', 2), (548, '3-DH5', 4),
                                         (549, '3-DH5', 6), (846, '2-DH5', 10)):
            self.assertEqual(benchcodecs.slots(packet_bytes, edr), slots,
                             (packet_bytes, edr))
        flow = {'packet_bytes': 846, 'packets_per_s': 44100 / 128 / 7}
        self.assertAlmostEqual(benchcodecs.air_share(flow, '2-DH5'), 30.8, 1)

    def test_every_promise_is_kept(self):
        found = benchcodecs.goals(self.result)
        whats = ' '.join(g.what for g in found)
        for part in ('above two channels, 44100', 'above two channels, 48000',
                     'joint L=R 31,', 'mono 31,', 'joint 53,'):
            self.assertIn(part, whats)
        for goal in found:
            self.assertTrue(goal.met, goal)

    def test_instructions_are_counted(self):
        if all(mode['bare_mips'] is None for mode in self.result['modes']):
            self.skipTest('nobody counts them here')
        for number in PRICED:
            mode = self.result['modes'][number]
            self.assertGreater(mode['bare_mips'], 0.5, mode)
            self.assertGreater(mode['ours_mips'], mode['bare_mips'], mode)

    def test_what_is_worse_is_found_out(self):
        worse = json.loads(json.dumps(self.result))
        for mode in worse['modes']:
            if mode['name'] == 'joint L=R':
                mode['snr_db'][benchcodecs.NOISE] = [20.0, 35.0]
                mode['ours_mips'], mode['bare_mips'] = 6.0, 4.0
                mode['flows'][0]['air']['2-DH5'] = 18.1
        missed = [g.what for g in benchcodecs.goals(worse) if not g.met]
        self.assertEqual(len([w for w in missed if 'above' in w]), 2, missed)
        self.assertEqual(len([w for w in missed if 'air' in w]), 1, missed)
        self.assertEqual(len([w for w in missed if 'times' in w]), 4, missed)

    def test_the_table_has_every_mode(self):
        said = benchcodecs.text(self.result, benchcodecs.goals(self.result))
        for mode in self.result['modes']:
            self.assertIn(benchcodecs.called(mode), said)


if __name__ == '__main__':
    unittest.main()
