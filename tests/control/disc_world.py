"""A table with one disc that behaves as its expert says, give or take a little: quick enough for hundreds of steps."""

from __future__ import annotations

import numpy as np
import torch

from hyperdynamics_core.control.commands import Command, Finished
from hyperdynamics_core.control.push_task import PushTask
from hyperdynamics_core.control.settings import Observation, PushTaskConfig
from hyperdynamics_core.planning.geometry import Box, Workspace
from hyperdynamics_core.planning.random_shooting import RandomShooting
from hyperdynamics_core.systems.push import PUSH
from tests.planning.disc import DiscExperts, disc_box, disc_footprint, disc_state


class DiscWorld:
    def __init__(self, x=-0.05, y=0.02, rod=(-0.13, 0.02), glide=0.2, noise=0.002, obstacles=(), seed=0):
        self.state = disc_state(x, y, rod)
        self.physics = DiscExperts(glide)
        self.noise = noise
        self.obstacles: tuple[Box, ...] = tuple(obstacles)
        self.generator = torch.Generator().manual_seed(seed)
        self.heights: list[float] = []

    def step(self, command: Command) -> None:
        action = torch.tensor(command.displacement)
        lifted = float(self.state[15]) > 0.05
        before = self.state
        if lifted:
            state = before.clone()
            state[13:15] += 10.0
            moved = self.physics.predict(state.unsqueeze(0), action.unsqueeze(0))
        else:
            moved = self.physics.predict(before.unsqueeze(0), action.unsqueeze(0))
        if float(moved[0, :2].norm()) > 0.001:
            moved[0, :2] += self.noise * torch.randn(2, generator=self.generator)
        self.state = PUSH.compose(before.unsqueeze(0), moved)[0]
        self.heights.append(float(self.state[15]))

    def touches(self) -> bool:
        if not self.obstacles:
            return False
        from hyperdynamics_core.planning.geometry import plan_view

        return bool(disc_footprint().separation(self.state[:2], torch.tensor(0.0), plan_view(self.obstacles)).min() < 0)

    def observe(self, experts=True) -> Observation:
        x, y = float(self.state[0]), float(self.state[1])
        return Observation(
            state=self.state.numpy().astype(np.float64),
            object_box=disc_box(x, y),
            obstacles=self.obstacles,
            experts=self.physics if experts else None,
            obstacle_contact=self.touches(),
        )


def make_task(goal=(0.1, -0.05), seed=0, **changes) -> PushTask:
    generator = torch.Generator().manual_seed(seed)
    space = Workspace()
    return PushTask(goal, RandomShooting(space, generator), space, generator, PushTaskConfig(**changes))


def play(task: PushTask, world: DiscWorld, limit=400) -> tuple[Finished, list[Command]]:
    commands: list[Command] = []
    for _ in range(limit):
        answer = task.update(world.observe())
        if isinstance(answer, Finished):
            return answer, commands
        commands.append(answer)
        world.step(answer)
    raise AssertionError(f"no end within {limit} steps")
