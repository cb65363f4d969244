#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A user's mixer, worked by mouse and keys: pavucontrol makes Tandem the fallback, so that
the music moves there, and turns it down; both boxes follow by what the mixer shows.

Version 5 (GTK 3) and 6 (GTK 4) look alike: on the page Output Devices the sinks stand below
each other in the order in which they came, and Tab goes from a sink's fallback button to
its slider."""
import json
import time

import numpy as np

# common says where the demo's modules are, so it comes first
from common import (LABELS, check, finish, gain, make_default, measure, scene, sound,
                    undisturbed)
import report
from process import Trouble

DEADLINE_S = 20.0
ATTEMPTS = 10
# Within that button of the second sink in both versions, whose windows open 500 wide: it
# spans 444 to 488 and 175 to 209 in version 5, 452 to 488 and 183 to 217 in version 6.
FALLBACK = ('470', '196')
SETTLED_S = 0.5  # after a change of volume: ramps, a cycle, and the codec's blocks
LIMIT_DB = 0.5
DOWN_DB = -6.0
KEYS = 60  # of 1 % each; it takes 21 where none is lost


def start_display(stage):
    display = stage.spawn('xvfb', ['Xvfb', '-displayfd', '1', '-nolisten', 'tcp',
                                   '-screen', '0', '800x600x24'])
    stage.env.update({'DISPLAY': ':' + display.wait_line('', DEADLINE_S),
                      'GDK_BACKEND': 'x11', 'GSK_RENDERER': 'cairo',
                      'NO_AT_BRIDGE': '1', 'GTK_A11Y': 'none'})


def meters(graph):
    """Nodes by which pavucontrol shows the level of each device that it shows."""
    return [node for node in graph.nodes()
            if node['info']['props'].get('application.name') == 'PulseAudio Volume Control'
            and node['info']['props'].get('media.class') == 'Stream/Input/Audio']


class Mixer:
    """pavucontrol's window."""

    def __init__(self, stage):
        self.stage = stage
        self.process = stage.spawn('pavucontrol', ['pavucontrol', '--tab=3'])
        stage.graph.wait(lambda g: len(meters(g)) >= 2, 'the devices shown',
                         DEADLINE_S)
        self.window = stage.run('xdotool', 'search', '--sync', '--onlyvisible', '--name',
                                'Volume Control', timeout_s=DEADLINE_S).split()[-1]
        stage.run('xdotool', 'windowfocus', '--sync', self.window)

    def press(self):
        """Tandem's fallback button, which has the keyboard then."""
        self.stage.run('xdotool', 'mousemove', '--window', self.window, *FALLBACK,
                       'click', '1')


def choose_tandem(s, mixer):
    """Its fallback button; then the player, which asked for no sink, plays on it. A window
    just opened may not take the first keys, and pressing the button again does no harm."""
    s.stage.watch.forget_lines()
    for left in reversed(range(ATTEMPTS)):
        mixer.press()
        try:
            s.stage.watch.wait_line("update: id:0 key:'default.audio.sink' "
                                    "value:'{\"name\":\"tandem\"}'", 2.0)
            break
        except Trouble:
            if not left:
                raise
    said = s.stage.run('pactl', 'get-default-sink').strip()
    check(said == 'tandem', f'the fallback button in pavucontrol: the default is {said}')
    wait_linked(s, 'tandem')
    check(True, 'the music has moved to Tandem')
    s.stage.wait_streaming(LABELS)


def wait_linked(s, sink):
    def linked(graph):
        ends = graph.node('tandem-player'), graph.node(sink)
        return all(ends) and graph.linked(ends[0]['id'], ends[1]['id'])

    s.stage.graph.wait(linked, f'the music on {sink}')


def volumes(graph):
    params = graph.node('tandem')['info']['params'].get('Props', [{}])
    return params[0].get('channelVolumes', [9.0])


def said_db(s):
    """The volume of both channels as pactl says it, in dB."""
    sinks = json.loads(s.stage.run('pactl', '--format=json', 'list', 'sinks'))
    channels = [sink['volume'] for sink in sinks if sink['name'] == 'tandem'][0]
    return [float(channels[name]['db'].split()[0]) for name in ('front-left', 'front-right')]


def turn_down(s):
    """Key by key: the mixer sets its slider back to what the sink last said, and a key
    before that is lost. Page_Down would go down in version 6 only."""
    s.stage.run('xdotool', 'key', 'Tab')  # from the button to the slider
    for _ in range(KEYS):
        before = min(volumes(s.stage.graph))
        s.stage.run('xdotool', 'key', 'Left')
        try:
            s.stage.graph.wait(lambda g, b=before: max(volumes(g)) < b, 'less', 0.5)
        except Trouble:
            continue
        if max(said_db(s)) <= DOWN_DB:
            break


def span(s, began_ns):
    """Two seconds of playing, from and to in s on the player's clock."""
    start = (time.monotonic_ns() - began_ns) / 1e9
    s.wait_packets(200)
    return start + SETTLED_S, (time.monotonic_ns() - began_ns) / 1e9


def perform(s):
    """Returns [(dB of both channels as pactl says, from s, to s), ...] and the player."""
    player = s.play(target=None)
    wait_linked(s, 'other')
    mixer = Mixer(s.stage)
    choose_tandem(s, mixer)
    player.say('go')
    began_ns = int(player.wait_line('playing', 5.0).split()[1])
    steps = [(said_db(s), *span(s, began_ns))]
    turn_down(s)
    steps.append((said_db(s), *span(s, began_ns)))
    player.wait_line('done', 60.0)
    player.stop()
    mixer.process.stop()
    return steps, player


def heard(tracks, steps):
    said = [np.array(step[0]) for step in steps]
    fell = said[1] - said[0]
    check(np.all(fell <= DOWN_DB), f'the slider: pactl says {fell[0]:+.2f} and {fell[1]:+.2f} dB')
    gains = [20 * np.log10([gain(track, a, b) for track in tracks]) for _, a, b in steps]
    for what, told, got in zip(('before', 'after'), said, gains):
        check(np.all(np.abs(got - told) < LIMIT_DB) and abs(got[0] - got[1]) < LIMIT_DB,
              f'{what}: the boxes play at {got[0]:+.2f} and {got[1]:+.2f} dB, '
              f'pactl says {told[0]:+.2f} and {told[1]:+.2f}')


def attempt():
    with scene() as s:
        music = sound(s.raw, 14)
        make_default(s.stage, 'other')
        start_display(s.stage)
        steps, player = perform(s)
        s.stop_boxes()
        play_s, _ = report.play_times(player.csv, s.t0_ns)
        tracks = [measure.Track(measure.expected(music, 'stereo', i), s.recording(i), play_s)
                  for i in range(2)]
        heard(tracks, steps)


undisturbed(attempt)
finish()
