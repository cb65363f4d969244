#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What players are told after tandemctl calibrate is when the sound is at the seat: what the
microphone says of its own latency is taken off, whether it leads the graph or follows. Where
it says nothing, all of it stays in."""
import numpy as np

import common
from common import bare_scene, check, finish, measure, sound, undisturbed
import ctl
import listener
import report

DELAYS_MS = (35, 88)
MIC_MS = 250         # of tandem-room
LIMIT_MS = 2.0
SECONDS = 12
# what the room is told, and by how much players are told too much
WAYS = {
    'follows': ((), 0),
    'leads': (('--lead',), 0),
    'says nothing': (('--untold',), MIC_MS),
}


def calibrate(s, way):
    said = ctl.run(s.stage.env, 'calibrate', '--json')
    if not said.check(ctl.DONE):
        return False
    mic_ms = said.json()['microphone-ms']
    wanted = MIC_MS if WAYS[way][1] == 0 else None
    return check(mic_ms == wanted, f'{way}: the microphone says {mic_ms} ms of itself')


def seat_ms(s, music, player, room):
    """When the music was there, after its cycle: of each box."""
    play_s, _ = report.play_times(player.csv, s.t0_ns)
    found = []
    for i, way_s in enumerate(listener.ways_s(room.truth)):
        track = measure.Track(measure.expected(music, 'stereo', i), s.recording(i), play_s)
        found.append(measure.latency_ms([track]) + way_s * 1e3)
    return found


def attempt(way):
    options, too_much_ms = WAYS[way]
    with bare_scene() as s:
        common.DELAYS_MS = DELAYS_MS
        s.told = {label: ('--reports', 'none') for label in common.LABELS}
        s.start()
        room = s.stage.start_room(s.boxes, s.t0_ns, *options)
        if not calibrate(s, way):
            return
        music = sound(s.raw, SECONDS)
        player = s.play()
        player.say('go')
        player.wait_line('done', SECONDS + 10.0)
        told = s.port_latency_ms()
        player.stop()  # and writes its log
        s.stop_boxes()
        check(len(told) == 2, f'two ports say their latency: {told}')
        for label, at_ms in zip(common.LABELS, seat_ms(s, music, player, room)):
            error_ms = float(np.mean(told)) - at_ms - too_much_ms
            check(abs(error_ms) < LIMIT_MS, f'{way}: players are told {told[0]:.2f} ms, '
                  f'{label} is at the seat after {at_ms:.2f} ms')


for one in WAYS:
    undisturbed(lambda: attempt(one))
finish()
