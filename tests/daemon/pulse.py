# SPDX-License-Identifier: MIT
"""A PulseAudio client that writes sound and asks how late it will be heard."""
import ctypes
import time

FLOAT32LE = 5
CONTEXT_READY, CONTEXT_FAILED = 4, 5
STREAM_READY, STREAM_FAILED = 2, 3
OPERATION_RUNNING = 0
SEEK_RELATIVE = 0
ADJUST_LATENCY = 0x2000
CHUNK = 480
ASKED_EVERY = 20

NOTIFY = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
REQUEST = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
SUCCESS = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class Spec(ctypes.Structure):
    _fields_ = [('format', ctypes.c_int), ('rate', ctypes.c_uint32),
                ('channels', ctypes.c_uint8)]


class Attributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32)
                for name in ('maxlength', 'tlength', 'prebuf', 'minreq', 'fragsize')]


def library():
    pulse = ctypes.CDLL('libpulse.so.0')
    for name, result, *arguments in (
            ('threaded_mainloop_new', 'p'), ('threaded_mainloop_start', 'i', 'p'),
            ('threaded_mainloop_stop', None, 'p'), ('threaded_mainloop_free', None, 'p'),
            ('threaded_mainloop_lock', None, 'p'), ('threaded_mainloop_unlock', None, 'p'),
            ('threaded_mainloop_wait', None, 'p'),
            ('threaded_mainloop_signal', None, 'p', 'i'),
            ('threaded_mainloop_get_api', 'p', 'p'),
            ('context_new', 'p', 'p', 's'), ('context_get_state', 'i', 'p'),
            ('context_connect', 'i', 'p', 's', 'i', 'p'), ('context_errno', 'i', 'p'),
            ('context_set_state_callback', None, 'p', 'f', 'p'),
            ('context_disconnect', None, 'p'), ('context_unref', None, 'p'),
            ('stream_new', 'p', 'p', 's', 'p', 'p'), ('stream_get_state', 'i', 'p'),
            ('stream_set_state_callback', None, 'p', 'f', 'p'),
            ('stream_set_write_callback', None, 'p', 'f', 'p'),
            ('stream_connect_playback', 'i', 'p', 's', 'p', 'i', 'p', 'p'),
            ('stream_writable_size', 'z', 'p'),
            ('stream_write', 'i', 'p', 's', 'z', 'p', 'q', 'i'),
            ('stream_update_timing_info', 'p', 'p', 'f', 'p'),
            ('stream_get_latency', 'i', 'p', 'p', 'p'),
            ('stream_drain', 'p', 'p', 'f', 'p'), ('stream_unref', None, 'p'),
            ('operation_get_state', 'i', 'p'), ('operation_unref', None, 'p')):
        kinds = {'p': ctypes.c_void_p, 'i': ctypes.c_int, 's': ctypes.c_char_p,
                 'z': ctypes.c_size_t, 'q': ctypes.c_int64, 'f': ctypes.c_void_p, None: None}
        function = getattr(pulse, 'pa_' + name)
        function.restype = kinds[result]
        function.argtypes = [kinds[kind] for kind in arguments]
    return pulse


class Client:
    """with Client(server, sink) as client: client.play(sound)

    Asks the server each time, as players do that keep lip-sync: libpulse's own guess
    between the answers comes from a smoother that strays by 10 ms for seconds after a
    start, whatever the sink."""

    def __init__(self, server, sink, rate_hz=48000):
        self.pulse, self.server, self.sink = library(), server.encode(), sink.encode()
        self.rate_hz = rate_hz
        self.context = self.stream = None

        def signal(*_):
            self.pulse.pa_threaded_mainloop_signal(self.loop, 0)

        self.callbacks = [kind(signal) for kind in (NOTIFY, REQUEST, SUCCESS)]
        self.notify, self.request, self.success = (
            ctypes.cast(c, ctypes.c_void_p) for c in self.callbacks)

    def __enter__(self):
        pulse = self.pulse
        self.loop = pulse.pa_threaded_mainloop_new()
        pulse.pa_threaded_mainloop_start(self.loop)
        pulse.pa_threaded_mainloop_lock(self.loop)
        try:
            self.connect()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        pulse = self.pulse
        if self.stream:
            pulse.pa_stream_unref(self.stream)
        if self.context:
            pulse.pa_context_disconnect(self.context)
            pulse.pa_context_unref(self.context)
        pulse.pa_threaded_mainloop_unlock(self.loop)
        pulse.pa_threaded_mainloop_stop(self.loop)
        pulse.pa_threaded_mainloop_free(self.loop)

    def connect(self):
        pulse, unset = self.pulse, 0xffffffff
        self.context = pulse.pa_context_new(pulse.pa_threaded_mainloop_get_api(self.loop),
                                            b'Tandem test')
        pulse.pa_context_set_state_callback(self.context, self.notify, None)
        self.expect(pulse.pa_context_connect(self.context, self.server, 0, None) >= 0)
        self.wait(lambda: pulse.pa_context_get_state(self.context) >= CONTEXT_READY)
        self.expect(pulse.pa_context_get_state(self.context) < CONTEXT_FAILED)
        spec = Spec(FLOAT32LE, self.rate_hz, 2)
        self.stream = pulse.pa_stream_new(self.context, b'latency', ctypes.byref(spec), None)
        pulse.pa_stream_set_state_callback(self.stream, self.notify, None)
        pulse.pa_stream_set_write_callback(self.stream, self.request, None)
        attributes = Attributes(unset, int(0.2 * self.rate_hz) * 8, unset, unset, unset)
        self.expect(pulse.pa_stream_connect_playback(
            self.stream, self.sink, ctypes.byref(attributes), ADJUST_LATENCY, None,
            None) >= 0)
        self.wait(lambda: pulse.pa_stream_get_state(self.stream) >= STREAM_READY)
        self.expect(pulse.pa_stream_get_state(self.stream) < STREAM_FAILED)

    def expect(self, ok):
        if not ok:
            raise RuntimeError(f'pulse: error {self.pulse.pa_context_errno(self.context)}')

    def wait(self, find):
        while not find():
            self.pulse.pa_threaded_mainloop_wait(self.loop)

    def finish(self, operation):
        """Waits for the server's answer."""
        self.expect(operation)
        self.wait(lambda: self.pulse.pa_operation_get_state(operation) != OPERATION_RUNNING)
        self.pulse.pa_operation_unref(operation)

    def latency_us(self):
        latency, negative = ctypes.c_uint64(0), ctypes.c_int(0)
        self.finish(self.pulse.pa_stream_update_timing_info(self.stream, self.success, None))
        self.expect(self.pulse.pa_stream_get_latency(
            self.stream, ctypes.byref(latency), ctypes.byref(negative)) >= 0)
        return -latency.value if negative.value else latency.value

    def play(self, sound):
        """Writes sound[frames][2], blocking; returns [(frame, now_ns, latency_ns), ...]:
        the frame written next would be in the air latency_ns after now_ns."""
        claims = []
        data = sound.astype('<f4')
        for k, start in enumerate(range(0, len(data), CHUNK)):
            part = data[start:start + CHUNK].tobytes()
            self.wait(lambda: self.pulse.pa_stream_writable_size(self.stream) >= len(part))
            self.expect(self.pulse.pa_stream_write(
                self.stream, part, len(part), None, 0, SEEK_RELATIVE) >= 0)
            if k % ASKED_EVERY == 0:
                latency_us = self.latency_us()
                claims.append((min(start + CHUNK, len(data)), time.monotonic_ns(),
                               latency_us * 1000))
        self.finish(self.pulse.pa_stream_drain(self.stream, self.success, None))
        return claims
