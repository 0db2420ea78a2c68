"""Closed-loop trials by the hundred (Table 2): parallel, resumable, with intervals. What a trial is, others say."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hyperdynamics_core.evaluation.intervals import wilson_interval
from hyperdynamics_core.processes import worker_context


@dataclass(frozen=True)
class TrialResult:
    """One closed-loop trial; all that a line of the trials file holds."""

    index: int
    """Number of the trial; with the seed it fixes scene, goal and camera."""
    seed: int
    """Seed of the trial."""
    success: bool
    """By the truth: at rest within the tolerance, nothing touched."""
    code: str
    """Result code of the push task, or MISSED: it ended in good faith, but the truth was outside the tolerance."""
    final_distance: float
    """True distance of the object to the goal at the end, m."""
    steps: int
    """Pushes, probing included."""
    pushes: int
    """Planned pushes."""
    commands: int
    """Steps of 0.8 s altogether: pushes, re-positions and waits."""
    planning_ms: tuple[float, ...]
    """Of every planning, ms."""
    prediction_error: float
    """Mean error of the planned pushes' predicted motion, m; NaN: none planned."""
    details: dict[str, Any]
    """Object, hidden properties, start, goal, camera: to look a failure up."""


TrialRunner = Callable[[int, int], TrialResult]
"""Trial index and seed to its result."""
Dealer = Callable[[Sequence[tuple[int, int]]], Iterator[TrialResult]]
"""Has trials (index, seed) run somewhere else; gives their results as they are done."""


@dataclass(frozen=True)
class ControlEvaluationConfig:
    """How many trials, and where they go."""

    trials: int = 50
    """Trials altogether."""
    seeds: tuple[int, ...] = (0,)
    """Trials are dealt out to these seeds in turn."""
    workers: int = 2
    """Processes of one thread each; 0: in this process."""
    out: Path | None = None
    """File of one JSON line a trial; an unfinished one of the same settings is resumed. None: not kept."""
    quiet: bool = False
    """No progress bar."""

    def __post_init__(self) -> None:
        if self.trials < 1 or not self.seeds or self.workers < 0:
            raise ValueError(
                f"an evaluation needs 1 or more trials, 1 or more seeds and workers >= 0, got {self.trials}, "
                f"{self.seeds} and {self.workers}"
            )


@dataclass(frozen=True)
class ControlResult:
    """Table 2's figure with what stands behind it."""

    success_rate: float
    success_ci95: tuple[float, float]
    """Wilson's interval."""
    trials: int
    seeds: tuple[int, ...]
    failures: dict[str, int]
    """Failed trials by code."""
    mean_final_distance_m: float
    mean_steps: float
    """Pushes a trial, probing included."""
    mean_commands: float
    planning_ms_p50: float
    planning_ms_p95: float
    prediction_error_m: float
    """Mean error of the planned pushes' predicted motion in one step."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


def summarise(results: Sequence[TrialResult]) -> ControlResult:
    """Figures over trials.

    Raises:
        ValueError: no trials.
    """
    if not results:
        raise ValueError("no trials to summarise; run some first")
    wins = sum(result.success for result in results)
    times = [ms for result in results for ms in result.planning_ms] or [math.nan]
    errors = [result.prediction_error for result in results if math.isfinite(result.prediction_error)]
    return ControlResult(
        success_rate=wins / len(results),
        success_ci95=wilson_interval(wins, len(results)),
        trials=len(results),
        seeds=tuple(sorted({result.seed for result in results})),
        failures=dict(Counter(result.code for result in results if not result.success).most_common()),
        mean_final_distance_m=float(np.mean([result.final_distance for result in results])),
        mean_steps=float(np.mean([result.steps for result in results])),
        mean_commands=float(np.mean([result.commands for result in results])),
        planning_ms_p50=float(np.percentile(times, 50)),
        planning_ms_p95=float(np.percentile(times, 95)),
        prediction_error_m=float(np.mean(errors)) if errors else math.nan,
    )


def evaluate_control(
    make_runner: Callable[[], TrialRunner], config: ControlEvaluationConfig, settings: dict[str, Any],
    deal: Dealer | None = None,
) -> ControlResult:  # fmt: skip
    """Run the trials that are not in the file yet and summarise all.

    Args:
        make_runner: called once a process (so it must be importable by name, or a partial of such a function);
            returns what runs one trial.
        config: how many, where.
        settings: everything the trials depend on; a file of other settings is refused.
        deal: runs the trials instead of processes of this machine.

    Raises:
        ValueError: the file holds trials of other settings, or is damaged other than by a cut-off last line.
    """
    done = _open(config.out, settings) if config.out else {}
    done = {index: result for index, result in done.items() if index < config.trials}
    jobs = [(index, config.seeds[index % len(config.seeds)]) for index in range(config.trials) if index not in done]
    columns = (TextColumn("trials"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.description}"), disable=config.quiet) as bar:
        task = bar.add_task("", total=config.trials, completed=len(done))
        for result in deal(jobs) if deal else _run(make_runner, jobs, config.workers):
            done[result.index] = result
            if config.out:
                _append(config.out, result)
            bar.update(task, advance=1, description=f"success {sum(r.success for r in done.values()) / len(done):.3f}")
    return summarise([done[index] for index in sorted(done)])


_runner: TrialRunner | None = None


def _prepare(make_runner: Callable[[], TrialRunner]) -> None:
    global _runner
    _runner = make_runner()


def _trial(index: int, seed: int) -> TrialResult:
    assert _runner is not None
    return _runner(index, seed)


def _run(
    make_runner: Callable[[], TrialRunner], jobs: Sequence[tuple[int, int]], workers: int
) -> Iterator[TrialResult]:
    if workers == 0 or not jobs:
        runner = make_runner() if jobs else None
        for index, seed in jobs:
            assert runner is not None
            yield runner(index, seed)
        return
    with ProcessPoolExecutor(workers, worker_context(), _prepare, (make_runner,)) as pool:
        waiting = [pool.submit(_trial, index, seed) for index, seed in jobs]
        try:
            for future in as_completed(waiting):
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()


def _open(path: Path, settings: dict[str, Any]) -> dict[int, TrialResult]:
    """Trials that a file holds already; starts the file where there is none."""
    header = json.dumps({"settings": settings}, sort_keys=True, default=str)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(header + "\n")
        return {}
    text = path.read_text()
    first, *lines = text.split("\n")
    if first != header:
        raise ValueError(f"{path} holds trials of other settings; give another file or delete it")
    whole = text if text.endswith("\n") else text[: text.rfind("\n") + 1]
    if whole != text:  # a run was killed while it wrote a line
        path.write_text(whole)
        lines = whole.split("\n")[1:]
    return {result.index: result for result in (_parse(path, line) for line in lines if line)}


def _parse(path: Path, line: str) -> TrialResult:
    try:
        values = json.loads(line)
        return TrialResult(**{**values, "planning_ms": tuple(values["planning_ms"])})
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{path} has a line that is not a trial ({error}); delete the file and run again") from error


def _append(path: Path, result: TrialResult) -> None:
    with path.open("a") as file:
        file.write(json.dumps(asdict(result)) + "\n")
