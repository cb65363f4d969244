# SPDX-License-Identifier: MIT
"""WAV files as numpy arrays, because Python 3.11's wave module refuses WAVE_EXTENSIBLE.

Arrays are float32, full scale +-1.0, shape [frames][channels].
"""
import struct

import numpy as np


def read(path):
    """Returns (samples, rate_hz). Integer PCM of 16 or 32 bit, or 32-bit float."""
    with open(path, 'rb') as file:
        data = file.read()
    if data[:4] != b'RIFF' or data[8:12] != b'WAVE':
        raise ValueError(f'{path}: not a WAV file')
    form = None
    for name, body in chunks(data):
        if name == b'fmt ':
            form = struct.unpack('<HHIIHH', body[:16])
            if form[0] == 0xfffe:
                form = (struct.unpack('<H', body[24:26])[0],) + form[1:]
        elif name == b'data' and form:
            return decode(body, form, path), form[2]
    raise ValueError(f'{path}: no sound in it')


def chunks(data):
    offset = 12
    while offset + 8 <= len(data):
        name, length = struct.unpack('<4sI', data[offset:offset + 8])
        yield name, data[offset + 8:offset + 8 + length]
        offset += 8 + length + (length & 1)


def decode(body, form, path):
    tag, channels, _, _, _, bits = form
    kinds = {(1, 16): ('<i2', 2.0**15), (1, 32): ('<i4', 2.0**31), (3, 32): ('<f4', 1.0)}
    if (tag, bits) not in kinds:
        raise ValueError(f'{path}: WAV format {tag} with {bits} bit is not read here')
    kind, scale = kinds[tag, bits]
    whole = len(body) - len(body) % (channels * bits // 8)
    samples = np.frombuffer(body[:whole], kind).reshape(-1, channels)
    return (samples / scale).astype(np.float32)


def write(path, samples, rate_hz):
    """16-bit PCM, rounded and clipped."""
    samples = np.atleast_2d(samples.T).T
    pcm = np.clip(np.rint(samples * 32768.0), -32768, 32767).astype('<i2').tobytes()
    channels = samples.shape[1]
    head = struct.pack('<4sI4s4sIHHIIHH4sI', b'RIFF', 36 + len(pcm), b'WAVE', b'fmt ', 16,
                       1, channels, rate_hz, rate_hz * channels * 2, channels * 2, 16,
                       b'data', len(pcm))
    with open(path, 'wb') as file:
        file.write(head + pcm)
