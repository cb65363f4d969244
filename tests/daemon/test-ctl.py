#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tandemctl with a Tandem that runs: what it sets is so, what it refuses it says why, and
what it shows is what Tandem knows. Two boxes; what they play is test-live.py's."""
import json
import os

# common says where the demo's modules are, so it comes first
from common import DELAYS_MS, LABELS, Trouble, check, finish, scene, sound
from ctl import ABSENT, DONE, FAILED, WRONG_USE, program, run
import stage as stages

RIGHT = stages.address(1)
GROUPS = '''context.modules = [
    {{ name = libpipewire-module-tandem args = {{
        name = upstairs description = "Up stairs" when-empty = keep
        speakers = [ {{ address = "{0}" }} {{ name = "Bath" }} ] }} }}
]
'''


def is_now(s, key, value):
    """It shows in what others see, too, who hear of it a moment later."""
    s.wait_rows(lambda r: r.get(key) == value, f'{key} {value}')
    check(True, f'{key} is {value}')


def sets(s):
    env = s.stage.env
    for words, key, value in (
            (('delay', 'left', '12.5'), 'speaker.left.delay-ms', 12.5),
            (('delay', 'left', '-3.5'), 'speaker.left.delay-ms', -3.5),
            (('gain', RIGHT.lower(), '-6'), 'speaker.right.gain-db', -6),
            (('gain', '--group', 'tandem', 'right', '-.5'), 'speaker.right.gain-db', -0.5),
            (('mute', 'left'), 'speaker.left.mute', True),
            (('mute', 'left', 'off'), 'speaker.left.mute', False),
            (('swap',), 'tandem.swap', True),
            (('swap',), 'tandem.swap', False),
            (('swap', 'on'), 'tandem.swap', True),
            (('swap', 'off'), 'tandem.swap', False),
            (('layout', 'party', '-g', 'Tandem'), 'tandem.layout', 'party'),
            (('layout', 'stereo'), 'tandem.layout', 'stereo')):
        run(env, *words).check(DONE, f'tandem: {key} is now ')
        is_now(s, key, value)
    run(env, 'layout', 'custom').check(DONE, 'custom', err='layout = custom wants a matrix')
    run(env, 'layout', 'stereo').check(DONE)


def refuses(s):
    env = s.stage.env
    before = run(env, 'status', '--json').json()[0]
    said = run(env, 'delay', 'left', '900')
    said.check(FAILED, err='speaker.left.delay-ms = 900 is refused: wanted is -500 to 500 ms')
    check(said.err.endswith(s.rows()['tandem.mistakes']), 'these are the words of the status')
    run(env, 'delay', 'left', '901').check(FAILED, err='= 901 is refused')
    run(env, 'gain', 'right', '13').check(FAILED, err='-60 to 12 dB')
    run(env, 'layout', 'round').check(FAILED, err='stereo, party, mono or custom')
    run(env, 'delay', 'left', 'much').check(WRONG_USE, err='a number of ms')
    run(env, 'mute', 'left', 'perhaps').check(WRONG_USE, err='on or off, not "perhaps"')
    run(env, 'swap', 'perhaps').check(WRONG_USE, err='on or off')
    for words in (('delay', 'bath', '1'), ('gain', 'bath', '1'), ('mute', 'bath')):
        run(env, *words).check(FAILED, err='there is no speaker bath: there is left, left')
    for words in (('swap',), ('layout', 'mono'), ('status',), ('mute', 'left')):
        run(env, *words, '--group', 'attic').check(FAILED, err='no group attic: there is tandem')
    after = run(env, 'status', '--json').json()[0]
    same = [key for key in before if key != 'tandem.mistakes' and before[key] != after[key]]
    check(same == [], f'nothing has changed: {same}')


def shows(s):
    env = s.stage.env
    rows = run(env, 'status', '--json').json()
    check(len(rows) == 1 and rows[0].pop('node.name') == 'tandem'
          and rows[0].pop('object.id') == s.node_id(), 'one group, by name and id')
    told = {key for key in s.rows() if key.startswith(('tandem.', 'speaker.'))}
    check(set(rows[0]) == told, f'its rows are those of the node: {told ^ set(rows[0])}')
    said = run(env, 'status')
    for text in ('tandem "Tandem": stereo', 'configured, plays FL', RIGHT, 'gain -0.5 dB',
                 'delay -3.5 ms', 'is refused'):
        said.check(DONE, text)


def shows_sound(s):
    sound(s.raw, 20)
    player = s.play()
    player.say('go')
    player.wait_line('playing', 5.0)
    s.wait_packets(76)
    said = run(s.stage.env, 'status')
    for text in ('at 48000 Hz', 'streaming, plays FR', 'sbc joint', 'by report', ' 0 skipped'):
        said.check(DONE, text)
    boxes = run(s.stage.env, 'list', '--json').json()
    check([(b['held-by'], b['group'], b['label']) for b in boxes]
          == [('tandem', 'tandem', label) for label in LABELS], f'Tandem has both: {boxes}')
    check(all(b['codecs'] == ['SBC 44.1/48 kHz, bitpool 2 to 53']
              and b['volume-percent'] == 100 and b['connected'] for b in boxes),
          'what they can do is known')
    run(s.stage.env, 'list').check(DONE, 'plays in group tandem, right')
    player.stop()


def watches(s):
    watch = s.stage.spawn('watch', [program(), 'status', '--watch', '--json'])
    first = json.loads(watch.wait_line('[', 10.0))
    run(s.stage.env, 'delay', 'left', '7').check(DONE)
    while first[0]['speaker.left.delay-ms'] != 7:
        first = json.loads(watch.wait_line('[', 10.0))
    check(True, 'a change shows by itself')
    return watch


def grouped(s):
    """The file that `group` writes is what the next Tandem goes by."""
    env = s.stage.env
    run(env, 'group', 'left', RIGHT, '--left', RIGHT, '--layout', 'party', '--description',
        'My "den"').check(DONE, 'right plays left, left right')
    check(s.tandem.stop() == 0, 'Tandem ends well')
    s.tandem = s.stage.start_tandem('auto', **{'when-empty': 'keep'})
    rows = run(env, 'status', '--json').json()[0]
    wanted = {'tandem.layout': 'party', 'tandem.description': 'My "den"',
              'tandem.mistakes': '', 'speaker.left.address': RIGHT}
    got = {key: rows.get(key) for key in wanted}
    check(got == wanted, f'Tandem is as the file says: {got}')
    os.remove(f'{s.stage.config_dir}/pipewire/tandem.conf.d/50-tandem.conf')


def two_groups(s):
    """Started anew, with a second group that takes the right box."""
    check(s.tandem.stop() == 0, 'Tandem ends well')
    stages.config.put(f'{s.stage.config_dir}/pipewire/tandem.conf.d/two.conf',
                      GROUPS.format(RIGHT))
    s.tandem = s.stage.start_tandem(s.boxes[:1], **{'when-empty': 'keep'})
    s.stage.graph.wait(lambda g: g.status('upstairs').get('speaker.left.address') == RIGHT
                       and g.status('tandem').get('speaker.1.address'), 'both groups', 20.0)
    env = s.stage.env
    check(sorted(row['node.name'] for row in run(env, 'status', '--json').json())
          == ['tandem', 'upstairs'], 'both are shown')
    check(len(run(env, 'status', '--json', '-g', 'upstairs').json()) == 1, 'or one alone')
    run(env, 'swap').check(FAILED, err='there are several groups (')
    run(env, 'swap', '-g', 'Up stairs').check(DONE, 'upstairs: tandem.swap is now true')
    run(env, 'mute', RIGHT).check(DONE, 'upstairs: speaker.left.mute is now true')
    run(env, 'mute', 'right', '-g', 'tandem').check(FAILED, err='there is 1, left')
    run(env, 'mute', 'left').check(FAILED, err='more than one speaker is called left')
    boxes = run(env, 'list', '--json').json()
    check(boxes[-1]['name'] == 'Bath' and not boxes[-1]['paired'] and boxes[-1]['message'],
          f'one that Tandem alone knows of: {boxes[-1]}')
    run(env, 'list').check(DONE, 'not paired; held by nobody; belongs to group upstairs')


def absent(s, watch):
    commands = (('status',), ('status', '--json'), ('layout', 'mono'), ('swap',),
                ('delay', 'left', '1'), ('gain', 'left', '1'), ('mute', 'left'))
    s.tandem.stop()
    s.stage.graph.wait(lambda g: not g.node('tandem'), 'the sink going')
    for words in commands:
        run(s.stage.env, *words).check(ABSENT, err='Tandem is not running: ')
    s.stage.daemon.stop()
    for words in commands:
        run(s.stage.env, *words).check(ABSENT, err='PipeWire cannot be reached')
    check(watch.child.wait(10.0) == ABSENT, 'who watches is told that PipeWire has gone')


check(len(DELAYS_MS) == 2, 'two boxes')
with scene() as s:
    try:
        sets(s)
        refuses(s)
        shows(s)
        shows_sound(s)
        watch = watches(s)
        grouped(s)
        two_groups(s)
        absent(s, watch)
    except Trouble as trouble:
        check(False, str(trouble))
finish()
