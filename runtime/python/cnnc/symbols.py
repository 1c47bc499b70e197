"""The names that a shared library exports, read from its ELF tables: a network's functions begin with its name."""
from __future__ import annotations

import os
import struct
from typing import BinaryIO, Iterator, Optional, Tuple

_MOST = 1 << 24  # bytes of a table; a network's have a few hundred


def network_name(path: str) -> Optional[str]:
    """The name before "_describe"; None if the file has no such function, or is no ELF file."""
    try:
        with open(path, "rb") as file:
            names = [name for name in _exported(file) if name.endswith("_describe")]
    except (OSError, struct.error, ValueError):
        return None
    return names[0][: -len("_describe")] if len(names) == 1 else None


def _read(file: BinaryIO, offset: int, size: int) -> bytes:
    end = file.seek(0, os.SEEK_END)
    if size > _MOST or offset + size > end:
        raise ValueError("a table beyond the file")
    file.seek(offset)
    return file.read(size)


def _exported(file: BinaryIO) -> Iterator[str]:
    head = _read(file, 0, 64)
    if head[:4] != b"\x7fELF":
        return
    wide, order = head[4] == 2, "<" if head[5] == 1 else ">"
    offset, = struct.unpack_from(order + ("Q" if wide else "I"), head, 40 if wide else 32)
    size, count = struct.unpack_from(order + "HH", head, 58 if wide else 46)
    sections = [_section(_read(file, offset + i * size, size), wide, order) for i in range(count)]
    for kind, start, length, link in sections:
        if kind != 11:  # SHT_DYNSYM
            continue
        strings = _read(file, sections[link][1], sections[link][2]) if link < count else b""
        yield from _names(_read(file, start, length), strings, wide, order)


def _section(row: bytes, wide: bool, order: str) -> Tuple[int, int, int, int]:
    """Type, offset, size, link."""
    if wide:
        kind, = struct.unpack_from(order + "I", row, 4)
        start, length, link = struct.unpack_from(order + "QQI", row, 24)
    else:
        kind, = struct.unpack_from(order + "I", row, 4)
        start, length, link = struct.unpack_from(order + "III", row, 16)
    return kind, start, length, link


def _names(table: bytes, strings: bytes, wide: bool, order: str) -> Iterator[str]:
    step = 24 if wide else 16
    for at in range(0, len(table) - step + 1, step):
        name, = struct.unpack_from(order + "I", table, at)
        section, = struct.unpack_from(order + "H", table, at + (6 if wide else 14))
        if section and name < len(strings):
            yield strings[name:strings.index(b"\0", name)].decode("ascii", "replace")
