# SPDX-License-Identifier: MIT
"""The house rules that a machine can check: one function each, listed in RULES at the end.

The cheap ones are here, a second or two for the whole tree; what needs a build is in
built.py. Every rule has a case in selftest.py that makes it fail.
"""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

from tree import Failure

CLANG_MAJOR = 19

COLUMNS = 92  # of C, shell and text; tabs are eight wide
PYTHON_COLUMNS = 100
FILE_LINES = 400
HEADER_LINES = 150
FUNCTION_LINES = 60
NESTING = 3

# Who may include whom, downward only; the longest matching prefix is the room of a file.
# Rooms that are not listed (tests) may include anything of the project.
DOWN = ["spa/speaker", "spa/codec/", "spa/path/", "spa/clock/", "spa/base/"]
# Plain data of the clocks', which the module hands in, and keeps.
PLAIN = ["spa/clock/observe.h", "spa/clock/memory.h"]
MAY_INCLUDE = {
    "spa/base/": ["spa/base/"],
    "spa/path/": ["spa/path/", "spa/base/"],
    "spa/clock/": ["spa/clock/", "spa/base/"],
    "spa/codec/": ["spa/codec/", "spa/path/", "spa/base/"],
    "spa/speaker": DOWN,
    "spa/fold": ["spa/fold", "spa/path/", "spa/base/"],
    "spa/air": ["spa/air", "spa/base/"],
    "spa/group": ["spa/group", "spa/fold", "spa/air", *DOWN],
    "spa/layout": ["spa/layout", *DOWN],
    "spa/tandem.h": ["spa/base/", *PLAIN],
    "spa/": ["spa/"],
    "module/": ["module/", "spa/tandem.h", "spa/layout.h", "spa/codec/", "spa/base/",
                *PLAIN],
    "tools/speaker/": ["tools/speaker/", "spa/base/"],
    "tools/manual/": ["tools/manual/", "spa/base/"],
    "tools/tandemctl/": ["tools/tandemctl/", "tools/ear/", "spa/layout.h", "spa/codec/",
                         "spa/base/"],
    "tools/ear/": ["tools/ear/", "spa/base/"],
    "tools/room/room": ["tools/room/", "spa/base/"],
    "tools/room/band": ["tools/room/band", "spa/base/"],
    "tools/room/": ["tools/room/", "spa/base/", "spa/node/compat.h"],
}

# The pure core: time, transport and events are handed in.
PURE = ["spa/base/", "spa/path/", "spa/clock/", "spa/codec/", "spa/speaker", "spa/fold",
        "spa/air", "spa/group", "module/roster", "module/aside-plan", "module/aside-note",
        "tools/ear/", "tools/room/room", "tools/room/band", "tools/room/convolve", "tools/room/mix",
        "tools/room/noise", "tools/room/tail"]
OUTSIDE = re.compile(r"(spa|pipewire|gio|glib|glib-object|gobject|dbus)[/.]|glib\.h")
SOCKETS = re.compile(r"(sys/(socket|un)\.h|netinet/|arpa/|bluetooth/)")
MAY_USE_SOCKETS = "spa/path/transport-l2cap.c"

BRANCH = re.compile(r"(\t+)(if|for|while|do|switch)\b|(\t+)\w*for_each\w*\(")
INCLUDE = re.compile(r'\s*#\s*include\s+([<"])([^>"]+)[>"]')
# A warning or an error that is more than names and a sentence from the table.
SPOKEN = re.compile(r'\b(?:pw|spa)_log_(?:warn|error)\((?!(?:\s*n->log,)?\s*"(?:%s: )+%s")')
# Words for work left undone. Split, so that this file may name them.
UNDONE = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|st" r"ub(s|bed)?"
                    r"|not impl" r"emented)\b")


def check_format(tree):
    """.clang-format is the last word on the shape of C."""
    files = tree.c_files()
    tool = f"clang-format-{CLANG_MAJOR}"
    if not files:
        return
    if not shutil.which(tool):
        yield Failure(".clang-format", 1, f"{tool} is missing: run tools/deps test")
        return
    out = subprocess.run([tool, "--output-replacements-xml", *files],
                         cwd=tree.root, capture_output=True, text=True).stdout
    for path, xml in zip(files, re.findall(r"<replacements.*?</replacements>", out, re.S)):
        first = ElementTree.fromstring(xml).find("replacement")
        if first is not None:
            before = (tree.root / path).read_bytes()[:int(first.get("offset"))]
            line = before.count(b"\n") + 1
            yield Failure(path, line, f"shape differs: run {tool} -i {path}")


def check_includes(tree):
    """Includes go downward, and the pure core stays pure through all that it includes."""
    for path in tree.c_files():
        room = longest_prefix(path, MAY_INCLUDE)
        for number, foreign, target in includes(tree, path):
            if foreign or not room or target.startswith(tuple(MAY_INCLUDE[room])):
                continue
            yield Failure(path, number, f"{room.rstrip('/')} may not include {target}: "
                          "includes go only downward (tools/style/rules.py)")
        if not longest_prefix(path, PURE):
            continue
        for number, header in reached_headers(tree, path):
            if OUTSIDE.match(header):
                yield Failure(path, number, f"reaches <{header}> in the pure core: hand in "
                              "what is needed from node/ or module/")
            if SOCKETS.match(header) and path != MAY_USE_SOCKETS:
                yield Failure(path, number, f"reaches <{header}>: sockets belong to "
                              f"{MAY_USE_SOCKETS}")


def longest_prefix(path, prefixes):
    return max((p for p in prefixes if path.startswith(p)), key=len, default=None)


def includes(tree, path):
    """(line, foreign?, header): a project header comes as its path from the top."""
    folder = path.rpartition("/")[0]
    for number, line in enumerate(tree.lines(path), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        places = [f"{folder}/{match[2]}", f"spa/{match[2]}", match[2]]
        inside = [normal(p) for p in places if match[1] == '"' and tree.exists(normal(p))]
        yield number, not inside, inside[0] if inside else match[2]


def normal(path):
    parts = []
    for part in path.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", ".", ".."):
            parts.append(part)
    return "/".join(parts)


def reached_headers(tree, path):
    """(line in path, foreign header) for all that path includes, directly or not."""
    for number, foreign, target in includes(tree, path):
        seen, queue = set(), [(foreign, target)]
        while queue:
            foreign, target = queue.pop()
            if foreign:
                yield number, target
            elif target not in seen:
                seen.add(target)
                queue += [(f, t) for _, f, t in includes(tree, target)]


def check_sizes(tree):
    """A reader's ease has a ceiling. Tables fenced by clang-format off are free."""
    for path in tree.c_files():
        lines = tree.lines(path)
        limit = HEADER_LINES if path.endswith(".h") else FILE_LINES
        size = len(lines) - 1 - table_lines(lines)
        if size > limit:
            yield Failure(path, limit, f"{size} lines, {limit} are allowed: split it")
        start = 0
        for number, line in enumerate(lines, 1):
            if line == "{":
                start = number
            elif line.startswith("}") and start:
                if number - start - 1 > FUNCTION_LINES:
                    yield Failure(path, start, f"function of {number - start - 1} lines, "
                                  f"{FUNCTION_LINES} are allowed: name its parts")
                start = 0


def check_nesting(tree):
    """Branches and loops within each other, read off the indentation: clang-tidy would
    count what is inside PipeWire's macros too."""
    for path in tree.c_files():
        for number, line in enumerate(tree.lines(path), 1):
            match = BRANCH.match(line)
            if match and len(match[1] or match[3]) > NESTING:
                yield Failure(path, number, f"nested deeper than {NESTING}: name the inner "
                              "part")


def table_lines(lines):
    free, inside = 0, False
    for line in lines:
        inside = (inside or "clang-format off" in line) and "clang-format on" not in line
        free += inside
    return free


def check_lines(tree):
    """No line runs off the page but the rows of a table, and none ends in blanks."""
    for path in tree.code_files() + tree.text_files():
        lines = tree.lines(path)
        limit = PYTHON_COLUMNS if path in tree.python_files() else COLUMNS
        for number, line in enumerate(lines, 1):
            is_row = line.startswith("|") and path in tree.text_files()
            if len(line.expandtabs(8)) > limit and not is_row:
                yield Failure(path, number, f"more than {limit} columns: break the line")
            if line != line.rstrip():
                yield Failure(path, number, "blanks at the end of the line: remove them")
        if lines[-1] != "":
            yield Failure(path, len(lines), "no end of line at the end: add it")


def check_opening(tree):
    """Code opens with its licence, and a script goes on to say why it exists."""
    for path in tree.code_files():
        lines = tree.lines(path)
        script = lines[0].startswith("#!")
        if "SPDX-License-Identifier: MIT" not in (lines + [""])[1 if script else 0]:
            yield Failure(path, 1, "no 'SPDX-License-Identifier: MIT' on its first line "
                          "(second after #!): add it")
        if script and not any(re.match(r'(#|""")\s*\w', line) for line in lines[2:5]):
            yield Failure(path, 2, "opens without a comment: say why this script exists")


def check_sentences(tree):
    """What a person reads of trouble is in the one table that the manual is made of."""
    for path in tree.c_files():
        text = "\n".join(tree.lines(path))
        for match in SPOKEN.finditer(text):
            number = text.count("\n", 0, match.start()) + 1
            yield Failure(path, number, "words of its own: take them from spa/base/sentence.c")


def check_words(tree):
    """What is committed is done; what is not done is an issue."""
    for path in tree.code_files() + tree.text_files():
        for number, line in enumerate(tree.lines(path), 1):
            match = UNDONE.search(line)
            if match:
                yield Failure(path, number, f"'{match[0]}': finish it, or file an issue")


def check_python(tree):
    """Python at least compiles."""
    for path in tree.python_files():
        try:
            compile("\n".join(tree.lines(path)), path, "exec")
        except SyntaxError as error:
            yield Failure(path, error.lineno or 1, f"not Python: {error.msg}")


def check_shell(tree):
    """Scripts are clean under shellcheck."""
    files = tree.shell_files()
    if not files:
        return
    if not shutil.which("shellcheck"):
        yield Failure(files[0], 1, "shellcheck is missing: run tools/deps test")
        return
    out = subprocess.run(["shellcheck", "--format=gcc", *files], cwd=tree.root,
                         capture_output=True, text=True).stdout
    for match in re.finditer(r"^(.*?):(\d+):\d+: (.*)$", out, re.M):
        yield Failure(match[1], int(match[2]), match[3])


RULES = [check_includes, check_sizes, check_nesting, check_lines, check_opening,
         check_sentences, check_words, check_python, check_shell, check_format]
