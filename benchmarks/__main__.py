"""The benchmarks' command line: `python -m benchmarks plan --help`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

# Before torch: a second thread beside other processes made a plan forty times slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The options of `plan`, the one benchmark so far."""
    from benchmarks.plan_problem import PlanOptions

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    plan = parser.add_subparsers(dest="benchmark", required=True).add_parser("plan", help="a locomotion plan")
    defaults = PlanOptions()
    plan.add_argument("--robot", default=defaults.robot, help="cheetah or ant (default: %(default)s)")
    plan.add_argument("--candidates", type=int, default=defaults.candidates, help="sequences (%(default)s)")
    plan.add_argument("--horizon", type=int, default=defaults.horizon, help="steps of a sequence (%(default)s)")
    plan.add_argument("--rounds", type=int, default=defaults.rounds, help="runs of every variant (%(default)s)")
    plan.add_argument("--clamp", type=float, default=defaults.clamp, help="of the inputs; 0: none (%(default)s)")
    plan.add_argument("--json", type=Path, help="write the figures to this file as well")
    return parser.parse_args(arguments)


def show(record: dict[str, object]) -> None:
    """Print the record as a table."""
    from rich.console import Console
    from rich.table import Table

    options, rows, machine = record["options"], record["variants"], record["machine"]
    assert isinstance(options, dict) and isinstance(rows, dict) and isinstance(machine, dict)
    title = (
        f"{options['robot']}, {options['candidates']} x {options['horizon']}, {record['mflop']:.0f} MFLOP, one thread"
    )
    table = Table(title=title, caption=f"{machine['processor']}; medians of {options['rounds']} interleaved rounds")
    table.add_column("", no_wrap=True)
    for column in ("CPU ms", "wall ms", "GFLOP/s", "/sgemm", "/peak", "/torch", "/mppi"):
        table.add_column(column, justify="right")
    for name, row in rows.items():
        times = (row["time_of_torch"], row.get("time_of_pytorch_mppi"))
        compared = [f"{time:.2f}" if time and name not in ("sgemm", "FMA peak") else "" for time in times]
        table.add_row(name, f"{row['cpu_ms']:.2f}", f"{row['wall_ms']:.2f}", f"{row['gflops']:.1f}",
                      f"{row['of_sgemm']:.2f}", f"{row['of_peak']:.2f}", *compared)  # fmt: skip
    Console().print(table)
    if missing := record["not_installed"]:
        assert isinstance(missing, list)
        print(f"not installed, so not compared with: {', '.join(missing)}")


def main(arguments: list[str] | None = None) -> int:
    """Run one benchmark; returns the exit status."""
    from benchmarks.plan import run
    from benchmarks.plan_problem import PlanOptions
    from hyperdynamics_core.planning.native.library import NativeLibraryError

    given = parse(arguments)
    try:
        record = run(PlanOptions(given.robot, given.candidates, given.horizon, given.rounds, given.clamp))
    except (ValueError, NativeLibraryError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    show(record)
    if given.json:
        given.json.write_text(json.dumps(record, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
