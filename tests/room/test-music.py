# SPDX-License-Identifier: MIT
"""Gives tests/room/music its sounds: the demo's music and its spoken names.

Usage: test-music.py PROGRAM [SEED COUNT]
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools' / 'lib'))

import material  # noqa: E402

LEVEL = 0.1  # rms: as music is mixed


def write(folder, name, sound):
    path = pathlib.Path(folder) / name
    path.write_bytes(np.ascontiguousarray(sound, '<f4').tobytes())
    return str(path)


def main():
    music = material.load(material.MUSIC, 2)
    music *= LEVEL / np.sqrt(np.mean(music ** 2))
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.argv[1], write(folder, 'music', music),
                   write(folder, 'speech', material.names().mean(axis=1)), *sys.argv[2:]]
        sys.exit(subprocess.run(command, check=False).returncode)


main()
