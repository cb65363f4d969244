# SPDX-License-Identifier: MIT
"""As restarts, but systemd runs it all, from the units that Debian and Tandem install.

They start in their order; after kill -9 systemd alone brings each daemon back, and with
Tandem its connection to the bus; then Tandem is stopped, and started again.
row=NAME: only that one.
"""
import time

import desk
import restarts

SECONDS = 240
OPTIONS = {**restarts.OPTIONS, 'init': 'systemd'}
TAKES_S = {'bookworm': 91, 'trixie': 110, 'sid': 119}


def check_order(machine):
    """systemd's own stamps: PipeWire runs, Tandem is ready, then WirePlumber begins."""
    stamps_s = [int(unit.get(name + 'TimestampMonotonic')) / 1e6 for unit, name in (
        (machine.pipewire, 'ExecMainStart'), (machine.tandem, 'ExecMainStart'),
        (machine.tandem, 'ActiveEnter'), (machine.wireplumber, 'ExecMainStart'))]
    machine.check(0 < stamps_s[0] and stamps_s == sorted(stamps_s),
                  'PipeWire at {:.2f} s, Tandem at {:.2f} s, ready at {:.2f} s, WirePlumber '
                  'at {:.2f} s'.format(*stamps_s))


def start_again(machine):
    """Tandem comes second now; with the session manager started anew it is first again."""
    kept = machine.tandem.get('NFileDescriptorStore')
    machine.check(kept == '0', f'stopped: {kept} files of it are kept')
    machine.tandem.control('start')
    machine.wireplumber.control('restart')
    time.sleep(desk.SETTLE_S)
    restarts.play(machine)
    machine.check(True, 'started again, and the session manager after it: both stream')


def run(machine):
    restarts.begin(machine)
    check_order(machine)
    before = machine.names()
    restarts.kill_each(machine)
    after = machine.names()
    machine.check(len(after) == len(before), f'{len(after)} connections to the system bus, '
                  f'{len(before)} before')
    restarts.stop(machine)
    start_again(machine)


def judge(result):
    """Tandem's own crash breaks no link: its seconds count from the crash."""
    restarts.judge(result)
    for name, back_s in result.figures.items():
        if name.startswith('tandem.') and back_s is not None:
            result.check(back_s <= restarts.OWN_BACK_S,
                         f'{name} {back_s:.2f}, of {restarts.OWN_BACK_S:g} s')
