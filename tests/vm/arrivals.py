# SPDX-License-Identifier: MIT
"""When the same instant of the music arrived at each speaker.

Each speaker's packets are decoded by libsbc into one run of sound. Where that run lies in
the source is found by correlation, window by window, so a loss or a repetition shows. Then
every packet says when which instant of the source arrived, and the skew is the difference
of two such lines. (When a box plays it is another matter: see tandem-speaker's recording.)
"""
import ctypes

import numpy as np

import measure


class SbcState(ctypes.Structure):
    """sbc_t of libsbc."""
    _fields_ = [('flags', ctypes.c_ulong)] + [
        (name, ctypes.c_uint8) for name in ('frequency', 'blocks', 'subbands', 'mode',
                                            'allocation', 'bitpool', 'endian')] + [
        ('priv', ctypes.c_void_p), ('priv_alloc_base', ctypes.c_void_p)]


EARLY_S = 0.2  # a Track looks from that far before where the source seems to begin
RATES = (16000, 32000, 44100, 48000)


def decode(packets):
    """(sound[frames][2] as float, rate_hz, first frame of each packet)."""
    sbc = ctypes.CDLL('libsbc.so.1')
    sbc.sbc_decode.restype = ctypes.c_ssize_t
    state = SbcState()
    if sbc.sbc_init(ctypes.byref(state), 0) != 0:
        raise MemoryError('libsbc')
    blocks, first, count = [], [], 0
    written = ctypes.c_size_t(0)
    buffer = ctypes.create_string_buffer(4096)
    channels = 2
    for packet in packets:
        first.append(count)
        data = packet.payload
        for _ in range(packet.frames):
            used = sbc.sbc_decode(ctypes.byref(state), data, ctypes.c_size_t(len(data)),
                                  buffer, ctypes.c_size_t(len(buffer)),
                                  ctypes.byref(written))
            if used <= 0:
                raise ValueError('a block that libsbc does not decode')
            channels = 1 if state.mode == 0 else 2
            pcm = np.frombuffer(buffer.raw[:written.value], '<i2').reshape(-1, channels)
            blocks.append(pcm if channels == 2 else np.repeat(pcm, 2, axis=1))
            count += len(pcm)
            data = data[used:]
    rate_hz = RATES[state.frequency]
    sbc.sbc_finish(ctypes.byref(state))
    sound = np.concatenate(blocks) / 32768.0 if blocks else np.zeros((0, 2))
    return sound, rate_hz, np.array(first)


def search(want, heard):
    """Where the source begins in what was heard, roughly, in s; below 0: before it. Where
    nothing of it is heard it is anywhere, and a Track from there trusts nothing."""
    size = 1 << int(np.ceil(np.log2(len(heard) + len(want))))
    sharp = measure.emphasise(heard), measure.emphasise(want)
    cross = np.fft.irfft(np.fft.rfft(sharp[0], size)
                         * np.conj(np.fft.rfft(sharp[1], size)), size)
    peak = int(np.argmax(cross))
    return (peak if peak < len(heard) else peak - size) / measure.RATE


def track(want, heard):
    """A measure.Track, and the s to be added to its lateness to have it from the beginning
    of what was heard."""
    base_s = search(want, heard) - EARLY_S
    return measure.Track(want, heard, lambda f: np.asarray(f) / measure.RATE + base_s), base_s


class Arrivals:
    """One speaker's. packets: of btsnoop; want: what it should play, at measure.RATE; instead:
    what else it may play, or must not: of each window the one that fits better counts."""

    def __init__(self, packets, want, instead=None):
        self.packets = packets
        self.times = np.array([p.arrival_s for p in self.packets])
        self.found = False
        if len(self.packets) < 10:
            return
        sound, self.rate, first = decode(self.packets)
        heard = at_rate(sound.mean(axis=1), self.rate)
        # lateness in the run of sound, counted from where the source begins in it: constant
        # but for what is lost, repeated or resampled
        self.track, base_s = track(want, heard)
        late = self.track.lateness + base_s
        self.other = None
        if instead is not None:
            self.other, base_s = track(instead, heard)
            better = (self.other.trust > self.track.trust + measure.ALIKE) \
                & ~np.isnan(self.other.lateness)
            late = np.where(better, self.other.lateness + base_s, late)
        good = ~np.isnan(late)
        self.found = np.mean(good) > 0.3
        if not self.found:
            return
        late, instants = late[good], self.track.times[good]
        place = instants + late  # of the source's instants in the run
        # the source's time at each packet's first frame; straight on at both ends
        self.content = np.interp(first / self.rate, place, instants,
                                 left=np.nan, right=np.nan)
        self.moved_ms = (late - np.median(late)) * 1e3
        # when the middle of each window arrived
        every = self.track.times + np.interp(self.track.times, instants, late)
        self.window_s = np.interp(every, first / self.rate, self.times)

    def which(self):
        """Of each window, what arrived: -1 what is wanted, 1 what may come instead, 0 does
        not tell, for the two sound alike there, or neither is to be heard."""
        want, other = self.track, self.other
        # where one channel is silent the mean is but quieter than the other one
        loud = (want.level >= measure.QUIET) & (other.level >= measure.QUIET)
        apart = np.where(loud, want.trust - other.trust, 0.0)
        found = np.zeros(len(apart), dtype=int)
        found[(want.trust >= measure.TRUSTED) & (apart > measure.ALIKE)] = -1
        found[(other.trust >= measure.TRUSTED) & (apart < -measure.ALIKE)] = 1
        # one of the two is silence, and nothing of the other one arrived
        found[(want.level < measure.QUIET) & (other.level >= measure.QUIET)
              & (other.trust < measure.TRUSTED)] = -1
        found[(other.level < measure.QUIET) & (want.level >= measure.QUIET)
              & (want.trust < measure.TRUSTED)] = 1
        return found

    def share(self):
        """How much of the time in which the source is to be heard it is in what arrived."""
        loud = self.track.level >= measure.QUIET
        return float(np.mean(self.track.trust[loud] >= measure.TRUSTED))

    def gaps(self):
        """(sequence numbers missing, longest time between two packets in ms) while the
        source played."""
        playing = ~np.isnan(self.content)
        seq = np.array([p.seq for p in self.packets])[playing].astype(np.int64)
        steps = np.diff(seq) % 65536
        return int(np.sum(steps - 1)), float(np.max(np.diff(self.times[playing])) * 1e3)


def at_rate(sound, rate):
    """At measure.RATE, by a foreign resampler (libsamplerate's best)."""
    if rate == measure.RATE:
        return sound

    class Data(ctypes.Structure):
        _fields_ = [('data_in', ctypes.c_void_p), ('data_out', ctypes.c_void_p),
                    ('input_frames', ctypes.c_long), ('output_frames', ctypes.c_long),
                    ('input_frames_used', ctypes.c_long),
                    ('output_frames_gen', ctypes.c_long), ('end', ctypes.c_int),
                    ('ratio', ctypes.c_double)]

    source = np.ascontiguousarray(sound, dtype=np.float32)
    out = np.zeros(int(len(source) * measure.RATE / rate) + 64, dtype=np.float32)
    data = Data(source.ctypes.data, out.ctypes.data, len(source), len(out), 0, 0, 1,
                measure.RATE / rate)
    if ctypes.CDLL('libsamplerate.so.0').src_simple(ctypes.byref(data), 0, 1) != 0:
        raise ValueError('libsamplerate refuses')
    return out[:data.output_frames_gen].astype(np.float64)


def skew_ms(left, right):
    """Arrival of the left box minus the right one's at the right one's packets, in ms."""
    good = ~np.isnan(left.content)
    there = ~np.isnan(right.content)
    at = np.interp(right.content[there], left.content[good], left.times[good],
                   left=np.nan, right=np.nan)
    value = (at - right.times[there]) * 1e3
    return value[~np.isnan(value)]
