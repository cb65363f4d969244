# SPDX-License-Identifier: MIT
"""tandemctl, run as a person runs it."""
import json
import os
import pty
import subprocess

from common import build, check

DONE, FAILED, WRONG_USE, ABSENT = 0, 1, 2, 3
TIMEOUT_S = 60.0


class Said:
    """What came of a call: status, out, err."""

    def __init__(self, words, done):
        self.words, self.status = ' '.join(words), done.returncode
        self.out, self.err = done.stdout.strip(), done.stderr.strip()

    def json(self):
        return json.loads(self.out)

    def check(self, status, out='', err=''):
        """It ended so, with these words in what it said; and a failure says something."""
        ok = (self.status == status and out in self.out and err in self.err
              and (status == DONE or bool(self.err)))
        return check(ok, f'tandemctl {self.words}: {self.status} {self.out!r} {self.err!r}'
                     if not ok else f'tandemctl {self.words}: {status} {out or err}')


def program():
    return os.path.join(build(), 'tools/tandemctl/tandemctl')


def run(env, *words, stdin=subprocess.DEVNULL):
    done = subprocess.run([program(), *words], env=env, capture_output=True, text=True,
                          timeout=TIMEOUT_S, check=False, stdin=stdin)
    return Said(words, done)


def answer(env, text, *words):
    """On a terminal, where somebody types this."""
    person, terminal = pty.openpty()
    os.write(person, f'{text}\n'.encode())
    try:
        return run(env, *words, stdin=terminal)
    finally:
        os.close(person)
        os.close(terminal)
