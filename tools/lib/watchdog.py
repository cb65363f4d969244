# SPDX-License-Identifier: MIT
"""Notices when the host stalls: a run in which it stood still says nothing about Tandem.

One child per CPU, bound to it, at a real-time priority where that is allowed, sleeps 2 ms
at a time on CLOCK_MONOTONIC. When it wakes more than 20 ms late, nobody's audio thread on
that CPU could have run in time either.
"""
import os
import signal
import time

STALL_NS = 20_000_000
NAP_S = 0.002
PRIORITY = 90  # above PipeWire's 88


class Watchdog:
    """Between start() and stop(). stalls: [(when_ns, length_ns), ...] so far, of the naps
    that were longer than stall_ns with their lateness."""

    def __init__(self, stall_ns=STALL_NS):
        self.stall_ns = stall_ns
        self.children = []
        self.text = b''

    def start(self):
        self.text = b''
        for cpu in sorted(os.sched_getaffinity(0)):
            reader, writer = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(reader)
                watch(cpu, writer, self.stall_ns)
            os.close(writer)
            os.set_blocking(reader, False)
            self.children.append((pid, reader))

    @property
    def stalls(self):
        for _, reader in self.children:
            try:
                self.text += os.read(reader, 65536)
            except BlockingIOError:
                pass
        return sorted(tuple(map(int, line.split())) for line in self.text.splitlines())

    def stop(self):
        for pid, _ in self.children:
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
        found = self.stalls
        for _, reader in self.children:
            os.close(reader)
        self.children = []
        return found


def watch(cpu, writer, stall_ns):
    """The child; never returns. Quits with its parent, too: then the pipe breaks."""
    parent = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        os.sched_setaffinity(0, {cpu})
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except OSError:
        pass  # an ordinary user's watch is as late as everybody's
    before = time.monotonic_ns()
    while os.getppid() == parent:
        time.sleep(NAP_S)
        now = time.monotonic_ns()
        if now - before > stall_ns:
            os.write(writer, f'{before} {now - before}\n'.encode())
        before = now
    os._exit(0)
