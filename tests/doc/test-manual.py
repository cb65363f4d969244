#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-manual.py PAGE...

The manuals, the README and the installed files say what the tables of the code say; and the
checks that see to it do complain. PAGE: a man page as it is installed. TANDEM_MANUAL: the
program that prints the tables. TANDEM_CTL: the one that prints its commands.
"""

import copy
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import checks  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
pages = [pathlib.Path(name) for name in sys.argv[1:]]


def printed(*command):
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def real_book():
    shown = [TOP / "README.md", *TOP.glob("doc/*.rst"), *TOP.glob("conf/**/*.conf")]
    return checks.Book(
        tables=printed(os.environ["TANDEM_MANUAL"], "json"),
        commands=printed(os.environ["TANDEM_CTL"], "help", "--json"),
        pages={page.name: page.read_text() for page in pages},
        readme=(TOP / "README.md").read_text(),
        files={str(path.relative_to(TOP)): path.read_text() for path in shown})


class Real(unittest.TestCase):
    def test_all_that_is_written_agrees_with_the_tables(self):
        self.assertEqual(checks.complaints(real_book()), [])


class Wrong(unittest.TestCase):
    """One thing is wrong in a copy: there is a complaint that names it."""

    def setUp(self):
        self.book = copy.deepcopy(real_book())

    def assert_complains(self, *words):
        found = checks.complaints(self.book)
        self.assertTrue(any(all(word in text for word in words) for text in found),
                        f"nobody complains of {words}: {found}")

    def change_page(self, name, old, new):
        self.assertIn(old, self.book.pages[name])
        self.book.pages[name] = self.book.pages[name].replace(old, new)

    def change_readme(self, old, new):
        self.assertIn(old, self.book.readme)
        self.book.readme = self.book.readme.replace(old, new)

    def show(self, name, text):
        self.book.files = {name: text}

    def test_a_setting_taken_out_of_the_page(self):
        self.change_page(checks.CONF, ".B \\fBdelay\\-ms\\fP", ".B \\fBdelay\\fP")
        self.assert_complains("delay-ms is missing")
        self.assert_complains("delay is in no table")

    def test_a_setting_new_in_the_table(self):
        row = dict(self.book.tables["speaker"][0], key="colour")
        self.book.tables["speaker"].append(row)
        self.assert_complains("colour is missing")

    def test_a_setting_of_the_other_section(self):
        self.book.tables["group"].append(self.book.tables["speaker"].pop())
        self.assert_complains(self.book.tables["group"][-1]["key"], "is missing")

    def test_each_column_of_a_setting(self):
        for column, word in (("range", "range"), ("default", "Default"), ("help", "help")):
            with self.subTest(column=column):
                self.setUp()
                row = self.book.tables["group"][3]
                row[column] += " and more"
                self.assert_complains(row["key"], word)

    def test_the_unit_of_a_default(self):
        row = next(row for row in self.book.tables["speaker"] if row["unit"] == "ms")
        row["unit"] = "s"
        self.assert_complains(row["key"], "Default")

    def test_a_row_of_the_status(self):
        for table in ("group-status", "speaker-status"):
            with self.subTest(table=table):
                self.setUp()
                self.book.tables[table][2]["key"] += "x"
                self.assert_complains("STATUS", self.book.tables[table][2]["key"])

    def test_a_sentence_or_its_cure(self):
        for column in ("message", "cure"):
            with self.subTest(column=column):
                self.setUp()
                row = self.book.tables["sentences"][-1]
                row[column] += " Or not."
                self.assert_complains(checks.MODULE, row["message"])

    def test_a_sentence_without_a_cure(self):
        self.book.tables["sentences"][0]["cure"] = ""
        self.assert_complains("no cure", self.book.tables["sentences"][0]["message"])

    def test_a_command_taken_out_of_the_page(self):
        self.change_page(checks.CTL, ".B \\fBswap [on|off]\\fP", ".B \\fBturn\\fP")
        self.assert_complains("swap [on|off] is missing")
        self.assert_complains("turn is no command")

    def test_a_command_without_its_help(self):
        self.book.commands[1]["help"] += " and more"
        self.assert_complains(self.book.commands[1]["name"], "help")

    def test_an_option_new_in_the_table(self):
        row = next(row for row in self.book.commands if row["options"])
        row["options"].append(dict(row["options"][0], name="loud"))
        self.assert_complains(row["name"], "--loud")

    def test_an_option_that_no_command_has(self):
        self.book.commands[0]["options"] = []
        self.assert_complains(self.book.commands[0]["name"], "is no option")

    def test_a_command_of_the_readme(self):
        self.book.readme += "\n    tandemctl dance left\n"
        self.assert_complains("README.md", "tandemctl dance")

    def test_a_key_of_the_readme(self):
        self.change_readme("| `delay-ms`", "| `delays-ms`")
        self.assert_complains("README.md", "delays-ms is no setting")

    def test_a_default_of_the_readme(self):
        self.change_readme("| `stereo` |", "| `mono` |")
        self.assert_complains("README.md", "default of layout is stereo")

    def test_a_readme_without_its_table(self):
        self.change_readme("## Configuration\n", "## Settings\n")
        self.assert_complains("README.md", "no table of settings")

    def test_a_message_of_the_readme(self):
        self.change_readme("is not a setting of Tandem:", "is not a setting:")
        self.assert_complains("README.md", "never says", "is not a setting:")

    def test_a_cure_of_the_readme(self):
        cells = checks.rows_of(checks.chapter(self.book.readme, "Troubleshooting by message"))
        row = next(r for r in self.book.tables["sentences"] if r["message"] == cells[0][0])
        row["cure"] = "Nothing helps."
        self.assert_complains("README.md", "is now: Nothing helps.")

    def test_a_readme_without_messages(self):
        self.change_readme("## Troubleshooting by message\n", "## Trouble\n")
        self.assert_complains("README.md", "fewer than")

    def test_a_key_in_running_text(self):
        for word in ("when-full", "tandem.trouble", "speaker.<label>.loudness"):
            with self.subTest(word=word):
                self.show("a.rst", f"Text, and ``{word}``.\n")
                self.assert_complains("a.rst", word)

    def test_an_example_with_an_unknown_key(self):
        section = "    module.tandem.args = {\n        %s\n    }\n"
        for line, word in (("volume = 1", "volume is no setting of a group"),
                           ("delay-ms = 1", "delay-ms is no setting of a group"),
                           ("speakers = [ { layout = mono } ]", "no setting of a speaker"),
                           ("layout = {", "cannot be read")):
            with self.subTest(line=line):
                self.show("README.md", "Text\n\n" + section % line)
                self.assert_complains("README.md", word)
                self.show("a.rst", "Text::\n\n" + (section % line).replace("    ", "  "))
                self.assert_complains("a.rst", word)

    def test_an_example_of_the_module_entry(self):
        entry = "context.modules = [\n{ name = libpipewire-module-%s args = { loud = 1 } }\n]\n"
        self.show("a.conf", entry % "tandem")
        self.assert_complains("a.conf", "loud is no setting")
        self.show("a.conf", entry % "rt")
        self.assertFalse([text for text in checks.complaints(self.book) if "loud" in text])

    def test_an_example_in_a_comment(self):
        self.show("a.conf", "module.tandem.kitchen.args = {\n    #loud = 1\n    # Not loud.\n}\n")
        self.assert_complains("a.conf", "loud is no setting")

    def test_an_example_of_set_param(self):
        for key in ("tandem.loud", "tandem.name", "speaker.left.swap", "left.mute"):
            with self.subTest(key=key):
                self.show("README.md", f"pw-cli set-param 1 Props '{{ params = [ \"{key}\" 1 ] }}'")
                self.assert_complains("README.md", f"{key} is no live setting")

    def test_no_example_at_all(self):
        self.show("README.md", "Nothing here.\n")
        self.assert_complains("no example was found")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
