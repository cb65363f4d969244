# SPDX-License-Identifier: MIT
"""What came of one scenario on one stack: checks, figures, and the machine's files."""
import json
import os


class Result:
    """checks: [(ok, text)]; figures: name -> number, for comparing runs."""

    def __init__(self, task, out, music=None):
        self.scenario, self.stack, self.task = task['scenario'], task['stack'], task
        self.out, self.music = out, music
        self.checks, self.figures, self.facts = [], {}, {}
        self.table = ''    # for a person
        self.told = {}     # options that were set
        self.image = None  # directory of the machine, for who looks into its programs
        self.reason = None  # why it was skipped
        self.host_s = self.computed_s = 0.0  # of this host: by the clock, of a processor
        path = os.path.join(out, 'guest.json') if out else ''
        self.complete = os.path.exists(path)
        if self.complete:
            with open(path) as file:
                guest = json.load(file)
            self.checks = [tuple(c) for c in guest['checks']]
            self.facts = guest['facts']
        elif out:
            self.check(False, 'the machine told nothing: see guest.log and console.log')

    @staticmethod
    def of(job):
        """Without files: the machine did not run."""
        result = Result({'scenario': job.scenario, 'stack': job.stack}, None)
        result.told = job.told
        return result

    @staticmethod
    def skipped(job, reason):
        result = Result.of(job)
        result.reason = reason
        return result

    @staticmethod
    def failed(job, reason):
        result = Result.of(job)
        result.check(False, reason)
        return result

    def check(self, ok, text):
        self.checks.append((bool(ok), text))
        return bool(ok)

    def figure(self, name, value, text=None):
        self.figures[name] = value
        if text:
            self.checks.append((True, text))

    def file(self, name):
        return os.path.join(self.out, name)

    @property
    def bad(self):
        return self.reason is None and not all(ok for ok, _ in self.checks)

    def print(self):
        if self.reason:
            print(f'  skipped: {self.reason}')
            return
        for ok, text in self.checks:
            print(f'  {"ok  " if ok else "FAIL"} {text}')
        if self.table:
            print(self.table)
        print(f'  {self.host_s:.0f} s of this host, {self.computed_s:.0f} of a processor',
              flush=True)

    def row(self):
        return {'scenario': self.scenario, 'stack': self.stack, 'set': self.told,
                'skipped': self.reason,
                'ok': not self.bad, 'checks': self.checks, 'figures': self.figures,
                'host_s': round(self.host_s, 1), 'computed_s': round(self.computed_s, 1)}
