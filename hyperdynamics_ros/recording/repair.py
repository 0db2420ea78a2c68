"""Completes a bag whose recording was cut off, and takes what is damaged out of it. The originals are kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from hyperdynamics_ros.recording.bag_files import UNFINISHED, FileReport, check_folder, open_reader, storage_of
from hyperdynamics_ros.recording.errors import BagError, StorageFailed
from hyperdynamics_ros.recording.lock import locked
from hyperdynamics_ros.recording.metadata import FileContents, as_yaml, information, totals, write_metadata
from hyperdynamics_ros.recording.storage import open_storage
from hyperdynamics_ros.recording.topics import Topic
from hyperdynamics_ros.recording.validate import BagReport, examine

ORIGINALS = "before_repair"
"""Folder in the bag that takes the files as they were."""
_SIDES = ("-wal", "-shm", "-journal")
"""Behind the name of a database: files that belong to it while it is open."""
_CHUNK, _FLUSH = 256 * 1024, 8 * 1024 * 1024


@dataclass
class RepairReport:
    """What a repair did."""

    before: BagReport
    """The bag as it was found."""
    rewritten: list[str] = field(default_factory=list)
    """Files that were written anew."""
    dropped: list[str] = field(default_factory=list)
    """Files in which nothing was readable; they are among the originals."""
    contents: FileContents = field(default_factory=lambda: FileContents(""))
    """What the bag holds now."""
    originals: Path | None = None
    """Folder of the files as they were; None: no file had to be changed."""

    @property
    def lost(self) -> Counter[str]:
        """Messages that are known to be lost, by topic."""
        return self.before.lost


def repair(bag: Path) -> RepairReport:
    """Bring a bag into a state in which every reader takes it, with all messages that are whole.

    A file with problems is written anew beside the old one, which then goes to ORIGINALS; metadata.yaml is made from
    what is there. May be stopped at any time and given again.

    Raises:
        BagError: no bag is there, or it is being recorded.
        StorageFailed: no room, or no right to write; nothing was lost.
    """
    check_folder(bag)
    try:
        with locked(bag):
            _finish_earlier(bag)
            return _repair(examine(bag))
    except OSError as error:
        raise StorageFailed(
            f"{bag} cannot be repaired: {error.strerror or error}; nothing of it was lost. Make room (a second copy of "
            "the damaged files is needed), or copy the bag to another disk, and repair it there"
        ) from error


def _repair(found: BagReport) -> RepairReport:
    report = RepairReport(found, contents=found.contents)
    if not found.problems:
        return report
    if not found.contents.messages:
        raise BagError(
            f"no message of {found.bag} can be read, so it is left as it is: {'; '.join(found.problems)}. Record anew; "
            "of a damaged .db3 file the command .recover of sqlite3 may find more"
        )
    files = [_mend(found.bag, file, report) for file in found.files]
    _describe(found.bag, [file for file in files if file is not None], report)
    return report


def _finish_earlier(bag: Path) -> None:
    """Undo or finish what a repair that was killed left: a file half written, or one not yet in its place."""
    for left in bag.glob(f"*{UNFINISHED}"):
        place = left.with_name(left.name.removesuffix(UNFINISHED))
        if place.exists():
            for side in ("", *_SIDES):
                Path(f"{left}{side}").unlink(missing_ok=True)
            continue
        log = place.with_name(f"{place.name}-wal")
        if log.exists():  # of the original: a database would take it for its own
            log.rename(_free_folder(bag).with_suffix(".wal"))
        left.rename(place)


def _mend(bag: Path, file: FileReport, report: RepairReport) -> FileReport | None:
    """The file as it is in the repaired bag; None: it is not in it."""
    if not file.problems:
        return file
    path = bag / file.contents.path
    if not file.contents.messages:
        _put_away(path, report)
        report.dropped.append(path.name)
        return None
    written = _rewrite(path)
    _put_away(path, report)
    written.rename(path)
    report.rewritten.append(path.name)
    return file


def _rewrite(path: Path) -> Path:
    """Write all that is readable in a file to a new one beside it. Returns the new file."""
    target = path.with_name(path.name + UNFINISHED)
    storage, reader = open_storage(storage_of(path), target, _CHUNK, "none"), open_reader(path)
    contents, topics, pending = FileContents(path.name), list[Topic](), 0
    try:
        for message in reader.messages():
            for topic in [one for name, one in reader.topics.items() if name not in {known.name for known in topics}]:
                storage.add_topic(topic)
                topics.append(topic)
            storage.write(message)
            contents.count(message.topic, message.received)
            pending += len(message.data)
            if pending > _FLUSH:
                storage.flush()
                pending = 0
        storage.close(as_yaml(information(storage_of(path), topics, [contents])))
    except BaseException:
        storage.abandon()
        target.unlink(missing_ok=True)
        raise
    finally:
        reader.close()
    return target


def _put_away(path: Path, report: RepairReport) -> None:
    """Move a file, and a database's log, to the originals."""
    if report.originals is None:
        report.originals = _free_folder(path.parent)
        report.originals.mkdir()
    for side in ("", *_SIDES):
        name = f"{path.name}{side}"
        original = path.with_name(name)
        if original.exists():
            original.rename(report.originals / name)


def _free_folder(bag: Path) -> Path:
    number = 1
    while (bag / (ORIGINALS if number == 1 else f"{ORIGINALS}-{number}")).exists():
        number += 1
    return bag / (ORIGINALS if number == 1 else f"{ORIGINALS}-{number}")


def _describe(bag: Path, files: list[FileReport], report: RepairReport) -> None:
    topics: dict[str, Topic] = {}
    for file in files:
        topics = {**file.topics, **topics}
    contents = [file.contents for file in files]
    storage = storage_of(Path(files[0].contents.path))
    write_metadata(bag, information(storage, [*topics.values()], contents, {"repaired": "true"}))
    report.contents = totals(contents)
