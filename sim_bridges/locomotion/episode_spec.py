"""One episode before it is walked: everything that is hidden, and where and how the robot starts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np

from sim_bridges.locomotion.catalogue import SPLITS, Task, task_named


@dataclass(frozen=True)
class EpisodeSpec:
    """Fixes an episode: the same specification and the same actions give the same states."""

    task: str
    """Name of the task."""
    split: str
    """seen or novel."""
    seed: int
    """Of the small random displacement of the starting pose."""
    start_x: float
    """Where on the track the world's origin is, m from the track's beginning."""
    values: tuple[tuple[float, ...], ...]
    """[segments][properties]: the hidden values along the track, in the units of the task's properties."""

    def as_json(self) -> str:
        """One line; ``from_json`` is its inverse."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> EpisodeSpec:
        """Read what ``as_json`` wrote, checked.

        Raises:
            ValueError: not such a line, an unknown task, or values that make no sense for it.
        """
        try:
            entry = json.loads(text)
            values = tuple(tuple(_number(value) for value in row) for row in entry.pop("values"))
            spec = EpisodeSpec(**{**entry, "start_x": _number(entry["start_x"])}, values=values)
            _check_types(spec)
        except (TypeError, KeyError, AttributeError, OverflowError, json.JSONDecodeError) as error:
            raise ValueError(f"not an episode specification: {text[:80]!r} ({error})") from error
        check_episode(spec)
        return spec


def _check_types(spec: EpisodeSpec) -> None:
    for name, kind in (("task", str), ("split", str), ("seed", int)):
        value = getattr(spec, name)
        if type(value) is not kind:
            raise TypeError(f"{name} is {value!r}, it must be of type {kind.__name__}")


def _number(value: object) -> float:
    """A number as JSON has it: no text, and not true or false."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{value!r} is not a number")
    return float(value)


def check_episode(spec: EpisodeSpec) -> Task:
    """The episode's task, if the specification is complete and makes physical sense.

    Raises:
        ValueError: an unknown task or split, or values that make no sense for the task.
    """
    task = task_named(spec.task)
    _check_split(spec.split)
    if len(spec.values) != task.segments:
        raise ValueError(f"{task.name} has {task.segments} segments, the episode gives values for {len(spec.values)}")
    for row in spec.values:
        if len(row) != len(task.properties):
            names = ", ".join(each.name for each in task.properties)
            raise ValueError(f"a segment of {task.name} needs {names}; the episode gives {row}")
        for each, value in zip(task.properties, row, strict=True):
            each.check(value)
    if spec.seed < 0:
        raise ValueError(f"seed {spec.seed} of an episode must be 0 or more")
    if not 0.0 <= spec.start_x <= task.length:
        raise ValueError(f"start_x {spec.start_x} m is off the track; {task.name} is {task.length:g} m long")
    return task


def draw_episode(task: Task, split: str, rng: np.random.Generator, value: float | None = None) -> EpisodeSpec:
    """Draw an episode's hidden values and its start.

    Args:
        task: which one.
        split: "seen" or "novel".
        rng: the only source of chance.
        value: for every segment instead of the drawn one, in the unit of the task's first property; all else is drawn
            as without it, so that episodes differ in nothing else.

    Raises:
        ValueError: an unknown split, or a value outside physical sense.
    """
    _check_split(split)
    rows = [[each.draw(split, rng) for each in task.properties] for _ in range(task.segments)]
    if value is not None:
        rows = [[task.properties[0].check(value), *row[1:]] for row in rows]
    start_x = float(rng.uniform(*task.starts))
    seed = int(rng.integers(2**31))
    return EpisodeSpec(task.name, split, seed, start_x, tuple(tuple(row) for row in rows))


def _check_split(split: str) -> None:
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}; choose one of {', '.join(SPLITS)}")
