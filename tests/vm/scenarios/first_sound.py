# SPDX-License-Identifier: MIT
"""Two speakers connect as a desktop connects them, and play through Tandem.

speakers=bluealsa: what arrives is judged; speakers=box: what is played. connect=host or
speaker: who begins. order=tandem or session: whose endpoints are registered first; Tandem's
are, as its unit comes first.
"""
import desk

SECONDS = 60
OPTIONS = {'speakers': 'bluealsa', 'connect': 'host', 'order': 'tandem'}


def run(machine):
    desk.start(machine)
    desk.connect(machine, 1, 2)
    desk.finish(machine, desk.play(machine))
    for side in ('left', 'right'):
        machine.say({k: v for k, v in machine.facts['rows'].items()
                     if k.startswith(f'speaker.{side}.') and k.count('.') == 2})


def judge(result):
    from judge import arrival, played
    (arrival if result.task['options']['speakers'] == 'bluealsa' else played)(result)
