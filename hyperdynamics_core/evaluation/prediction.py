"""Motion prediction error (Tables 1, 4): how far predicted object positions are from the true ones.

Two kinds of figures:

* ``steps[t - 1]``: unrolled from the first state of every trajectory, t = 1 ... T. t = 1 is the trajectory's first
  step, t = T its end after T predictions in a row (section 3.3). These are Table 1's figures.
* ``one_step``: one step from every true state of every trajectory, which averages over all phases of pushing.

The object is seen once, at its trajectory's start. What was detected replaces its first position; the same error is in
every state of ``one_step``. Errors are distances to the true positions, so they contain the error of the detection;
``motion_cm_mean`` is the error of the displacement alone. z_int comes from interactions with the same system in other
trajectories.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyperdynamics_core.data.push_samples import same_system
from hyperdynamics_core.data.trajectories import TrajectorySet
from hyperdynamics_core.evaluation.intervals import mean_interval
from hyperdynamics_core.methods.context import Context, Interactions, ObjectMap
from hyperdynamics_core.methods.experts import Experts
from hyperdynamics_core.methods.method import Method
from hyperdynamics_core.systems.push import PUSH

INTERACTIONS = ("same", "swap", "none")


class Sightings(Protocol):
    """What perception made of the first state of n trajectories."""

    positions: Any
    """[n, 3] detected positions, m."""
    found: Any
    """[n] whether anything was detected."""

    def object_map(self, index: int) -> ObjectMap:
        """Crop of one trajectory's object."""
        ...


@dataclass(frozen=True)
class PredictionConfig:
    """One way of evaluating."""

    interactions: str = "same"
    """Whose interactions the encoder gets: same (the system's own), swap (another object's), or none (z_int = 0)."""
    n_interactions: int = 5
    """k, at most; as many as the system's other trajectories hold."""
    oracle_position: bool = False
    """Take the first position from the simulator rather than from the detection."""
    exact: bool = True
    """Encode the turned crop at every step; else interpolate in a table over yaw."""
    seed: int = 0
    """Of the draw of other objects for swap, and of the intervals."""

    def __post_init__(self) -> None:
        if self.interactions not in INTERACTIONS:
            raise ValueError(f"interactions must be one of {INTERACTIONS}, got {self.interactions!r}")
        if self.n_interactions < 1:
            raise ValueError(f"n_interactions must be at least 1, got {self.n_interactions}; use interactions='none'")


@dataclass(frozen=True)
class ErrorFigures:
    """Errors of one kind over all trajectories (and seeds)."""

    error_cm_mean: float
    error_cm_ci95: tuple[float, float]
    error_cm_std: float
    error_cm_median: float
    motion_cm_mean: float
    """Mean error of the displacement, without the detection's."""


@dataclass(frozen=True)
class PredictionResult:
    """Figures of one method on one data set."""

    method: str
    steps: tuple[ErrorFigures, ...]
    """Unrolled, t = 1 ... T."""
    one_step: ErrorFigures
    """From every true state."""
    n: int
    """Trajectories that count."""
    missed: int
    """Trajectories left out because no object was detected at their start."""
    seeds: int
    """Trained models that the figures are taken over."""
    errors: NDArray[np.float64] = field(repr=False)
    """[seeds, n, T + 1] cm: unrolled, then the mean of the one-step errors."""
    motions: NDArray[np.float64] = field(repr=False)
    """[seeds, n, T + 1] cm likewise."""

    def as_dict(self, horizon: int = 1) -> dict[str, Any]:
        """For JSON: all figures, those of one horizon at the top."""
        document = {name: value for name, value in asdict(self).items() if name not in ("errors", "motions")}
        return {**asdict(self.steps[horizon - 1]), "horizon": horizon, **document}


def evaluate_prediction(
    method: Method, data: TrajectorySet, sightings: Sightings | None, config: PredictionConfig
) -> PredictionResult:
    """Evaluate one trained method.

    sightings may be None for a blind method with oracle_position.

    Raises:
        ValueError: no sightings where they are needed, of another number of trajectories, or nothing detected at all.
    """
    count = len(data)
    found = _found(sightings, count, config)
    donors = _donors(data, config)
    rows = []
    for index in np.flatnonzero(found).tolist():
        context = _context(method, data, sightings, donors, index, config)
        states = torch.as_tensor(data.states[index])
        start = states[0].clone()
        if sightings is not None and not config.oracle_position:
            start[:3] = torch.as_tensor(np.asarray(sightings.positions[index], dtype=np.float32))
        rows.append(_errors(method.adapt(context), states, torch.as_tensor(data.actions[index]), start))
    table = 100.0 * np.stack(rows)[None]
    name = str(getattr(method, "name", type(method).__name__))
    return _summary(name, table[..., 0], table[..., 1], count - len(rows), config.seed)


def pool_seeds(results: Sequence[PredictionResult], seed: int = 0) -> PredictionResult:
    """Figures over several trained models of one method, evaluated on the same trajectories.

    Raises:
        ValueError: none, of different methods, or on different trajectories.
    """
    kinds = {(result.method, result.errors.shape[1:]) for result in results}
    if len(kinds) != 1:
        raise ValueError(f"results to pool must be of one method on the same trajectories, got {sorted(kinds)}")
    errors = np.concatenate([result.errors for result in results])
    motions = np.concatenate([result.motions for result in results])
    return _summary(results[0].method, errors, motions, results[0].missed, seed)


def _summary(
    method: str, errors: NDArray[np.float64], motions: NDArray[np.float64], missed: int, seed: int
) -> PredictionResult:
    rng = np.random.default_rng(seed)
    figures = [_figures(errors[..., place], motions[..., place], rng) for place in range(errors.shape[-1])]
    n_seeds, n = errors.shape[:2]
    return PredictionResult(method, tuple(figures[:-1]), figures[-1], n, missed, n_seeds, errors, motions)


def _figures(errors: NDArray[np.float64], motions: NDArray[np.float64], rng: np.random.Generator) -> ErrorFigures:
    return ErrorFigures(
        float(errors.mean()),
        mean_interval(errors, rng),
        float(errors.std()),
        float(np.median(errors)),
        float(motions.mean()),
    )


@torch.no_grad()
def _errors(experts: Experts, states: Tensor, actions: Tensor, start: Tensor) -> NDArray[np.float64]:
    """[T + 1, 2] m: unrolled for t = 1 ... T, then the mean one-step error; of position and of displacement."""
    path = [start.unsqueeze(0)]
    for action in actions:
        path.append(PUSH.compose(path[-1], experts.predict(path[-1], action.unsqueeze(0))))
    unrolled = torch.cat(path)
    shifted = states[:-1].clone()
    shifted[:, :3] += start[:3] - states[0, :3]
    moved = PUSH.compose(shifted, experts.predict(shifted, actions))
    true, first = states[:, :3], states[0, :3]
    pairs = (
        (unrolled[1:, :3] - true[1:], unrolled[1:, :3] - start[:3] - (true[1:] - first)),
        (moved[:, :3] - true[1:], moved[:, :3] - shifted[:, :3] - (true[1:] - true[:-1])),
    )
    lengths = [torch.stack([vector.norm(dim=-1) for vector in pair], dim=-1) for pair in pairs]
    return np.asarray(torch.cat((lengths[0], lengths[1].mean(0, keepdim=True))).double().numpy())


def _found(sightings: Sightings | None, count: int, config: PredictionConfig) -> NDArray[np.bool_]:
    if sightings is None:
        if not config.oracle_position:
            raise ValueError("positions must come from sightings or, with oracle_position, from the simulator")
        return np.ones(count, dtype=np.bool_)
    found = np.asarray(sightings.found, dtype=np.bool_)
    if len(found) != count or not found.any():
        raise ValueError(f"{int(found.sum())} of {len(found)} sightings found an object; {count} trajectories need one")
    return found


def _context(
    method: Method,
    data: TrajectorySet,
    sightings: Sightings | None,
    donors: list[list[int]],
    index: int,
    config: PredictionConfig,
) -> Context:
    shape = method.see(sightings.object_map(index), exact=config.exact) if sightings is not None else None
    return Context(_interactions(data, donors[index], config.n_interactions), shape)


def _donors(data: TrajectorySet, config: PredictionConfig) -> list[list[int]]:
    """For each trajectory, those that its interactions come from."""
    systems = torch.as_tensor(np.asarray(data.data.system_index))
    own = [[other for other in row if other >= 0] for row in same_system(systems).tolist()]
    if config.interactions == "none":
        return [[] for _ in own]
    if config.interactions == "same":
        return own
    objects, rng = np.asarray(data.data.object_index), np.random.default_rng(config.seed)
    swapped = []
    for index in range(len(own)):
        strangers = np.flatnonzero(objects != objects[index])
        if len(strangers) == 0:
            raise ValueError("swap needs data of two or more objects")
        donor = int(rng.choice(strangers))
        swapped.append([donor, *own[donor]])
    return swapped


def _interactions(data: TrajectorySet, donors: list[int], count: int) -> Interactions | None:
    """The first steps of the donors, in order; None where there are none."""
    if not donors:
        return None
    states = torch.as_tensor(data.states[donors])
    actions = torch.as_tensor(data.actions[donors])
    before, after = states[:, :-1].flatten(0, 1), states[:, 1:].flatten(0, 1)
    return Interactions(before[:count], actions.flatten(0, 1)[:count], after[:count])
