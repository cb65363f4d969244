# SPDX-License-Identifier: MIT
"""A PulseAudio client that writes sound and asks how late it will be heard."""
import ctypes
import time

import numpy as np

FLOAT32LE = 5
PLAYBACK = 1
CHUNK = 480
ASKED_EVERY = 20


class Spec(ctypes.Structure):
    _fields_ = [('format', ctypes.c_int), ('rate', ctypes.c_uint32),
                ('channels', ctypes.c_uint8)]


class Attributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32)
                for name in ('maxlength', 'tlength', 'prebuf', 'minreq', 'fragsize')]


class Client:
    """pa_simple is pa_stream with blocking calls, its latency pa_stream_get_latency's."""

    def __init__(self, server, sink, rate_hz=48000):
        self.pulse = ctypes.CDLL('libpulse-simple.so.0')
        self.pulse.pa_simple_new.restype = ctypes.c_void_p
        self.pulse.pa_simple_get_latency.restype = ctypes.c_uint64
        unset = 0xffffffff
        attributes = Attributes(unset, int(0.2 * rate_hz) * 8, unset, unset, unset)
        error = ctypes.c_int(0)
        self.handle = self.pulse.pa_simple_new(
            server.encode(), b'Tandem test', PLAYBACK, sink.encode(), b'latency',
            ctypes.byref(Spec(FLOAT32LE, rate_hz, 2)), None, ctypes.byref(attributes),
            ctypes.byref(error))
        if not self.handle:
            raise RuntimeError(f'pulse: cannot connect, error {error.value}')

    def play(self, sound):
        """Writes sound[frames][2], blocking; returns [(frame, now_ns, latency_ns), ...]:
        the frame written next would be in the air latency_ns after now_ns."""
        claims = []
        error = ctypes.c_int(0)
        data = sound.astype('<f4')
        for k, start in enumerate(range(0, len(data), CHUNK)):
            part = np.ascontiguousarray(data[start:start + CHUNK])
            if self.pulse.pa_simple_write(ctypes.c_void_p(self.handle),
                                          part.ctypes.data_as(ctypes.c_void_p),
                                          ctypes.c_size_t(part.nbytes),
                                          ctypes.byref(error)) < 0:
                raise RuntimeError(f'pulse: write failed, error {error.value}')
            if k % ASKED_EVERY == 0:
                before = time.monotonic_ns()
                latency_us = self.pulse.pa_simple_get_latency(ctypes.c_void_p(self.handle),
                                                              ctypes.byref(error))
                now = (before + time.monotonic_ns()) // 2
                claims.append((start + len(part), now, latency_us * 1000))
        self.pulse.pa_simple_drain(ctypes.c_void_p(self.handle), ctypes.byref(error))
        self.pulse.pa_simple_free(ctypes.c_void_p(self.handle))
        return claims
