# SPDX-License-Identifier: MIT
"""What the demo plays: spoken channel names, then music, then one channel at a time.

Everything comes from Debian packages (alsa-utils, gamine-data) or from the file the user
names; sox reads it, nothing of it is kept in the repository.
"""
import subprocess
import sys

import numpy as np

from measure import RATE

NAMES = '/usr/share/sounds/alsa'
MUSIC = '/usr/share/games/gamine/sounds/BachJSBrandenburgConcertNo2inFMajorBWV1047mvmt1.ogg'
SPEECH_SHARE = 0.3   # of the time goes to channel names
SPEECH_S = 18.0      # of them at most: what is longer has more music
ALONE_S = 2.0        # music on one channel, at the end, each side once
PAUSE_S = 0.2
FADE_S = 0.01


def load(path, channels):
    """Returns float32 [frames][channels] at RATE; exits with sox's own words."""
    command = ['sox', '-D', '-V1', path, '-t', 'raw', '-e', 'float', '-b', '32',
               '-r', str(RATE), '-c', str(channels), '-']
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode or not done.stdout:
        why = done.stderr.decode().strip() or 'it is empty'
        sys.exit(f'demo: cannot read {path}: {why}')
    return np.frombuffer(done.stdout, '<f4').reshape(-1, channels).copy()


def exactly(sound, frames):
    """Repeats or cuts."""
    times = -(-frames // len(sound))
    return np.tile(sound, (times, 1))[:frames]


def faded(sound):
    ramp = np.linspace(0, 1, int(FADE_S * RATE), dtype=np.float32)[:, None]
    sound = sound.copy()
    sound[:len(ramp)] *= ramp
    sound[-len(ramp):] *= ramp[::-1]
    return sound


def names():
    """One round: left alone, right alone, both."""
    parts = []
    pause = np.zeros((int(PAUSE_S * RATE), 2), np.float32)
    for name, sides in (('Front_Left', (1, 0)), ('Front_Right', (0, 1)),
                        ('Front_Center', (1, 1))):
        voice = load(f'{NAMES}/{name}.wav', 1)
        parts += [voice * np.array([sides], np.float32), pause]
    return np.concatenate(parts)


def speech():
    """Somebody who talks without end, when it is played in a loop: float32 [frames].
    Backwards, for the programme has the same voice: it would be found in it."""
    words = ('Front_Center', 'Rear_Left', 'Side_Right', 'Rear_Center', 'Side_Left')
    return np.concatenate([load(f'{NAMES}/{word}.wav', 1)[:, 0] for word in words])[::-1]


def programme(seconds):
    """Exactly `seconds` of float32 [frames][2]; at least 10 s."""
    total = int(round(seconds * RATE))
    one_round = names()
    spoken = int(min(SPEECH_SHARE * total, SPEECH_S * RATE))
    rounds = max(1, spoken // len(one_round))
    speech = exactly(one_round, rounds * len(one_round))
    alone = int(ALONE_S * RATE)
    music = load(MUSIC, 2)
    music *= 0.7 / np.max(np.abs(music))
    music = exactly(music, total - len(speech))
    both, rest = faded(music[:-2 * alone]), music[-2 * alone:]
    left, right = faded(rest[:alone]), faded(rest[alone:])
    left[:, 1] = 0
    right[:, 0] = 0
    return np.concatenate([speech, both, left, right])


def file(path, seconds):
    """Exactly `seconds` of the file, repeated when it is shorter."""
    return exactly(load(path, 2), int(round(seconds * RATE)))
