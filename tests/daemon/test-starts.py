#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Everything starts anew, time after time, and each time both boxes draw another latency.
How far apart they are before anybody listens is held against what Tandem says of it; then
a microphone listens, and what it has taught is there the next time.

    state --> start, recall --> music: skew of the recordings, sigma of the rows
      ^                           |
      '-- Tandem ends: memory <-- tandemctl calibrate, in the room

TANDEM_STARTS: so many, 2 at least; 4 unless told. By hand 20, which take ten minutes.
"""
import os
import shutil
import tempfile

import numpy as np

import common
from common import LABELS, bare_scene, check, failures, finish, measure, sound, undisturbed
import ctl
import listener
import report
from process import Trouble

STARTS = int(os.environ.get('TANDEM_STARTS', '4'))
ENOUGH = 20      # starts by which the spread is known to 30 %
SPREAD_MS = 10   # even, to either side
PRIOR_MS = 15    # what Tandem takes for the spread at first; it counts as one start
KINDS = (('--type', 't1'), ('--type', 't2', '--drift', 60))
MUSIC_S = 5
SETTLED_S = 1.0  # into the music
STILL_MS = 1.0   # that the skew may move meanwhile: the drift alone makes 0.3
VAGUE = 2.0      # times what is remembered: so wide a sigma says nothing


class Start:
    """One start of everything, from the state that it finds to the one that it leaves."""

    def __init__(self, number, state):
        self.number, self.state = number, state
        self.skew_ms = self.sigma_ms = None  # at the seat; as stated
        self.recalled_ms = self.drawn_ms = ()  # spreads; true latencies; of each box
        self.clocks = {}

    def run(self):
        with bare_scene(state=self.state) as s:
            for i, label in enumerate(LABELS):
                s.told[label] = (*KINDS[i], '--reports', 'none', '--start-spread', SPREAD_MS,
                                 '--seed', 2 * self.number + i)
            if self.number:
                self.recalled_ms = spreads_ms(s.stage.learnt_clocks())
            s.start()
            music = sound(s.raw, MUSIC_S)
            player = self.before_anybody_listens(s)
            room = s.stage.start_room(s.boxes, s.t0_ns)
            self.teach(s)
            check(s.tandem.stop(20.0) == 0, 'Tandem ends well')
            self.clocks = s.stage.learnt_clocks()
            s.stop_boxes()
            self.drawn_ms = [drawn_ms(box) for box in s.boxes]
            self.skew_ms = seat_skew_ms(s, player, music, room)
            self.judge()

    def before_anybody_listens(self, s):
        player = s.play()
        player.say('go')
        player.wait_line('done', MUSIC_S + 5.0)
        rows = s.stage.renew()
        player.stop()
        self.sigma_ms = float(np.hypot(*(float(rows[f'speaker.{label}.sigma-ms'])
                                         for label in LABELS)))
        wanted = 'memory' if self.number else 'nothing'
        known = [rows[f'speaker.{label}.latency-source'] for label in LABELS]
        check(known == [wanted] * 2, f'start {self.number}: what is known is from {known}')
        return player

    def teach(self, s):
        """The first time where both play the same, so that each is heard in its turn, and
        by then not often enough: it goes on."""
        if not self.number:
            s.set({'tandem.layout': 'party'})
        said = ctl.run(s.stage.env, 'calibrate', '--source', 'room', '--json')
        if said.check(ctl.DONE, err='microphone is open'):
            kept = [box['remembered'] for box in said.json()['speakers']]
            check(kept == [True] * 2, f'it says who will be remembered: {kept}')
        if not self.number:
            s.set({'tandem.layout': 'stereo'})

    def judge(self):
        taught = [int(clock['calibrations']) for clock in self.clocks.values()]
        check(taught == [self.number + 1] * 2, f'start {self.number}: heard in {taught}')
        if not self.number:
            return
        check(abs(self.skew_ms) <= 2 * self.sigma_ms,
              f'start {self.number}: skew {self.skew_ms:+.2f} ms, stated sigma '
              f'{self.sigma_ms:.2f} ms, ratio {abs(self.skew_ms) / self.sigma_ms:.2f}')
        known_ms = float(np.hypot(*self.recalled_ms))
        check(self.sigma_ms <= VAGUE * known_ms, f'of a remembered {known_ms:.2f} ms')


def spreads_ms(clocks):
    """As remembered of each box, in the order of their addresses."""
    return [float(clocks[address]['spread-ms']) for address in sorted(clocks)]


def drawn_ms(box):
    """The latency of the box's only start."""
    with open(box.csv) as file:
        rows = [line.split(',') for line in file]
    starts = [float(row[2]) for row in rows if row[1] == 'start']
    check(len(starts) == 1, f'{box.name} started once: {starts}')
    return starts[0]


def seat_skew_ms(s, player, music, room):
    """Mean over the music, lateness of the left box minus the right one's."""
    play_s, _ = report.play_times(player.csv, s.t0_ns)
    tracks = [measure.Track(measure.expected(music, 'stereo', i), s.recording(i), play_s)
              for i in range(2)]
    near_s, far_s = listener.ways_s(room.truth)
    skew = measure.skew_figures(tracks[0].times, measure.skew(tracks) + near_s - far_s,
                                SETTLED_S)
    if skew['mean'] is None:
        raise Trouble('the music is in no recording')
    check(skew['swing'] < STILL_MS, f'the skew moves by {skew["swing"]} ms')
    return skew['mean']


def begin(starts, number, folder):
    """Start `number`, from a copy of what the last one left: it may have to be repeated."""
    del starts[number:]
    state = os.path.join(folder, str(number))
    shutil.rmtree(state, ignore_errors=True)
    if starts:
        shutil.copytree(starts[-1].state, state)
    starts.append(Start(number, state))
    starts[-1].run()


def run_all(folder):
    starts = []
    for number in range(STARTS):
        undisturbed(lambda: begin(starts, number, folder))
        if failures:
            break
    return starts


def judge_spread(starts):
    """What came to be known of each box, against what it drew."""
    n = len(starts)
    learnt_ms = spreads_ms(starts[-1].clocks)
    for i, label in enumerate(LABELS):
        true_ms = float(np.std([start.drawn_ms[i] for start in starts], ddof=1))
        mixed_ms = np.sqrt((PRIOR_MS ** 2 + (n - 1) * true_ms ** 2) / n)
        text = (f'{label}: spread {learnt_ms[i]:.2f} ms after {n} starts, in truth '
                f'{true_ms:.2f}; {SPREAD_MS / np.sqrt(3):.2f} of all starts')
        if n >= ENOUGH:
            check(abs(learnt_ms[i] / true_ms - 1) < 0.3, text)
        else:
            check(abs(learnt_ms[i] / mixed_ms - 1) < 0.15,
                  f'{text}; {mixed_ms:.2f} with the one of {PRIOR_MS} that it begins with')


common.DELAYS_MS = (90, 140)
with tempfile.TemporaryDirectory(prefix='tandem-test-') as place:
    everything = run_all(place)
if not failures:
    judge_spread(everything)
finish()
