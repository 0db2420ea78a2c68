"""What the machine's arithmetic allows, measured in the same run as everything else."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import torch

from benchmarks.interleaved import Variant
from hyperdynamics_core.native.library import VARIANTS, load

PEAK_FLOPS = 4e8
"""Of one run of the peak, some milliseconds."""


def sgemm(candidates: int, width: int, flops: float) -> Variant:
    """PyTorch's matrix product of activations [candidates, width] with a layer [width, width], for about `flops`."""
    left, right, out = torch.randn(candidates, width), torch.randn(width, width), torch.empty(candidates, width)
    one = 2.0 * candidates * width * width
    times = max(1, round(flops / one))

    def run() -> None:
        for _ in range(times):
            torch.mm(left, right, out=out)

    return Variant(run, times * one)


def fma_peak() -> Variant:
    """Fused multiply-adds in registers alone, with the longest vectors of this processor."""
    library = load()
    best = VARIANTS.index(library.variants()[-1])
    rounds = int(PEAK_FLOPS / library.peak(1, best))
    return Variant(lambda: library.peak(rounds, best), rounds * library.peak(1, best))


def cpu_seconds(process: int) -> float:
    """User and system time of a process so far, s."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def describe() -> dict[str, object]:
    """Processor, kernels and versions, for the record."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor() or platform.machine(),
        "cores": len(models),
        "kernels": list(load().variants()),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "threads": torch.get_num_threads(),
    }
