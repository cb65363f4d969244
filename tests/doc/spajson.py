# SPDX-License-Identifier: MIT
"""The configuration format of PipeWire, as far as examples need it.

An object becomes a list of (key, value), an array a list of values, all else its text.
"""

import re

TOKEN = re.compile(r'(?:[\s,=:]|#[^\n]*)*(?:"((?:\\.|[^"\\])*)"|([{}\[\]])|([^\s,=:{}\[\]"]+))?')
CLOSING = {"{": "}", "[": "]"}


class Broken(Exception):
    """The text is no configuration; says why."""


def parse(text):
    """The pairs of a file: an object without braces around it, or with."""
    tokens = list(tokenize(text))
    if tokens[:1] == [("mark", "{")]:
        return value(tokens, 0)[0]
    pairs, end = members(tokens, 0, "}", top=True)
    if end != len(tokens):
        raise Broken("a bracket closes that nobody opened")
    return pairs


def tokenize(text):
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match.end() == at:
            raise Broken(f"cannot read {text[at:at + 20]!r}")
        at = match.end()
        if match[1] is not None:
            yield "text", match[1]
        elif match[2]:
            yield "mark", match[2]
        elif match[3]:
            yield "text", match[3]


def value(tokens, at):
    """(the value at this token, the token after it)"""
    if at >= len(tokens):
        raise Broken("a value is missing at the end")
    kind, text = tokens[at]
    if kind == "text":
        return text, at + 1
    if text not in CLOSING:
        raise Broken(f"a value is missing before {text}")
    found, end = (members if text == "{" else items)(tokens, at + 1, CLOSING[text])
    return found, end + 1


def members(tokens, at, closing, top=False):
    pairs = []
    while not ends(tokens, at, closing, top):
        kind, key = tokens[at]
        if kind != "text":
            raise Broken(f"{key} where a key should be")
        found, at = value(tokens, at + 1)
        pairs.append((key, found))
    return pairs, at


def items(tokens, at, closing):
    found = []
    while not ends(tokens, at, closing, False):
        one, at = value(tokens, at)
        found.append(one)
    return found, at


def ends(tokens, at, closing, top):
    if at >= len(tokens) and not top:
        raise Broken(f"{closing} is missing at the end")
    return at >= len(tokens) or tokens[at] == ("mark", closing)
