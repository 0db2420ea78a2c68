"""Steps of the simulators a second, on one core."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.comparison import Comparison, compare
from benchmarks.interleaved import Output

STEPS = 100
"""Of a legged run."""


@dataclass(frozen=True)
class Options(Output):
    """Steps of the simulators a second."""

    rounds: int = 10
    """Runs of every variant."""


def walk(name: str) -> Callable[[], None]:
    """STEPS time steps of a task with random torques, from the same start."""
    from sim_bridges.locomotion.tasks import draw_episode, task_named
    from sim_bridges.locomotion.world import LeggedWorld

    task, rng = task_named(name), np.random.default_rng(0)
    world, spec = LeggedWorld(task), draw_episode(task, "seen", np.random.default_rng(0))
    actions = rng.uniform(-0.5, 0.5, (STEPS, len(task.system.action_dimensions)))

    def run() -> None:
        world.reset(spec)
        for action in actions:
            world.step(action)

    return run


def push() -> Callable[[], None]:
    """One push of 0.8 s, 192 steps of PyBullet, and the scene's set-up."""
    from sim_bridges.pushing.physics import GANTRY
    from sim_bridges.pushing.scene import sample_scene
    from sim_bridges.pushing.world import PushWorld

    world = PushWorld(GANTRY)
    scene = sample_scene(np.random.default_rng(0), ["mit/rect1"], physics=GANTRY)

    def run() -> None:
        world.reset(scene)
        world.step(np.array((0.0, 0.0, 0.05)))

    return run


def run(options: Options) -> list[dict[str, Any]]:
    """One table for each simulator."""
    names = ("cheetah-slope", "cheetah-pier", "ant-slope", "ant-pier")
    walks = Comparison(f"MuJoCo, {STEPS} time steps with their reset", {name: walk(name) for name in names},
                       units=STEPS, unit="step")  # fmt: skip
    pushes = Comparison("PyBullet, a push of 0.8 s with its reset", {"rod alone": push()}, unit="push")
    return [compare(walks, options.rounds), compare(pushes, options.rounds)]
