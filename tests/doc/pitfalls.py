# SPDX-License-Identifier: MIT
"""Is tests/pitfalls.md whole, and true to the tree?

Pure: test-pitfalls.py hands in the real files, and copies with one thing wrong. A complaint
is a sentence. Columns: number, pitfall, what Tandem does, held by, not held.

    held by    unit/test-a.c: a_case, another; bus/b.c: "a row of a table"
               vm/scenarios/c.py: "a row of a scenario of tools/vm"
    not held   reason: text, not in the code: `WORD`, `WORD`
"""

import posixpath
import re
from dataclasses import dataclass

NUMBER_OF_PITFALLS = 41
REASONS = ("does not apply", "to come", "elsewhere", "open")
ABSENT = "not in the code:"


@dataclass
class Tree:
    table: str   # the text of pitfalls.md
    tests: dict  # path below tests/ -> text
    code: dict   # path -> text, of what is installed


def rows(table):
    """The rows that begin with a number, each a list of cells."""
    return [[cell.strip() for cell in line.strip("|").split("|")]
            for line in table.split("\n") if re.match(r"\|\s*\d", line)]


def places(cell):
    """(file, cases) for each file named in "held by"."""
    for part in filter(None, (part.strip() for part in cell.split(";"))):
        file, _, cases = part.partition(":")
        yield file.strip(), re.findall(r'"[^"]*"|[^\s,"]+', cases)


def has_case(file, text, case):
    """Whether the file has this case, and runs it."""
    if case.startswith('"') and file.endswith(".py"):
        return f"('{case[1:-1]}', " in text
    if case.startswith('"'):
        return f"{{ {case}," in text
    if file.endswith(".py"):
        return bool(re.search(rf"^def {case}\(", text, re.M)) and text.count(f"{case}(") > 1
    return f"START_TEST({case})" in text and bool(
        re.search(rf"tcase_add_(loop_)?test\(\w+,\s*{case}\b", text))


def is_built(file, tests):
    """Whether the meson.build beside it names it; test-x.py may be just 'x' there. A
    scenario of tools/vm is named by being one."""
    folder, name = posixpath.split(file)
    if folder == "vm/scenarios":
        return "def run(machine):" in tests[file]
    build = tests.get(f"{folder}/meson.build", "")
    short = name.removeprefix("test-").removesuffix(".py")
    return f"'{name}'" in build or name.endswith(".py") and f"'{short}'" in build


def check_numbers(tree):
    found = [int(re.match(r"\d+", row[0])[0]) for row in rows(tree.table)]
    for wanted, number in enumerate(found[:NUMBER_OF_PITFALLS], 1):
        if number != wanted:
            yield f"pitfall {number} stands where {wanted} should"
            return
    if len(found) != NUMBER_OF_PITFALLS:
        yield f"{len(found)} pitfalls, {NUMBER_OF_PITFALLS} are known"


def check_cells(tree):
    for row in rows(tree.table):
        number = row[0]
        if len(row) != 5:
            yield f"pitfall {number} has {len(row)} cells, 5 are wanted"
            continue
        _, pitfall, does, held, reason = row
        if not pitfall or not does:
            yield f"pitfall {number} does not say what it is, or what Tandem does"
        if not held and not reason:
            yield f"pitfall {number} has neither a test nor a reason"
        kind, colon, text = reason.partition(":")
        if reason and (kind not in REASONS or not colon or not text.strip()):
            yield f"pitfall {number}: '{kind}' is not one of {', '.join(REASONS)}"


def check_tests(tree):
    for row in rows(tree.table):
        for file, cases in places(row[3] if len(row) > 3 else ""):
            where = f"pitfall {row[0]}: {file}"
            if file not in tree.tests:
                yield f"{where} is not there"
                continue
            if not is_built(file, tree.tests):
                yield f"{where} is in no meson.build"
            if not cases:
                yield f"{where}: which case?"
            yield from (f"{where} does not run {case}" for case in cases
                        if not has_case(file, tree.tests[file], case))


def check_absent(tree):
    """A reason holds as long as the code does not do what it says it does not."""
    for row in rows(tree.table):
        for word in re.findall(r"`([^`]+)`", row[-1].partition(ABSENT)[2]):
            for path, text in tree.code.items():
                if word in text:
                    yield f"pitfall {row[0]}: {word} is in {path} now: write its test"


CHECKS = [check_numbers, check_cells, check_tests, check_absent]


def complaints(tree):
    return [text for check in CHECKS for text in check(tree)]
