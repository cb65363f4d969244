# SPDX-License-Identifier: MIT
"""tools/bench codecs: what each mode sends, what comes back of it, and what it costs.

    material --float--> tests/bench/bench-codecs --JSON--> table, goals
                          under callgrind, for the instructions

Air: one packet of the baseband and the slot that answers it, without repetitions; a PDU
that is too long for one goes in several. SNR: all that is not the sound, of each channel;
where one box plays one channel, of each box. Instructions: those in user space that
valgrind's callgrind counts, between entering and leaving what codes the sound.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass

import numpy as np

from benchtable import Goal

SLOTS_PER_S = 1600
L2CAP_BYTES = 4
# bytes that fit, slots with the answer: DH1, DH3, DH5 at 3 and at 2 Mbit/s
EDR = {'3-DH5': ((83, 2), (552, 4), (1021, 6)), '2-DH5': ((54, 2), (367, 4), (679, 6))}

NAMES = '/usr/share/sounds/alsa'
MUSIC = '/usr/share/games/gamine/sounds/BachJSBrandenburgConcertNo2inFMajorBWV1047mvmt1.ogg'
SOUND_S, PRICED_S = 6.0, 1.0
RMS = 0.1
NOISE = 'noise'
SOUNDS = (NOISE, 'speech', 'music')

LEAST_GAIN_DB = 14.0
MOST_COST = 1.25
# of the slots, %, a pair at MTU 672, 2-DH5, 44.1 kHz: name, bitpool, limit, at most?
AIR = [('joint L=R', 31, 36.0, True), ('mono', 31, 32.0, True), ('joint', 53, 51.0, False)]


def slots(packet_bytes, edr):
    """Of one L2CAP packet on the air."""
    left, count = packet_bytes + L2CAP_BYTES, 0
    biggest, most = EDR[edr][-1]
    while left > biggest:
        left, count = left - biggest, count + most
    return count + next(n for fits, n in EDR[edr] if left <= fits)


def air_share(flow, edr):
    """Of all slots, %, for one box."""
    return 100 * slots(flow['packet_bytes'], edr) * flow['packets_per_s'] / SLOTS_PER_S


def noise(rate_hz):
    """Pink, two channels that have nothing in common."""
    frames = int(SOUND_S * rate_hz)
    chance = np.random.default_rng(1)
    spectrum = np.fft.rfft(chance.standard_normal((frames, 2)), axis=0)
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))[:, None]
    spectrum[0] = 0
    sound = np.fft.irfft(spectrum, frames, axis=0)
    return RMS * sound / np.sqrt(np.mean(sound ** 2))


def played(path, channels, rate_hz):
    """As sox reads it, SOUND_S of it; None: it is not installed."""
    if not pathlib.Path(path).exists():
        return None
    command = ['sox', '-D', '-V1', path, '-t', 'raw', '-e', 'float', '-b', '32',
               '-r', str(rate_hz), '-c', str(channels), '-', 'repeat', '9', 'trim', '0',
               str(SOUND_S)]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    sound = np.frombuffer(done.stdout, '<f4').reshape(-1, channels)
    return 0.7 * sound / np.max(np.abs(sound))


def speech(rate_hz):
    """Two voices at once: one on each side."""
    sides = [played(f'{NAMES}/Front_{side}.wav', 1, rate_hz) for side in ('Left', 'Right')]
    return None if any(s is None for s in sides) else np.concatenate(sides, axis=1)


def sounds(rate_hz, wanted=SOUNDS):
    """{name: what bench-codecs reads, or None}"""
    made = {NOISE: noise, 'speech': speech, 'music': lambda r: played(MUSIC, 2, r)}
    found = {name: made[name](rate_hz) for name in wanted}
    return {name: None if sound is None else sound.astype('<f4').tobytes()
            for name, sound in found.items()}


def ask(program, *words, sound=None):
    run = subprocess.run([str(program), *words], input=sound, stdout=subprocess.PIPE,
                         check=True)
    return json.loads(run.stdout)


def price(program, mode, who, sound):
    """M instructions per second of audio; None: there is no valgrind."""
    with tempfile.TemporaryDirectory() as folder:
        command = ['valgrind', '--tool=callgrind', f'--callgrind-out-file={folder}/out',
                   '--collect-atstart=no', f'--toggle-collect=tandem_bench_priced_{who}',
                   str(program), 'price', str(mode['mode']), who]
        try:
            run = subprocess.run(command, input=sound, capture_output=True, check=True)
        except FileNotFoundError:
            return None
    counted = int(re.search(rb'Collected : (\d+)', run.stderr)[1])
    seconds = json.loads(run.stdout)['frames'] / mode['rate_hz']
    return counted / seconds / 1e6


def measured(program, wanted=SOUNDS, priced=None):
    """The modes of the program, with all figures; priced: the numbers of those whose
    instructions are counted, default: all."""
    modes = ask(program, 'modes')
    heard = {rate_hz: sounds(rate_hz, wanted) for rate_hz in {m['rate_hz'] for m in modes}}
    for mode in modes:
        here = heard[mode['rate_hz']]
        mode['snr_db'] = {name: None if sound is None else
                          ask(program, 'snr', str(mode['mode']), sound=sound)
                          for name, sound in here.items()}
        part = here[NOISE][:int(PRICED_S * mode['rate_hz']) * 8]
        for who in ('ours', 'bare'):
            mode[f'{who}_mips'] = price(program, mode, who, part) \
                if priced is None or mode['mode'] in priced else None
        for flow in mode['flows']:
            fits = flow['packet_bytes'] is not None
            flow['bytes_per_s'] = flow['packet_bytes'] * flow['packets_per_s'] \
                if fits else None
            flow['air'] = {edr: air_share(flow, edr) if fits else None for edr in EDR}
    return {'modes': modes}


@dataclass
class Find:
    """A mode by what it is called."""
    modes: list

    def __call__(self, name, rate_hz, least=0, most=255):
        found = [m for m in self.modes if m['name'] == name and m['rate_hz'] == rate_hz
                 and least <= m['bitpool'] <= most]
        return found[-1] if found else None


def gain_goal(find, rate_hz):
    """One channel in joint stereo against two in as many bytes, on noise."""
    one = find('joint L=R', rate_hz, least=40)
    two = [m for m in (find('stereo', rate_hz), find('joint', rate_hz)) if m]
    if one is None or not two:
        return []
    best = max(min(m['snr_db'][NOISE]) for m in two)
    gain = min(one['snr_db'][NOISE]) - best
    return [Goal(f'joint L=R {one["bitpool"]} above two channels, {rate_hz} Hz, noise, dB',
                 gain, LEAST_GAIN_DB, gain >= LEAST_GAIN_DB)]


def goals(result):
    find = Find(result['modes'])
    found = gain_goal(find, 44100) + gain_goal(find, 48000)
    for name, bitpool, limit, at_most in AIR:
        mode = find(name, 44100, bitpool, bitpool)
        if mode:
            flow = next(f for f in mode['flows'] if f['mtu'] == 672)
            share = 2 * flow['air']['2-DH5']
            found.append(Goal(f'air of a pair, {name} {bitpool}, MTU 672, 2-DH5, %', share,
                              limit, share <= limit if at_most else share >= limit))
    for mode in result['modes']:
        if mode['ours_mips'] and mode['bare_mips']:
            times = mode['ours_mips'] / mode['bare_mips']
            found.append(Goal(f'{called(mode)}: times the bare codec', times, MOST_COST,
                              times <= MOST_COST))
    return found


def called(mode):
    bitpool = f' {mode["bitpool"]}' if mode['bitpool'] else ''
    return f'{mode["codec"]} {mode["name"]}{bitpool} {mode["rate_hz"] / 1000:g}k'


def cells(mode):
    for flow in mode['flows']:
        fits = flow['bytes_per_s'] is not None  # LDAC needs 673 bytes
        yield f'{flow["bytes_per_s"]:.0f}' if fits else '-'
        yield from (f'{flow["air"][edr]:.1f}' if fits else '-' for edr in EDR)
    for snr in mode['snr_db'].values():
        yield '-' if snr is None else '/'.join(f'{side:.1f}' for side in snr)
    ours, bare = mode['ours_mips'], mode['bare_mips']
    yield from ('-' if v is None else f'{v:.2f}' for v in (ours, bare))
    yield f'{ours / bare:.2f}' if ours and bare else '-'


def text(result, found):
    modes = result['modes']
    head = [f'{part}{flow["mtu"]}' for flow in modes[0]['flows']
            for part in ('B/s@', '3M%@', '2M%@')]
    head += [*modes[0]['snr_db'], 'ours', 'bare', 'times']
    rows = [['', *head]] + [[called(m), *cells(m)] for m in modes]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [f'{row[0]:<{widths[0]}} ' + ' '.join(
        f'{cell:>{w}}' for cell, w in zip(row[1:], widths[1:])) for row in rows]
    lines += ['', 'B/s@672: bytes to the socket a second and box, at an MTU of 672;',
              '3M%, 2M%: of the slots, with 3-DH5 and 2-DH5 packets;',
              f'{", ".join(modes[0]["snr_db"])}: SNR in dB, left/right (joint L=R, mono: a '
              'box each)',
              'ours, bare: M instructions per second of audio and box (callgrind), of',
              'encoding, packing and sending, and of the library alone', '']
    lines += [f'{"met   " if goal.met else "MISSED"} {goal.what}: {goal.value:.4g} '
              f'(limit {goal.limit:g})' for goal in found]
    return '\n'.join(lines)


if __name__ == '__main__':
    sys.exit('run tools/bench codecs')
