"""SQLite files that are shorter than they should be, of which SQLite itself reads nothing at all.

A copy is filled up to its whole length with pages of one byte, which SQLite refuses as pages of a table; the end of a
long message, though, stands on pages without any mark, so it must be looked at whether it was filled in.
"""

from __future__ import annotations

import struct
from pathlib import Path

_FILL = b"\xa5"
_HEADER = 100
_LOCAL_RESERVE, _OVERFLOW_RESERVE = 35, 4
"""Bytes of a page that are not the message's: on the table's own pages, and on those with its rest."""


def page_size(path: Path) -> int:
    """Of a database, bytes; 0: it is none."""
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if len(header) < _HEADER or not header.startswith(b"SQLite format 3"):
        return 0
    (size,) = struct.unpack_from(">H", header, 16)
    return 65536 if size == 1 else int(size)


def missing_bytes(path: Path) -> int:
    """By how much a database is shorter than its header says."""
    size = page_size(path)
    if not size:
        return 0
    with path.open("rb") as file:
        (pages,) = struct.unpack_from(">I", file.read(_HEADER), 28)
    return max(0, pages * size - path.stat().st_size)


def fill_up(path: Path, missing: int) -> None:
    """Bring a file to its whole length; its last page is filled anew if it is not whole."""
    size = page_size(path)
    left = path.stat().st_size % size
    with path.open("r+b") as file:
        file.seek(-left, 2)
        for _ in range((left + missing) // size):
            file.write(_FILL * size)


def is_torn(topic: int, data: bytes, size: int) -> bool:
    """Whether the end of a message stands on a page that was filled in.

    Args:
        topic: its topic_id.
        data: as read.
        size: of a page, bytes.
    """
    last = _on_last_page(topic, len(data), size)
    return bool(last) and data.endswith(_FILL * min(last, len(data)))


def _on_last_page(topic: int, length: int, size: int) -> int:
    """Bytes of a row of ``messages`` on its last page beside the table's own; 0: it has none.

    As SQLite's file format says: a row that does not fit leaves a part on the table's page, chosen so that the rest
    fills whole pages where that can be.
    """
    types = 1 + 1 + 1 + 1 + _varint(2 * length + 12)  # length of this list, id, topic_id, timestamp, data
    payload = types + (topic > 1) + 8 + length
    if payload <= size - _LOCAL_RESERVE:
        return 0
    rest = size - _OVERFLOW_RESERVE
    least = (size - 12) * 32 // 255 - 23
    local = least + (payload - least) % rest
    local = local if local <= size - _LOCAL_RESERVE else least
    return (payload - local) % rest or rest


def _varint(value: int) -> int:
    """Bytes that SQLite writes a number with."""
    return max(1, -(-value.bit_length() // 7))
