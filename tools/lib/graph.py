# SPDX-License-Identifier: MIT
"""What is in the stage's PipeWire, kept up to date by `pw-dump --monitor`."""
import json
import subprocess
import threading

from process import Trouble


class Graph:
    """objects: id -> object, as pw-dump prints them. wait() sleeps until one changes."""

    def __init__(self, env, log):
        self.objects = {}
        self.changed = threading.Condition()
        self.over = False
        self.child = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'KILL', '--', 'stdbuf', '-oL',
             'pw-dump', '--monitor', '--no-colors'],
            env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
            start_new_session=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        text = []
        for line in self.child.stdout:
            line = line.decode(errors='replace')
            text.append(line)
            if line.startswith(']'):  # the arrays' inner brackets are indented
                self.take(''.join(text))
                text = []
        with self.changed:
            self.over = True
            self.changed.notify_all()

    def take(self, text):
        try:
            news = json.loads(text)
        except ValueError:
            return
        with self.changed:
            for item in news:
                if item.get('info') is None and 'metadata' not in item:
                    self.objects.pop(item['id'], None)
                else:
                    self.objects[item['id']] = {**self.objects.get(item['id'], {}), **item}
            self.changed.notify_all()

    def wait(self, find, what, timeout_s=10.0):
        """Returns find(self) as soon as it is true."""
        with self.changed:
            found = self.changed.wait_for(lambda: find(self) or self.over, timeout_s)
            found = find(self)
        if not found:
            raise Trouble(f'{what}: not seen within {timeout_s:g} s')
        return found

    def nodes(self):
        return self.kind('Node')

    def kind(self, name):
        with self.changed:
            return [o for o in self.objects.values()
                    if o.get('type', '').endswith(':' + name)]

    def node(self, name):
        """The node of that node.name, or None."""
        for node in self.nodes():
            if node['info'].get('props', {}).get('node.name') == name:
                return node
        return None

    def ports(self, node_id, direction='in'):
        """Its ports without the monitor's."""
        return [p for p in self.kind('Port')
                if p['info'].get('props', {}).get('node.id') == node_id
                and p['info']['props'].get('port.direction') == direction
                and not p['info']['props'].get('port.monitor')]

    def linked(self, output_id, input_id):
        return [o for o in self.kind('Link') if o['info'].get('output-node-id') == output_id
                and o['info'].get('input-node-id') == input_id]

    def status(self, name):
        """The rows of a node's Props params as a dictionary; {} without the node."""
        node = self.node(name)
        rows = {}
        for props in (node or {}).get('info', {}).get('params', {}).get('Props', []):
            flat = props.get('params', [])
            rows.update(zip(flat[::2], flat[1::2]))
        return rows

    def stop(self):
        self.child.terminate()
        self.child.wait()
        self.reader.join(1.0)
