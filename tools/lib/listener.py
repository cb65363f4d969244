# SPDX-License-Identifier: MIT
"""tools/demo in a simulated room: a microphone at the seat, tandemctl that listens to it,
and what is true there.

    left.wav, right.wav --> tandem-room --> source `room` --> tandemctl calibrate, track
    lateness of the recordings + distance / 343 m/s = lateness at the seat: the figures

Nothing that the microphone hears goes into the figures: they are the recordings' and the
distances that the room was built with.
"""
import json
import os
import subprocess

import material
import measure
import stage as stages
from process import Trouble

SOUND_M_PER_S = 343.0
CALIBRATE_S = 180.0  # as long as it may take, waking the speakers included
TANDEMCTL = 'tools/tandemctl/tandemctl'


def add_options(parser):
    p = parser.add_argument_group(
        'in a simulated room, with a microphone at the seat',
        'A living room, unless told: RT60 0.4 s, noise 20 dB below the boxes, one at 1.6 m '
        'and one at 2.3 m.')
    p.add_argument('--calibrate', action='store_true',
                   help='tandemctl calibrate listens before the music')
    p.add_argument('--track', action='store_true', help='tandemctl track listens to the music')
    p.add_argument('--room', type=int, metavar='SEED',
                   help='another room, drawn by lot; alone: nobody listens in it')
    p.add_argument('--rt60', type=float, metavar='S', help='of the room')
    p.add_argument('--snr', type=float, metavar='DB', help='at the microphone')
    p.add_argument('--mic-ppm', type=float, default=0.0, metavar='PPM',
                   help="error of the microphone's clock, above 0 is fast")
    p.add_argument('--mic-leads', action='store_true', help="the graph goes by the "
                   "microphone's clock, as by a sound card's")
    p.add_argument('--speech', type=float, metavar='DB',
                   help='somebody talks all the while, so much louder than the boxes')
    p.add_argument('--unplug', type=float, metavar='SECOND',
                   help='the microphone is pulled out then')


def wanted(options):
    return options.calibrate or options.track or options.room is not None


class Seat:
    """Of one run; nothing happens unless a room is wanted."""

    def __init__(self, options, stage):
        self.options, self.stage = options, stage
        self.room = self.tracker = None
        self.result = {'calibrated': None, 'track': None, 'unplugged': None}

    def begin(self, boxes, t0_ns):
        """The room is there, and calibrated if that is told."""
        if not wanted(self.options):
            return
        self.room = self.stage.start_room(boxes, t0_ns, *self.told())
        self.result['room'] = self.room.truth
        if self.options.calibrate:
            self.result['calibrated'] = self.calibrate()

    def told(self):
        o = self.options
        told = ['--mic-ppm', o.mic_ppm] + (['--lead'] if o.mic_leads else [])
        for word in ('room', 'rt60', 'snr'):
            value = getattr(o, word)
            told += [] if value is None else [f'--{word}', value]
        if o.speech is not None:
            path = os.path.join(self.stage.home, 'speech.f32')
            material.speech().astype('<f4').tofile(path)
            told += ['--speech', path, '--speech-db', o.speech]
        return told

    def calibrate(self):
        """What tandemctl says as JSON; its own words, when it refuses."""
        command = [stages.sibling(self.stage.build, TANDEMCTL), 'calibrate', '--source',
                   'room', '--yes', '--json']
        try:
            done = subprocess.run(command, env=self.stage.env, capture_output=True, text=True,
                                  timeout=CALIBRATE_S, check=False, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            raise Trouble(f'calibrate: not over within {CALIBRATE_S:g} s') from None
        with open(os.path.join(self.stage.logs, 'calibrate.log'), 'w') as file:
            file.write(done.stdout + done.stderr)
        if done.returncode:
            raise Trouble(f'calibrate: {done.stderr.strip()}')
        return json.loads(done.stdout)

    def track(self):
        """Begins to listen to the music."""
        if self.options.track:
            self.tracker = self.stage.spawn('track', [
                stages.sibling(self.stage.build, TANDEMCTL), 'track', '--source', 'room',
                '--json'])

    def see(self, at_s, rows):
        """Now and then while it plays: at_s of the music, Tandem's status."""
        due = self.options.unplug is not None and at_s >= self.options.unplug
        if self.room and due and not self.result['unplugged']:
            self.room.stop()
            self.result['unplugged'] = {'at_s': round(at_s, 2), 'sigma_ms': sigmas(rows)}

    def end(self, rows):
        """All has been played."""
        if self.result['unplugged']:
            self.result['unplugged']['sigma_ms_at_end'] = sigmas(rows)
        if self.tracker:
            if not self.tracker.alive():
                raise Trouble(f'track has ended: {self.tracker.last_words()}')
            self.tracker.stop()
            self.result['track'] = tracked(self.tracker.log_path)
        if self.room:
            self.room.stop()
            self.result['late_frames'] = late(self.room.log_path)


def sigmas(rows):
    return {key.split('.')[1]: value for key, value in rows.items()
            if key.startswith('speaker.') and key.endswith('.sigma-ms')}


def tracked(path):
    """How often what was said of each speaker, of the lines of track --json."""
    count = {}
    with open(path, errors='replace') as file:
        for line in file:
            if not line.startswith('{'):
                continue
            for of in json.loads(line)['speakers']:
                verdicts = count.setdefault(of['label'], {})
                verdicts[of['verdict']] = verdicts.get(of['verdict'], 0) + 1
    return count


def late(path):
    """Frames of sound that the microphone missed: none, unless the host stood still."""
    with open(path) as file:
        return [int(line.split()[-1]) for line in file if line.startswith('late ')]


def ways_s(room):
    """What the sound of each box takes to the seat."""
    return [of['distance_m'] / SOUND_M_PER_S for of in room['speakers']]


def skew_figures(room, analysis):
    """As skew_ms of the report, with the way from each box to the seat."""
    near, far = ways_s(room)
    return measure.skew_figures(analysis.tracks[0].times, analysis.skew + near - far,
                                analysis.from_s, analysis.without)


def table(seat):
    """The lines of the table that are about the room."""
    room, skew = seat['room'], seat['skew_ms']
    ways = ' and '.join(f'{of["distance_m"]:.2f}' for of in room['speakers'])
    print(f'  room       RT60 {room["rt60_s"]:g} s, SNR {room["snr_db"]:g} dB, boxes at '
          f'{ways} m')
    if skew['rms'] is not None:
        print(f'  at the seat   rms {skew["rms"]:.3f} ms, mean {skew["mean"]:+.3f}, '
              f'worst {skew["max"]:.3f}')
    if seat['calibrated']:
        print(f'  calibrated    {seat["calibrated"].get("listened-s")} s of listening')
    for label, verdicts in (seat['track'] or {}).items():
        said = ', '.join(f'{word} {times}' for word, times in sorted(verdicts.items()))
        print(f'  tracked       {label}: {said}')
    if seat['unplugged']:
        print(f'  unplugged     at {seat["unplugged"]["at_s"]:g} s')
