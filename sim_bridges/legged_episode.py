"""Episodes of the MuJoCo bridge: which one a reset gives, and the words about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim_bridges.legged_parameters import fixed_value
from sim_bridges.locomotion.tasks import EpisodeSpec, Task, draw_episode, task_named


@dataclass(frozen=True)
class LeggedEpisode:
    """What one reset gave."""

    number: int
    """Raised by one with every reset."""
    task: Task
    spec: EpisodeSpec

    def as_json(self) -> str:
        """Number and specification in one line, for people and demos."""
        return json.dumps({"episode": self.number, **json.loads(self.spec.as_json())})

    @property
    def words(self) -> str:
        """For the log."""
        first = ", ".join(
            f"{each.name} {value:.3g}" for each, value in zip(self.task.properties, self.spec.values[0], strict=True)
        )
        more = ", ..." if len(self.spec.values) > 1 else ""
        return f"{self.spec.task}, {self.spec.split}: {first}{more}"


class LeggedEpisodes:
    """Draws episodes; the n-th of a seed is the same whatever happened before.

    It is ``draw_episode`` with the generator ``np.random.default_rng([seed, n])``, n from 0: an evaluation in one
    process that draws so walks the same episodes.
    """

    def __init__(self) -> None:
        self._count = self._drawn = 0
        self._seed: int | None = None

    def draw(self, settings: Mapping[str, Any]) -> LeggedEpisode:
        """An episode for the bridge's parameters: robot, terrain, split, value, seed.

        Raises:
            ValueError: no such task, or a value that is no number or outside of physical sense.
        """
        seed = settings["seed"]
        drawn = self._drawn if seed == self._seed else 0
        task = task_named(f"{settings['robot']}-{settings['terrain']}")
        rng = np.random.default_rng([seed, drawn])
        spec = draw_episode(task, settings["split"], rng, fixed_value(settings["value"]))
        self._seed, self._drawn, self._count = seed, drawn + 1, self._count + 1
        return LeggedEpisode(self._count, task, spec)
