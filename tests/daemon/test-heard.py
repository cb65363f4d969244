#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a microphone heard, told by pw-cli while it plays; and the log of it."""
import os
import re
import stat

from common import check, finish, scene, sound

TOLD = 10  # eight are enough to be believed
LINE = re.compile(r'\d+ ns microphone frame \d+ \S+ s \+- 0\.0005\S* s')


def tell(s):
    """Of the right box, that it plays when it should."""
    rows = s.rows()
    late_ms = float(rows['tandem.latency-ms']) + float(rows['speaker.right.lateness-ms'])
    s.set({'speaker.right.heard': f'{late_ms:.3f} 0.5'})


def main():
    with scene() as s:
        sound(s.raw, 60)
        player = s.play()
        player.say('go')
        player.wait_line('playing', 5.0)
        s.wait_packets(76)
        s.set({'tandem.log-observations': True})
        s.set({'speaker.right.heard': '300 0.5 1'})
        s.wait_rows(lambda r: r['tandem.mistakes'].endswith('is not taken: stale'),
                    'that an old word is refused')
        for _ in range(TOLD):
            tell(s)
        s.wait_rows(lambda r: r['speaker.right.latency-source'] == 'microphone',
                    'that the microphone is believed')
        rows = s.rows()
        check(not rows['tandem.mistakes'], f'no mistakes: {rows["tandem.mistakes"]!r}')
        check(rows['speaker.left.latency-source'] == 'report',
              f'the left box is known by its {rows["speaker.left.latency-source"]}')
        check(rows['speaker.right.heard'].endswith(' 0.5 0 ]'),
              f'what was heard last: {rows["speaker.right.heard"]}')
        s.wait_packets(76)  # the log is written twice a second
        player.stop()
        log = os.path.join(s.stage.env['XDG_STATE_HOME'], 'tandem', 'tandem.right.observations')
        mode = stat.S_IMODE(os.stat(log).st_mode)
        check(mode == 0o600, f'the log is for nobody else: {mode:o}')
        with open(log, encoding='ascii') as file:
            lines = [line for line in file if LINE.fullmatch(line.rstrip('\n'))]
        check(len(lines) == TOLD + 1, f'{len(lines)} words of the microphone are in the log')


main()
finish()
