# SPDX-License-Identifier: MIT
"""In the machine: runs the guest's part of one scenario, and leaves what it found in /out."""
import importlib
import json
import sys
import traceback

sys.path[:0] = ['/tandem/lib', '/tandem/guest', '/tandem/scenarios']

from machine import Machine  # noqa: E402
from process import Trouble  # noqa: E402
from seat import Seat  # noqa: E402


def main():
    with open('/tandem/task.json') as file:
        task = json.load(file)
    scenario = importlib.import_module(task['scenario'].replace('-', '_'))
    machine = (Seat if task['options'].get('init') == 'systemd' else Machine)(task)
    try:
        scenario.run(machine)
    except Trouble as trouble:
        machine.check(False, str(trouble))
    except Exception:  # a mistake of the scenario's own: told like any other failure
        machine.check(False, traceback.format_exc())
    finally:
        machine.close()
    with open('/out/guest.json', 'w') as file:
        json.dump({'checks': machine.checks, 'facts': machine.facts}, file, indent=1)


main()
