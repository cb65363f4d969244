# SPDX-License-Identifier: MIT
"""Two speakers connect as a desktop connects them, and play through Tandem.

speakers=bluealsa: what arrives is judged; speakers=box: what is played; speakers=pipewire,
its A2DP sink role: what arrives, and what is played but not when. connect=host or speaker:
who begins. order=tandem or session: whose endpoints are registered first; Tandem's are, as
its unit comes first. boxes=off: until their turn; on: from the start, when
WirePlumber 0.4 connects all at once.
"""
import desk

SECONDS = 60
OPTIONS = {'speakers': 'bluealsa', 'connect': 'host', 'order': 'tandem', 'boxes': 'on'}
TAKES_S = {'bookworm': 73, 'trixie': 68, 'sid': 73}
CHOICES = {'speakers': ('bluealsa', 'box', 'pipewire'), 'connect': ('host', 'speaker'),
           'order': ('tandem', 'session'), 'boxes': ('on', 'off')}
VARIANTS = [{}, {'speakers': 'box'}, {'speakers': 'pipewire'}, {'connect': 'speaker'},
            {'order': 'session'}]


def run(machine):
    desk.start(machine)
    desk.connect(machine, 1, 2)
    desk.finish(machine, desk.play(machine))
    for side in ('left', 'right'):
        machine.say({k: v for k, v in machine.facts['rows'].items()
                     if k.startswith(f'speaker.{side}.') and k.count('.') == 2})


def judge(result):
    from judge import arrival, played, recorded
    speakers = result.task['options']['speakers']
    (played if speakers == 'box' else arrival)(result)
    if speakers == 'pipewire':
        recorded(result)
