#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tandemctl release while it plays: the box is another source's, as it would be the session
manager's, the other box plays both channels, and it comes back when it is asked for."""
import os

# common says where the demo's modules are, so it comes first
from common import LABELS, build, check, finish, scene, sound
from ctl import ABSENT, DONE, FAILED, run
import stage as stages

DEADLINE_S = 15.0
RIGHT = stages.address(1)


def has(line):
    """The devices of the transports that the other source has."""
    return sorted(path.split('/')[4][4:].replace('_', ':') for path in line.split()[1:])


def wait_until_it_has(source, wanted):
    line = source.wait_line('has', DEADLINE_S)
    while has(line) != wanted:
        line = source.wait_line('has', DEADLINE_S)
    check(True, f'the other source has {wanted}')


def holder(s):
    return run(s.stage.env, 'list', '--json').json()[1]['held-by']


with scene() as s:
    env = s.stage.env
    source = s.stage.spawn('other-source',
                           [os.path.join(build(), 'tests/daemon/other-source')])
    wait_until_it_has(source, [])
    card = s.stage.spawn('card', [os.path.join(build(), 'tests/daemon/fake-card'), RIGHT],
                         stdin=True)
    card.wait_line('set off save 0', DEADLINE_S)
    sound(s.raw, 60)
    player = s.play()
    player.say('go')
    player.wait_line('playing', 5.0)
    s.wait_packets(38)
    check(holder(s) == 'tandem', 'Tandem has the right box')

    run(env, 'release', 'right').check(DONE, 'right, right: is left to the desktop')
    wait_until_it_has(source, [RIGHT])
    card.wait_line('set a2dp-sink save 0', DEADLINE_S)
    check(True, "the desktop's own device of it is put back")
    s.wait_rows(lambda r: r.get('speaker.left.plays') == 'FL+FR', 'the left box plays both')
    rows = s.stage.renew()
    check(rows['speaker.right.state'] == 'known'
          and rows['speaker.right.message'].startswith('is left to the desktop'),
          f'the status says so: {rows["speaker.right.message"]}')
    check(holder(s) == 'other-program', 'and so does the list')
    run(env, 'release', 'right').check(DONE, 'is left to the desktop')

    run(env, 'release', 'right', 'off').check(DONE, 'Tandem takes it back')
    s.wait_rows(lambda r: r.get('speaker.right.state') == 'streaming'
                and r.get('speaker.left.plays') == 'FL', 'both as before', DEADLINE_S)
    card.wait_line('set off save 0', DEADLINE_S)
    check(holder(s) == 'tandem', 'and the list says so')
    run(env, 'release', 'bath').check(FAILED, err='there is no speaker bath')
    player.stop()
    s.tandem.stop()
    run(env, 'release', LABELS[1]).check(ABSENT, err='Tandem is not running')
finish()
