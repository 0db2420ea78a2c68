"""``hyperdynamics dataset validate``: what a bag lacks and what in it is damaged."""

from __future__ import annotations

from dataclasses import dataclass

from hyperdynamics_cli.bags import BagOptions
from hyperdynamics_cli.results import check_writable, write_json


@dataclass(frozen=True)
class Options(BagOptions):
    """Read a rosbag2 bag from front to back and say exactly what is missing or damaged."""


def run(options: Options) -> int:
    """Check and print; returns 0 where the bag is whole, 1 where it is not."""
    from hyperdynamics_ros.recording.validate import validate

    check_writable(options.json)
    report = validate(options.bag)
    contents = report.contents
    print(f"{report.bag}: {contents.messages} messages readable, {contents.duration * 1e-9:.3f} s")
    for line in report.problems:
        print(f"  problem: {line}")
    for line in report.notes:
        print(f"  note: {line}")
    print(f"mend it: hyperdynamics dataset repair {report.bag}" if report.problems else "the bag is whole")
    found = {"problems": report.problems, "notes": report.notes, "lost": report.lost, "topics": contents.counts}
    write_json(options.json, {"bag": report.bag, "messages": contents.messages, **found})
    return 1 if report.problems else 0
