#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""commands.py TANDEMCTL

The commands of tandemctl as a definition list in reStructuredText, for doc/, out of what
`tandemctl help --json` says.
"""
import json
import re
import subprocess
import sys


def plain(text):
    """Text as it is: what means something to reStructuredText is escaped."""
    return re.sub(r'([\\*`_|<>:])', r'\\\1', text)


def option_term(option):
    short = f'-{option["short"]}, ' if option['short'] else ''
    argument = f' {option["argument"]}' if option['argument'] else ''
    return f'``{short}--{option["name"]}{argument}``'


def command(row):
    yield f'``{row["name"]} {row["arguments"]}``'.replace(' ``', '``')
    yield f'  {plain(row["help"])}.'
    for paragraph in (row['more'] or '').split('\n\n'):
        yield ''
        yield from (f'  {plain(line)}' for line in paragraph.split('\n') if line)
    yield ''
    for option in row['options']:
        yield f'  {option_term(option)}'
        yield f'    {plain(option["help"])}.'
        yield ''


def main():
    told = subprocess.run([sys.argv[1], 'help', '--json'], check=True, capture_output=True)
    for row in json.loads(told.stdout):
        print('\n'.join(command(row)))


main()
