# SPDX-License-Identifier: MIT
"""The function at a place of an ELF file: what guest/sampling.py met, by name.

Tandem's own files have their whole symbol table; those of Debian only what they export, so
there a function of its own that is static is told as "(inside)" of its library.
"""
import bisect
import functools
import os
import struct

SYMBOLS, EXPORTED = 2, 11  # section types
LOAD, FUNCTION = 1, 2


class Names:
    """Functions of one file, by address."""

    def __init__(self, path):
        with open(path, 'rb') as file:
            self.data = file.read()
        if self.data[:5] != b'\x7fELF\x02':
            raise ValueError(f'{path}: not an ELF file of 64 bit')
        self.loads = list(self.segments())
        found = sorted(self.functions())
        self.begins = [f[0] for f in found]
        self.found = found

    def segments(self):
        """(offset, length, address) of each that is loaded."""
        begin, = struct.unpack_from('<Q', self.data, 32)
        size, count = struct.unpack_from('<HH', self.data, 54)
        for i in range(count):
            kind, _, offset, address, _, length = struct.unpack_from(
                '<IIQQQQ', self.data, begin + i * size)
            if kind == LOAD:
                yield offset, length, address

    def sections(self):
        begin, = struct.unpack_from('<Q', self.data, 40)
        size, count = struct.unpack_from('<HH', self.data, 58)
        return [struct.unpack_from('<IIQQQQIIQQ', self.data, begin + i * size)
                for i in range(count)]

    def functions(self):
        """(address, end, name); of the whole table where there is one."""
        sections = self.sections()
        tables = {s[1]: s for s in sections if s[1] in (SYMBOLS, EXPORTED)}
        table = tables.get(SYMBOLS, tables.get(EXPORTED))
        if table is None:
            return
        names = sections[table[6]]
        for at in range(table[4], table[4] + table[5], 24):
            name, info, _, section, address, size = struct.unpack_from('<IBBHQQ', self.data,
                                                                      at)
            if info & 15 == FUNCTION and section and size:
                start = names[4] + name
                text = self.data[start:self.data.index(b'\0', start)].decode()
                yield address, address + size, text

    def at(self, offset):
        """The function there; None: none that has a name."""
        for begin, length, address in self.loads:
            if begin <= offset < begin + length:
                place = offset - begin + address
                i = bisect.bisect_right(self.begins, place) - 1
                if i >= 0 and place < self.found[i][1]:
                    return self.found[i][2]
        return None


@functools.lru_cache
def names_of(image, path):
    """Of a file of the machine: this tree's own, else the release's."""
    for base in ('build/stage', 'root'):
        full = os.path.join(image, base, path.lstrip('/'))
        if os.path.isfile(full):
            return Names(full)
    return None


def name(image, path, offset):
    """(library, function) for a person."""
    short = os.path.basename(path) or '(anonymous)'
    if path.startswith('('):
        return path, ''
    names = names_of(image, path) if path.startswith('/') else None
    return short, (names and names.at(offset)) or '(inside)'
