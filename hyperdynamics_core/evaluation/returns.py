"""Returns of walked episodes (Table 3): one line an episode in a file to resume from, then figures with intervals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hyperdynamics_core.evaluation.intervals import mean_interval


@dataclass(frozen=True)
class WalkResult:
    """One episode; all that a line of the file holds."""

    index: int
    """Number in the evaluation."""
    episode: int
    """Number of the episode: agents with the same one walked the same ground."""
    seed: int
    """Seed that it was drawn from."""
    agent: str
    """Who walked: a model's folder, or the name of an agent that needs none."""
    total_return: float
    """Sum of the rewards."""
    distance: float
    """Along x, m."""
    steps: int
    """Walked."""
    planning_ms: tuple[float, ...]
    """Of every plan, wall time; empty: it does not plan."""
    note: str
    """Why it ended early, in words; empty: it did not."""
    spec: str
    """What fixes the episode, one line of JSON."""


class ResultsFile:
    """A JSON line an episode under a line of settings; a cut-off last line is dropped."""

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        """Start the file, or read what it holds.

        Args:
            path: of the file.
            settings: everything that the episodes depend on.

        Raises:
            ValueError: it holds episodes of other settings, or lines that are none.
        """
        self.path, self.results = path, dict[int, WalkResult]()
        header = json.dumps({"settings": dict(settings)}, sort_keys=True, default=str)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(header + "\n")
            return
        text = path.read_text()
        whole = text[: text.rfind("\n") + 1]
        first, *lines = whole.splitlines() or [""]
        if first != header:
            raise ValueError(f"{path} holds episodes of other settings; give another file or delete it")
        if whole != text:
            path.write_text(whole)
        self.results = {result.index: result for result in map(self._parse, lines)}

    def add(self, result: WalkResult) -> None:
        """Append one episode."""
        with self.path.open("a") as file:
            file.write(json.dumps(asdict(result)) + "\n")
        self.results[result.index] = result

    def _parse(self, line: str) -> WalkResult:
        try:
            values = json.loads(line)
            return WalkResult(**{**values, "planning_ms": tuple(values["planning_ms"])})
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{self.path} has a line that is no episode ({error}); delete the file") from error


def summarise_returns(results: Sequence[WalkResult], seed: int = 0) -> dict[str, Any]:
    """Figures over episodes, and over agents (trained seeds) where several walked the same ones.

    The 95 % interval of the mean return is a bootstrap over episodes, and over agents where there are several.

    Args:
        results: of one or more agents, all on the same episodes.
        seed: of the bootstrap.

    Raises:
        ValueError: no episode, or agents on different ones.
    """
    agents = list(dict.fromkeys(result.agent for result in results))
    tables = [{each.episode: each for each in results if each.agent == agent} for agent in agents]
    if not tables or any(table.keys() != tables[0].keys() for table in tables):
        raise ValueError("returns to summarise must be of one or more agents on the same episodes")
    episodes = sorted(tables[0])
    returns = np.array([[table[episode].total_return for episode in episodes] for table in tables])
    seeds = np.array([tables[0][episode].seed for episode in episodes])
    times = [ms for result in results for ms in result.planning_ms]
    return {
        "return_mean": float(returns.mean()),
        "return_ci95": mean_interval(returns, np.random.default_rng(seed)),
        "return_std": float(returns.std()),
        "return_median": float(np.median(returns)),
        "return_by_seed": {str(each): float(returns[:, seeds == each].mean()) for each in np.unique(seeds)},
        "return_by_agent": dict(zip(agents, map(float, returns.mean(1)), strict=True)),
        "distance_mean": float(np.mean([result.distance for result in results])),
        "trials": len(episodes),
        "seeds": [int(each) for each in np.unique(seeds)],
        "ended_early": sum(bool(result.note) for result in results),
        "planning_ms_p50": float(np.percentile(times, 50)) if times else None,
        "planning_ms_p95": float(np.percentile(times, 95)) if times else None,
    }
