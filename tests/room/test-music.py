# SPDX-License-Identifier: MIT
"""Gives tests/room/music its sounds: the demo's music, spoken names and speaker.

Usage: test-music.py PROGRAM [SEED COUNT]
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools' / 'lib'))

import material  # noqa: E402
from measure import RATE  # noqa: E402

LEVEL = 0.1  # rms: as music is mixed
NAMES_S = 70


def write(folder, name, sound):
    path = pathlib.Path(folder) / name
    path.write_bytes(np.ascontiguousarray(sound, '<f4').tobytes())
    return str(path)


def main():
    music = material.load(material.MUSIC, 2)
    music *= LEVEL / np.sqrt(np.mean(music ** 2))
    with tempfile.TemporaryDirectory() as folder:
        names = material.exactly(material.names(), NAMES_S * RATE)
        command = [sys.argv[1], write(folder, 'music', music), write(folder, 'names', names),
                   write(folder, 'speech', material.speech()), *sys.argv[2:]]
        sys.exit(subprocess.run(command, check=False).returncode)


main()
