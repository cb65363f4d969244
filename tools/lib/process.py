# SPDX-License-Identifier: MIT
"""Child processes that say when they are ready, keep their words, and end with us."""
import os
import queue
import shutil
import signal
import subprocess
import threading
import time


class Trouble(Exception):
    """Something of the stage failed; the text is for a person."""


class Process:
    """A child whose output goes to <logs>/<name>.log, line by line.

    It dies with us even when we are killed (setpriv --pdeathsig), and not by the terminal's
    ctrl-C, so that stop() can end things in order.
    """

    def __init__(self, name, command, env, logs, stdin=False):
        self.name, self.log_path = name, os.path.join(logs, name + '.log')
        if not shutil.which(command[0], path=env.get('PATH')):
            raise Trouble(f'{name}: {command[0]} is not there')
        self.lines = queue.Queue()
        self.log = open(self.log_path, 'wb', buffering=0)
        self.child = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'KILL', '--'] + [str(c) for c in command], env=env,
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=self.log, start_new_session=True, cwd=env['HOME'])
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    @property
    def pid(self):
        return self.child.pid

    def read(self):
        for line in self.child.stdout:
            self.log.write(line)
            self.lines.put(line.decode(errors='replace').rstrip('\n'))
        self.lines.put(None)

    def wait_line(self, start, timeout_s):
        """The next line of its output that begins with start."""
        end = time.monotonic() + timeout_s
        while True:
            try:
                line = self.lines.get(timeout=max(end - time.monotonic(), 0))
            except queue.Empty:
                raise Trouble(f'{self.name}: no "{start}" within {timeout_s:g} s; '
                              f'see {self.log_path}') from None
            if line is None:
                raise Trouble(f'{self.name} has ended; its last words: {self.last_words()}')
            if line.startswith(start):
                return line

    def forget_lines(self):
        """wait_line() takes only what comes from now on."""
        while not self.lines.empty():
            self.lines.get()

    def say(self, text):
        self.child.stdin.write(text.encode() + b'\n')
        self.child.stdin.flush()

    def last_words(self):
        with open(self.log_path, errors='replace') as file:
            lines = [line.strip() for line in file if line.strip()]
        return lines[-1] if lines else '(none)'

    def alive(self):
        return self.child.poll() is None

    def kill(self, number):
        if self.alive():
            os.killpg(self.child.pid, number)

    def stop(self, timeout_s=3.0):
        """SIGTERM, then SIGKILL for who does not go; returns the exit status."""
        self.kill(signal.SIGCONT)
        self.kill(signal.SIGTERM)
        try:
            self.child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill(signal.SIGKILL)
            self.child.wait()
        self.reader.join(1.0)
        self.log.close()
        return self.child.returncode
