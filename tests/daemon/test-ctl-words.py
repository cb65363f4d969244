#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What tandemctl makes of the words it is given, without anything to talk with."""
import os
import subprocess
import tempfile

# common says where the demo's modules are, so it comes first
from common import TOP, check, finish
from ctl import DONE, WRONG_USE, program, run

COMPLETION = os.path.join(TOP, 'conf/completions/tandemctl.bash')


def words(env):
    run(env, '--help').check(DONE, 'usage: tandemctl COMMAND')
    run(env, 'help').check(DONE, 'usage: tandemctl COMMAND')
    run(env, '--version').check(DONE, 'tandemctl ')
    run(env).check(WRONG_USE, err='usage: tandemctl COMMAND')
    run(env, 'restoer').check(WRONG_USE, err='is restore meant?')
    run(env, 'dance').check(WRONG_USE, err='see tandemctl --help')
    run(env, 'help', 'dance').check(WRONG_USE, err='there is no command dance')


def complete(env, *line):
    """What bash offers for the last word of this command line."""
    script = (f'source "{COMPLETION}"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
              '_tandemctl; printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(['bash', '-c', script, 'bash', program(), *line], env=env,
                          capture_output=True, text=True, check=True)
    return done.stdout.split('\n')[:-1]


def completions(env, table):
    names = [row['name'] for row in table]
    check(set(names) < set(complete(env, '')), 'bash offers all commands')
    check(complete(env, 'stat') == ['status'], 'and the one that is begun')
    check(complete(env, 'help', 'lay') == ['layout'], 'also to be helped with')
    check(complete(env, 'layout', '') == ['stereo', 'party', 'mono', 'custom', '--group',
                                          '--help'], 'layouts are those of the settings')
    check(complete(env, 'mute', 'left', 'o') == ['on', 'off'], 'on and off')
    check(complete(env, 'dance', '') == [''], 'nothing for what is no command')
    for row in table:
        wanted = {f'--{option["name"]}' for option in row['options']} | {'--help'}
        check(set(complete(env, row['name'], '--')) == wanted, f'{row["name"]}: its options')


def every_command(env):
    table = run(env, 'help', '--json').json()
    check(len(table) > 0, f'{len(table)} commands')
    completions(env, table)
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
