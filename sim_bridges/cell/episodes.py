"""What a person does between two goals: puts an object on the table and the arm beside it, and names a goal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sim_bridges.cell.spec import Thing
from sim_bridges.pushing.objects import object_names
from sim_bridges.pushing.scene import SceneSpec, sample_goal, sample_scene
from sim_bridges.pushing.variation import SystemSpec, sample_system


@dataclass(frozen=True)
class CellEpisode:
    """One set-up of the cell."""

    number: int
    """Raised by one with each."""
    scene: SceneSpec
    """Where object and rod stand; its system as the catalogue has it."""
    goal: tuple[float, float]
    """For the object, m."""

    @property
    def thing(self) -> Thing:
        """Mass and friction in the cell's own terms."""
        return Thing.of(self.scene.system)

    def as_json(self) -> str:
        """In one line, for people and demos: masses in kg, friction as a coefficient."""
        words = {"episode": self.number, **asdict(self.scene), "goal": list(self.goal)}
        return json.dumps({**words, "system": {"object": self.scene.system.object, **asdict(self.thing)}})


class CellEpisodes:
    """Draws episodes; the n-th of a seed is the same whatever happened before."""

    def __init__(self) -> None:
        self._count = self._drawn = 0
        self._seed: int | None = None

    def draw(self, settings: Mapping[str, Any]) -> CellEpisode:
        """An episode for the cell's parameters object, split, variation, seed and repeat.

        Raises:
            ValueError: an unknown object, or no scene for it.
        """
        seed = settings["seed"]
        drawn = self._drawn if seed == self._seed else 0
        names = [settings["object"]] if settings["object"] else object_names(settings["split"])
        # So many episodes one after another have the same object; where it starts is drawn for each.
        of_system = np.random.default_rng([seed, drawn // settings["repeat"], 0])
        system: SystemSpec = sample_system(of_system, names, settings["variation"])
        rng = np.random.default_rng([seed, drawn, 1])
        scene = sample_scene(rng, system=system)
        goal = sample_goal(rng, scene)
        self._seed, self._drawn, self._count = seed, drawn + 1, self._count + 1
        return CellEpisode(self._count, scene, goal)
