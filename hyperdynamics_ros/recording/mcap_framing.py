"""Records of an MCAP file with their places in it, however damaged it is.

After damage the next whole chunk is looked for: a chunk tells its length twice, so one can be told from chance bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAGIC = b"\x89MCAP0\r\n"
HEADER, FOOTER, SCHEMA, CHANNEL, MESSAGE, CHUNK, MESSAGE_INDEX = range(1, 8)
STATISTICS, DATA_END = 0x0B, 0x0F
_FRAME = struct.Struct("<BQ")
_CHUNK = struct.Struct("<QQQII")
"""Earliest and latest time, size without compression, its checksum, length of the compression's name."""
_SEARCHED = 1 << 20


@dataclass(frozen=True)
class Record:
    """One record as it stands in the file."""

    offset: int
    """Of its first byte."""
    opcode: int
    """What it is; one of this module's constants, or another of MCAP's."""
    content: bytes
    """All behind opcode and length."""


@dataclass(frozen=True)
class Damage:
    """Bytes that are no record."""

    start: int
    """First of them."""
    end: int
    """Behind the last one."""
    at_end: bool
    """Whether nothing whole follows: the file ends in the middle of a record."""


class Framing:
    """Reads one file from front to back."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where the file cannot be read."""
        self._file = path.open("rb")
        self.size = path.stat().st_size

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def magic(self) -> tuple[bool, bool]:
        """Whether the file begins, and whether it ends, as MCAP does."""
        return self._at(0, len(MAGIC)) == MAGIC, self._at(max(0, self.size - len(MAGIC)), len(MAGIC)) == MAGIC

    def records(self, offset: int = len(MAGIC)) -> Iterator[Record | Damage]:
        """Every record from a place on, and the damage between them; ends behind the footer."""
        while offset < self.size:
            record = self._record(offset)
            if record is None:
                following = self._next_chunk(offset + 1)
                yield Damage(offset, self.size if following is None else following, following is None)
                if following is None:
                    return
                offset = following
                continue
            yield record
            offset += _FRAME.size + len(record.content)
            if record.opcode == FOOTER:
                return

    def summary(self) -> Iterator[Record]:
        """Records of the summary, where the file is complete; empty otherwise."""
        footer = self._record(self.size - len(MAGIC) - _FRAME.size - 20)
        if not self.magic()[1] or footer is None or footer.opcode != FOOTER:
            return
        (start,) = struct.unpack_from("<Q", footer.content)
        if start:
            yield from (one for one in self.records(start) if isinstance(one, Record))

    def bytes_between(self, start: int, end: int) -> bytes:
        """Bytes [start, end) of the file."""
        return self._at(start, max(0, end - start))

    def _at(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(length)

    def _record(self, offset: int) -> Record | None:
        frame = self._at(offset, _FRAME.size) if offset >= 0 else b""
        if len(frame) < _FRAME.size:
            return None
        opcode, length = _FRAME.unpack(frame)
        if not HEADER <= opcode <= DATA_END or offset + _FRAME.size + length > self.size:
            return None
        if opcode == CHUNK and not self._is_chunk(offset):  # a wrong length would hide what follows
            return None
        return Record(offset, opcode, self._at(offset + _FRAME.size, length))

    def _next_chunk(self, offset: int) -> int | None:
        """Where the next whole chunk begins; None: there is none."""
        while offset < self.size:
            block = self._at(offset, _SEARCHED)
            found = block.find(CHUNK)
            while found >= 0:
                if self._is_chunk(offset + found, by_chance=True):
                    return offset + found
                found = block.find(CHUNK, found + 1)
            offset += len(block)
        return None

    def _is_chunk(self, offset: int, by_chance: bool = False) -> bool:
        """Whether a chunk of the length it says begins here; by_chance: the byte may mean anything."""
        head = self._at(offset, _FRAME.size + _CHUNK.size + 12)
        if len(head) < _FRAME.size + _CHUNK.size + 12:
            return False
        opcode, length = _FRAME.unpack_from(head)
        start, end, size, _, name = _CHUNK.unpack_from(head, _FRAME.size)
        backward = by_chance and start > end
        if opcode != CHUNK or name > 4 or backward or offset + _FRAME.size + length > self.size:
            return False
        (stored,) = struct.unpack_from("<Q", head, _FRAME.size + _CHUNK.size + name)
        return bool(length == _CHUNK.size + name + 8 + stored and (name or size == stored))
