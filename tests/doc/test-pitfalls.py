#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/pitfalls.md has all pitfalls, and names tests that there are and that run; and the
checks that see to it do complain."""

import copy
import pathlib
import re
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import pitfalls  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
CODE = ("spa/**/*.[ch]", "module/**/*.[ch]")
TESTS = ("**/*.c", "**/*.py", "**/meson.build")


def texts(top, patterns):
    return {str(path.relative_to(top)): path.read_text()
            for pattern in patterns for path in top.glob(pattern)}


def real_tree():
    return pitfalls.Tree(table=(TOP / "tests/pitfalls.md").read_text(),
                         tests=texts(TOP / "tests", TESTS), code=texts(TOP, CODE))


class Real(unittest.TestCase):
    def test_the_table_is_whole_and_true(self):
        self.assertEqual(pitfalls.complaints(real_tree()), [])

    def test_there_is_something_to_look_at(self):
        tree = real_tree()
        self.assertGreater(len(tree.code), 50)
        cases = [case for row in pitfalls.rows(tree.table)
                 for _, names in pitfalls.places(row[3]) for case in names]
        self.assertGreater(len(cases), 60)


class Wrong(unittest.TestCase):
    """One thing is wrong in a copy: there is a complaint that names it."""

    def setUp(self):
        self.tree = copy.deepcopy(real_tree())

    def assert_complains(self, *words):
        found = pitfalls.complaints(self.tree)
        self.assertTrue(any(all(word in text for word in words) for text in found),
                        f"nobody complains of {words}: {found}")

    def change_table(self, old, new):
        self.assertIn(old, self.tree.table)
        self.tree.table = self.tree.table.replace(old, new, 1)

    def change_test(self, file, old, new):
        self.assertIn(old, self.tree.tests[file])
        self.tree.tests[file] = self.tree.tests[file].replace(old, new)

    def change_cell(self, number, column, text):
        lines = self.tree.table.split("\n")
        at = [i for i, line in enumerate(lines) if line.startswith(f"| {number} |")][0]
        cells = lines[at].split("|")
        cells[column] = f" {text} "
        lines[at] = "|".join(cells)
        self.tree.table = "\n".join(lines)

    def test_a_row_is_taken_out(self):
        self.tree.table = re.sub(r"^\| 17 \|.*\n", "", self.tree.table, flags=re.M)
        self.assert_complains("18 stands where 17 should")

    def test_the_last_row_is_taken_out(self):
        self.tree.table = re.sub(r"^\| 41 \|.*\n", "", self.tree.table, flags=re.M)
        self.assert_complains("40 pitfalls, 41 are known")

    def test_two_rows_change_places(self):
        self.change_table("| 5 |", "| 6 |")
        self.assert_complains("6 stands where 5 should")

    def test_a_row_comes_twice(self):
        self.tree.table += "| 42 | a | b | | open: c |\n"
        self.assert_complains("42 pitfalls")

    def test_a_cell_too_many(self):
        self.change_table("| 28 | SIGPIPE.", "| 28 | SIG | PIPE.")
        self.assert_complains("pitfall 28 has 6 cells")

    def test_nothing_is_said(self):
        self.change_cell(28, 3, "")
        self.assert_complains("pitfall 28 does not say")

    def test_neither_test_nor_reason(self):
        self.change_cell(28, 4, "")
        self.assert_complains("pitfall 28 has neither")

    def test_a_reason_of_no_kind(self):
        for text in ("later", "later: perhaps", "open", "open: "):
            with self.subTest(text=text):
                self.change_cell(41, 5, text)
                self.assert_complains("pitfall 41", "is not one of")

    def test_a_file_that_is_not_there(self):
        self.change_table("unit/test-book.c", "unit/test-bok.c")
        self.assert_complains("unit/test-bok.c is not there")

    def test_a_file_without_a_case(self):
        self.change_cell(28, 4, "unit/test-transport.c")
        self.assert_complains("pitfall 28", "which case")

    def test_a_file_that_is_not_built(self):
        for file, folder in (("test-book.c", "unit"), ("troubles.c", "bus")):
            with self.subTest(file=file):
                self.change_test(f"{folder}/meson.build", f"'{file}'", "'other.c'")
                self.assert_complains(f"{folder}/{file} is in no meson.build")
        self.change_test("daemon/meson.build", "'sink'", "'sank'")
        self.assert_complains("daemon/test-sink.py is in no meson.build")

    def test_a_scenario_that_is_none_any_more(self):
        self.change_test("vm/scenarios/links.py", "def run(machine)", "def walk(machine)")
        self.assert_complains("vm/scenarios/links.py is in no meson.build")

    def test_a_row_of_a_scenario_gets_another_name(self):
        self.change_test("vm/scenarios/links.py", "('link lost', ", "('link broken', ")
        self.assert_complains("pitfall 27", 'does not run "link lost"')

    def test_a_case_gets_another_name(self):
        case = "paths_that_begin_alike_are_others"
        self.change_test("unit/test-book.c", case, "paths")
        self.assert_complains("pitfall 8", f"does not run {case}")

    def test_a_case_that_is_not_run(self):
        self.change_test("unit/test-transport.c", "tcase_add_test(c, no_signal", "(c, no_signal")
        self.assert_complains("pitfall 28", "does not run no_signal_and_no_waiting")

    def test_a_case_whose_name_goes_on(self):
        self.change_cell(28, 4, "unit/test-transport.c: no_signal_and_no")
        self.assert_complains("pitfall 28", "does not run no_signal_and_no")

    def test_a_row_of_a_table_gets_another_name(self):
        self.change_test("bus/troubles.c", '"link breaks"', '"link breaks off"')
        self.assert_complains("pitfall 23", 'does not run "link breaks"')

    def test_a_script_without_its_function(self):
        self.change_test("daemon/test-sink.py", "    suspends(table)", "    pass")
        self.assert_complains("pitfall 36", "does not run suspends")

    def test_the_code_does_what_it_did_not(self):
        for word, number in (('"Volume"', 16), ('"Volume"', 38), ('"Discovering"', 41)):
            with self.subTest(word=word, number=number):
                self.tree.code["module/new.c"] = f"call({word});\n"
                self.assert_complains(f"pitfall {number}", word, "module/new.c")


if __name__ == "__main__":
    unittest.main()
