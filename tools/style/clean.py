# SPDX-License-Identifier: MIT
"""Sources that clang-tidy has found clean are not looked at again while all that it reads is
the same: the tool, .clang-tidy, the compiler's command, the source and what it includes.

Kept as empty files in ${XDG_CACHE_HOME:-~/.cache}/tandem/tidy, whose names are the hash of
all that; without that folder everything is looked at, every time.
"""

import contextlib
import functools
import hashlib
import os
import pathlib
import subprocess
import time

MONTH_S = 30 * 24 * 3600  # then what nobody has asked for goes


class Clean:
    """Threads: any. A key that is None is nobody's: not known, and not kept."""

    def __init__(self, root, build_dir, tool):
        self.build_dir = build_dir
        self.folder = pathlib.Path(os.environ.get("XDG_CACHE_HOME")
                                   or pathlib.Path.home() / ".cache") / "tandem" / "tidy"
        version = subprocess.run([tool, "--version"], check=True, capture_output=True)
        self.rules = version.stdout + (root / ".clang-tidy").read_bytes()
        self.reads = reads(build_dir)
        self.digest = functools.cache(digest)  # for this run: a file may change after it

    def key(self, entries):
        """Of one source, from its entries in compile_commands.json; None when the build
        has not just compiled it."""
        told = hashlib.sha256(self.rules)
        for entry in entries:
            paths = self.reads.get(entry.get("output"))
            if not paths:
                return None
            told.update(entry["command"].encode())
            for path in paths:
                told.update(f"\n{path} {self.digest(self.build_dir / path)}".encode())
        return told.hexdigest()

    def knows(self, key):
        """And what is asked for stays."""
        try:
            if key:
                os.utime(self.folder / key)
            return bool(key)
        except OSError:
            return False

    def keep(self, key):
        with contextlib.suppress(OSError):  # then it is looked at again the next time
            if key:
                self.folder.mkdir(parents=True, exist_ok=True)
                (self.folder / key).touch()

    def forget_old(self):
        for file in self.folder.glob("*"):
            with contextlib.suppress(OSError):  # another run may do the same
                if file.stat().st_mtime < time.time() - MONTH_S:
                    file.unlink()


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def reads(build_dir):
    """{object: the files that it was made of}, as ninja has seen them."""
    run = subprocess.run(["ninja", "-C", str(build_dir), "-t", "deps"], check=False,
                         capture_output=True, text=True)
    found, paths = {}, []
    for line in run.stdout.splitlines():
        if line.startswith("    "):
            paths.append(line.strip())
        elif line.endswith("(VALID)"):
            paths = found.setdefault(line.split(": #deps ")[0], [])
        else:
            paths = []  # the object is not the one that these were noted for
    return found
