# SPDX-License-Identifier: MIT
"""tools/vm: one scenario on the real stack of a Debian release. See --help and README.md.

    tests/vm/image   the release's machine, cached      tests/vm/build   this tree in it
           |                                                   |
           +---------- initramfs: root + tree + task ----------+
                              |  QEMU, instruction-counting clock
                     guest/main.py: the scenario's run(machine)
                              |  files, by a port
                     here: the scenario's judge(result)

The machine's clock counts its own instructions, 1 ns each: it does not feel how busy this
host is, and waiting costs nothing.
"""
import argparse
import importlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, '../..')
sys.path[:0] = [os.path.join(TOP, 'tools/lib'), HERE, os.path.join(HERE, 'guest'),
                os.path.join(HERE, 'scenarios')]

import material  # noqa: E402
from process import Trouble  # noqa: E402
from result import Result  # noqa: E402

STACKS = ('bookworm', 'trixie', 'sid')
MEMORY_MB = 3072
HOST_LIMIT_S = 1500


def scenarios():
    """name -> first line of its description."""
    found = {}
    for entry in sorted(os.listdir(os.path.join(HERE, 'scenarios'))):
        if entry.endswith('.py'):
            module = importlib.import_module(entry[:-3])
            if hasattr(module, 'run'):
                found[entry[:-3].replace('_', '-')] = module.__doc__.splitlines()[0]
    return found


def parse(arguments):
    p = argparse.ArgumentParser(
        prog='tools/vm', description='Runs a scenario with the real kernel, bluetoothd, '
        'PipeWire and WirePlumber of a Debian release, in a virtual machine without network '
        'whose clock counts instructions. Needs root; images are made once and cached.')
    p.add_argument('scenario', nargs='?', help='a name that --list shows')
    p.add_argument('--list', action='store_true', help='the scenarios')
    p.add_argument('--stack', choices=STACKS, action='append',
                   help='may be repeated; default: all three')
    p.add_argument('--seed', type=int, default=1, help="of the machine's chance; default 1")
    p.add_argument('--seconds', type=float, help='of music; default: as the scenario says')
    p.add_argument('--set', action='append', default=[], metavar='KEY=VALUE',
                   help='an option of the scenario')
    p.add_argument('--json', metavar='FILE', help='the results, - for stdout')
    p.add_argument('--out', metavar='DIR', help="the machines' files, DIR/STACK/")
    p.add_argument('--keep', action='store_true', help='keep those files in any case')
    p.add_argument('--no-build', action='store_true', help='the tree as last built')
    options = p.parse_args(arguments)
    if not options.list and options.scenario not in scenarios():
        p.error(f'scenario: one of {", ".join(scenarios())}')
    options.stack = options.stack or list(STACKS)
    return options


def tool(name, *arguments):
    """A script beside us; its words go to the terminal. Returns its last line or None."""
    done = subprocess.run([os.path.join(HERE, name), *arguments], stdout=subprocess.PIPE,
                          text=True, check=False, stdin=subprocess.DEVNULL)
    return None if done.returncode else done.stdout.strip().splitlines()[-1:] or ['']


def pack(directory, files):
    """A cpio archive of {path in the machine: bytes}."""
    for path, content in files.items():
        full = os.path.join(directory, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'wb') as file:
            file.write(content)
    names = ['tandem', *files]
    done = subprocess.run(['cpio', '--create', '--format=newc', '--quiet', '--owner=0:0'],
                          input='\n'.join(names).encode(), cwd=directory, check=True,
                          stdout=subprocess.PIPE)
    return done.stdout


def boot(image, extra, seed, out):
    """Until the machine has switched itself off; its files are in out."""
    with tempfile.TemporaryDirectory(prefix='tandem-vm-') as work:
        initrd, port = os.path.join(work, 'initrd'), os.path.join(work, 'out.tar')
        with open(initrd, 'wb') as file:
            for part in ('root.cpio', 'tree.cpio'):
                with open(os.path.join(image, part), 'rb') as source:
                    shutil.copyfileobj(source, file, 1 << 20)
                file.write(bytes(-file.tell() % 512))
            file.write(extra)
        console = os.path.join(out, 'console.log')
        command = [
            'qemu-system-x86_64', '-nodefaults', '-no-user-config', '-display', 'none',
            '-machine', 'pc', '-accel', 'tcg,thread=single', '-icount', 'shift=0,sleep=off',
            '-rtc', 'clock=vm,base=2026-01-01T00:00:00', '-seed', str(seed), '-smp', '1',
            '-cpu', 'max', '-m', str(MEMORY_MB), '-no-reboot', '-net', 'none',
            '-kernel', os.path.join(image, 'vmlinuz'), '-initrd', initrd,
            '-append', 'console=ttyS0 quiet panic=-1 tsc=reliable mitigations=off',
            '-serial', f'file:{console}', '-device', 'virtio-serial-pci',
            '-chardev', f'file,id=out,path={port}', '-device',
            'virtserialport,chardev=out,name=out']
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, check=False, timeout=HOST_LIMIT_S)
        except subprocess.TimeoutExpired:
            raise Trouble(f'the machine did not end within {HOST_LIMIT_S} s; '
                          f'see {console}') from None
        if done.returncode:
            raise Trouble(f'qemu: {done.stderr.strip()}')
        try:
            with tarfile.open(port) as archive:
                archive.extractall(out)
        except (OSError, tarfile.TarError) as error:
            raise Trouble(f'the machine left no files ({error}); see {console}') from None


def run_one(options, stack, out):
    """One stack; returns its Result."""
    image = tool('image', stack)
    if image is None:
        return Result.skipped(options.scenario, stack, f'no machine of {stack}')
    image = image[0]
    if not options.no_build and tool('build', image) is None:
        raise Trouble(f'{stack}: the tree does not build there')
    module = importlib.import_module(options.scenario.replace('-', '_'))
    told = dict(item.split('=', 1) for item in options.set)
    seconds = options.seconds or getattr(module, 'SECONDS', 20)
    music = material.programme(max(seconds, 10))[:int(seconds * material.RATE)]
    task = {'scenario': options.scenario, 'stack': stack, 'seconds': seconds,
            'options': {**getattr(module, 'OPTIONS', {}), **told}}
    with tempfile.TemporaryDirectory(prefix='tandem-vm-') as directory:
        extra = pack(directory, {'tandem/task.json': json.dumps(task).encode(),
                                 'tandem/music.f32': music.astype('<f4').tobytes()})
    begin = time.monotonic()
    boot(image, extra, options.seed, out)
    result = Result(task, out, music)
    result.host_s = time.monotonic() - begin
    if hasattr(module, 'judge') and result.complete:
        module.judge(result)
    return result


def main(arguments):
    options = parse(arguments)
    if options.list:
        for name, text in scenarios().items():
            print(f'{name:<20} {text}')
        return 0
    results = []
    for stack in options.stack:
        base = options.out or tempfile.mkdtemp(prefix='tandem-vm-')
        out = os.path.join(base, stack)
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
        print(f'== {options.scenario} on {stack}', flush=True)
        try:
            result = run_one(options, stack, out)
        except Trouble as trouble:
            result = Result.failed(options.scenario, stack, str(trouble))
        result.print()
        results.append(result)
        if result.bad or options.keep or options.out:
            print(f'  files: {out}')
        else:
            shutil.rmtree(base)
    if options.json:
        text = json.dumps([r.row() for r in results], indent=1)
        with open(options.json, 'w') if options.json != '-' else sys.stdout as file:
            file.write(text + '\n')
    bad = sum(r.bad for r in results)
    skipped = sum(r.reason is not None for r in results)
    print(f'{len(results) - bad - skipped} passed, {bad} failed, {skipped} skipped')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
