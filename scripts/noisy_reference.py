"""What a return owes to how well sequences are rated: random shooting with the true simulator, its ratings disturbed.

Each plan's true returns get independent noise before the best one is taken. Per noise: the mean return, and the
share of the best sequences' advantage that is left, which is what `hyperdynamics evaluate plans` measures of a model.

    python scripts/noisy_reference.py cheetah-slope --value 3.9 --noise 0 0.7 1.5 2.5 --episodes 2
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from hyperdynamics_core.evaluation.plan_choice import PlanChoice, choose, summarise_choices
from sim_bridges.locomotion.simulator_agent import ShootingConfig, SimulatorShooting
from sim_bridges.locomotion.tasks import draw_episode, task_named
from sim_bridges.locomotion.walking import agent_episode
from sim_bridges.locomotion.world import LeggedWorld

Array = NDArray[np.float64]


class NoisyShooting(SimulatorShooting):
    """Random shooting that takes the sequence with the highest disturbed return."""

    def __init__(self, generator: torch.Generator, config: ShootingConfig, noise: float) -> None:
        """noise: standard deviation, in reward."""
        super().__init__(generator, config)
        self.noise = noise
        self.choices: list[PlanChoice] = []
        """One a plan."""

    def _rate(self, world: LeggedWorld, actions: Array) -> Array:
        true = super()._rate(world, actions)
        rated: Array = true + self.noise * torch.randn(len(true), generator=self._generator).numpy()
        self.choices.append(choose(rated, true))
        return rated


def main(arguments: Sequence[str] | None = None) -> None:
    """One line a noise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", help="robot and terrain, e.g. cheetah-slope")
    parser.add_argument("--value", type=float, help="hidden value of the whole track; default: drawn ones, seen")
    parser.add_argument("--noise", type=float, nargs="+", default=[0.0, 1.0, 2.0], help="standard deviations, reward")
    parser.add_argument("--candidates", type=int, default=500, help="sequences a plan")
    parser.add_argument("--steps", type=int, default=500, help="of an episode")
    parser.add_argument("--episodes", type=int, default=2, help="a noise; a minute each, 0.1 s a step of the cheetah")
    parser.add_argument("--upright", type=float, default=0.0, help="price of plans that end tilted, reward")
    parser.add_argument("--keep", action="store_true", help="the last plan, a step later, is one of the sequences")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    world = LeggedWorld(task_named(options.task))
    config = ShootingConfig(
        options.candidates, hold=4, limit=world.system.calm, keep=options.keep, upright=options.upright
    )
    for noise in options.noise:
        returns, choices = [], []
        for episode in range(options.episodes):
            agent = NoisyShooting(torch.Generator().manual_seed(episode), config, noise)
            spec = draw_episode(world.task, "seen", np.random.default_rng(episode), options.value)
            returns.append(agent_episode(world, spec, agent, options.steps).episode.total_reward)
            choices.append(agent.choices)
        listed = ", ".join(f"{each:.0f}" for each in returns)
        share = summarise_choices(choices)["share"]
        print(f"noise {noise:g}: return {np.mean(returns):.0f} ({listed}), share {share:.2f}", flush=True)


if __name__ == "__main__":
    main()
