# SPDX-License-Identifier: MIT
"""Proof that each style rule can fail, and that it leaves good code alone.

A case is a file of a few lines, the rule, and the line where the rule must find it.
"""

import json
import os
import pathlib
import subprocess
import tempfile
from unittest import mock

import built
import rules
from tree import Tree

C = "/* SPDX-License-Identifier: MIT */\n"
SH = "#!/bin/bash\n# SPDX-License-Identifier: MIT\n#\n# Why.\n"

GOOD = {
    "spa/base/units.h": C + "#include <stdint.h>\n",
    "spa/path/fifo.c": C + '#include "../base/units.h"\n\nint tandem_fifo(void)\n{\n'
                           "\treturn 0;\n}\n",
    "spa/path/transport-l2cap.c": C + "#include <sys/socket.h>\n",
    "spa/tandem.h": C + "#include <spa/utils/defs.h>\n",
    "spa/group.c": C + '#include "base/units.h"\n',
    "module/module.c": C + '#include <gio/gio.h>\n#include "tandem.h"\n',
    "tools/run": SH + "echo hello\n",
    "tools/run.py": "# SPDX-License-Identifier: MIT\nprint(1)\n",
    "README.md": "Text\n\n| a | " + "b" * rules.COLUMNS + " |\n",
}

BODY = "\t;\n" * (rules.FUNCTION_LINES + 1)
# (rule, file, its text, line)
CASES = [
    (rules.check_format, "spa/path/a.c", C + "int tandem_a;\nint  tandem_b;\n", 3),
    (rules.check_includes, "spa/path/a.c", C + '#include "../group.h"\n', 2),
    (rules.check_includes, "spa/base/a.c", C + '#include "path/b.h"\n', 2),
    (rules.check_includes, "module/a.c", C + '#include "../spa/path/b.h"\n', 2),
    (rules.check_includes, "spa/group.c", C + "#include <pipewire/pipewire.h>\n", 2),
    (rules.check_includes, "spa/codec/a.c", C + "#include <glib.h>\n", 2),
    (rules.check_includes, "spa/speaker.c", C + "\n#include <sys/socket.h>\n", 3),
    (rules.check_includes, "module/roster.c", C + '#include "bus.h"\n', 2),
    (rules.check_sentences, "module/a.c", C + '\tpw_log_warn("%s: oh dear", name);\n', 2),
    (rules.check_sizes, "spa/a.c", C + "\n" * rules.FILE_LINES, rules.FILE_LINES),
    (rules.check_sizes, "spa/a.h", C + "\n" * rules.HEADER_LINES, rules.HEADER_LINES),
    (rules.check_sizes, "spa/a.c", C + "void f(void)\n{\n" + BODY + "}\n", 3),
    (rules.check_nesting, "spa/a.c", C + "\t\t\tif (a)\n\t\t\t\tif (b)\n", 3),
    (rules.check_lines, "spa/a.c", C + "\t/* " + "-" * rules.COLUMNS + " */\n", 2),
    (rules.check_lines, "tools/a", SH + "echo \n", 5),
    (rules.check_lines, "tools/a.py", "#" * (rules.PYTHON_COLUMNS + 1) + "\n", 1),
    (rules.check_lines, "tools/a.py", "# SPDX-License-Identifier: MIT\nprint(1)", 2),
    (rules.check_lines, "doc/a.rst", "Text\n" + "a" * (rules.COLUMNS + 1) + "\n", 2),
    (rules.check_lines, "doc/a.md", "Text \n", 1),
    (rules.check_opening, "spa/a.c", "int a;\n", 1),
    (rules.check_opening, "tools/a", SH.replace("# Why.\n", "\n"), 2),
    (rules.check_words, "spa/a.c", C + "/* TO" "DO: later */\n", 2),
    (rules.check_words, "doc/a.rst", "TO" "DO: a list\n", 1),
    (rules.check_includes, "tools/manual/a.c", C + '#include "../../module/bus.h"\n', 2),
    (rules.check_words, "tools/a", SH + "# a st" "ub\n", 5),
    (rules.check_python, "tools/a.py", "def\n", 1),
    (rules.check_shell, "tools/a", SH + "echo $1\n", 5),
    (built.check_tidy, "spa/a.c", C + "int plain(void);\nint plain(void)\n{\n"
                                      "\treturn 1;\n}\n", 2),
    (built.check_tidy, "spa/a.c", C + "int tandem_a(int *p);\nint tandem_a(int *p)\n{\n"
                                      "\tif (!p) {\n\t\treturn *p;\n\t}\n\treturn 0;\n"
                                      "}\n", 6),
]
HEADERS = {
    "spa/group.h": C,
    "spa/path/b.h": C,
    "module/bus.h": C + "#include <gio/gio.h>\n",
}


def run():
    """Prints each rule that did not do its work; gives (cases, failed)."""
    with tempfile.TemporaryDirectory() as top:
        root = pathlib.Path(top)
        here = pathlib.Path(__file__).parents[2]
        for name in (".clang-format", ".clang-tidy"):
            (root / name).write_text((here / name).read_text())
        write(root, GOOD)
        failed = [f"{rule.__name__} refuses good code: {failure}" for rule in rules.RULES
                  for failure in rule(Tree(root, GOOD))]
        failed += [text for case in CASES for text in missed(root, *case)]
        failed += missed_export(root)
        failed += missed_by_memory(root)
    for text in failed:
        print(f"tools/style/selftest.py: {text}")
    return len(rules.RULES) + len(CASES) + 2, len(failed)


def missed(root, rule, path, text, line):
    write(root, {**HEADERS, path: text})
    tree = Tree(root, [path])
    if rule is built.check_tidy:
        command = f"cc -c {root}/{path}"
        (root / "compile_commands.json").write_text(
            f'[{{"directory": "{root}", "file": "{root}/{path}", "command": "{command}"}}]')
        found = list(rule(tree, root))
    else:
        found = list(rule(tree))
    (root / path).unlink()
    if (path, line) not in [(f.path, f.line) for f in found]:
        yield f"{rule.__name__} does not see {path}:{line} (it saw {[*map(str, found)]})"


def missed_export(root):
    write(root, {"a.c": "int spa_handle_factory_enum, pipewire__module_init, loose;\n"})
    for name in built.EXPORTS:
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", name, "a.c"], cwd=root, check=True)
    found = built.check_exports(Tree(root, []), root)
    seen = [f for f in found if "exports loose" in f.text]
    return [] if len(seen) == len(built.EXPORTS) else ["check_exports misses a loose name"]


def missed_by_memory(root):
    """A clean source is remembered, a finding never, and a header's change is seen."""
    command = f"clang-{rules.CLANG_MAJOR} -MD -MF a.d -c spa/a.c -o a.o"
    call = {"directory": str(root), "file": "spa/a.c", "output": "a.o", "command": command}
    write(root, {"spa/a.c": '#include "a.h"\n', "compile_commands.json": json.dumps([call]),
                 "build.ninja": f"rule cc\n command = {command}\n depfile = a.d\n"
                                " deps = gcc\nbuild a.o: cc spa/a.c\n"})
    seen = []
    for header in (C, C + "int plain(void);\n"):
        write(root, {"spa/a.h": header})
        subprocess.run(["ninja", "-C", root, "--quiet"], check=True)
        for _ in range(2):
            with mock.patch.dict(os.environ, XDG_CACHE_HOME=str(root)):
                found = [f.path for f in built.check_tidy(Tree(root, ["spa/a.c"]), root)]
            seen.append((found, len([*(root / "tandem" / "tidy").glob("*")])))
    if seen != [([], 1)] * 2 + [(["spa/a.h"], 1)] * 2:
        yield f"clean.py: found, and kept, twice of clean code and twice of other: {seen}"


def write(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
