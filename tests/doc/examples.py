# SPDX-License-Identifier: MIT
"""Examples of configuration in files, manuals and the README: is each key a setting?

An example is a block that sets context.modules or module.tandem...args, or the Props of
pw-cli set-param. In a .conf file a comment that begins right after its # (or far from it)
is an example, too; prose has one blank.
"""

import re
import textwrap

import spajson

BLOCK = re.compile(r"^\s*(context\.modules|module\.tandem[\w.-]*\.args)\s*=\s*[\[{]\s*(#.*)?$",
                   re.M)
SECTION = re.compile(r"module\.tandem(\.[\w.-]+)?\.args")
PROPS = re.compile(r"Props\s+'(\{.*?\})'", re.S)
LIVE_KEY = re.compile(r"(tandem)\.(.+)|(speaker)\.(?:left|right|\d+)\.(.+)")
COMMENTED = re.compile(r"^(\s*)#(?=\S|  )", re.M)


def check(tables, list_key, name, text):
    """What is wrong in all examples of a file."""
    for block in blocks(name, text):
        try:
            for args in arguments(spajson.parse(block)):
                yield from check_arguments(tables, list_key, args)
        except spajson.Broken as error:
            yield f"an example cannot be read: {error}: {block.strip()[:60]!r}"
    for props in PROPS.findall(text):
        yield from check_props(tables, props)


def blocks(name, text):
    """The indented parts of a text that hold an example; a .conf file is one as a whole."""
    if name.endswith(".conf"):
        return [text, COMMENTED.sub(r"\1", text)]
    found = re.findall(r"(?:^(?: {2,}.*)?\n)+", text, re.M)
    return [textwrap.dedent(part) for part in found if BLOCK.search(part)]


def arguments(value):
    """Each object of arguments for Tandem within a value."""
    if not isinstance(value, list):
        return
    pairs = [item for item in value if isinstance(item, tuple)]
    is_tandem = ("name", "libpipewire-module-tandem") in pairs
    for key, inner in pairs:
        if SECTION.fullmatch(key) or is_tandem and key == "args":
            yield inner
        else:
            yield from arguments(inner)
    for item in value:
        if isinstance(item, list):
            yield from arguments(item)


def keys_of(table):
    return {row["key"] for row in table}


def check_arguments(tables, list_key, args):
    for key, value in args:
        if key == list_key and isinstance(value, list):
            for speaker in value:
                yield from (f"{inner} is no setting of a speaker" for inner, _ in speaker
                            if inner not in keys_of(tables["speaker"]))
        elif key != list_key and key not in keys_of(tables["group"]):
            yield f"{key} is no setting of a group"


def check_props(tables, text):
    params = dict(spajson.parse(text)).get("params")
    if params is None or len(params) % 2:  # none at all asks for the status
        yield f"set-param wants pairs of key and value: {text}"
    for key in params[::2]:
        match = LIVE_KEY.fullmatch(key)
        table = tables["group" if match and match[1] else "speaker"]
        name = match and (match[2] or match[4])
        if not any(row["key"] == name and row["live"] for row in table):
            yield f"{key} is no live setting"
