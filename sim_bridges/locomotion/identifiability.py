"""Does a window of the last 16 steps carry what is hidden? Walks episodes, then reads the hidden value from windows.

    python -m sim_bridges.locomotion.identifiability --task ant-pier --folder runs/identifiability

The walking is the true simulator's, so that the data are of real locomotion; the folder is gone on with if it exists.
A window's numbers are what the interaction encoder gets, and what follows from them by the robot's own kinematics.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track

from hyperdynamics_core.data.episodes import Episode, EpisodeSet, EpisodeWriter
from sim_bridges.locomotion.episodes import run_episode
from sim_bridges.locomotion.kinematics import Kinematics
from sim_bridges.locomotion.physics import physics_of
from sim_bridges.locomotion.regression import RegressionConfig, held_out_predictions, r_squared
from sim_bridges.locomotion.simulator_agent import CemConfig, SimulatorCem
from sim_bridges.locomotion.tasks import draw_episode, task_named
from sim_bridges.locomotion.world import LeggedWorld

Array = NDArray[np.float64]
CHEAP_CEM = CemConfig(candidates=16, iterations=2, horizon=18, elites=4, replan_every=6)
"""Walks well enough, at 2 to 6 ms of CPU a step."""


@dataclass(frozen=True)
class Options:
    """What to walk and what to learn."""

    task: str
    """Name of the task."""
    folder: Path = Path("runs/identifiability")
    """Where episodes are kept, a folder a task."""
    episodes: int = 600
    """How many; whole episodes are held out."""
    steps: int = 90
    """Of an episode."""
    window: int = 16
    """Steps that the hidden value is read from (k of section 3.2)."""
    stride: int = 4
    """Windows start this many steps apart."""
    seed: int = 0
    """Of episodes and agent."""
    planner: CemConfig = CHEAP_CEM
    """Of the walking."""
    regression: RegressionConfig = field(default_factory=RegressionConfig)
    """Of the reading."""


@dataclass(frozen=True)
class Report:
    """How well a hidden value is read from windows of held-out episodes."""

    task: str
    """Name of the task."""
    episodes: int
    """Walked."""
    way_m: float
    """Mean way along x, m."""
    by_window: dict[str, float]
    """R2 of each hidden value, a window by itself."""
    by_stretch: dict[str, float]
    """R2 of the mean over an episode's windows with the same hidden values."""
    named: float | None
    """One hidden choice of many: share of windows whose choice is named rightly."""

    def __str__(self) -> str:
        lines = [f"{self.task}: {self.episodes} episodes, {self.way_m:.1f} m each"]
        for name, value in self.by_window.items():
            lines.append(f"  {name}: R2 {value:.2f} a window, {self.by_stretch[name]:.2f} a stretch")
        if self.named is not None:
            lines.append(f"  named rightly: {self.named:.0%} of windows")
        return "\n".join(lines)


def walk(options: Options) -> EpisodeSet:
    """Episodes of the seen split by the simulator's planner; what the folder holds already is not walked again."""
    task = task_named(options.task)
    world = LeggedWorld(task)
    meta = {"split": "seen", "seed": options.seed, "steps": options.steps}
    meta["agent"] = dataclasses.asdict(options.planner)
    writer = EpisodeWriter(options.folder / task.name, task.system, physics_of(task), world.hidden_names, meta)
    known = len(writer)
    for index in track(range(known, options.episodes), "walking", options.episodes, completed=known, transient=True):
        spec = draw_episode(task, "seen", np.random.default_rng([options.seed, index]))
        agent = SimulatorCem(torch.Generator().manual_seed(options.seed + index), options.planner)
        record = run_episode(world, spec, agent, options.steps)
        writer.add(record.states, record.actions, record.rewards, record.hidden, record.spec)
    return EpisodeSet.open(options.folder / task.name, task.system)


def windows(kinematics: Kinematics, episode: Episode, length: int, stride: int) -> tuple[Array, Array]:
    """Windows [N, length * d] and the hidden values [N, n_h] at their ends.

    A step is features, changes of the state, kinematics and their changes; after the steps stand, for each joint, the
    means of action times change of its rate and of the squared action: how it answered its motor.
    """
    system = kinematics.system
    states, actions = torch.from_numpy(episode.states), torch.from_numpy(episode.actions)
    features = system.features(states[:-1], actions)
    changes = system.difference(states[:-1], states[1:])[:, system.n_unseen :]
    geometry = kinematics(episode.states.astype(np.float64))
    steps = np.concatenate((features, changes, geometry[:-1], np.diff(geometry, axis=0)), axis=1)
    ends = range(length, len(episode) + 1, stride)
    work = np.concatenate((episode.actions * np.diff(episode.states[:, system.rates], axis=0), episode.actions**2), 1)
    return (
        np.stack([np.concatenate((steps[e - length : e].ravel(), work[e - length : e].mean(0))) for e in ends]),
        np.stack([episode.hidden[end - 1] for end in ends]).astype(np.float64),
    )


def judge(options: Options, data: EpisodeSet) -> Report:
    """Read the hidden values from the windows of held-out episodes."""
    task = task_named(options.task)
    kinematics = Kinematics(task.system)
    pieces = [windows(kinematics, episode, options.window, options.stride) for episode in data.episodes]
    inputs = np.concatenate([piece[0] for piece in pieces])
    truth = np.concatenate([piece[1] for piece in pieces])
    groups = np.repeat(np.arange(len(pieces)), [len(piece[0]) for piece in pieces])
    predicted = held_out_predictions(inputs, truth, groups, options.regression, options.seed)
    _, stretch = np.unique(np.column_stack((groups, truth)), axis=0, return_inverse=True)
    means = [_means(values, stretch) for values in (truth, predicted)]
    one_hot = task.terrain == "cripple"
    columns = {task.properties[0].name: slice(None)} if one_hot else _columns(data.hidden_names)
    return Report(
        task.name, len(data), float(np.mean([each.states[-1, 0] for each in data.episodes])),
        {name: r_squared(truth[:, column], predicted[:, column]) for name, column in columns.items()},
        {name: r_squared(means[0][:, column], means[1][:, column]) for name, column in columns.items()},
        float((truth.argmax(1) == predicted.argmax(1)).mean()) if one_hot else None,
    )  # fmt: skip


def _columns(names: tuple[str, ...]) -> dict[str, slice]:
    return {name: slice(index, index + 1) for index, name in enumerate(names)}


def _means(values: Array, stretch: NDArray[np.int64]) -> Array:
    sums = np.zeros((stretch.max() + 1, values.shape[1]))
    np.add.at(sums, stretch, values)
    return sums / np.bincount(stretch)[:, None]


def main() -> None:
    """Walk, read, print."""
    import tyro

    torch.set_num_threads(1)
    options = tyro.cli(Options)
    print(judge(options, walk(options)), flush=True)


if __name__ == "__main__":
    main()
