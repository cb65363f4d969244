#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A quick run of the bench: what can be judged on a busy machine, and how it is told.

Ours is as pure as tools/bench says it should be; every figure is there; the table and the
diagram have them all. How fast it is depends on what else runs: tools/bench --check.
"""

import json
import pathlib
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools' / 'lib'))

import benchplot  # noqa: E402
import benchtable  # noqa: E402

BENCH = sys.argv.pop(1)


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        run = subprocess.run([BENCH, '--rounds', '2', '--only', 'tandem'], check=True,
                             stdout=subprocess.PIPE, text=True)
        cls.result = json.loads(run.stdout)

    def test_every_figure_is_there(self):
        self.assertEqual([p['name'] for p in self.result['peers']],
                         [benchtable.OURS, benchtable.HIGH])
        for peer in self.result['peers']:
            self.assertNotIn(None, peer.values(), peer)
        self.assertEqual([row['speakers'] for row in self.result['path']],
                         list(range(2, 8)))

    def test_ours_is_as_pure_as_it_should_be(self):
        judged = {g.what: g for g in benchtable.goals(self.result)}
        pure = [g for what, g in judged.items() if 'db' in what or 'ppm' in what]
        self.assertEqual(len(pure), 16)
        for goal in pure:
            self.assertTrue(goal.met, goal)

    def test_a_peer_that_is_slow_or_impure_is_found_out(self):
        worse = json.loads(json.dumps(self.result))
        worse['peers'][0]['rest_18k_db'] = -100.0
        worse['kernel'] = 'avx2'
        worse['peers'].append({**worse['peers'][0], 'name': 'PipeWire q10'})
        missed = [g.what for g in benchtable.goals(worse) if not g.met]
        self.assertIn('tandem default: rest_18k_db', missed)
        self.assertIn('times faster than PipeWire q10', missed)

    def test_table_and_diagram_name_all(self):
        found = benchtable.goals(self.result)
        said = benchtable.text(self.result, found)
        drawn = ElementTree.fromstring(benchplot.svg(self.result))
        words = ' '.join(drawn.itertext())
        for peer in self.result['peers']:
            self.assertIn(peer['name'], said)
            self.assertIn(peer['name'], words)
        for name, version in self.result['versions'].items():
            self.assertIn(name if version else f'not installed, left out: {name}', said)
        self.assertIn('7 speakers', said)


if __name__ == '__main__':
    unittest.main()
