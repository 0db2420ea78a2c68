"""A benchmark that compares ways to do one thing: equal results first, then times, ratios and a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import torch
from torch import Tensor

from benchmarks.interleaved import Timing, Variant, measure, paired
from benchmarks.machine import describe, fma_peak, sgemm

SGEMM_FLOPS = 1e8
"""Of the matrix product that stands beside every table, some milliseconds."""


@dataclass(frozen=True)
class Comparison:
    """Ways to do one thing."""

    title: str
    """What is done."""
    ways: Mapping[str, Callable[[], Any]]
    """By name; the reference first."""
    units: int = 1
    """Things done in a run, of ``unit``."""
    unit: str = "run"
    """What a rate counts."""
    notes: Mapping[str, float] = field(default_factory=dict)
    """Further figures by name, such as errors."""

    @property
    def reference(self) -> str:
        """Name of the first way."""
        return next(iter(self.ways))


def check_close(ways: Mapping[str, Callable[[], Tensor]], tolerance: float) -> dict[str, float]:
    """Greatest difference from the first way's result, relative to its greatest number, by name.

    Raises:
        ValueError: one differs by more than the tolerance; nothing may be timed then.
    """
    results = {name: run().clone() for name, run in ways.items()}
    wanted = next(iter(results.values()))
    scale = float(wanted.abs().max())
    differences = {name: float((result - wanted).abs().max()) / scale for name, result in results.items()}
    for name, difference in differences.items():
        if not difference <= tolerance:
            raise ValueError(f"{name!r} does not compute what the reference does: off by {difference:.2g} of the "
                             f"greatest number, {tolerance:.2g} is allowed; nothing was timed")  # fmt: skip
    return differences


def compare(comparison: Comparison, rounds: int) -> dict[str, Any]:
    """Time all ways interleaved, the machine's sgemm and FMA peak among them. Returns the record for the JSON file."""
    torch.set_num_threads(1)
    variants = {name: Variant(run) for name, run in comparison.ways.items()}
    variants |= {"sgemm": sgemm(500, 128, SGEMM_FLOPS), "FMA peak": fma_peak()}
    timings = measure(variants, rounds)
    machine = describe() | {f"{name} GFLOP/s": variants[name].flops / median(timings[name].cpu) * 1e-9
                            for name in ("sgemm", "FMA peak")}  # fmt: skip
    rows = {name: _row(timings[name], timings[comparison.reference], comparison.units) for name in comparison.ways}
    return {"title": comparison.title, "unit": comparison.unit, "reference": comparison.reference, "rounds": rounds,
            "machine": machine, "variants": rows, "notes": dict(comparison.notes)}  # fmt: skip


def _row(timing: Timing, reference: Timing, units: int) -> dict[str, float]:
    cpu = median(timing.cpu)
    return {"cpu_ms": 1e3 * cpu, "wall_ms": 1e3 * median(timing.wall), "per_second": units / cpu,
            "times_faster": 1.0 / paired(timing, reference)}  # fmt: skip


def show(record: Mapping[str, Any]) -> None:
    """Print a record as a table."""
    from rich.console import Console
    from rich.table import Table

    machine = record["machine"]
    speeds = ", ".join(f"{name.split()[0]} {machine[name]:.0f}" for name in ("sgemm GFLOP/s", "FMA peak GFLOP/s"))
    caption = f"{machine['processor']}, {speeds} GFLOP/s; medians of {record['rounds']} interleaved rounds"
    table = Table(title=record["title"], caption=caption)
    table.add_column("", no_wrap=True)
    for column in ("CPU ms", "wall ms", f"{record['unit']}/s", "times faster"):
        table.add_column(column, justify="right")
    for name, row in record["variants"].items():
        table.add_row(name, f"{row['cpu_ms']:.3f}", f"{row['wall_ms']:.3f}", f"{row['per_second']:.0f}",
                      f"{row['times_faster']:.2f}")  # fmt: skip
    console = Console()
    console.print(table)
    for name, value in record["notes"].items():
        console.print(f"{name}: {value:.3g}")
