"""Everything that can still be read from a bag's MCAP file, and what cannot, in words."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.records import Channel, Chunk, MessageIndex, Schema, Statistics
from mcap.records import Message as McapMessage
from mcap.stream_reader import get_chunk_data_stream

from hyperdynamics_ros.recording import mcap_framing as framing
from hyperdynamics_ros.recording.mcap_framing import Damage, Framing, Record
from hyperdynamics_ros.recording.storage import Message
from hyperdynamics_ros.recording.topics import Topic

_UNREADABLE = (McapError, struct.error, ValueError, EOFError, MemoryError)
"""What reading of damaged bytes may raise."""


class McapReader:
    """One file; ``problems`` and ``lost`` are told once ``messages`` has come to its end."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where the file cannot be opened."""
        self.path = path
        self.problems: list[str] = []
        self.lost: Counter[str] = Counter()
        self.topics: dict[str, Topic] = {}
        self._schemas: dict[int, Schema] = {}
        self._channels: dict[int, Channel] = {}
        self._unknown: Counter[int] = Counter()
        self._stated: int | None = None
        self._damaged: tuple[Record, Counter[str]] | None = None
        self._framing = Framing(path)

    def close(self) -> None:
        """Let go of the file."""
        self._framing.close()

    def messages(self) -> Iterator[Message]:
        """Every message that is whole, in the order of the file."""
        begins, ends = self._framing.magic()
        if not self._framing.size:
            self.problems.append("is empty")
            return
        if not begins:
            self.problems.append("does not begin as an MCAP file does")
        for record in self._framing.summary():  # tells of topics whose own description may be damaged
            self._learn(record)
        if not ends:
            self.problems.append("was not closed: it has no summary at its end")
        count = 0
        for message in self._readable(self._framing.records()):
            count += 1
            yield message
        self._conclude(count)

    def _readable(self, records: Iterator[Record | Damage]) -> Iterator[Message]:
        in_summary = False
        for record in records:
            if isinstance(record, Damage):
                self._note_damage(record)
                continue
            if record.opcode != framing.MESSAGE_INDEX:
                self._end_of_damaged_chunk()
            in_summary = in_summary or record.opcode == framing.DATA_END
            if record.opcode == framing.CHUNK:
                yield from self._chunk(record)
            elif record.opcode == framing.MESSAGE:
                yield from self._alone(record)
            elif record.opcode == framing.MESSAGE_INDEX:
                self._count_lost(record)
            elif not in_summary:
                self._learn(record)
        self._end_of_damaged_chunk()

    def _alone(self, record: Record) -> Iterator[Message]:
        """A message outside of any chunk; ours are all in chunks."""
        try:
            message = McapMessage.read(_stream(record.content), len(record.content))
        except _UNREADABLE:
            self.problems.append(f"the message at byte {record.offset} cannot be read")
            return
        yield from self._known(message)

    def _chunk(self, record: Record) -> Iterator[Message]:
        try:
            chunk = Chunk.read(_stream(record.content))
            stream, length = get_chunk_data_stream(chunk, validate_crc=True)
            found = [*self._inside(stream, length)]
        except Exception:  # each library of compression has its own kind for damaged bytes
            self._damaged = (record, Counter())
            return
        yield from found

    def _inside(self, stream: ReadDataStream, length: int) -> Iterator[Message]:
        while stream.count < length:
            opcode, size = stream.read1(), stream.read8()
            if opcode == framing.MESSAGE:
                yield from self._known(McapMessage.read(stream, size))
            else:
                self._learn(Record(0, opcode, stream.read(size)))

    def _known(self, message: McapMessage) -> Iterator[Message]:
        channel = self._channels.get(message.channel_id)
        if channel is None:
            self._unknown[message.channel_id] += 1
            return
        yield Message(channel.topic, message.log_time, message.publish_time, message.sequence, bytes(message.data))

    def _learn(self, record: Record) -> None:
        """Schemas, channels, statistics; anything else tells nothing that is needed here."""
        try:
            if record.opcode == framing.SCHEMA:
                schema = Schema.read(_stream(record.content))
                self._schemas[schema.id] = schema
            elif record.opcode == framing.CHANNEL:
                self._learn_channel(Channel.read(_stream(record.content)))
            elif record.opcode == framing.STATISTICS:
                self._stated = Statistics.read(_stream(record.content)).message_count
        except _UNREADABLE:
            self.problems.append(f"the record at byte {record.offset} cannot be read")

    def _learn_channel(self, channel: Channel) -> None:
        schema = self._schemas.get(channel.schema_id)
        if schema is None:
            return
        self._channels[channel.id] = channel
        offered = channel.metadata.get("offered_qos_profiles", "")
        type_hash = channel.metadata.get("topic_type_hash", "")
        self.topics[channel.topic] = Topic(channel.topic, schema.name, schema.data.decode(), type_hash, offered)

    def _count_lost(self, record: Record) -> None:
        """What the index behind a damaged chunk says was in it."""
        if self._damaged is None:
            return
        try:
            index = MessageIndex.read(_stream(record.content))
        except _UNREADABLE:
            return
        channel = self._channels.get(index.channel_id)
        self._damaged[1][channel.topic if channel else f"channel {index.channel_id}"] += len(index.records)

    def _end_of_damaged_chunk(self) -> None:
        if self._damaged is None:
            return
        (record, counts), self._damaged = self._damaged, None
        self.lost += counts
        what = ", ".join(f"{count} of {topic}" for topic, count in sorted(counts.items())) or "an unknown number"
        self.problems.append(
            f"the chunk at byte {record.offset} ({len(record.content)} bytes) is damaged: messages lost: {what}"
        )

    def _note_damage(self, damage: Damage) -> None:
        self._end_of_damaged_chunk()
        size = damage.end - damage.start
        if damage.at_end:
            self.problems.append(f"ends in the middle of a record: {size} bytes from byte {damage.start} on are lost")
        else:
            self.problems.append(f"bytes {damage.start} to {damage.end - 1} are damaged ({size} bytes lost)")

    def _conclude(self, count: int) -> None:
        for channel, number in self._unknown.items():
            self.lost[f"channel {channel}"] += number
            self.problems.append(f"{number} messages belong to channel {channel}, whose description is lost")
        if self._stated is not None and self._stated != count:
            self.problems.append(f"its summary tells of {self._stated} messages, {count} are readable")
        self._check_summary()

    def _check_summary(self) -> None:
        """The summary's own checksum, where the file is otherwise whole."""
        footers = [one for one in self._framing.summary() if one.opcode == framing.FOOTER]
        if not footers:
            if self._framing.magic()[1] and not self.problems:
                self.problems.append("its summary cannot be found")
            return
        start, _, stated = struct.unpack_from("<QQI", footers[0].content)
        whole = self._framing.bytes_between(start, self._framing.size - len(framing.MAGIC) - 4)
        if stated and zlib.crc32(whole) != stated:
            self.problems.append("its summary is damaged: the checksum does not agree")


def _stream(content: bytes) -> ReadDataStream:
    return ReadDataStream(BytesIO(content))
