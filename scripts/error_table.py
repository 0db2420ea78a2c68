"""Markdown rows of the errors in metrics.json of ``train dynamics``, as docs/adaptation_tables.md has them.

python scripts/error_table.py runs/fixed-ant-motor/metrics.json "taught=runs/fixed-ant-motor-taught/metrics.json"

A name before ``=`` is added to the methods of that file. Prints a row for each method and window, first of the seen
values and then of the novel ones: mean squared error over episodes and seeds in deviations of the change (95 %
interval), median; then what part of the blind one's of the same size (global-large of the first file) the error of 20
steps is, in the same episodes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hyperdynamics_core.evaluation.intervals import ratio_interval

METHODS = {
    "hyperdynamics": "HyperDynamics",
    "global": "blind, as wide as HyperDynamics' expert",
    "global-large": "blind, as many parameters as HyperDynamics",
    "recurrent": "Recurrent (GRU, one global network)",
    "low-rank": "low-rank residuals around a global model",
    "low-rank-large": "**low-rank residuals around a global model**",
    "told-large": "told (reference)",
    "direct": "Direct (one global network given the code)",
    "hyperdynamics-told": "HyperDynamics, told (reference)",
}
WINDOWS = {"own": "its own", "swap": "another episode's (swap)", "none": "none"}
REFERENCE = "global-large"
HEAD = "| method, parameters | window | values | 1 step | 5 steps | 20 steps | to the blind |\n" + "|---" * 7 + "|"


def table(files: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """The table of several (name, contents of metrics.json) of one task.

    Raises:
        ValueError: files of different data, or one without the errors by episode that a ratio needs.
    """
    if len({metrics.get("data_fingerprint") for _, metrics in files}) > 1:
        raise ValueError("the files are of different data; give those of one fixed set")
    blind = files[0][1]["methods"].get(REFERENCE, {})
    rows = [row for split in ("seen", "novel") for file in files for row in _rows(*file, split, blind.get(split))]
    return "\n".join((HEAD, *rows))


def _rows(name: str, metrics: Mapping[str, Any], split: str, blind: Mapping[str, Any] | None) -> Iterator[str]:
    for method, figures in metrics["methods"].items():
        words = METHODS.get(method, method) + (f", {name}" if name else "")
        windows = figures.get(split, {})
        for window, errors in windows.items():
            title = WINDOWS.get(window, window) if len(windows) > 1 else ""  # a blind method has no window
            cells = " | ".join(_cell(errors[steps]["normalised"]) for steps in ("t1", "t5", "t20"))
            share = "" if blind is None or method == REFERENCE else _share(errors["t20"], blind["own"]["t20"])
            yield f"| {words}, {figures['parameters'] / 1000:.0f}k | {title} | {split} | {cells} | {share} |"


def _cell(figure: Mapping[str, Any]) -> str:
    low, high = figure["ci95"]
    return f"{figure['mean']:.3f} ({low:.3f} to {high:.3f}), {figure['median']:.3f}"


def _share(errors: Mapping[str, Any], blind: Mapping[str, Any]) -> str:
    """Ratio of the means with its interval over the same episodes."""
    if any("by_episode" not in each["normalised"] for each in (errors, blind)):
        raise ValueError("errors by episode are missing, as older versions wrote them; run train dynamics once more")
    above, below = (np.array(each["normalised"]["by_episode"]) for each in (errors, blind))
    low, high = ratio_interval(above, below, np.random.default_rng(0))
    return f"{above.mean() / below.mean():.2f} ({low:.2f} to {high:.2f})"


def main(arguments: Sequence[str]) -> int:
    """Print the table of the files named; returns 2 where none is named or one is not such a file."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(table([_read(argument) for argument in arguments]))
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _read(argument: str) -> tuple[str, Mapping[str, Any]]:
    name, _, path = argument.rpartition("=")
    try:
        metrics = json.loads(Path(path).read_text())
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    if not isinstance(metrics, dict) or "methods" not in metrics:
        raise ValueError(f"{path} has no errors of methods; give metrics.json of a folder of train dynamics")
    return name, metrics


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
