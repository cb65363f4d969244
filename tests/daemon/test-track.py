#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tandemctl track in a simulated room: the music itself brings two free-running boxes
together, not before both are heard; where both play the same it says so and tells nothing;
and Tandem holds what it has learnt while the microphone is away."""
import json
import signal

import common
from common import check, finish, bare_scene, sound, undisturbed
import ctl
import measure

SECONDS = 200
ALONE_S = 20     # the left one plays alone at first
BELIEVED = 9     # findings; Tandem believes eight
LEARNT = 25      # findings of both; the first come within 10 s
TOGETHER_MS = 0.3  # the last of the jumps is followed by a slow slide, 0.1 ms per s
DRIFTS_PPM = (80, -60)


class Tracker:
    """tandemctl track --json, and what it says meanwhile."""

    def __init__(self, s):
        self.process = s.stage.spawn('track', [ctl.program(), 'track', '--json'])

    def finding(self):
        """The next one: {label: (verdict, late_ms)}."""
        line = self.process.wait_line('{', 20.0)
        return {one['label']: (one['verdict'], one.get('late-ms'))
                for one in json.loads(line)['speakers']}

    def findings(self, wanted):
        """The latest, once so many had both boxes in them."""
        both = {}
        while wanted > 0:
            latest = self.finding()
            if all(verdict == 'heard' for verdict, _ in latest.values()):
                both, wanted = latest, wanted - 1
        return both

    def verdicts(self, wanted, most=20):
        """That this verdict comes for both, within so many."""
        seen = [self.finding() for _ in range(most)]
        return any(all(verdict == wanted for verdict, _ in one.values()) for one in seen)

    def said(self):
        with open(self.process.log_path) as log:
            return log.read()


def played(path):
    """Music, its first part on the left alone."""
    music = sound(path, SECONDS)
    music[:ALONE_S * measure.RATE, 1] = 0.0
    music.astype('<f4').tofile(path)


def hears_one(s, tracker):
    """One that was found is not moved against another one that nobody knows."""
    heard = 0
    while heard < BELIEVED:
        latest = tracker.finding()
        if latest['right'][0] != 'quiet':
            break
        heard += latest['left'][0] == 'heard'
    check(heard == BELIEVED, f'the left box is heard alone: {heard} times')
    rows = s.rows()
    check(rows['speaker.left.latency-source'] == 'nothing', 'and Tandem is not told')
    check('left: heard; told when all that play are' in tracker.said(),
          'which is said')


def learns(s, tracker):
    latest = tracker.findings(LEARNT)
    apart = latest['left'][1] - latest['right'][1]
    check(abs(apart) < TOGETHER_MS, f'the boxes are {apart:.3f} ms apart')
    s.wait_rows(lambda r: all(r[f'speaker.{n}.latency-source'] == 'microphone'
                              for n in common.LABELS), 'that Tandem believes it')


def unplugged(s, tracker, room):
    """Sigma widens, the belief stays, and it goes on when the microphone is back."""
    before = s.rows()
    room.stop()
    s.stage.graph.wait(lambda g: not g.node('room'), 'that the microphone goes')
    s.wait_rows(lambda r: float(r['speaker.left.sigma-ms'])
                > 1.2 * float(before['speaker.left.sigma-ms']), 'that sigma widens', 40.0)
    check(s.rows()['speaker.left.latency-source'] == 'microphone', 'the belief stays')
    check('the microphone is gone: Tandem holds' in tracker.said(), 'and it says so')
    s.stage.start_room(s.boxes, s.t0_ns)
    tracker.findings(3)
    check(tracker.said().count('the microphone is open') == 2, 'it listens again')


def closes(s, tracker, player):
    """Nobody listens while nothing plays."""
    player.stop()
    s.stage.wait_unlinked('room', 'tandemctl-listens', 40.0)
    check('closed until music plays' in tracker.said(), 'it says that it is closed')
    s.play('again').say('go')
    tracker.findings(1)


def attempt():
    with bare_scene('t2') as s:
        for label, drift in zip(common.LABELS, DRIFTS_PPM):
            s.told[label] = ('--reports', 'none', '--drift', drift)
        s.start()
        room = s.stage.start_room(s.boxes, s.t0_ns)
        played(s.raw)
        player = s.play()
        player.say('go')
        tracker = Tracker(s)
        hears_one(s, tracker)
        learns(s, tracker)
        unplugged(s, tracker, room)
        closes(s, tracker, player)
        s.set({'tandem.layout': 'mono'})
        check(tracker.verdicts('alike'), 'in mono nobody can tell them apart')
        tracker.process.kill(signal.SIGINT)
        check(tracker.process.child.wait(10.0) == ctl.DONE, 'Ctrl-C ends it well')
        check('layout stereo can be tracked' in tracker.said(), 'and it had said why')


undisturbed(attempt)
finish()
