# SPDX-License-Identifier: MIT
"""Short sounds in the recording of a box: where they are, and how far apart on two boxes."""
import numpy as np

from common import measure

BLOCK = measure.RATE // 1000  # a millisecond
QUIET = 0.003                 # of full scale; the codec's own noise is far below
ONE_MS = 100                  # pauses below do not part a sound


def sounds(recording):
    """(start, end) of each, ms."""
    whole = len(recording) // BLOCK * BLOCK
    peaks = np.abs(recording[:whole]).reshape(-1, BLOCK).max(axis=1)
    at = np.flatnonzero(peaks > QUIET)
    if not len(at):
        return []
    cuts = np.flatnonzero(np.diff(at) > ONE_MS)
    return list(zip(at[np.r_[0, cuts + 1]], at[np.r_[cuts, len(at) - 1]] + 1))


def middles_s(recording, clicks):
    """The middle of the energy of each of these sounds, s."""
    times = []
    for start, end in clicks:
        power = recording[int(start) * BLOCK:int(end) * BLOCK] ** 2
        late = np.sum(power * np.arange(len(power))) / np.sum(power)
        times.append((start * BLOCK + late) / measure.RATE)
    return np.array(times)
