# SPDX-License-Identifier: MIT
"""The rules that need a build: clang-tidy over its compile_commands.json, and the names
that the two shared objects give to the process that loads them."""

import json
import os
import pathlib
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from clean import Clean
from rules import CLANG_MAJOR
from tree import Failure

TIDY = f"clang-tidy-{CLANG_MAJOR}"

# What PipeWire looks up; anything else could clash with another plugin's name.
EXPORTS = {
    "libspa-tandem.so": {"spa_handle_factory_enum", "spa_log_topic_enum"},
    "libpipewire-module-tandem.so": {"pipewire__module_init"},
}


def check_tidy(tree, build_dir, jobs=None):
    """.clang-tidy over every source of ours that the build compiles; one process a core."""
    root, build_dir = tree.root.resolve(), pathlib.Path(build_dir)
    known = Clean(root, build_dir, TIDY)
    compiled = {}
    for entry in json.loads((build_dir / "compile_commands.json").read_text()):
        path = os.path.realpath(os.path.join(entry["directory"], entry["file"]))
        compiled.setdefault(path, []).append(entry)
    files = [p for p in tree.c_files() if str(root / p) in compiled]

    def look_at(path):
        key = known.key(compiled[str(root / path)])
        if known.knows(key):
            return []
        failures = tidy(root, build_dir, path)
        if not failures:
            known.keep(key)
        return failures

    with ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        for failures in pool.map(look_at, files):
            yield from failures
    known.forget_old()


def tidy(root, build_dir, path):
    run = subprocess.run([TIDY, "--quiet", "-p", str(build_dir), path], cwd=root,
                         capture_output=True, text=True)
    failures, outside = [], 0
    finding = re.compile(r"^(\S+?):(\d+):\d+: (?:error|warning): (.*)$", re.M)
    for match in finding.finditer(run.stdout):
        where = os.path.realpath(os.path.join(build_dir, match[1]))
        if where.startswith(f"{root}/"):
            failures.append(Failure(os.path.relpath(where, root), int(match[2]), match[3]))
        else:
            outside += 1  # libc's own declaration of a function that a test stands in for
    if run.returncode < 0 or (run.returncode and not failures and not outside):
        failures.append(Failure(path, 1, f"clang-tidy failed: {run.stderr.strip()[-300:]}"))
    return failures


def check_exports(tree, build_dir):
    """The shared objects export their one door each."""
    for name, allowed in EXPORTS.items():
        found = sorted(p for p in pathlib.Path(build_dir).rglob(name) if p.is_file())
        if not found:
            where = os.path.relpath(build_dir, tree.root)
            yield Failure(where, 1, f"no {name}: build it first")
            continue
        out = subprocess.run(["nm", "-D", "--defined-only", str(found[0])], check=True,
                             capture_output=True, text=True).stdout
        names = {line.split()[-1] for line in out.splitlines() if line.strip()}
        where = os.path.relpath(found[0], tree.root)
        for symbol in sorted(names - allowed):
            yield Failure(where, 1, f"exports {symbol}: make it static or hidden "
                          "(gnu_symbol_visibility in meson.build)")
        for symbol in sorted(allowed - names - {"spa_log_topic_enum"}):
            yield Failure(where, 1, f"does not export {symbol}: mark it SPA_EXPORT")
