"""Says exactly what a bag lacks, and what in it is damaged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hyperdynamics_ros.recording.bag_files import UNFINISHED, FileReport, Tally, bag_files, check_folder, read_file
from hyperdynamics_ros.recording.errors import BagError
from hyperdynamics_ros.recording.lock import is_locked
from hyperdynamics_ros.recording.metadata import FILE_NAME, FileContents, read_metadata, totals


@dataclass
class BagReport:
    """A bag, read from front to back."""

    bag: Path
    files: list[FileReport] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """A sentence each; empty: the bag is whole."""
    notes: list[str] = field(default_factory=list)
    """What is no fault of the bag: messages that never reached the recorder."""

    @property
    def contents(self) -> FileContents:
        """What can be read, all files together."""
        return totals([file.contents for file in self.files])

    @property
    def lost(self) -> Counter[str]:
        """Messages that are known to be lost, by topic."""
        return sum((file.lost for file in self.files), Counter())


def validate(bag: Path) -> BagReport:
    """Read a bag whole and compare it with what its metadata says.

    Raises:
        BagError: no bag is there, or it is being recorded.
    """
    check_folder(bag)
    if is_locked(bag):
        raise BagError(f"{bag} is being written to; wait for the end of the recording")
    return examine(bag)


def examine(bag: Path) -> BagReport:
    """As ``validate``, for whoever holds the bag's lock."""
    report, tally = BagReport(bag), Tally()
    for path in bag_files(bag):
        report.files.append(read_file(path, tally))
    report.problems += [f"{file.contents.path}: {text}" for file in report.files for text in file.problems]
    report.problems += [f"{path.name} was left by a repair that was stopped" for path in bag.glob(f"*{UNFINISHED}")]
    _compare(report)
    report.problems += [f"{topic}: the time of {n} messages goes back" for topic, n in tally.back.items() if n]
    gaps = ((topic, n) for topic, n in tally.gaps.items() if n)
    report.notes += [f"{topic}: {n} messages between those in the bag are missing" for topic, n in gaps]
    return report


def _compare(report: BagReport) -> None:
    """What metadata.yaml says against what is there."""
    try:
        metadata = read_metadata(report.bag)
    except FileNotFoundError:
        report.problems.append(f"{FILE_NAME} is missing: the recording did not come to its end")
        return
    except BagError as error:
        report.problems.append(str(error))
        return
    report.problems += [*_compare_files(report, metadata), *_compare_topics(report, metadata)]


def _compare_files(report: BagReport, metadata: dict[str, Any]) -> list[str]:
    there = {file.contents.path: file.contents.messages for file in report.files}
    listed = {Path(name).name: None for name in metadata["relative_file_paths"]}
    listed |= {Path(file["path"]).name: file["message_count"] for file in metadata.get("files") or []}
    problems = [f"{name} is not listed in {FILE_NAME}" for name in there if name not in listed]
    for name, stated in listed.items():
        if name not in there:
            lost = "" if stated is None else f", and with it {stated} messages"
            problems.append(f"{name} is missing{lost}")
        elif stated is not None and stated != there[name]:
            problems.append(f"{name} holds {there[name]} readable messages, {FILE_NAME} tells of {stated}")
    return problems


def _compare_topics(report: BagReport, metadata: dict[str, Any]) -> list[str]:
    counts, problems = report.contents.counts, []
    stated = {one["topic_metadata"]["name"]: one["message_count"] for one in metadata["topics_with_message_count"]}
    for topic in sorted(stated.keys() | counts.keys()):
        told, there = stated.get(topic, 0), counts.get(topic, 0)
        if told > there:
            problems.append(f"{topic}: {told - there} of {told} messages are missing")
        elif told < there:
            problems.append(f"{topic}: {there} messages, {FILE_NAME} tells of {told}")
    return problems
