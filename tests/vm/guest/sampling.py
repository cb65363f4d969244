# SPDX-License-Identifier: MIT
"""Where the machine's processor is while something plays, by the kernel's own sampling.

A perf event of the software clock cpu-clock interrupts every PERIOD_NS of processor time,
idling left out, and notes thread and instruction: on this machine, every so many
instructions. No program takes part in it, and no package. What was met is a count for each
(process, thread, mapped file, place in it); names are found outside: tests/vm/names.py.
"""
import ctypes
import fcntl
import mmap
import os
import struct
import time

PERIOD_NS = 50_000
RING_PAGES = 2048      # 8 MB: 350,000 samples, more than 10 s of a busy processor
SYSCALL = 298          # perf_event_open on x86-64
SOFTWARE, CPU_CLOCK = 1, 0
WANTED = 1 | 2         # PERF_SAMPLE_IP, PERF_SAMPLE_TID
DISABLED, EXCLUDE_IDLE = 1 << 0, 1 << 7
ENABLE, DISABLE = 0x2400, 0x2401
HEAD_AT = 1024         # data_head in the first page
SAMPLE, IN_USER = 9, 2


def open_event():
    attributes = struct.pack('<IIQQQQQIIQ', SOFTWARE, 64, CPU_CLOCK, PERIOD_NS, WANTED, 0,
                             DISABLED | EXCLUDE_IDLE, 0, 0, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.syscall(SYSCALL, attributes, -1, 0, -1, 0)
    if fd < 0:
        raise OSError(ctypes.get_errno(), 'perf_event_open')
    return fd


def samples(ring):
    """(pid, tid, in user space?, instruction) of all that was noted; the first page is not
    data, and nothing has been overwritten."""
    page = mmap.PAGESIZE
    head = struct.unpack_from('<Q', ring, HEAD_AT)[0]
    at = page
    while at < page + min(head, len(ring) - page):
        kind, misc, size = struct.unpack_from('<IHH', ring, at)
        if size == 0:
            return
        if kind == SAMPLE:
            where, pid, tid = struct.unpack_from('<QII', ring, at + 8)
            yield pid, tid, misc & 7 == IN_USER, where
        at += size


def mappings(pid):
    """[(begin, end, offset, path)] of what is executable; [] when it has gone."""
    found = []
    try:
        with open(f'/proc/{pid}/maps') as file:
            for line in file:
                place, access, offset, *others = line.split(maxsplit=5)
                begin, end = (int(part, 16) for part in place.split('-'))
                path = others[2].strip() if len(others) > 2 else ''
                if 'x' in access:
                    found.append((begin, end, int(offset, 16), path))
    except OSError:
        pass
    return found


def thread_name(pid, tid):
    try:
        with open(f'/proc/{pid}/task/{tid}/comm') as file:
            return file.read().strip()
    except OSError:
        return ''


class Profile:
    """processes: name -> pid, those to be looked at."""

    def __init__(self, processes):
        self.names = {pid: name for name, pid in processes.items()}
        self.maps, self.threads = {}, {}

    def place(self, pid, user, where):
        if not user:
            return '(kernel)', 0
        if pid not in self.maps:
            self.maps[pid] = mappings(pid)
        for begin, end, offset, path in self.maps[pid]:
            if begin <= where < end:
                return path, where - begin + offset
        return '(unknown)', 0

    def take(self, seconds):
        """[[process, thread, file, place in it, samples]] of that time; they live on."""
        fd = open_event()
        ring = mmap.mmap(fd, (1 + RING_PAGES) * mmap.PAGESIZE)
        fcntl.ioctl(fd, ENABLE)
        time.sleep(seconds)
        fcntl.ioctl(fd, DISABLE)
        counts = {}
        for pid, tid, user, where in samples(ring):
            if pid not in self.names:
                continue
            if tid not in self.threads:
                self.threads[tid] = thread_name(pid, tid)
            key = (self.names[pid], self.threads[tid], *self.place(pid, user, where))
            counts[key] = counts.get(key, 0) + 1
        ring.close()
        os.close(fd)
        return [[*key, count] for key, count in counts.items()]
