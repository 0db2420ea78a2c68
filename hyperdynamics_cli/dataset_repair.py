"""``hyperdynamics dataset repair``: completes a bag whose recording was cut off, takes what is damaged out of it."""

from __future__ import annotations

from dataclasses import dataclass

from hyperdynamics_cli.bags import BagOptions
from hyperdynamics_cli.results import check_writable, write_json


@dataclass(frozen=True)
class Options(BagOptions):
    """Make a rosbag2 bag readable again, with every message that is whole; files are kept as they were beside it."""


def run(options: Options) -> int:
    """Repair and print; returns 0 where the bag is whole now."""
    from hyperdynamics_ros.recording.repair import repair

    check_writable(options.json)
    report = repair(options.bag)
    problems = report.before.problems
    for line in problems:
        print(f"  found: {line}")
    if report.originals is not None:
        names = ", ".join([*report.rewritten, *report.dropped])
        print(f"written anew or taken out: {names}; as they were in {report.originals}")
    for topic, count in sorted(report.lost.items()):
        print(f"  lost: {count} messages of {topic}")
    done = f"{report.contents.messages} messages in {options.bag}"
    print(f"repaired: {done}" if problems else f"nothing to repair: {done}")
    did = {"rewritten": report.rewritten, "dropped": report.dropped, "originals": report.originals}
    result = {"messages": report.contents.messages, "topics": report.contents.counts, "lost": report.lost}
    write_json(options.json, {"bag": options.bag, "found": problems, **did, **result})
    return 0
