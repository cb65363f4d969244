# SPDX-License-Identifier: MIT
"""The files that the style rules look at, and what a rule gives back.

A rule (rules.py) is a function that takes a Tree and yields Failures. It reads files
through the Tree only, so that selftest.py can hand it a few lines in a temporary folder.
"""

import pathlib
import re
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    path: str  # from the top of the tree
    line: int  # from 1
    text: str  # what is wrong; what to do

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


class Tree:
    """root: top of the tree. paths: the files under test, as strings from there."""

    def __init__(self, root, paths):
        self.root = pathlib.Path(root)
        self.paths = [p for p in paths if (self.root / p).is_file()]
        self._lines = {}

    def lines(self, path):
        """The lines of any file of the tree, without their ends."""
        if path not in self._lines:
            text = (self.root / path).read_text(encoding="utf-8", errors="replace")
            self._lines[path] = text.split("\n")
        return self._lines[path]

    def exists(self, path):
        return (self.root / path).is_file()

    def c_files(self):
        return [p for p in self.paths if p.endswith((".c", ".h"))]

    def python_files(self):
        return [p for p in self.paths if self._speaks(p, ".py", r"python3?")]

    def shell_files(self):
        return [p for p in self.paths if self._speaks(p, ".sh", r"(ba)?sh")]

    def code_files(self):
        return self.c_files() + self.python_files() + self.shell_files()

    def text_files(self):
        return [p for p in self.paths if p.endswith((".md", ".rst"))]

    def _speaks(self, path, suffix, interpreter):
        if path.endswith(suffix):
            return True
        name = pathlib.PurePath(path).name
        return "." not in name and bool(
            re.match(rf"#!.*\b{interpreter}( |$)", self.lines(path)[0]))


def list_files(root, staged=False):
    """All files of the checkout that git knows or would add; staged: those in its index
    that differ from HEAD."""
    what = ["diff", "--cached", "--name-only", "--diff-filter=ACMR"] if staged else [
        "ls-files", "--cached", "--others", "--exclude-standard"]
    out = subprocess.run(["git", "-C", str(root), "-c", "safe.directory=*", *what, "-z"],
                         check=True, capture_output=True, text=True).stdout
    return sorted(set(filter(None, out.split("\0"))))
