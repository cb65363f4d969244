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
import contextlib
import importlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import traceback
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, '../..')
sys.path[:0] = [os.path.join(TOP, 'tools/lib'), HERE, os.path.join(HERE, 'guest'),
                os.path.join(HERE, 'scenarios')]

import agree  # noqa: E402
import material  # noqa: E402
from process import Trouble  # noqa: E402
from result import Result  # noqa: E402

STACKS = ('bookworm', 'trixie', 'sid')
MEMORY_MB = 3072
# Without what makes libc and kernel copy and clear by bytes (rep movsb): there each byte is
# an instruction of the machine's clock.
PROCESSOR = 'max,erms=off,fsrm=off'
LIMIT_S = 1500       # of the host's processor: on a busy host a machine just takes longer


# One thing to run: told is what differs from the scenario's OPTIONS.
Job = namedtuple('Job', 'scenario told stack')


def load(scenario):
    return importlib.import_module(scenario.replace('-', '_'))


def scenarios():
    """The names; a scenario is a module with run(machine). It may have

        SECONDS   of music
        sound     sound(seconds): what is played instead of it, float32 [frames][2]
        OPTIONS   {key: default}, for --set
        CHOICES   {key: what it may be}
        VARIANTS  [{key: value}]: what --all runs of it; default: once, as it is
        STACKS    where it makes sense; default: everywhere
        TAKES_S   {stack: seconds of a processor, measured}, as --list states it
        judge     judge(result), outside of the machine
    """
    names = (entry[:-3].replace('_', '-')
             for entry in sorted(os.listdir(os.path.join(HERE, 'scenarios')))
             if entry.endswith('.py'))
    return [name for name in names if hasattr(load(name), 'run')]


def describe(scenario):
    """A scenario for --list: what it shows, what may be set, what it takes."""
    module = load(scenario)
    head, _, rest = module.__doc__.partition('\n\n')
    lines = [scenario, *('    ' + line for line in head.splitlines())]
    lines += ['    ' + line for line in rest.strip().splitlines()]
    choices = getattr(module, 'CHOICES', {})
    for key, value in getattr(module, 'OPTIONS', {}).items():
        others = ', '.join(c for c in choices.get(key, ()) if c != value)
        lines.append(f'    --set {key}={value}' + (f'; or {others}' if others else ''))
    lines.append(f'    --seconds {getattr(module, "SECONDS", 20)}')
    takes = getattr(module, 'TAKES_S', {})
    told = ', '.join(f'{stack} {takes[stack]} s' for stack in STACKS if stack in takes)
    lines.append(f'    takes, of a processor: {told or "unmeasured"}')
    return '\n'.join(lines)


def parse(arguments):
    p = argparse.ArgumentParser(
        prog='tools/vm', description='Runs a scenario with the real kernel, bluetoothd, '
        'PipeWire and WirePlumber of a Debian release, in a virtual machine without network '
        'whose clock counts instructions. Needs root; images are made once and cached.')
    p.add_argument('scenario', nargs='?', help='a name that --list shows')
    p.add_argument('--list', action='store_true',
                   help='the scenarios: options, choices, seconds of this host')
    p.add_argument('--all', action='store_true',
                   help='every scenario in every variant, with a summary at the end')
    p.add_argument('--twice', action='store_true',
                   help='each run again, with all other cores of this host busy: do the '
                   'figures agree?')
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
    if not options.list and not options.all and options.scenario not in scenarios():
        p.error(f'scenario: one of {", ".join(scenarios())}')
    options.stack = options.stack or list(STACKS)
    options.told = dict(item.split('=', 1) for item in options.set if '=' in item)
    for key, value in options.told.items():
        check_option(p, options, key, value)
    return options


def check_option(parser, options, key, value):
    """A scenario that is not asked for what it can do says so before anything is built."""
    known = [load(name) for name in scenarios()]
    if options.scenario:
        known = [load(options.scenario)]
    if not any(key in getattr(module, 'OPTIONS', {}) or key == 'debug' for module in known):
        parser.error(f'--set {key}: no such option')
    choices = [c for module in known for c in getattr(module, 'CHOICES', {}).get(key, ())]
    if choices and value not in choices:
        parser.error(f'--set {key}: one of {", ".join(sorted(set(choices)))}')


def jobs(options):
    """[Job] that the command line asks for."""
    found = []
    for name in scenarios() if options.all else [options.scenario]:
        module = load(name)
        variants = getattr(module, 'VARIANTS', [{}]) if options.all else [{}]
        found += [Job(name, {**told, **options.told}, stack) for told in variants
                  for stack in options.stack if stack in getattr(module, 'STACKS', STACKS)]
    return found


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


def processor_s(pid):
    """What that process has computed so far."""
    with open(f'/proc/{pid}/stat') as file:
        ticks = file.read().rpartition(')')[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf('SC_CLK_TCK')


def emulate(command, console):
    """Runs QEMU to its end; the seconds of processor that it took."""
    computed_s = 0.0
    with tempfile.TemporaryFile('w+') as words, \
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=words,
                             stderr=words) as machine:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                machine.wait(0.5)
            if machine.returncode is not None:
                break
            computed_s = processor_s(machine.pid)
            if computed_s > LIMIT_S:
                machine.kill()
                raise Trouble(f'the machine did not end within {LIMIT_S} s of processor; '
                              f'see {console}')
        if machine.returncode:
            words.seek(0)
            raise Trouble(f'qemu: {words.read().strip()}')
    return computed_s


def boot(image, extra, seed, out):
    """Until the machine has switched itself off; its files are in out. Returns the seconds
    of processor."""
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
            '-cpu', PROCESSOR, '-m', str(MEMORY_MB), '-no-reboot', '-net', 'none',
            '-kernel', os.path.join(image, 'vmlinuz'), '-initrd', initrd,
            '-append', 'console=ttyS0 quiet panic=-1 tsc=reliable mitigations=off '
            'init_on_alloc=0',
            '-serial', f'file:{console}', '-device', 'virtio-serial-pci',
            '-chardev', f'file,id=out,path={port}', '-device',
            'virtserialport,chardev=out,name=out']
        computed_s = emulate(command, console)
        try:
            with tarfile.open(port) as archive:
                archive.extractall(out)
        except (OSError, tarfile.TarError) as error:
            raise Trouble(f'the machine left no files ({error}); see {console}') from None
    return computed_s


def prepare(job, options):
    """The tree in the image of that release; its directory, None: no such machine."""
    image = tool('image', job.stack)
    if image is None:
        return None
    if not options.no_build and tool('build', image[0]) is None:
        raise Trouble(f'{job.stack}: the tree does not build there')
    return image[0]


def run_one(job, options, out):
    """One machine's life; returns its Result."""
    image = prepare(job, options)
    if image is None:
        return Result.skipped(job, f'no machine of {job.stack}')
    module = load(job.scenario)
    seconds = options.seconds or getattr(module, 'SECONDS', 20)
    music = module.sound(seconds) if hasattr(module, 'sound') else \
        material.programme(max(seconds, 10))[:int(seconds * material.RATE)]
    task = {'scenario': job.scenario, 'stack': job.stack, 'seconds': seconds,
            'options': {**getattr(module, 'OPTIONS', {}), **job.told}}
    with tempfile.TemporaryDirectory(prefix='tandem-vm-') as directory:
        extra = pack(directory, {'tandem/task.json': json.dumps(task).encode(),
                                 'tandem/music.f32': music.astype('<f4').tobytes()})
    begin = time.monotonic()
    computed_s = boot(image, extra, options.seed, out)
    result = Result(task, out, music)
    result.told, result.image, result.computed_s = job.told, image, computed_s
    result.host_s = time.monotonic() - begin
    if hasattr(module, 'judge') and result.complete:
        judge(module, result)
    return result


def judge(module, result):
    """Whatever the machine has left, which is too little when it ended before its time."""
    try:
        module.judge(result)
    except Exception:  # a mistake of the judge's own: told like any other failure
        result.check(False, f'not judged: {traceback.format_exc()}')


def attempt(job, options, base):
    """run_one(), told about; a Trouble is a failed Result. Keeps or removes its files."""
    out = os.path.join(base, job.stack)
    while os.path.exists(out) and (options.all or options.twice):
        out += '+'
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    print(f'== {title(job)}', flush=True)
    try:
        result = run_one(job, options, out)
    except Trouble as trouble:
        result = Result.failed(job, str(trouble))
    result.print()
    if result.bad or options.keep or options.out:
        print(f'  files: {out}')
    else:
        shutil.rmtree(out)
    return result


def title(job):
    return f'{job.scenario} on {job.stack}' + ''.join(
        f', {key}={value}' for key, value in job.told.items())


@contextlib.contextmanager
def busy_host():
    """Every core but one has something else to do."""
    spin = [subprocess.Popen([sys.executable, '-c', 'while True: pass'])
            for _ in range(max(1, (os.cpu_count() or 2) - 1))]
    try:
        yield
    finally:
        for child in spin:
            child.kill()
            child.wait()


def summary(results):
    """A line a run, for --all."""
    print(f'\n{"scenario":<52} {"result":<8} {"seconds":>8} {"computed":>9}')
    for result in results:
        verdict = 'skipped' if result.reason else 'failed' if result.bad else 'ok'
        print(f'{title(result):<52} {verdict:<8} {result.host_s:8.0f} '
              f'{result.computed_s:9.0f}')
    print(f'{"all":<61} {sum(r.host_s for r in results):8.0f} '
          f'{sum(r.computed_s for r in results):9.0f}')


def main(arguments):
    options = parse(arguments)
    if options.list:
        print('\n\n'.join(describe(name) for name in scenarios()))
        return 0
    base = options.out or tempfile.mkdtemp(prefix='tandem-vm-')
    results = []
    for job in jobs(options):
        results.append(attempt(job, options, base))
        if options.twice and results[-1].reason is None:
            with busy_host():
                results.append(attempt(job, options, base))
            agree.check(results[-2], results[-1])
    if options.all:
        summary(results)
    if not os.listdir(base):
        os.rmdir(base)
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
