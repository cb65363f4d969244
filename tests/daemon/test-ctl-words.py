#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What tandemctl makes of the words it is given, without anything to talk with."""
import os
import tempfile

# common says where the demo's modules are, so it comes first
from common import check, finish
from ctl import DONE, WRONG_USE, run


def words(env):
    run(env, '--help').check(DONE, 'usage: tandemctl COMMAND')
    run(env, 'help').check(DONE, 'usage: tandemctl COMMAND')
    run(env, '--version').check(DONE, 'tandemctl ')
    run(env).check(WRONG_USE, err='usage: tandemctl COMMAND')
    run(env, 'restoer').check(WRONG_USE, err='is restore meant?')
    run(env, 'dance').check(WRONG_USE, err='see tandemctl --help')
    run(env, 'help', 'dance').check(WRONG_USE, err='there is no command dance')


def every_command(env):
    table = run(env, 'help', '--json').json()
    check(len(table) > 0, f'{len(table)} commands')
    for row in table:
        name = row['name']
        told = run(env, 'help', name)
        told.check(DONE, f'usage: tandemctl {name}')
        for option in row['options']:
            check(f'--{option["name"]}' in told.out, f'{name} explains --{option["name"]}')
        check(run(env, name, '--help').out == told.out, f'{name} --help says the same')
        run(env, name, '--nonsense').check(WRONG_USE, err='--nonsense')
        run(env, name, *'abcdefghijklm').check(WRONG_USE, err='what is "')


with tempfile.TemporaryDirectory(prefix='tandem-test-') as nowhere:
    alone = {'PATH': os.environ['PATH'], 'HOME': nowhere, 'XDG_RUNTIME_DIR': nowhere}
    words(alone)
    every_command(alone)
finish()
