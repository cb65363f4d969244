# SPDX-License-Identifier: MIT
"""What is written about Tandem, against the tables of the code.

A check takes a Book and yields complaints, each a sentence. Pure: test-manual.py hands in
the real files, and copies with one thing wrong.
"""

import re
from dataclasses import dataclass

import examples

MODULE, CONF, CTL = "libpipewire-module-tandem.7", "tandem.conf.5", "tandemctl.1"
LIST = {"key": "speakers", "default": "auto"}  # read by module/settings.c, in no table


@dataclass
class Book:
    tables: dict  # of tandem-manual json
    commands: list  # of tandemctl help --json
    pages: dict   # name -> roff
    readme: str
    files: dict   # name -> text of all that shows examples


# ---- man pages ----

GLYPHS = {"aq": "'", "dq": '"', "bu": "•", "ga": "`", "ha": "^", "ti": "~", "rs": "\\"}


def plain(roff):
    """A line or more of roff as the reader sees it, on one line."""
    text = re.sub(r"^\.B ", "", roff, flags=re.M)
    text = re.sub(r"^[.'].*$", "", text, flags=re.M)
    text = re.sub(r"\\f(\[\w*\]|\(..|.)", "", text)
    text = re.sub(r"\\\((..)|\\\[(\w+)\]",
                  lambda m: GLYPHS.get(m[1] or m[2], m[0]), text)
    text = text.replace(r"\&", "").replace(r"\-", "-").replace(r"\e", "\\")
    return " ".join(text.split())


def section(roff, title):
    """What stands below this .SH, or nothing."""
    match = re.search(rf'^\.SH "?{re.escape(title)}"?\n(.*?)(?=^\.SH |\Z)', roff, re.M | re.S)
    return match[1] if match else ""


def entries(roff):
    """term -> definition"""
    found = {}
    for part in re.split(r"^\.TP\n", roff, flags=re.M)[1:]:
        term, _, body = part.partition("\n")
        found[plain(term)] = plain(body)
    return found


def check_settings(book):
    for title, table, more in (("SETTINGS OF THE GROUP", "group", [LIST]),
                               ("SETTINGS OF A SPEAKER", "speaker", [])):
        found = entries(section(book.pages[CONF], title))
        for row in book.tables[table] + more:
            yield from check_setting(row, found.get(row["key"]))
        for key in set(found) - {row["key"] for row in book.tables[table] + more}:
            yield f"{CONF}: {title}: {key} is in no table"


def check_setting(row, text):
    if text is None:
        yield f"{CONF}: the setting {row['key']} is missing"
        return
    if row.get("help", "") not in text:
        yield f"{CONF}: {row['key']}: its help is not '{row['help']}'"
    if f"Range: {row.get('range', '')}" not in text:
        yield f"{CONF}: {row['key']}: its range is not '{row['range']}'"
    fallback = f"Default: {row['default'] or 'none'}"
    if row["default"] and row.get("unit"):
        fallback += f" {row['unit']}"
    if f"{fallback}." not in text:
        yield f"{CONF}: {row['key']} does not say '{fallback}'"


def check_status(book):
    found = entries(section(book.pages[MODULE], "STATUS"))
    for table, prefix in (("group-status", "tandem."), ("speaker-status", "speaker.<label>.")):
        for row in book.tables[table]:
            if row["help"] not in found.get(prefix + row["key"], ""):
                yield f"{MODULE}: STATUS: {prefix}{row['key']} is missing or differs"


def check_sentences(book):
    found = entries(section(book.pages[MODULE], "TROUBLESHOOTING BY MESSAGE"))
    for row in book.tables["sentences"]:
        if not row["cure"]:
            yield f"the table of sentences has no cure for '{row['message']}'"
        if found.get(row["message"]) != row["cure"]:
            yield f"{MODULE}: '{row['message']}' is missing, or its cure differs"


# ---- commands ----

def term_of(command):
    return f"{command['name']} {command['arguments']}".strip()


def option_of(option):
    short = f"-{option['short']}, " if option["short"] else ""
    return f"{short}--{option['name']} {option['argument'] or ''}".strip()


def told_commands(roff):
    """term -> (definition, {option: definition}): an option belongs to what stands before."""
    found, options = {}, {}
    for part in re.split(r"^\.TP\n", roff, flags=re.M)[1:]:
        term, _, body = part.partition("\n")
        if plain(term).startswith("-"):
            options[plain(term)] = plain(body)
        else:
            options = {}
            found[plain(term)] = (plain(body), options)
    return found


def check_commands(book):
    found = told_commands(section(book.pages[CTL], "COMMANDS"))
    for row in book.commands:
        if term_of(row) not in found:
            yield f"{CTL}: {term_of(row)} is missing"
            continue
        body, options = found[term_of(row)]
        if row["help"] not in body:
            yield f"{CTL}: {row['name']}: its help is not '{row['help']}'"
        wanted = {option_of(option): option["help"] for option in row["options"]}
        for option, text in wanted.items():
            if text not in options.get(option, ""):
                yield f"{CTL}: {row['name']}: {option} is missing or differs"
        for option in set(options) - set(wanted):
            yield f"{CTL}: {row['name']}: {option} is no option of it"
    for term in set(found) - {term_of(row) for row in book.commands}:
        yield f"{CTL}: {term} is no command"


CALL = re.compile(r"(?:^ +|`|\$ )tandemctl +([a-z]+)", re.M)


def check_calls(book):
    """Whoever is told to run tandemctl is told a command of it."""
    known = {row["name"] for row in book.commands} | {"help"}
    texts = {name: text for name, text in book.files.items() if name.endswith(".rst")}
    texts["README.md"] = book.readme
    for name, text in texts.items():
        for word in set(CALL.findall(text)) - known:
            yield f"{name}: there is no command tandemctl {word}"


# ---- README ----

LEAST_MESSAGES = 10  # as many as the README promises


def chapter(markdown, title):
    match = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", markdown, re.M | re.S)
    return match[1] if match else ""


def rows_of(markdown):
    """The rows of its tables, each a list of cells without backticks."""
    rows = [line.strip("|").split("|") for line in markdown.split("\n")
            if line.startswith("| `")]
    return [[cell.replace("`", "").strip() for cell in row] for row in rows]


def check_readme_settings(book):
    known = {row["key"]: row for row in
             [LIST] + book.tables["speaker"] + book.tables["group"]}
    rows = rows_of(chapter(book.readme, "Configuration"))
    if not rows:
        yield "README.md: Configuration has no table of settings"
    for key, fallback, *_ in rows:
        if key not in known:
            yield f"README.md: {key} is no setting"
        elif fallback.split(" ")[0] != (known[key]["default"] or "none"):
            yield f"README.md: the default of {key} is {known[key]['default'] or 'none'}"


def check_readme_messages(book):
    cures = {row["message"]: row["cure"] for row in book.tables["sentences"]}
    rows = rows_of(chapter(book.readme, "Troubleshooting by message"))
    if len(rows) < LEAST_MESSAGES:
        yield f"README.md: fewer than {LEAST_MESSAGES} messages are explained"
    for message, cure, *_ in rows:
        if message not in cures:
            yield f"README.md: Tandem never says '{message}'"
        elif cure != cures[message]:
            yield f"README.md: the cure of '{message}' is now: {cures[message]}"


# ---- words in the text ----

LITERAL = re.compile(r"``?([^`\n]+)``?")
HYPHENED = re.compile(r"([a-z]+(?:-[a-z]+)+)")
GROUP_KEY = re.compile(r"tandem\.([a-z.-]+)")
SPEAKER_KEY = re.compile(r"speaker\.(?:<label>|left|right|\d+)\.([a-z.-]+)")
NO_KEYS = {"pw-cli", "set-param", "tandem.conf"}


def check_words(book):
    """Whatever looks like a key in running text is one."""
    group, speaker = ({row["key"] for row in book.tables[of] + book.tables[of + "-status"]}
                      for of in ("group", "speaker"))
    shapes = [(GROUP_KEY, group), (SPEAKER_KEY, speaker), (HYPHENED, group | speaker)]
    texts = {name: text for name, text in book.files.items() if name.endswith(".rst")}
    texts["README.md"] = chapter(book.readme, "Configuration")
    for name, text in texts.items():
        for word in set(LITERAL.findall(text)) - NO_KEYS:
            for shape, known in shapes:
                match = shape.fullmatch(word)
                if match and match[1] not in known:
                    yield f"{name}: {word} is neither a setting nor a row of the status"


# ---- examples ----

WITHOUT = {"doc/tandemctl.1.rst"}  # sets nothing


def check_examples(book):
    for name, text in book.files.items():
        found = examples.check(book.tables, LIST["key"], name, text)
        yield from (f"{name}: {what}" for what in found)
        if not examples.blocks(name, text) and name not in WITHOUT:
            yield f"{name}: no example was found"


CHECKS = [check_settings, check_status, check_sentences, check_commands,
          check_calls, check_readme_settings, check_readme_messages, check_words,
          check_examples]


def complaints(book):
    return [text for check in CHECKS for text in check(book)]
